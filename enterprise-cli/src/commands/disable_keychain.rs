//! `disable-keychain`.

use clap::ValueEnum;
use spotify_auth::session::KeyChoice;
use spotify_vault::KeySource;

use super::rekey::{already_there, move_key};
use crate::error::CommandError;
use crate::installation::Installation;
use crate::keys;
use crate::output::Answer;

/// Move the vault's key out of the keychain, or from wherever it is, to another place
///
/// The old key is removed; the tokens stay sealed. A new passphrase is asked for twice, or read from
/// the file that `SPOTIFY_MCP_PASSPHRASE_FILE` names.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where the key goes
    #[arg(long, value_enum, value_name = "PLACE")]
    to: Target,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Target {
    /// A file of mode 0600 beside the vault
    File,
    /// A passphrase that you type
    Passphrase,
    /// The credential `spotify-mcp-master-key` of systemd
    Credential,
    /// A hardware token, `SPOTIFY_MCP_PKCS11_TOKEN`
    Pkcs11,
}

impl Args {
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let pinned = installation.pinned()?;
        let asks_today = matches!(pinned, Some(KeySource::Passphrase));
        // The variable names today's passphrase when there is one, else the one to be.
        let session = installation.session_with(|settings| {
            if self.to == Target::Passphrase && !asks_today {
                settings.passphrase_file = None;
            }
        })?;
        let choice = match (self.to, session.key_source()?) {
            (Target::File, source @ KeySource::KeyFile { .. })
            | (Target::Credential, source @ KeySource::Credential { .. }) => {
                return Ok(already_there(&source));
            }
            (Target::Credential, _) => KeyChoice::Credential,
            (Target::Pkcs11, _) => KeyChoice::Token,
            (Target::File, _) => KeyChoice::File,
            (Target::Passphrase, _) => {
                let file = installation.settings().passphrase_file.as_deref();
                KeyChoice::Passphrase(keys::new_passphrase(
                    file.filter(|_| !asks_today),
                    installation,
                )?)
            }
        };
        move_key(session, choice)
    }
}
