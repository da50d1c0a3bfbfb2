//! What the Web API was seen to answer when it refuses, and what the client makes of it.

use std::{collections::BTreeMap, time::Duration};

use serde_json::{Value, json};
use spotify_api::{Error, error::Reason, id::TrackId};

use crate::{
    facts,
    server::{Server, answer},
};

/// A refusal as it was observed, and the class of the error it becomes.
struct Row {
    when: &'static str,
    status: u16,
    body: Value,
    class: fn(&Error) -> bool,
}

const fn row(when: &'static str, status: u16, body: Value, class: fn(&Error) -> bool) -> Row {
    Row { when, status, body, class }
}

fn said(status: u16, message: &str) -> Value {
    json!({"error": {"status": status, "message": message}})
}

fn reason(status: u16, message: &str, reason: &str) -> Value {
    json!({"error": {"status": status, "message": message, "reason": reason}})
}

/// A text is a body that is no JSON.
fn rows() -> Vec<Row> {
    let token = || said(401, "Missing/invalid/expired access token");
    let unauthorized = |error: &Error| {
        matches!(error, Error::Unauthorized { .. }) && error.is_retryable() && !error.needs_login()
    };
    let forbidden = |error: &Error| matches!(error, Error::Forbidden { .. });
    let rejected =
        |error: &Error| matches!(error, Error::BadRequest { .. }) && !error.is_retryable();
    let absent =
        |error: &Error| matches!(error, Error::NotFound { .. }) && !error.no_active_device();
    vec![
        row("no Authorization header", 401, token(), unauthorized),
        row("unknown/garbage bearer token", 401, token(), unauthorized),
        row(
            "expired token (older wording)",
            401,
            said(401, "The access token expired"),
            unauthorized,
        ),
        row("missing scope", 403, said(403, "Insufficient client scope"), Error::missing_scope),
        // Of an operation that no regime lacks: that it can mean "removed" is tested elsewhere.
        row(
            "endpoint removed for restricted Development Mode",
            403,
            said(403, "Forbidden"),
            forbidden,
        ),
        row(
            "Nov-2024 endpoints: audio-features",
            403,
            json!({"error": {"status": 403}}),
            forbidden,
        ),
        row(
            "Nov-2024 endpoints: recommendations, related-artists, featured/category playlists; Spotify-owned playlists",
            404,
            Value::Null,
            absent,
        ),
        row(
            "user not on the 5-user allowlist",
            403,
            json!(
                "The user is not registered for this application. Please check your settings on https://developer.spotify.com/dashboard."
            ),
            Error::not_on_the_apps_list,
        ),
        row(
            "GET /playlists/{id}/items, caller is neither owner nor collaborator",
            403,
            said(403, "Forbidden"),
            forbidden,
        ),
        row(
            "player command without Premium",
            403,
            reason(403, "Player command failed: Premium required", "PREMIUM_REQUIRED"),
            |error| error.needs_premium() && error.reason() == Some(&Reason::PremiumRequired),
        ),
        row(
            "player command, restriction",
            403,
            reason(403, "Player command failed: Restriction violated", "UNKNOWN"),
            |error| {
                matches!(error, Error::Forbidden { .. }) && error.reason() == Some(&Reason::Unknown)
            },
        ),
        row(
            "no active device",
            404,
            reason(404, "Player command failed: No active device found", "NO_ACTIVE_DEVICE"),
            |error| error.no_active_device() && error.reason() == Some(&Reason::NoActiveDevice),
        ),
        row("device_id unknown", 404, said(404, "Device not found"), Error::no_active_device),
        row("unknown playlist", 404, said(404, "Resource not found"), absent),
        row("malformed id", 400, said(400, "invalid id"), rejected),
        row("limit above the maximum", 400, said(400, "Invalid limit"), rejected),
        row(
            "PUT/DELETE /me/library without uris in query",
            400,
            said(400, "Missing required field: uris"),
            rejected,
        ),
        row(
            "offset given for an artist context",
            400,
            said(400, "can't have offset for context type: ARTIST"),
            rejected,
        ),
        row("body-less PUT/POST without Content-Length", 411, Value::Null, rejected),
        row("rate limit (rolling 30 s)", 429, said(429, "API rate limit exceeded"), |error| {
            matches!(error, Error::RateLimited { .. })
                && error.retry_after() == Some(Duration::from_secs(3599))
        }),
        row(
            "Development Mode quota exhausted (per developer account, per bucket)",
            429,
            reason(429, "Too many requests", "QUOTA_EXCEEDED"),
            |error| {
                matches!(error, Error::QuotaExceeded { .. })
                    && error.retry_after() == Some(Duration::from_secs(86_207))
            },
        ),
    ]
}

#[tokio::test]
async fn every_observed_error_becomes_an_error_of_its_class() {
    let track: TrackId = "6rqhFgbbKwnb9MLmUQDhG6".parse().unwrap();
    for Row { when, status, body, class } in rows() {
        let (kind, text) = match &body {
            Value::Null => ("text/html", String::new()),
            Value::String(text) => ("text/plain", text.clone()),
            json => ("application/json", json.to_string()),
        };
        let wait = if when.starts_with("rate limit") { 3599 } else { 86_207 };
        let wait = if status == 429 { format!("retry-after: {wait}\r\n") } else { String::new() };
        let head = format!("content-type: {kind}\r\n{wait}");
        let line = format!("{status} Observed");
        let server = Server::answering(answer(&line, &head, text.as_bytes())).await;
        let error = server.client.track(track).await.unwrap_err();
        assert_eq!(error.status(), Some(status), "{when}: {error:?}");
        assert!(class(&error), "{when}: {error:?}");
        assert!(!error.for_people().is_empty() && !error.outcome_is_unknown(), "{when}");
    }
}

#[test]
fn the_observed_errors_and_reasons_are_all_known_here() {
    let Some(facts) = facts::read("observed_errors.json") else { return };
    let facts: Value = serde_json::from_slice(&facts).unwrap();
    let mut rows: BTreeMap<&str, Row> = rows().into_iter().map(|row| (row.when, row)).collect();
    for fact in facts["errors"].as_array().unwrap() {
        let status = fact["status"].as_u64().unwrap();
        if fact["host"] != "api" || status < 400 {
            continue;
        }
        let when = fact["when"].as_str().unwrap();
        let row = rows.remove(when).unwrap_or_else(|| panic!("{when} has no row"));
        let body = fact.get("body_text").unwrap_or(&fact["body"]);
        assert_eq!((u64::from(row.status), &row.body), (status, body), "{when}");
    }
    assert_eq!(rows.keys().collect::<Vec<_>>(), Vec::<&&str>::new(), "rows without a fact");
    for code in facts["player_error_reasons"].as_array().unwrap() {
        let code = code.as_str().unwrap();
        assert!(!matches!(Reason::from(code), Reason::Other(_)), "{code}");
    }
}
