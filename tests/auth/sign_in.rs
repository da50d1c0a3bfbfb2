//! Signing in: the browser's way, the pasted way, and what must not work.

use std::time::Duration;

use spotify_auth::session::{ProfileError, Status};
use spotify_auth::sign_in::{PENDING_MAX, SignInError};
use spotify_sim::{Fault, Service, Simulator};

use crate::bench::{Bench, SCOPES, desk};

#[tokio::test]
async fn a_browser_that_comes_back_completes_the_sign_in() {
    let bench = Bench::new().await;
    let (_session, profile) = bench.with_profile();
    assert_eq!(profile.status().unwrap(), Status::NotSignedIn);

    let desk = desk(&profile);
    let begun = desk.begin().await.unwrap();
    assert!(begun.listening);
    let redirect = bench.sim.approve(begun.url.as_str()).await.unwrap();
    let (status, page) = redirect.follow().await.unwrap();
    assert_eq!(status, 200);
    assert!(page.contains("You are signed in to Spotify") && page.contains("2 May 2027"), "{page}");

    let signed_in = begun.finished().await.unwrap();
    assert_eq!(signed_in.scopes.to_string(), SCOPES);
    assert!(signed_in.missing.is_empty());
    let Status::SignedIn(status) = profile.status().unwrap() else { panic!("signed in") };
    assert_eq!(status.deadline.to_string(), "2027-05-02T09:00:00Z");
    assert_eq!(desk.pending().await, 0);
    assert!(redirect.follow().await.is_err(), "the listener has ended");
}

#[tokio::test]
async fn closing_waits_for_the_page_and_ends_the_listener() {
    let bench = Bench::new().await;
    let (_session, profile) = bench.with_profile();
    let desk = desk(&profile);
    let begun = desk.begin().await.unwrap();
    let redirect = bench.sim.approve(begun.url.as_str()).await.unwrap();
    let follow = async move { redirect.follow().await };
    let page = tokio_util::task::TaskTracker::new().spawn(follow);
    begun.finished().await.unwrap();
    desk.close().await;
    assert_eq!(page.await.unwrap().unwrap().0, 200, "the page was shown whole");

    let begun = desk.begin().await.unwrap();
    let redirect = bench.sim.approve(begun.url.as_str()).await.unwrap();
    desk.close().await;
    assert!(redirect.follow().await.is_err());
    assert!(matches!(begun.finished().await, Err(SignInError::Stopped)));
}

#[tokio::test]
async fn a_pasted_address_or_code_completes_the_sign_in() {
    let sim = Simulator::builder().redirect_uri("https://example.org/callback");
    let bench = Bench::with(sim).await;
    bench.set("SPOTIFY_REDIRECT_URI", "https://example.org/callback");
    let (_session, profile) = bench.with_profile();
    let desk = desk(&profile);

    let begun = desk.begin().await.unwrap();
    assert!(!begun.listening);
    let redirect = bench.sim.approve(begun.url.as_str()).await.unwrap();
    desk.complete(redirect.location()).await.unwrap();

    let begun = desk.begin().await.unwrap();
    let code = bench.sim.approve(begun.url.as_str()).await.unwrap().code().unwrap();
    desk.complete(&code).await.unwrap();
    assert!(matches!(profile.status().unwrap(), Status::SignedIn(_)));
}

#[tokio::test]
async fn a_refusal_is_told_in_the_browser_and_to_the_program() {
    let bench = Bench::new().await;
    let (_session, profile) = bench.with_profile();
    let begun = desk(&profile);
    let begun = (begun.begin().await.unwrap(), begun);
    let redirect = bench.sim.refuse(begun.0.url.as_str()).await.unwrap();
    let (status, page) = redirect.follow().await.unwrap();
    assert_eq!(status, 400);
    assert!(page.contains("The sign-in did not work"), "{page}");
    assert!(matches!(begun.0.finished().await, Err(SignInError::Refused(_))));
    assert_eq!(profile.status().unwrap(), Status::NotSignedIn);
    assert_eq!(bench.logged("SM1003W"), 1);
}

#[tokio::test]
async fn an_answer_of_another_sign_in_is_refused_and_spends_nothing() {
    let bench = Bench::new().await;
    let (_session, profile) = bench.with_profile();
    let desk = desk(&profile);
    let begun = desk.begin().await.unwrap();
    let redirect = bench.sim.approve(begun.url.as_str()).await.unwrap();
    let state = redirect.parameter("state").unwrap();

    let forged = redirect.location().replace(&state, "of-somebody-else");
    assert!(matches!(desk.complete(&forged).await, Err(SignInError::NotPending)));
    assert_eq!(bench.sim.count("token"), 0);
    // The right answer still works, and works once.
    desk.complete(redirect.location()).await.unwrap();
    assert!(matches!(desk.complete(redirect.location()).await, Err(SignInError::NotPending)));
    assert_eq!(bench.sim.count("token"), 1);
}

#[tokio::test]
async fn a_sign_in_waits_five_minutes() {
    let bench = Bench::new().await;
    let (_session, profile) = bench.with_profile();
    let desk = desk(&profile);
    let begun = desk.begin().await.unwrap();
    let redirect = bench.sim.approve(begun.url.as_str()).await.unwrap();
    bench.advance(Duration::from_mins(5));
    assert!(matches!(desk.complete(redirect.location()).await, Err(SignInError::NotPending)));
    assert!(matches!(begun.finished().await, Err(SignInError::TimedOut)));
}

#[tokio::test]
async fn at_most_three_sign_ins_wait_and_the_oldest_makes_room() {
    let bench = Bench::new().await;
    let (_session, profile) = bench.with_profile();
    let desk = desk(&profile);
    let first = desk.begin().await.unwrap();
    let mut others = Vec::new();
    for _ in 0..PENDING_MAX {
        others.push(desk.begin().await.unwrap());
    }
    assert_eq!(desk.pending().await, PENDING_MAX);
    let redirect = bench.sim.approve(first.url.as_str()).await.unwrap();
    assert!(matches!(desk.complete(redirect.location()).await, Err(SignInError::NotPending)));
    // A bare code does not say which of the three it belongs to.
    assert!(matches!(desk.complete("AQ-bare-code").await, Err(SignInError::WhichOne)));
    let redirect = bench.sim.approve(others[1].url.as_str()).await.unwrap();
    desk.complete(redirect.location()).await.unwrap();
}

#[tokio::test]
async fn a_page_elsewhere_and_another_path_get_nothing_from_the_listener() {
    let bench = Bench::new().await;
    let (_session, profile) = bench.with_profile();
    let desk = desk(&profile);
    let begun = desk.begin().await.unwrap();
    let redirect = bench.sim.approve(begun.url.as_str()).await.unwrap();
    let location = reqwest::Url::parse(redirect.location()).unwrap();
    let http = reqwest::Client::builder().build().unwrap();

    let foreign =
        http.get(location.clone()).header("host", "rebound.example").send().await.unwrap();
    assert_eq!(foreign.status(), 404);
    let mut other = location.clone();
    other.set_path("/other");
    assert_eq!(http.get(other).send().await.unwrap().status(), 404);
    assert_eq!(http.post(location.clone()).send().await.unwrap().status(), 405);
    assert_eq!(bench.sim.count("token"), 0);

    let good = http.get(location).send().await.unwrap();
    assert_eq!(good.status(), 200);
    for (name, value) in [("cache-control", "no-store"), ("referrer-policy", "no-referrer")] {
        assert_eq!(good.headers()[name], value);
    }
    assert!(
        good.headers()["content-security-policy"].to_str().unwrap().contains("default-src 'none'")
    );
}

#[tokio::test]
async fn an_exchange_that_fails_keeps_nothing_and_says_why() {
    for (fault, reason) in [
        (Fault::server_error(503), "spotify_busy"),
        (Fault::answer(200, "text/html", "<html>canary</html>"), "outcome_unknown"),
        (Fault::truncate(), "outcome_unknown"),
        (Fault::drop_before(), "outcome_unknown"),
    ] {
        let bench = Bench::new().await;
        let (_session, profile) = bench.with_profile();
        bench.sim.fault(fault.on(Service::Accounts).path("/api/token"));
        let error = bench.sign_in(&profile).await.unwrap_err();
        assert_eq!(error.reason(), reason);
        assert!(!format!("{error} {error:?}").contains("canary"));
        assert_eq!(profile.status().unwrap(), Status::NotSignedIn);
    }
}

#[tokio::test]
async fn a_client_secret_is_used_when_it_is_given() {
    let bench = Bench::new().await;
    bench.set("SPOTIFY_CLIENT_SECRET", &bench.sim.client_secret());
    let (_session, profile) = bench.signed_in().await;
    assert!(matches!(profile.status().unwrap(), Status::SignedIn(_)));

    let other = Bench::new().await;
    other.set("SPOTIFY_CLIENT_SECRET", "not-the-secret");
    let (_session, profile) = other.with_profile();
    assert_eq!(other.sign_in(&profile).await.unwrap_err().reason(), "app_refused");
}

#[tokio::test]
async fn signing_in_needs_an_app() {
    let bench = Bench::new().await;
    bench.set("SPOTIFY_CLIENT_ID", "");
    let (_session, profile) = bench.with_profile();
    assert!(matches!(profile.sign_ins(SCOPES.parse().unwrap()), Err(ProfileError::NoApp)));
}

#[tokio::test]
async fn a_sign_in_that_nobody_answers_is_told_within_a_minute_of_its_end() {
    let bench = Bench::new().await;
    let (_session, profile) = bench.with_profile();
    let desk = desk(&profile);
    let begun = desk.begin().await.unwrap();
    bench.advance_here(Duration::from_mins(5));
    // From here on time passes by itself when nothing else is to do.
    tokio::time::pause();
    let waited = tokio::time::Instant::now();
    assert!(matches!(begun.finished().await, Err(SignInError::TimedOut)));
    assert!(waited.elapsed() < Duration::from_secs(61));
    let failed: Vec<_> =
        bench.log().into_iter().filter(|entry| entry.code() == "SM1003W").collect();
    assert_eq!(failed.len(), 1);
    assert_eq!(failed[0].reason(), Some("timed_out"));
}

#[tokio::test]
async fn a_sign_in_that_a_newer_one_replaced_is_told() {
    let bench = Bench::new().await;
    let (_session, profile) = bench.with_profile();
    let desk = desk(&profile);
    let first = desk.begin().await.unwrap();
    for _ in 0..PENDING_MAX {
        desk.begin().await.unwrap();
    }
    assert!(matches!(first.finished().await, Err(SignInError::Replaced)));
    assert_eq!(bench.logged("SM1003W"), 1);
}

#[tokio::test]
async fn the_other_loopback_address_serves_as_well() {
    let sim = Simulator::builder().redirect_uri("http://[::1]/callback");
    let bench = Bench::with(sim).await;
    bench.set("SPOTIFY_REDIRECT_URI", "http://[::1]/callback");
    let (_session, profile) = bench.with_profile();
    if tokio::net::TcpListener::bind("[::1]:0").await.is_err() {
        return; // A machine without IPv6 has no such address.
    }
    bench.sign_in(&profile).await.unwrap();
    assert!(matches!(profile.status().unwrap(), Status::SignedIn(_)));
}
