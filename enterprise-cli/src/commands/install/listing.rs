//! Which clients are on this machine, and which of them start the server.

use std::path::PathBuf;

use clap::ValueEnum as _;
use serde::Serialize;

use super::change::USUAL;
use crate::clients::Client;
use crate::clients::list::List;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::{Answer, View, table::table};
use crate::text_file::TextFile;

/// A client as `--list` shows it.
#[derive(Serialize)]
struct Listed {
    client: Client,
    title: &'static str,
    here: bool,
    /// Whether its entry `spotify` starts this server.
    installed: bool,
    file: Option<PathBuf>,
}

/// Returns the table of clients.
pub(super) fn list(installation: &Installation) -> Answer {
    let places = installation.places();
    let clients = Client::value_variants().iter().map(|client| {
        let file = client.path(places);
        Listed {
            client: *client,
            title: client.title(),
            here: client.is_here(places),
            installed: starts_the_server(*client, installation),
            file,
        }
    });
    let clients: Vec<_> = clients.collect();
    let rows = clients.iter().map(|listed| {
        let state = match (listed.installed, listed.here) {
            (true, _) => "starts the server",
            (false, true) => "here",
            (false, false) => "not found",
        };
        let file = listed.file.as_ref().map_or_else(String::new, |file| file.display().to_string());
        [listed.client.word().to_owned(), state.to_owned(), file]
    });
    let human = table(
        ["client", "state", "file"],
        rows,
        View::new(installation.now(), installation.terminal()),
    );
    Answer::new(Exit::Success, &clients, human)
}

/// Whether the usual entry of a client is the server. A file that can't be read has none.
pub(in crate::commands) fn starts_the_server(client: Client, installation: &Installation) -> bool {
    let Some(path) = client.path(installation.places()) else { return false };
    let Ok(file) = TextFile::read(&path) else { return false };
    let command = List::new(client, file.text()).command(USUAL);
    command.ok().flatten().is_some_and(|command| command.is_our_server())
}
