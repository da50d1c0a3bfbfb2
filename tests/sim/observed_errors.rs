//! The errors that were observed, each provoked.

use std::time::Duration;

use reqwest::Method;
use serde_json::{Value, json};
use spotify_sim::{DEFAULT_USER, Irregularity, Regime, Rotation, STRANGER, Simulator};

use crate::{
    bench::{Answer, Bench, REDIRECT, send},
    facts::table,
};

/// A wording that a later one replaced, and a page that only browsers see.
const NOT_SIMULATED: &[&str] = &["expired token (older wording)", "GET /authorize not logged in"];

#[tokio::test]
async fn every_observed_error_is_answered_as_it_was_observed() {
    let Some(errors) = table("observed_errors.json") else { return };
    for row in errors["errors"].as_array().unwrap() {
        let when = row["when"].as_str().unwrap();
        if NOT_SIMULATED.contains(&when) {
            continue;
        }
        let answer = provoke(when).await;
        assert_eq!(u64::from(answer.status), row["status"].as_u64().unwrap(), "{when}: {answer:?}");
        if !row["body"].is_null() {
            assert_eq!(answer.json(), row["body"], "{when}");
        }
        if let Some(text) = row["body_text"].as_str() {
            // Every player command has a text of its own.
            let random = when == "player write success";
            assert_eq!(answer.text.len(), text.len(), "{when}");
            assert!(random || answer.text == text, "{when}: {answer:?}");
            let kind = row["content_type"].as_str().unwrap().trim_end_matches('?');
            assert!(answer.header("content-type").unwrap().starts_with(kind), "{when}");
        }
        for (name, value) in row["headers"].as_object().into_iter().flatten() {
            let value = value.as_str().unwrap();
            let given = answer.header(name).unwrap_or_else(|| panic!("{when}: no {name}"));
            match name.as_str() {
                "www-authenticate" => assert_eq!(given, value, "{when}"),
                "retry-after" => assert!(given.parse::<u64>().is_ok_and(|s| s <= 86_400), "{when}"),
                "location" => {
                    assert_eq!(given, format!("{REDIRECT}?error=access_denied&state=a+state"));
                }
                other => panic!("{when}: unknown header {other}"),
            }
        }
    }
}

#[test]
fn what_is_not_simulated_is_in_the_table() {
    let Some(errors) = table("observed_errors.json") else { return };
    let rows = errors["errors"].as_array().unwrap();
    for when in NOT_SIMULATED {
        assert!(rows.iter().any(|row| row["when"] == **when), "{when}");
    }
}

/// Brings about what a row of the table describes.
async fn provoke(when: &str) -> Answer {
    let bench = Bench::of(Simulator::builder().rotation(Rotation::Always).seed(7)).await;
    let url = |path: &str| format!("{}{path}", bench.api_url());
    match when {
        "no Authorization header" => send(bench.plain(Method::GET, &url("/me"))).await,
        "unknown/garbage bearer token" => bench.get_as("garbage", "/me").await,
        "missing scope" => {
            let token = bench.grant(DEFAULT_USER, &[]).access_token;
            bench.get_as(&token, "/me/playlists").await
        }
        "endpoint removed for restricted Development Mode" => {
            bench.get("/tracks?ids=0000000000000000000000").await
        }
        "Nov-2024 endpoints: audio-features" => {
            bench.get("/audio-features/0000000000000000000000").await
        }
        "Nov-2024 endpoints: recommendations, related-artists, featured/category playlists; \
         Spotify-owned playlists" => {
            let extended = Bench::new(Regime::Extended).await;
            let found = extended.get("/search?q=harbour+hits&type=playlist").await.ok();
            let id = found["playlists"]["items"][0]["id"].as_str().unwrap().to_owned();
            bench.get(&format!("/playlists/{id}")).await
        }
        "user not on the 5-user allowlist" => {
            let token = bench.grant(STRANGER, &[]).access_token;
            bench.get_as(&token, "/me").await
        }
        "GET /playlists/{id}/items, caller is neither owner nor collaborator" => {
            let found = bench.get("/search?q=otto&type=playlist").await.ok();
            let id = found["playlists"]["items"][0]["id"].as_str().unwrap().to_owned();
            bench.get(&format!("/playlists/{id}/items")).await
        }
        "unknown playlist" => bench.get("/playlists/0000000000000000000000").await,
        "malformed id" => bench.get("/tracks/malformed").await,
        "limit above the maximum" => bench.get("/search?q=rain&type=track&limit=11").await,
        "PUT/DELETE /me/library without uris in query" => {
            send(bench.request(Method::PUT, "/me/library")).await
        }
        "body-less PUT/POST without Content-Length" => {
            send(bench.plain(Method::POST, &url("/me/playlists"))).await
        }
        "rate limit (rolling 30 s)" => {
            let limited = Bench::of(Simulator::builder().rate_limit(0)).await;
            limited.get("/me").await
        }
        "Development Mode quota exhausted (per developer account, per bucket)" => {
            Bench::of(Simulator::builder().quota(0)).await.get("/me").await
        }
        other => match provoke_player(&bench, other).await {
            Some(answer) => answer,
            None => provoke_accounts(&bench, other).await,
        },
    }
}

async fn provoke_player(bench: &Bench, when: &str) -> Option<Answer> {
    let desk = bench.device_id(DEFAULT_USER, "Desk").unwrap();
    let attic = bench.device_id(DEFAULT_USER, "Attic").unwrap();
    let play = async |device: &str, body: Value| {
        let path = format!("/me/player/play?device_id={device}");
        bench.send(Method::PUT, &path, &body).await
    };
    Some(match when {
        "player command without Premium" => {
            bench.set_premium(DEFAULT_USER, false);
            play(&desk, json!({})).await
        }
        "player command, restriction" => play(&attic, json!({})).await,
        "no active device" => send(bench.request(Method::PUT, "/me/player/pause")).await,
        "device_id unknown" => play("unknown", json!({})).await,
        "offset given for an artist context" => {
            let found = bench.get("/search?q=lanterns&type=artist").await.ok();
            let artist = &found["artists"]["items"][0]["uri"];
            play(&desk, json!({ "context_uri": artist, "offset": { "position": 1 } })).await
        }
        "player write success" => {
            bench.set_irregular(Irregularity::PlayerText, true);
            play(&desk, json!({ "uris": [bench.uri("Low Tide")] })).await
        }
        _ => return None,
    })
}

async fn provoke_accounts(bench: &Bench, when: &str) -> Answer {
    let id = ("client_id", bench.client_id());
    match when {
        "bad client id/secret at /api/token" => {
            let form = [id, ("client_secret", "wrong"), ("grant_type", "client_credentials")];
            bench.token_request(&form).await
        }
        "no client credentials at all" => {
            bench.token_request(&[("grant_type", "client_credentials")]).await
        }
        "refresh token past 6 months" => {
            let token = bench.grant_all().refresh_token;
            bench.advance(Duration::from_hours(24 * 185));
            bench.refresh(&token).await
        }
        "refresh token revoked by the user / rotated out" => {
            let token = bench.grant_all().refresh_token;
            bench.refresh(&token).await.ok();
            bench.refresh(&token).await
        }
        "garbage refresh token" => bench.refresh("garbage").await,
        "bad/used authorization code" => bench.exchange("garbage", &[]).await,
        "wrong code_verifier" => {
            let code = bench.code().await;
            let verifier = "0".repeat(43);
            bench.exchange(&code, &[("code_verifier", &verifier)]).await
        }
        "redirect_uri at exchange differs" => {
            let code = bench.code().await;
            bench.exchange(&code, &[("redirect_uri", "http://127.0.0.1/other")]).await
        }
        "client_credentials with a not-permitted scope" => {
            let secret = bench.client_secret();
            let form = [
                id,
                ("client_secret", secret.as_str()),
                ("grant_type", "client_credentials"),
                ("scope", "streaming"),
            ];
            bench.token_request(&form).await
        }
        "user denies consent" => {
            let page = bench.plain(Method::GET, &bench.authorize_url(&[]));
            send(page.header("x-sim-consent", "refuse")).await
        }
        other => panic!("this row is new: simulate it, or say why not: {other:?}"),
    }
}
