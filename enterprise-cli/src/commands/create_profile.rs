//! `create-profile`.

use jiff::Timestamp;
use serde::Serialize;
use spotify_auth::ProfileName;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::Answer;

/// Make an empty profile, to be signed in later
///
/// A profile keeps one person's tokens for one Spotify app. `login --profile NAME` makes it, too.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The name: 1 to 32 of a-z, 0-9, `_` and `-`, starting with a letter or digit
    name: ProfileName,
}

/// The answer as programs read it.
#[derive(Debug, Serialize)]
struct Facts<'a> {
    profile: &'a str,
    created_at: Timestamp,
}

impl Args {
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let profile = installation.session()?.create_profile(&self.name)?;
        let name = profile.name();
        let facts = Facts { profile: name.as_str(), created_at: profile.created_at() };
        let human = format!(
            "Made the profile `{name}`. Sign in with `spotify-admin login --profile {name}`.\n"
        );
        Ok(Answer::new(Exit::Success, &facts, human))
    }
}
