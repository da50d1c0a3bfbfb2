//! What listing and reading playlists does.

use spotify_api::{
    id::{PlaylistId, SpotifyUri},
    model::{self, Playlist, PlaylistItem, User},
};

use super::{Contents, GetPlaylist, GetPlaylists, PlaylistDetails, Visibility};
use crate::{
    failure::Cause,
    sanitise,
    tools::{
        call::{Call, Run, Text},
        gather::gather,
        page::List,
        rendering::{Lines, description, name},
        rows::Row,
    },
};

impl Run for GetPlaylists {
    async fn run(self, call: Call) -> Result<List, Cause> {
        let client = call.client().await?;
        let fetch = |page| client.my_playlists(page);
        Ok(gather("playlists", &self.paging, None, fetch, Row::of_playlist).await?)
    }
}

impl Row {
    /// Makes a row of a playlist, if it has a URI.
    pub(in crate::tools) fn of_playlist(playlist: &Playlist) -> Option<Self> {
        let tracks = playlist.contents().total();
        Some(Self {
            uri: playlist.uri.as_ref()?.to_string(),
            name: name(playlist.name.as_deref()),
            owner: owner(playlist.owner.as_ref()),
            kind: tracks.is_none().then(|| "contents withheld".to_owned()),
            tracks,
            visibility: Visibility::of(playlist).map(|visibility| visibility.as_str().to_owned()),
            description: description(playlist.description.as_deref()),
            ..Self::default()
        })
    }
}

impl Row {
    /// Makes a row of an entry, if it is shown and has a URI.
    pub(super) fn of_entry(item: &PlaylistItem) -> Option<Self> {
        let since = item.added_at.as_deref().map(|text| sanitise::line(text, 20));
        Some(Self { since, ..Self::of_playable(item.playable()?)? })
    }
}

impl Visibility {
    /// Returns what Spotify reports, if it reports anything.
    pub(super) fn of(playlist: &Playlist) -> Option<Self> {
        match (playlist.collaborative, playlist.public) {
            (Some(true), _) => Some(Self::Collaborative),
            (_, Some(true)) => Some(Self::Public),
            (_, Some(false)) => Some(Self::Private),
            (_, None) => None,
        }
    }

    /// Returns the visibility as one word.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Private => "private",
            Self::Public => "public",
            Self::Collaborative => "collaborative",
        }
    }
}

fn owner(user: Option<&User>) -> Option<String> {
    let user = user?;
    let id = || user.id.as_ref().map(|id| sanitise::name(id.as_str()));
    name(user.display_name.as_deref()).or_else(id)
}

impl Run for GetPlaylist {
    fn targets(&self) -> Vec<SpotifyUri> {
        vec![self.playlist.0.uri()]
    }

    async fn run(self, call: Call) -> Result<PlaylistDetails, Cause> {
        let client = call.client().await?;
        let playlist = client.playlist(self.playlist.0).await?;
        let first = match playlist.contents() {
            model::Contents::Withheld => return Ok(details(self.playlist.0, &playlist, None)),
            model::Contents::Page(page) if self.paging.offset == 0 => Some(page.clone()),
            model::Contents::Page(_) | model::Contents::Ref(_) => None,
        };
        let fetch = |page| client.playlist_items(self.playlist.0, page);
        let entries = gather("tracks", &self.paging, first, fetch, Row::of_entry).await?;
        Ok(details(self.playlist.0, &playlist, Some(entries)))
    }
}

fn details(id: PlaylistId, playlist: &Playlist, entries: Option<List>) -> PlaylistDetails {
    PlaylistDetails {
        uri: id.uri().to_string(),
        name: name(playlist.name.as_deref()),
        description: description(playlist.description.as_deref()),
        owner: owner(playlist.owner.as_ref()),
        visibility: Visibility::of(playlist),
        snapshot_id: playlist.snapshot_id.as_ref().map(|id| sanitise::mark(id.as_str())),
        link: id.url(),
        contents: if entries.is_some() { Contents::Listed } else { Contents::Withheld },
        entries,
    }
}

impl Text for PlaylistDetails {
    fn text(&self) -> String {
        let lines = Lines::new("Playlist (data from Spotify):")
            .field("name", self.name.as_ref())
            .field("uri", Some(&self.uri))
            .field("owner", self.owner.as_ref())
            .field("visibility", self.visibility.map(Visibility::as_str))
            .field("description", self.description.as_ref())
            .field("snapshot_id", self.snapshot_id.as_ref())
            .field("link", Some(&self.link));
        match &self.entries {
            Some(entries) => lines.list(entries).finish(),
            None => lines
                .line("Spotify withholds the entries from this app: the playlist belongs to another person. It is not known to be empty.")
                .finish(),
        }
    }
}
