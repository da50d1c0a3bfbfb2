//! A vault of values that the program was started with, read-only.
//!
//! It serves containers whose orchestrator hands secrets in. Nothing is sealed and nothing is
//! kept: a token that rotates is lost at the next start, and [`Lease::prepare`] says so before it
//! is spent.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::error::VaultError;
use crate::name::{Field, Generation, RecordId, Subject};
use crate::secret::SecretBytes;
use crate::vault::{Backend, Destroyed, Lease, Opened, Vault};

const NAME: &str = "environment";

type Values = BTreeMap<(Subject, Field), SecretBytes>;

/// Serves given values, each at generation 1.
pub struct EnvironmentVault {
    values: Arc<Values>,
    given_at: Timestamp,
}

impl EnvironmentVault {
    /// Takes the values over. Of two for the same subject and field the latter stands.
    pub fn new(
        given_at: Timestamp,
        values: impl IntoIterator<Item = (Subject, Field, SecretBytes)>,
    ) -> Self {
        let values = values.into_iter().map(|(subject, field, value)| ((subject, field), value));
        Self { values: Arc::new(values.collect()), given_at }
    }
}

impl Vault for EnvironmentVault {
    fn backend(&self) -> Backend {
        Backend { name: NAME, writable: false, key: None }
    }

    fn read(&self, subject: &Subject, field: &Field) -> Result<Option<Opened>, VaultError> {
        Ok(find(&self.values, &(subject.clone(), field.clone()), self.given_at))
    }

    fn lease(
        &self,
        subject: &Subject,
        field: &Field,
        _wait: Duration,
    ) -> Result<Box<dyn Lease>, VaultError> {
        Ok(Box::new(ReadOnlyLease {
            values: Arc::clone(&self.values),
            key: (subject.clone(), field.clone()),
            given_at: self.given_at,
        }))
    }

    fn destroy(&self, _subject: &Subject) -> Result<Destroyed, VaultError> {
        Err(VaultError::ReadOnly { backend: NAME })
    }

    fn is_destroyed(&self, _subject: &Subject) -> Result<bool, VaultError> {
        Ok(false)
    }

    fn generations(&self) -> Result<Vec<(RecordId, Generation)>, VaultError> {
        let id = |(subject, field): &(Subject, Field)| (record_id(subject, field), FIRST);
        let mut generations: Vec<_> = self.values.keys().map(id).collect();
        generations.sort_unstable();
        Ok(generations)
    }
}

impl fmt::Debug for EnvironmentVault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("EnvironmentVault")
            .field("records", &self.values.len())
            .finish_non_exhaustive()
    }
}

const FIRST: Generation = Generation::new(1);

struct ReadOnlyLease {
    values: Arc<Values>,
    key: (Subject, Field),
    given_at: Timestamp,
}

impl Lease for ReadOnlyLease {
    fn read(&self) -> Result<Option<Opened>, VaultError> {
        Ok(find(&self.values, &self.key, self.given_at))
    }

    fn prepare(&mut self, _capacity: usize) -> Result<(), VaultError> {
        Err(VaultError::ReadOnly { backend: NAME })
    }

    fn commit(&mut self, _value: &SecretBytes) -> Result<Generation, VaultError> {
        Err(VaultError::ReadOnly { backend: NAME })
    }
}

fn find(values: &Values, key: &(Subject, Field), updated_at: Timestamp) -> Option<Opened> {
    let value = values.get(key)?.expose().to_vec();
    Some(Opened { generation: FIRST, updated_at, value: value.into() })
}

/// There is no key to make ids with. They name records in events only, never on disk.
fn record_id(subject: &Subject, field: &Field) -> RecordId {
    let hash = Sha256::new()
        .chain_update([u8::try_from(subject.as_bytes().len()).unwrap_or(u8::MAX)])
        .chain_update(subject.as_bytes())
        .chain_update(field.as_str())
        .finalize();
    RecordId::from_bytes(*hash.0.first_chunk().expect("a SHA-256 output has 32 bytes"))
}
