//! A grant kept in memory, with faults that can be switched on, and a listener that remembers.

use std::collections::VecDeque;
use std::sync::{Arc, Condvar, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use spotify_auth::Policy;
use spotify_auth::grant::Record;
use spotify_auth::store::{Event, EventError, Events, StoreError, Stored, TokenLease, TokenStore};

/// Keeps one grant in memory. Clones share it.
#[derive(Clone, Default)]
pub(crate) struct MemoryStore(Arc<Shared>);

#[derive(Default)]
struct Shared {
    kept: Mutex<Kept>,
    freed: Condvar,
}

#[derive(Default)]
struct Kept {
    generation: u64,
    bytes: Option<Vec<u8>>,
    policy: Policy,
    leased: bool,
    refusals: VecDeque<StoreError>,
    refused: usize,
}

impl MemoryStore {
    /// Writes a record as somebody would who takes no lease.
    pub(crate) fn put(&self, record: &Record) {
        let mut kept = self.0.kept.lock().unwrap();
        kept.generation += 1;
        kept.bytes = Some(record.encode().unwrap().to_vec());
    }

    /// Lets the next commits fail.
    pub(crate) fn refuse(&self, errors: impl IntoIterator<Item = StoreError>) {
        self.0.kept.lock().unwrap().refusals.extend(errors);
    }

    /// Returns how many commits failed.
    pub(crate) fn refused(&self) -> usize {
        self.0.kept.lock().unwrap().refused
    }

    /// Forgets the commits that were to fail.
    pub(crate) fn mend(&self) {
        self.0.kept.lock().unwrap().refusals.clear();
    }

    pub(crate) fn set_policy(&self, policy: Policy) {
        self.0.kept.lock().unwrap().policy = policy;
    }

    /// Returns the whole state, to put back later.
    pub(crate) fn backup(&self) -> (u64, Option<Vec<u8>>) {
        let kept = self.0.kept.lock().unwrap();
        (kept.generation, kept.bytes.clone())
    }

    pub(crate) fn restore(&self, backup: (u64, Option<Vec<u8>>)) {
        let mut kept = self.0.kept.lock().unwrap();
        (kept.generation, kept.bytes) = backup;
    }

    /// Returns the refresh token that is written; `None` when the grant has ended.
    pub(crate) fn refresh_token(&self) -> Option<String> {
        match self.load().unwrap()?.record {
            Record::Active(grant) => Some(grant.refresh.expose().to_owned()),
            Record::Ended(_) => None,
        }
    }
}

/// An error of a disk.
pub(crate) fn disk_error() -> StoreError {
    let source = Arc::new(std::io::Error::other("the disk failed"));
    StoreError::Failed { doing: "writing", source }
}

impl TokenStore for MemoryStore {
    fn load(&self) -> Result<Option<Stored>, StoreError> {
        let kept = self.0.kept.lock().unwrap();
        let Some(bytes) = &kept.bytes else { return Ok(None) };
        Ok(Some(Stored {
            generation: kept.generation,
            written_at: Timestamp::MAX,
            record: Record::decode(bytes)?,
            policy: kept.policy.clone(),
        }))
    }

    fn lease(&self, wait: Duration) -> Result<Box<dyn TokenLease>, StoreError> {
        let kept = self.0.kept.lock().unwrap();
        let (mut kept, waited) =
            self.0.freed.wait_timeout_while(kept, wait, |kept| kept.leased).unwrap();
        if waited.timed_out() {
            return Err(StoreError::Busy);
        }
        kept.leased = true;
        Ok(Box::new(MemoryLease(self.clone())))
    }
}

struct MemoryLease(MemoryStore);

impl TokenLease for MemoryLease {
    fn load(&mut self) -> Result<Option<Stored>, StoreError> {
        self.0.load()
    }

    fn prepare(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn commit(&mut self, record: &Record) -> Result<u64, StoreError> {
        {
            let mut kept = self.0.0.kept.lock().unwrap();
            if let Some(error) = kept.refusals.pop_front() {
                kept.refused += 1;
                return Err(error);
            }
        }
        self.0.put(record);
        Ok(self.0.0.kept.lock().unwrap().generation)
    }
}

impl Drop for MemoryLease {
    fn drop(&mut self) {
        self.0.0.kept.lock().unwrap().leased = false;
        self.0.0.freed.notify_one();
    }
}

/// Remembers what it was told, each event as one text.
#[derive(Clone, Default)]
pub(crate) struct Heard(Arc<Mutex<Vec<String>>>);

impl Heard {
    pub(crate) fn all(&self) -> Vec<String> {
        self.0.lock().unwrap().clone()
    }
}

impl Events for Heard {
    fn note(&self, event: &Event<'_>) -> Result<(), EventError> {
        let text = match event {
            Event::Refreshed { .. } => "refreshed".to_owned(),
            Event::RefreshFailed { reason, .. } => format!("failed {reason}"),
            Event::GrantEnded { reason, early, .. } => format!("ended {} {early}", reason.as_str()),
            Event::Unsaved { rotated, .. } => format!("unsaved {rotated}"),
            Event::DeadlineNears { days, .. } => format!("deadline {days}"),
            Event::RolledBack { seen, found } => format!("rolled back {seen} {found}"),
            other => format!("{other:?}"),
        };
        self.0.lock().unwrap().push(text);
        Ok(())
    }
}
