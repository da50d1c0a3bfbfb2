//! `audit hash-of`.

use secrecy::ExposeSecret as _;
use serde::Serialize;
use spotify_audit::{Entry, Query, Reader};

use crate::ask;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::names::Names;
use crate::output::Answer;

/// Find out whether a token that was seen elsewhere is or was one of yours
///
/// The log holds a keyed hash of each refresh token. The token is asked for without being shown, or
/// is the first line of standard input; it is never an argument, which others could read. Ends with
/// 0 when the log knows the token, with 5 when it does not.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// The answer as programs read it.
#[derive(Debug, Serialize)]
struct Facts {
    reference: String,
    /// The records that name it.
    records: Vec<u64>,
    /// The profiles whose token it is or was.
    profiles: Vec<String>,
}

impl Args {
    #[expect(clippy::unused_self, reason = "every command takes its arguments")]
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let failed = |error| CommandError::new(Exit::Failure, "input", error);
        let token = ask::token(installation.terminal()).map_err(failed)?;
        let session = installation.session()?;
        let reference = session.reference_to(token.expose_secret().trim().as_bytes());
        let reference = reference.ok_or_else(|| {
            CommandError::new(Exit::NotFound, "audit_key", "there is no vault, and so no key")
        })?;
        let directory = installation.settings().audit_dir();
        let entries = Reader::open(&directory, Query::default())
            .map_err(|error| CommandError::new(Exit::Failure, "audit_log", error))?;
        let (mut records, mut profiles) = (Vec::new(), Vec::new());
        let names = Names::at_hand(installation);
        for entry in entries.flatten().filter(|entry| names_it(entry, reference.as_str())) {
            records.push(entry.seq());
            let profile = entry.profile().map(|id| names.find(id).unwrap_or(id).to_owned());
            profiles.extend(profile.filter(|profile| !profiles.contains(profile)));
        }
        let (exit, human) = match (records.first(), records.last()) {
            (Some(first), Some(last)) => {
                let whose = profiles.join("`, `");
                (
                    Exit::Success,
                    format!(
                        "It is or was a token of `{whose}`, in the records {first} to {last}.\n  do: \
                         sign in again if it is not an old one, and remove the app at \
                         https://www.spotify.com/account/apps/\n"
                    ),
                )
            }
            _ => (Exit::NotFound, "The log knows no such token.\n".to_owned()),
        };
        let reference = reference.as_str().to_owned();
        Ok(Answer::new(exit, &Facts { reference, records, profiles }, human))
    }
}

/// Whether a record is about the token, or says that it was replaced.
fn names_it(entry: &Entry, reference: &str) -> bool {
    let replaced = entry.data("replaced").and_then(serde_json::Value::as_str);
    entry.token() == Some(reference) || replaced == Some(reference)
}
