//! Lists what the app may do, and keeps what was learned about it.

use std::io::{Write as _, stdout};

use spotify_api::{Learned, LearnedState, Regime, catalogue, endpoint::Offer};

#[path = "support/simulated.rs"]
mod simulated;

#[tokio::main(flavor = "current_thread")]
async fn main() -> simulated::Result<()> {
    let (spotify, client) = simulated::start(spotify_sim::Regime::DevRestricted).await?;

    let offered = |regime| {
        let there = catalogue().filter(|endpoint| endpoint.status.offered_in(regime) == Offer::Yes);
        there.count()
    };
    for regime in Regime::ALL {
        writeln!(stdout(), "{regime}: {} operations for certain", offered(regime))?;
    }

    // The client has to find out: this app has no batches, so tracks come one by one.
    let ids = ["Midnight Ferry", "Low Tide"].map(|title| spotify.track_uri(title));
    let ids: Vec<_> = ids.iter().flatten().filter_map(|uri| uri.parse().ok()).collect();
    client.tracks(&ids).await?;

    // What it found out can outlive the program; `now` is the program's clock.
    let now = "2026-11-02T09:00:00Z".parse()?;
    let text = serde_json::to_string_pretty(&client.learned().state(now))?;
    writeln!(stdout(), "{text}")?;
    let learned = Learned::default();
    learned.restore(&serde_json::from_str::<LearnedState>(&text)?, now);
    Ok(())
}
