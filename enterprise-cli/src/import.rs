//! What other Spotify programs leave on a disk: where a refresh token may stand in clear or beside its
//! key, what it belongs to, and how its clear text is erased.
//!
//! The shapes are those of spotipy (`.cache`, `.cache-USER`), of MCP servers that keep a `.env`, a
//! `config.json` or a file of tokens for each user, and of those that seal that file with Fernet and
//! leave the key in the same directory.

use std::path::{Path, PathBuf};

use secrecy::{ExposeSecret, SecretString};

pub(crate) mod erase;
pub(crate) mod fernet;
mod names;
mod read;

pub(crate) use read::read;

/// The most that is read of a file.
const MAX: u64 = 1 << 20;
/// The most files of a directory that are looked at.
const FILES_MAX: usize = 10_000;

/// What kind of file it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Kind {
    /// Variables of an environment.
    Env,
    /// A program's settings in JSON, with tokens among them.
    Config,
    /// A user's tokens and nothing else.
    Tokens,
    /// spotipy's cache.
    Spotipy,
}

/// What one file says.
#[derive(Debug)]
pub(crate) struct Found {
    pub(crate) path: PathBuf,
    pub(crate) kind: Kind,
    /// The user that the file's name tells.
    pub(crate) user: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) client_secret: Option<SecretString>,
    pub(crate) refresh_token: Option<SecretString>,
    pub(crate) access_token: Option<SecretString>,
    pub(crate) scopes: Option<String>,
    /// The file that holds the key, where the tokens were sealed.
    pub(crate) opened_with: Option<PathBuf>,
    /// Why the file could not be read.
    pub(crate) problem: Option<String>,
}

impl Found {
    fn nothing(path: &Path, kind: Kind, user: Option<String>) -> Self {
        Self {
            path: path.to_owned(),
            kind,
            user,
            client_id: None,
            client_secret: None,
            refresh_token: None,
            access_token: None,
            scopes: None,
            opened_with: None,
            problem: None,
        }
    }

    /// Returns every secret that stands in the file.
    pub(crate) fn secrets(&self) -> impl Iterator<Item = &str> {
        let secrets = [&self.client_secret, &self.refresh_token, &self.access_token];
        secrets.into_iter().flatten().map(ExposeSecret::expose_secret)
    }
}

/// Returns the files that may hold tokens: each path itself, and those of a directory by their names.
///
/// # Errors
/// A path may not be there.
pub(crate) fn find(paths: &[PathBuf]) -> std::io::Result<Vec<(PathBuf, Kind, Option<String>)>> {
    let mut found = Vec::new();
    for path in paths {
        let path = std::path::absolute(path)?;
        if std::fs::metadata(&path)?.is_dir() {
            let entries = std::fs::read_dir(&path)?.take(FILES_MAX).flatten();
            let mut files: Vec<_> = entries.map(|entry| entry.path()).collect();
            files.sort();
            found.extend(files.into_iter().filter_map(|file| {
                let (kind, user) = names::known(&file).filter(|_| file.is_file())?;
                Some((file, kind, user))
            }));
        } else {
            let (kind, user) = names::known(&path).unwrap_or((Kind::Config, None));
            found.push((path, kind, user));
        }
    }
    Ok(found)
}
