//! The passphrase of a backup.

use std::path::Path;

use secrecy::SecretString;
use spotify_auth::session::{OpenError, read_passphrase};

use crate::ask;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;

/// Takes the passphrase of a backup that is there.
///
/// # Errors
/// The file may be unreadable, or there may be neither a file nor a terminal.
pub(super) fn of_backup(
    file: Option<&Path>,
    installation: &Installation,
) -> Result<SecretString, CommandError> {
    from(file, installation, || ask::passphrase("Passphrase of the backup"))
}

/// Takes the passphrase for a new backup.
///
/// # Errors
/// As [`of_backup`].
pub(super) fn for_backup(
    file: Option<&Path>,
    installation: &Installation,
) -> Result<SecretString, CommandError> {
    from(file, installation, || ask::new_passphrase("the backup"))
}

fn from(
    file: Option<&Path>,
    installation: &Installation,
    ask: impl FnOnce() -> std::io::Result<SecretString>,
) -> Result<SecretString, CommandError> {
    match file {
        Some(path) => Ok(read_passphrase(path)?),
        None if installation.terminal().can_ask() => {
            ask().map_err(|error| OpenError::Ask(error).into())
        }
        None => Err(CommandError::new(
            Exit::Usage,
            "passphrase_required",
            "a backup has a passphrase or an age key, and there is no terminal to ask for it",
        )
        .hint("give `--passphrase-file FILE` (mode 0600), or the age key")),
    }
}
