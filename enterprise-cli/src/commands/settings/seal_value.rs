//! `settings seal-value`.

use serde::Serialize;
use spotify_auth::session::OpenError;
use spotify_vault::SecretBytes;

use crate::ask;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::Answer;

/// Seal a secret for one key of the settings file, and print the line to put there
///
/// The secret is asked for without being shown, or is the first line of standard input. The sealed
/// value opens under this key of this vault's settings alone.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The key
    #[arg(value_name = "KEY", value_parser = KEYS)]
    name: String,
}

/// The keys whose values are secret.
const KEYS: [&str; 1] = ["client_secret"];

/// The answer as programs read it.
#[derive(Debug, Serialize)]
struct Facts {
    key: String,
    value: String,
}

impl Args {
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let session = installation.session()?;
        let secret = ask::secret(installation.terminal(), &self.name).map_err(OpenError::Ask)?;
        if secret.is_empty() {
            return Err(CommandError::new(Exit::Usage, "usage", "there is nothing to seal"));
        }
        let secret = SecretBytes::from(secret.as_bytes().to_vec());
        let value = session.seal_setting(&self.name, &secret)?;
        let human = format!("{} = \"{value}\"\n", self.name);
        Ok(Answer::new(Exit::Success, &Facts { key: self.name, value }, human))
    }
}
