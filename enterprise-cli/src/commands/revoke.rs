//! `revoke`.

use jiff::Timestamp;
use serde::Serialize;
use spotify_auth::ProfileName;
use spotify_auth::session::{OpenError, Status};

use crate::ask::{self, Unless};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::{Answer, when};

/// Where a person ends an app's access to the account.
const ACCOUNT_PAGE: &str = "https://www.spotify.com/account/apps/";

/// Take a profile's access away: erase its tokens from the vault
///
/// Running servers refuse it from the next request on. It can't be undone; a new sign-in makes a new
/// profile of the same name. Revoking again changes nothing.
///
/// Spotify has no way to revoke a token: to end the app's access there, remove the app at
/// <https://www.spotify.com/account/apps/>.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The profile to revoke instead of the default one
    profile: Option<ProfileName>,
    /// Do it without asking
    #[arg(long)]
    yes: bool,
    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
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
    /// Where the person ends the app's access at Spotify.
    account_page: &'static str,
}

impl Args {
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let session = installation.session()?;
        let profile = session.profile(self.profile.as_ref())?;
        let name = profile.name();
        let revoked_at = match profile.status() {
            Ok(Status::Revoked { at }) => Some(at),
            // A record that can't be read can still be erased.
            Ok(_) | Err(_) => None,
        };
        if self.dry_run {
            return Ok(planned(name, revoked_at));
        }
        if revoked_at.is_none() && !self.yes {
            confirm(name, installation)?;
        }
        let revoked = session.revoke(Some(name))?;
        let at = revoked.entry.revoked_at;
        let facts = Facts {
            profile: name.as_str(),
            dry_run: false,
            already_revoked: revoked.again,
            revoked_at: at,
            records_erased: revoked.records,
            account_page: ACCOUNT_PAGE,
        };
        let what = match (revoked.again, at) {
            (true, Some(at)) => {
                format!("The profile `{name}` was revoked already, on {}.", when::day(at))
            }
            _ => format!(
                "Revoked the profile `{name}`: its tokens are erased ({} sealed records), and running servers refuse it.",
                revoked.records
            ),
        };
        Ok(Answer::new(Exit::Success, &facts, format!("{what}\n{}", what_is_left())))
    }
}

fn planned(name: &ProfileName, revoked_at: Option<Timestamp>) -> Answer {
    let facts = Facts {
        profile: name.as_str(),
        dry_run: true,
        already_revoked: revoked_at.is_some(),
        revoked_at,
        records_erased: 0,
        account_page: ACCOUNT_PAGE,
    };
    let what = match revoked_at {
        Some(at) => format!("The profile `{name}` was revoked already, on {}.", when::day(at)),
        None => format!("Would erase the tokens of the profile `{name}` and mark it as revoked."),
    };
    Answer::new(Exit::Success, &facts, format!("{what} Nothing was changed.\n{}", what_is_left()))
}

fn confirm(name: &ProfileName, installation: &Installation) -> Result<(), CommandError> {
    if !installation.terminal().can_ask() {
        return Err(CommandError::new(
            Exit::Refused,
            "confirmation_required",
            format!("revoking the profile `{name}` can't be undone, and there is no terminal to confirm it"),
        )
        .hint("give `--yes`; `--dry-run` shows what would be done"));
    }
    let question = format!("Revoke the profile `{name}` and erase its tokens?");
    if ask::confirm(&question, Unless::Yes)
        .map_err(|error| CommandError::from(OpenError::Ask(error)))?
    {
        return Ok(());
    }
    Err(CommandError::new(Exit::Refused, "not_confirmed", "not confirmed; nothing was changed"))
}

fn what_is_left() -> String {
    format!(
        "Spotify has no way to revoke a token: to end the app's access there, remove it at\n  {ACCOUNT_PAGE}\n\
         Backups that were made earlier still hold the sealed record; its key is gone from this vault only.\n"
    )
}
