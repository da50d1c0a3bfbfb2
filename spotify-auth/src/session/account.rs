//! Whose account a profile is.
//!
//! It stands in the audit log under a key of the profile's own, which the vault holds beside the
//! grant. A revocation erases both; the log's chain stays whole.

use std::sync::Arc;
use std::time::Duration;

use spotify_audit::{Durability, Outcome};
use spotify_vault::{Field, SecretBytes};

use super::events::SignInEvent;
use super::store::ProfileStore;
use super::{Profile, ProfileError};
use crate::store::StoreError;

/// The field of a profile that holds the key of its personal fields in the log.
pub(super) const KEY: Field = Field::from_static("audit-key");
/// How long the lock of the record is waited for.
const WAIT: Duration = Duration::from_secs(10);

impl Profile {
    /// Writes to the audit log whose account somebody signed in with: Spotify's id of the person,
    /// and the name that the person shows. Blocks on files.
    ///
    /// # Errors
    /// See [`ProfileError`]: a profile that was revoked or is suspended is refused, and so is one
    /// without a vault.
    pub fn note_account(&self, id: &str, name: Option<&str>) -> Result<(), ProfileError> {
        let ProfileStore::Vault(store) = &self.store else { return Err(ProfileError::Given) };
        if store.read(&KEY).map_err(|source| self.unusable(source))?.is_none() {
            let make = |key: Option<&SecretBytes>| match key {
                // Another program was quicker.
                Some(key) => SecretBytes::from(key.expose().to_vec()),
                None => SecretBytes::from(self.context.entropy.bytes::<32>().to_vec()),
            };
            store.update(&KEY, WAIT, make).map_err(|source| self.unusable(source))?;
        }
        let recorder = self.recorder();
        let name = name.and_then(|name| recorder.personal("name", name));
        let event = SignInEvent::Account { user: recorder.personal("user", id), name };
        let draft = event.draft().outcome(Outcome::Ok);
        recorder.record_blocking(draft, Durability::After).map_err(|error| {
            let doing = "writing the audit log";
            self.unusable(StoreError::Failed { doing, source: Arc::new(error) })
        })
    }

    /// Reads a personal field of one of the profile's records. `None` when it is another profile's,
    /// or the key is gone because the profile was revoked. Blocks on files.
    pub fn open_personal(&self, field: &str, sealed: &str) -> Option<String> {
        self.recorder().open_personal(field, sealed)
    }
}
