//! What looking up things that only older apps may see does.

use spotify_api::id::SpotifyUri;

use super::{GetArtistTopTracks, GetNewReleases, GetRelatedArtists};
use crate::{
    failure::Cause,
    tools::{
        call::{Call, Run},
        gather::gather,
        page::List,
        rows::Row,
    },
};

impl Run for GetArtistTopTracks {
    fn targets(&self) -> Vec<SpotifyUri> {
        vec![self.artist.0.uri()]
    }

    async fn run(self, call: Call) -> Result<List, Cause> {
        let tracks = call.client().await?.artist_top_tracks(self.artist.0).await?;
        Ok(List::whole("tracks", tracks.iter().map(Row::of_track)))
    }
}

impl Run for GetRelatedArtists {
    fn targets(&self) -> Vec<SpotifyUri> {
        vec![self.artist.0.uri()]
    }

    async fn run(self, call: Call) -> Result<List, Cause> {
        let artists = call.client().await?.related_artists(self.artist.0).await?;
        Ok(List::whole("artists", artists.iter().map(Row::of_artist)))
    }
}

impl Run for GetNewReleases {
    async fn run(self, call: Call) -> Result<List, Cause> {
        let client = call.client().await?;
        let fetch = |page| client.new_releases(page);
        Ok(gather("albums", &self.paging, None, fetch, Row::of_album).await?)
    }
}
