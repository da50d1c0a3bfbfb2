//! Which profiles there are: one sealed record, so that no name stands on the disk.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use spotify_vault::{Field, SecretBytes, Subject, Vault, VaultError};

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
    /// A living profile has the name.
    #[error("a profile `{0}` exists already")]
    Exists(ProfileName),
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
    pub(super) fn read(vault: &dyn Vault) -> Result<Self, RegistryError> {
        vault.read(&subject()?, &FIELD)?.map_or_else(
            || Ok(Self { v: VERSION, entries: Vec::new() }),
            |opened| Self::decode(&opened.value),
        )
    }

    /// Adds a profile.
    pub(super) fn add(
        vault: &dyn Vault,
        name: &ProfileName,
        now: Timestamp,
        entropy: &Entropy,
    ) -> Result<Entry, RegistryError> {
        Self::change(vault, |profiles| {
            if profiles.find(name).is_some_and(|entry| entry.revoked_at.is_none()) {
                return Err(RegistryError::Exists(name.clone()));
            }
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

    /// Marks a profile as revoked; the first moment stays when it was revoked before.
    pub(super) fn mark_revoked(
        vault: &dyn Vault,
        name: &ProfileName,
        now: Timestamp,
    ) -> Result<Entry, RegistryError> {
        Self::change(vault, |profiles| {
            let id = profiles.find(name).map(|entry| entry.id.clone());
            let entry = profiles.entries.iter_mut().find(|entry| Some(&entry.id) == id.as_ref());
            let entry = entry.ok_or_else(|| RegistryError::Unknown(name.clone()))?;
            entry.revoked_at.get_or_insert(now);
            Ok(entry.clone())
        })
    }

    fn change<T>(
        vault: &dyn Vault,
        change: impl FnOnce(&mut Self) -> Result<T, RegistryError>,
    ) -> Result<T, RegistryError> {
        let mut lease = vault.lease(&subject()?, &FIELD, LEASE_WAIT)?;
        let mut profiles = match lease.read()? {
            Some(opened) => Self::decode(&opened.value)?,
            None => Self { v: VERSION, entries: Vec::new() },
        };
        let outcome = change(&mut profiles)?;
        let bytes =
            SecretBytes::from(serde_json::to_vec(&profiles).map_err(|_| RegistryError::Malformed)?);
        lease.commit(&bytes)?;
        Ok(outcome)
    }

    fn decode(bytes: &SecretBytes) -> Result<Self, RegistryError> {
        let profiles: Self =
            serde_json::from_slice(bytes.expose()).map_err(|_| RegistryError::Malformed)?;
        if profiles.v == VERSION { Ok(profiles) } else { Err(RegistryError::Malformed) }
    }
}

fn subject() -> Result<Subject, VaultError> {
    Ok(Subject::new(SUBJECT)?)
}
