//! What an operator does with the vault as a whole: look at it, rotate its keys, check it, move it.
//!
//! Each act that changes something stands in the log twice: its intent here, its outcome by the
//! vault's observer.

use std::path::Path;
use std::sync::Arc;

use spotify_vault::migrate::{self, Migrated};
use spotify_vault::{DirStore, FileSeal, Rotation, SealedVault, Swept, Verified, Watch};

use super::events::VaultEvent;
use super::{Context, OpenError, Recorder, Session, Settings, open_log, options, unlock, write};

impl Session {
    /// Returns what the vault is made of and how old its keys are. Damage is among the facts.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn vault_status(&self, watch: Watch<'_>) -> Result<spotify_vault::Status, OpenError> {
        Ok(self.sealed()?.status(watch)?)
    }

    /// Opens every key and record of the vault. Damage is among what is found.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn verify_vault(&self, watch: Watch<'_>) -> Result<Verified, OpenError> {
        Ok(self.sealed()?.verify(watch)?)
    }

    /// Begins a new term of data keys, and moves what older ones sealed as far as `rotation` says.
    ///
    /// # Errors
    /// See [`OpenError`]. Every record opens as before, and [`sweep_keys`](Self::sweep_keys) goes on.
    pub fn rotate_keys(&self, rotation: Rotation, watch: Watch<'_>) -> Result<Swept, OpenError> {
        let vault = self.sealed()?;
        intend(self.recorder(), VaultEvent::Rotating {})?;
        Ok(vault.rotate(rotation, watch)?)
    }

    /// Goes on with a rotation that was interrupted, or that left records to their next write.
    ///
    /// # Errors
    /// As [`rotate_keys`](Self::rotate_keys).
    pub fn sweep_keys(&self, watch: Watch<'_>) -> Result<Swept, OpenError> {
        let vault = self.sealed()?;
        intend(self.recorder(), VaultEvent::Rotating {})?;
        Ok(vault.sweep(watch)?)
    }

    /// Tells whether the settings file is sealed. One that was changed since opens no session.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn settings_seal(&self) -> Result<FileSeal, OpenError> {
        Ok(self.sealed()?.check_file(&self.settings.file)?)
    }

    /// Moves the vault to another directory, or goes on with it, and opens it there. The settings
    /// must name that directory from now on ([`Settings::vault`]); other programs that have the
    /// vault open are refused until they are started anew.
    ///
    /// # Errors
    /// See [`OpenError`]. At each moment the vault is in one place.
    pub fn migrate(
        mut settings: Settings,
        context: Context,
        to: &Path,
        watch: Watch<'_>,
    ) -> Result<(Self, Migrated), OpenError> {
        let (from, unlock) = Self::leaving(&settings, &context)?;
        let (recorder, key) = open_log(&settings, &context)?;
        intend(&recorder, VaultEvent::Moving {})?;
        let to_store = Arc::new(DirStore::create(to)?);
        let options = options(&context, &recorder);
        let (vault, migrated) = migrate::migrate(&from, to_store, &unlock, options, watch)?;
        settings.vault = Some(to.to_owned());
        Ok((Self::assemble(settings, context, vault, recorder, &key), migrated))
    }

    /// Gives a move up that was interrupted before the vault was in its new place.
    ///
    /// # Errors
    /// See [`OpenError`]; refused when the new place has the vault.
    pub fn cancel_migration(
        settings: &Settings,
        context: &Context,
        to: &Path,
    ) -> Result<(), OpenError> {
        let (from, unlock) = Self::leaving(settings, context)?;
        let (recorder, _) = open_log(settings, context)?;
        let to = DirStore::open(to)?;
        Ok(migrate::cancel(&from, &to, &unlock, &options(context, &recorder))?)
    }

    /// The place that a vault leaves, and its key. A vault half way does not open as a session.
    fn leaving(
        settings: &Settings,
        context: &Context,
    ) -> Result<(DirStore, spotify_vault::Unlock), OpenError> {
        let directory = settings.vault_dir();
        let pinned = SealedVault::pinned(&directory)?
            .ok_or_else(|| OpenError::NoVault { home: settings.home.clone() })?;
        let unlock = unlock::unlock(&pinned, settings, context)?;
        Ok((DirStore::open(&directory)?, unlock))
    }
}

/// Writes that an act on the vault is about to begin.
pub(super) fn intend(recorder: &Recorder, event: VaultEvent) -> Result<(), OpenError> {
    write(recorder, event.draft())
}
