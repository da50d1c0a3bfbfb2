//! Which AI clients get the server.

use clap::ValueEnum as _;
use spotify_auth::session::OpenError;

use crate::ask::{self, Unless};
use crate::clients::Client;
use crate::commands::install;
use crate::error::CommandError;
use crate::installation::Installation;
use crate::output::Output;

/// Asks for each client that was found on this machine and does not start the server yet.
///
/// # Errors
/// The terminal may be gone.
pub(super) fn clients(
    installation: &Installation,
    output: Output,
) -> Result<Vec<Client>, CommandError> {
    let places = installation.places();
    let here = Client::value_variants().iter().copied().filter(|client| client.is_here(places));
    let here: Vec<_> = here.collect();
    if here.is_empty() {
        output.say("No AI client was found on this machine; `spotify-admin install` names those that are known.");
    }
    let mut chosen = Vec::new();
    for client in here {
        if install::starts_the_server(client, installation) {
            continue;
        }
        let question = format!("Put the server into {}?", client.title());
        if ask::confirm(&question, Unless::No).map_err(OpenError::Ask)? {
            chosen.push(client);
        }
    }
    Ok(chosen)
}
