//! Which profiles there are: one sealed record, so that no name stands on the disk.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use spotify_vault::{Field, SecretBytes, Subject, Vault, VaultError};

use super::graves::Graves;
use crate::{Entropy, ProfileId, ProfileName};

const SUBJECT: &[u8] = b"registry";
const FIELD: Field = Field::from_static("profiles");
const VERSION: u8 = 1;
const LEASE_WAIT: Duration = Duration::from_secs(10);

/// What is kept of a profile besides its sealed fields.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// What everything else calls the profile.
    pub id: ProfileId,
    /// What people call it.
    pub name: ProfileName,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was revoked. A revoked profile stays dead; its name may be given to a new one.
    pub revoked_at: Option<Timestamp>,
}

/// All profiles.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Profiles {
    v: u8,
    entries: Vec<Entry>,
}

/// The list of profiles can't be read or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RegistryError {
    /// The vault refused.
    #[error("using the list of profiles")]
    Vault(#[from] VaultError),
    /// The record is not one of this version.
    #[error(
        "the list of profiles is not one of version {VERSION}; it was written by a newer version: update"
    )]
    Malformed,
    /// Which profiles were revoked can't be read.
    #[error("looking which profiles were revoked")]
    Graves(#[source] std::io::Error),
    /// A living profile has the name.
    #[error("a profile `{0}` exists already")]
    Exists(ProfileName),
    /// A living profile has a name that is easily taken for it.
    #[error("`{name}` is easily taken for the profile `{other}`; choose another name")]
    LooksLike {
        /// The new name.
        name: ProfileName,
        /// The name there is.
        other: ProfileName,
    },
    /// No profile has the name.
    #[error(
        "there is no profile `{0}`; `spotify-admin profiles` lists them, `spotify-admin create-profile {0}` makes it"
    )]
    Unknown(ProfileName),
}

impl Profiles {
    /// Returns all profiles, revoked ones included, in the order they were made.
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns the profile of a name: the living one, else the one revoked last.
    pub fn find(&self, name: &ProfileName) -> Option<&Entry> {
        let named = || self.entries.iter().filter(|entry| entry.name == *name);
        named().find(|entry| entry.revoked_at.is_none()).or_else(|| named().next_back())
    }

    /// Reads the list; empty when there is none yet.
    pub(super) fn read(vault: &dyn Vault, graves: &Graves) -> Result<Self, RegistryError> {
        let opened = vault.read(&subject()?, &FIELD)?;
        Self::decode(opened.as_ref().map(|opened| &opened.value), graves)
    }

    /// Adds a profile.
    pub(super) fn add(
        vault: &dyn Vault,
        graves: &Graves,
        name: &ProfileName,
        now: Timestamp,
        entropy: &Entropy,
    ) -> Result<Entry, RegistryError> {
        Self::change(vault, graves, |profiles| {
            profiles.check_free(name, None)?;
            let entry = Entry {
                id: ProfileId::generate(entropy),
                name: name.clone(),
                created_at: now,
                revoked_at: None,
            };
            profiles.entries.push(entry.clone());
            Ok(entry)
        })
    }

    /// Gives a living profile another name.
    pub(super) fn rename(
        vault: &dyn Vault,
        graves: &Graves,
        id: &ProfileId,
        name: &ProfileName,
    ) -> Result<Entry, RegistryError> {
        Self::change(vault, graves, |profiles| {
            profiles.check_free(name, Some(id))?;
            let entry = profiles.entries.iter_mut().find(|entry| entry.id == *id);
            let entry = entry.ok_or(RegistryError::Malformed)?;
            entry.name = name.clone();
            Ok(entry.clone())
        })
    }

    /// Takes a revoked profile off the list.
    pub(super) fn forget(
        vault: &dyn Vault,
        graves: &Graves,
        id: &ProfileId,
    ) -> Result<(), RegistryError> {
        Self::change(vault, graves, |profiles| {
            profiles.entries.retain(|entry| entry.id != *id || entry.revoked_at.is_none());
            Ok(())
        })
    }

    /// Refuses a name that a living profile other than `but` has, or is easily taken for.
    fn check_free(&self, name: &ProfileName, but: Option<&ProfileId>) -> Result<(), RegistryError> {
        let others = self.entries.iter().filter(|entry| Some(&entry.id) != but);
        for other in others.filter(|entry| entry.revoked_at.is_none()) {
            if other.name == *name {
                return Err(RegistryError::Exists(name.clone()));
            }
            if other.name.looks_like(name) {
                let (name, other) = (name.clone(), other.name.clone());
                return Err(RegistryError::LooksLike { name, other });
            }
        }
        Ok(())
    }

    /// Marks a profile as revoked; the first moment stays when it was revoked before.
    pub(super) fn mark_revoked(
        vault: &dyn Vault,
        graves: &Graves,
        id: &ProfileId,
        now: Timestamp,
    ) -> Result<Entry, RegistryError> {
        Self::change(vault, graves, |profiles| {
            let entry = profiles.entries.iter_mut().find(|entry| entry.id == *id);
            let entry = entry.ok_or(RegistryError::Malformed)?;
            entry.revoked_at.get_or_insert(now);
            Ok(entry.clone())
        })
    }

    fn change<T>(
        vault: &dyn Vault,
        graves: &Graves,
        change: impl FnOnce(&mut Self) -> Result<T, RegistryError>,
    ) -> Result<T, RegistryError> {
        let mut lease = vault.lease(&subject()?, &FIELD, LEASE_WAIT)?;
        let opened = lease.read()?;
        let mut profiles = Self::decode(opened.as_ref().map(|opened| &opened.value), graves)?;
        let outcome = change(&mut profiles)?;
        let bytes =
            SecretBytes::from(serde_json::to_vec(&profiles).map_err(|_| RegistryError::Malformed)?);
        lease.commit(&bytes)?;
        Ok(outcome)
    }

    fn decode(bytes: Option<&SecretBytes>, graves: &Graves) -> Result<Self, RegistryError> {
        let Some(bytes) = bytes else { return Ok(Self { v: VERSION, entries: Vec::new() }) };
        let mut profiles: Self =
            serde_json::from_slice(bytes.expose()).map_err(|_| RegistryError::Malformed)?;
        if profiles.v != VERSION {
            return Err(RegistryError::Malformed);
        }
        // An older copy of the list does not know of later revocations.
        for entry in profiles.entries.iter_mut().filter(|entry| entry.revoked_at.is_none()) {
            entry.revoked_at = graves.of_profile(&entry.id).map_err(RegistryError::Graves)?;
        }
        Ok(profiles)
    }
}

fn subject() -> Result<Subject, VaultError> {
    Ok(Subject::new(SUBJECT)?)
}
