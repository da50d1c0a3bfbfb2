//! Group commit: of threads that append at the same time, one writes for all and one syncs for all.
//!
//! Each thread gets one letter: its result, or a task that it does for the others. While one thread
//! syncs, another writes what came meanwhile. So a thread that appends sleeps and wakes once,
//! however many there are.

use super::letter::{Sender, letter};
use super::primitives::{Mutex, MutexGuard, PoisonError};

/// What a group does, for many at a time.
pub(crate) trait Work<J, R, S> {
    /// Does jobs, and gives one result for each, in their order. Never called by two threads at a
    /// time.
    fn write(&self, jobs: Vec<J>) -> Vec<R>;

    /// Makes durable what was written so far. Never called by two threads of a group at a time.
    fn sync(&self) -> S;
}

/// Jobs that wait to be written, and results that wait to be synced.
pub(crate) struct Group<J, R, S> {
    writing: Queue<Waiting<J, R, S>>,
    syncing: Queue<Written<J, R, S>>,
}

/// What a thread is told.
enum Task<J, R, S> {
    /// To write for all that wait.
    Write(J, Wanted),
    /// To have these synced that were written with its own.
    Settle(R, Vec<Written<J, R, S>>),
    /// To sync for all that wait.
    Sync(R),
    /// What became of its job.
    Done(R, Option<S>),
}

/// What has to be done with a job before its thread goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wanted {
    /// It is to be written.
    Written,
    /// It is to be synced, too.
    Synced,
}

type Seat<J, R, S> = Sender<Task<J, R, S>>;

struct Waiting<J, R, S> {
    job: J,
    wanted: Wanted,
    seat: Seat<J, R, S>,
}

struct Written<J, R, S> {
    result: R,
    seat: Seat<J, R, S>,
}

impl<J, R, S: Clone> Group<J, R, S> {
    pub(crate) fn new() -> Self {
        Self { writing: Queue::new(), syncing: Queue::new() }
    }

    /// Has a job done, alone or together with those of other threads. Returns its result and, where
    /// that is wanted, the one of the sync.
    ///
    /// `None` when `work` panicked or gave too few results.
    pub(crate) fn run(
        &self,
        job: J,
        wanted: Wanted,
        work: &impl Work<J, R, S>,
    ) -> Option<(R, Option<S>)> {
        let (seat, place) = letter();
        let task = match self.writing.join(Waiting { job, wanted, seat }, Vec::new()) {
            Ok((Waiting { job, wanted, .. }, _)) => Task::Write(job, wanted),
            Err(Joined) => place.wait()?,
        };
        match task {
            Task::Write(job, wanted) => self.write(job, wanted, work),
            Task::Settle(result, others) => self.settle(result, others, work),
            Task::Sync(result) => Some(self.sync(result, Vec::new(), work)),
            Task::Done(result, synced) => Some((result, synced)),
        }
    }

    /// Writes for all that wait.
    fn write(&self, job: J, wanted: Wanted, work: &impl Work<J, R, S>) -> Option<(R, Option<S>)> {
        let lead = Lead(&self.writing, |Waiting { job, wanted, seat }: Waiting<J, R, S>| {
            seat.send(Task::Write(job, wanted));
        });
        let (mut jobs, mut seats) = (vec![job], Vec::new());
        for Waiting { job, wanted, seat } in self.writing.take() {
            jobs.push(job);
            seats.push((wanted, seat));
        }
        let mut results = work.write(jobs).into_iter();
        // The next ones write while these are told.
        drop(lead);
        let own = results.next();
        let mut others = Vec::new();
        for ((wanted, seat), result) in seats.into_iter().zip(results) {
            match wanted {
                Wanted::Written => seat.send(Task::Done(result, None)),
                Wanted::Synced => others.push(Written { result, seat }),
            }
        }
        match wanted {
            Wanted::Synced => self.settle(own?, others, work),
            Wanted::Written => {
                // Who does not wait for the disk does not sync for others.
                if let Some(Written { result, seat }) = others.pop() {
                    seat.send(Task::Settle(result, others));
                }
                Some((own?, None))
            }
        }
    }

    /// Has results synced that were written.
    fn settle(
        &self,
        result: R,
        others: Vec<Written<J, R, S>>,
        work: &impl Work<J, R, S>,
    ) -> Option<(R, Option<S>)> {
        let (seat, place) = letter();
        let (own, others) = match self.syncing.join(Written { result, seat }, others) {
            Ok((Written { result, .. }, others)) => (result, others),
            Err(Joined) => match place.wait()? {
                Task::Sync(result) => (result, Vec::new()),
                Task::Done(result, synced) => return Some((result, synced)),
                Task::Write(..) | Task::Settle(..) => return None,
            },
        };
        Some(self.sync(own, others, work))
    }

    /// Syncs for all that wait.
    fn sync(
        &self,
        own: R,
        mut others: Vec<Written<J, R, S>>,
        work: &impl Work<J, R, S>,
    ) -> (R, Option<S>) {
        let lead = Lead(&self.syncing, |Written { result, seat }: Written<J, R, S>| {
            seat.send(Task::Sync(result));
        });
        others.append(&mut self.syncing.take());
        let synced = work.sync();
        drop(lead);
        for Written { result, seat } in others {
            seat.send(Task::Done(result, Some(synced.clone())));
        }
        (own, Some(synced))
    }
}

/// Things that wait for a thread that takes them all.
struct Queue<T>(Mutex<Line<T>>);

struct Line<T> {
    waiting: Vec<T>,
    /// Whether a thread has the lead.
    led: bool,
}

/// Another thread has the lead, and will send a letter.
struct Joined;

impl<T> Queue<T> {
    fn new() -> Self {
        Self(Mutex::new(Line { waiting: Vec::new(), led: false }))
    }

    /// Gives things to the thread that has the lead; where none has, returns them with the lead.
    fn join(&self, own: T, mut others: Vec<T>) -> Result<(T, Vec<T>), Joined> {
        let mut line = self.line();
        if line.led {
            line.waiting.push(own);
            line.waiting.append(&mut others);
            return Err(Joined);
        }
        line.led = true;
        Ok((own, others))
    }

    /// Takes what waits.
    fn take(&self) -> Vec<T> {
        std::mem::take(&mut self.line().waiting)
    }

    /// Ends the lead. Returns what waits longest, whose thread is to have it.
    fn pass(&self) -> Option<T> {
        let mut line = self.line();
        line.led = !line.waiting.is_empty();
        line.led.then(|| line.waiting.remove(0))
    }

    fn line(&self) -> MutexGuard<'_, Line<T>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Ends the lead, also when the work panics: tells the thread that has it next.
struct Lead<'a, T, F: Fn(T)>(&'a Queue<T>, F);

impl<T, F: Fn(T)> Drop for Lead<'_, T, F> {
    fn drop(&mut self) {
        if let Some(next) = self.0.pass() {
            (self.1)(next);
        }
    }
}

impl<J, R, S> std::fmt::Debug for Group<J, R, S> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Group").finish_non_exhaustive()
    }
}
