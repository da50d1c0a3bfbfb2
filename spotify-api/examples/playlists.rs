//! Creates a playlist, fills it, moves an entry and removes another.

use std::io::{Write as _, stdout};

use spotify_api::{
    PageRequest,
    endpoints::{
        playlists::{Move, NewPlaylist},
        search::SearchQuery,
    },
    id::SpotifyUri,
    model::Playable,
};
use spotify_sim::Regime;

#[path = "support/simulated.rs"]
mod simulated;

#[tokio::main(flavor = "current_thread")]
async fn main() -> simulated::Result<()> {
    let (_spotify, client) = simulated::start(Regime::DevRestricted).await?;

    let new = NewPlaylist::private("Evening").description("made by an example");
    let id = client.create_playlist(&new).await?.id.ok_or("a playlist without an id")?;
    let query = SearchQuery::tracks("a").page(PageRequest::first(3));
    let found = client.search(&query).await?.tracks.ok_or("no tracks asked for")?;
    let uris: Vec<SpotifyUri> =
        found.present().filter_map(|track| track.id).map(SpotifyUri::from).collect();

    let version = client.add_items(id, &uris, None).await?;
    client.move_items(id, &Move::entry(0, 2).in_version(version)).await?;
    if let Some(first) = uris.first() {
        client.remove_items(id, std::slice::from_ref(first)).await?;
    }
    for item in client.playlist_items(id, PageRequest::default()).await?.present() {
        writeln!(stdout(), "{}", item.playable().and_then(Playable::name).unwrap_or("?"))?;
    }
    Ok(())
}
