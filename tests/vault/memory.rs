//! A store in memory, with points that fail on demand: that the trait is enough for a vault
//! elsewhere, and what a vault does when its store fails.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::Duration;

use spotify_vault::error::Item;
use spotify_vault::store::{
    Erased, Expected, KeyChange, RecordLock, SealedStore, SubjectFiles, stated_key, stated_move,
};
use spotify_vault::{RecordId, SubjectId, VaultError};

/// Where a store may fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Point {
    Header,
    PutHeader,
    Key,
    AddKey,
    ReplaceKeys,
    DropKey,
    Record,
    Lock,
    Prepare,
    /// Before anything has changed.
    PutEarly,
    /// After the record has changed: a directory sync that fails.
    PutLate,
    Tombstone,
    Destroy,
    /// Copying and erasing whole subjects.
    Move,
}

impl Point {
    pub(crate) const ALL: [Self; 14] = [
        Self::Header,
        Self::PutHeader,
        Self::Key,
        Self::AddKey,
        Self::ReplaceKeys,
        Self::DropKey,
        Self::Record,
        Self::Lock,
        Self::Prepare,
        Self::PutEarly,
        Self::PutLate,
        Self::Tombstone,
        Self::Destroy,
        Self::Move,
    ];
}

#[derive(Debug, Default)]
struct State {
    header: Option<Vec<u8>>,
    keys: BTreeMap<(SubjectId, u32), Vec<u8>>,
    records: BTreeMap<(SubjectId, RecordId), Vec<u8>>,
    tombstones: BTreeMap<SubjectId, Vec<u8>>,
    /// Who holds the lock of a record, by the number of the lock.
    locked: BTreeMap<RecordId, u64>,
    locks: u64,
    failing: Option<Point>,
}

impl State {
    fn forget(&mut self, subject: SubjectId) {
        self.keys.retain(|(owner, _), _| *owner != subject);
        self.records.retain(|(owner, _), _| *owner != subject);
        self.tombstones.remove(&subject);
    }

    fn check_header(&self, header: &[u8]) -> Result<(), VaultError> {
        if self.header.as_deref() == Some(header) { Ok(()) } else { Err(VaultError::HeaderChanged) }
    }
}

/// Keeps a sealed vault in memory.
///
/// Its locks are leases as a shared database has them: they can end before their holder knows.
#[derive(Default, Clone)]
pub(crate) struct MemoryStore {
    state: Arc<Mutex<State>>,
    pause: Option<Arc<dyn Fn() + Send + Sync>>,
}

impl std::fmt::Debug for MemoryStore {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("MemoryStore").field("state", &self.state).finish_non_exhaustive()
    }
}

impl MemoryStore {
    /// Calls `pause` before each operation, so that a scheduler can let others go first.
    pub(crate) fn pausing(pause: impl Fn() + Send + Sync + 'static) -> Self {
        Self { pause: Some(Arc::new(pause)), ..Self::default() }
    }

    /// Ends every lock, as if its time had passed.
    pub(crate) fn end_locks(&self) {
        self.state().locked.clear();
    }

    /// Makes each call fail at a point, until told otherwise.
    pub(crate) fn fail(&self, point: Option<Point>) {
        self.state().failing = point;
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap()
    }

    fn at(&self, point: Point) -> Result<MutexGuard<'_, State>, VaultError> {
        if let Some(pause) = &self.pause {
            pause();
        }
        let state = self.state();
        if state.failing == Some(point) {
            let source = io::Error::other("injected");
            return Err(VaultError::Storage { doing: "reach", path: "memory".into(), source });
        }
        let is_free = matches!(point, Point::Header | Point::PutHeader | Point::Move);
        match state.header.as_deref().and_then(stated_move).filter(|_| !is_free) {
            Some(to) => Err(VaultError::Moved { place: self.place(), to }),
            None => Ok(state),
        }
    }
}

impl SealedStore for MemoryStore {
    fn place(&self) -> String {
        format!("memory {:p}", Arc::as_ptr(&self.state))
    }

    fn header(&self) -> Result<Option<Vec<u8>>, VaultError> {
        Ok(self.at(Point::Header)?.header.clone())
    }

    fn put_header(&self, expected: Option<&[u8]>, header: &[u8]) -> Result<(), VaultError> {
        let mut state = self.at(Point::PutHeader)?;
        if state.header.as_deref() != expected {
            return Err(VaultError::HeaderChanged);
        }
        state.header = Some(header.to_vec());
        Ok(())
    }

    fn subjects(&self) -> Result<Vec<SubjectId>, VaultError> {
        let state = self.state();
        let subjects: BTreeSet<_> = (state.keys.keys().map(|(subject, _)| *subject))
            .chain(state.tombstones.keys().copied())
            .collect();
        Ok(subjects.into_iter().collect())
    }

    fn records(&self, subject: SubjectId) -> Result<Vec<RecordId>, VaultError> {
        let state = self.state();
        let ours = state.records.keys().filter(|(owner, _)| *owner == subject);
        Ok(ours.map(|(_, record)| *record).collect())
    }

    fn key_numbers(&self, subject: SubjectId) -> Result<Vec<u32>, VaultError> {
        let state = self.state();
        let ours = state.keys.keys().filter(|(owner, _)| *owner == subject);
        Ok(ours.map(|(_, number)| *number).collect())
    }

    fn key(&self, subject: SubjectId, number: u32) -> Result<Option<Vec<u8>>, VaultError> {
        Ok(self.at(Point::Key)?.keys.get(&(subject, number)).cloned())
    }

    fn add_key(
        &self,
        header: &[u8],
        subject: SubjectId,
        number: u32,
        key: &[u8],
    ) -> Result<bool, VaultError> {
        let mut state = self.at(Point::AddKey)?;
        state.check_header(header)?;
        if state.tombstones.contains_key(&subject) {
            return Err(VaultError::Destroyed { subject });
        }
        if state.keys.contains_key(&(subject, number)) {
            return Ok(false);
        }
        state.keys.insert((subject, number), key.to_vec());
        Ok(true)
    }

    fn replace_keys(&self, header: &[u8], changes: &[KeyChange]) -> Result<Vec<bool>, VaultError> {
        let mut state = self.at(Point::ReplaceKeys)?;
        state.check_header(header)?;
        let mut replace = |change: &KeyChange| {
            let alive = !state.tombstones.contains_key(&change.subject);
            let present = state.keys.get_mut(&(change.subject, change.number));
            let fits = present.filter(|present| alive && **present == change.expected);
            fits.map(|present| present.clone_from(&change.key)).is_some()
        };
        Ok(changes.iter().map(&mut replace).collect())
    }

    fn drop_key(&self, subject: SubjectId, number: u32) -> Result<bool, VaultError> {
        let mut state = self.at(Point::DropKey)?;
        for ((owner, record), sealed) in &state.records {
            if *owner == subject && stated_key(*record, sealed)? == number {
                return Ok(false);
            }
        }
        state.keys.remove(&(subject, number));
        Ok(true)
    }

    fn record(&self, subject: SubjectId, record: RecordId) -> Result<Option<Vec<u8>>, VaultError> {
        Ok(self.at(Point::Record)?.records.get(&(subject, record)).cloned())
    }

    fn lock(
        &self,
        subject: SubjectId,
        record: RecordId,
        _wait: Duration,
    ) -> Result<Box<dyn RecordLock>, VaultError> {
        let mut state = self.at(Point::Lock)?;
        if state.tombstones.contains_key(&subject) {
            return Err(VaultError::Destroyed { subject });
        }
        if state.locked.contains_key(&record) {
            return Err(VaultError::Busy { item: Item::Record(record) });
        }
        state.locks += 1;
        let fence = state.locks;
        state.locked.insert(record, fence);
        drop(state);
        Ok(Box::new(MemoryLock { store: self.clone(), subject, record, fence }))
    }

    fn all_of(&self, subject: SubjectId) -> Result<SubjectFiles, VaultError> {
        let state = self.at(Point::Move)?;
        let keys = state.keys.iter().filter(|((owner, _), _)| *owner == subject);
        let records = state.records.iter().filter(|((owner, _), _)| *owner == subject);
        Ok(SubjectFiles {
            keys: keys.map(|((_, number), key)| (*number, key.clone())).collect(),
            records: records.map(|((_, record), sealed)| (*record, sealed.clone())).collect(),
            tombstone: state.tombstones.get(&subject).cloned(),
        })
    }

    fn tombstone(&self, subject: SubjectId) -> Result<Option<Vec<u8>>, VaultError> {
        Ok(self.at(Point::Tombstone)?.tombstones.get(&subject).cloned())
    }

    fn import(&self, subject: SubjectId, files: &SubjectFiles) -> Result<(), VaultError> {
        let mut state = self.at(Point::Move)?;
        if state.header.is_some() {
            return Err(VaultError::AlreadyExists { place: self.place() });
        }
        state.forget(subject);
        let keys = files.keys.iter().map(|(number, key)| ((subject, *number), key.clone()));
        state.keys.extend(keys);
        let records =
            files.records.iter().map(|(record, sealed)| ((subject, *record), sealed.clone()));
        state.records.extend(records);
        state.tombstones.extend(files.tombstone.clone().map(|mark| (subject, mark)));
        Ok(())
    }

    fn erase(&self, subject: SubjectId) -> Result<(), VaultError> {
        let mut state = self.at(Point::Move)?;
        if state.header.as_deref().is_some_and(|header| stated_move(header).is_none()) {
            return Err(VaultError::AlreadyExists { place: self.place() });
        }
        state.forget(subject);
        Ok(())
    }

    fn destroy(&self, subject: SubjectId, tombstone: &[u8]) -> Result<Erased, VaultError> {
        let mut state = self.at(Point::Destroy)?;
        let newly = !state.tombstones.contains_key(&subject);
        if newly {
            state.tombstones.insert(subject, tombstone.to_vec());
        }
        let before = state.records.len();
        state.keys.retain(|(owner, _), _| *owner != subject);
        state.records.retain(|(owner, _), _| *owner != subject);
        Ok(Erased { newly, records: before - state.records.len() })
    }
}

struct MemoryLock {
    store: MemoryStore,
    subject: SubjectId,
    record: RecordId,
    fence: u64,
}

impl RecordLock for MemoryLock {
    fn prepare(&mut self, _len: usize) -> Result<(), VaultError> {
        let state = self.store.at(Point::Prepare)?;
        if state.tombstones.contains_key(&self.subject) {
            return Err(VaultError::Destroyed { subject: self.subject });
        }
        Ok(())
    }

    fn put(&mut self, expected: Expected<'_>, sealed: &[u8]) -> Result<(), VaultError> {
        let id = (self.subject, self.record);
        let mut state = self.store.at(Point::PutEarly)?;
        if state.tombstones.contains_key(&self.subject) {
            return Err(VaultError::Destroyed { subject: self.subject });
        }
        if state.locked.get(&self.record) != Some(&self.fence) {
            return Err(VaultError::RecordChanged { record: self.record });
        }
        let present = state.records.get(&id).map(Vec::as_slice);
        if !expected.fits(self.record, present)? {
            return Err(VaultError::RecordChanged { record: self.record });
        }
        if !state.keys.contains_key(&(self.subject, stated_key(self.record, sealed)?)) {
            return Err(VaultError::KeyChanged { subject: self.subject });
        }
        state.records.insert(id, sealed.to_vec());
        drop(state);
        self.store.at(Point::PutLate).map(drop)
    }
}

impl Drop for MemoryLock {
    fn drop(&mut self) {
        let mut state = self.store.state();
        // The lock may be another's by now.
        if state.locked.get(&self.record) == Some(&self.fence) {
            state.locked.remove(&self.record);
        }
    }
}
