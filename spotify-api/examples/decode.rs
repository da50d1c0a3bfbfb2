//! Decodes recorded answers of the Web API and tells what would be lost of them.
//!
//! `cargo run -q -p spotify-api --example decode -- FILE.jsonl` reads lines like
//! `{"operation": "get-track", "path": "track.json"}`. It decodes each file as the answer of the
//! operation, writes it as JSON again and compares the two. A line of its output is one of
//! - `ok <path>`
//! - `lost <path> <JSON pointers of what is gone or changed>` (RFC 6901)
//! - `error <path> <why>`
//!
//! The exit status is 1 if any file is not `ok`.

use std::{
    io::{self, Write},
    path::{Path, PathBuf},
    process::ExitCode,
};

use serde::Deserialize;
use serde_json::{Number, Value};
use spotify_api::Endpoint;

fn main() -> ExitCode {
    let mut arguments = std::env::args_os().skip(1);
    let (Some(list), None) = (arguments.next(), arguments.next()) else {
        return fail(
            "give one file with lines like {\"operation\": \"get-track\", \"path\": \"track.json\"}",
        );
    };
    match run(Path::new(&list), &mut io::stdout().lock()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => fail(&format!("{}: {error}", list.display())),
    }
}

fn fail(why: &str) -> ExitCode {
    writeln!(io::stderr(), "{why}").ok();
    ExitCode::FAILURE
}

/// Decodes all files of a list and writes a line for each. Returns whether all are `ok`.
pub(crate) fn run(list: &Path, out: &mut impl Write) -> io::Result<bool> {
    let lines = std::fs::read(list)?;
    let folder = list.parent().unwrap_or(Path::new(""));
    let mut all_ok = true;
    for (number, line) in without_mark(&lines).split(|byte| *byte == b'\n').enumerate() {
        if line.trim_ascii().is_empty() {
            continue;
        }
        let (path, outcome) = if let Ok(line) = serde_json::from_slice::<Line>(line) {
            let outcome = check(&line, folder);
            (line.path, outcome)
        } else {
            let why = r#"the line is not like {"operation": "get-track", "path": "track.json"}"#;
            (format!("{}:{}", list.display(), number + 1), Err(why.to_owned()))
        };
        match &outcome {
            Ok(lost) if lost.is_empty() => writeln!(out, "ok {path}")?,
            Ok(lost) => writeln!(out, "lost {path} {}", lost.join(" "))?,
            Err(why) => writeln!(out, "error {path} {why}")?,
        }
        all_ok &= outcome.is_ok_and(|lost| lost.is_empty());
    }
    Ok(all_ok)
}

#[derive(Deserialize)]
struct Line {
    operation: String,
    path: String,
}

/// Decodes a file. Returns what is lost of it.
fn check(line: &Line, folder: &Path) -> Result<Vec<String>, String> {
    let endpoint = Endpoint::find(&line.operation)
        .ok_or_else(|| format!("there is no operation {}", line.operation.escape_debug()))?;
    let body = read(Path::new(&line.path), folder)
        .map_err(|error| format!("the file cannot be read: {error}"))?;
    let decoded = (endpoint.decode)(&body);
    if let Ok(None) = decoded {
        return Ok(Vec::new());
    }
    let json = serde_json::from_slice::<Value>(without_mark(&body)).ok();
    if let Some(error) = json.as_ref().and_then(error_of) {
        return Err(error);
    }
    match (decoded, json) {
        (Err(mismatch), _) => Err(format!("the answer is {mismatch}")),
        (Ok(Some(again)), Some(json)) => Ok(lost(&json, &again)),
        // An empty answer, where that means that there is nothing.
        (Ok(_), _) => Ok(Vec::new()),
    }
}

/// Reads a file, relative to the current folder or else to that of the list.
fn read(path: &Path, folder: &Path) -> io::Result<Vec<u8>> {
    let beside: PathBuf = folder.join(path);
    std::fs::read(if path.exists() { path } else { &beside })
}

/// Some files begin with a byte order mark.
fn without_mark(bytes: &[u8]) -> &[u8] {
    bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)
}

/// Returns what an error body says that stands where an answer should be.
fn error_of(json: &Value) -> Option<String> {
    let object = json.as_object()?;
    let only_error = object.keys().all(|key| matches!(key.as_str(), "error" | "error_description"));
    let error = object.get("error").filter(|error| !error.is_null())?;
    if !only_error && error.get("status").is_none() {
        return None;
    }
    let status = error.get("status").map(|status| format!(" {status}")).unwrap_or_default();
    let text = ["message", "description", "type"].iter().find_map(|key| error.get(key)?.as_str());
    let text = text.or(error.as_str()).map(|text| format!(": {}", text.escape_debug()));
    Some(format!("Spotify's error{status}{}", text.unwrap_or_default()))
}

/// Lists the JSON pointers of all values that are gone, changed or new.
pub(crate) fn lost(before: &Value, after: &Value) -> Vec<String> {
    let mut pointers = Vec::new();
    compare(before, after, &mut String::new(), &mut pointers);
    pointers
}

fn compare(before: &Value, after: &Value, place: &mut String, lost: &mut Vec<String>) {
    match (before, after) {
        (Value::Object(before), Value::Object(after)) => {
            for (key, value) in before {
                let key_again = after.get(key);
                inside(place, key, |place| match key_again {
                    Some(again) => compare(value, again, place, lost),
                    None => lost.push(place.clone()),
                });
            }
            for key in after.keys().filter(|key| !before.contains_key(*key)) {
                inside(place, key, |place| lost.push(place.clone()));
            }
        }
        (Value::Array(before), Value::Array(after)) => {
            for index in 0..before.len().max(after.len()) {
                inside(place, &index.to_string(), |place| {
                    match (before.get(index), after.get(index)) {
                        (Some(value), Some(again)) => compare(value, again, place, lost),
                        _ => lost.push(place.clone()),
                    }
                });
            }
        }
        (Value::Number(before), Value::Number(after)) if equal(before, after) => {}
        _ if before == after => {}
        // The pointer of the whole answer is empty, which would not show.
        _ => lost.push(if place.is_empty() { "/".to_owned() } else { place.clone() }),
    }
}

/// Appends a token to a pointer for as long as `then` runs.
fn inside(place: &mut String, token: &str, then: impl FnOnce(&mut String)) {
    let length = place.len();
    place.push('/');
    place.push_str(&token.replace('~', "~0").replace('/', "~1"));
    then(place);
    place.truncate(length);
}

/// Whether two numbers have the same value, however they are written.
fn equal(one: &Number, other: &Number) -> bool {
    match (one.as_i128(), other.as_i128()) {
        (Some(one), Some(other)) => one == other,
        _ => one.as_f64() == other.as_f64(),
    }
}
