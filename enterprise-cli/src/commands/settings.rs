//! `settings`.

use crate::error::CommandError;
use crate::installation::Installation;
use crate::output::Answer;

use super::Effect;

mod check;
mod seal;
mod seal_value;
mod show;

/// Show, check and seal the settings
///
/// A secret stands in `config.toml` as a reference or as a sealed value, never in clear. When the
/// file as a whole is sealed, one that was changed is refused at the start of every program.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Show(show::Args),
    #[command(alias = "validate")]
    Check(check::Args),
    Seal(seal::Args),
    Unseal(seal::Unseal),
    SealValue(seal_value::Args),
}

impl Args {
    /// Returns the command's name in the audit log, and whether it may change something.
    pub(super) fn described(&self) -> (&'static str, Effect) {
        match self.command {
            Command::Show(_) => ("settings show", Effect::Read),
            Command::Check(_) => ("settings check", Effect::Read),
            Command::Seal(_) => ("settings seal", Effect::Write),
            Command::Unseal(_) => ("settings unseal", Effect::Write),
            Command::SealValue(_) => ("settings seal-value", Effect::Read),
        }
    }

    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        match self.command {
            Command::Show(args) => args.run(installation),
            Command::Check(args) => args.run(installation),
            Command::Seal(args) => args.run(installation),
            Command::Unseal(args) => args.run(installation),
            Command::SealValue(args) => args.run(installation),
        }
    }
}
