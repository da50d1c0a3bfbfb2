//! What Spotify's developer policy says about AI, shown once.

use spotify_auth::session::OpenError;

use crate::ask::{self, Unless};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::Output;

/// Section III.14 of the policy, as it stood in November 2026.
const WORDS: &str = "Do not use the Spotify Platform or any Spotify Content to train a machine \
    learning or AI model or otherwise ingest Spotify Content into a machine learning or AI model.";
/// Where the whole policy is.
pub(super) const ADDRESS: &str = "https://developer.spotify.com/policy";

/// Shows the policy to a person who has not decided yet; returns whether somebody has.
///
/// # Errors
/// The person does not go on.
pub(super) fn agree(
    given: bool,
    installation: &Installation,
    output: Output,
    asks: bool,
) -> Result<bool, CommandError> {
    if given || installation.settings().developer_policy_read || !asks {
        return Ok(given || installation.settings().developer_policy_read);
    }
    output.say(&format!(
        "Spotify's Developer Policy (III.14) says:\n\n  \"{WORDS}\"\n\n\
         Titles and names are Spotify Content, so these words touch what any server for AI clients \
         does.\nRead it at {ADDRESS} and decide for yourself. This program keeps results to what \
         was\nasked for and caches nothing on disk."
    ));
    let go_on = ask::confirm("Have you read it, and do you want to go on?", Unless::Yes);
    if go_on.map_err(|error| CommandError::from(OpenError::Ask(error)))? {
        return Ok(true);
    }
    let message = "not set up: Spotify's Developer Policy was not agreed to; nothing was changed";
    Err(CommandError::new(Exit::Refused, "policy_not_read", message)
        .hint(format!("read it at {ADDRESS} and run `spotify-admin setup` again")))
}
