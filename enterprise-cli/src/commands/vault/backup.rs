//! `vault backup`.

use std::path::PathBuf;

use serde::Serialize;
use spotify_auth::session::OpenError;
use spotify_vault::VaultError;
use spotify_vault::backup::{BackedUp, BackupLock, Recipient};

use super::passphrase;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::Answer;

/// Write an encrypted backup of the vault, and read it back
///
/// It needs two keys to be read: the one it is encrypted to here, and the vault's own key or
/// recovery code. Profiles that were revoked are not in it. Earlier backups still hold them: delete
/// those.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The file to write; it must not exist yet
    file: PathBuf,
    /// Encrypt to the holder of an age key, `age1...`, instead of a passphrase
    #[arg(long, value_name = "AGE")]
    recipient: Option<String>,
    /// A file (mode 0600) that holds the passphrase, instead of asking for it
    #[arg(long, value_name = "FILE", conflicts_with = "recipient")]
    passphrase_file: Option<PathBuf>,
}

/// The answer as programs read it.
#[derive(Debug, Serialize)]
struct Facts {
    file: PathBuf,
    #[serde(flatten)]
    backed_up: BackedUp,
}

impl Args {
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let session = installation.session()?;
        let to = match &self.recipient {
            Some(text) => {
                let parsed = Recipient::parse(text).map_err(VaultError::from);
                BackupLock::Recipient(parsed.map_err(OpenError::from)?)
            }
            None => BackupLock::Passphrase(passphrase::for_backup(
                self.passphrase_file.as_deref(),
                installation,
            )?),
        };
        let backed_up = session.back_up(&self.file, &to, &mut |_| ())?;
        let human = format!(
            "Wrote {} and read it back: {} records of {} subjects, {} bytes.\nKeep the vault's recovery code apart from it.\n",
            self.file.display(),
            backed_up.records,
            backed_up.subjects,
            backed_up.bytes
        );
        Ok(Answer::new(Exit::Success, &Facts { file: self.file, backed_up }, human))
    }
}
