//! What an operator said about one profile: suspended or not, and its policy. Sealed beside the
//! grant, and read with it, so that a running server follows at the next request.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use spotify_vault::{Field, SecretBytes, Subject, Vault, VaultError};

use crate::Policy;

const FIELD: Field = Field::from_static("control");
const VERSION: u8 = 1;
const LEASE_WAIT: Duration = Duration::from_secs(10);

/// What an operator said about one profile.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Control {
    v: u8,
    /// When the profile was suspended.
    pub(super) suspended_at: Option<Timestamp>,
    pub(super) policy: Policy,
}

/// What was said about a profile can't be read or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ControlError {
    /// The vault refused.
    #[error("using what was said about the profile")]
    Vault(#[from] VaultError),
    /// The record is not one of this version. Nothing is done with the profile, because it may be
    /// suspended.
    #[error(
        "what was said about the profile is not of version {VERSION}; it was written by a newer version: update"
    )]
    Malformed,
}

impl Control {
    /// Reads what was said; nothing when nobody said anything.
    pub(super) fn read(vault: &dyn Vault, subject: &Subject) -> Result<Self, ControlError> {
        match vault.read(subject, &FIELD)? {
            Some(opened) => Self::decode(&opened.value),
            None => Ok(Self::default()),
        }
    }

    /// Changes what was said, under its lock, and returns what stood there before.
    pub(super) fn change(
        vault: &dyn Vault,
        subject: &Subject,
        change: impl FnOnce(&mut Self),
    ) -> Result<Self, ControlError> {
        let mut lease = vault.lease(subject, &FIELD, LEASE_WAIT)?;
        let before = match lease.read()? {
            Some(opened) => Self::decode(&opened.value)?,
            None => Self::default(),
        };
        let mut after = before.clone();
        change(&mut after);
        if after != before {
            let bytes = serde_json::to_vec(&after).map_err(|_| ControlError::Malformed)?;
            lease.commit(&SecretBytes::from(bytes))?;
        }
        Ok(before)
    }

    fn decode(bytes: &SecretBytes) -> Result<Self, ControlError> {
        let control: Self =
            serde_json::from_slice(bytes.expose()).map_err(|_| ControlError::Malformed)?;
        if control.v == VERSION { Ok(control) } else { Err(ControlError::Malformed) }
    }
}

impl Default for Control {
    fn default() -> Self {
        Self { v: VERSION, suspended_at: None, policy: Policy::default() }
    }
}
