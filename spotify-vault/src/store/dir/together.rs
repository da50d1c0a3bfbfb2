//! Replacing the keys of many subjects with few syncs.
//!
//! A sync waits for the medium, whatever it syncs: one for a whole batch costs about as much as one
//! for a file. Every new key is written and synced before the first takes its place, so that a
//! crash leaves each key old or new.

use std::fs::File;
use std::path::PathBuf;

use super::{DirStore, KeyChange, SubjectDir};
use crate::error::VaultError;
use crate::{fs, subject_key};

/// How many subjects are locked at once. Each takes an open file or two.
const BATCH: usize = 128;

/// A key that is written beside its place, under the subject's lock.
struct Written {
    place: SubjectDir,
    _lock: File,
    file: File,
    temporary: PathBuf,
    path: PathBuf,
}

impl DirStore {
    pub(super) fn replace_together(&self, changes: &[KeyChange]) -> Result<Vec<bool>, VaultError> {
        let mut replaced = Vec::with_capacity(changes.len());
        for batch in changes.chunks(BATCH) {
            let mut written = Vec::with_capacity(batch.len());
            for change in batch {
                let beside = self.write_beside(change)?;
                replaced.push(beside.is_some());
                written.extend(beside);
            }
            sync_files(&written)?;
            for key in &written {
                fs::rename_unsynced(&key.temporary, &key.path)?;
            }
            sync_dirs(&written)?;
        }
        Ok(replaced)
    }

    /// Writes a new key beside its place, if the old one is still there; not synced.
    fn write_beside(&self, change: &KeyChange) -> Result<Option<Written>, VaultError> {
        let place = self.subject(change.subject);
        let lock = place.lock()?;
        let path = place.key_path(change.number);
        let present = fs::read(&path, subject_key::LEN)?;
        if place.tombstone()?.is_some() || present.as_ref() != Some(&change.expected) {
            return Ok(None);
        }
        let temporary = place.dir.join(".key.tmp");
        fs::remove(&temporary)?;
        let mut file = fs::create(&temporary).map_err(fs::storage("create", &temporary))?;
        fs::write_all(&mut file, &change.key).map_err(fs::storage("write", &temporary))?;
        Ok(Some(Written { place, _lock: lock, file, temporary, path }))
    }
}

fn sync_files(written: &[Written]) -> Result<(), VaultError> {
    if let [several, _, ..] = written
        && fs::sync_file_system(&several.file, &several.temporary)?
    {
        return Ok(());
    }
    written
        .iter()
        .try_for_each(|key| fs::sync(&key.file).map_err(fs::storage("sync", &key.temporary)))
}

fn sync_dirs(written: &[Written]) -> Result<(), VaultError> {
    if let [several, _, ..] = written
        && fs::sync_file_system(&several.file, &several.path)?
    {
        return Ok(());
    }
    written.iter().try_for_each(|key| fs::sync_dir(&key.place.dir))
}
