//! The trait that every backend implements.

use std::fmt;
use std::time::Duration;

use jiff::Timestamp;

use crate::error::VaultError;
use crate::key_source::KeySource;
use crate::name::{Field, Generation, RecordId, Subject, SubjectId};
use crate::secret::SecretBytes;

/// Keeps secrets for subjects. Every call blocks.
pub trait Vault: Send + Sync + fmt::Debug {
    /// Tells which backend this is, and where its key is.
    fn backend(&self) -> Backend;

    /// Reads a record; `None` when it was never written.
    ///
    /// # Errors
    /// [`VaultError::Destroyed`] for a destroyed subject, [`VaultError::Integrity`] when the record
    /// was changed outside, and whatever keeps the backend from answering.
    fn read(&self, subject: &Subject, field: &Field) -> Result<Option<Opened>, VaultError>;

    /// Takes the lock of a record, across threads and processes, waiting at most about `wait`.
    ///
    /// # Errors
    /// [`VaultError::Busy`] when someone else held it all the time, otherwise as
    /// [`Vault::read`].
    fn lease(
        &self,
        subject: &Subject,
        field: &Field,
        wait: Duration,
    ) -> Result<Box<dyn Lease>, VaultError>;

    /// Writes a record under its lock and returns the new generation.
    ///
    /// # Errors
    /// As [`Vault::lease`] (after ten seconds), [`Lease::prepare`] and [`Lease::commit`].
    fn write(
        &self,
        subject: &Subject,
        field: &Field,
        value: &SecretBytes,
    ) -> Result<Generation, VaultError> {
        let mut lease = self.lease(subject, field, Duration::from_secs(10))?;
        lease.prepare(value.expose().len())?;
        lease.commit(value)
    }

    /// Erases a subject's key and records, for good: later reads and writes give
    /// [`VaultError::Destroyed`]. It does not wait for leases; a commit in flight is refused.
    ///
    /// Backups made later do not hold the subject's key; earlier ones do. Doing it again is no
    /// error.
    ///
    /// # Errors
    /// [`VaultError::ReadOnly`], [`VaultError::Busy`], [`VaultError::Storage`].
    fn destroy(&self, subject: &Subject) -> Result<Destroyed, VaultError>;

    /// Tells whether the subject was destroyed.
    ///
    /// # Errors
    /// Whatever keeps the backend from answering.
    fn is_destroyed(&self, subject: &Subject) -> Result<bool, VaultError>;

    /// Lists each record with its generation, authenticated, in the order of the ids.
    ///
    /// # Errors
    /// As [`Vault::read`]; the first record that does not open ends the walk.
    fn generations(&self) -> Result<Vec<(RecordId, Generation)>, VaultError>;
}

/// The lock of one record, to hold from reading a value until its successor is written, across a
/// slow call. It is released on drop.
pub trait Lease: Send {
    /// Reads the record as it is now; `None` when it was never written.
    ///
    /// # Errors
    /// As [`Vault::read`].
    fn read(&self) -> Result<Option<Opened>, VaultError>;

    /// Takes the space that a value of up to `capacity` bytes needs, durably, so that a full or
    /// read-only disk is found before something that can be spent once is spent.
    ///
    /// # Errors
    /// [`VaultError::Storage`], [`VaultError::TooLarge`], [`VaultError::ReadOnly`],
    /// [`VaultError::Destroyed`].
    fn prepare(&mut self, capacity: usize) -> Result<(), VaultError>;

    /// Writes the record durably and returns its new generation. On an error the old record is
    /// still there (or, when only the last directory sync failed, the new one), and the same lease
    /// may try again.
    ///
    /// # Errors
    /// [`VaultError::Destroyed`] when the subject was destroyed meanwhile, otherwise as
    /// [`Lease::prepare`].
    fn commit(&mut self, value: &SecretBytes) -> Result<Generation, VaultError>;
}

/// A record that was read.
#[derive(Debug)]
pub struct Opened {
    /// How often it was written.
    pub generation: Generation,
    /// When it was written last, to the millisecond.
    pub updated_at: Timestamp,
    /// What it holds.
    pub value: SecretBytes,
}

/// What a backend is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Backend {
    /// A short name: `sealed`, `environment`.
    pub name: &'static str,
    /// Whether it keeps what is written.
    pub writable: bool,
    /// Where its key is, as this process knows it; `None` when nothing is sealed.
    pub key: Option<KeySource>,
}

/// What destroying a subject did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Destroyed {
    /// The subject's id on disk.
    pub subject: SubjectId,
    /// When it was destroyed first, to the millisecond.
    pub at: Timestamp,
    /// How many records this call erased.
    pub records: usize,
    /// Whether this call did it, rather than an earlier one.
    pub newly: bool,
}
