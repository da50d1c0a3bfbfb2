//! Lists the singles of an artist, and follows the artist where the app may.

use std::io::{Write as _, stdout};

use spotify_api::{
    Error, PageRequest,
    endpoints::{
        artists::AlbumGroup,
        search::{SearchKind, SearchQuery},
    },
};
use spotify_sim::Regime;

#[path = "support/simulated.rs"]
mod simulated;

#[tokio::main(flavor = "current_thread")]
async fn main() -> simulated::Result<()> {
    let (_spotify, client) = simulated::start(Regime::Extended).await?;

    let query = SearchQuery::new("paper lanterns", [SearchKind::Artist]);
    let found = client.search(&query).await?.artists.ok_or("no artists asked for")?;
    let id = found.present().find_map(|artist| artist.id).ok_or("no artist found")?;
    let groups = [AlbumGroup::Album, AlbumGroup::Single];
    let albums = client.artist_albums(id, &groups, PageRequest::first(50)).await?;
    for album in albums.present() {
        writeln!(stdout(), "{}", album.name.as_deref().unwrap_or("?"))?;
    }

    client.save(&[id.uri()]).await?;
    assert_eq!(client.saved(&[id.uri()]).await?, [true]);

    // Spotify removed the most played tracks from newer apps.
    match client.artist_top_tracks(id).await {
        Ok(tracks) => writeln!(stdout(), "{} top tracks", tracks.len())?,
        Err(Error::Removed { .. }) => writeln!(stdout(), "not for this app")?,
        Err(error) => return Err(error.into()),
    }
    Ok(())
}
