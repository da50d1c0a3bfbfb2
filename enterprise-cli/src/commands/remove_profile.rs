//! `remove-profile`.

use serde::Serialize;
use spotify_auth::ProfileName;
use spotify_auth::session::Revoked;

use super::revoke::{self, Left};
use super::why::Why;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::Answer;

/// Erase everything that is kept of a profile, and take it off the list
///
/// Revokes it first, unless that was done: its tokens, its journal of changes, the key to whose account
/// it was, and what running servers keep in memory are erased. The audit log keeps its records, which
/// name nobody. It can't be undone. What is interrupted goes on when it is done again.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    spotify-admin remove-profile work --dry-run\n  \
    spotify-admin remove-profile work --yes --reason 'left the team'")]
pub(crate) struct Args {
    /// The profile
    name: ProfileName,
    /// Do it without asking
    #[arg(long)]
    yes: bool,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
    #[command(flatten)]
    pub(super) why: Why,
}

/// The answer as programs read it.
#[derive(Serialize)]
struct Facts<'a> {
    profile: &'a str,
    dry_run: bool,
    /// Whether nothing is left and the profile is off the list.
    removed: bool,
    records_erased: usize,
    /// What could not be erased, and why.
    not_erased: Vec<Left>,
    /// Where the person ends the app's access at Spotify.
    account_page: &'static str,
}

impl Args {
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let session = installation.session()?;
        let profile = session.profile(Some(&self.name))?;
        let name = profile.name().as_str();
        if self.dry_run {
            let human = format!(
                "Would revoke the profile `{name}`, erase what is kept of it, and take it off the list. Nothing was changed.\n"
            );
            return Ok(answer(name, None, &human));
        }
        if !self.yes {
            let question =
                format!("Remove the profile `{name}` and erase everything that is kept of it?");
            revoke::confirm("removing", name, &question, installation)?;
        }
        let revoked = session.remove_profile(&self.name)?;
        let mut human = if revoked.is_complete() {
            format!(
                "Removed the profile `{name}`: {} sealed records are erased.\n",
                revoked.erased()
            )
        } else {
            format!(
                "Revoked the profile `{name}`; it stays on the list until all of it is erased.\n"
            )
        };
        if installation.settings().profile.as_ref() == Some(&self.name) {
            human.push_str("The settings still name it as the default profile; `spotify-admin default-profile` chooses another.\n");
        }
        Ok(answer(name, Some(&revoked), &human))
    }
}

fn answer(name: &str, revoked: Option<&Revoked>, human: &str) -> Answer {
    let removed = revoked.is_some_and(Revoked::is_complete);
    let facts = Facts {
        profile: name,
        dry_run: revoked.is_none(),
        removed,
        records_erased: revoked.map_or(0, Revoked::erased),
        not_erased: revoked.map(revoke::left).unwrap_or_default(),
        account_page: revoke::ACCOUNT_PAGE,
    };
    let lines: String = facts.not_erased.iter().map(Left::line).collect();
    let exit = if removed || facts.dry_run { Exit::Success } else { Exit::Failure };
    let human = format!("{human}{lines}{}", revoke::what_is_left());
    Answer::new(exit, &facts, human)
}
