//! The token of an app without a person.

use std::time::Duration;

use futures_util::future::join_all;
use spotify_auth::rotation::{AppTokens, BearerError, Class};
use spotify_auth::session::{OpenError, ProfileError};
use spotify_sim::{Fault, Service};

use crate::bench::{Bench, files};

const HOUR: Duration = Duration::from_hours(1);

async fn with_secret() -> (Bench, AppTokens) {
    let bench = Bench::new().await;
    bench.set("SPOTIFY_CLIENT_SECRET", &bench.sim.client_secret());
    let tokens = bench.create().app_tokens().unwrap();
    (bench, tokens)
}

#[tokio::test]
async fn however_many_ask_an_app_s_token_is_fetched_once_for_its_life() {
    let (bench, tokens) = with_secret().await;
    let headers = join_all((0..64).map(|_| tokens.bearer(None))).await;
    let first = headers[0].as_ref().unwrap().clone();
    assert!(first.is_sensitive());
    assert!(headers.iter().all(|header| *header.as_ref().unwrap() == first));
    assert_eq!(bench.sim.count("token"), 1);
    bench.advance(HOUR);
    assert_ne!(tokens.bearer(None).await.unwrap(), first);
    assert_eq!(bench.sim.count("token"), 2);
    let api = reqwest::Client::builder().build().unwrap();
    let url = format!("{}/search?q=ferry&type=track", bench.sim.api_url());
    let header = tokens.bearer(None).await.unwrap();
    assert_eq!(api.get(url).header("authorization", header).send().await.unwrap().status(), 200);
}

#[tokio::test]
async fn nothing_of_an_app_s_token_is_kept_on_disk() {
    let (bench, tokens) = with_secret().await;
    tokens.bearer(None).await.unwrap();
    for (path, bytes) in files(bench.home.path()) {
        for secret in bench.sim.issued_secrets() {
            let found =
                bytes.windows(secret.value.len()).any(|part| part == secret.value.as_bytes());
            assert!(!found, "{path}");
        }
    }
}

#[tokio::test]
async fn trouble_near_the_end_of_an_app_s_token_costs_nobody_anything() {
    let (bench, tokens) = with_secret().await;
    let old = tokens.bearer(None).await.unwrap();
    bench.advance(Duration::from_mins(56));
    bench.sim.fault(Fault::server_error(503).on(Service::Accounts).path("/api/token"));
    assert_eq!(tokens.bearer(None).await.unwrap(), old, "it still lives");
    assert_eq!(tokens.bearer(None).await.unwrap(), old, "and is not asked for in a loop");
    assert_eq!(bench.sim.count("token"), 2);
    bench.advance(Duration::from_mins(4));
    assert_ne!(tokens.bearer(None).await.unwrap(), old);
}

#[tokio::test]
async fn a_refused_token_of_an_app_is_replaced_once() {
    let (bench, tokens) = with_secret().await;
    let old = tokens.bearer(None).await.unwrap();
    let new = tokens.bearer(Some(&old)).await.unwrap();
    assert_ne!(new, old);
    assert_eq!(tokens.bearer(Some(&old)).await.unwrap(), new);
    assert!(matches!(tokens.bearer(Some(&new)).await, Err(BearerError::RefusedFresh)));
    assert_eq!(bench.sim.count("token"), 2);
}

#[tokio::test]
async fn a_wrong_or_absent_secret_is_told_before_it_is_asked_in_a_loop() {
    let bench = Bench::new().await;
    bench.set("SPOTIFY_CLIENT_SECRET", "not-the-secret");
    let tokens = bench.create().app_tokens().unwrap();
    for _ in 0..3 {
        assert_eq!(tokens.bearer(None).await.unwrap_err().class(), Class::Fatal);
    }
    assert_eq!(bench.sim.count("token"), 1);

    let bench = Bench::new().await;
    let error = bench.create().app_tokens().unwrap_err();
    assert!(matches!(error, ProfileError::NoAppSecret), "{error:?}");
    let error = OpenError::from(error);
    assert!(error.to_string().contains("SPOTIFY_CLIENT_SECRET"));
}
