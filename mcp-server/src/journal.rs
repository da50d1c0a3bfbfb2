//! What it takes to undo the changes of the tools, sealed with the profile.
//!
//! An entry is written after the change that it belongs to, with URIs, positions and the person's own
//! texts and nothing else of Spotify's content. The oldest entries go first: by age, by number, and
//! by size. A revocation of the profile erases all of them with the grant.

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
    /// The record may be unreadable. One of another version counts as empty.
    pub(crate) fn read(profile: &Profile) -> Result<Self, ProfileError> {
        Ok(profile.read_record(RECORD)?.map(|bytes| Self::decode(&bytes)).unwrap_or_default())
    }

    /// Adds a change and returns its number. Blocks on files.
    ///
    /// # Errors
    /// The record may be unwritable.
    pub(crate) fn add(
        profile: &Profile,
        now: Timestamp,
        retention: Duration,
        tool: &str,
        change: Change,
    ) -> Result<u64, ProfileError> {
        let mut number = 0;
        profile.update_record(RECORD, |bytes| {
            let mut journal = bytes.map(Self::decode).unwrap_or_default();
            number = journal.push(now, tool, change);
            journal.forget(now, retention);
            journal.encode()
        })?;
        Ok(number)
    }

    /// Records that a change was undone. Blocks on files.
    ///
    /// # Errors
    /// The record may be unwritable.
    pub(crate) fn undone(profile: &Profile, number: u64) -> Result<(), ProfileError> {
        profile.update_record(RECORD, |bytes| {
            let mut journal = bytes.map(Self::decode).unwrap_or_default();
            for entry in journal.entries.iter_mut().filter(|entry| entry.number == number) {
                entry.undone = true;
            }
            journal.encode()
        })
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

    fn decode(bytes: &[u8]) -> Self {
        serde_json::from_slice(bytes).unwrap_or_default()
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
        assert_eq!(Journal::decode(&journal.encode()), journal);
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
