//! Whether vault and audit log tell the same story: the log has every write of a sealed record.

use spotify_audit::{Entry, Query, Reader, StorageError};
use spotify_vault::{Generation, RecordId, sealed::verify::Verified};

use super::{OpenError, Session, events};

/// Vault and log can't be compared.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AgreementError {
    /// The vault can't be read.
    #[error(transparent)]
    Open(#[from] OpenError),
    /// The log can't be read.
    #[error("reading the audit log")]
    Log(#[from] StorageError),
}

impl Session {
    /// Opens each sealed record and compares how often it was written with what the log says. One
    /// that is older here was put back; one that is newer here was written past the log, or the log
    /// lost its end. A record that another program writes meanwhile may look newer, too.
    ///
    /// Of records whose writes the retention has removed nothing is known.
    ///
    /// # Errors
    /// See [`AgreementError`]. A difference is in what is returned.
    pub fn compare_with_log(&self) -> Result<Verified, AgreementError> {
        let vault = self.sealed()?;
        let revoked = self.graves.all().unwrap_or_default();
        let directory = self.settings.audit_dir();
        let first = Reader::open(&directory, Query { limit: Some(1), ..Query::default() })?;
        let whole = first.flatten().next().is_some_and(|entry| entry.seq() == 1);
        let kind = events::VAULT_WRITTEN.kind.as_str();
        let query = Query { kind_prefix: Some(kind.to_owned()), ..Query::default() };
        let dead = |entry: &Entry| {
            entry.profile().is_some_and(|id| revoked.iter().any(|dead| dead.as_str() == id))
        };
        let entries = Reader::open(&directory, query)?.flatten();
        let known = entries.filter(|entry| !dead(entry)).filter_map(|entry| written(&entry));
        let verified = vault.verify_against(known, &mut |_| ());
        let mut verified = verified.map_err(OpenError::from)?;
        verified.newer.retain(|difference| whole || difference.known != Generation::ABSENT);
        Ok(verified)
    }
}

fn written(entry: &Entry) -> Option<(RecordId, Generation)> {
    let record = RecordId::parse(entry.data("record")?.as_str()?)?;
    Some((record, Generation::new(entry.data("generation")?.as_u64()?)))
}
