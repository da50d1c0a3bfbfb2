//! What listing and reading playlists does.

use spotify_api::{
    Client, Error, Page, PageRequest,
    id::{PlaylistId, SpotifyUri},
    model::{self, Playlist, PlaylistItem, User},
};

use super::{
    Contents, GetPlaylist, GetPlaylists, Listed, PlaylistDetails, PlaylistRow, Visibility,
};
use crate::{
    failure::Cause,
    sanitise,
    tools::{
        call::{Call, Run, Text},
        page::PageInfo,
        rendering::{Lines, heading, joined, name},
        rows::TrackRow,
    },
};

impl Run for GetPlaylists {
    async fn run(self, call: Call) -> Result<Listed, Cause> {
        let request = PageRequest { limit: Some(self.limit), offset: self.offset };
        let page = call.client().await?.my_playlists(request).await?;
        let playlists: Vec<PlaylistRow> = page.present().filter_map(PlaylistRow::of).collect();
        let page = PageInfo::of(&page, playlists.len());
        Ok(Listed { playlists, page })
    }
}

impl PlaylistRow {
    fn of(playlist: &Playlist) -> Option<Self> {
        Some(Self {
            uri: playlist.uri.as_ref()?.to_string(),
            name: name(playlist.name.as_deref()),
            owner: owner(playlist.owner.as_ref()),
            tracks: playlist.contents().total(),
            visibility: Visibility::of(playlist),
        })
    }

    fn line(&self) -> String {
        let tracks = match self.tracks {
            Some(tracks) => format!("{tracks} tracks"),
            None => "contents withheld".to_owned(),
        };
        let owner = self.owner.as_ref().map(|owner| format!("by {owner}"));
        joined([
            Some(self.name.as_deref().unwrap_or("(no name)")),
            owner.as_deref(),
            Some(&tracks),
            self.visibility.map(Visibility::as_str),
            Some(&self.uri),
        ])
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

impl Text for Listed {
    fn text(&self) -> String {
        if self.playlists.is_empty() {
            return "No playlists here.".to_owned();
        }
        let lines = Lines::new(heading("playlists", &self.page));
        let rows = self.playlists.iter();
        rows.fold(lines, |lines, row| lines.line(&row.line())).more(&self.page).finish()
    }
}

impl Run for GetPlaylist {
    fn targets(&self) -> Vec<SpotifyUri> {
        vec![self.playlist.0.uri()]
    }

    async fn run(self, call: Call) -> Result<PlaylistDetails, Cause> {
        let client = call.client().await?;
        let playlist = client.playlist(self.playlist.0).await?;
        let entries = match playlist.contents() {
            model::Contents::Withheld => None,
            model::Contents::Page(page) if self.offset == 0 => {
                Some(self.entries(&client, Some(page.clone())).await?)
            }
            model::Contents::Page(_) | model::Contents::Ref(_) => {
                Some(self.entries(&client, None).await?)
            }
        };
        Ok(details(self.playlist.0, &playlist, entries))
    }
}

/// Entries of a playlist, and where they stand in it.
struct Entries {
    rows: Vec<TrackRow>,
    unavailable_at: Vec<u32>,
    page: PageInfo,
}

impl GetPlaylist {
    /// Collects as many entries as the limit asks for, beginning with those that came along.
    async fn entries(
        &self,
        client: &Client,
        first: Option<Page<PlaylistItem>>,
    ) -> Result<Entries, Error> {
        let end = self.offset.saturating_add(self.limit);
        let (mut rows, mut unavailable_at) = (Vec::new(), Vec::new());
        let mut at = self.offset;
        let mut page = match first {
            Some(page) => page,
            None => client.playlist_items(self.playlist.0, request(at, end)).await?,
        };
        let next_offset = loop {
            let covered = page.offset.unwrap_or(at);
            for (at, item) in (covered..end).zip(&page.items) {
                let playable = item.as_ref().and_then(PlaylistItem::playable);
                match playable.and_then(|playable| TrackRow::of_playable(playable, at)) {
                    Some(row) => rows.push(row),
                    None => unavailable_at.push(at),
                }
            }
            let held = u32::try_from(page.items.len()).unwrap_or(u32::MAX);
            if covered.saturating_add(held) > end {
                break Some(end);
            }
            match page.next_page() {
                Some(next) if next.offset < end => at = next.offset,
                next => break next.map(|next| next.offset),
            }
            let total = page.total;
            page = client.playlist_items(self.playlist.0, request(at, end)).await?;
            page.total = page.total.or(total);
        };
        let returned = u32::try_from(rows.len()).unwrap_or(u32::MAX);
        let page = PageInfo { offset: self.offset, returned, total: page.total, next_offset };
        Ok(Entries { rows, unavailable_at, page })
    }
}

/// Asks for entries up to `end`; the client keeps to the largest page that Spotify takes.
const fn request(offset: u32, end: u32) -> PageRequest {
    PageRequest { limit: Some(end.saturating_sub(offset)), offset }
}

fn details(id: PlaylistId, playlist: &Playlist, entries: Option<Entries>) -> PlaylistDetails {
    let description = playlist.description.as_deref().map(sanitise::description);
    let contents = if entries.is_some() { Contents::Listed } else { Contents::Withheld };
    let (tracks, unavailable_at, page) = match entries {
        Some(Entries { rows, unavailable_at, page }) => (rows, unavailable_at, Some(page)),
        None => (Vec::new(), Vec::new(), None),
    };
    PlaylistDetails {
        uri: id.uri().to_string(),
        name: name(playlist.name.as_deref()),
        description: description.filter(|text| !text.is_empty()),
        owner: owner(playlist.owner.as_ref()),
        visibility: Visibility::of(playlist),
        snapshot_id: playlist.snapshot_id.as_ref().map(|id| sanitise::mark(id.as_str())),
        link: id.url(),
        contents,
        tracks,
        unavailable_at,
        page,
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
        let Some(page) = &self.page else {
            return lines
                .line("Spotify withholds the entries from this app: the playlist belongs to another person. It is not known to be empty.")
                .finish();
        };
        let unavailable = (!self.unavailable_at.is_empty()).then(|| {
            let places: Vec<String> = self.unavailable_at.iter().map(ToString::to_string).collect();
            places.join(", ")
        });
        lines
            .line(&heading("tracks", page))
            .tracks(&self.tracks)
            .field("not shown by Spotify, at", unavailable)
            .more(page)
            .finish()
    }
}
