//! Lists the episodes of a show and how far they were played.

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

    let query = SearchQuery::new("a", [SearchKind::Show]);
    let found = client.search(&query).await?.shows.ok_or("no shows asked for")?;
    let id = found.present().find_map(|show| show.id).ok_or("no show found")?;
    let episodes = client.show_episodes(id, PageRequest::first(5)).await?;
    for episode in episodes.present() {
        let played = episode.resume_point.as_ref().and_then(|point| point.resume_position_ms);
        let name = episode.name.as_deref().unwrap_or("?");
        writeln!(stdout(), "{name}: {} s", played.unwrap_or(0) / 1000)?;
    }
    Ok(())
}
