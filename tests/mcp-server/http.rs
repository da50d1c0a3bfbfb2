//! The HTTP stack: who gets in, and that both eras work on it.

use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde_json::{Value, json};

use crate::{
    bench::Bench,
    client::LATEST,
    web::{TOKEN, Web},
};

#[tokio::test]
async fn nobody_gets_in_without_the_token() {
    let bench = Bench::usual().await;
    let web = Web::serve(&bench).await;
    let address = format!("{}?access_token={TOKEN}", web.url);
    let attempts = [
        (vec![], web.url.as_str(), "Bearer"),
        (vec!["Basic dXNlcjpwYXNz"], &web.url, "Bearer"),
        (vec!["Bearer"], &web.url, "Bearer"),
        (vec!["Bearer wrong"], &web.url, r#"Bearer error="invalid_token""#),
        (vec!["Bearer right", "Bearer wrong"], &web.url, "Bearer"),
        // Never in the address (RFC 9700, section 4.3.2).
        (vec![], &address, "Bearer"),
    ];
    for (headers, url, challenge) in attempts {
        let mut request = web.http.post(url).body(web.message("tools/list", json!({})));
        for header in &headers {
            request = request.header("authorization", header.replace("right", TOKEN));
        }
        let answer = request.send().await.unwrap();
        assert_eq!(answer.status(), StatusCode::UNAUTHORIZED, "{headers:?}");
        assert_eq!(answer.headers()["www-authenticate"], challenge, "{headers:?}");
        assert!(answer.text().await.unwrap().contains("Authorization: Bearer"));
    }
    assert!(bench.calls().is_empty());
}

#[tokio::test]
async fn a_call_of_the_present_era_is_one_json_answer() {
    let bench = Bench::usual().await;
    let web = Web::serve(&bench).await;
    let params = json!({ "name": "search_tracks", "arguments": { "query": "midnight ferry" } });
    let answer = web.post("tools/call", params, HeaderMap::new()).await;
    assert_eq!(answer.status(), StatusCode::OK);
    assert_eq!(answer.headers()["content-type"], "application/json");
    let body: Value = answer.json().await.unwrap();
    let first = &body["result"]["structuredContent"]["items"][0];
    assert_eq!(first["name"], "Midnight Ferry", "{body}");
    web.stop().await;
    let kinds: Vec<_> = bench.log().iter().map(|entry| entry.kind().to_owned()).collect();
    assert_eq!(kinds.last().map(String::as_str), Some("server.stop"), "{kinds:?}");
    assert!(kinds.iter().any(|kind| kind == "tool.call"));
}

#[tokio::test]
async fn a_client_of_an_earlier_era_gets_a_session() {
    let bench = Bench::usual().await;
    let web = Web::serve(&bench).await;
    let session = web.session("2025-11-25").await;
    let listed = web.earlier("tools/list", json!({}), Some(&session)).await;
    let listed = Web::event(listed).await;
    assert!(listed["result"]["tools"].as_array().unwrap().len() >= 12, "{listed}");
    let lost = web.earlier("tools/list", json!({}), Some("nobodys-session")).await;
    assert_eq!(lost.status(), StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_page_of_another_origin_and_another_host_name_are_refused() {
    let bench = Bench::usual().await;
    let web = Web::serve(&bench).await;
    for (name, value) in [
        ("origin", "https://evil.example"),
        ("origin", "http://127.0.0.1.evil.example"),
        ("origin", "null"),
        ("host", "evil.example"),
        ("host", "127.0.0.1.evil.example"),
    ] {
        let header = (HeaderName::from_static(name), HeaderValue::from_static(value));
        let answer = web.post("tools/list", json!({}), HeaderMap::from_iter([header])).await;
        assert_eq!(answer.status(), StatusCode::FORBIDDEN, "{name}: {value}");
    }
}

#[tokio::test]
async fn headers_that_contradict_the_body_are_refused() {
    let bench = Bench::usual().await;
    let web = Web::serve(&bench).await;
    for (name, value) in [
        ("mcp-method", "tools/list"),
        ("mcp-name", "get_playlists"),
        ("mcp-protocol-version", "2025-11-25"),
    ] {
        let header = (HeaderName::from_static(name), HeaderValue::from_static(value));
        let params = json!({ "name": "search_tracks", "arguments": { "query": "x" } });
        let answer = web.post("tools/call", params, HeaderMap::from_iter([header])).await;
        assert_eq!(answer.status(), StatusCode::BAD_REQUEST, "{name}: {value}");
        let body: Value = answer.json().await.unwrap();
        assert_eq!(body["error"]["code"], -32020, "{name}: {value}: {body}");
    }
    assert!(bench.calls().is_empty());
}

#[tokio::test]
async fn bodies_that_are_too_large_or_no_message_are_refused_and_others_are_served() {
    let bench = Bench::usual().await;
    let web = Web::serve(&bench).await;
    let large = " ".repeat(mcp_server::transport::http::LARGEST_BODY + 1);
    assert_eq!(web.raw(large).await.status(), StatusCode::PAYLOAD_TOO_LARGE);
    for body in ["", "{", "[]", "7", "{}", "\u{0}", r#"{"jsonrpc":"2.0","id":1}"#] {
        let status = web.raw(body.to_owned()).await.status();
        assert!(status.is_client_error(), "{body:?}: {status}");
    }
    let answer = web.post("tools/list", json!({}), HeaderMap::new()).await;
    assert_eq!(answer.status(), StatusCode::OK);
}

#[tokio::test]
async fn an_unknown_method_and_version_have_their_codes() {
    let bench = Bench::usual().await;
    let web = Web::serve(&bench).await;
    let answer = web.post("no/such/method", json!({}), HeaderMap::new()).await;
    assert_eq!(answer.status(), StatusCode::NOT_FOUND);
    assert_eq!(answer.json::<Value>().await.unwrap()["error"]["code"], -32601);
    let body = web.message("tools/list", json!({})).replace(LATEST, "2031-01-01");
    let answer = web.raw(body).await;
    assert_eq!(answer.status(), StatusCode::BAD_REQUEST);
}
