//! `vault migrate`.

use std::path::PathBuf;

use serde::Serialize;
use spotify_auth::session::Session;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::Answer;

/// Move the vault to another directory
///
/// At each moment it is in one place; what is interrupted goes on when it is done again. Running
/// servers are refused until they are started anew. Afterwards `vault` in config.toml, or
/// `SPOTIFY_MCP_VAULT`, has to name the new place.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The new directory, as an absolute path; it is made when it is absent
    directory: PathBuf,
    /// Give up a move that was interrupted before the vault was there
    #[arg(long)]
    cancel: bool,
}

/// The answer as programs read it.
#[derive(Debug, Serialize)]
struct Facts {
    vault: PathBuf,
    moved: bool,
}

impl Args {
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let to = self.directory;
        if !to.is_absolute() {
            let text = "the new directory is not an absolute path";
            return Err(CommandError::new(Exit::Usage, "usage", text));
        }
        if self.cancel {
            let context = installation.context();
            Session::cancel_migration(installation.settings(), &context, &to)?;
            let vault = installation.settings().vault_dir();
            let human = format!("The vault stays in {}.\n", vault.display());
            return Ok(Answer::new(Exit::Success, &Facts { vault, moved: false }, human));
        }
        let (settings, context) = (installation.settings_to_give()?, installation.context());
        let (session, _) = Session::migrate(settings, context, &to, &mut |_| ())?;
        installation.adopt(session);
        let human = format!(
            "The vault is now in {0}.\nPut this line into config.toml, and start running servers anew:\n\n  vault = \"{0}\"\n",
            to.display()
        );
        Ok(Answer::new(Exit::Success, &Facts { vault: to, moved: true }, human))
    }
}
