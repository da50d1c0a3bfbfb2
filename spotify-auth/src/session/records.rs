//! What a program keeps sealed with a profile, beside its grant.
//!
//! It is sealed under the profile's own key: a revocation erases it with the grant, and a suspended
//! profile gives it to nobody.

use std::time::Duration;

use spotify_vault::{Field, SecretBytes};

use super::store::ProfileStore;
use super::{Profile, ProfileError};
use crate::store::StoreError;

/// How long the lock of a record is waited for.
const WAIT: Duration = Duration::from_secs(10);
/// What the names of a program's records begin with, so that none is taken for one of ours.
const PREFIX: &str = "program.";

impl Profile {
    /// Reads what the program sealed under a name; `None` when nothing is there. Blocks on files.
    ///
    /// # Errors
    /// See [`ProfileError`]: a profile that was revoked or is suspended is refused, and so is one
    /// without a vault.
    pub fn read_record(&self, name: &str) -> Result<Option<Vec<u8>>, ProfileError> {
        let (store, field) = self.sealed(name)?;
        let value = store.read(&field).map_err(|source| self.unusable(source))?;
        Ok(value.map(|value| value.expose().to_vec()))
    }

    /// Changes what the program sealed under a name, under the lock of that record, which other
    /// processes honour too. `change` gets what is there and returns what is to be there, 4 MiB at
    /// most. Blocks on files.
    ///
    /// # Errors
    /// As [`read_record`](Self::read_record).
    pub fn update_record(
        &self,
        name: &str,
        change: impl FnOnce(Option<&[u8]>) -> Vec<u8>,
    ) -> Result<(), ProfileError> {
        let (store, field) = self.sealed(name)?;
        let change =
            |value: Option<&SecretBytes>| SecretBytes::from(change(value.map(SecretBytes::expose)));
        store.update(&field, WAIT, change).map_err(|source| self.unusable(source))
    }

    fn sealed(&self, name: &str) -> Result<(&super::store::VaultStore, Field), ProfileError> {
        let ProfileStore::Vault(store) = &self.store else { return Err(ProfileError::Given) };
        let field = Field::new(format!("{PREFIX}{name}"));
        let field = field.map_err(|error| StoreError::Failed {
            doing: "naming a record",
            source: std::sync::Arc::new(error),
        });
        Ok((store, field.map_err(|source| self.unusable(source))?))
    }
}
