//! What looking an album up does.

use spotify_api::{Client, Error, Page, PageRequest, id::SpotifyUri, model::Track};

use super::{AlbumDetails, GetAlbumDetails};
use crate::{
    failure::Cause,
    tools::{
        call::{Call, Run, Text},
        page::PageInfo,
        rendering::{Lines, heading, kind, name, released},
        rows::{Named, TrackRow},
    },
};

impl Run for GetAlbumDetails {
    fn targets(&self) -> Vec<SpotifyUri> {
        vec![self.album.0.uri()]
    }

    async fn run(self, call: Call) -> Result<AlbumDetails, Cause> {
        let client = call.client().await?;
        let mut album = client.album(self.album.0).await?;
        let page = self.tracks(&client, album.tracks.take()).await?;
        let first = page.offset.unwrap_or(0);
        let places =
            (first..).zip(&page.items).take(usize::try_from(self.limit).unwrap_or(usize::MAX));
        let tracks: Vec<TrackRow> = places
            .filter_map(|(at, track)| {
                Some(TrackRow { at: Some(at), album: None, ..TrackRow::of_track(track.as_ref()?)? })
            })
            .collect();
        let mut info = PageInfo::of(&page, tracks.len());
        if u32::try_from(page.items.len()).is_ok_and(|held| held > self.limit) {
            info.next_offset = Some(first + self.limit);
        }
        let id = album.id.unwrap_or(self.album.0);
        Ok(AlbumDetails {
            uri: id.uri().to_string(),
            name: name(album.name.as_deref()),
            artists: album.artists.iter().filter_map(Named::of).collect(),
            kind: kind(&album),
            released: released(album.release_date.as_ref()),
            label: name(album.label.as_deref()),
            link: id.url(),
            tracks,
            page: info,
        })
    }
}

impl GetAlbumDetails {
    /// Returns the tracks asked for: those that came with the album, if they are the ones.
    async fn tracks(
        &self,
        client: &Client,
        embedded: Option<Page<Track>>,
    ) -> Result<Page<Track>, Error> {
        match embedded {
            Some(page) if self.offset == 0 && covers(&page, self.limit) => Ok(page),
            _ => {
                let request = PageRequest { limit: Some(self.limit), offset: self.offset };
                client.album_tracks(self.album.0, request).await
            }
        }
    }
}

/// Whether a first page holds everything that is asked for.
fn covers<T>(page: &Page<T>, limit: u32) -> bool {
    !page.has_more() || u32::try_from(page.items.len()).is_ok_and(|held| held >= limit)
}

impl Text for AlbumDetails {
    fn text(&self) -> String {
        let lines = Lines::new("Album (data from Spotify):")
            .field("title", self.name.as_ref())
            .field("uri", Some(&self.uri));
        let artists = self.artists.iter();
        artists
            .fold(lines, |lines, artist| lines.field("artist", Some(artist.line())))
            .field("type", self.kind.as_ref())
            .field("released", self.released.as_ref())
            .field("label", self.label.as_ref())
            .field("link", Some(&self.link))
            .line(&heading("tracks", &self.page))
            .tracks(&self.tracks)
            .more(&self.page)
            .finish()
    }
}
