//! `rename-profile`.

use serde::Serialize;
use spotify_auth::ProfileName;

use super::why::Why;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::Answer;
use crate::settings_file;

/// Give a profile another name
///
/// Its sign-in and its records in the audit log stay. Where the settings file names the profile, it
/// names the new one from then on. AI clients that start the server with the old name have to be told:
/// `spotify-admin doctor` finds them.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    spotify-admin rename-profile work office\n  \
    spotify-admin rename-profile work office --reason 'the company moved'")]
pub(crate) struct Args {
    /// The profile
    name: ProfileName,
    /// Its new name: 1 to 32 of a-z, 0-9, `_` and `-`, starting with a letter or digit
    new_name: ProfileName,
    #[command(flatten)]
    pub(super) why: Why,
}

/// The answer as programs read it.
#[derive(Serialize)]
struct Facts<'a> {
    profile: &'a str,
    was: &'a str,
    /// Whether the settings file named the profile, and names the new one now.
    settings_file_changed: bool,
    /// Why the settings file, or a variable, still names the old one.
    still_named: Option<String>,
}

impl Args {
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let session = installation.session()?;
        let entry = session.rename_profile(&self.name, &self.new_name)?;
        let (name, was) = (entry.name.as_str(), self.name.as_str());
        let default = installation.settings().profile.as_ref() == Some(&self.name);
        let changed = match default {
            true if installation.is_set("SPOTIFY_MCP_PROFILE") => {
                Err("`SPOTIFY_MCP_PROFILE` still names the old one".to_owned())
            }
            true => settings_file::set(&[("profile", name)], installation).map_err(|error| {
                format!("the settings file still names the old one: {}", error.message())
            }),
            false => Ok(false),
        };
        let (settings_file_changed, still_named) = match changed {
            Ok(changed) => (changed, None),
            Err(why) => (false, Some(why)),
        };
        let mut human = format!("The profile `{was}` is `{name}` from now on.\n");
        if settings_file_changed {
            human.push_str("The settings file names the new one.\n");
        }
        human.extend(still_named.iter().map(|why| format!("But {why}.\n")));
        let facts = Facts { profile: name, was, settings_file_changed, still_named };
        Ok(Answer::new(Exit::Success, &facts, human))
    }
}
