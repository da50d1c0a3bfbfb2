//! What creating and changing playlists does.
//!
//! A change is reported as done only when Spotify has confirmed it. What is read before and after it
//! serves the report: a failure there takes nothing back and is no failure of the change.

use std::time::Duration;

use spotify_api::{
    Client,
    endpoints::playlists::NewPlaylist,
    id::{PlaylistId, SpotifyUri},
    model::{Playlist, SnapshotId},
};

use super::{
    AddTracksToPlaylist, Changed, Confirmation, CreatePlaylist, Created, RemoveTracksFromPlaylist,
    Visibility,
};
use crate::{
    failure::Cause,
    sanitise,
    tools::{
        call::{Call, Run, Text},
        rendering::{Lines, name},
    },
};

/// How long a report may wait for the playlist to be read back.
const READ_BACK: Duration = Duration::from_secs(10);

impl Run for CreatePlaylist {
    async fn run(self, call: Call) -> Result<Created, Cause> {
        let new = match self.visibility {
            Visibility::Private => NewPlaylist::private(self.name.as_str()),
            Visibility::Public => NewPlaylist::public(self.name.as_str()),
            Visibility::Collaborative => NewPlaylist::collaborative(self.name.as_str()),
        };
        let new = match self.description {
            Some(description) if !description.is_empty() => new.description(description),
            _ => new,
        };
        let playlist = call.client().await?.create_playlist(&new).await?;
        // The client refuses an answer without an id.
        let id = playlist.id.ok_or(Cause::Unwritable)?;
        let visibility = Visibility::of(&playlist).unwrap_or(self.visibility);
        let warning = (visibility != self.visibility).then(|| {
            format!(
                "asked for {}, but Spotify reports {}",
                self.visibility.as_str(),
                visibility.as_str()
            )
        });
        Ok(Created {
            uri: id.uri().to_string(),
            name: name(playlist.name.as_deref()).unwrap_or_else(|| sanitise::name(&self.name)),
            visibility,
            snapshot_id: playlist.snapshot_id.as_ref().map(|id| sanitise::mark(id.as_str())),
            link: id.url(),
            warning,
        })
    }
}

impl Text for Created {
    fn text(&self) -> String {
        Lines::new(format!("Created the {} playlist \"{}\".", self.visibility.as_str(), self.name))
            .field("uri", Some(&self.uri))
            .field("snapshot_id", self.snapshot_id.as_ref())
            .field("link", Some(&self.link))
            .field("warning", self.warning.as_ref())
            .finish()
    }
}

impl Run for AddTracksToPlaylist {
    fn targets(&self) -> Vec<SpotifyUri> {
        targets(self.playlist.0, &self.tracks.0)
    }

    async fn run(self, call: Call) -> Result<Changed, Cause> {
        let client = call.client().await?;
        let id = self.playlist.0;
        let snapshot = client.add_items(id, &self.tracks.0, self.position).await?;
        let after = read(&client, id).await;
        Ok(Changed { added: Some(self.tracks.0.len()), ..changed(id, &snapshot, after.as_ref()) })
    }
}

impl Run for RemoveTracksFromPlaylist {
    fn targets(&self) -> Vec<SpotifyUri> {
        targets(self.playlist.0, &self.tracks.0)
    }

    async fn run(self, call: Call) -> Result<Changed, Cause> {
        let client = call.client().await?;
        let id = self.playlist.0;
        // Spotify confirms a removal also when nothing was there.
        let before = client.playlist(id).await?.contents().total();
        let snapshot = client.remove_items(id, &self.tracks.0).await?;
        let after = read(&client, id).await;
        let changed = changed(id, &snapshot, after.as_ref());
        let removed = before.zip(changed.total).and_then(|(before, now)| before.checked_sub(now));
        // Only a version that nobody else has changed since tells what this removal did.
        let removed = removed.filter(|_| changed.state == Confirmation::Verified);
        Ok(Changed { removed, ..changed })
    }
}

fn targets(playlist: PlaylistId, tracks: &[SpotifyUri]) -> Vec<SpotifyUri> {
    std::iter::once(playlist.uri()).chain(tracks.iter().cloned()).collect()
}

async fn read(client: &Client, id: PlaylistId) -> Option<Playlist> {
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
        uri: id.uri().to_string(),
        name: after.and_then(|playlist| name(playlist.name.as_deref())),
        state: if seen { Confirmation::Verified } else { Confirmation::Accepted },
        snapshot_id: sanitise::mark(snapshot.as_str()),
        added: None,
        removed: None,
        total: after.and_then(|playlist| playlist.contents().total()),
    }
}

impl Text for Changed {
    fn text(&self) -> String {
        let playlist = match &self.name {
            Some(name) => format!("\"{name}\""),
            None => "the playlist".to_owned(),
        };
        let what = match (self.added, self.removed) {
            (Some(added), _) => format!("Added {added} to {playlist}."),
            (None, Some(0)) => format!("Removed nothing from {playlist}: none of them was there."),
            (None, Some(removed)) => format!("Removed {removed} from {playlist}."),
            (None, None) => format!("Spotify confirmed the removal from {playlist}."),
        };
        Lines::new(what)
            .field("state", Some(self.state.as_str()))
            .field("tracks now", self.total.map(|total| total.to_string()))
            .field("uri", Some(&self.uri))
            .field("snapshot_id", Some(&self.snapshot_id))
            .finish()
    }
}
