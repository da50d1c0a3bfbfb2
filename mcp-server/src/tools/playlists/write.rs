//! What changing the entries of playlists does.
//!
//! A change is reported as done only when Spotify has confirmed it. What is read before and after it
//! serves the report: a failure there takes nothing back and is no failure of the change.

use std::time::Duration;

use spotify_api::{
    Client, Error,
    id::{PlaylistId, SpotifyUri},
    model::{Playlist, SnapshotId},
};

use super::{AddTracksToPlaylist, Changed, Confirmation, RemoveTracksFromPlaylist, whole::Whole};
use crate::{
    dispatch::operations,
    failure::Cause,
    journal::Change,
    sanitise,
    tools::{
        Tool as _,
        call::{Call, Run, Text},
        gather::count,
        rendering::{Lines, name},
        resolve::{Doubts, choose::Chosen},
    },
};

/// How long a change may wait for the entries of before, which only undoing it needs.
const READ_FIRST: Duration = Duration::from_secs(20);
/// Operations that add entries.
pub(super) const ADDING: &[&str] = &["add-items-to-playlist", "add-tracks-to-playlist"];
/// Operations that write the entries in another order, or others in their place.
pub(in crate::tools) const ARRANGING: &[&str] =
    &["reorder-or-replace-playlists-items", "reorder-or-replace-playlists-tracks"];
/// How many entries Spotify takes in a request.
const AT_ONCE: usize = 100;
/// The most entries of a playlist that are read before adding to it.
const READ_FOR_ADDING: u32 = 500;
/// How long a report may wait for the playlist to be read back.
const READ_BACK: Duration = Duration::from_secs(10);

impl Run for AddTracksToPlaylist {
    fn targets(&self) -> Vec<SpotifyUri> {
        std::iter::once(self.playlist.0.uri()).chain(self.tracks.addresses().cloned()).collect()
    }

    fn needs(&self) -> Vec<&'static str> {
        self.tracks.needs().chain(ADDING.iter().copied()).collect()
    }

    async fn run(self, call: Call) -> Result<Changed, Cause> {
        let client = call.client().await?;
        let id = self.playlist.0;
        let chosen = self.tracks.choose(&call, &client).await?;
        let uris = &chosen.uris;
        if uris.is_empty() {
            let nothing = Changed::of(id, Confirmation::Verified);
            let doubts = chosen.doubts;
            return Ok(Changed { added: Some(0), doubts, ..nothing });
        }
        // Reading a long playlist would cost more requests than adding to it.
        let before = entries(&client, id, READ_FOR_ADDING).await;
        let added = add(&call, &client, id, &chosen, self.position).await;
        let done = match &added {
            Ok(_) => uris.len(),
            Err(Error::Incomplete { done, .. }) => *done,
            Err(_) => 0,
        };
        let change = match before.filter(|_| done > 0) {
            Some(before) => {
                let mut after = before.clone();
                let place = self.position.and_then(|place| usize::try_from(place).ok());
                let place = place.unwrap_or(after.len()).min(after.len());
                after.splice(place..place, uris.iter().take(done).cloned()).for_each(drop);
                call.keep(Self::SPEC.name, Change::Entries { playlist: id, before, after }).await
            }
            None => None,
        };
        let snapshot = added?;
        let after = read(&client, id).await;
        let changed = changed(id, &snapshot, after.as_ref());
        Ok(Changed { added: Some(uris.len()), doubts: chosen.doubts, change, ..changed })
    }
}

/// Adds what was chosen, as much at a time as Spotify takes, and tells how far that is.
pub(super) async fn add(
    call: &Call,
    client: &Client,
    id: PlaylistId,
    chosen: &Chosen,
    position: Option<u32>,
) -> Result<SnapshotId, Error> {
    let total = chosen.uris.len();
    let (mut done, mut snapshot) = (0, None);
    loop {
        let rest = chosen.uris.get(done..).unwrap_or_default();
        let chunk = rest.get(..AT_ONCE).unwrap_or(rest);
        let at = position.map(|position| position.saturating_add(count(done)));
        let added = match client.add_items(id, chunk, at).await {
            Ok(added) => added,
            Err(error) if done == 0 => return Err(error),
            Err(source) => {
                return Err(Error::Incomplete { done, total, snapshot, source: Box::new(source) });
            }
        };
        done += chunk.len();
        let steps = |entries| chosen.searches.saturating_add(count(entries));
        call.context.progress(steps(done), steps(total), "entries added").await;
        if done == total {
            return Ok(added);
        }
        snapshot = Some(added);
    }
}

impl Run for RemoveTracksFromPlaylist {
    fn targets(&self) -> Vec<SpotifyUri> {
        targets(self.playlist.0, &self.tracks.0)
    }

    fn needs(&self) -> Vec<&'static str> {
        vec!["remove-items-playlist", "remove-tracks-playlist"]
    }

    async fn run(self, call: Call) -> Result<Changed, Cause> {
        let client = call.client().await?;
        let id = self.playlist.0;
        // Spotify confirms a removal also when nothing was there.
        let total = client.playlist(id).await?.contents().total();
        let before = entries(&client, id, u32::MAX).await;
        let after = before.as_ref().map(|before| {
            let left = before.iter().filter(|uri| !self.tracks.0.contains(uri));
            left.cloned().collect::<Vec<_>>()
        });
        if self.dry_run {
            let counts = before.as_ref().zip(after.as_ref());
            let removed = counts.map(|(before, after)| count(before.len() - after.len()));
            let total = after.as_ref().map(|after| count(after.len()));
            return Ok(Changed { removed, total, ..Changed::of(id, Confirmation::Preview) });
        }
        let snapshot = client.remove_items(id, &self.tracks.0).await?;
        let change = match before.zip(after).filter(|(before, after)| before != after) {
            Some((before, after)) => {
                call.keep(Self::SPEC.name, Change::Entries { playlist: id, before, after }).await
            }
            None => None,
        };
        let after = read(&client, id).await;
        let changed = changed(id, &snapshot, after.as_ref());
        let removed = total.zip(changed.total).and_then(|(before, now)| before.checked_sub(now));
        if let Some((before, now)) = total.zip(changed.total) {
            // Also where the entries themselves could not be kept.
            operations::counted(before.into(), now.into());
        }
        // Only a version that nobody else has changed since tells what this removal did.
        let removed = removed.filter(|_| changed.state == Confirmation::Verified);
        Ok(Changed { removed, change, ..changed })
    }
}

/// Reads all entries for the journal, where they can be had; a change goes on without them.
async fn entries(client: &Client, id: PlaylistId, most: u32) -> Option<Vec<SpotifyUri>> {
    let whole = tokio::time::timeout(READ_FIRST, Whole::read(client, id, most)).await;
    whole.ok()?.ok()?.restorable()
}

pub(super) fn targets(playlist: PlaylistId, tracks: &[SpotifyUri]) -> Vec<SpotifyUri> {
    std::iter::once(playlist.uri()).chain(tracks.iter().cloned()).collect()
}

pub(in crate::tools) async fn read(client: &Client, id: PlaylistId) -> Option<Playlist> {
    let read = tokio::time::timeout(READ_BACK, client.playlist(id)).await;
    match read {
        Ok(Ok(playlist)) => Some(playlist),
        Ok(Err(error)) => {
            tracing::info!(%error, "a changed playlist could not be read back");
            None
        }
        Err(_) => None,
    }
}

fn changed(id: PlaylistId, snapshot: &SnapshotId, after: Option<&Playlist>) -> Changed {
    let seen = after.and_then(|playlist| playlist.snapshot_id.as_ref()) == Some(snapshot);
    Changed {
        name: after.and_then(|playlist| name(playlist.name.as_deref())),
        snapshot_id: Some(sanitise::mark(snapshot.as_str())),
        total: after.and_then(|playlist| playlist.contents().total()),
        ..Changed::of(id, Confirmation::of(seen))
    }
}

impl Changed {
    /// Begins the report of a change.
    pub(super) fn of(id: PlaylistId, state: Confirmation) -> Self {
        Self {
            uri: id.uri().to_string(),
            name: None,
            state,
            unchanged: false,
            snapshot_id: None,
            added: None,
            removed: None,
            total: None,
            doubts: Doubts::default(),
            change: None,
        }
    }
}

impl Text for Changed {
    fn text(&self) -> String {
        let playlist = match &self.name {
            Some(name) => format!("\"{name}\""),
            None => "the playlist".to_owned(),
        };
        let what = match (self.state, self.added, self.removed) {
            (Confirmation::Preview, ..) => format!("Nothing was done to {playlist} yet."),
            _ if self.unchanged => format!("Nothing had to be done: {playlist} was so already."),
            (_, Some(added), _) => format!("Added {added} to {playlist}."),
            (_, None, Some(0)) => {
                format!("Removed nothing from {playlist}: none of them was there.")
            }
            (_, None, Some(removed)) => format!("Removed {removed} from {playlist}."),
            (_, None, None) => format!("Changed {playlist}."),
        };
        let total = match self.state {
            Confirmation::Preview => "tracks it would have",
            _ => "tracks now",
        };
        let would_go = self.removed.filter(|_| self.state == Confirmation::Preview);
        let lines = Lines::new(what)
            .field("state", Some(self.state.as_str()))
            .field("tracks that would go", would_go.map(|removed| removed.to_string()))
            .field(total, self.total.map(|total| total.to_string()))
            .field("uri", Some(&self.uri))
            .field("snapshot_id", self.snapshot_id.as_ref())
            .field("undo with change", self.change.map(|change| change.to_string()));
        self.doubts.write(lines).finish()
    }
}
