//! The redo file: what is about to be written over the keys of many subjects.
//!
//! A key is written over in place, so a crash may leave it half old and half new. Before the first
//! one is, this file holds all of the new ones and is synced; it is removed once they are synced.
//! A file that stands is written out again by whoever changes a key or the header next. A reader
//! meanwhile takes from it what does not open.
//!
//! It counts only when it is whole and beside the header that it names: then every key in it is
//! sealed under a term of that header, and nobody has changed a key since.

use std::path::PathBuf;

use sha2::{Digest as _, Sha256};

use super::DirStore;
use super::subject::SubjectDir;
use crate::error::{Item, VaultError};
use crate::name::SubjectId;
use crate::store::KeyChange;
use crate::wire::Cursor;
use crate::{fs, subject_key};

/// Magic, version, and three bytes of no meaning.
const START: [u8; 8] = *b"SPMW\x01\0\0\0";
const HASH: usize = 32;
const ENTRY: usize = 16 + 4 + subject_key::LEN;

/// How many keys a file holds at most. Each takes an open lock.
pub(super) const MOST: usize = 128;
const MAX_LEN: usize = START.len() + HASH + MOST * ENTRY + HASH;

/// A key as it is to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Entry<'a> {
    subject: SubjectId,
    number: u32,
    key: &'a [u8; subject_key::LEN],
}

/// Encodes the keys that are to be under a header.
fn encode(header: &[u8], changes: &[&KeyChange]) -> Vec<u8> {
    let mut bytes = START.to_vec();
    bytes.extend_from_slice(&Sha256::digest(header));
    for change in changes {
        bytes.extend_from_slice(change.subject.as_bytes());
        bytes.extend_from_slice(&change.number.to_be_bytes());
        bytes.extend_from_slice(&change.key);
    }
    let sum = Sha256::digest(&bytes);
    bytes.extend_from_slice(&sum);
    bytes
}

/// Reads a file; `None` when it was not written to its end, or for another header.
fn decode<'a>(bytes: &'a [u8], header: &[u8]) -> Option<Vec<Entry<'a>>> {
    let (body, sum) = bytes.split_last_chunk::<HASH>()?;
    let mut cursor = Cursor(body);
    let is_whole = cursor.array() == Some(&START) && Sha256::digest(body).as_slice() == sum;
    if !is_whole || cursor.array::<HASH>()?.as_slice() != Sha256::digest(header).as_slice() {
        return None;
    }
    let mut entries = Vec::with_capacity(cursor.0.len() / ENTRY);
    while !cursor.0.is_empty() {
        let subject = SubjectId::from_bytes(*cursor.array()?);
        entries.push(Entry { subject, number: cursor.u32()?, key: cursor.array()? });
    }
    Some(entries)
}

impl DirStore {
    fn redo_path(&self) -> PathBuf {
        self.dir.join("vault.redo")
    }

    /// Whether keys are being replaced, or were when a process ended.
    pub(super) fn has_redo(&self) -> Result<bool, VaultError> {
        fs::exists(&self.redo_path())
    }

    /// Keeps the keys that are to be, durably. Holding the header's lock alone.
    pub(super) fn write_redo(
        &self,
        header: &[u8],
        changes: &[&KeyChange],
    ) -> Result<(), VaultError> {
        let path = self.redo_path();
        let written = match changes.iter().find(|change| change.key.len() != subject_key::LEN) {
            Some(odd) => {
                let item = Item::SubjectKey(odd.subject);
                return Err(VaultError::integrity(item, "its length is wrong"));
            }
            None => fs::write_synced(&path, &encode(header, changes)),
        };
        written.and_then(|()| fs::sync_dir(&self.dir)).inspect_err(|_| {
            // No key was touched. If it stays, it is as good as whole or as none.
            drop(fs::remove(&path));
        })
    }

    /// Erases the file, so that no copy of a key outlives it. That it is gone need not be durable:
    /// what a crash brings back is zeros.
    pub(super) fn erase_redo(&self) -> Result<(), VaultError> {
        fs::shred(&self.redo_path())
    }

    /// Writes out what a process that ended left. Holding the header's lock alone.
    pub(super) fn finish_redo(&self) -> Result<(), VaultError> {
        let Some(bytes) = fs::read(&self.redo_path(), MAX_LEN)? else { return Ok(()) };
        let header = self.stored_header()?.unwrap_or_default();
        for entry in decode(&bytes, &header).unwrap_or_default() {
            let place = self.subject(entry.subject);
            let path = place.key_path(entry.number);
            if !fs::exists(&path)? {
                continue;
            }
            let _held = place.lock()?;
            if is_to_be(&place, entry.number)? {
                fs::write_over(&path, entry.key)?;
            }
        }
        self.erase_redo()
    }

    /// Reads a key as it will be once its writer, or whoever writes out after it, has finished.
    pub(super) fn key_to_be(
        &self,
        subject: SubjectId,
        number: u32,
    ) -> Result<Option<Vec<u8>>, VaultError> {
        let place = self.subject(subject);
        if let Some(bytes) = fs::read(&self.redo_path(), MAX_LEN)?
            && let Some(entries) = decode(&bytes, &self.stored_header()?.unwrap_or_default())
            && let Some(entry) =
                (entries.iter()).find(|entry| entry.subject == subject && entry.number == number)
            && is_to_be(&place, number)?
        {
            return Ok(Some(entry.key.to_vec()));
        }
        fs::read(&place.key_path(number), subject_key::LEN)
    }
}

/// Whether a key is there and was neither destroyed nor half erased.
fn is_to_be(place: &SubjectDir, number: u32) -> Result<bool, VaultError> {
    let present = fs::read(&place.key_path(number), subject_key::LEN)?;
    let is_there = present.is_some_and(|bytes| bytes.iter().any(|byte| *byte != 0));
    Ok(is_there && place.tombstone()?.is_none())
}
