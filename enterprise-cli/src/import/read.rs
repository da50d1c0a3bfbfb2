//! Reading one file: variables, JSON, or JSON that is sealed with Fernet.

use std::fs::File;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};

use secrecy::SecretString;
use serde_json::Value;
use zeroize::Zeroizing;

use super::{FILES_MAX, Found, Kind, MAX, fernet};

/// How deep fields are looked for in JSON.
const DEPTH: usize = 4;

/// Reads a file. What can't be read is told in [`Found::problem`].
pub(crate) fn read(path: &Path, kind: Kind, user: Option<String>) -> Found {
    let mut found = Found::nothing(path, kind, user);
    found.problem = fill(&mut found).err();
    found
}

fn fill(found: &mut Found) -> Result<(), String> {
    let text = text(&found.path).map_err(|error| error.to_string())?;
    if found.kind == Kind::Env {
        of_variables(found, &text);
        return Ok(());
    }
    let trimmed = text.trim();
    if fernet::looks_like(trimmed) {
        let opened = open(found, trimmed)?;
        return of_json(found, &opened);
    }
    of_json(found, trimmed)
}

fn of_variables(found: &mut Found, text: &str) {
    for line in text.lines() {
        let line = line.trim();
        let line = line.strip_prefix("export ").unwrap_or(line);
        let Some((name, value)) = line.split_once('=') else { continue };
        let value = value.trim();
        let quoted = ['"', '\''].into_iter().find_map(|quote| {
            value.strip_prefix(quote)?.split_once(quote).map(|(inside, _)| inside)
        });
        // Behind an unquoted value may stand a comment.
        let value = quoted.unwrap_or_else(|| value.split(" #").next().unwrap_or(value).trim_end());
        keep(found, name.trim(), value);
    }
}

fn of_json(found: &mut Found, text: &str) -> Result<(), String> {
    let value: Value = serde_json::from_str(text)
        // The parser's own words could quote a token.
        .map_err(|error| format!("it is no JSON (line {})", error.line()))?;
    of_value(found, &value, DEPTH)
}

fn of_value(found: &mut Found, value: &Value, depth: usize) -> Result<(), String> {
    let Value::Object(fields) = value else { return Ok(()) };
    for (name, value) in fields {
        match value {
            Value::String(text) if fernet::looks_like(text) => {
                let opened = open(found, text)?;
                match serde_json::from_str(&opened) {
                    Ok(value @ Value::Object(_)) => of_value(found, &value, depth)?,
                    _ => keep(found, name, &opened),
                }
            }
            Value::String(text) => keep(found, name, text),
            Value::Array(words) if name.starts_with("scope") => {
                let words: Vec<_> = words.iter().filter_map(Value::as_str).collect();
                keep(found, name, &words.join(" "));
            }
            Value::Object(_) if depth > 0 => of_value(found, value, depth - 1)?,
            _ => {}
        }
    }
    Ok(())
}

/// Keeps a value whose name is one that these programs use. The first one counts.
fn keep(found: &mut Found, name: &str, value: &str) {
    if value.is_empty() {
        return;
    }
    let letters = name.chars().filter(char::is_ascii_alphanumeric);
    let name: String = letters.map(|letter| letter.to_ascii_lowercase()).collect();
    let name =
        ["spotify", "spotipy"].iter().find_map(|start| name.strip_prefix(start)).unwrap_or(&name);
    let secret = || SecretString::from(value);
    let text = || value.to_owned();
    match name {
        "clientid" => first(&mut found.client_id, text),
        "clientsecret" => first(&mut found.client_secret, secret),
        "refreshtoken" => first(&mut found.refresh_token, secret),
        "accesstoken" => first(&mut found.access_token, secret),
        "scope" | "scopes" => first(&mut found.scopes, text),
        _ => {}
    }
}

fn first<T>(slot: &mut Option<T>, value: impl FnOnce() -> T) {
    if slot.is_none() {
        *slot = Some(value());
    }
}

/// Opens a sealed text with each key that lies in the directory of its file.
fn open(found: &mut Found, sealed: &str) -> Result<Zeroizing<String>, String> {
    let directory = found.path.parent().unwrap_or(Path::new("."));
    for path in beside(directory) {
        let Ok(text) = text(&path) else { continue };
        for key in fernet::keys_in(&text) {
            let opened = fernet::open(&key, sealed).and_then(|bytes| {
                std::str::from_utf8(&bytes).ok().map(|text| Zeroizing::new(text.to_owned()))
            });
            if let Some(opened) = opened {
                found.opened_with = Some(path);
                return Ok(opened);
            }
        }
    }
    Err("it is sealed with Fernet, and no file beside it holds its key".to_owned())
}

/// Returns the small files of a directory: a key has 44 characters, a `.env` a few lines.
fn beside(directory: &Path) -> Vec<PathBuf> {
    const SMALL: u64 = 16 * 1024;
    let entries = std::fs::read_dir(directory).into_iter().flatten().take(FILES_MAX).flatten();
    let small = entries.filter(|entry| {
        entry.metadata().is_ok_and(|metadata| metadata.is_file() && metadata.len() <= SMALL)
    });
    let mut paths: Vec<_> = small.map(|entry| entry.path()).collect();
    paths.sort();
    paths
}

fn text(path: &Path) -> io::Result<Zeroizing<String>> {
    let file = File::open(path)?;
    let size = file.metadata()?.len();
    if size > MAX {
        return Err(io::Error::other("it is larger than any file of tokens"));
    }
    let mut text = Zeroizing::new(String::with_capacity(usize::try_from(size).unwrap_or(0) + 1));
    file.take(MAX).read_to_string(&mut text)?;
    Ok(text)
}
