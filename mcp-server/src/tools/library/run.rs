//! What looking at and changing the library does.
//!
//! A change is looked at before and after it; where that fails, the change is no less done, and is
//! reported as `accepted`.

use std::time::Duration;

use spotify_api::{
    Client,
    endpoints::following::FollowedRequest,
    id::SpotifyUri,
    model::{SavedAlbum, SavedAudiobook, SavedEpisode, SavedShow, SavedTrack},
};

use super::{
    CheckLibrary, Checked, GetFollowedArtists, GetLibrary, LibraryChange, RemoveFromLibrary,
    SaveToLibrary, SavedKind,
};
use crate::{
    failure::Cause,
    journal::Change,
    sanitise,
    tools::{
        Tool as _,
        call::{Call, Run, Text},
        gather::gather,
        page::{List, Onward},
        playlists::Confirmation,
        rendering::Lines,
        rows::Row,
    },
};

/// How long a report may wait for a look at the library.
const LOOK: Duration = Duration::from_secs(10);

impl Run for GetLibrary {
    async fn run(self, call: Call) -> Result<List, Cause> {
        let client = &call.client().await?;
        let asked = &self.paging;
        let list = match self.kind {
            SavedKind::Tracks => {
                let row = |saved: &SavedTrack| {
                    since(saved.added_at.as_deref(), Row::of_track(saved.track.as_ref()?))
                };
                gather("saved tracks", asked, None, |page| client.saved_tracks(page), row).await
            }
            SavedKind::Albums => {
                let row = |saved: &SavedAlbum| {
                    since(saved.added_at.as_deref(), Row::of_album(saved.album.as_ref()?))
                };
                gather("saved albums", asked, None, |page| client.saved_albums(page), row).await
            }
            SavedKind::Shows => {
                let row = |saved: &SavedShow| {
                    since(saved.added_at.as_deref(), Row::of_show(saved.show.as_ref()?))
                };
                gather("saved shows", asked, None, |page| client.saved_shows(page), row).await
            }
            SavedKind::Episodes => {
                let row = |saved: &SavedEpisode| {
                    since(saved.added_at.as_deref(), Row::of_episode(saved.episode.as_ref()?))
                };
                gather("saved episodes", asked, None, |page| client.saved_episodes(page), row).await
            }
            SavedKind::Audiobooks => {
                let row = |saved: &SavedAudiobook| {
                    since(saved.added_at.as_deref(), Row::of_audiobook(saved.audiobook.as_ref()?))
                };
                gather("saved audiobooks", asked, None, |page| client.saved_audiobooks(page), row)
                    .await
            }
        };
        Ok(list?)
    }
}

/// Tells since when something is there.
fn since(added_at: Option<&str>, row: Option<Row>) -> Option<Row> {
    let since = added_at.map(|text| sanitise::line(text, 20));
    Some(Row { since, ..row? })
}

impl Run for GetFollowedArtists {
    async fn run(self, call: Call) -> Result<Onward, Cause> {
        let after = self.cursor.map(|cursor| cursor.0);
        let request = FollowedRequest { limit: Some(self.limit), after };
        let page = call.client().await?.followed_artists(request).await?;
        let next = page.cursors.as_ref().and_then(|cursors| cursors.after.as_deref());
        let next = next.filter(|_| page.has_more()).map(sanitise::mark);
        let rows = page.items.iter().map(|artist| Row::of_artist(artist.as_ref()?));
        Ok(Onward::new(List::whole("followed artists", rows), page.total, next))
    }
}

impl Run for CheckLibrary {
    fn targets(&self) -> Vec<SpotifyUri> {
        self.items.0.clone()
    }

    async fn run(self, call: Call) -> Result<Checked, Cause> {
        let saved = call.client().await?.saved(&self.items.0).await?;
        let of = |wanted: bool| {
            let pairs = self.items.0.iter().zip(&saved);
            pairs.filter(|(_, saved)| **saved == wanted).map(|(uri, _)| uri.to_string()).collect()
        };
        Ok(Checked { saved: of(true), not_saved: of(false) })
    }
}

impl Text for Checked {
    fn text(&self) -> String {
        let lines = Lines::new(format!(
            "{} saved or followed, {} not (data from Spotify):",
            self.saved.len(),
            self.not_saved.len()
        ));
        let lines = self.saved.iter().fold(lines, |lines, uri| lines.line(&format!("yes | {uri}")));
        self.not_saved.iter().fold(lines, |lines, uri| lines.line(&format!("no | {uri}"))).finish()
    }
}

impl Run for SaveToLibrary {
    fn targets(&self) -> Vec<SpotifyUri> {
        self.items.0.clone()
    }

    async fn run(self, call: Call) -> Result<LibraryChange, Cause> {
        let client = call.client().await?;
        let before = look(&client, &self.items.0).await;
        client.save(&self.items.0).await?;
        let after = look(&client, &self.items.0).await;
        let changed = LibraryChange::of(&self.items.0, before.as_deref(), after.as_deref(), true);
        Ok(changed.kept(&call, Self::SPEC.name, Change::Saved).await)
    }
}

impl Run for RemoveFromLibrary {
    fn targets(&self) -> Vec<SpotifyUri> {
        self.items.0.clone()
    }

    async fn run(self, call: Call) -> Result<LibraryChange, Cause> {
        let client = call.client().await?;
        let before = look(&client, &self.items.0).await;
        if self.dry_run {
            let would = LibraryChange::of(&self.items.0, before.as_deref(), None, false);
            return Ok(LibraryChange { state: Confirmation::Preview, ..would });
        }
        client.unsave(&self.items.0).await?;
        let after = look(&client, &self.items.0).await;
        let changed = LibraryChange::of(&self.items.0, before.as_deref(), after.as_deref(), false);
        Ok(changed.kept(&call, Self::SPEC.name, Change::Removed).await)
    }
}

/// Looks which things are saved, if that can be had soon.
pub(in crate::tools) async fn look(client: &Client, uris: &[SpotifyUri]) -> Option<Vec<bool>> {
    tokio::time::timeout(LOOK, client.saved(uris)).await.ok()?.ok()
}

impl LibraryChange {
    /// Compares how things were and are with how they are wanted; `None` is what is not known.
    fn of(
        uris: &[SpotifyUri],
        before: Option<&[bool]>,
        after: Option<&[bool]>,
        wanted: bool,
    ) -> Self {
        let differing = |states: &[bool]| {
            let pairs = uris.iter().zip(states);
            pairs
                .filter(|(_, state)| **state != wanted)
                .map(|(uri, _)| uri.to_string())
                .collect::<Vec<_>>()
        };
        let changed = before.map(differing);
        let not_done = after.map(differing).unwrap_or_default();
        let verified = after.is_some() && not_done.is_empty();
        Self {
            state: Confirmation::of(verified),
            unchanged: changed.as_ref().map(|changed| uris.len() - changed.len()),
            changed,
            not_done,
            change: None,
        }
    }

    /// Keeps what it takes to undo the change.
    async fn kept(
        mut self,
        call: &Call,
        tool: &'static str,
        change: fn(Vec<SpotifyUri>) -> Change,
    ) -> Self {
        let uris = self.changed.iter().flatten().filter_map(|uri| uri.parse().ok());
        let uris: Vec<SpotifyUri> = uris.collect();
        if !uris.is_empty() {
            self.change = call.keep(tool, change(uris)).await;
        }
        self
    }
}

impl Text for LibraryChange {
    fn text(&self) -> String {
        let what = match &self.changed {
            Some(changed) if self.state == Confirmation::Preview => {
                format!("{} would change in the library.", changed.len())
            }
            Some(changed) => format!("{} changed in the library.", changed.len()),
            None => "Spotify confirmed the change of the library.".to_owned(),
        };
        let lines = Lines::new(what)
            .field("state", Some(self.state.as_str()))
            .field("undo with change", self.change.map(|change| change.to_string()))
            .field("as asked for already", self.unchanged.map(|count| count.to_string()));
        self.not_done.iter().fold(lines, |lines, uri| lines.field("not done", Some(uri))).finish()
    }
}
