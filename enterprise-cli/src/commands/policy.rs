//! `policy`.

use std::time::Duration;

use serde::Serialize;
use spotify_auth::{Policy, ProfileName};

use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::Answer;
use crate::output::table::list;

use super::Effect;

mod age;
mod set;

/// Show or change what is asked of a profile
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Show(Show),
    Set(set::Args),
}

/// Show what is asked of a profile
#[derive(Debug, clap::Args)]
pub(crate) struct Show {
    /// The profile instead of the default one
    profile: Option<ProfileName>,
}

/// The answer as programs read it. Ages are seconds; `null` asks for nothing.
#[derive(Debug, Serialize)]
struct Facts<'a> {
    profile: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    changed: Option<bool>,
    #[serde(flatten)]
    policy: &'a Policy,
}

impl Args {
    /// Returns the command's name in the audit log, and whether it may change something.
    pub(super) fn described(&self) -> (&'static str, Effect) {
        match self.command {
            Command::Show(_) => ("policy show", Effect::Read),
            Command::Set(_) => ("policy set", Effect::Write),
        }
    }

    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        match self.command {
            Command::Show(args) => args.run(installation),
            Command::Set(args) => args.run(installation),
        }
    }
}

impl Show {
    fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let profile = installation.session()?.profile(self.profile.as_ref())?;
        Ok(answer(profile.name().as_str(), &profile.policy()?, None))
    }
}

/// Answers what is asked of a profile now.
fn answer(profile: &str, policy: &Policy, changed: Option<bool>) -> Answer {
    let age = |age: Option<Duration>| age.map_or_else(|| "-".to_owned(), age::words);
    let human = list(&[
        ("profile", profile.to_owned()),
        ("renew tokens after", age(policy.renew_tokens_after)),
        ("renew keys after", age(policy.renew_keys_after)),
        ("sign in every", age(policy.sign_in_every)),
        ("rotation of tokens", policy.rotation.to_string()),
        ("environment", policy.environment.to_string()),
        ("destructive acts", policy.destructive.to_string()),
        ("all changes", policy.writes.to_string()),
    ]);
    Answer::new(Exit::Success, &Facts { profile, changed, policy }, human)
}
