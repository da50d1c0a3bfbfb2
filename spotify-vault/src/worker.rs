//! A thread per call, with a time limit: for keychains and tokens, whose programs may ask a person
//! and wait for ever.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::Duration;

/// Runs calls that may hang.
///
/// A call that was cut off still hangs on its thread. Until it ends, further calls are refused at
/// once, so that threads do not pile up behind a prompt that nobody answers.
#[derive(Debug, Default)]
pub(crate) struct Worker {
    cut_off: Mutex<Option<Arc<Ended>>>,
}

/// Why a call has no result.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Fault {
    /// It did not end within the limit, or an earlier one still hangs.
    CutOff,
    /// It panicked, or no thread could be started for it.
    Failed(String),
}

/// Whether a call has ended, by returning or by a panic.
#[derive(Debug, Default)]
struct Ended(AtomicBool);

/// Marks the end of a call when its thread unwinds or returns.
struct MarkEnd(Arc<Ended>);

impl Drop for MarkEnd {
    fn drop(&mut self) {
        self.0.0.store(true, Ordering::Release);
    }
}

impl Worker {
    pub(crate) fn run<T: Send + 'static>(
        &self,
        name: &str,
        limit: Duration,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Fault> {
        if self.hangs() {
            return Err(Fault::CutOff);
        }
        let ended = Arc::new(Ended::default());
        let mark = MarkEnd(Arc::clone(&ended));
        let (sender, receiver) = mpsc::sync_channel(1);
        let body = move || {
            let _mark = mark;
            // Nobody listens any more once the limit has passed.
            drop(sender.send(work()));
        };
        thread::Builder::new()
            .name(name.to_owned())
            .spawn(body)
            .map_err(|error| Fault::Failed(error.to_string()))?;
        match receiver.recv_timeout(limit) {
            Ok(result) => Ok(result),
            Err(mpsc::RecvTimeoutError::Timeout) => {
                *self.cut_off.lock().unwrap_or_else(PoisonError::into_inner) = Some(ended);
                Err(Fault::CutOff)
            }
            Err(mpsc::RecvTimeoutError::Disconnected) => {
                Err(Fault::Failed("its client panicked".to_owned()))
            }
        }
    }

    fn hangs(&self) -> bool {
        let cut_off = self.cut_off.lock().unwrap_or_else(PoisonError::into_inner);
        cut_off.as_ref().is_some_and(|ended| !ended.0.load(Ordering::Acquire))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_call_that_hangs_is_cut_off_and_the_next_is_refused_until_it_ends() {
        let worker = Worker::default();
        let (release, wait) = mpsc::channel::<()>();
        let (entered, started) = mpsc::channel::<()>();
        let result = worker.run("test", Duration::from_millis(1), move || {
            drop(entered);
            wait.recv().unwrap_err();
        });
        assert_eq!(result, Err(Fault::CutOff));
        started.recv().unwrap_err();
        let long = Duration::from_mins(1);
        assert_eq!(worker.run("test", long, || ()), Err(Fault::CutOff));
        drop(release);
        while worker.hangs() {
            thread::yield_now();
        }
        assert!(worker.run("test", long, || ()).is_ok());
    }

    #[test]
    fn a_panic_of_the_client_is_an_error() {
        let worker = Worker::default();
        let result: Result<(), _> = worker.run("test", Duration::from_mins(1), || panic!("client"));
        assert!(matches!(result, Err(Fault::Failed(_))));
        assert!(worker.run("test", Duration::from_mins(1), || ()).is_ok());
    }
}
