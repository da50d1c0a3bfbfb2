//! The lock of one record: preparing its space, and putting the record in its place.

use std::fs::File;
use std::io::Seek as _;
use std::path::PathBuf;

use super::DirStore;
use super::subject::SubjectDir;
use crate::error::VaultError;
use crate::fs;
use crate::name::RecordId;
use crate::store::{Expected, RecordLock, stated_key};

/// The lock of a record and the space taken for its next state.
#[derive(Debug)]
pub(super) struct DirLock {
    store: DirStore,
    place: SubjectDir,
    record: RecordId,
    lock: File,
    lock_path: PathBuf,
    prepared: Option<Prepared>,
}

#[derive(Debug)]
struct Prepared {
    file: File,
    len: usize,
}

impl DirLock {
    /// Takes over a lock that was just taken, and what an earlier holder left.
    pub(super) fn new(
        store: DirStore,
        place: SubjectDir,
        record: RecordId,
        (lock, lock_path): (File, PathBuf),
    ) -> Result<Self, VaultError> {
        let mut held = Self { store, place, record, lock, lock_path, prepared: None };
        held.discard()?;
        Ok(held)
    }

    fn temporary(&self) -> PathBuf {
        self.place.dir.join(format!(".{}.tmp", self.record))
    }

    /// Gives the prepared space back, also what an earlier holder left.
    fn discard(&mut self) -> Result<(), VaultError> {
        self.prepared = None;
        fs::remove(&self.temporary()).map(drop)
    }

    /// Writes into the prepared file, makes it durable and gives its handle back.
    fn fill(&mut self, sealed: &[u8]) -> Result<(), VaultError> {
        let path = self.temporary();
        let Some(Prepared { mut file, .. }) = self.prepared.take() else {
            return Err(VaultError::RecordChanged { record: self.record });
        };
        let len = u64::try_from(sealed.len()).unwrap_or(u64::MAX);
        file.rewind()
            .and_then(|()| fs::write_all(&mut file, sealed))
            .map_err(fs::storage("write", &path))?;
        fs::cut(&file, len).map_err(fs::storage("cut", &path))?;
        fs::sync(&file).map_err(fs::storage("sync", &path))
    }

    /// Moves the written file into place, if nothing has changed meanwhile.
    fn publish(&self, expected: Expected<'_>, key: u32) -> Result<(), VaultError> {
        let _held = self.place.lock()?;
        self.place.check_alive()?;
        self.store.check_present()?;
        if !fs::is_at(&self.lock, &self.lock_path)? {
            return Err(VaultError::RecordChanged { record: self.record });
        }
        let present = self.place.record(self.record)?;
        if !expected.fits(self.record, present.as_deref())? {
            return Err(VaultError::RecordChanged { record: self.record });
        }
        if !fs::exists(&self.place.key_path(key))? {
            return Err(VaultError::KeyChanged { subject: self.place.subject });
        }
        fs::rename(&self.temporary(), &self.place.record_path(self.record))
    }
}

impl RecordLock for DirLock {
    fn prepare(&mut self, len: usize) -> Result<(), VaultError> {
        if self.prepared.as_ref().is_some_and(|prepared| prepared.len >= len) {
            return Ok(());
        }
        self.place.check_alive()?;
        self.discard()?;
        let path = self.temporary();
        let mut file = fs::create(&path).map_err(fs::storage("create", &path))?;
        if let Err(error) = fs::allocate(&mut file, len) {
            self.discard()?;
            return Err(fs::storage("take the space for", &path)(error));
        }
        // The name of the file need not be durable, only its space.
        self.prepared = Some(Prepared { file, len });
        Ok(())
    }

    fn put(&mut self, expected: Expected<'_>, sealed: &[u8]) -> Result<(), VaultError> {
        let key = stated_key(self.record, sealed)?;
        self.prepare(sealed.len())?;
        self.fill(sealed).and_then(|()| self.publish(expected, key)).inspect_err(|_| {
            // After a failed sync the kernel may call unwritten pages clean, so the same file is
            // not tried again. What can't be removed now is removed by the next holder.
            drop(self.discard());
        })
    }
}

impl Drop for DirLock {
    fn drop(&mut self) {
        // Space that was not used; while this lock is held the file is ours.
        if self.prepared.is_some() {
            drop(self.discard());
        }
    }
}
