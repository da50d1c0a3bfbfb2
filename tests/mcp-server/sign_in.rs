//! Signing in from inside the AI client.

use mcp_server::tools::{Selection, Toolset};
use serde_json::json;
use spotify_sim::Simulator;

use crate::bench::Bench;

#[tokio::test]
async fn a_sign_in_completes_by_itself_when_the_person_has_approved() {
    let bench = Bench::new(Simulator::builder()).await;
    let (client, _child) = bench.child(&[], &[]);
    let mut client = client.begin("2025-11-25").await;

    let refused = client.fails("search_tracks", json!({ "query": "x" })).await;
    assert_eq!(refused["code"], "not_signed_in");
    assert!(refused["next_step"].as_str().unwrap().contains("get_auth_url"));
    let status = client.ok("get_auth_status", json!({})).await;
    assert_eq!((&status["state"], &status["pending"]), (&"not_signed_in".into(), &0.into()));

    let begun = client.ok("get_auth_url", json!({})).await;
    assert_eq!(begun["answer"], "automatic");
    let status = client.ok("get_auth_status", json!({})).await;
    assert_eq!(status["pending"], 1);
    // Returns when the server's own listener has answered the browser: then the grant is sealed.
    bench.approve(begun["url"].as_str().unwrap()).await;

    let status = client.ok("get_auth_status", json!({})).await;
    assert_eq!(status["state"], "signed_in");
    assert_eq!(status.get("missing_scopes"), None);
    assert_eq!(status["pending"], 0);
    assert!((179..=185).contains(&status["days_left"].as_i64().unwrap()), "{status}");
    client.ok("search_tracks", json!({ "query": "night" })).await;
}

#[tokio::test]
async fn a_pasted_address_completes_a_sign_in_and_works_once() {
    let bench = Bench::new(Simulator::builder()).await;
    let (mut client, _serving) = bench.serve().await;
    let begun = client.ok("get_auth_url", json!({})).await;
    let redirect = bench.sim.approve(begun["url"].as_str().unwrap()).await.unwrap();
    let done = client.ok("authenticate", json!({ "redirect": redirect.location() })).await;
    assert_eq!(done.get("missing_scopes"), None);
    assert_eq!(done["deadline"], "2027-05-02");
    let again = client.fails("authenticate", json!({ "redirect": redirect.location() })).await;
    assert_eq!(again["code"], "sign_in_failed");
    assert!(!again.to_string().contains(&redirect.code().unwrap()));
}

#[tokio::test]
async fn a_bare_code_is_enough_when_one_sign_in_waits_and_nonsense_never_is() {
    let bench = Bench::new(Simulator::builder()).await;
    let (mut client, _serving) = bench.serve().await;
    for nonsense in ["", "https://example.org/?state=x", "not a code!"] {
        let failed = client.fails("authenticate", json!({ "redirect": nonsense })).await;
        assert!(failed["code"] == "sign_in_failed" || failed["code"] == "invalid_arguments");
    }
    let begun = client.ok("get_auth_url", json!({})).await;
    let redirect = bench.sim.approve(begun["url"].as_str().unwrap()).await.unwrap();
    client.ok("authenticate", json!({ "redirect": redirect.code().unwrap() })).await;
}

#[tokio::test]
async fn a_refusal_is_told_and_nobody_is_signed_in() {
    let bench = Bench::new(Simulator::builder()).await;
    let (mut client, _serving) = bench.serve().await;
    let begun = client.ok("get_auth_url", json!({})).await;
    let redirect = bench.sim.refuse(begun["url"].as_str().unwrap()).await.unwrap();
    let failed = client.fails("authenticate", json!({ "redirect": redirect.location() })).await;
    assert!(failed["message"].as_str().unwrap().contains("refused"), "{failed}");
    let status = client.ok("get_auth_status", json!({})).await;
    assert_eq!(status["state"], "not_signed_in");
}

#[tokio::test]
async fn exactly_the_scopes_that_the_offered_tools_need_are_asked_for() {
    let bench = Bench::new(Simulator::builder()).await;
    let basic = Selection { toolsets: [Toolset::Account].into(), ..Selection::default() };
    let (mut client, _serving) = bench.serve_selection(&basic).await;
    let begun = client.ok("get_auth_url", json!({})).await;
    let url = begun["url"].as_str().unwrap();
    let asked = url.split_once("scope=").unwrap().1.split('&').next().unwrap();
    let mut asked: Vec<_> = asked.split('+').flat_map(|part| part.split("%20")).collect();
    asked.sort_unstable();
    assert_eq!(
        asked,
        [
            "playlist-modify-private",
            "playlist-modify-public",
            "playlist-read-collaborative",
            "playlist-read-private"
        ]
    );
}

#[tokio::test]
async fn a_missing_scope_is_named_in_the_status_and_in_the_refusal() {
    let bench = Bench::signed_in_with(
        Simulator::builder(),
        "playlist-read-private playlist-read-collaborative playlist-modify-public",
    )
    .await;
    let basic = Selection { toolsets: [Toolset::Account].into(), ..Selection::default() };
    let (mut client, _serving) = bench.serve_selection(&basic).await;
    let status = client.ok("get_auth_status", json!({})).await;
    assert_eq!(status["missing_scopes"], json!(["playlist-modify-private"]));
    let refused = client.fails("create_playlist", json!({ "name": "Mine" })).await;
    assert_eq!(refused["code"], "missing_scope");
    let message = refused["message"].as_str().unwrap();
    assert!(message.ends_with(": playlist-modify-private"), "{message}");
}
