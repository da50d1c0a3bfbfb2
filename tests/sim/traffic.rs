//! How many requests run at the same time, and how long they take.

use std::time::Duration;

use reqwest::Method;
use spotify_sim::Simulator;

use crate::bench::{Bench, send};

/// Long enough for three local connections to be made, short enough to wait for.
const LATENCY: Duration = Duration::from_millis(150);

#[tokio::test]
async fn requests_at_the_same_time_are_counted_and_those_one_by_one_are_not() {
    let bench = Bench::of(Simulator::builder().latency(LATENCY)).await;
    let search = || bench.get("/search?q=rain&type=track");
    let (one, two, three) = tokio::join!(search(), search(), bench.get("/me"));
    assert_eq!((one.status, two.status, three.status), (200, 200, 200));
    assert_eq!((bench.max_in_flight(), bench.max_in_flight_of("search")), (3, 2));
    bench.set_latency(Duration::ZERO);
    bench.clear_requests();
    search().await.ok();
    search().await.ok();
    assert_eq!((bench.max_in_flight(), bench.max_in_flight_of("search")), (1, 1));
}

#[tokio::test]
async fn a_client_that_hangs_up_is_no_longer_in_flight() {
    let bench = Bench::of(Simulator::builder().latency(Duration::from_mins(1))).await;
    let impatient = bench.request(Method::GET, "/me").timeout(LATENCY);
    assert!(impatient.send().await.unwrap_err().is_timeout());
    bench.set_latency(Duration::ZERO);
    // The server notices the end of a connection at one of its next turns.
    for _ in 0..1_000 {
        bench.clear_requests();
        if bench.max_in_flight() == 0 {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(send(bench.request(Method::GET, "/me")).await.status, 200);
    assert_eq!(bench.max_in_flight(), 1);
}
