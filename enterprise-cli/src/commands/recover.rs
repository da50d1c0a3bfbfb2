//! `recover`.

use spotify_auth::session::{OpenError, Session};
use spotify_vault::{RecoveryCode, VaultError};

use super::rekey::moved;
use crate::ask;
use crate::error::CommandError;
use crate::installation::Installation;
use crate::keys::{self, KeyPlace};
use crate::output::{Answer, Output};

/// Open the vault with its recovery code and give it a new key
///
/// For a vault whose key is lost. The code is the one that was shown when the vault was made; it is
/// asked for, or read from standard input, and goes on to work.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Where the new key lives
    #[arg(long, value_enum, value_name = "PLACE")]
    key_source: Option<KeyPlace>,
}

impl Args {
    pub(super) fn run(
        self,
        installation: &Installation,
        output: Output,
    ) -> Result<Answer, CommandError> {
        let Some(old) = installation.pinned()? else {
            let home = installation.settings().home.clone();
            return Err(OpenError::NoVault { home }.into());
        };
        let choice = keys::choose(self.key_source, installation, output)?;
        let text = ask::recovery_code(installation.terminal()).map_err(OpenError::Ask)?;
        let code = RecoveryCode::parse(&text).map_err(VaultError::from).map_err(OpenError::from)?;
        let settings = installation.settings_to_give()?;
        let session = Session::recover(settings, installation.context(), code, choice)?;
        let session = installation.adopt(session);
        Ok(moved(&old, &session.key_source()?, "The lost key opens it no more."))
    }
}
