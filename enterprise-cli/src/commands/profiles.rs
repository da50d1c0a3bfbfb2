//! `profiles`.

use serde::Serialize;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::facts::{ProfileFacts, State};
use crate::installation::Installation;
use crate::keys::{KeyFacts, KeyPlace};
use crate::output::table::table;
use crate::output::{Answer, View, when};

/// List all profiles, revoked ones included
///
/// No secret is shown. Deadlines are the days by which Spotify wants a new sign-in.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// The answer as programs read it.
#[derive(Debug, Serialize)]
struct Facts {
    profiles: Vec<ProfileFacts>,
    key_source: KeyFacts,
}

impl Args {
    #[expect(clippy::unused_self, reason = "every command takes its arguments")]
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let session = installation.session()?;
        let view = View::new(installation.now(), installation.terminal());
        let key_source = session.key_source()?;
        let default = session.settings().chosen(None);
        let profiles: Vec<_> = session
            .profiles()?
            .iter()
            .map(|profile| ProfileFacts::of(profile, *profile.name() == default, view.now))
            .collect();
        let human = if profiles.is_empty() {
            "There is no profile yet; `spotify-admin login` makes one.\n".to_owned()
        } else {
            let key = KeyPlace::of(&key_source).map_or("other", KeyPlace::word);
            rows(&profiles, key, view)
        };
        let facts = Facts { profiles, key_source: KeyFacts::from(&key_source) };
        Ok(Answer::new(Exit::Success, &facts, human))
    }
}

fn rows(profiles: &[ProfileFacts], key: &str, view: View) -> String {
    let rows = profiles.iter().map(|profile| {
        let scopes = match profile.state {
            State::SignedIn => profile.scopes.len().to_string(),
            _ => "-".to_owned(),
        };
        [
            profile.name.clone(),
            profile.state.words().to_owned(),
            scopes,
            profile.access(view.now),
            profile.due(view),
            when::day(profile.created_at),
            key.to_owned(),
        ]
    });
    table(
        ["name", "state", "scopes", "access token", "sign in again by", "created", "key"],
        rows,
        view,
    )
}
