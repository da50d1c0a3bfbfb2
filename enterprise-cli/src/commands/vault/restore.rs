//! `vault restore`.

use std::path::{Path, PathBuf};

use secrecy::ExposeSecret as _;
use serde::Serialize;
use spotify_auth::session::{OpenError, Session, read_passphrase};
use spotify_vault::backup::{BackupKey, Identity, Older, Restored};
use spotify_vault::{RecoveryCode, VaultError};

use super::passphrase;
use crate::ask;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::Answer;

/// Put a backup of the vault back
///
/// Into a home directory without a vault, or where the same vault misses records or has older ones.
/// What is newer stays, and who was revoked stays revoked. A record of which the audit log knows a
/// newer state is left out.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The backup
    file: PathBuf,
    /// A file (mode 0600) that holds the age key, `AGE-SECRET-KEY-1...`, instead of a passphrase
    #[arg(long, value_name = "FILE")]
    identity_file: Option<PathBuf>,
    /// A file (mode 0600) that holds the passphrase, instead of asking for it
    #[arg(long, value_name = "FILE", conflicts_with = "identity_file")]
    passphrase_file: Option<PathBuf>,
    /// Open the vault with its recovery code, asked for or read from standard input
    #[arg(long)]
    recovery_code: bool,
    /// Put back records, too, of which the audit log knows a newer state: their tokens may be spent
    #[arg(long)]
    accept_older: bool,
}

/// The answer as programs read it.
#[derive(Debug, Serialize)]
struct Facts {
    file: PathBuf,
    #[serde(flatten)]
    restored: Restored,
}

impl Args {
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let from = self.key(installation)?;
        let code = self.recovery_code.then(|| recovery_code(installation)).transpose()?;
        let older = if self.accept_older { Older::Accept } else { Older::Refuse };
        let (settings, context) = (installation.settings_to_give()?, installation.context());
        let (session, restored) =
            Session::restore(settings, context, (&self.file, &from), code, older, &mut |_| ())?;
        installation.adopt(session);
        let left_out = !self.accept_older && !restored.older.is_empty();
        let exit = if left_out { Exit::Refused } else { Exit::Success };
        let human = self.human(&restored, left_out);
        Ok(Answer::new(exit, &Facts { file: self.file, restored }, human))
    }

    fn key(&self, installation: &Installation) -> Result<BackupKey, CommandError> {
        if let Some(path) = &self.identity_file {
            return identity(path);
        }
        let file = self.passphrase_file.as_deref();
        Ok(BackupKey::Passphrase(passphrase::of_backup(file, installation)?))
    }

    fn human(&self, restored: &Restored, left_out: bool) -> String {
        let Restored { restored: put, kept, dead, older, .. } = restored;
        let mut text = format!(
            "Put {put} records back; {kept} were here already as they are or newer; {dead} profiles stay revoked.\n"
        );
        if left_out {
            text.extend([format!(
                "{} records are older than the audit log knows them and were left out: `--accept-older` puts them back, though their tokens may be spent.\n",
                older.len()
            )]);
        }
        if self.recovery_code {
            text.push_str(
                "Give the vault a new key with `spotify-admin recover` if its own is lost.\n",
            );
        }
        text
    }
}

fn identity(path: &Path) -> Result<BackupKey, CommandError> {
    let text = read_passphrase(path)?;
    // age-keygen writes comments above the key.
    let mut lines = text.expose_secret().lines();
    let line = lines.find(|line| !line.starts_with('#') && !line.trim().is_empty());
    let identity = Identity::parse(line.unwrap_or_default()).map_err(VaultError::from);
    Ok(BackupKey::Identity(identity.map_err(OpenError::from)?))
}

fn recovery_code(installation: &Installation) -> Result<RecoveryCode, CommandError> {
    let text = ask::recovery_code(installation.terminal()).map_err(OpenError::Ask)?;
    Ok(RecoveryCode::parse(&text).map_err(VaultError::from).map_err(OpenError::from)?)
}
