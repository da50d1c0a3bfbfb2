//! Authorization: who may ask, what the user answers, what the code is good for.

use reqwest::Method;
use spotify_sim::{App, ODD_USER, Regime, Simulator};

use crate::bench::{Bench, REDIRECT, VERIFIER, send};

#[tokio::test]
async fn a_public_client_gets_tokens_with_pkce() {
    let bench = Bench::restricted().await;
    let redirect = bench.approve(&bench.authorize_url(&[])).await.unwrap();
    assert!(redirect.location().starts_with(&format!("{REDIRECT}?code=")), "{redirect:?}");
    assert_eq!(redirect.parameter("state").as_deref(), Some("a state"));
    let tokens = bench.exchange(&redirect.code().unwrap(), &[]).await.ok();
    assert_eq!(tokens["token_type"], "Bearer");
    assert_eq!(tokens["expires_in"], 3600);
    assert_eq!(tokens["scope"], "playlist-read-private");
    assert!(tokens["refresh_token"].is_string());
    let me = bench.get_as(tokens["access_token"].as_str().unwrap(), "/me").await.ok();
    assert_eq!(me["id"], "simone");
}

#[tokio::test]
async fn a_confidential_client_gets_tokens_with_its_secret() {
    let bench = Bench::restricted().await;
    let without = [("code_challenge", ""), ("code_challenge_method", "")];
    let url = bench.authorize_url(&without);
    let secret = bench.client_secret();
    let code = bench.approve(&url).await.unwrap().code().unwrap();
    let in_body = [("code_verifier", ""), ("client_secret", &secret)];
    assert_eq!(bench.exchange(&code, &in_body).await.status, 200);
    let code = bench.approve(&url).await.unwrap().code().unwrap();
    let token_url = format!("{}/api/token", bench.accounts_url());
    let form = [("grant_type", "authorization_code"), ("code", &code), ("redirect_uri", REDIRECT)];
    let basic = bench
        .plain(Method::POST, &token_url)
        .basic_auth(bench.client_id(), Some(&secret))
        .form(&form);
    assert_eq!(send(basic).await.status, 200);
    let code = bench.approve(&url).await.unwrap().code().unwrap();
    let nothing = bench.exchange(&code, &[("code_verifier", "")]).await;
    assert_eq!(nothing.json()["error"], "invalid_client");
}

#[tokio::test]
async fn a_user_who_refuses_is_sent_back_without_a_code() {
    let bench = Bench::restricted().await;
    let redirect = bench.refuse(&bench.authorize_url(&[])).await.unwrap();
    assert_eq!(redirect.location(), format!("{REDIRECT}?error=access_denied&state=a+state"));
}

#[tokio::test]
async fn wrong_clients_and_redirect_uris_are_sent_nowhere() {
    let bench = Bench::restricted().await;
    for (change, expected) in [
        (("client_id", "nobody"), "INVALID_CLIENT: Invalid client"),
        (("redirect_uri", ""), "INVALID_CLIENT: Invalid redirect URI"),
        (("redirect_uri", "http://127.0.0.1:1/Callback"), "INVALID_CLIENT: Invalid redirect URI"),
        (("redirect_uri", "https://example.com/"), "INVALID_CLIENT: Invalid redirect URI"),
        (("redirect_uri", "http://localhost:1/callback"), "INVALID_CLIENT: Insecure redirect URI"),
        (("redirect_uri", "http://example.com/cb"), "INVALID_CLIENT: Insecure redirect URI"),
    ] {
        let shown = bench.approve(&bench.authorize_url(&[change])).await;
        assert_eq!(shown.unwrap_err(), expected, "{change:?}");
    }
}

#[tokio::test]
async fn wrong_requests_are_told_to_the_client() {
    let bench = Bench::restricted().await;
    for (change, expected) in [
        (("response_type", "token"), "unsupported_response_type"),
        (("code_challenge_method", "plain"), "invalid_request"),
        (("code_challenge", "short"), "invalid_request"),
        (("scope", "playlist-read-private sing-along"), "invalid_scope"),
    ] {
        let redirect = bench.approve(&bench.authorize_url(&[change])).await.unwrap();
        assert_eq!(redirect.parameter("error").as_deref(), Some(expected), "{change:?}");
        assert_eq!(redirect.parameter("state").as_deref(), Some("a state"));
        assert_eq!(redirect.code(), None);
    }
}

#[tokio::test]
async fn old_apps_may_ask_for_scopes_that_do_not_exist() {
    let bench = Bench::new(Regime::DevLegacy).await;
    let url = bench.authorize_url(&[("scope", "playlist-read-private sing-along")]);
    let code = bench.approve(&url).await.unwrap().code().unwrap();
    assert_eq!(bench.exchange(&code, &[]).await.ok()["scope"], "playlist-read-private");
}

#[tokio::test]
async fn a_code_is_good_once_and_for_ten_minutes() {
    let bench = Bench::restricted().await;
    let code = bench.code().await;
    assert_eq!(bench.exchange(&code, &[]).await.status, 200);
    let again = bench.exchange(&code, &[]).await;
    assert_eq!(again.json()["error_description"], "Invalid authorization code");
    let code = bench.code().await;
    bench.advance(std::time::Duration::from_mins(10));
    let late = bench.exchange(&code, &[]).await;
    assert_eq!(late.json()["error_description"], "Invalid authorization code");
}

#[tokio::test]
async fn a_code_of_one_app_is_nothing_to_another() {
    let other = App::new("0123456789abcdef0123456789abcdef", Regime::Extended);
    let bench = Bench::of(Simulator::builder().app(other)).await;
    let code = bench.code().await;
    let stolen = [("client_id", "0123456789abcdef0123456789abcdef")];
    let answer = bench.exchange(&code, &stolen).await;
    assert_eq!(answer.json()["error_description"], "Invalid authorization code");
}

#[tokio::test]
async fn a_loopback_port_is_free_to_choose_but_not_to_change() {
    let bench = Bench::restricted().await;
    let code = bench.code().await;
    let moved = bench.exchange(&code, &[("redirect_uri", "http://127.0.0.1:4712/callback")]).await;
    assert_eq!(moved.json()["error_description"], "Invalid redirect URI");
}

#[tokio::test]
async fn a_verifier_without_a_challenge_is_refused() {
    let bench = Bench::restricted().await;
    let url = bench.authorize_url(&[("code_challenge", ""), ("code_challenge_method", "")]);
    let code = bench.approve(&url).await.unwrap().code().unwrap();
    let downgraded = bench.exchange(&code, &[("code_verifier", VERIFIER)]).await;
    assert_eq!(downgraded.status, 400);
}

#[tokio::test]
async fn any_user_can_answer_also_one_with_an_odd_id() {
    let bench = Bench::restricted().await;
    let redirect = bench.approve_as(ODD_USER, &bench.authorize_url(&[])).await.unwrap();
    let tokens = bench.exchange(&redirect.code().unwrap(), &[]).await.ok();
    let me = bench.get_as(tokens["access_token"].as_str().unwrap(), "/me").await.ok();
    assert_eq!(me["id"], ODD_USER);
    assert!(me["href"].as_str().unwrap().ends_with("/users/zo%C3%AB%231%2Bx"), "{me}");
    let nobody = bench.approve_as("nobody", &bench.authorize_url(&[])).await;
    assert_eq!(nobody.unwrap_err(), "nobody has this account");
}

#[tokio::test]
async fn a_redirect_can_be_followed_to_whoever_listens() {
    let bench = Bench::restricted().await;
    // The accounts service itself stands in for a client's listener.
    let port = url::Url::parse(bench.accounts_url()).unwrap().port().unwrap();
    let there = format!("http://127.0.0.1:{port}/callback");
    let url = bench.authorize_url(&[("redirect_uri", &there)]);
    let (status, _) = bench.approve(&url).await.unwrap().follow().await.unwrap();
    assert_eq!(status, 404);
    let last = bench.requests().pop().unwrap();
    assert_eq!(
        (last.path.as_str(), last.query.as_str()),
        ("/callback", "code=[redacted]&state=[redacted]")
    );
}
