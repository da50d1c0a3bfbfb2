//! Reads a whole library, four pages at a time, and goes on after an error.

use std::io::{Write as _, stdout};

use futures_util::StreamExt as _;
use spotify_api::Client;
use spotify_sim::Regime;

#[path = "support/simulated.rs"]
mod simulated;

#[tokio::main(flavor = "current_thread")]
async fn main() -> simulated::Result<()> {
    let (_spotify, client) = simulated::start(Regime::DevRestricted).await?;
    let mut done = 0;
    while let Some(stopped_at) = read(&client, done).await? {
        done = stopped_at;
    }
    Ok(())
}

/// Reads from an entry on. Returns where it has to be read on, if it stopped before the end.
async fn read(client: &Client, from: u32) -> simulated::Result<Option<u32>> {
    let mut tracks = client
        .stream(|client, page| async move { client.saved_tracks(page).await })
        .from(from)
        .read_ahead(4);
    while let Some(track) = tracks.next().await {
        match track {
            Ok(_) if tracks.progress().done.is_multiple_of(100) => {
                let progress = tracks.progress();
                writeln!(stdout(), "{} of {}", progress.done, progress.total.unwrap_or(0))?;
            }
            Ok(_) => {}
            Err(error) if error.is_retryable() => return Ok(Some(tracks.progress().done)),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(None)
}
