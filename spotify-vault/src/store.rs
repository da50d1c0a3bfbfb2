//! What a sealed vault needs from the place that keeps its bytes.
//!
//! A header may state that the vault moves to another place ([`stated_move`]). From then on a store
//! gives out nothing but the header, the list of subjects and all of a subject, and refuses every
//! change but those of the header and [`SealedStore::erase`], with [`VaultError::Moved`].
//!
//! A store sees sealed bytes, ids and generations, never a key or a value. Every change is one
//! conditional operation, so that a shared database can stand behind it as well as a directory.

mod dir;

use std::fmt;
use std::time::Duration;

pub use dir::DirStore;

use crate::error::VaultError;
use crate::name::{Generation, RecordId, SubjectId};

/// Keeps the header, the subjects' keys and the records of one vault. Every call blocks.
pub trait SealedStore: Send + Sync + fmt::Debug {
    /// Names the place for messages.
    fn place(&self) -> String;

    /// Reads the header; `None` when there is no vault.
    ///
    /// # Errors
    /// [`VaultError::Integrity`] when there is no header although there are subjects: it was lost,
    /// or a migration to here was never finished.
    fn header(&self) -> Result<Option<Vec<u8>>, VaultError>;

    /// Replaces the header durably, if it is still `expected` (`None`: absent, whatever subjects
    /// there are).
    ///
    /// # Errors
    /// [`VaultError::HeaderChanged`] when it is not.
    fn put_header(&self, expected: Option<&[u8]>, header: &[u8]) -> Result<(), VaultError>;

    /// Lists the subjects, destroyed ones too, in order.
    ///
    /// # Errors
    /// Whatever keeps the store from answering; so it is with every method.
    fn subjects(&self) -> Result<Vec<SubjectId>, VaultError>;

    /// Lists the records of a subject, in order.
    ///
    /// # Errors
    /// Whatever keeps the store from answering.
    fn records(&self, subject: SubjectId) -> Result<Vec<RecordId>, VaultError>;

    /// Lists the numbers of a subject's keys, in order.
    ///
    /// # Errors
    /// Whatever keeps the store from answering.
    fn key_numbers(&self, subject: SubjectId) -> Result<Vec<u32>, VaultError>;

    /// Reads a subject's key; `None` when it is absent. A store that writes over keys in place may
    /// give one that is half old and half new.
    ///
    /// # Errors
    /// Whatever keeps the store from answering.
    fn key(&self, subject: SubjectId, number: u32) -> Result<Option<Vec<u8>>, VaultError>;

    /// Reads a subject's key that was not whole, as whoever is writing it means it to be. A store
    /// that replaces keys in one step has nothing to add to [`SealedStore::key`].
    ///
    /// # Errors
    /// Whatever keeps the store from answering.
    fn settled_key(&self, subject: SubjectId, number: u32) -> Result<Option<Vec<u8>>, VaultError> {
        self.key(subject, number)
    }

    /// Adds a subject's key durably, if that number is absent and the header is still `header`.
    /// `false` when the number was there.
    ///
    /// # Errors
    /// [`VaultError::Destroyed`] for a destroyed subject; [`VaultError::HeaderChanged`], so that no
    /// key is sealed under a term that was dropped meanwhile.
    fn add_key(
        &self,
        header: &[u8],
        subject: SubjectId,
        number: u32,
        key: &[u8],
    ) -> Result<bool, VaultError>;

    /// Replaces keys of different subjects durably, each if it is still what is expected and its
    /// subject was not destroyed, and all only while the header is still `header`. Tells of each
    /// whether it was replaced.
    ///
    /// # Errors
    /// [`VaultError::HeaderChanged`]; otherwise some may have been replaced.
    fn replace_keys(&self, header: &[u8], changes: &[KeyChange]) -> Result<Vec<bool>, VaultError>;

    /// Erases a subject's key durably, unless a record still states it. `false` when one does.
    ///
    /// # Errors
    /// Whatever keeps the store from it.
    fn drop_key(&self, subject: SubjectId, number: u32) -> Result<bool, VaultError>;

    /// Reads a record; `None` when it was never written.
    ///
    /// # Errors
    /// Whatever keeps the store from answering.
    fn record(&self, subject: SubjectId, record: RecordId) -> Result<Option<Vec<u8>>, VaultError>;

    /// Takes the lock of a record, waiting at most about `wait`.
    ///
    /// # Errors
    /// [`VaultError::Busy`], [`VaultError::Destroyed`].
    fn lock(
        &self,
        subject: SubjectId,
        record: RecordId,
        wait: Duration,
    ) -> Result<Box<dyn RecordLock>, VaultError>;

    /// Reads all of a subject as it is at one moment.
    ///
    /// # Errors
    /// Whatever keeps the store from answering.
    fn all_of(&self, subject: SubjectId) -> Result<SubjectFiles, VaultError>;

    /// Reads the tombstone of a subject; `None` when it was not destroyed.
    ///
    /// # Errors
    /// Whatever keeps the store from answering.
    fn tombstone(&self, subject: SubjectId) -> Result<Option<Vec<u8>>, VaultError>;

    /// Takes over all of a subject, durably, in the place of what an earlier call left of it.
    ///
    /// # Errors
    /// [`VaultError::AlreadyExists`] when there is a header: only a vault in the making takes over.
    fn import(&self, subject: SubjectId, files: &SubjectFiles) -> Result<(), VaultError>;

    /// Erases the keys, records and tombstone of a subject of a vault that has moved away, or that
    /// was never finished.
    ///
    /// # Errors
    /// [`VaultError::AlreadyExists`] when the header says that the vault is here.
    fn erase(&self, subject: SubjectId) -> Result<(), VaultError>;

    /// Destroys a subject: keeps the tombstone durably (an earlier one stays), then erases its keys
    /// and records. Once the tombstone is kept, every other change to the subject is refused.
    ///
    /// # Errors
    /// Whatever keeps the store from it; done again, it goes on where it stopped.
    fn destroy(&self, subject: SubjectId, tombstone: &[u8]) -> Result<Erased, VaultError>;
}

/// The lock of one record; released on drop.
pub trait RecordLock: Send {
    /// Takes the space for a record of `len` bytes, durably.
    ///
    /// # Errors
    /// [`VaultError::Storage`], [`VaultError::Destroyed`].
    fn prepare(&mut self, len: usize) -> Result<(), VaultError>;

    /// Replaces the record durably, if it is still what is `expected`, its subject was not
    /// destroyed, and the key that it states is still there.
    ///
    /// A store whose locks end by themselves compares a fence as well: once the lock has passed to
    /// another holder, nothing of this one is written.
    ///
    /// # Errors
    /// [`VaultError::RecordChanged`], [`VaultError::KeyChanged`], [`VaultError::Destroyed`],
    /// [`VaultError::Storage`]; then the call may be made again.
    fn put(&mut self, expected: Expected<'_>, sealed: &[u8]) -> Result<(), VaultError>;
}

/// What a record must still be for a change to go through.
#[derive(Debug, Clone, Copy)]
pub enum Expected<'a> {
    /// It states this generation ([`Generation::ABSENT`]: it was never written).
    Generation(Generation),
    /// It has these bytes, which may be damaged.
    Bytes(&'a [u8]),
}

impl Expected<'_> {
    /// Whether a record as it is now fits.
    ///
    /// # Errors
    /// As [`stated_generation`], for a generation.
    pub fn fits(self, record: RecordId, present: Option<&[u8]>) -> Result<bool, VaultError> {
        match (self, present) {
            (Self::Generation(expected), None) => Ok(expected == Generation::ABSENT),
            (Self::Generation(expected), Some(present)) => {
                Ok(stated_generation(record, present)? == expected)
            }
            (Self::Bytes(expected), present) => Ok(present == Some(expected)),
        }
    }
}

/// All that a store keeps of a subject.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SubjectFiles {
    /// Its keys with their numbers, in order.
    pub keys: Vec<(u32, Vec<u8>)>,
    /// Its records, in the order of their ids.
    pub records: Vec<(RecordId, Vec<u8>)>,
    /// Its tombstone, when it was destroyed.
    pub tombstone: Option<Vec<u8>>,
}

/// A subject's key and what is to take its place.
#[derive(Debug, Clone)]
pub struct KeyChange {
    /// Whose key it is.
    pub subject: SubjectId,
    /// Its number.
    pub number: u32,
    /// The sealed key as it was read.
    pub expected: Vec<u8>,
    /// The sealed key to be there.
    pub key: Vec<u8>,
}

/// What destroying a subject erased.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Erased {
    /// Whether this call destroyed it, rather than an earlier one.
    pub newly: bool,
    /// How many records this call erased.
    pub records: usize,
}

/// Reads where a vault moves or has moved to, as its header states, not authenticated; `None` when
/// it is here.
pub fn stated_move(header: &[u8]) -> Option<String> {
    crate::header::stated_move(header)
}

/// Reads the number of the subject's key that a sealed record states, not authenticated.
///
/// # Errors
/// As [`stated_generation`].
pub fn stated_key(record: RecordId, sealed: &[u8]) -> Result<u32, VaultError> {
    crate::record::Prefix::parse(record, sealed).map(|prefix| prefix.key_number)
}

/// Reads the generation that a sealed record states, for a store's own comparison. It is not
/// authenticated; the vault opens the record before it relies on it.
///
/// # Errors
/// [`VaultError::Integrity`] or [`VaultError::Version`] when it is not a record.
pub fn stated_generation(record: RecordId, sealed: &[u8]) -> Result<Generation, VaultError> {
    crate::record::Prefix::parse(record, sealed).map(|prefix| prefix.generation)
}
