//! Finds an album and lists its tracks.

use std::io::{Write as _, stdout};

use spotify_api::{
    PageRequest,
    endpoints::search::{SearchKind, SearchQuery},
};
use spotify_sim::Regime;

#[path = "support/simulated.rs"]
mod simulated;

#[tokio::main(flavor = "current_thread")]
async fn main() -> simulated::Result<()> {
    let (_spotify, client) = simulated::start(Regime::DevRestricted).await?;

    let query = SearchQuery::new("harbour lights", [SearchKind::Album]);
    let found = client.search(&query).await?.albums.ok_or("no albums asked for")?;
    let id = found.present().find_map(|album| album.id).ok_or("no album found")?;

    let album = client.album(id).await?;
    writeln!(stdout(), "{}", album.name.unwrap_or_default())?;
    let tracks = client.album_tracks(id, PageRequest::first(50)).await?;
    for track in tracks.present() {
        let name = track.name.as_deref().unwrap_or("?");
        writeln!(stdout(), "{:>3}. {name}", track.track_number.unwrap_or(0))?;
    }

    // Several at once: in one request where the app may, else one by one. The order is kept, and
    // what Spotify does not have is `None`.
    let albums = client.albums(&[id, "0000000000000000000000".parse()?]).await?;
    assert!(matches!(albums.as_slice(), [Some(_), None]));
    Ok(())
}
