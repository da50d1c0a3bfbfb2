//! A directory of files, one subdirectory per subject.
//!
//! ```text
//! vault.hdr  vault.lock  vault.redo
//! subjects/ab/<subject id>/subject.lock  tombstone  <number>.key
//! subjects/ab/<subject id>/<record id>.rec  <record id>.lock  .<record id>.tmp
//! ```
//!
//! A lock file is never removed while the vault exists: whoever waits on a removed one would hold
//! a lock that nobody else sees. A temporary file that a crash left is removed by the next holder
//! of the lock that protects it.

mod lock;
mod redo;
mod subject;
mod together;

use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use self::lock::DirLock;
use self::subject::SubjectDir;
use super::{Erased, KeyChange, RecordLock, SealedStore, SubjectFiles, stated_key, stated_move};
use crate::error::{Item, VaultError};
use crate::fs;
use crate::name::{RecordId, SubjectId};
use crate::{header, subject_key};

/// How long a short lock (header, subject) is waited for. Its holders do a few file operations.
const SHORT: Duration = Duration::from_secs(10);

/// How often what a process left is written out before the vault counts as busy.
const TRIES: u32 = 4;

/// Keeps a sealed vault in a directory.
#[derive(Debug, Clone)]
pub struct DirStore {
    dir: PathBuf,
    seen: Arc<Mutex<Option<Seen>>>,
}

/// What the header said when it was looked at last.
#[derive(Debug)]
struct Seen {
    stamp: fs::Stamp,
    moved_to: Option<String>,
}

impl DirStore {
    /// Takes the directory of a vault, which need not exist.
    ///
    /// # Errors
    /// [`VaultError::Permission`] when others may enter it, or it is someone else's.
    pub fn open(dir: &Path) -> Result<Self, VaultError> {
        fs::check_dir(dir)?;
        Ok(Self { dir: dir.to_owned(), seen: Arc::default() })
    }

    /// Makes the directory when it is absent.
    ///
    /// # Errors
    /// As [`DirStore::open`], and [`VaultError::Storage`].
    pub fn create(dir: &Path) -> Result<Self, VaultError> {
        fs::make_dir(dir)?;
        Self::open(dir)
    }

    /// Returns the directory.
    pub fn path(&self) -> &Path {
        &self.dir
    }

    fn header_path(&self) -> PathBuf {
        self.dir.join("vault.hdr")
    }

    /// Keeps the header from changing, if it is still `header`, together with others.
    fn hold_header(&self, header: &[u8]) -> Result<File, VaultError> {
        for _ in 0..TRIES {
            let lock = fs::lock_shared(&self.lock_path(), SHORT)?;
            let held = lock.ok_or(VaultError::Busy { item: Item::Header })?;
            // Nobody is replacing keys now: what stands was left.
            if !self.has_redo()? {
                return self.check_header(header).map(|()| held);
            }
            drop(held);
            drop(self.hold_alone()?);
        }
        Err(VaultError::Busy { item: Item::Header })
    }

    /// Keeps everyone else from changing the header and keys, once what was left is written out.
    fn hold_alone(&self) -> Result<File, VaultError> {
        let lock = fs::lock(&self.lock_path(), SHORT)?;
        let held = lock.ok_or(VaultError::Busy { item: Item::Header })?;
        self.finish_redo().map(|()| held)
    }

    fn check_header(&self, header: &[u8]) -> Result<(), VaultError> {
        if self.header()?.as_deref() == Some(header) {
            Ok(())
        } else {
            Err(VaultError::HeaderChanged)
        }
    }

    fn lock_path(&self) -> PathBuf {
        self.dir.join("vault.lock")
    }

    /// Tells a record that was never written from a vault that is gone, unmounted for example, or
    /// that has moved.
    fn check_present(&self) -> Result<(), VaultError> {
        let path = self.header_path();
        let Some(stamp) = fs::stamp(&path)? else {
            // Reading it tells a lost header from a vault that is gone.
            return match self.header()? {
                Some(_) => Ok(()),
                None => Err(VaultError::NotFound { place: self.place() }),
            };
        };
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        // The header is read only when another one took its place.
        if seen.as_ref().is_none_or(|seen| seen.stamp != stamp) {
            let moved_to = self.header()?.as_deref().and_then(stated_move);
            *seen = Some(Seen { stamp, moved_to });
        }
        match seen.as_ref().and_then(|seen| seen.moved_to.clone()) {
            Some(to) => Err(VaultError::Moved { place: self.place(), to }),
            None => Ok(()),
        }
    }

    fn stored_header(&self) -> Result<Option<Vec<u8>>, VaultError> {
        match fs::read(&self.header_path(), header::MAX_LEN)? {
            Some(bytes) if bytes.len() > header::MAX_LEN => {
                Err(VaultError::integrity(Item::Header, "it is longer than 64 KiB"))
            }
            header => Ok(header),
        }
    }

    fn subject(&self, subject: SubjectId) -> SubjectDir {
        let [first, ..] = subject.as_bytes();
        let dir = self.dir.join("subjects").join(format!("{first:02x}")).join(subject.to_string());
        SubjectDir { subject, dir }
    }
}

impl SealedStore for DirStore {
    fn place(&self) -> String {
        self.dir.display().to_string()
    }

    fn header(&self) -> Result<Option<Vec<u8>>, VaultError> {
        match self.stored_header()? {
            Some(bytes) => Ok(Some(bytes)),
            // A lost header is no reason to make a new vault over the old records.
            None if fs::names(&self.dir.join("subjects"))?.is_empty() => Ok(None),
            None => Err(VaultError::integrity(Item::Header, "it is missing")),
        }
    }

    fn put_header(&self, expected: Option<&[u8]>, header: &[u8]) -> Result<(), VaultError> {
        let _held = self.hold_alone()?;
        if self.stored_header()?.as_deref() != expected {
            return Err(VaultError::HeaderChanged);
        }
        fs::replace(&self.dir.join(".vault.hdr.tmp"), &self.header_path(), header)
    }

    fn subjects(&self) -> Result<Vec<SubjectId>, VaultError> {
        // Also of a vault that moves, or that is not finished.
        match self.check_present() {
            Ok(()) | Err(VaultError::Moved { .. } | VaultError::Integrity { .. }) => {}
            Err(error) => return Err(error),
        }
        let root = self.dir.join("subjects");
        let mut subjects = Vec::new();
        for shelf in fs::names(&root)? {
            let names = fs::names(&root.join(shelf))?;
            subjects.extend(names.iter().filter_map(|name| SubjectId::parse(name)));
        }
        Ok(subjects)
    }

    fn records(&self, subject: SubjectId) -> Result<Vec<RecordId>, VaultError> {
        self.subject(subject).records()
    }

    fn key_numbers(&self, subject: SubjectId) -> Result<Vec<u32>, VaultError> {
        self.subject(subject).key_numbers()
    }

    fn key(&self, subject: SubjectId, number: u32) -> Result<Option<Vec<u8>>, VaultError> {
        fs::read(&self.subject(subject).key_path(number), subject_key::LEN)
    }

    fn settled_key(&self, subject: SubjectId, number: u32) -> Result<Option<Vec<u8>>, VaultError> {
        self.key_to_be(subject, number)
    }

    fn add_key(
        &self,
        header: &[u8],
        subject: SubjectId,
        number: u32,
        key: &[u8],
    ) -> Result<bool, VaultError> {
        let _header = self.hold_header(header)?;
        let place = self.subject(subject);
        let _held = place.lock()?;
        place.check_alive()?;
        let path = place.key_path(number);
        if fs::read(&path, subject_key::LEN)?.is_some() {
            return Ok(false);
        }
        fs::replace(&place.dir.join(".key.tmp"), &path, key)?;
        Ok(true)
    }

    fn replace_keys(&self, header: &[u8], changes: &[KeyChange]) -> Result<Vec<bool>, VaultError> {
        if let [] | [_] = changes {
            let _header = self.hold_header(header)?;
            return changes.iter().map(|change| self.replace_one(change)).collect();
        }
        let _header = self.hold_alone()?;
        self.check_header(header)?;
        self.replace_together(header, changes)
    }

    fn drop_key(&self, subject: SubjectId, number: u32) -> Result<bool, VaultError> {
        let place = self.subject(subject);
        let _held = place.lock()?;
        self.check_present()?;
        for record in place.records()? {
            if let Some(sealed) = place.record(record)?
                && stated_key(record, &sealed)? == number
            {
                return Ok(false);
            }
        }
        fs::shred(&place.key_path(number))?;
        fs::sync_dir(&place.dir)?;
        Ok(true)
    }

    fn record(&self, subject: SubjectId, record: RecordId) -> Result<Option<Vec<u8>>, VaultError> {
        let found = self.subject(subject).record(record)?;
        if found.is_none() {
            self.check_present()?;
        }
        Ok(found)
    }

    fn lock(
        &self,
        subject: SubjectId,
        record: RecordId,
        wait: Duration,
    ) -> Result<Box<dyn RecordLock>, VaultError> {
        self.check_present()?;
        let place = self.subject(subject);
        place.check_alive()?;
        fs::make_dir(&place.dir)?;
        let lock_path = place.dir.join(format!("{record}.lock"));
        let lock =
            fs::lock(&lock_path, wait)?.ok_or(VaultError::Busy { item: Item::Record(record) })?;
        place.check_alive()?;
        Ok(Box::new(DirLock::new(self.clone(), place, record, (lock, lock_path))?))
    }

    fn all_of(&self, subject: SubjectId) -> Result<SubjectFiles, VaultError> {
        let place = self.subject(subject);
        let _held = place.lock()?;
        let mut files = SubjectFiles { tombstone: place.tombstone()?, ..SubjectFiles::default() };
        for number in place.key_numbers()? {
            let key = self.settled_key(subject, number)?;
            files.keys.extend(key.map(|key| (number, key)));
        }
        for record in place.records()? {
            files.records.extend(place.record(record)?.map(|sealed| (record, sealed)));
        }
        Ok(files)
    }

    fn tombstone(&self, subject: SubjectId) -> Result<Option<Vec<u8>>, VaultError> {
        let found = self.subject(subject).tombstone()?;
        if found.is_none() {
            self.check_present()?;
        }
        Ok(found)
    }

    fn import(&self, subject: SubjectId, files: &SubjectFiles) -> Result<(), VaultError> {
        if self.stored_header()?.is_some() {
            return Err(VaultError::AlreadyExists { place: self.place() });
        }
        let place = self.subject(subject);
        fs::make_dir(&place.dir)?;
        let _held = place.lock()?;
        place.clear()?;
        let temporary = place.dir.join(".import.tmp");
        let keys = files.keys.iter().map(|(number, key)| (place.key_path(*number), key));
        let records =
            files.records.iter().map(|(record, sealed)| (place.record_path(*record), sealed));
        let tombstone = files.tombstone.iter().map(|mark| (place.tombstone_path(), mark));
        for (path, bytes) in keys.chain(records).chain(tombstone) {
            fs::write_synced(&temporary, bytes)?;
            fs::rename_unsynced(&temporary, &path)?;
        }
        fs::sync_dir(&place.dir)
    }

    fn erase(&self, subject: SubjectId) -> Result<(), VaultError> {
        if self.stored_header()?.is_some_and(|header| stated_move(&header).is_none()) {
            return Err(VaultError::AlreadyExists { place: self.place() });
        }
        let place = self.subject(subject);
        let _held = place.lock()?;
        place.clear()
    }

    fn destroy(&self, subject: SubjectId, tombstone: &[u8]) -> Result<Erased, VaultError> {
        // The header may be lost: a subject must be destroyed all the same.
        if !fs::check_dir(&self.dir)? {
            return Err(VaultError::NotFound { place: self.place() });
        }
        let place = self.subject(subject);
        fs::make_dir(&place.dir)?;
        let held = place.lock()?;
        // Once it moves, what is destroyed here could be alive there.
        if let Err(moved @ VaultError::Moved { .. }) = self.check_present() {
            return Err(moved);
        }
        let newly = place.tombstone()?.is_none();
        if newly {
            fs::replace(&place.dir.join(".tombstone.tmp"), &place.tombstone_path(), tombstone)?;
        }
        let records = place.erase()?;
        drop(held);
        // A copy of its keys may stand there.
        if self.has_redo()? {
            self.hold_alone()?;
        }
        Ok(Erased { newly, records })
    }
}
