//! The directory of one subject: its names, and what is read and erased under its lock.

use std::fs::File;
use std::path::PathBuf;

use super::SHORT;
use crate::error::{Item, VaultError};
use crate::name::{RecordId, SubjectId};
use crate::{fs, record};

/// The directory of one subject.
#[derive(Debug)]
pub(super) struct SubjectDir {
    pub(super) subject: SubjectId,
    pub(super) dir: PathBuf,
}

impl SubjectDir {
    pub(super) fn key_path(&self, number: u32) -> PathBuf {
        self.dir.join(format!("{number}.key"))
    }

    pub(super) fn record_path(&self, record: RecordId) -> PathBuf {
        self.dir.join(format!("{record}.rec"))
    }

    pub(super) fn tombstone_path(&self) -> PathBuf {
        self.dir.join("tombstone")
    }

    pub(super) fn tombstone(&self) -> Result<Option<Vec<u8>>, VaultError> {
        fs::read(&self.tombstone_path(), 4096)
    }

    pub(super) fn check_alive(&self) -> Result<(), VaultError> {
        match self.tombstone()? {
            Some(_) => Err(VaultError::Destroyed { subject: self.subject }),
            None => Ok(()),
        }
    }

    /// Takes the lock under which keys, tombstone and the place of records change.
    pub(super) fn lock(&self) -> Result<File, VaultError> {
        let lock = fs::lock(&self.dir.join("subject.lock"), SHORT)?;
        lock.ok_or(VaultError::Busy { item: Item::Subject(self.subject) })
    }

    pub(super) fn record(&self, record: RecordId) -> Result<Option<Vec<u8>>, VaultError> {
        fs::read(&self.record_path(record), record::MAX_LEN)
    }

    pub(super) fn records(&self) -> Result<Vec<RecordId>, VaultError> {
        let names = fs::names(&self.dir)?;
        Ok(names.iter().filter_map(|name| RecordId::parse(name.strip_suffix(".rec")?)).collect())
    }

    pub(super) fn key_numbers(&self) -> Result<Vec<u32>, VaultError> {
        let names = fs::names(&self.dir)?;
        let number = |name: &String| {
            let number: u32 = name.strip_suffix(".key")?.parse().ok()?;
            // One number has one name.
            (*name == format!("{number}.key")).then_some(number)
        };
        let mut numbers: Vec<_> = names.iter().filter_map(number).collect();
        numbers.sort_unstable();
        Ok(numbers)
    }

    /// Erases all that is kept, the tombstone last.
    pub(super) fn clear(&self) -> Result<(), VaultError> {
        self.erase()?;
        fs::remove(&self.tombstone_path())?;
        fs::sync_dir(&self.dir)
    }

    /// Erases keys first: without them, what a crash leaves of the records is noise.
    pub(super) fn erase(&self) -> Result<usize, VaultError> {
        for number in self.key_numbers()? {
            fs::shred(&self.key_path(number))?;
        }
        let records = self.records()?;
        for record in &records {
            fs::remove(&self.record_path(*record))?;
        }
        let names = fs::names(&self.dir)?;
        for name in names.iter().filter(|name| name.strip_suffix(".tmp").is_some()) {
            fs::remove(&self.dir.join(name))?;
        }
        fs::sync_dir(&self.dir)?;
        Ok(records.len())
    }
}
