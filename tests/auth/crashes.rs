//! Programs that die in the middle of a refresh, and system calls that fail under it.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};
use std::time::Duration;

use spotify_auth::rotation::BearerError;
use spotify_auth::session::Status;
use spotify_sim::{Fault, Rotation, Service};

use crate::bench::Bench;
use crate::programs::{Point, Work, command, traced};

/// An installation with an expired token, on the clock of this machine.
async fn expired(rotation: Rotation) -> Bench {
    let bench = Bench::new().await;
    bench.sim.set_rotation(rotation);
    bench.signed_in().await;
    bench.advance_here(Duration::from_hours(24 * 60));
    bench
}

/// Looks what is left after a program died, as another program does.
async fn afterwards(bench: &Bench) -> Result<(), BearerError> {
    let session = bench.open().unwrap();
    let profile = session.profile(Some(&"work".parse().unwrap())).unwrap();
    assert!(matches!(profile.status().unwrap(), Status::SignedIn(_)), "the record can be read");
    profile.tokens().unwrap().bearer(None).await.map(drop)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_dies_at_any_step_loses_no_grant() {
    for rotation in [Rotation::Never, Rotation::Grace, Rotation::Strict] {
        for point in Point::ALL {
            let bench = expired(rotation).await;
            let status = tokio::task::block_in_place(|| {
                command(&bench, Work::Once(point)).status().unwrap()
            });
            assert_eq!(status.signal(), Some(9), "{point:?}: it died by its own hand");
            let outcome = afterwards(&bench).await;
            // What a server that forgives nothing gave, and nobody wrote, is lost: the one window
            // that can't be closed from here.
            if rotation == Rotation::Strict && point == Point::AfterResponse {
                assert!(matches!(outcome, Err(BearerError::Ended(_))), "{outcome:?}");
                assert_eq!(bench.sim.reused_refresh_tokens(), 1);
            } else {
                outcome.unwrap();
                assert_eq!(bench.sim.reused_refresh_tokens(), 0, "{rotation:?} {point:?}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_dies_while_spotify_answers_loses_no_grant() {
    for rotation in [Rotation::Never, Rotation::Grace] {
        let bench = expired(rotation).await;
        let slow = Fault::delay(Duration::from_millis(500));
        bench.sim.fault(slow.on(Service::Accounts).path("/api/token"));
        let before = bench.sim.count("token");
        let mut child = command(&bench, Work::Once(Point::Nowhere)).spawn().unwrap();
        while bench.sim.count("token") == before && child.try_wait().unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        child.kill().unwrap();
        tokio::task::block_in_place(|| child.wait().unwrap());
        afterwards(&bench).await.unwrap();
    }
}

/// Whether programs can be traced here: `strace` is there, and the kernel lets it.
fn can_trace() -> bool {
    let traced = Command::new("strace")
        .args(["-qq", "-o", "/dev/null", "true"])
        .stderr(Stdio::null())
        .status();
    traced.is_ok_and(|status| status.success())
}

#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread")]
async fn whatever_system_call_fails_or_kills_no_grant_is_lost() {
    if !can_trace() {
        return;
    }
    let bench = expired(Rotation::Never).await;
    let whole = || {
        traced(&["strace", "-f", "-qq", "-o", "/dev/null"], &bench, Work::Once(Point::Nowhere))
            .status()
    };
    assert!(tokio::task::block_in_place(whole).unwrap().success(), "it works when nothing fails");
    let errors = [
        ("fallocate", "error=ENOSPC"),
        ("fsync", "error=EIO"),
        ("fsync", "signal=SIGKILL"),
        ("ftruncate", "error=EIO"),
        ("ftruncate", "signal=SIGKILL"),
        ("rename", "error=EIO"),
        ("rename", "signal=SIGKILL"),
        ("flock", "error=EIO"),
        ("flock", "signal=SIGKILL"),
        ("openat", "error=EMFILE"),
    ];
    for (call, fault) in errors {
        // The first ones belong to the start of the program; later ones to the refresh.
        for when in [1_u32, 2, 3, 5] {
            let bench = expired(Rotation::Never).await;
            let when = if call == "openat" { when * 20 } else { when };
            let inject = format!("inject={call}:{fault}:when={when}");
            let tracer = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &inject];
            let child = traced(&tracer, &bench, Work::Once(Point::Nowhere)).spawn().unwrap();
            tokio::task::block_in_place(|| child.wait_with_output().unwrap());
            let outcome = afterwards(&bench).await;
            assert!(outcome.is_ok(), "{inject}: {outcome:?}");
        }
    }
}
