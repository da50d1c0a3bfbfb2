//! Plays an album on a certain device and tells what plays.

use std::{
    io::{Write as _, stdout},
    time::Duration,
};

use spotify_api::{
    endpoints::{
        player::{Play, Shuffle, Volume},
        search::{SearchKind, SearchQuery},
    },
    model::Playable,
};
use spotify_sim::Regime;

#[path = "support/simulated.rs"]
mod simulated;

#[tokio::main(flavor = "current_thread")]
async fn main() -> simulated::Result<()> {
    let (_spotify, client) = simulated::start(Regime::DevRestricted).await?;

    let devices = client.devices().await?;
    let device = devices.into_iter().find_map(|device| device.id).ok_or("nothing can play")?;
    let query = SearchQuery::new("harbour lights", [SearchKind::Album]);
    let found = client.search(&query).await?.albums.ok_or("no albums asked for")?;
    let album = found.present().find_map(|album| album.id).ok_or("no album found")?;

    // Commands go to this device; without it, to the active one.
    let player = client.on_device(device);
    player.play(&Play::context(album).from_entry(1).at(Duration::from_secs(30))).await?;
    player.set_shuffle(Shuffle::Off).await?;
    player.set_volume(Volume::percent(40).ok_or("at most 100 %")?).await?;

    let Some(playing) = client.currently_playing().await? else {
        writeln!(stdout(), "nothing plays")?;
        return Ok(());
    };
    let name = playing.item.as_ref().and_then(Playable::name).unwrap_or("something");
    writeln!(stdout(), "{name} plays")?;
    player.pause().await?;
    Ok(())
}
