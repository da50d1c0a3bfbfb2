//! Records as rows of a table.

use spotify_audit::{Entry, Stage};

use crate::names::Names;
use crate::output::printable::printable;
use crate::output::table::table;
use crate::output::{View, when};

/// Returns a table of records.
pub(super) fn rows(entries: &[Entry], names: &Names, view: View) -> String {
    let rows = entries.iter().map(|entry| {
        [
            entry.seq().to_string(),
            when::second(entry.time()),
            printable(entry.kind()),
            profile(entry, names),
            by(entry),
            outcome(entry),
            details(entry),
        ]
    });
    table(["record", "time (utc)", "what", "profile", "by", "outcome", "details"], rows, view)
}

fn profile(entry: &Entry, names: &Names) -> String {
    match entry.profile() {
        Some(id) => names.find(id).map_or_else(|| printable(id), str::to_owned),
        None => "-".to_owned(),
    }
}

/// Names the program, and the AI client behind it.
fn by(entry: &Entry) -> String {
    let words = [entry.client(), entry.agent()];
    let words: Vec<_> = words.into_iter().flatten().map(printable).collect();
    if words.is_empty() { "-".to_owned() } else { words.join(", for ") }
}

fn outcome(entry: &Entry) -> String {
    match (entry.stage(), entry.outcome(), entry.reason()) {
        (Some(Stage::Intent), ..) => "begun".to_owned(),
        (_, Some(outcome), Some(reason)) => format!("{}: {}", outcome.as_str(), printable(reason)),
        (_, Some(outcome), None) => outcome.as_str().to_owned(),
        _ => "-".to_owned(),
    }
}

/// Returns what is particular about a record: the tool or command, and what it acted on.
fn details(entry: &Entry) -> String {
    let command = entry.data("command").and_then(serde_json::Value::as_str);
    let words = entry.tool().into_iter().chain(command);
    let words = words.chain(entry.targets().iter().map(String::as_str));
    words.map(printable).collect::<Vec<_>>().join(" ")
}
