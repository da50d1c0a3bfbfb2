//! Many programs on one profile, for a while, and programs that are killed at any moment.
//!
//! The normal run takes a few seconds; `cargo xtask torture` runs the same for as long as asked.

#![expect(clippy::disallowed_methods, reason = "the long form is asked for by variables")]

use std::env;
use std::process::Stdio;
use std::time::{Duration, Instant};

use spotify_sim::{Clock, Rotation, Simulator};

use crate::bench::Bench;
use crate::keeping::entropy;
use crate::programs::{Point, Work, command, counted};

const LIFE: Duration = Duration::from_secs(1);

fn asked(name: &str, otherwise: u64) -> u64 {
    env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

async fn bench(rotation: Rotation) -> Bench {
    let clock = Clock::ticking(Clock::START);
    let sim = Simulator::builder().clock(clock).rotation(rotation).access_token_life(LIFE);
    let bench = Bench::with(sim).await;
    bench.signed_in().await;
    bench
}

#[tokio::test(flavor = "multi_thread")]
async fn eight_programs_of_four_tasks_spend_each_token_once_and_no_call_fails() {
    let time = Duration::from_secs(asked("TORTURE_SECONDS", 4));
    let bench = bench(Rotation::Strict).await;
    let before = bench.sim.count("token");
    let started = Instant::now();
    let children: Vec<_> =
        (0..8).map(|_| command(&bench, Work::Long(time)).spawn().unwrap()).collect();
    let counted: Vec<_> =
        tokio::task::block_in_place(|| children.into_iter().map(counted).collect());
    let lived = started.elapsed();
    for program in &counted {
        assert_eq!(program.failed, 0, "{}", program.text);
        assert!(program.calls > 0, "{}", program.text);
    }
    let exchanges = bench.sim.count("token") - before;
    assert_eq!(bench.sim.reused_refresh_tokens(), 0);
    // A token is renewed when three quarters of its life are over, at the earliest.
    let most = lived.as_millis() * 4 / (3 * LIFE.as_millis()) + 2;
    assert!(exchanges as u128 <= most, "{exchanges} exchanges in {lived:?}");
    assert!(exchanges as u64 >= time.as_secs() / 2, "{exchanges} exchanges in {lived:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn programs_killed_at_any_moment_lose_no_grant_and_leave_no_broken_record() {
    let bench = bench(Rotation::Never).await;
    let entropy = entropy();
    for round in 0..asked("TORTURE_KILLS", 12) {
        let mut child = command(&bench, Work::Long(Duration::from_secs(5))).spawn().unwrap();
        tokio::time::sleep(Duration::from_millis(20 + entropy.below(400))).await;
        child.kill().unwrap();
        tokio::task::block_in_place(|| child.wait().unwrap());
        // Another program reads the record, renews the token and writes it.
        bench.advance_here(Duration::from_hours(2));
        let mut after = command(&bench, Work::Once(Point::Nowhere));
        let after = tokio::task::block_in_place(|| after.stderr(Stdio::piped()).output().unwrap());
        let errors = String::from_utf8_lossy(&after.stderr);
        assert!(after.status.success(), "round {round}: {errors}");
    }
}
