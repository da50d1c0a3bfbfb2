//! What the client does when something goes wrong.

use std::time::Duration;

use spotify_api::{
    AuthorizeError, Client, Error, PageRequest,
    endpoints::{playlists::NewPlaylist, search::SearchQuery},
    error::NetworkFailure,
    id::TrackId,
};
use spotify_sim::{Fault, Regime, Simulator};

use crate::support::{SIM_REGIMES, Setup};

async fn extended() -> Setup {
    Setup::in_regime(Regime::Extended).await
}

fn winter() -> SearchQuery {
    SearchQuery::tracks("winter")
}

#[tokio::test]
async fn an_expired_token_is_renewed_once_in_every_regime() {
    for regime in SIM_REGIMES {
        let setup = Setup::in_regime(regime).await;
        setup.client.me().await.unwrap();
        setup.sim.advance(Duration::from_hours(1));
        setup.client.me().await.unwrap();
        assert_eq!(setup.statuses("get-current-users-profile"), [200, 401, 200]);
        assert_eq!(setup.renewals(), 1);
    }
}

#[tokio::test]
async fn a_change_whose_token_was_refused_is_made_once_with_the_next() {
    let setup = extended().await;
    setup.sim.expire_access_tokens();
    let id = setup.client.create_playlist(&NewPlaylist::private("x")).await.unwrap().id.unwrap();
    assert_eq!(setup.statuses("create-playlist"), [401, 201]);
    assert_eq!(setup.sim.playlist_titles(id.as_str()), Some(vec![]));
}

#[tokio::test]
async fn n46_a_second_refusal_of_the_token_is_an_error_but_no_need_to_sign_in() {
    let setup = extended().await;
    setup.sim.fault(Fault::spurious_unauthorized().times(2));
    let error = setup.client.me().await.unwrap_err();
    assert!(matches!(error, Error::Unauthorized { .. }), "{error}");
    assert!(!error.needs_login() && error.is_retryable());
    assert_eq!(setup.statuses("get-current-users-profile"), [401, 401]);
}

#[tokio::test]
async fn n46_a_spurious_refusal_of_a_read_is_put_to_the_test_once() {
    let setup = extended().await;
    setup.sim.fault(Fault::spurious_forbidden());
    setup.client.me().await.unwrap();
    assert_eq!(setup.statuses("get-current-users-profile"), [403, 200]);
    setup.sim.fault(Fault::spurious_forbidden().times(2));
    let error = setup.client.me().await.unwrap_err();
    assert!(matches!(error, Error::PremiumRequired { .. }), "{error}");
}

#[tokio::test]
async fn a_long_wait_is_returned_and_no_other_request_made_before_it_is_over() {
    let setup = extended().await;
    setup.sim.fault(Fault::rate_limited(Duration::from_mins(1)));
    let error = setup.client.search(&winter()).await.unwrap_err();
    assert!(matches!(error, Error::RateLimited { .. }), "{error}");
    assert_eq!(error.retry_after(), Some(Duration::from_mins(1)));
    let error = setup.client.me().await.unwrap_err();
    assert_eq!(error.retry_after(), Some(Duration::from_mins(1)));
    assert_eq!(setup.sim.requests().len(), 1);
}

#[tokio::test]
async fn a_short_wait_is_waited_by_the_client_itself_also_for_changes() {
    let setup = extended().await;
    setup.sim.fault(Fault::rate_limited(Duration::ZERO).times(2));
    setup.client.create_playlist(&NewPlaylist::private("x")).await.unwrap();
    assert_eq!(setup.statuses("create-playlist"), [429, 429, 201]);
}

#[tokio::test]
async fn an_exhausted_quota_is_told_from_the_rate_limit_and_closes_only_its_operation() {
    let setup = extended().await;
    setup.sim.fault(Fault::quota_exceeded(Duration::from_secs(86_207)).operation("search"));
    for _ in 0..2 {
        let error = setup.client.search(&winter()).await.unwrap_err();
        assert!(matches!(error, Error::QuotaExceeded { .. }), "{error}");
        assert_eq!(error.retry_after(), Some(Duration::from_secs(86_207)));
    }
    setup.client.me().await.unwrap();
    assert_eq!(setup.statuses("search"), [429]);
}

#[tokio::test]
async fn n50_faults_of_the_server_are_repeated_for_reads() {
    let setup = extended().await;
    setup.sim.fault(Fault::html_error(502));
    setup.sim.fault(Fault::server_error(503));
    setup.client.me().await.unwrap();
    assert_eq!(setup.statuses("get-current-users-profile"), [502, 503, 200]);
}

#[tokio::test]
async fn a_server_that_stays_at_fault_is_not_asked_forever() {
    let setup = extended().await;
    setup.sim.fault(Fault::html_error(502).times(100));
    let error = setup.client.me().await.unwrap_err();
    assert_eq!(error.to_string(), "get-current-users-profile: Spotify has a fault (status 502)");
    let attempts: Vec<u32> = setup.attempts().iter().map(|attempt| attempt.attempt).collect();
    assert_eq!(attempts, [1, 2, 3, 4]);
}

#[tokio::test]
async fn a_change_that_may_have_happened_is_not_repeated() {
    let new = NewPlaylist::private("x");
    for fault in [Fault::html_error(502), Fault::drop_after(), Fault::truncate()] {
        let setup = extended().await;
        setup.sim.fault(fault.operation("create-playlist"));
        let error = setup.client.create_playlist(&new).await.unwrap_err();
        assert!(error.may_have_happened(), "{error}");
        assert_eq!(setup.sim.count("create-playlist"), 1, "{error}");
        assert_eq!(setup.sim.count("create-playlist-for-user"), 0, "{error}");
    }
}

#[tokio::test]
async fn broken_connections_and_answers_are_repeated_for_reads() {
    let setup = extended().await;
    setup.sim.fault(Fault::drop_before());
    setup.sim.fault(Fault::truncate());
    let found = setup.client.search(&SearchQuery::tracks("midnight ferry")).await.unwrap();
    assert!(found.tracks.unwrap().present().count() > 0);
    assert_eq!(setup.statuses("search").last(), Some(&200));
    assert_eq!(setup.statuses("search").len(), 3);
}

#[tokio::test]
async fn an_answer_that_is_not_what_was_promised_is_described_but_not_repeated() {
    let setup = extended().await;
    let id: TrackId = "6rqhFgbbKwnb9MLmUQDhG6".parse().unwrap();
    for (body, text) in [
        ("<html>canary", "Track, but is something that is no JSON (line 1, column 1)"),
        ("", "Track, but is an empty body"),
        (r#"["canary"]"#, "Track, but is JSON without an object at line 1, column 0"),
        (r#"{"name":"canary"#, "Track, but is JSON that ends in the middle"),
    ] {
        setup.sim.fault(Fault::answer(200, "application/json", body));
        let error = setup.client.track(id).await.unwrap_err();
        let expected = format!("get-track: the answer (status 200) was to be {text}");
        assert_eq!(error.to_string(), expected);
        assert!(!format!("{error:?}").contains("canary"));
    }
}

#[tokio::test]
async fn a_change_that_stops_in_the_middle_says_how_far_it_got() {
    let setup = extended().await;
    let client = &setup.client;
    let id = client.create_playlist(&NewPlaylist::private("x")).await.unwrap().id.unwrap();
    let many = vec![setup.track("Low Tide"); 250];
    let quota = Fault::quota_exceeded(Duration::from_secs(86_207));
    setup.sim.fault(quota.operation("add-items-to-playlist").skip(1));
    let error = client.add_items(id, &many, None).await.unwrap_err();
    let Error::Incomplete { done, total, snapshot, source } = &error else {
        panic!("{error}");
    };
    assert_eq!((*done, *total), (100, 250));
    assert_eq!(setup.sim.playlist_titles(id.as_str()).unwrap().len(), 100);
    let version = client.playlist(id).await.unwrap().snapshot_id.unwrap();
    assert_eq!(*snapshot, Some(version));
    assert!(matches!(**source, Error::QuotaExceeded { .. }));
    assert_eq!(error.retry_after(), Some(Duration::from_secs(86_207)));
}

#[tokio::test]
async fn a_change_that_fails_at_once_is_the_plain_error() {
    let setup = extended().await;
    let tracks = vec![setup.track("Low Tide"); 250];
    let unknown = "0000000000000000000000".parse().unwrap();
    let error = setup.client.add_items(unknown, &tracks, None).await.unwrap_err();
    assert!(matches!(error, Error::NotFound { .. }), "{error}");
    assert_eq!(setup.sim.requests().len(), 1);
}

#[tokio::test]
async fn no_address_to_connect_to_is_a_network_error_without_the_address() {
    let address = Simulator::builder().start().await.api_url().to_owned();
    let client = Client::builder(&address, |_: Option<&http::HeaderValue>| async {
        Ok::<_, AuthorizeError>(http::HeaderValue::from_static("Bearer canary"))
    })
    .backoff(Duration::ZERO)
    .build()
    .unwrap();
    let error = client.search(&SearchQuery::tracks("private words")).await.unwrap_err();
    let Error::Network { failure, .. } = &error else { panic!("{error}") };
    assert!(matches!(failure, NetworkFailure::Connect | NetworkFailure::Broken), "{failure}");
    let whole = format!("{error:?} {error}");
    assert!(!whole.contains("private") && !whole.contains("canary"), "{whole}");
}

#[tokio::test]
async fn without_an_access_token_no_request_is_made_and_the_class_says_what_to_do() {
    let setup = extended().await;
    let wait = Some(Duration::from_secs(3));
    for (needs_login, is_retryable) in [(true, false), (false, true), (false, false)] {
        let authorize = move |_: Option<&http::HeaderValue>| {
            std::future::ready(Err::<http::HeaderValue, _>(match (needs_login, is_retryable) {
                (true, _) => AuthorizeError::needs_login("signed out"),
                (_, true) => AuthorizeError::transient(wait, "accounts service is down"),
                _ => AuthorizeError::fatal("no client id"),
            }))
        };
        let client = Client::builder(setup.sim.api_url(), authorize).build().unwrap();
        let error = client.me().await.unwrap_err();
        assert_eq!((error.needs_login(), error.is_retryable()), (needs_login, is_retryable));
        assert_eq!(error.retry_after(), if is_retryable { wait } else { None });
        assert!(std::error::Error::source(&error).is_some());
    }
    assert!(setup.sim.requests().is_empty());
}

#[tokio::test]
async fn a_call_ends_at_its_deadline_and_its_attempt_is_still_reported() {
    let setup = Setup::with(Regime::Extended, |b| b.deadline(Duration::from_millis(50))).await;
    setup.sim.fault(Fault::delay(Duration::from_secs(20)));
    let new = NewPlaylist::private("x");
    let error = setup.client.create_playlist(&new).await.unwrap_err();
    assert!(matches!(error, Error::Deadline { .. }), "{error}");
    assert!(error.may_have_happened());
    assert_eq!(setup.statuses("create-playlist"), [0]);
}

#[tokio::test]
async fn attempts_are_reported_without_arguments() {
    let setup = extended().await;
    setup.client.search(&SearchQuery::tracks("private words")).await.unwrap();
    setup.client.my_playlists(PageRequest::default()).await.unwrap();
    let attempts = setup.attempts();
    let seen: Vec<_> = attempts.iter().map(|a| (a.operation, a.status, a.attempt)).collect();
    assert_eq!(
        seen,
        [("search", Some(200), 1), ("get-a-list-of-current-users-playlists", Some(200), 1)]
    );
    assert!(!format!("{attempts:?}").contains("private"));
}
