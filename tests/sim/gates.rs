//! What every request has to pass before its operation looks at it.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use spotify_sim::{App, DEFAULT_USER, OTHER_USER, Regime, STRANGER, Simulator, User};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
};

use crate::bench::{Bench, send};

#[tokio::test]
async fn a_user_off_the_allowlist_signs_in_and_is_then_refused_in_plain_text() {
    for regime in [Regime::DevRestricted, Regime::DevLegacy] {
        let bench = Bench::new(regime).await;
        let redirect = bench.approve_as(STRANGER, &bench.authorize_url(&[])).await.unwrap();
        let tokens = bench.exchange(&redirect.code().unwrap(), &[]).await.ok();
        let access = tokens["access_token"].as_str().unwrap();
        let refused = bench.get_as(access, "/me").await;
        assert_eq!(refused.status, 403);
        assert!(refused.header("content-type").unwrap().starts_with("text/plain"));
        assert!(refused.text.starts_with("The user is not registered for this application."));
        assert!(bench.allow(STRANGER));
        assert_eq!(bench.get_as(access, "/me").await.status, 200);
        bench.disallow(STRANGER);
        assert_eq!(bench.get_as(access, "/me").await.status, 403);
    }
}

#[tokio::test]
async fn extended_quota_knows_no_allowlist() {
    let bench = Bench::new(Regime::Extended).await;
    let tokens = bench.grant(STRANGER, &[]);
    assert_eq!(bench.get_as(&tokens.access_token, "/me").await.status, 200);
}

#[tokio::test]
async fn the_allowlist_has_five_places() {
    let bench =
        Bench::of(Simulator::builder().user(User::new("four")).user(User::new("five"))).await;
    assert!(bench.allow("five"), "already on it");
    assert!(!bench.allow(STRANGER), "the sixth");
    bench.disallow("four");
    assert!(bench.allow(STRANGER));
}

#[tokio::test]
async fn an_app_in_development_stops_while_its_owner_has_no_premium() {
    let bench = Bench::restricted().await;
    bench.set_owner_premium(false);
    let refused = bench.get("/me").await;
    assert_eq!(refused.status, 403);
    assert!(refused.text.starts_with("Active premium subscription required for the owner"));
    bench.set_owner_premium(true);
    assert_eq!(bench.get("/me").await.status, 200);
}

#[tokio::test]
async fn the_regime_goes_with_the_client_id() {
    let other = App::new("0123456789abcdef0123456789abcdef", Regime::Extended);
    let bench = Bench::of(Simulator::builder().app(other)).await;
    let extended =
        bench.grant_to("0123456789abcdef0123456789abcdef", DEFAULT_USER, &[]).access_token;
    let wide = "/search?q=rain&type=track&limit=50";
    assert_eq!(bench.get_as(&extended, wide).await.status, 200);
    bench.get(wide).await.refused(400, "Invalid limit");
}

#[tokio::test]
async fn scopes_are_enforced_by_what_is_touched() {
    let bench = Bench::restricted().await;
    let private = bench.playlist("private", false).await;
    let only_public = bench.grant(DEFAULT_USER, &["playlist-modify-public"]).access_token;
    let rename = json!({ "name": "other" });
    let path = format!("/playlists/{private}");
    let refused = "Insufficient client scope";
    bench.send_as(&only_public, Method::PUT, &path, &rename).await.refused(403, refused);
    bench.get_as(&only_public, &path).await.refused(403, refused);
    bench.get_as(&only_public, "/me/playlists").await.refused(403, refused);
    let create = json!({ "name": "x", "public": false });
    bench.send_as(&only_public, Method::POST, "/me/playlists", &create).await.refused(403, refused);
    let none = bench.grant(DEFAULT_USER, &[]).access_token;
    let public = json!({ "name": "x" });
    bench.send_as(&none, Method::POST, "/me/playlists", &public).await.refused(403, refused);
    assert_eq!(bench.get_as(&none, "/me").await.status, 200);
}

#[tokio::test]
async fn a_write_without_content_length_is_refused() {
    let bench = Bench::restricted().await;
    let address = bench.api_url().trim_start_matches("http://").trim_end_matches("/v1");
    for method in ["PUT", "POST"] {
        let mut stream = TcpStream::connect(address).await.unwrap();
        let request = format!(
            "{method} /v1/me/playlists HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n"
        );
        stream.write_all(request.as_bytes()).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        // An unknown method of a known path is another matter.
        let expected = if method == "POST" { "HTTP/1.1 411 " } else { "HTTP/1.1 405 " };
        assert!(answer.starts_with(expected), "{answer}");
    }
}

#[tokio::test]
async fn unknown_paths_and_methods_are_told_apart() {
    let bench = Bench::restricted().await;
    bench.get("/nothing").await.refused(404, "Service not found");
    let patch = bench.request(Method::PATCH, "/me");
    send(patch).await.refused(405, "Method not allowed");
}

#[tokio::test]
async fn the_rate_limit_rolls_with_the_clock_and_is_per_app() {
    let other = App::new("0123456789abcdef0123456789abcdef", Regime::Extended);
    let bench = Bench::of(Simulator::builder().app(other).rate_limit(2)).await;
    for _ in 0..2 {
        assert_eq!(bench.get("/me").await.status, 200);
    }
    let limited = bench.get("/me").await;
    limited.refused(429, "API rate limit exceeded");
    assert_eq!(limited.header("retry-after"), Some("30"));
    let neighbour = bench.grant_to("0123456789abcdef0123456789abcdef", OTHER_USER, &[]);
    assert_eq!(bench.get_as(&neighbour.access_token, "/me").await.status, 200);
    bench.advance(Duration::from_secs(30));
    assert_eq!(bench.get("/me").await.status, 200);
}

#[tokio::test]
async fn an_exhausted_quota_closes_one_bucket_for_a_day() {
    let bench = Bench::of(Simulator::builder().quota(1)).await;
    assert_eq!(bench.get("/search?q=rain&type=track").await.status, 200);
    let limited = bench.get("/search?q=rain&type=track").await;
    limited.refused(429, "Too many requests");
    assert_eq!(limited.json()["error"]["reason"], "QUOTA_EXCEEDED");
    assert_eq!(limited.header("retry-after"), Some("86400"));
    assert_eq!(bench.get("/me").await.status, 200);
    bench.advance(Duration::from_hours(24));
    bench.expire_access_tokens();
    let token = bench.grant_all().access_token;
    assert_eq!(bench.get_as(&token, "/search?q=rain&type=track").await.status, 200);
}

#[tokio::test]
async fn a_market_that_is_none_is_refused() {
    let bench = Bench::restricted().await;
    bench.get("/search?q=rain&type=track&market=Sweden").await.refused(400, "Invalid market code");
    assert_eq!(bench.get("/search?q=rain&type=track&market=SE").await.status, 200);
}

#[tokio::test]
async fn a_dropped_simulator_listens_no_more() {
    let bench = Bench::restricted().await;
    let address = bench.api_url().trim_start_matches("http://").trim_end_matches("/v1").to_owned();
    assert_eq!(bench.get("/me").await.status, 200);
    drop(bench);
    // The server notices at its next turn; how many turns that takes is the run time's business.
    let mut refused = false;
    for _ in 0..1_000 {
        refused = TcpStream::connect(&address).await.is_err();
        if refused {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert!(refused, "somebody still listens on {address}");
}
