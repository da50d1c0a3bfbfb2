//! Programs that die in the middle of a refresh, and system calls that fail under it.

use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::Duration;

use rustix::process::{Pid, Signal, kill_process};
use spotify_auth::rotation::{BearerError, Class};
use spotify_auth::session::Status;
use spotify_auth::store::{StoreError, Stored, TokenLease, TokenStore};
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

/// Lets programs die at each step of a refresh. What a server that punishes reuse gave, and nobody
/// wrote, is lost: the one window that can't be closed from here.
async fn die_at_each_step(rotation: Rotation) {
    for point in Point::ALL {
        let bench = expired(rotation).await;
        let mut program = command(&bench, Work::Once(point));
        let status = tokio::task::block_in_place(|| program.status().unwrap());
        assert_eq!(status.signal(), Some(9), "{point:?}: it died by its own hand");
        let outcome = afterwards(&bench).await;
        if rotation == Rotation::Strict && point == Point::AfterResponse {
            assert!(matches!(outcome, Err(BearerError::Ended(_))), "{outcome:?}");
            assert_eq!(bench.sim.reused_refresh_tokens(), 1);
        } else {
            outcome.unwrap();
            assert_eq!(bench.sim.reused_refresh_tokens(), 0, "{rotation:?} {point:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_dies_at_any_step_loses_no_grant() {
    die_at_each_step(Rotation::Never).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_dies_at_any_step_loses_no_grant_within_a_grace_period() {
    die_at_each_step(Rotation::Grace).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_dies_loses_an_unwritten_answer_only_where_reuse_is_punished() {
    die_at_each_step(Rotation::Strict).await;
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

/// Waits a moment only for a lease.
struct Impatient(Arc<dyn TokenStore>);

impl TokenStore for Impatient {
    fn load(&self) -> Result<Option<Stored>, StoreError> {
        self.0.load()
    }

    fn lease(&self, _: Duration) -> Result<Box<dyn TokenLease>, StoreError> {
        self.0.lease(Duration::from_millis(200))
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_program_that_is_stopped_in_a_refresh_holds_others_up_and_harms_nobody() {
    let bench = expired(Rotation::Strict).await;
    let slow = Fault::delay(Duration::from_millis(300));
    bench.sim.fault(slow.on(Service::Accounts).path("/api/token"));
    let before = bench.sim.count("token");
    let mut child = command(&bench, Work::Once(Point::Nowhere)).spawn().unwrap();
    while bench.sim.count("token") == before {
        assert!(child.try_wait().unwrap().is_none(), "it is refreshing");
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    let pid = Pid::from_child(&child);
    kill_process(pid, Signal::STOP).unwrap();

    let session = bench.open().unwrap();
    let profile = session.profile(Some(&"work".parse().unwrap())).unwrap();
    let tokens = profile.tokens_with(|store| Arc::new(Impatient(store))).unwrap();
    let error = tokens.bearer(None).await.unwrap_err();
    assert!(matches!(error, BearerError::Store(StoreError::Busy)), "{error:?}");
    assert_eq!(error.class(), Class::Transient(None));

    kill_process(pid, Signal::CONT).unwrap();
    assert!(tokio::task::block_in_place(|| child.wait().unwrap()).success());
    // What it earned is there to be adopted; the clock of this one is older than that of the other.
    assert!(matches!(profile.status().unwrap(), Status::SignedIn(_)));
    profile.tokens().unwrap().bearer(None).await.unwrap();
    assert_eq!(bench.sim.reused_refresh_tokens(), 0);
}

/// Whether programs can be traced here: `strace` is there, and the kernel lets it.
fn can_trace() -> bool {
    let traced = Command::new("strace")
        .args(["-qq", "-o", "/dev/null", "true"])
        .stderr(Stdio::null())
        .status();
    traced.is_ok_and(|status| status.success())
}

/// The system calls of a refresh in their order, each with its number among those of its kind. The
/// tracer counts for each thread, and one thread does what may block.
const CALLS: [(&str, u32); 9] = [
    ("flock", 1),     // the record's lock
    ("fallocate", 1), // room for the answer
    ("fsync", 1),
    ("connect", 1), // Spotify
    ("ftruncate", 1),
    ("fsync", 2),
    ("flock", 2), // the subject's lock
    ("rename", 1),
    ("fsync", 3), // the directory
];

/// Has one system call after the other struck in a program, and looks what is left.
async fn strike(rotation: Rotation, blow: impl Fn(&str) -> &'static str) {
    if !can_trace() {
        return;
    }
    for (call, number) in CALLS {
        let bench = expired(rotation).await;
        let blow = blow(call);
        let inject = format!("inject={call}:{blow}:when={number}");
        let tracer = ["strace", "-f", "-qq", "-o", "/dev/null", "-e", &inject];
        let mut program = traced(&tracer, &bench, Work::Once(Point::Nowhere));
        let status = tokio::task::block_in_place(|| program.status().unwrap());
        assert!(!blow.starts_with("signal") || !status.success(), "{inject}: it was killed");
        let outcome = afterwards(&bench).await;
        assert!(outcome.is_ok(), "{inject}: {outcome:?}");
        assert_eq!(bench.sim.reused_refresh_tokens(), 0, "{inject}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_call_that_fails_costs_no_grant_even_where_reuse_is_punished() {
    strike(Rotation::Strict, |call| match call {
        "fallocate" => "error=ENOSPC",
        "connect" => "error=ECONNREFUSED",
        _ => "error=EIO",
    })
    .await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_system_call_that_kills_costs_no_grant() {
    strike(Rotation::Never, |_| "signal=SIGKILL").await;
}
