//! Whether the AI clients of this machine start a server that is there, for a profile that is there.

use std::path::Path;

use clap::ValueEnum as _;
use spotify_auth::session::Session;
use spotify_auth::session::doctor::{Check, Checked, Code, Finding};

use crate::clients::Client;
use crate::clients::entry::Command;
use crate::clients::list::List;
use crate::commands::install::change::USUAL;
use crate::installation::Installation;
use crate::text_file::TextFile;

/// Looks at the clients' entries. Without an open session their profiles are not looked for.
pub(super) fn clients(session: Option<&Session>, installation: &Installation) -> Checked {
    let names = session.and_then(|session| session.profiles().ok()).map(|profiles| {
        profiles.iter().map(|profile| profile.name().to_string()).collect::<Vec<_>>()
    });
    let (mut findings, mut started) = (Vec::new(), Vec::new());
    for client in Client::value_variants() {
        let Some(path) = client.path(installation.places()).filter(|path| path.exists()) else {
            continue;
        };
        match command(*client, &path) {
            Ok(Some(command)) if command.is_our_server() => {
                started.push(client.title());
                findings.extend(of_entry(*client, &command, names.as_deref()));
            }
            Ok(_) => {}
            Err(problem) => {
                let reason = format!("{}: {}: {problem}", client.title(), path.display());
                findings.push(Finding::new(Code::ClientUnreadable, reason));
            }
        }
    }
    let seen = if started.is_empty() {
        findings.push(Finding::new(Code::NoClient, Code::NoClient.meaning()));
        "none starts the server".to_owned()
    } else {
        format!("started by {}", started.join(", "))
    };
    Checked::new(Check::Clients, seen, findings)
}

/// Returns what the usual entry of a client starts.
fn command(client: Client, path: &Path) -> Result<Option<Command>, String> {
    let file = TextFile::read(path).map_err(|error| error.to_string())?;
    List::new(client, file.text()).command(USUAL).map_err(|error| error.to_string())
}

fn of_entry(client: Client, command: &Command, names: Option<&[String]>) -> Vec<Finding> {
    let title = client.title();
    let again = format!("run `spotify-admin install {}` again", client.word());
    let mut findings = Vec::new();
    let program = Path::new(&command.program);
    // A bare name is found on the client's own search path.
    if program.components().count() > 1 && !program.is_file() {
        let reason = format!("{title} starts {}", program.display());
        findings.push(Finding::new(Code::ClientServerMissing, reason).fix(&again));
    }
    if let (Some(profile), Some(names)) = (command.profile(), names)
        && !names.iter().any(|name| name == profile)
    {
        let reason = format!("{title} starts the server for `{profile}`");
        let fix = format!("{again}, with `--profile`");
        findings.push(Finding::new(Code::ClientProfileMissing, reason).fix(fix));
    }
    findings
}
