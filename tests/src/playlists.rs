//! Playlists and their history.
//!
//! Each entry has a key of its own, so that a change against an old snapshot still finds the
//! entries that it meant: what was added later stays, what is gone is not missed.

use std::collections::{BTreeMap, BTreeSet};

use base64::{Engine as _, engine::general_purpose::STANDARD};
use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::catalogue::Index;

/// A file on somebody's disk, which Spotify knows by its tags only.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct LocalFile {
    pub(crate) artist: String,
    pub(crate) album: String,
    pub(crate) title: String,
    pub(crate) seconds: u64,
}

/// What a playlist entry plays.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Content {
    Track(Index),
    Episode(Index),
    Local(LocalFile),
}

/// One line of a playlist.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    key: u64,
    pub(crate) content: Content,
    pub(crate) added_at: Timestamp,
    pub(crate) added_by: String,
}

/// A playlist in its present state.
#[derive(Debug)]
pub(crate) struct Playlist {
    pub(crate) id: String,
    pub(crate) owner: String,
    pub(crate) name: String,
    pub(crate) description: Option<String>,
    pub(crate) public: bool,
    pub(crate) collaborative: bool,
    pub(crate) followers: BTreeSet<String>,
    /// The name of the picture that the owner chose, if any.
    pub(crate) cover: Option<String>,
    entries: Vec<Entry>,
    snapshots: Vec<Snapshot>,
    next_key: u64,
}

#[derive(Debug)]
struct Snapshot {
    id: String,
    keys: Vec<u64>,
}

/// Why a change to a playlist is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unchanged {
    UnknownSnapshot,
    OutOfBounds,
}

impl Playlist {
    pub(crate) fn new(id: String, owner: String, name: String) -> Self {
        let mut playlist = Self {
            id,
            owner,
            name,
            description: None,
            public: true,
            collaborative: false,
            followers: BTreeSet::new(),
            cover: None,
            entries: Vec::new(),
            snapshots: Vec::new(),
            next_key: 0,
        };
        playlist.record();
        playlist
    }

    pub(crate) fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// Returns the id of the present version.
    pub(crate) fn snapshot(&self) -> &str {
        self.snapshots.last().map_or("", |snapshot| &snapshot.id)
    }

    /// Returns whether a user may change the playlist and see its contents in every regime.
    pub(crate) fn is_editable_by(&self, user: &str) -> bool {
        self.owner == user || (self.collaborative && self.followers.contains(user))
    }

    /// Notes a new version; every write ends with it.
    pub(crate) fn record(&mut self) {
        let version = u32::try_from(self.snapshots.len()).unwrap_or(u32::MAX) + 1;
        let digest = Sha256::digest(format!("{}/{version}", self.id));
        let bytes: Vec<u8> = version.to_be_bytes().into_iter().chain(digest).take(24).collect();
        let keys = self.entries.iter().map(|entry| entry.key).collect();
        self.snapshots.push(Snapshot { id: STANDARD.encode(bytes), keys });
    }

    /// Inserts entries at a 0-based position, or at the end.
    pub(crate) fn add(
        &mut self,
        contents: Vec<Content>,
        position: Option<usize>,
        by: &str,
        now: Timestamp,
    ) -> Result<(), Unchanged> {
        let position = position.unwrap_or(self.entries.len());
        if position > self.entries.len() {
            return Err(Unchanged::OutOfBounds);
        }
        let added = self.entries_of(contents, by, now);
        self.entries.splice(position..position, added);
        self.record();
        Ok(())
    }

    /// Puts `contents` in the place of everything.
    pub(crate) fn replace(&mut self, contents: Vec<Content>, by: &str, now: Timestamp) {
        self.entries = self.entries_of(contents, by, now);
        self.record();
    }

    fn entries_of(&mut self, contents: Vec<Content>, by: &str, now: Timestamp) -> Vec<Entry> {
        let mut key = self.next_key;
        let entries = contents.into_iter().map(|content| {
            key += 1;
            Entry { key, content, added_at: now, added_by: by.to_owned() }
        });
        let entries = entries.collect();
        self.next_key = key;
        entries
    }

    /// Removes all occurrences of each content that were there in the named version.
    pub(crate) fn remove(
        &mut self,
        contents: &[Content],
        snapshot: Option<&str>,
    ) -> Result<(), Unchanged> {
        let meant: BTreeSet<u64> = self.keys(snapshot)?.into_iter().collect();
        self.entries
            .retain(|entry| !(meant.contains(&entry.key) && contents.contains(&entry.content)));
        self.record();
        Ok(())
    }

    /// Moves a range of the named version in front of another entry of it.
    pub(crate) fn reorder(
        &mut self,
        start: usize,
        length: usize,
        before: usize,
        snapshot: Option<&str>,
    ) -> Result<(), Unchanged> {
        let keys = self.keys(snapshot)?;
        let end = start.checked_add(length).ok_or(Unchanged::OutOfBounds)?;
        let moved = keys.get(start..end).ok_or(Unchanged::OutOfBounds)?;
        if before > keys.len() {
            return Err(Unchanged::OutOfBounds);
        }
        // The first entry at or after the target that is neither moved nor gone.
        let anchor = keys
            .iter()
            .skip(before)
            .find(|key| !moved.contains(key) && self.entries.iter().any(|e| e.key == **key));
        let (taken, mut rest): (Vec<_>, Vec<_>) =
            self.entries.drain(..).partition(|entry| moved.contains(&entry.key));
        let position = anchor
            .and_then(|anchor| rest.iter().position(|entry| entry.key == *anchor))
            .unwrap_or(rest.len());
        rest.splice(position..position, taken);
        self.entries = rest;
        self.record();
        Ok(())
    }

    fn keys(&self, snapshot: Option<&str>) -> Result<Vec<u64>, Unchanged> {
        match snapshot {
            None => Ok(self.entries.iter().map(|entry| entry.key).collect()),
            Some(id) => self
                .snapshots
                .iter()
                .find(|known| known.id == id)
                .map(|known| known.keys.clone())
                .ok_or(Unchanged::UnknownSnapshot),
        }
    }
}

/// All playlists, and which of them stand in whose library.
#[derive(Debug, Default)]
pub(crate) struct Playlists {
    by_id: BTreeMap<String, Playlist>,
    /// The ids of the playlists in each user's library, newest first.
    libraries: BTreeMap<String, Vec<String>>,
}

impl Playlists {
    /// Adds a playlist and puts it into its owner's library.
    pub(crate) fn create(&mut self, playlist: Playlist) {
        self.save(&playlist.owner, &playlist.id);
        self.by_id.insert(playlist.id.clone(), playlist);
    }

    pub(crate) fn get(&self, id: &str) -> Option<&Playlist> {
        self.by_id.get(id)
    }

    pub(crate) fn get_mut(&mut self, id: &str) -> Option<&mut Playlist> {
        self.by_id.get_mut(id)
    }

    pub(crate) fn all(&self) -> impl Iterator<Item = &Playlist> {
        self.by_id.values()
    }

    /// Returns the playlists of a user's library, newest first.
    pub(crate) fn of_user(&self, user: &str) -> Vec<&Playlist> {
        let ids = self.libraries.get(user).map_or(&[] as &[String], Vec::as_slice);
        ids.iter().filter_map(|id| self.by_id.get(id)).collect()
    }

    pub(crate) fn is_saved(&self, user: &str, id: &str) -> bool {
        self.libraries.get(user).is_some_and(|ids| ids.iter().any(|saved| saved == id))
    }

    /// Puts a playlist into a user's library, as following it does.
    pub(crate) fn save(&mut self, user: &str, id: &str) {
        if !self.is_saved(user, id) {
            self.libraries.entry(user.to_owned()).or_default().insert(0, id.to_owned());
        }
        if let Some(playlist) = self.by_id.get_mut(id).filter(|playlist| playlist.owner != user) {
            playlist.followers.insert(user.to_owned());
        }
    }

    /// Takes a playlist out of a user's library; it exists on for everyone else.
    pub(crate) fn forget(&mut self, user: &str, id: &str) {
        if let Some(ids) = self.libraries.get_mut(user) {
            ids.retain(|saved| saved != id);
        }
        if let Some(playlist) = self.by_id.get_mut(id) {
            playlist.followers.remove(user);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::clock::Clock;

    fn playlist(tracks: &[usize]) -> Playlist {
        let mut playlist = Playlist::new("id".into(), "simone".into(), "name".into());
        add(&mut playlist, tracks);
        playlist
    }

    fn add(playlist: &mut Playlist, tracks: &[usize]) {
        let contents = tracks.iter().map(|&track| Content::Track(track)).collect();
        playlist.add(contents, None, "simone", Clock::START).unwrap();
    }

    fn tracks(playlist: &Playlist) -> Vec<usize> {
        let tracks = playlist.entries().iter().map(|entry| match entry.content {
            Content::Track(track) => track,
            _ => panic!("only tracks were added"),
        });
        tracks.collect()
    }

    #[test]
    fn every_write_moves_the_snapshot() {
        let mut playlist = playlist(&[1, 2, 3]);
        let mut seen = BTreeSet::from([playlist.snapshot().to_owned()]);
        add(&mut playlist, &[4]);
        assert!(seen.insert(playlist.snapshot().to_owned()));
        playlist.remove(&[Content::Track(1)], None).unwrap();
        assert!(seen.insert(playlist.snapshot().to_owned()));
        playlist.reorder(0, 1, 2, None).unwrap();
        assert!(seen.insert(playlist.snapshot().to_owned()));
        playlist.replace(Vec::new(), "simone", Clock::START);
        assert!(seen.insert(playlist.snapshot().to_owned()));
    }

    #[test]
    fn removal_takes_all_occurrences() {
        let mut playlist = playlist(&[1, 2, 1, 3, 1]);
        playlist.remove(&[Content::Track(1)], None).unwrap();
        assert_eq!(tracks(&playlist), [2, 3]);
    }

    #[test]
    fn removal_against_an_old_snapshot_spares_what_came_later() {
        let mut playlist = playlist(&[1, 2]);
        let old = playlist.snapshot().to_owned();
        add(&mut playlist, &[1]);
        playlist.remove(&[Content::Track(1)], Some(&old)).unwrap();
        assert_eq!(tracks(&playlist), [2, 1]);
    }

    #[test]
    fn reordering_against_an_old_snapshot_moves_what_was_meant() {
        let mut playlist = playlist(&[1, 2, 3, 4]);
        let old = playlist.snapshot().to_owned();
        let front = vec![Content::Track(9)];
        playlist.add(front, Some(0), "simone", Clock::START).unwrap();
        playlist.reorder(0, 2, 4, Some(&old)).unwrap();
        assert_eq!(tracks(&playlist), [9, 3, 4, 1, 2]);
    }

    #[test]
    fn reordering_follows_the_documented_positions() {
        let mut playlist = playlist(&[0, 1, 2, 3, 4]);
        playlist.reorder(0, 1, 5, None).unwrap();
        assert_eq!(tracks(&playlist), [1, 2, 3, 4, 0]);
        playlist.reorder(3, 2, 0, None).unwrap();
        assert_eq!(tracks(&playlist), [4, 0, 1, 2, 3]);
        assert_eq!(playlist.reorder(4, 2, 0, None), Err(Unchanged::OutOfBounds));
        assert_eq!(playlist.reorder(0, 1, 0, Some("x")), Err(Unchanged::UnknownSnapshot));
    }
}
