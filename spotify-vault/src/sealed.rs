//! The sealed vault, format v1 (`docs/format.md`).
//!
//! Slots hold the vault's key; the vault's key opens the terms, a term the subjects' keys, a
//! subject's key the content key that each write draws anew. What changes who can unlock touches
//! the header alone; what destroys a subject erases one key.

pub(crate) mod current;
pub(crate) mod inner;
mod keys;
mod lease;
pub mod rotation;
pub mod status;
mod sweep;
pub(crate) mod unlocking;
pub mod verify;

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use self::inner::{Inner, refused};
use self::lease::SealedLease;
use crate::class::Class;
use crate::error::VaultError;
use crate::key_source::{KeySource, Unlock};
use crate::name::{Field, Generation, RecordId, Subject, SubjectId, VaultId};
use crate::observer::{Attempt, Event};
use crate::options::Options;
use crate::recovery::RecoveryCode;
use crate::secret::DerivedKey;
use crate::store::{DirStore, SealedStore};
use crate::tombstone;
use crate::vault::{Backend, Destroyed, Lease, Opened, Vault};

/// A vault of sealed records in a [`SealedStore`].
///
/// Cheap to clone; clones share one opened vault. Several processes may have the same vault open.
#[derive(Clone)]
pub struct SealedVault {
    inner: Arc<Inner>,
}

impl SealedVault {
    /// Makes a vault in a directory and pins it to the source of `key`.
    ///
    /// The recovery code is the second way in. It is kept nowhere: show it to the person once.
    ///
    /// # Errors
    /// [`VaultError::AlreadyExists`], [`VaultError::Permission`], [`VaultError::Storage`],
    /// [`VaultError::WeakPassphrase`], [`VaultError::UnprintablePath`],
    /// [`VaultError::RecoveryNotPrimary`].
    pub fn create(
        dir: &Path,
        key: &Unlock,
        options: Options,
    ) -> Result<(Self, RecoveryCode), VaultError> {
        let observer = options.observer.clone();
        let made = DirStore::create(dir)
            .and_then(|store| unlocking::create(Arc::new(store), key, options));
        let (inner, code) = refused(observer.as_deref(), Attempt::Create, None, made)?;
        Ok((Self { inner: Arc::new(inner) }, code))
    }

    /// Makes a vault in another kind of store; otherwise as [`SealedVault::create`].
    ///
    /// # Errors
    /// As [`SealedVault::create`].
    pub fn create_in(
        store: Arc<dyn SealedStore>,
        key: &Unlock,
        options: Options,
    ) -> Result<(Self, RecoveryCode), VaultError> {
        let observer = options.observer.clone();
        let made = unlocking::create(store, key, options);
        let (inner, code) = refused(observer.as_deref(), Attempt::Create, None, made)?;
        Ok((Self { inner: Arc::new(inner) }, code))
    }

    /// Opens the vault in a directory.
    ///
    /// # Errors
    /// [`VaultError::NotFound`] when there is none, [`VaultError::WrongKeySource`] when it is pinned
    /// to another source, [`VaultError::WrongKey`], [`VaultError::Integrity`],
    /// [`VaultError::Version`], [`VaultError::KdfBounds`], [`VaultError::Permission`],
    /// [`VaultError::Storage`].
    pub fn open(dir: &Path, key: &Unlock, options: Options) -> Result<Self, VaultError> {
        let observer = options.observer.clone();
        let opened =
            DirStore::open(dir).and_then(|store| unlocking::open(Arc::new(store), key, options));
        let inner = refused(observer.as_deref(), Attempt::Open, None, opened)?;
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Opens a vault in another kind of store; otherwise as [`SealedVault::open`].
    ///
    /// # Errors
    /// As [`SealedVault::open`].
    pub fn open_in(
        store: Arc<dyn SealedStore>,
        key: &Unlock,
        options: Options,
    ) -> Result<Self, VaultError> {
        let observer = options.observer.clone();
        let opened = unlocking::open(store, key, options);
        let inner = refused(observer.as_deref(), Attempt::Open, None, opened)?;
        Ok(Self { inner: Arc::new(inner) })
    }

    /// Tells which source the vault in a directory is pinned to, without unlocking it; `None` when
    /// there is no vault.
    ///
    /// # Security
    /// The answer is authenticated only when the vault is opened. Until then it tells where to look
    /// for the key, no more.
    ///
    /// # Errors
    /// As [`SealedVault::open`], without those about the key.
    pub fn pinned(dir: &Path) -> Result<Option<KeySource>, VaultError> {
        unlocking::pinned(&DirStore::open(dir)?)
    }

    /// Replaces the primary key and the pin; the recovery code stays as it is.
    ///
    /// `from` is the present primary key or the recovery code. The new header is opened with `to`
    /// before it takes the old one's place, and read back after.
    ///
    /// # Security
    /// The vault's key does not change: whoever has a copy of the old header and the old primary
    /// key can still open the records. Other processes that have the vault open keep it open.
    ///
    /// # Errors
    /// As [`SealedVault::open`] for `from`, as [`SealedVault::create`] for `to`, and
    /// [`VaultError::HeaderChanged`].
    pub fn rekey(&self, from: &Unlock, to: &Unlock) -> Result<(), VaultError> {
        let rekeyed = unlocking::rekey(&self.inner, from, to);
        let epoch = self.inner.refused(Attempt::Rekey, None, rekeyed)?;
        let (from, to) = (&from.source(), &to.source());
        self.inner.observe(&Event::Rekeyed { vault: self.inner.id, from, to, epoch });
        Ok(())
    }

    pub(crate) fn inner(&self) -> &Inner {
        &self.inner
    }

    pub(crate) fn from_inner(inner: Inner) -> Self {
        Self { inner: Arc::new(inner) }
    }

    /// Derives a key for a purpose of the caller, the same each time and after a rekey.
    pub fn derive(&self, label: &str) -> DerivedKey {
        DerivedKey::new(self.inner.vault_key.derive(label))
    }

    /// Returns the vault's id.
    pub fn id(&self) -> VaultId {
        self.inner.id
    }

    /// Returns the id that a subject has on disk, for [`SealedVault::destroy_locked`].
    pub fn subject_id(&self, subject: &Subject) -> SubjectId {
        self.inner.names.subject(subject)
    }

    /// Returns the id that a record has on disk.
    pub fn record_id(&self, subject: &Subject, field: &Field) -> RecordId {
        self.inner.names.record(subject, field)
    }

    /// Reads a record to hand it out of the vault, if the class of its field allows that.
    ///
    /// # Errors
    /// [`VaultError::NotExportable`], otherwise as [`Vault::read`].
    pub fn export(&self, subject: &Subject, field: &Field) -> Result<Option<Opened>, VaultError> {
        let allowed = self.inner.classes.check_exportable(field);
        self.inner.refused(Attempt::Export, Some((subject, Some(field))), allowed)?;
        self.inner.read(subject, field)
    }

    /// Returns the class of a field.
    pub fn class(&self, field: &Field) -> Class {
        self.inner.classes.of(field)
    }

    /// Lists each record, authenticated, in the order of the ids.
    ///
    /// # Errors
    /// As [`Vault::generations`].
    pub fn list(&self) -> Result<Vec<Listed>, VaultError> {
        self.inner.refused(Attempt::Read, None, self.inner.list())
    }

    /// Destroys a subject of a vault that can't be unlocked: locked, or its key or header lost.
    /// Otherwise as [`Vault::destroy`].
    ///
    /// # Errors
    /// As [`Vault::destroy`], and [`VaultError::Permission`].
    pub fn destroy_locked(
        dir: &Path,
        subject: SubjectId,
        now: Timestamp,
    ) -> Result<Destroyed, VaultError> {
        destroy_in(&DirStore::open(dir)?, subject, now)
    }
}

impl Vault for SealedVault {
    fn backend(&self) -> Backend {
        Backend { name: "sealed", writable: true, key: Some(self.inner.pin()) }
    }

    fn read(&self, subject: &Subject, field: &Field) -> Result<Option<Opened>, VaultError> {
        self.inner.read(subject, field)
    }

    fn lease(
        &self,
        subject: &Subject,
        field: &Field,
        wait: Duration,
    ) -> Result<Box<dyn Lease>, VaultError> {
        let ids = (self.inner.names.subject(subject), self.inner.names.record(subject, field));
        let locked = self.inner.store.lock(ids.0, ids.1, wait);
        let lock = self.inner.refused(Attempt::Lease, Some((subject, Some(field))), locked)?;
        Ok(Box::new(SealedLease::new(Arc::clone(&self.inner), subject, field, lock)))
    }

    fn destroy(&self, subject: &Subject) -> Result<Destroyed, VaultError> {
        let id = self.inner.names.subject(subject);
        let destroyed = destroy_in(self.inner.store.as_ref(), id, self.inner.now());
        let destroyed = self.inner.refused(Attempt::Destroy, Some((subject, None)), destroyed)?;
        let records = destroyed.records;
        self.inner.observe(&Event::Destroyed { subject, id, records });
        Ok(destroyed)
    }

    fn is_destroyed(&self, subject: &Subject) -> Result<bool, VaultError> {
        Ok(self.inner.store.tombstone(self.inner.names.subject(subject))?.is_some())
    }

    fn generations(&self) -> Result<Vec<(RecordId, Generation)>, VaultError> {
        Ok(self.list()?.into_iter().map(|listed| (listed.record, listed.generation)).collect())
    }
}

impl fmt::Debug for SealedVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SealedVault")
            .field("id", &self.inner.id)
            .field("store", &self.inner.store)
            .field("pin", &self.inner.pin())
            .finish_non_exhaustive()
    }
}

/// A record of a vault, as [`SealedVault::list`] finds it.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Listed {
    /// Whom it belongs to.
    pub subject: Subject,
    /// Which of the subject's secrets it is.
    pub field: Field,
    /// Its id on disk.
    pub record: RecordId,
    /// How often it was written.
    pub generation: Generation,
    /// When it was written last, to the millisecond.
    pub updated_at: Timestamp,
}

pub(crate) fn destroy_in(
    store: &dyn SealedStore,
    subject: SubjectId,
    now: Timestamp,
) -> Result<Destroyed, VaultError> {
    let erased = store.destroy(subject, &tombstone::encode(subject, now))?;
    let kept = store.tombstone(subject)?.unwrap_or_default();
    let at = tombstone::decode(subject, &kept)?;
    Ok(Destroyed { subject, at, records: erased.records, newly: erased.newly })
}
