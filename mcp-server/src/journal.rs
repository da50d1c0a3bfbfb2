//! What it takes to undo the changes of the tools, sealed with the profile.
//!
//! An entry is written after the change that it belongs to, with URIs, positions and the person's own
//! texts and nothing else of Spotify's content. The oldest entries go first: by age, by number, and
//! by size. A revocation of the profile erases all of them with the grant.
//!
//! A record that can't be read, as one of a newer version, is told and left as it is: nothing is
//! added to it, and nothing takes its place.

use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use spotify_api::id::{PlaylistId, SpotifyUri};
use spotify_auth::session::{Profile, ProfileError};

/// The name of the record.
const RECORD: &str = "changes";
/// The most changes that are kept.
const MOST: usize = 100;
/// The most bytes that are kept.
const LARGEST: usize = 2 * 1024 * 1024;

/// The changes cannot be read or added to.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JournalError {
    /// The profile cannot be used.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The record is not one of this version.
    #[error("read the changes that can be undone: a newer version wrote them, or they are damaged")]
    Unreadable,
}

/// A change that a tool made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Entry {
    /// Counts the changes of the profile, from 1.
    pub(crate) number: u64,
    /// When it was made.
    pub(crate) at: Timestamp,
    /// The tool that made it.
    pub(crate) tool: String,
    /// What it did.
    pub(crate) change: Change,
    /// Whether it was undone since.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub(crate) undone: bool,
}

/// What a change did, with what it takes to undo it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Change {
    /// The entries of a playlist were these, and became those.
    Entries {
        /// The playlist.
        playlist: PlaylistId,
        /// The entries before.
        before: Vec<SpotifyUri>,
        /// The entries after.
        after: Vec<SpotifyUri>,
    },
    /// A playlist was created.
    Created {
        /// The playlist.
        playlist: PlaylistId,
        /// The key that the caller gave, so that one key makes one playlist.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<String>,
    },
    /// Playlists were created of what another holds.
    Split {
        /// The playlists.
        playlists: Vec<PlaylistId>,
    },
    /// A playlist's own texts and visibility were these.
    Details {
        /// The playlist.
        playlist: PlaylistId,
        /// What they were.
        before: Details,
    },
    /// These were saved or followed.
    Saved(Vec<SpotifyUri>),
    /// These were removed or unfollowed.
    Removed(Vec<SpotifyUri>),
}

/// A playlist's own texts and visibility; absent is what did not change.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Details {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) name: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) description: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) public: Option<bool>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) collaborative: Option<bool>,
}

/// The changes of a profile, oldest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Journal {
    last: u64,
    pub(crate) entries: Vec<Entry>,
}

impl Journal {
    /// Reads the changes of a profile. Blocks on files.
    ///
    /// # Errors
    /// See [`JournalError`].
    pub(crate) fn read(profile: &Profile) -> Result<Self, JournalError> {
        Self::decode(profile.read_record(RECORD)?.as_deref())
    }

    /// Adds a change and returns its number. Blocks on files.
    ///
    /// # Errors
    /// See [`JournalError`].
    pub(crate) fn add(
        profile: &Profile,
        now: Timestamp,
        retention: Duration,
        tool: &str,
        change: Change,
    ) -> Result<u64, JournalError> {
        Self::update(profile, |journal| {
            let number = journal.push(now, tool, change);
            journal.forget(now, retention);
            number
        })
    }

    /// Records that a change was undone. Blocks on files.
    ///
    /// # Errors
    /// See [`JournalError`].
    pub(crate) fn undone(profile: &Profile, number: u64) -> Result<(), JournalError> {
        Self::update(profile, |journal| {
            for entry in journal.entries.iter_mut().filter(|entry| entry.number == number) {
                entry.undone = true;
            }
        })
    }

    fn update<T>(
        profile: &Profile,
        change: impl FnOnce(&mut Self) -> T,
    ) -> Result<T, JournalError> {
        let mut changed = Err(JournalError::Unreadable);
        profile.update_record(RECORD, |bytes| match Self::decode(bytes) {
            Ok(mut journal) => {
                changed = Ok(change(&mut journal));
                journal.encode()
            }
            Err(_) => bytes.unwrap_or_default().to_vec(),
        })?;
        changed
    }

    /// Returns the playlist that a key made.
    pub(crate) fn made_with(&self, wanted: &str) -> Option<PlaylistId> {
        self.entries.iter().rev().find_map(|entry| match &entry.change {
            Change::Created { playlist, key: Some(key) } if key == wanted && !entry.undone => {
                Some(*playlist)
            }
            _ => None,
        })
    }

    fn push(&mut self, at: Timestamp, tool: &str, change: Change) -> u64 {
        self.last += 1;
        let entry = Entry { number: self.last, at, tool: tool.to_owned(), change, undone: false };
        self.entries.push(entry);
        self.last
    }

    /// Forgets what is too old, too much or too long.
    fn forget(&mut self, now: Timestamp, retention: Duration) {
        let old = |entry: &Entry| {
            let age = Duration::try_from(now.duration_since(entry.at)).unwrap_or_default();
            age > retention
        };
        self.entries.retain(|entry| !old(entry));
        let surplus = self.entries.len().saturating_sub(MOST);
        self.entries.drain(..surplus);
        while self.encode().len() > LARGEST && !self.entries.is_empty() {
            self.entries.remove(0);
        }
    }

    fn decode(bytes: Option<&[u8]>) -> Result<Self, JournalError> {
        let Some(bytes) = bytes else { return Ok(Self::default()) };
        serde_json::from_slice(bytes).map_err(|_| JournalError::Unreadable)
    }

    fn encode(&self) -> Vec<u8> {
        serde_json::to_vec(self).unwrap_or_default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: Duration = Duration::from_hours(24);

    fn id(text: &str) -> PlaylistId {
        format!("{text:a>22}").parse().unwrap()
    }

    fn at(day: i64) -> Timestamp {
        Timestamp::from_second(1_793_610_000 + day * 86_400).unwrap()
    }

    fn created(key: &str) -> Change {
        Change::Created { playlist: id(key), key: Some(key.to_owned()) }
    }

    #[test]
    fn numbers_go_on_when_old_changes_are_forgotten() {
        let mut journal = Journal::default();
        for day in 0..4 {
            assert_eq!(journal.push(at(day), "x", created("k")), u64::try_from(day).unwrap() + 1);
        }
        journal.forget(at(4), 2 * DAY);
        assert_eq!(journal.entries.iter().map(|entry| entry.number).collect::<Vec<_>>(), [3, 4]);
        journal.forget(at(40), Duration::ZERO);
        assert_eq!((journal.entries.len(), journal.push(at(40), "x", created("k"))), (0, 5));
        assert_eq!(Journal::decode(Some(&journal.encode())).unwrap(), journal);
        assert_eq!(Journal::decode(None).unwrap(), Journal::default());
    }

    #[test]
    fn too_many_and_too_long_changes_push_the_oldest_out() {
        let mut journal = Journal::default();
        for _ in 0..MOST + 7 {
            journal.push(at(0), "x", created("k"));
        }
        journal.forget(at(0), DAY);
        assert_eq!((journal.entries.len(), journal.entries[0].number), (MOST, 8));
        let uri: SpotifyUri = "spotify:track:6rqhFgbbKwnb9MLmUQDhG6".parse().unwrap();
        journal.push(at(0), "x", Change::Saved(vec![uri; LARGEST / 40]));
        journal.forget(at(0), DAY);
        assert!(journal.encode().len() <= LARGEST);
        assert_eq!(journal.entries.last().unwrap().number, 108);
    }

    #[test]
    fn a_key_names_the_playlist_that_it_made_until_that_is_undone() {
        let mut journal = Journal::default();
        journal.push(at(0), "x", created("a"));
        assert_eq!(journal.made_with("a"), Some(id("a")));
        assert_eq!(journal.made_with("b"), None);
        journal.entries[0].undone = true;
        assert_eq!(journal.made_with("a"), None);
    }
}
