//! `settings check`.

use spotify_vault::FileSeal;

use super::seal::answer;
use crate::error::CommandError;
use crate::installation::Installation;
use crate::output::Answer;

/// Read all settings, fetch the secrets that they refer to, and compare the file with its seal
///
/// No value is shown.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

impl Args {
    #[expect(clippy::unused_self, reason = "every command takes its arguments")]
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let sealed = installation.session()?.settings_seal()? == FileSeal::Intact;
        let human = if sealed {
            "All settings are in order, and the file is as it was sealed."
        } else {
            "All settings are in order; the file is not sealed."
        };
        Ok(answer(installation, sealed, human))
    }
}
