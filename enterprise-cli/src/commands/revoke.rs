//! `revoke`.

use jiff::Timestamp;
use serde::Serialize;
use spotify_auth::session::{OpenError, Revoked, Session, Status};
use spotify_auth::{ProfileId, ProfileName};

use super::why::Why;
use crate::ask::{self, Unless};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::{Answer, when};

/// Where a person ends an app's access to the account.
pub(super) const ACCOUNT_PAGE: &str = "https://www.spotify.com/account/apps/";

/// Take a profile's access away: erase its tokens from the vault
///
/// Running servers refuse it from the next request on. It can't be undone; a new sign-in makes a new
/// profile of the same name. Revoking again changes nothing.
///
/// With `--id` it works while the vault is locked, or its key lost.
///
/// Spotify has no way to revoke a token: to end the app's access there, remove the app at
/// <https://www.spotify.com/account/apps/>.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The profile to revoke instead of the default one
    profile: Option<ProfileName>,
    /// The profile's id instead of its name, as `audit` shows it; needs no key
    #[arg(long, value_name = "ID", conflicts_with = "profile")]
    id: Option<ProfileId>,
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
#[derive(Debug, Serialize)]
struct Facts<'a> {
    profile: &'a str,
    dry_run: bool,
    already_revoked: bool,
    /// `null` when nothing was done.
    revoked_at: Option<Timestamp>,
    records_erased: usize,
    /// What could not be erased, and why.
    not_erased: Vec<Left>,
    /// Where the person ends the app's access at Spotify.
    account_page: &'static str,
}

/// A copy that is left.
#[derive(Debug, Serialize)]
pub(super) struct Left {
    place: &'static str,
    problem: String,
}

impl Left {
    /// Returns the copy as people read it.
    pub(super) fn line(&self) -> String {
        format!("Not erased: {}: {}\n", self.place, self.problem)
    }
}

/// Returns the copies that a revocation left.
pub(super) fn left(revoked: &Revoked) -> Vec<Left> {
    let left = revoked.copies.iter().filter_map(|copy| {
        let problem = copy.erased.as_ref().err()?.clone();
        Some(Left { place: copy.place, problem })
    });
    left.collect()
}

impl Args {
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        if let Some(id) = &self.id {
            return self.run_locked(id, installation);
        }
        let session = installation.session()?;
        let profile = session.profile(self.profile.as_ref())?;
        let name = profile.name();
        let revoked_at = match profile.status() {
            Ok(Status::Revoked { at }) => Some(at),
            // A record that can't be read can still be erased.
            Ok(_) | Err(_) => None,
        };
        if self.dry_run {
            return Ok(planned(name.as_str(), revoked_at));
        }
        if revoked_at.is_none() && !self.yes {
            ask_first(name.as_str(), installation)?;
        }
        let revoked = session.revoke(Some(name))?;
        Ok(done(name.as_str(), &revoked))
    }

    /// Revokes without the vault's key.
    fn run_locked(
        &self,
        id: &ProfileId,
        installation: &Installation,
    ) -> Result<Answer, CommandError> {
        if installation.pinned().is_ok_and(|pinned| pinned.is_none()) {
            let home = installation.settings().home.clone();
            return Err(OpenError::NoVault { home }.into());
        }
        if self.dry_run {
            return Ok(planned(id.as_str(), None));
        }
        if !self.yes {
            ask_first(id.as_str(), installation)?;
        }
        let context = installation.context();
        Ok(done(id.as_str(), &Session::revoke_locked(installation.settings(), &context, id)?))
    }
}

/// Answers what a revocation did. A copy that is left makes it a failure: somebody must look.
fn done(profile: &str, revoked: &Revoked) -> Answer {
    let facts = Facts {
        profile,
        dry_run: false,
        already_revoked: revoked.again,
        revoked_at: Some(revoked.at),
        records_erased: revoked.erased(),
        not_erased: left(revoked),
        account_page: ACCOUNT_PAGE,
    };
    let what = if revoked.again {
        format!("The profile `{profile}` was revoked already, on {}.", when::day(revoked.at))
    } else if revoked.is_complete() {
        format!(
            "Revoked the profile `{profile}`: its tokens are erased ({} sealed records), and running servers refuse it.",
            revoked.erased()
        )
    } else {
        format!("Revoked the profile `{profile}`: running servers refuse it.")
    };
    let lines: String = facts.not_erased.iter().map(Left::line).collect();
    let exit = if revoked.is_complete() { Exit::Success } else { Exit::Failure };
    Answer::new(exit, &facts, format!("{what}\n{lines}{}", what_is_left()))
}

fn planned(name: &str, revoked_at: Option<Timestamp>) -> Answer {
    let facts = Facts {
        profile: name,
        dry_run: true,
        already_revoked: revoked_at.is_some(),
        revoked_at,
        records_erased: 0,
        not_erased: Vec::new(),
        account_page: ACCOUNT_PAGE,
    };
    let what = match revoked_at {
        Some(at) => format!("The profile `{name}` was revoked already, on {}.", when::day(at)),
        None => format!("Would erase the tokens of the profile `{name}` and mark it as revoked."),
    };
    Answer::new(Exit::Success, &facts, format!("{what} Nothing was changed.\n{}", what_is_left()))
}

fn ask_first(name: &str, installation: &Installation) -> Result<(), CommandError> {
    let question = format!("Revoke the profile `{name}` and erase its tokens?");
    confirm("revoking", name, &question, installation)
}

/// Asks before something of a profile is done that can't be undone.
///
/// # Errors
/// The person may say no, or there may be nobody to ask.
pub(super) fn confirm(
    doing: &str,
    name: &str,
    question: &str,
    installation: &Installation,
) -> Result<(), CommandError> {
    if !installation.terminal().can_ask() {
        return Err(CommandError::new(
            Exit::Refused,
            "confirmation_required",
            format!("{doing} the profile `{name}` can't be undone, and there is no terminal to confirm it"),
        )
        .hint("give `--yes`; `--dry-run` shows what would be done"));
    }
    if ask::confirm(question, Unless::Yes)
        .map_err(|error| CommandError::from(OpenError::Ask(error)))?
    {
        return Ok(());
    }
    Err(CommandError::new(Exit::Refused, "not_confirmed", "not confirmed; nothing was changed"))
}

/// Says what Spotify and backups still hold.
pub(super) fn what_is_left() -> String {
    format!(
        "Spotify has no way to revoke a token: an access token works there for up to an hour more, and a copy of\n\
         the refresh token until you remove the app at\n  {ACCOUNT_PAGE}\n\
         Backups that were made earlier still hold the sealed record; its key is gone from this vault only.\n"
    )
}
