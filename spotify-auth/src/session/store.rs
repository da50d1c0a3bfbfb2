//! A profile's grant in the vault.

use std::sync::Arc;
use std::time::Duration;

use spotify_vault::{Field, Lease, Opened, SecretBytes, Subject, Vault, VaultError};

use super::control::{Control, ControlError};
use super::given::GivenStore;
use super::graves::Graves;
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
    life: Life,
}

/// Whether a profile may be used at all.
#[derive(Clone, Debug)]
struct Life {
    profile: ProfileId,
    graves: Graves,
}

impl VaultStore {
    pub(super) fn new(
        vault: Arc<dyn Vault>,
        profile: &ProfileId,
        graves: Graves,
    ) -> Result<Self, VaultError> {
        let life = Life { profile: profile.clone(), graves };
        Ok(Self { vault, subject: subject(profile)?, life })
    }

    /// Returns what the operator said about the profile.
    pub(super) fn control(&self) -> Result<Control, StoreError> {
        self.life.check()?;
        Control::read(self.vault.as_ref(), &self.subject).map_err(|error| match error {
            ControlError::Vault(error) => failed("reading the vault", error),
            error @ ControlError::Malformed => {
                StoreError::Failed { doing: "reading the vault", source: Arc::new(error) }
            }
        })
    }

    /// Reads a record that a program sealed with the profile.
    pub(super) fn read(&self, field: &Field) -> Result<Option<SecretBytes>, StoreError> {
        self.check()?;
        let opened = self.vault.read(&self.subject, field);
        Ok(opened.map_err(|error| failed("reading the vault", error))?.map(|opened| opened.value))
    }

    /// Changes such a record under its lock.
    pub(super) fn update(
        &self,
        field: &Field,
        wait: Duration,
        change: impl FnOnce(Option<&SecretBytes>) -> SecretBytes,
    ) -> Result<(), StoreError> {
        self.check()?;
        let lease = self.vault.lease(&self.subject, field, wait);
        let mut lease = lease.map_err(|error| failed("locking the vault's record", error))?;
        let before = lease.read().map_err(|error| failed("reading the vault", error))?;
        let after = change(before.as_ref().map(|opened| &opened.value));
        lease.commit(&after).map_err(|error| failed("writing the vault", error))?;
        Ok(())
    }

    /// As [`control`](Self::control), but a suspended profile is an error.
    fn check(&self) -> Result<Control, StoreError> {
        let control = self.control()?;
        if control.suspended_at.is_some() { Err(StoreError::Suspended) } else { Ok(control) }
    }
}

impl Life {
    fn check(&self) -> Result<(), StoreError> {
        check_grave(&self.graves, &self.profile)
    }
}

/// Refuses a profile that was revoked, and one of which that can't be known.
pub(super) fn check_grave(graves: &Graves, profile: &ProfileId) -> Result<(), StoreError> {
    match graves.of_profile(profile) {
        Ok(None) => Ok(()),
        Ok(Some(_)) => Err(StoreError::Revoked),
        Err(error) => Err(StoreError::Failed {
            doing: "looking whether the profile was revoked",
            source: Arc::new(error),
        }),
    }
}

/// Where the grant of a profile is.
#[derive(Clone, Debug)]
pub(super) enum ProfileStore {
    Vault(Arc<VaultStore>),
    Given(GivenStore),
}

impl ProfileStore {
    /// Returns what the operator said about the profile; nobody can say anything of a given one.
    pub(super) fn control(&self) -> Result<Control, StoreError> {
        match self {
            Self::Vault(store) => store.control(),
            Self::Given(_) => Ok(Control::default()),
        }
    }

    /// Returns the store.
    pub(super) fn shared(&self) -> Arc<dyn TokenStore> {
        match self {
            Self::Vault(store) => Arc::<VaultStore>::clone(store),
            Self::Given(store) => Arc::new(store.clone()),
        }
    }
}

/// Returns the vault's name for a profile.
pub(super) fn subject(profile: &ProfileId) -> Result<Subject, VaultError> {
    Ok(Subject::new(profile.as_str())?)
}

impl TokenStore for VaultStore {
    fn load(&self) -> Result<Option<Stored>, StoreError> {
        let policy = self.check()?.policy;
        let opened = self
            .vault
            .read(&self.subject, &GRANT)
            .map_err(|error| failed("reading the vault", error))?;
        opened.as_ref().map(|opened| decode(opened, policy)).transpose()
    }

    fn lease(&self, wait: Duration) -> Result<Box<dyn TokenLease>, StoreError> {
        let policy = self.check()?.policy;
        let lease = self
            .vault
            .lease(&self.subject, &GRANT, wait)
            .map_err(|error| failed("locking the vault's record", error))?;
        Ok(Box::new(VaultLease { lease, policy, life: self.life.clone() }))
    }
}

/// A suspension does not stop a lease that is held: what a refresh under way earns is kept.
struct VaultLease {
    lease: Box<dyn Lease>,
    policy: Policy,
    life: Life,
}

impl TokenLease for VaultLease {
    fn load(&mut self) -> Result<Option<Stored>, StoreError> {
        self.life.check()?;
        let opened = self.lease.read().map_err(|error| failed("reading the vault", error))?;
        opened.as_ref().map(|opened| decode(opened, self.policy.clone())).transpose()
    }

    fn prepare(&mut self) -> Result<(), StoreError> {
        self.lease.prepare(CAPACITY).map_err(|error| failed("reserving room in the vault", error))
    }

    fn commit(&mut self, record: &Record) -> Result<u64, StoreError> {
        self.life.check()?;
        let mut bytes = record.encode()?;
        let value = SecretBytes::from(std::mem::take(&mut *bytes));
        let generation =
            self.lease.commit(&value).map_err(|error| failed("writing the vault", error))?;
        Ok(generation.get())
    }
}

fn decode(opened: &Opened, policy: Policy) -> Result<Stored, StoreError> {
    Ok(Stored {
        generation: opened.generation.get(),
        written_at: opened.updated_at,
        policy,
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
