//! The refresh transaction: one request, persisted before use, nothing lost.

use std::path::Path;
use std::time::Duration;

use futures_util::future::join_all;
use http::HeaderValue;
use spotify_auth::TokenSource;
use spotify_auth::rotation::{BearerError, Class};
use spotify_auth::session::Status;
use spotify_sim::{Fault, Rotation, Service};

use crate::bench::{Bench, files};

const HOUR: Duration = Duration::from_hours(1);

fn refreshes(bench: &Bench) -> usize {
    bench
        .sim
        .requests()
        .iter()
        .filter(|request| request.grant_type.as_deref() == Some("refresh_token"))
        .count()
}

#[tokio::test]
async fn a_living_token_is_handed_out_without_a_request() {
    let bench = Bench::new().await;
    let (_session, profile) = bench.signed_in().await;
    let tokens = profile.tokens().unwrap();
    let first = tokens.bearer(None).await.unwrap();
    assert!(first.is_sensitive());
    assert_eq!(tokens.bearer(None).await.unwrap(), first);
    assert_eq!(refreshes(&bench), 0);
}

#[tokio::test]
async fn sixty_four_tasks_and_two_programs_renew_an_expired_token_once() {
    for rotation in [Rotation::Never, Rotation::Always] {
        let bench = Bench::new().await;
        bench.sim.set_rotation(rotation);
        let (_session, profile) = bench.signed_in().await;
        let other = bench.open().unwrap().profile(Some(profile.name())).unwrap();
        let sources = [profile.tokens().unwrap(), other.tokens().unwrap()];
        let old = sources[0].bearer(None).await.unwrap();
        bench.advance(HOUR);
        let calls = (0..64).map(|index| sources[index % 2].bearer(None));
        let headers: Vec<_> = join_all(calls).await.into_iter().map(Result::unwrap).collect();
        assert!(headers.iter().all(|header| *header == headers[0] && *header != old));
        assert_eq!(refreshes(&bench), 1, "{rotation:?}");
    }
}

#[tokio::test]
async fn every_way_of_rotating_keeps_the_grant_alive() {
    for rotation in [Rotation::Never, Rotation::Same, Rotation::Empty, Rotation::Always] {
        let bench = Bench::new().await;
        bench.sim.set_rotation(rotation);
        let (_session, profile) = bench.signed_in().await;
        let tokens = profile.tokens().unwrap();
        for round in 1..=3 {
            bench.advance(HOUR);
            tokens.bearer(None).await.unwrap();
            assert_eq!(refreshes(&bench), round, "{rotation:?}");
        }
        let Status::SignedIn(status) = profile.status().unwrap() else { panic!("signed in") };
        assert_eq!(status.rotated_at.is_some(), rotation == Rotation::Always, "{rotation:?}");
        assert_eq!(status.authorized_at.to_string(), "2026-11-02T09:00:00Z");
    }
}

#[tokio::test]
async fn a_refused_token_is_renewed_once_and_an_older_one_not_at_all() {
    let bench = Bench::new().await;
    let (_session, profile) = bench.signed_in().await;
    let tokens = profile.tokens().unwrap();
    let old = tokens.bearer(None).await.unwrap();
    bench.advance_here(Duration::from_mins(1));
    let new = tokens.bearer(Some(&old)).await.unwrap();
    assert_ne!(new, old);
    // Whoever still holds the old one learns of the new one without another request.
    assert_eq!(tokens.bearer(Some(&old)).await.unwrap(), new);
    assert_eq!(refreshes(&bench), 1);
}

#[tokio::test]
async fn a_token_that_is_refused_at_once_does_not_loop() {
    let bench = Bench::new().await;
    let (_session, profile) = bench.signed_in().await;
    let tokens = profile.tokens().unwrap();
    let token = tokens.bearer(None).await.unwrap();
    let token = tokens.bearer(Some(&token)).await.unwrap();
    assert!(matches!(tokens.bearer(Some(&token)).await, Err(BearerError::RefusedFresh)));
    assert_eq!(refreshes(&bench), 1);
    bench.advance_here(Duration::from_secs(5));
    tokens.bearer(Some(&token)).await.unwrap();
    assert_eq!(refreshes(&bench), 2);
}

#[tokio::test]
async fn a_token_is_renewed_in_the_background_before_its_end() {
    let bench = Bench::new().await;
    let (_session, profile) = bench.signed_in().await;
    let tokens = profile.tokens().unwrap();
    let old = tokens.bearer(None).await.unwrap();
    bench.advance(Duration::from_mins(56));
    assert_eq!(tokens.bearer(None).await.unwrap(), old, "nobody waits for the renewal");
    tokens.settled().await;
    assert_ne!(tokens.bearer(None).await.unwrap(), old);
    assert_eq!(refreshes(&bench), 1);
}

#[tokio::test]
async fn a_dead_grant_is_erased_and_asked_for_once() {
    let bench = Bench::new().await;
    let (_session, profile) = bench.signed_in().await;
    let tokens = profile.tokens().unwrap();
    bench.sim.remove_app(spotify_sim::DEFAULT_USER);
    bench.advance(HOUR);
    for _ in 0..5 {
        let error = tokens.bearer(None).await.unwrap_err();
        assert!(matches!(error, BearerError::Ended(_)), "{error:?}");
        assert_eq!(error.class(), Class::NeedsSignIn);
    }
    assert_eq!(refreshes(&bench), 1);
    assert!(matches!(profile.status().unwrap(), Status::Ended(_)));
    // Signing in again brings the profile back to life, also where no app is configured.
    bench.set("SPOTIFY_CLIENT_ID", "");
    let profile = bench.open().unwrap().profile(Some(profile.name())).unwrap();
    bench.sign_in(&profile).await.unwrap();
    tokens.bearer(None).await.unwrap();
}

#[tokio::test]
async fn a_grant_ends_six_months_after_the_sign_in_whatever_was_refreshed() {
    let bench = Bench::new().await;
    let (_session, profile) = bench.signed_in().await;
    let tokens = profile.tokens().unwrap();
    bench.advance(HOUR * 24 * 180);
    tokens.bearer(None).await.unwrap();
    bench.advance(HOUR * 24 * 2);
    assert!(matches!(tokens.bearer(None).await, Err(BearerError::Ended(_))));
    assert!(
        bench
            .log()
            .iter()
            .any(|entry| entry.code() == "SM1103W" && entry.reason() == Some("expired"))
    );
}

#[tokio::test]
async fn trouble_at_spotify_loses_nothing() {
    let trouble = || Fault::server_error(503);
    for fault in [
        trouble(),
        trouble().times(2),
        Fault::html_error(502),
        Fault::rate_limited(Duration::ZERO),
        Fault::drop_before(),
        Fault::drop_after(),
        Fault::truncate(),
        Fault::answer(200, "application/json", "{\"token_type\":\"Bearer\"}"),
        Fault::answer(200, "text/html", "<html></html>"),
    ] {
        let bench = Bench::new().await;
        let (_session, profile) = bench.signed_in().await;
        let tokens = profile.tokens().unwrap();
        bench.advance(HOUR);
        bench.sim.fault(fault.on(Service::Accounts).path("/api/token"));
        tokens.bearer(None).await.unwrap();
        assert!(matches!(profile.status().unwrap(), Status::SignedIn(_)));
    }
}

#[tokio::test]
async fn a_long_wait_is_handed_to_the_caller() {
    let bench = Bench::new().await;
    let (_session, profile) = bench.signed_in().await;
    let tokens = profile.tokens().unwrap();
    bench.advance(HOUR);
    let busy = Fault::rate_limited(Duration::from_hours(23));
    bench.sim.fault(busy.on(Service::Accounts).path("/api/token"));
    let error = tokens.bearer(None).await.unwrap_err();
    assert_eq!(error.class(), Class::Transient(Some(Duration::from_hours(23))));
    // Until then nobody asks; the grant was not touched.
    bench.advance_here(HOUR * 22);
    let left = Class::Transient(Some(HOUR));
    assert_eq!(tokens.bearer(None).await.unwrap_err().class(), left);
    assert_eq!(refreshes(&bench), 1);
    bench.advance_here(HOUR);
    tokens.bearer(None).await.unwrap();
}

#[tokio::test]
async fn a_refused_app_keeps_the_tokens() {
    let bench = Bench::new().await;
    let (_session, profile) = bench.signed_in().await;
    let tokens = profile.tokens().unwrap();
    bench.advance(HOUR);
    let refusal = Fault::answer(400, "application/json", "{\"error\":\"invalid_client\"}");
    bench.sim.fault(refusal.on(Service::Accounts).path("/api/token"));
    let error = tokens.bearer(None).await.unwrap_err();
    assert_eq!(error.class(), Class::Fatal);
    // Somebody must change the app first, so it is not asked for again within a minute.
    assert_eq!(tokens.bearer(None).await.unwrap_err().class(), Class::Fatal);
    assert_eq!(refreshes(&bench), 1);
    bench.advance_here(Duration::from_mins(1));
    tokens.bearer(None).await.unwrap();
}

#[tokio::test]
async fn a_caller_that_goes_away_does_not_stop_the_refresh() {
    let bench = Bench::new().await;
    bench.sim.set_rotation(Rotation::Always);
    let (_session, profile) = bench.signed_in().await;
    let tokens = profile.tokens().unwrap();
    bench.advance(HOUR);
    let slow = Fault::delay(Duration::from_millis(50));
    bench.sim.fault(slow.on(Service::Accounts).path("/api/token"));
    let gone = tokio::time::timeout(Duration::from_millis(20), tokens.bearer(None)).await;
    assert!(gone.is_err(), "the caller gave up");
    tokens.settled().await;
    assert_eq!(refreshes(&bench), 1);
    tokens.bearer(None).await.unwrap();
    assert_eq!(refreshes(&bench), 1, "what the abandoned call earned is used");
}

/// Runs `meanwhile` while Spotify answers a refresh.
async fn during_a_refresh(
    bench: &Bench,
    tokens: &TokenSource,
    meanwhile: impl AsyncFnOnce(),
) -> Result<HeaderValue, BearerError> {
    bench.advance(HOUR);
    let slow = Fault::delay(Duration::from_millis(100));
    bench.sim.fault(slow.on(Service::Accounts).path("/api/token"));
    let before = refreshes(bench);
    let (outcome, ()) = tokio::join!(tokens.bearer(None), async {
        while refreshes(bench) == before {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
        meanwhile().await;
    });
    outcome
}

#[tokio::test]
async fn a_sign_in_during_a_refresh_survives_it() {
    for rotation in [Rotation::Never, Rotation::Strict] {
        let bench = Bench::new().await;
        bench.sim.set_rotation(rotation);
        let (_session, profile) = bench.signed_in().await;
        let tokens = profile.tokens().unwrap();
        let refreshed = during_a_refresh(&bench, &tokens, async || {
            bench.sign_in(&profile).await.unwrap();
        });
        refreshed.await.unwrap();
        let Status::SignedIn(status) = profile.status().unwrap() else { panic!("signed in") };
        assert_eq!(status.authorized_at, bench.now(), "the new grant stands");
        bench.advance(HOUR);
        tokens.bearer(None).await.unwrap();
        assert_eq!(bench.sim.reused_refresh_tokens(), 0);
    }
}

#[tokio::test]
async fn a_lock_that_is_removed_during_a_refresh_costs_nothing() {
    let bench = Bench::new().await;
    bench.sim.set_rotation(Rotation::Strict);
    let (_session, profile) = bench.signed_in().await;
    let tokens = profile.tokens().unwrap();
    let refreshed = during_a_refresh(&bench, &tokens, async || {
        for (path, _) in files(&bench.home.path().join("vault/subjects")) {
            if Path::new(&path).extension().is_some_and(|end| end == "lock") {
                std::fs::remove_file(path).unwrap();
            }
        }
    });
    let new = refreshed.await.unwrap();
    assert!(!tokens.is_degraded());
    let other = bench.open().unwrap().profile(Some(profile.name())).unwrap();
    assert_eq!(other.tokens().unwrap().bearer(None).await.unwrap(), new, "it is written");
    bench.advance(HOUR);
    tokens.bearer(None).await.unwrap();
    assert_eq!(bench.sim.reused_refresh_tokens(), 0);
}

#[cfg(unix)]
#[tokio::test]
async fn without_room_for_the_answer_no_token_is_spent() {
    use std::os::unix::fs::PermissionsExt as _;
    if rustix_is_root() {
        // Root writes anywhere, so the vault's directory is taken away instead.
        let bench = Bench::new().await;
        let (_session, profile) = bench.signed_in().await;
        let tokens = profile.tokens().unwrap();
        bench.advance(HOUR);
        let (vault, aside) = (bench.home.path().join("vault"), bench.home.path().join("aside"));
        move_directory(&vault, &aside);
        assert_eq!(tokens.bearer(None).await.unwrap_err().class(), Class::Fatal);
        assert_eq!(refreshes(&bench), 0);
        move_directory(&aside, &vault);
        tokens.bearer(None).await.unwrap();
        return;
    }
    let bench = Bench::new().await;
    let (_session, profile) = bench.signed_in().await;
    let tokens = profile.tokens().unwrap();
    bench.advance(HOUR);
    let records = bench.home.path().join("vault");
    let mode =
        |mode| std::fs::set_permissions(&records, std::fs::Permissions::from_mode(mode)).unwrap();
    mode(0o500);
    let error = tokens.bearer(None).await.unwrap_err();
    mode(0o700);
    assert_eq!(error.class(), Class::Fatal);
    assert_eq!(refreshes(&bench), 0);
    tokens.bearer(None).await.unwrap();
}

#[cfg(unix)]
fn rustix_is_root() -> bool {
    rustix::process::geteuid().is_root()
}

#[expect(clippy::disallowed_methods, reason = "a test takes the vault away")]
fn move_directory(from: &Path, to: &Path) {
    std::fs::rename(from, to).unwrap();
}
