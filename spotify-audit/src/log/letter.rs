//! One message to a thread that waits for it, and for nothing else.

use std::sync::Arc;

use super::primitives::{Condvar, Mutex, MutexGuard, PoisonError};

/// The end that sends. Dropped without a message, it tells the other end that none will come.
pub(crate) struct Sender<T>(Option<Arc<Shared<T>>>);

/// The end that waits.
pub(crate) struct Receiver<T>(Arc<Shared<T>>);

struct Shared<T> {
    state: Mutex<State<T>>,
    changed: Condvar,
}

enum State<T> {
    Open,
    Sent(T),
    Lost,
}

/// Makes both ends.
pub(crate) fn letter<T>() -> (Sender<T>, Receiver<T>) {
    let shared = Arc::new(Shared { state: Mutex::new(State::Open), changed: Condvar::new() });
    (Sender(Some(Arc::clone(&shared))), Receiver(shared))
}

impl<T> Sender<T> {
    pub(crate) fn send(mut self, message: T) {
        if let Some(shared) = self.0.take() {
            shared.put(State::Sent(message));
        }
    }
}

impl<T> Drop for Sender<T> {
    fn drop(&mut self) {
        if let Some(shared) = self.0.take() {
            shared.put(State::Lost);
        }
    }
}

impl<T> Receiver<T> {
    /// Waits for the message; `None` when none will come.
    pub(crate) fn wait(self) -> Option<T> {
        let mut state = self.0.state();
        loop {
            match std::mem::replace(&mut *state, State::Open) {
                State::Sent(message) => return Some(message),
                State::Lost => return None,
                State::Open => {
                    state = self.0.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
                }
            }
        }
    }
}

impl<T> Shared<T> {
    fn state(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, state: State<T>) {
        *self.state() = state;
        // After the lock was given back, so that the thread that wakes finds it free.
        self.changed.notify_one();
    }
}
