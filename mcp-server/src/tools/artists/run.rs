//! What looking an artist up does.

use spotify_api::id::SpotifyUri;

use super::{ArtistDetails, GetArtistDetails};
use crate::{
    failure::Cause,
    sanitise,
    tools::{
        call::{Call, Run, Text},
        gather::gather,
        rendering::{Lines, name},
        rows::Row,
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
        let fetch = |page| client.artist_albums(self.artist.0, &[], page);
        let (artist, albums) = tokio::try_join!(
            client.artist(self.artist.0),
            gather("albums", &self.paging, None, fetch, Row::of_album),
        )?;
        let id = artist.id.unwrap_or(self.artist.0);
        let genres = artist.genres.iter().take(GENRES);
        Ok(ArtistDetails {
            uri: id.uri().to_string(),
            name: name(artist.name.as_deref()),
            genres: genres.map(|genre| sanitise::line(genre, 40)).collect(),
            followers: artist.followers.as_ref().and_then(|followers| followers.total),
            popularity: artist.popularity,
            link: id.url(),
            albums,
        })
    }
}

impl Text for ArtistDetails {
    fn text(&self) -> String {
        let genres = (!self.genres.is_empty()).then(|| self.genres.join(", "));
        Lines::new("Artist (data from Spotify):")
            .field("name", self.name.as_ref())
            .field("uri", Some(&self.uri))
            .field("genres", genres)
            .field("followers", self.followers.map(|followers| followers.to_string()))
            .field("popularity", self.popularity.map(|popularity| popularity.to_string()))
            .field("link", Some(&self.link))
            .list(&self.albums)
            .finish()
    }
}
