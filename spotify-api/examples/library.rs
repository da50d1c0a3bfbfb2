//! Saves things of several kinds, tells which are saved, and removes them.

use std::io::{Write as _, stdout};

use spotify_api::{
    Error, Page,
    endpoints::search::{SearchKind, SearchQuery},
    id::SpotifyUri,
};
use spotify_sim::Regime;

#[path = "support/simulated.rs"]
mod simulated;

#[tokio::main(flavor = "current_thread")]
async fn main() -> simulated::Result<()> {
    let (_spotify, client) = simulated::start(Regime::DevRestricted).await?;

    let query = SearchQuery::new("harbour lights", [SearchKind::Album, SearchKind::Track]);
    let found = client.search(&query).await?;
    let albums = found.albums.iter().flat_map(Page::present).filter_map(|album| album.id);
    let tracks = found.tracks.iter().flat_map(Page::present).filter_map(|track| track.id);
    let uris: Vec<SpotifyUri> =
        albums.map(SpotifyUri::from).chain(tracks.map(SpotifyUri::from)).collect();

    match client.save(&uris).await {
        Ok(()) => writeln!(stdout(), "saved {}", uris.len())?,
        // Saving again changes nothing, so the whole call can be made once more.
        Err(Error::Incomplete { done, total, source, .. }) => {
            writeln!(stdout(), "saved {done} of {total}: {source}")?;
        }
        Err(error) => return Err(error.into()),
    }
    assert!(client.saved(&uris).await?.into_iter().all(|saved| saved));
    client.unsave(&uris).await?;
    Ok(())
}
