//! What is left to do, one step at a time.

use std::fmt;

use serde::Serialize;

use super::{Progress, app, policy};

/// The next step, for a person or for a program that acts for one.
#[derive(Debug, Serialize)]
pub(super) struct NextStep {
    say: String,
    command: String,
}

impl fmt::Display for NextStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}\n  {}", self.say, self.command)
    }
}

/// Returns the next step; `None` when nothing is left.
pub(super) fn step(progress: &Progress) -> Option<NextStep> {
    let settings = progress.installation.settings();
    let (say, command) = if !settings.developer_policy_read {
        let say = format!(
            "read what Spotify's Developer Policy says about AI (III.14, {}) and say so",
            policy::ADDRESS
        );
        (say, "spotify-admin setup --policy-read".to_owned())
    } else if settings.app.is_none() {
        let say = format!(
            "make an app at https://developer.spotify.com/dashboard with the redirect URI {}, and \
             give its client id",
            app::REDIRECT
        );
        (say, "spotify-admin setup --client-id ID".to_owned())
    } else if !progress.signed_in {
        let say = "sign in: the command prints an address that a person opens in a browser";
        (say.to_owned(), format!("spotify-admin login --profile {}", progress.profile))
    } else if progress.clients.is_empty() {
        let say = "put the server into an AI client; `spotify-admin install --list` shows them";
        (say.to_owned(), format!("spotify-admin install CLIENT --profile {}", progress.profile))
    } else {
        return None;
    };
    Some(NextStep { say, command })
}
