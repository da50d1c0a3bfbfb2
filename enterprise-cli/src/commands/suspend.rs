//! `suspend`.

use serde::Serialize;
use spotify_auth::ProfileName;
use spotify_auth::session::Steered;

use super::why::Why;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::Answer;

/// Suspend a profile: no token is handed out until it is resumed
///
/// Running servers refuse it from the next request on, and nobody can sign in to it. Its grant stays
/// as it is; `resume` brings it back. Suspending again changes nothing.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The profile to suspend instead of the default one
    profile: Option<ProfileName>,
    #[command(flatten)]
    pub(super) why: Why,
}

/// The answer as programs read it.
#[derive(Debug, Serialize)]
struct Facts<'a> {
    profile: &'a str,
    suspended: bool,
    changed: bool,
}

impl Args {
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let steered = installation.session()?.suspend(self.profile.as_ref())?;
        let name = &steered.entry.name;
        let human = if steered.changed {
            format!(
                "Suspended the profile `{name}`: running servers refuse it. `spotify-admin resume {name}` ends that.\n"
            )
        } else {
            format!("The profile `{name}` is suspended already; nothing was changed.\n")
        };
        Ok(answer(&steered, true, human))
    }
}

/// Answers where a profile stands now.
pub(super) fn answer(steered: &Steered, suspended: bool, human: String) -> Answer {
    let facts = Facts { profile: steered.entry.name.as_str(), suspended, changed: steered.changed };
    Answer::new(Exit::Success, &facts, human)
}
