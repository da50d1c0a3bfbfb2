//! Group commit: of threads that append at the same time, one does the work of all.

use std::collections::BTreeMap;

use super::primitives::{Condvar, Mutex, MutexGuard, PoisonError};

/// Work that waits, and results that wait to be fetched.
pub(crate) struct Group<J, R> {
    state: Mutex<State<J, R>>,
    changed: Condvar,
}

struct State<J, R> {
    /// The ticket of the next job.
    next: u64,
    waiting: Vec<(u64, J)>,
    done: BTreeMap<u64, R>,
    /// Whether a thread is at work for all.
    led: bool,
}

impl<J, R> Group<J, R> {
    pub(crate) fn new() -> Self {
        let state = State { next: 0, waiting: Vec::new(), done: BTreeMap::new(), led: false };
        Self { state: Mutex::new(state), changed: Condvar::new() }
    }

    /// Has a job done by `work`, alone or together with those of other threads, and returns its
    /// result. `work` gives one result for each job, in their order, and is never called by two
    /// threads at a time.
    ///
    /// `None` when `work` gave too few results.
    pub(crate) fn run(&self, job: J, work: impl Fn(Vec<J>) -> Vec<R>) -> Option<R> {
        let mut state = self.state();
        let ticket = state.next;
        state.next += 1;
        state.waiting.push((ticket, job));
        while state.led {
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
            if let Some(result) = state.done.remove(&ticket) {
                return Some(result);
            }
        }
        if let Some(result) = state.done.remove(&ticket) {
            return Some(result);
        }
        // Nobody leads, and this job still waits or was lost with a leader that panicked.
        state.led = true;
        let (tickets, jobs): (Vec<_>, Vec<_>) =
            std::mem::take(&mut state.waiting).into_iter().unzip();
        drop(state);
        let leading = Leading(self);
        let results = if jobs.is_empty() { Vec::new() } else { work(jobs) };
        self.state().done.extend(tickets.into_iter().zip(results));
        drop(leading);
        self.state().done.remove(&ticket)
    }

    fn state(&self) -> MutexGuard<'_, State<J, R>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the lead, also when the work panics.
struct Leading<'a, J, R>(&'a Group<J, R>);

impl<J, R> Drop for Leading<'_, J, R> {
    fn drop(&mut self) {
        self.0.state().led = false;
        self.0.changed.notify_all();
    }
}

impl<J, R> std::fmt::Debug for Group<J, R> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Group").finish_non_exhaustive()
    }
}
