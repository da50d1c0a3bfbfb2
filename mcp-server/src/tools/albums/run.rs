//! What looking an album up does.

use spotify_api::{Page, id::SpotifyUri, model::Track};

use super::{AlbumDetails, GetAlbumDetails};
use crate::{
    failure::Cause,
    tools::{
        call::{Call, Run, Text},
        gather::gather,
        rendering::{Lines, kind, name, released},
        rows::{Named, Row},
    },
};

impl Run for GetAlbumDetails {
    fn targets(&self) -> Vec<SpotifyUri> {
        vec![self.album.0.uri()]
    }

    async fn run(self, call: Call) -> Result<AlbumDetails, Cause> {
        let client = call.client().await?;
        let mut album = client.album(self.album.0).await?;
        let id = album.id.unwrap_or(self.album.0);
        let limit = self.paging.limit;
        let first = album.tracks.take();
        let first = first.filter(|page| self.paging.offset == 0 && covers(page, limit));
        let fetch = |page| client.album_tracks(id, page);
        // The album is named once.
        let row = |track: &Track| Some(Row { album: None, ..Row::of_track(track)? });
        let tracks = gather("tracks", &self.paging, first, fetch, row).await?;
        Ok(AlbumDetails {
            uri: id.uri().to_string(),
            name: name(album.name.as_deref()),
            artists: album.artists.iter().filter_map(Named::of).collect(),
            kind: kind(&album),
            released: released(album.release_date.as_ref()),
            label: name(album.label.as_deref()),
            link: id.url(),
            tracks,
        })
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
            .list(&self.tracks)
            .finish()
    }
}
