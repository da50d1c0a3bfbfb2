//! `default-profile`.

use serde::Serialize;
use spotify_auth::ProfileName;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::Answer;
use crate::settings_file;

const VARIABLE: &str = "SPOTIFY_MCP_PROFILE";

/// Choose the profile that commands and the server use when none is named
///
/// It stands in the settings file. A server that runs keeps the one that it was started with.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The profile
    name: ProfileName,
}

/// The answer as programs read it.
#[derive(Serialize)]
struct Facts<'a> {
    profile: &'a str,
    changed: bool,
}

impl Args {
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        // One that there is not would only be noticed by the next command.
        let profile = installation.session()?.profile(Some(&self.name))?;
        let name = profile.name().as_str();
        if installation.is_set(VARIABLE) {
            let message = format!("`{VARIABLE}` is set, and stands over the settings file");
            return Err(CommandError::new(Exit::Refused, "set_by_variable", message)
                .hint(format!("unset `{VARIABLE}`; nothing was changed")));
        }
        let changed = settings_file::set(&[("profile", name)], installation)?;
        let human = if changed {
            format!("`{name}` is the default profile from now on.\n")
        } else {
            format!("`{name}` is the default profile already.\n")
        };
        Ok(Answer::new(Exit::Success, &Facts { profile: name, changed }, human))
    }
}
