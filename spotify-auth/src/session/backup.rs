//! Backups of the vault, and putting them back.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use spotify_audit::{Query, Reader};
use spotify_vault::backup::{self, BackedUp, BackupKey, BackupLock, Older, Restore, Restored};
use spotify_vault::{
    DirStore, Generation, RecordId, RecoveryCode, SealedVault, Unlock, VaultError, Watch,
};

use super::events::VaultEvent;
use super::upkeep::intend;
use super::{Context, OpenError, Session, Settings, events, home, open_log, options, unlock};

impl Session {
    /// Writes a backup to a file that does not exist yet, and reads it back.
    ///
    /// # Errors
    /// See [`OpenError`]; a damaged vault makes no backup.
    pub fn back_up(
        &self,
        path: &Path,
        to: &BackupLock,
        watch: Watch<'_>,
    ) -> Result<BackedUp, OpenError> {
        let vault = self.sealed()?;
        intend(self.recorder(), VaultEvent::BackingUp {})?;
        Ok(vault.backup(path, to, watch)?)
    }

    /// Puts a backup back: into a home directory without a vault, or where the same vault misses
    /// records or has older ones. What is newer stays, and who was revoked stays revoked.
    ///
    /// The audit log tells the newest generation of each record: one that the backup has only older
    /// is left out and named, unless `older` accepts it. `recovery` stands for the vault's key when
    /// that is lost.
    ///
    /// # Errors
    /// See [`OpenError`]. Before anything is changed the whole backup is read and authenticated.
    pub fn restore(
        settings: Settings,
        context: Context,
        (path, from): (&Path, &BackupKey),
        recovery: Option<RecoveryCode>,
        older: Older,
        watch: Watch<'_>,
    ) -> Result<(Self, Restored), OpenError> {
        let directory = settings.vault_dir();
        home::make(&settings.home)?;
        let pinned = match SealedVault::pinned(&directory) {
            Ok(Some(pinned)) => pinned,
            Ok(None) | Err(VaultError::NotFound { .. }) => backup::pinned(path, from)?,
            Err(error) => return Err(error.into()),
        };
        let key = match recovery {
            Some(code) => Unlock::Recovery(code),
            None => unlock::unlock(&pinned, &settings, &context)?,
        };
        let (recorder, slot) = open_log(&settings, &context)?;
        intend(&recorder, VaultEvent::Restoring {})?;
        let restore = Restore { newest: newest(&settings.audit_dir())?, older };
        let (vault, restored) = SealedVault::restore(
            Arc::new(DirStore::create(&directory)?),
            path,
            from,
            &key,
            options(&context, &recorder),
            &restore,
            watch,
        )?;
        let session = Self::assemble(settings, context, vault, recorder, &slot);
        session.keep_buried();
        Ok((session, restored))
    }
}

/// Returns the newest generation of each record that stands in the audit log.
fn newest(directory: &Path) -> Result<BTreeMap<RecordId, Generation>, OpenError> {
    let query = Query {
        kind_prefix: Some(events::VAULT_WRITTEN.kind.as_str().to_owned()),
        ..Query::default()
    };
    let mut newest = BTreeMap::new();
    for entry in Reader::open(directory, query)?.filter_map(Result::ok) {
        let record = entry.data("record").and_then(|record| RecordId::parse(record.as_str()?));
        let generation = entry.data("generation").and_then(serde_json::Value::as_u64);
        if let (Some(record), Some(generation)) = (record, generation) {
            let known = newest.entry(record).or_insert(Generation::ABSENT);
            *known = Generation::new(generation).max(*known);
        }
    }
    Ok(newest)
}
