//! The life of tokens.

use std::time::Duration;

use spotify_sim::{DEFAULT_USER, Rotation, Simulator};

use crate::bench::Bench;

#[tokio::test]
async fn a_refresh_does_to_the_refresh_token_what_the_rotation_says() {
    for rotation in Rotation::ALL {
        let bench = Bench::of(Simulator::builder().rotation(rotation)).await;
        let old = bench.grant_all().refresh_token;
        let tokens = bench.refresh(&old).await.ok();
        let new = tokens.get("refresh_token").and_then(|token| token.as_str());
        match rotation {
            Rotation::Never => assert_eq!(new, None),
            Rotation::Same => assert_eq!(new, Some(old.as_str())),
            Rotation::Empty => assert_eq!(new, Some("")),
            _ => assert!(new.is_some_and(|new| !new.is_empty() && new != old)),
        }
        let again = bench.refresh(&old).await;
        let replaced = matches!(rotation, Rotation::Always | Rotation::Strict);
        assert_eq!(bench.reused_refresh_tokens(), usize::from(replaced), "{rotation:?}");
        if replaced {
            assert_eq!(again.json()["error_description"], "Refresh token revoked");
            // Where reuse is detected, it ends the new token, too.
            let expected = if rotation == Rotation::Strict { 400 } else { 200 };
            assert_eq!(bench.refresh(new.unwrap()).await.status, expected);
        } else {
            assert_eq!(again.status, 200, "{rotation:?}");
        }
        let access = tokens["access_token"].as_str().unwrap();
        assert_eq!(bench.get_as(access, "/me").await.status, 200);
    }
}

#[tokio::test]
async fn an_access_token_lives_an_hour() {
    let bench = Bench::restricted().await;
    bench.advance(Duration::from_secs(3_599));
    assert_eq!(bench.get("/me").await.status, 200);
    bench.advance(Duration::from_secs(1));
    bench.get("/me").await.refused(401, "Missing/invalid/expired access token");
}

#[tokio::test]
async fn access_tokens_can_be_ended_without_moving_the_clock() {
    let bench = Bench::restricted().await;
    let before = bench.clock().now();
    bench.expire_access_tokens();
    assert_eq!(bench.get("/me").await.status, 401);
    assert_eq!(bench.clock().now(), before);
}

#[tokio::test]
async fn refreshing_does_not_extend_the_six_months() {
    let bench = Bench::of(Simulator::builder().rotation(Rotation::Always)).await;
    let first = bench.grant_all().refresh_token;
    bench.advance(Duration::from_hours(24 * 180));
    let second = bench.refresh(&first).await.ok()["refresh_token"].as_str().unwrap().to_owned();
    // From 2 November 2026 six calendar months are 181 days.
    bench.advance(Duration::from_hours(24));
    let dead = bench.refresh(&second).await;
    assert_eq!(dead.status, 400);
    assert_eq!(dead.json()["error_description"], "Refresh token expired");
}

#[tokio::test]
async fn removing_the_app_ends_refresh_tokens_but_not_access_tokens() {
    let bench = Bench::restricted().await;
    let tokens = bench.grant_all();
    bench.remove_app(DEFAULT_USER);
    let dead = bench.refresh(&tokens.refresh_token).await;
    assert_eq!(dead.json()["error_description"], "Refresh token revoked");
    assert_eq!(bench.get_as(&tokens.access_token, "/me").await.status, 200);
    // A new authorization starts afresh.
    let code = bench.code().await;
    let tokens = bench.exchange(&code, &[]).await.ok();
    assert_eq!(bench.refresh(tokens["refresh_token"].as_str().unwrap()).await.status, 200);
}

#[tokio::test]
async fn a_refresh_keeps_the_scopes_of_the_grant() {
    let bench = Bench::restricted().await;
    let narrow = bench.grant(DEFAULT_USER, &["user-read-private", "streaming"]);
    assert_eq!(
        bench.refresh(&narrow.refresh_token).await.ok()["scope"],
        "streaming user-read-private"
    );
    let none = bench.grant(DEFAULT_USER, &[]);
    assert_eq!(bench.refresh(&none.refresh_token).await.ok().get("scope"), None);
}

#[tokio::test]
async fn client_credentials_reach_the_catalogue_and_no_user() {
    let bench = Bench::restricted().await;
    let secret = bench.client_secret();
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", bench.client_id()),
        ("client_secret", &secret),
    ];
    let tokens = bench.token_request(&form).await.ok();
    assert_eq!(tokens.get("refresh_token"), None);
    assert_eq!(tokens.get("scope"), None);
    let access = tokens["access_token"].as_str().unwrap();
    assert_eq!(bench.get_as(access, "/search?q=rain&type=track").await.status, 200);
    bench.get_as(access, "/me").await.refused(401, "Valid user authentication required");
}

#[tokio::test]
async fn unusable_token_requests_are_refused() {
    let bench = Bench::restricted().await;
    let id = ("client_id", bench.client_id());
    for (form, error) in [
        (vec![id], "unsupported_grant_type"),
        (vec![id, ("grant_type", "password")], "unsupported_grant_type"),
        (vec![id, ("grant_type", "authorization_code")], "invalid_request"),
        (vec![id, ("grant_type", "refresh_token")], "invalid_request"),
        (vec![id, ("grant_type", "client_credentials")], "invalid_client"),
    ] {
        let answer = bench.token_request(&form).await;
        assert_eq!((answer.status, &answer.json()["error"]), (400, &error.into()), "{form:?}");
    }
}
