//! Signing what the log has, every second while it grows, and on demand.

use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use thiserror::Error;

use super::{AppendError, Durability, Shared};
use crate::checkpoint::{Checkpoint, Statement, Succession, origin};
use crate::fold::{Epoch, Fold};
use crate::fs::StorageError;
use crate::note::EpochKey;
use crate::own::{self, LogEvent};
use crate::text::Text;

/// The time between two checkpoints.
const PAUSE: Duration = Duration::from_secs(1);

/// A checkpoint or a change of keys that came to nothing.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum CheckpointError {
    /// The log could not be written or synced.
    #[error(transparent)]
    Append(#[from] AppendError),
    /// The file of checkpoints could not be used.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The key is not the one that the log names.
    #[error(
        "sign with the key of epoch {given}: the log names another key, of epoch {known}; a new \
        key must be introduced by the one before it"
    )]
    OtherKey {
        /// The epoch of the key at hand.
        given: u32,
        /// The epoch of the key that the log names; 0 for none.
        known: u64,
    },
}

impl Shared {
    /// Signs the log as it is. `None` when there is no key now.
    pub(super) fn checkpoint(&self) -> Result<Option<Checkpoint>, CheckpointError> {
        let key = self.keys.as_ref().and_then(|keys| keys.signer());
        let Some(key) = key else { return Ok(None) };
        let fold = self.introduced(&key)?;
        self.flusher.flush().map_err(AppendError::Sync)?;
        let checkpoint = Checkpoint::sign(&self.chain, &fold.tree, &key);
        self.signed().add(|size, _| {
            (checkpoint.size > size).then(|| Statement::Checkpoint(checkpoint.clone()))
        })?;
        Ok(Some(checkpoint))
    }

    /// Puts another key in the place of the one that signs now.
    pub(super) fn rotate_key(
        &self,
        current: &EpochKey,
        next: &EpochKey,
    ) -> Result<(), CheckpointError> {
        let mut fold = self.fold()?;
        if !names(fold.epoch.as_ref(), next, self) {
            fold = self.introduced(current)?;
            if fold.epoch.is_some_and(|epoch| epoch.number + 1 != u64::from(next.epoch())) {
                return Err(CheckpointError::OtherKey {
                    given: next.epoch(),
                    known: current.epoch().into(),
                });
            }
            self.name(next)?;
            fold = self.fold()?;
        }
        self.succeed(&fold, next, current)
    }

    /// Has a key sign that no key before introduces, because those are lost.
    pub(super) fn renew_key(&self, next: &EpochKey, reason: Text) -> Result<(), CheckpointError> {
        let fold = self.fold()?;
        if !names(fold.epoch.as_ref(), next, self) {
            let known = fold.epoch.map_or(0, |epoch| epoch.number);
            if known == 0 || known + 1 != u64::from(next.epoch()) {
                return Err(CheckpointError::OtherKey { given: next.epoch(), known });
            }
            let digits = next.public(&origin(&self.chain)).to_hex();
            let draft = own::log_renewed(next.epoch(), &digits).reason(reason);
            self.append(draft, Durability::Before)?;
        }
        self.introduced(next).map(drop)
    }

    /// Returns the tree once the log names this key. The first key introduces itself.
    fn introduced(&self, key: &EpochKey) -> Result<Fold, CheckpointError> {
        let mut fold = self.fold()?;
        if fold.epoch.is_none() && key.epoch() == 1 {
            self.name(key)?;
            fold = self.fold()?;
        }
        if !names(fold.epoch.as_ref(), key, self) {
            let known = fold.epoch.map_or(0, |epoch| epoch.number);
            return Err(CheckpointError::OtherKey { given: key.epoch(), known });
        }
        if key.epoch() == 1 || fold.epoch.as_ref().is_some_and(|epoch| epoch.renewed) {
            self.succeed(&fold, key, key)?;
        }
        Ok(fold)
    }

    /// Names a key in the log.
    fn name(&self, key: &EpochKey) -> Result<(), CheckpointError> {
        let digits = key.public(&origin(&self.chain)).to_hex();
        self.append(own::log_key(key.epoch(), &digits), Durability::Before)?;
        Ok(())
    }

    /// Has the statement that a key follows, unless it is there.
    fn succeed(&self, fold: &Fold, next: &EpochKey, by: &EpochKey) -> Result<(), CheckpointError> {
        let (from, renewed) =
            fold.epoch.as_ref().map_or((0, false), |epoch| (epoch.from, epoch.renewed));
        let make = || {
            if renewed {
                Succession::renew(&self.chain, from, next)
            } else {
                Succession::sign(&self.chain, from, next, by)
            }
        };
        self.signed()
            .add(|_, epoch| (epoch < next.epoch().into()).then(|| Statement::Succession(make())))?;
        Ok(())
    }
}

fn names(epoch: Option<&Epoch>, key: &EpochKey, shared: &Shared) -> bool {
    let digits = key.public(&origin(&shared.chain)).to_hex();
    epoch.is_some_and(|epoch| epoch.key == digits)
}

/// The thread that signs.
#[derive(Debug, Default)]
pub(super) struct Notary {
    thread: Mutex<Option<JoinHandle<()>>>,
    stop: Arc<(Mutex<bool>, Condvar)>,
}

impl Notary {
    /// Starts the thread unless it runs. Without it, or without a thread to be had, there are the
    /// checkpoints that are asked for and the one at the end.
    pub(super) fn start(&self, shared: &Arc<Shared>) {
        let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
        if thread.is_none() {
            let (shared, stop) = (Arc::clone(shared), Arc::clone(&self.stop));
            let builder = thread::Builder::new().name("audit-notary".to_owned());
            *thread = builder.spawn(move || attend(&shared, &stop)).ok();
        }
    }
}

impl Drop for Notary {
    fn drop(&mut self) {
        *self.stop.0.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.stop.1.notify_all();
        let thread = self.thread.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        // The source of keys may hold the log, and be let go by the thread itself at last.
        let other = thread.filter(|handle| handle.thread().id() != thread::current().id());
        // A panic of the thread has been reported by its hook.
        drop(other.map(JoinHandle::join));
    }
}

/// How often signing has failed in a row.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Failures {
    None,
    One,
    /// More than once, and the log says so.
    Told,
}

fn attend(shared: &Shared, (stop, changed): &(Mutex<bool>, Condvar)) {
    let mut signed = 0;
    let mut failures = Failures::None;
    loop {
        let stopped = stop.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = changed.wait_timeout_while(stopped, PAUSE, |stopped| !*stopped);
        let stopped = *waited.unwrap_or_else(PoisonError::into_inner).0;
        if shared.seq() > signed {
            match shared.checkpoint() {
                Ok(checkpoint) => {
                    signed = checkpoint.map_or(signed, |checkpoint| checkpoint.size());
                    failures = Failures::None;
                }
                // Another program may just have replaced the key.
                Err(_) if failures == Failures::None && !stopped => failures = Failures::One,
                Err(error) if failures != Failures::Told => {
                    let reason = Text::external(&error.to_string());
                    // Where this fails, appending does, and that is told to who appends.
                    if shared
                        .append(LogEvent::Unsigned {}.draft().reason(reason), Durability::Async)
                        .is_ok()
                    {
                        failures = Failures::Told;
                    }
                }
                Err(_) => {}
            }
        }
        if stopped {
            return;
        }
    }
}
