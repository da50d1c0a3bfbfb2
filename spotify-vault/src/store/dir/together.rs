//! Replacing the keys of many subjects with few syncs and no new files.
//!
//! A sync waits for the medium, whatever it syncs: one for a whole batch costs about as much as one
//! for a file. A new file in the place of the old one costs the file system more than a key's bytes
//! do, so the keys are written over where they stand, after the redo file holds all of them.

use std::fs::File;
use std::path::PathBuf;

use super::subject::SubjectDir;
use super::{DirStore, KeyChange, redo};
use crate::error::VaultError;
use crate::{fs, subject_key};

/// A key that is still as expected, under its subject's lock.
struct Held<'a> {
    change: &'a KeyChange,
    place: SubjectDir,
    path: PathBuf,
    _lock: File,
}

impl DirStore {
    /// Replaces one key by a new file. Holding the header's lock.
    pub(super) fn replace_one(&self, change: &KeyChange) -> Result<bool, VaultError> {
        let Some(held) = self.hold_key(change)? else { return Ok(false) };
        fs::replace(&held.place.dir.join(".key.tmp"), &held.path, &change.key)?;
        Ok(true)
    }

    /// Replaces many keys in place. Holding the header's lock alone, with no redo file.
    pub(super) fn replace_together(
        &self,
        header: &[u8],
        changes: &[KeyChange],
    ) -> Result<Vec<bool>, VaultError> {
        let mut replaced = Vec::with_capacity(changes.len());
        for batch in changes.chunks(redo::MOST) {
            let mut held = Vec::with_capacity(batch.len());
            for change in batch {
                let unchanged = self.hold_key(change)?;
                replaced.push(unchanged.is_some());
                held.extend(unchanged);
            }
            self.write_over(header, &held)?;
        }
        Ok(replaced)
    }

    fn write_over(&self, header: &[u8], held: &[Held<'_>]) -> Result<(), VaultError> {
        if held.is_empty() {
            return Ok(());
        }
        self.write_redo(header, &held.iter().map(|held| held.change).collect::<Vec<_>>())?;
        let mut batch = fs::Overwriting::default();
        for key in held {
            batch.write(&key.path, &key.change.key)?;
        }
        batch.finish()?;
        self.erase_redo()
    }

    /// Locks the subject of a key; `None` when the key is not as expected.
    fn hold_key<'a>(&self, change: &'a KeyChange) -> Result<Option<Held<'a>>, VaultError> {
        let place = self.subject(change.subject);
        let lock = place.lock()?;
        let path = place.key_path(change.number);
        let present = fs::read(&path, subject_key::LEN)?;
        let fits = place.tombstone()?.is_none() && present.as_ref() == Some(&change.expected);
        Ok(fits.then_some(Held { change, place, path, _lock: lock }))
    }
}
