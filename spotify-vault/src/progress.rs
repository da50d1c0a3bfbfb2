//! How far a long call is.

/// How far a call that walks a whole vault is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// How many subjects are done.
    pub done: usize,
    /// How many there are. It is told once before the first is done.
    pub total: usize,
}

/// Is told how far a call is, between two subjects and from the thread of the call.
pub type Watch<'a> = &'a mut (dyn FnMut(Progress) + 'a);

/// Tells of each step of a walk.
pub(crate) struct Walk<'a> {
    watch: Watch<'a>,
    progress: Progress,
}

impl<'a> Walk<'a> {
    pub(crate) fn new(total: usize, watch: Watch<'a>) -> Self {
        let progress = Progress { done: 0, total };
        watch(progress);
        Self { watch, progress }
    }

    pub(crate) fn done(&mut self, subjects: usize) {
        self.progress.done += subjects;
        (self.watch)(self.progress);
    }
}
