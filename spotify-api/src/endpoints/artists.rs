//! Artists.

use super::endpoints;
use crate::{
    Client, Error, Page, PageRequest,
    endpoint::{MARKET, METADATA, optional, required},
    id::ArtistId,
    model::{Album, Artist, Artists, Track, Tracks},
};

endpoints! {
    /// Gets an artist.
    ARTIST: Artist = Endpoint::get("/artists/{id}", "get-an-artist").policies(METADATA);
    /// Gets several artists.
    ARTISTS: Artists = Endpoint::get("/artists", "get-multiple-artists")
        .query(&[required("ids").most(50)])
        .replaced_by("get-an-artist")
        .policies(METADATA);
    /// Lists the albums of an artist.
    ARTIST_ALBUMS: Page<Album> = Endpoint::get("/artists/{id}/albums", "get-an-artists-albums")
        .query(&[optional("include_groups"), MARKET])
        .pages_by_regime(5, 10, 50)
        .policies(METADATA);
    /// Lists the tracks of an artist that are played most.
    TOP_TRACKS: Tracks = Endpoint::get("/artists/{id}/top-tracks", "get-an-artists-top-tracks")
        .query(&[MARKET])
        .removed_2026()
        .policies(METADATA);
    /// Lists artists whose listeners also listen to this one.
    RELATED_ARTISTS: Artists =
        Endpoint::get("/artists/{id}/related-artists", "get-an-artists-related-artists")
        .closed_2024()
        .policies(METADATA);
}

/// How an artist relates to an album.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum AlbumGroup {
    /// The artist's own albums.
    Album,
    /// The artist's own singles and EPs.
    Single,
    /// Albums of others on which the artist appears.
    AppearsOn,
    /// Compilations.
    Compilation,
}

impl AlbumGroup {
    /// Returns the group's name in a request.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Album => "album",
            Self::Single => "single",
            Self::AppearsOn => "appears_on",
            Self::Compilation => "compilation",
        }
    }
}

impl Client {
    /// Gets an artist. Operation: [`ARTIST`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn artist(&self, id: ArtistId) -> Result<Artist, Error> {
        self.call(ARTIST.request(&[id.as_str()])?).await
    }

    /// Gets artists in the order given; `None` for those that Spotify does not have.
    ///
    /// Asks for 50 at a time with [`ARTISTS`] where the app has it, else for each with [`ARTIST`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn artists(&self, ids: &[ArtistId]) -> Result<Vec<Option<Artist>>, Error> {
        self.several(ids, &ARTIST, &ARTISTS, |answer| answer.artists).await
    }

    /// Lists a page of an artist's albums of the given groups, or of all if none is given; at most
    /// 50, for restricted apps 10. Operation: [`ARTIST_ALBUMS`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn artist_albums(
        &self,
        id: ArtistId,
        groups: &[AlbumGroup],
        page: PageRequest,
    ) -> Result<Page<Album>, Error> {
        let names: Vec<&str> = groups.iter().map(|group| group.as_str()).collect();
        let names = (!names.is_empty()).then(|| names.join(","));
        let request = ARTIST_ALBUMS.request(&[id.as_str()])?;
        self.page(request.query_opt("include_groups", names.as_ref()), page).await
    }

    /// Lists the up to 10 tracks of an artist that are played most in a market; see
    /// [`Client::in_market`]. Operation: [`TOP_TRACKS`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn artist_top_tracks(&self, id: ArtistId) -> Result<Vec<Track>, Error> {
        let answer = self.call(TOP_TRACKS.request(&[id.as_str()])?).await?;
        Ok(answer.tracks.into_iter().flatten().collect())
    }

    /// Lists up to 20 artists whose listeners also listen to this one. Operation:
    /// [`RELATED_ARTISTS`].
    ///
    /// # Errors
    /// See [`Error`].
    pub async fn related_artists(&self, id: ArtistId) -> Result<Vec<Artist>, Error> {
        let answer = self.call(RELATED_ARTISTS.request(&[id.as_str()])?).await?;
        Ok(answer.artists.into_iter().flatten().collect())
    }
}
