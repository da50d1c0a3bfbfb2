//! The person's Spotify app: how to make one, and its client id in the settings file.

use spotify_auth::app::ClientId;
use spotify_auth::session::OpenError;

use crate::ask;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::Output;

/// What the app has to have as its redirect URI. Spotify takes a loopback literal without a port
/// with any port.
pub(super) const REDIRECT: &str = "http://127.0.0.1/callback";
const DASHBOARD: &str = "https://developer.spotify.com/dashboard";
const CLIENT_ID: &str = "SPOTIFY_CLIENT_ID";

/// Which app counts.
pub(super) enum App {
    /// The one of the settings, or none.
    AsSet,
    /// One that is to be kept in the settings file.
    New(ClientId),
}

impl App {
    /// Takes the id that was given, else the one of the settings, else asks for it.
    ///
    /// # Errors
    /// The environment may name another app.
    pub(super) fn choose(
        given: Option<ClientId>,
        installation: &Installation,
        output: Output,
        asks: bool,
    ) -> Result<Self, CommandError> {
        let present = installation.settings().app.as_ref().map(|app| app.id.as_str());
        match given {
            Some(id) if present == Some(id.as_str()) => Ok(Self::AsSet),
            Some(_) if installation.is_set(CLIENT_ID) => Err(CommandError::new(
                Exit::Usage,
                "client_id_conflict",
                format!("`--client-id` names another app than `{CLIENT_ID}`, which stands over it"),
            )
            .hint(format!("unset `{CLIENT_ID}`, or leave `--client-id` out"))),
            Some(id) => Ok(Self::New(id)),
            None if present.is_some() || !asks => Ok(Self::AsSet),
            None => ask_for(output).map(Self::New),
        }
    }
}

fn ask_for(output: Output) -> Result<ClientId, CommandError> {
    output.say(&format!(
        "You need a Spotify app of your own. It takes a minute:\n  \
         1. Open {DASHBOARD} and choose \"Create app\".\n  \
         2. Any name and description will do. As redirect URI enter exactly\n       {REDIRECT}\n  \
         3. Tick \"Web API\", save, and copy the client id. The secret is not needed."
    ));
    loop {
        let line = ask::line("Client id").map_err(OpenError::Ask)?.unwrap_or_default();
        if line.is_empty() {
            let message = "no client id was given; nothing was changed";
            return Err(CommandError::new(Exit::Refused, "no_client_id", message)
                .hint("run `spotify-admin setup` again, or give it with `--client-id`"));
        }
        match line.parse::<ClientId>() {
            Ok(id) => {
                if line.len() != 32 || !line.chars().all(|c| c.is_ascii_hexdigit()) {
                    output.warn("Spotify's client ids have 32 digits and letters from a to f");
                }
                return Ok(id);
            }
            Err(error) => output.warn(&error.to_string()),
        }
    }
}
