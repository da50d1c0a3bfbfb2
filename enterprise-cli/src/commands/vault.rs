//! `vault`.

use crate::error::CommandError;
use crate::installation::Installation;
use crate::output::Answer;

use super::Effect;

mod backup;
mod generate_key;
mod migrate;
mod passphrase;
mod restore;
mod rotate;
mod status;
mod verify;

/// Look after the vault: its keys, backups and place
///
/// Who can unlock it is changed by `enable-keychain`, `disable-keychain` and `recover`.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Status(status::Args),
    Rotate(rotate::Args),
    Verify(verify::Args),
    Backup(backup::Args),
    Restore(restore::Args),
    Migrate(migrate::Args),
    GenerateKey(generate_key::Args),
}

impl Args {
    /// Returns the command's name in the audit log, and whether it may change something.
    pub(super) fn described(&self) -> (&'static str, Effect) {
        match self.command {
            Command::Status(_) => ("vault status", Effect::Read),
            Command::Rotate(_) => ("vault rotate", Effect::Write),
            Command::Verify(_) => ("vault verify", Effect::Read),
            // The vault stays as it is, but its secrets are in one more place.
            Command::Backup(_) => ("vault backup", Effect::Write),
            Command::Restore(_) => ("vault restore", Effect::Write),
            Command::Migrate(_) => ("vault migrate", Effect::Write),
            Command::GenerateKey(_) => ("vault generate-key", Effect::Read),
        }
    }

    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        match self.command {
            Command::Status(args) => args.run(installation),
            Command::Rotate(args) => args.run(installation),
            Command::Verify(args) => args.run(installation),
            Command::Backup(args) => args.run(installation),
            Command::Restore(args) => args.run(installation),
            Command::Migrate(args) => args.run(installation),
            Command::GenerateKey(args) => args.run(installation),
        }
    }
}
