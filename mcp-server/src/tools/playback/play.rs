//! What starting to play does.

use spotify_api::{
    Client, Page, PageRequest,
    endpoints::{
        player::Play,
        search::{SearchKind, SearchQuery},
    },
    id::SpotifyUri,
};

use super::{Commanded, PlayKind, PlayMusic, command::Player};
use crate::{
    failure::{Cause, Code, Failure},
    tools::{
        call::{Call, Run},
        rows::{Columns, Row},
    },
};

/// How many of a person's playlists are looked through for a name.
const PLAYLISTS: u32 = 50;

impl Run for PlayMusic {
    fn targets(&self) -> Vec<SpotifyUri> {
        match (&self.tracks, self.uri()) {
            (Some(tracks), _) => tracks.0.clone(),
            (None, uri) => uri.into_iter().collect(),
        }
    }

    async fn run(self, call: Call) -> Result<Commanded, Cause> {
        let player = Player::of(&call, self.device.as_deref()).await?;
        let (play, item) = self.resolve(&player.client).await?;
        let done = if play == Play::resume() { "playing goes on" } else { "playing begins" };
        let result = player.client.play(&play).await;
        Ok(Commanded { item, ..player.done(result, done).await? })
    }
}

impl PlayMusic {
    fn uri(&self) -> Option<SpotifyUri> {
        self.what.as_deref()?.trim().parse().ok()
    }

    async fn resolve(&self, client: &Client) -> Result<(Play, Option<Row>), Cause> {
        if let Some(tracks) = &self.tracks {
            return Ok((Play::entries(tracks.0.iter().cloned()), None));
        }
        let words = match self.what.as_deref().map(str::trim) {
            None | Some("") => return Ok((Play::resume(), None)),
            Some(words) => words,
        };
        if let Some(uri) = self.uri() {
            return Ok((of(uri), None));
        }
        let mut row = self.named(client, words).await?.ok_or_else(|| nothing(words))?;
        row.keep(&Columns::Minimal);
        let uri = row.uri.parse().map_err(|_| nothing(words))?;
        Ok((of(uri), Some(row)))
    }

    /// Finds what words name: the first that Spotify's search gives.
    async fn named(&self, client: &Client, words: &str) -> Result<Option<Row>, Cause> {
        let kind = match self.kind {
            PlayKind::Track => SearchKind::Track,
            PlayKind::Album => SearchKind::Album,
            PlayKind::Artist => SearchKind::Artist,
            PlayKind::Playlist => {
                if let Some(row) = own_playlist(client, words).await? {
                    return Ok(Some(row));
                }
                SearchKind::Playlist
            }
        };
        let found =
            client.search(&SearchQuery::new(words, [kind]).page(PageRequest::first(5))).await?;
        let tracks = found.tracks.iter().flat_map(Page::present);
        let albums = found.albums.iter().flat_map(Page::present);
        let artists = found.artists.iter().flat_map(Page::present);
        let playlists = found.playlists.iter().flat_map(Page::present);
        Ok(tracks
            .filter_map(Row::of_track)
            .chain(albums.filter_map(Row::of_album))
            .chain(artists.filter_map(Row::of_artist))
            .chain(playlists.filter_map(Row::of_playlist))
            .next())
    }
}

/// Finds a playlist of the person: one with that very name, else the only one whose name holds it.
async fn own_playlist(client: &Client, words: &str) -> Result<Option<Row>, Cause> {
    let page = client.my_playlists(PageRequest::first(PLAYLISTS)).await?;
    let lower = words.to_lowercase();
    let named = |fits: &dyn Fn(&str) -> bool| {
        let rows = page.present().filter_map(Row::of_playlist);
        rows.filter(|row| row.name.as_deref().is_some_and(|name| fits(&name.to_lowercase())))
            .collect::<Vec<_>>()
    };
    let mut found = named(&|name| name == lower);
    if found.is_empty() {
        found = named(&|name| name.contains(&lower));
    }
    Ok(if found.len() == 1 { found.pop() } else { None })
}

fn of(uri: SpotifyUri) -> Play {
    if uri.is_context() { Play::context(uri) } else { Play::entries([uri]) }
}

fn nothing(words: &str) -> Cause {
    Cause::Told(Failure::new(
        Code::NotFound,
        format!("Spotify's search finds nothing for \"{}\"", crate::sanitise::name(words)),
        "Call search_tracks or search_catalogue with other words, and play a URI from there.",
    ))
}
