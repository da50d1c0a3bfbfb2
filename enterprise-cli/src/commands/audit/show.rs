//! `audit show`.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use spotify_audit::{Entry, Query};

use super::each;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::printable::printable;
use crate::output::table::table;
use crate::output::{Answer, View};

/// What a personal field begins with, in format `sal/1`.
const PERSONAL: &str = "enc1:";

/// Show all fields of a record, with what only the profile's key makes readable
///
/// Personal fields are encrypted in the log. They can be read here while the vault is open, until
/// the profile is revoked: that erases the key.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The record's number
    record: u64,
}

/// The answer as programs read it.
#[derive(Debug, Serialize)]
struct Facts {
    /// The line of the log.
    record: Value,
    /// The personal fields; `null` for one that can't be read.
    personal: BTreeMap<String, Option<String>>,
}

impl Args {
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let mut found = None;
        each(installation, Query::default(), |entry| {
            if entry.seq() == self.record {
                found = Some(entry);
            }
        })?;
        let entry = found.ok_or_else(|| {
            let problem = format!("there is no record {}", self.record);
            CommandError::new(Exit::NotFound, "no_record", problem)
        })?;
        let record: Value = serde_json::from_str(entry.line())
            .map_err(|error| CommandError::new(Exit::Failure, "audit_log", error))?;
        let facts = Facts { record, personal: personal(installation, &entry) };
        let human = human(&facts, View::new(installation.now(), installation.terminal()));
        Ok(Answer::new(Exit::Success, &facts, human))
    }
}

fn personal(installation: &Installation, entry: &Entry) -> BTreeMap<String, Option<String>> {
    let profiles = installation.session_at_hand().and_then(|session| session.profiles().ok());
    let mut profiles = profiles.into_iter().flatten();
    let profile = profiles.find(|profile| Some(profile.id().as_str()) == entry.profile());
    let sealed = entry.all_data().iter().filter_map(|(field, value)| {
        Some((field, value.as_str().filter(|text| text.starts_with(PERSONAL))?))
    });
    let open = |field: &str, text: &str| profile.as_ref()?.open_personal(field, text);
    sealed.map(|(field, text)| (field.clone(), open(field, text))).collect()
}

fn human(facts: &Facts, view: View) -> String {
    let mut rows = Vec::new();
    for (field, value) in facts.record.as_object().into_iter().flatten() {
        match value {
            Value::Object(parts) => rows.extend(parts.iter().map(|(part, value)| {
                let value = match facts.personal.get(part) {
                    Some(Some(text)) => printable(text),
                    Some(None) => "not readable: the vault is locked, or the key erased".to_owned(),
                    None => text(value),
                };
                [format!("{field}.{}", printable(part)), value]
            })),
            value => rows.push([printable(field), text(value)]),
        }
    }
    table(["field", "value"], rows, view)
}

fn text(value: &Value) -> String {
    printable(&value.as_str().map_or_else(|| value.to_string(), str::to_owned))
}
