//! Lists the chapters of an audiobook, as they are in a market.

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
    // Every call that takes a market now asks for this one.
    let client = client.in_market("GB".parse()?);

    let query = SearchQuery::new("a", [SearchKind::Audiobook]);
    let found = client.search(&query).await?.audiobooks.ok_or("no audiobooks asked for")?;
    let id = found.present().find_map(|book| book.id).ok_or("no audiobook found")?;
    let chapters = client.audiobook_chapters(id, PageRequest::first(3)).await?;
    for chapter in chapters.present() {
        let minutes = chapter.duration_ms.unwrap_or(0) / 60_000;
        writeln!(stdout(), "{} ({minutes} min)", chapter.name.as_deref().unwrap_or("?"))?;
    }
    Ok(())
}
