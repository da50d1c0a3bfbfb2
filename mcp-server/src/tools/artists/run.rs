//! What looking an artist up does.

use spotify_api::{Client, Page, PageRequest, id::SpotifyUri, model::Album};

use super::{ArtistDetails, GetArtistDetails};
use crate::{
    failure::Cause,
    sanitise,
    tools::{
        call::{Call, Run, Text},
        page::PageInfo,
        rendering::{Lines, heading, joined, name},
        rows::AlbumRow,
    },
};

/// The most genres that are named.
const GENRES: usize = 10;

impl Run for GetArtistDetails {
    fn targets(&self) -> Vec<SpotifyUri> {
        vec![self.artist.0.uri()]
    }

    async fn run(self, call: Call) -> Result<ArtistDetails, Cause> {
        let client = call.client().await?;
        let (artist, albums) = tokio::try_join!(
            async { client.artist(self.artist.0).await.map_err(Cause::from) },
            self.albums(&client),
        )?;
        let id = artist.id.unwrap_or(self.artist.0);
        let (albums, page) = albums;
        Ok(ArtistDetails {
            uri: id.uri().to_string(),
            name: name(artist.name.as_deref()),
            genres: artist
                .genres
                .iter()
                .take(GENRES)
                .map(|genre| sanitise::line(genre, 40))
                .collect(),
            followers: artist.followers.as_ref().and_then(|followers| followers.total),
            popularity: artist.popularity,
            link: id.url(),
            albums,
            page,
        })
    }
}

impl GetArtistDetails {
    /// Asks for as many pages as the limit needs: a restricted app gets ten albums in each.
    async fn albums(&self, client: &Client) -> Result<(Vec<AlbumRow>, PageInfo), Cause> {
        let mut rows = Vec::new();
        let mut left = self.limit;
        let mut request = PageRequest { limit: Some(self.limit), offset: self.offset };
        let page: Page<Album> = loop {
            let page = client.artist_albums(self.artist.0, &[], request).await?;
            rows.extend(page.present().filter_map(AlbumRow::of));
            left = left.saturating_sub(page.limit.unwrap_or(left));
            match page.next_page() {
                Some(next) if left > 0 => {
                    request =
                        PageRequest { limit: next.limit.map(|limit| limit.min(left)), ..next };
                }
                _ => break page,
            }
        };
        let info = PageInfo { offset: self.offset, ..PageInfo::of(&page, rows.len()) };
        Ok((rows, info))
    }
}

impl Text for ArtistDetails {
    fn text(&self) -> String {
        let genres = (!self.genres.is_empty()).then(|| self.genres.join(", "));
        let lines = Lines::new("Artist (data from Spotify):")
            .field("name", self.name.as_ref())
            .field("uri", Some(&self.uri))
            .field("genres", genres)
            .field("followers", self.followers.map(|followers| followers.to_string()))
            .field("popularity", self.popularity.map(|popularity| popularity.to_string()))
            .field("link", Some(&self.link))
            .line(&heading("albums", &self.page));
        let albums = self.albums.iter();
        albums.fold(lines, |lines, album| lines.line(&album.line())).more(&self.page).finish()
    }
}

impl AlbumRow {
    fn line(&self) -> String {
        let tracks = self.tracks.map(|tracks| format!("{tracks} tracks"));
        joined([
            Some(self.name.as_deref().unwrap_or("(no title)")),
            self.kind.as_deref(),
            self.released.as_deref(),
            tracks.as_deref(),
            Some(&self.uri),
        ])
    }
}
