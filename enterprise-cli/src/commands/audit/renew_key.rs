//! `audit renew-key`.

use serde::Serialize;
use spotify_audit::Text;
use spotify_auth::session::{OpenError, UpkeepError};

use crate::ask::{self, Unless};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::Answer;

/// Sign the audit log with a new key, after its own was lost with a newer vault
///
/// For a vault that was restored from before the log's last change of keys: until then nothing is
/// signed any more. The log says for good that the key was renewed, and why, and `alerts` tells of
/// it. Whether earlier records are as they were can be told from then on only by a checkpoint that
/// was kept elsewhere (`audit verify --anchor`); hand the new key over to auditors (`audit key`).
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Why the key is lost; it stands in the log
    #[arg(long, value_name = "TEXT")]
    reason: String,
    /// Do not ask
    #[arg(long)]
    yes: bool,
}

/// The answer as programs read it.
#[derive(Debug, Serialize)]
struct Facts {
    epoch: u32,
    key: Option<String>,
}

impl Args {
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let session = installation.session()?;
        let upkeep = session.upkeep().ok_or(OpenError::ReadOnly)?;
        if !self.yes {
            confirm(installation)?;
        }
        let epoch = upkeep.renew_key(Text::external(&self.reason)).map_err(failed)?;
        let key = session.log_key().map_err(failed)?;
        let human = format!(
            "A new key signs the audit log, the first of its own line (epoch {epoch}):\n  {}\n\
             Hand it over to whoever checks the log, and compare the log with a checkpoint of before:\n\
             `spotify-admin audit verify --anchor`.\n",
            key.as_deref().unwrap_or("-"),
        );
        Ok(Answer::new(Exit::Success, &Facts { epoch, key }, human))
    }
}

fn failed(error: UpkeepError) -> CommandError {
    let kind = if matches!(error, UpkeepError::InOrder) { Exit::Refused } else { Exit::Failure };
    CommandError::new(kind, "audit_key", error)
}

fn confirm(installation: &Installation) -> Result<(), CommandError> {
    if !installation.terminal().can_ask() {
        let what = "no key of before vouches for a log whose key was renewed, and there is no \
                    terminal to confirm it";
        return Err(
            CommandError::new(Exit::Refused, "confirmation_required", what).hint("give `--yes`")
        );
    }
    let question = "Renew the key? No key of before vouches for the log any more.";
    if ask::confirm(question, Unless::Yes)
        .map_err(|error| CommandError::from(OpenError::Ask(error)))?
    {
        return Ok(());
    }
    Err(CommandError::new(Exit::Refused, "not_confirmed", "not confirmed; nothing was changed"))
}
