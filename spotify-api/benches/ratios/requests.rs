//! How many requests common jobs take in each regime.

use spotify_api::id::{SpotifyUri, TrackId};
use spotify_sim::{Regime, Simulator};
use tokio::runtime::Runtime;

use crate::{measure::Row, setup};

pub(crate) fn rows(runtime: &Runtime) -> Vec<Row> {
    [Regime::Extended, Regime::DevLegacy, Regime::DevRestricted]
        .into_iter()
        .flat_map(|regime| runtime.block_on(of_regime(regime)))
        .collect()
}

async fn of_regime(regime: Regime) -> [Row; 2] {
    let sim = Simulator::builder().regime(regime).saved_tracks(1_000).start().await;
    let client = setup::client(&sim, |builder| builder);
    let ids = setup::track_ids(&sim, 1_000).await;
    let details: &[TrackId] = ids.get(..200).expect("there are 1,000 ids");
    // What was learned about the regime is part of a client's life, not of each job.
    client.tracks(details.get(..1).expect("one of 200")).await.expect("the simulator answers");

    sim.clear_requests();
    let found = client.tracks(details).await.expect("the simulator answers");
    assert_eq!(found.iter().flatten().count(), details.len());
    let details = row(&format!("details of 200 tracks, {regime}"), sim.requests().len(), 200);

    sim.clear_requests();
    let uris: Vec<SpotifyUri> = ids.into_iter().map(SpotifyUri::Track).collect();
    client.save(&uris).await.expect("the simulator answers");
    let saves = row(&format!("1,000 saves, {regime}"), sim.requests().len(), 1_000);
    [details, saves]
}

fn row(work: &str, requests: usize, things: u32) -> Row {
    Row {
        work: work.to_owned(),
        ours: format!("{requests} requests"),
        baseline: format!("{things} one by one"),
        ratio: u32::try_from(requests).ok().map(|requests| f64::from(requests) / f64::from(things)),
        goal: None,
    }
}
