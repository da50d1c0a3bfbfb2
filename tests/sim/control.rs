//! The control endpoints.

use reqwest::Method;
use serde_json::{Value, json};
use spotify_sim::DEFAULT_USER;

use crate::bench::{Answer, Bench, send};

async fn control(bench: &Bench, method: Method, name: &str, body: Option<Value>) -> Answer {
    let base = bench.api_url().trim_end_matches("/v1");
    let request = bench.plain(method, &format!("{base}/_sim/{name}"));
    send(match body {
        Some(body) => request.json(&body),
        None => request,
    })
    .await
}

#[tokio::test]
async fn the_clock_moves() {
    let bench = Bench::restricted().await;
    let answer = control(&bench, Method::POST, "advance", Some(json!({ "seconds": 3600 }))).await;
    assert_eq!(answer.ok(), json!({ "now": "2026-11-02T10:00:00Z" }));
    assert_eq!(bench.get("/me").await.status, 401);
}

#[tokio::test]
async fn requests_are_listed_and_forgotten_without_the_control_requests() {
    let bench = Bench::restricted().await;
    bench.get("/me").await.ok();
    let listed = control(&bench, Method::GET, "requests", None).await.ok();
    assert_eq!(listed.as_array().unwrap().len(), 1);
    assert_eq!(listed[0]["operation"], "get-current-users-profile");
    assert_eq!(control(&bench, Method::DELETE, "requests", None).await.status, 204);
    assert_eq!(control(&bench, Method::GET, "requests", None).await.ok(), json!([]));
}

#[tokio::test]
async fn faults_are_queued_listed_and_forgotten() {
    let bench = Bench::restricted().await;
    let fault = json!({ "kind": { "rate_limited": { "retry_after": 3 } }, "operation": "search" });
    for _ in 0..2 {
        assert_eq!(control(&bench, Method::POST, "faults", Some(fault.clone())).await.status, 204);
    }
    assert_eq!(bench.get("/search?q=rain&type=track").await.status, 429);
    let pending = control(&bench, Method::GET, "faults", None).await.ok();
    assert_eq!(pending.as_array().unwrap().len(), 1);
    assert_eq!(control(&bench, Method::DELETE, "faults", None).await.status, 204);
    assert_eq!(bench.get("/search?q=rain&type=track").await.status, 200);
}

#[tokio::test]
async fn apps_are_removed_and_modes_set() {
    let bench = Bench::restricted().await;
    let tokens = bench.grant_all();
    assert_eq!(control(&bench, Method::PUT, "rotation", Some(json!("same"))).await.status, 204);
    let same = bench.refresh(&tokens.refresh_token).await.ok();
    assert_eq!(same["refresh_token"], tokens.refresh_token);
    let odd = Some(json!(["short_pages"]));
    assert_eq!(control(&bench, Method::PUT, "irregularities", odd).await.status, 204);
    let page = bench.get("/search?q=rain&type=track").await.ok();
    assert_eq!(page["tracks"]["items"].as_array().unwrap().len(), 4);
    let user = Some(json!({ "user": DEFAULT_USER }));
    assert_eq!(control(&bench, Method::POST, "remove_app", user).await.status, 204);
    assert_eq!(bench.refresh(&tokens.refresh_token).await.status, 400);
}

#[tokio::test]
async fn bad_control_requests_say_what_is_wrong() {
    let bench = Bench::restricted().await;
    for (method, name, body, status, expected) in [
        (Method::POST, "advance", json!({ "minutes": 1 }), 400, "seconds"),
        (Method::POST, "faults", json!({ "kind": "meteor" }), 400, "meteor"),
        (Method::POST, "remove_app", json!({ "user": "nobody" }), 400, "nobody"),
        (Method::PUT, "rotation", json!("sometimes"), 400, "sometimes"),
        (Method::POST, "reboot", json!({}), 404, "no such control endpoint"),
    ] {
        let answer = control(&bench, method, name, Some(body)).await;
        assert_eq!(answer.status, status, "{answer:?}");
        let problem = answer.json()["error"].as_str().unwrap().to_owned();
        assert!(problem.contains(expected), "{problem}");
    }
}
