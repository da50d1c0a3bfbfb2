//! Trouble on demand.

use std::time::Duration;

use reqwest::Method;
use serde_json::json;
use spotify_sim::{Fault, Rotation, Service, Simulator};

use crate::bench::Bench;

const SEARCH: &str = "/search?q=rain&type=track";

#[tokio::test]
async fn rate_limits_and_quotas_look_like_the_real_ones() {
    let bench = Bench::restricted().await;
    bench.fault(Fault::rate_limited(Duration::from_secs(7)));
    let limited = bench.get(SEARCH).await;
    limited.refused(429, "API rate limit exceeded");
    assert_eq!(limited.header("retry-after"), Some("7"));
    bench.fault(Fault::quota_exceeded(Duration::from_hours(23)));
    let limited = bench.get(SEARCH).await;
    limited.refused(429, "Too many requests");
    assert_eq!(limited.json()["error"]["reason"], "QUOTA_EXCEEDED");
    assert_eq!(limited.header("retry-after"), Some("82800"));
    assert_eq!(bench.get(SEARCH).await.status, 200);
}

#[tokio::test]
async fn errors_of_servers_and_proxies_differ_in_their_bodies() {
    let bench = Bench::restricted().await;
    bench.fault(Fault::server_error(503));
    bench.fault(Fault::html_error(502));
    bench.get(SEARCH).await.refused(503, "Service unavailable");
    let proxy = bench.get(SEARCH).await;
    assert_eq!(proxy.status, 502);
    assert!(proxy.header("content-type").unwrap().starts_with("text/html"));
    assert!(proxy.text.starts_with("<html>"));
}

#[tokio::test]
async fn spurious_refusals_end_by_themselves() {
    let bench = Bench::restricted().await;
    bench.fault(Fault::spurious_unauthorized());
    bench.fault(Fault::spurious_forbidden());
    bench.get(SEARCH).await.refused(401, "Access token missing");
    let forbidden = bench.get(SEARCH).await;
    forbidden.refused(403, "Player command failed: Premium required");
    assert_eq!(bench.get(SEARCH).await.status, 200);
}

#[tokio::test]
async fn a_connection_dropped_before_has_no_effect_and_one_dropped_after_has() {
    let bench = Bench::restricted().await;
    let id = bench.playlist("drop", true).await;
    let path = format!("/playlists/{id}/items");
    let body = json!({ "uris": [bench.uri("Low Tide")] });
    let post = async || {
        let url = format!("{}{path}", bench.api_url());
        let request = bench.plain(Method::POST, &url).bearer_auth(&bench.token).json(&body);
        request.send().await
    };
    bench.fault(Fault::drop_before().operation("add-items-to-playlist"));
    assert!(post().await.is_err());
    assert_eq!(bench.playlist_titles(&id).unwrap().len(), 0);
    bench.fault(Fault::drop_after().operation("add-items-to-playlist"));
    assert!(post().await.is_err());
    assert_eq!(bench.playlist_titles(&id).unwrap().len(), 1);
    let statuses: Vec<_> = bench.requests().iter().rev().take(2).map(|r| r.status).collect();
    assert_eq!(statuses, [0, 0]);
    assert_eq!(post().await.unwrap().status(), 201);
}

#[tokio::test]
async fn the_answer_to_a_rotating_refresh_can_get_lost() {
    let bench = Bench::of(Simulator::builder().rotation(Rotation::Always)).await;
    let token = bench.grant_all().refresh_token;
    bench.fault(Fault::drop_after().on(Service::Accounts));
    let url = format!("{}/api/token", bench.accounts_url());
    let form = [
        ("grant_type", "refresh_token"),
        ("client_id", bench.client_id()),
        ("refresh_token", token.as_str()),
    ];
    assert!(bench.plain(Method::POST, &url).form(&form).send().await.is_err());
    let dead = bench.refresh(&token).await;
    assert_eq!(dead.json()["error_description"], "Refresh token revoked");
}

#[tokio::test]
async fn a_truncated_body_breaks_off_after_a_good_status() {
    let bench = Bench::restricted().await;
    bench.fault(Fault::truncate());
    let response = bench.request(Method::GET, SEARCH).send().await.unwrap();
    assert_eq!(response.status(), 200);
    let promised = response.content_length().unwrap();
    assert!(promised > 100);
    assert!(response.bytes().await.is_err());
    assert_eq!(bench.get(SEARCH).await.status, 200);
}

#[tokio::test]
async fn a_delayed_answer_comes() {
    let bench = Bench::restricted().await;
    bench.fault(Fault::delay(Duration::from_millis(5)));
    assert_eq!(bench.get(SEARCH).await.status, 200);
}

#[tokio::test]
async fn any_answer_can_be_made_up() {
    let bench = Bench::restricted().await;
    bench.fault(Fault::answer(200, "application/json", "{\"tracks\":7}"));
    assert_eq!(bench.get(SEARCH).await.ok(), json!({ "tracks": 7 }));
}

#[tokio::test]
async fn faults_can_be_called_off() {
    let bench = Bench::restricted().await;
    bench.fault(Fault::server_error(500).times(9));
    bench.clear_faults();
    assert_eq!(bench.get(SEARCH).await.status, 200);
}
