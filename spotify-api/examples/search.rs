//! Searches for several kinds of things at once.

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

    // At most 10 of each kind for newer apps, 50 for others: more asks for as many as there may be.
    let kinds = [SearchKind::Artist, SearchKind::Track];
    let query = SearchQuery::new("the year:2015-2026", kinds).page(PageRequest::first(50));
    let found = client.search(&query).await?;
    let tracks = found.tracks.ok_or("no tracks asked for")?;
    writeln!(stdout(), "{} of {} tracks", tracks.present().count(), tracks.total.unwrap_or(0))?;
    let artists = found.artists.ok_or("no artists asked for")?;
    writeln!(stdout(), "{} of {} artists", artists.present().count(), artists.total.unwrap_or(0))?;
    Ok(())
}
