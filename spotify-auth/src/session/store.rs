//! A profile's grant in the vault.

use std::sync::Arc;
use std::time::Duration;

use spotify_vault::{Field, Lease, Opened, SecretBytes, Subject, Vault, VaultError};

use crate::grant::Record;
use crate::store::{StoreError, Stored, TokenLease, TokenStore};
use crate::{Policy, ProfileId};

/// The field of a profile that holds its grant.
pub(super) const GRANT: Field = Field::from_static("grant");
/// Room for a record: Spotify's tokens have a few hundred characters each.
const CAPACITY: usize = 4 * 1024;

/// Keeps the grant of one profile in a vault.
#[derive(Debug)]
pub(super) struct VaultStore {
    vault: Arc<dyn Vault>,
    subject: Subject,
}

impl VaultStore {
    pub(super) fn new(vault: Arc<dyn Vault>, profile: &ProfileId) -> Result<Self, VaultError> {
        Ok(Self { vault, subject: subject(profile)? })
    }
}

/// Returns the vault's name for a profile.
pub(super) fn subject(profile: &ProfileId) -> Result<Subject, VaultError> {
    Ok(Subject::new(profile.as_str())?)
}

impl TokenStore for VaultStore {
    fn load(&self) -> Result<Option<Stored>, StoreError> {
        let opened = self
            .vault
            .read(&self.subject, &GRANT)
            .map_err(|error| failed("reading the vault", error))?;
        opened.as_ref().map(decode).transpose()
    }

    fn lease(&self, wait: Duration) -> Result<Box<dyn TokenLease>, StoreError> {
        let lease = self
            .vault
            .lease(&self.subject, &GRANT, wait)
            .map_err(|error| failed("locking the vault's record", error))?;
        Ok(Box::new(VaultLease(lease)))
    }
}

struct VaultLease(Box<dyn Lease>);

impl TokenLease for VaultLease {
    fn load(&mut self) -> Result<Option<Stored>, StoreError> {
        let opened = self.0.read().map_err(|error| failed("reading the vault", error))?;
        opened.as_ref().map(decode).transpose()
    }

    fn prepare(&mut self) -> Result<(), StoreError> {
        self.0.prepare(CAPACITY).map_err(|error| failed("reserving room in the vault", error))
    }

    fn commit(&mut self, record: &Record) -> Result<u64, StoreError> {
        let mut bytes = record.encode()?;
        let value = SecretBytes::from(std::mem::take(&mut *bytes));
        let generation =
            self.0.commit(&value).map_err(|error| failed("writing the vault", error))?;
        Ok(generation.get())
    }
}

fn decode(opened: &Opened) -> Result<Stored, StoreError> {
    Ok(Stored {
        generation: opened.generation.get(),
        written_at: opened.updated_at,
        policy: Policy::default(),
        record: Record::decode(opened.value.expose())?,
    })
}

fn failed(doing: &'static str, error: VaultError) -> StoreError {
    match error {
        VaultError::Destroyed { .. } => StoreError::Revoked,
        VaultError::Busy { .. } => StoreError::Busy,
        VaultError::RecordChanged { .. } => StoreError::Conflict,
        other => StoreError::Failed { doing, source: Arc::new(other) },
    }
}
