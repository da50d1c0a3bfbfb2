//! Reading a library of 10,000 tracks, page by page and with several pages in flight.

use std::time::Duration;

use futures_util::TryStreamExt as _;
use spotify_api::Client;
use spotify_sim::Simulator;
use tokio::runtime::Runtime;

use crate::{
    measure::{Row, compare},
    setup,
};

/// What each answer waits.
const LATENCY: Duration = Duration::from_millis(50);
const TRACKS: usize = 10_000;

pub(crate) fn rows(runtime: &Runtime) -> Vec<Row> {
    let sim = runtime.block_on(Simulator::builder().saved_tracks(TRACKS).start());
    sim.set_latency(LATENCY);
    let usual = setup::client(&sim, |builder| builder);
    let wide = setup::client(&sim, |builder| builder.concurrency(12));
    let one_by_one = || runtime.block_on(read(&usual, 1));
    vec![
        compare(1, || runtime.block_on(read(&usual, 4)), one_by_one).row(
            "10,000 saved tracks, 4 pages in flight (default cap)",
            "one page at a time",
            Some(1.0 / 3.5),
        ),
        compare(1, || runtime.block_on(read(&wide, 12)), one_by_one).row(
            "10,000 saved tracks, 12 pages in flight (cap raised)",
            "one page at a time",
            Some(1.0 / 8.0),
        ),
    ]
}

async fn read(client: &Client, pages: usize) {
    let saved = client
        .stream(|client, page| async move { client.saved_tracks(page).await })
        .read_ahead(pages);
    let saved: Vec<_> = saved.try_collect().await.expect("the simulator answers");
    assert_eq!(saved.len(), TRACKS);
}
