//! `audit key`.

use serde::Serialize;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::Answer;

/// Print the key that an auditor checks the audit log with
///
/// Keep it, or hand it over, apart from the log: `audit verify --key` then shows whether this
/// installation's vault signed the log. It is public, and stays the same as long as the log does.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// The answer as programs read it.
#[derive(Debug, Serialize)]
struct Facts {
    key: String,
}

impl Args {
    #[expect(clippy::unused_self, reason = "every command takes its arguments")]
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let key = installation.session()?.log_key();
        let key = key.map_err(|error| CommandError::new(Exit::Failure, "audit_key", error))?;
        let key = key.ok_or_else(|| {
            CommandError::new(Exit::NotFound, "audit_key", "there is no vault that signs the log")
        })?;
        let human = format!("{key}\n");
        Ok(Answer::new(Exit::Success, &Facts { key }, human))
    }
}
