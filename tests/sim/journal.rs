//! What the simulator tells about the past.

use std::collections::BTreeSet;

use spotify_sim::{IssuedSecret, SecretKind, Service, Simulator};

use crate::bench::{Bench, VERIFIER};

#[tokio::test]
async fn requests_are_noted_in_order_with_what_they_were_and_got() {
    let bench = Bench::restricted().await;
    let code = bench.code().await;
    bench.exchange(&code, &[]).await.ok();
    bench.get("/search?q=rain&type=track").await.ok();
    bench.get("/playlists/short").await;
    let noted: Vec<_> = bench
        .requests()
        .into_iter()
        .map(|request| (request.service, request.method, request.path, request.status))
        .collect();
    let expected = [
        (Service::Accounts, "GET", "/authorize", 302),
        (Service::Accounts, "POST", "/api/token", 200),
        (Service::Api, "GET", "/v1/search", 200),
        (Service::Api, "GET", "/v1/playlists/short", 400),
    ];
    let expected = expected.map(|(s, m, p, status)| (s, m.to_owned(), p.to_owned(), status));
    assert_eq!(noted, expected);
    assert_eq!((bench.count("token"), bench.count("search"), bench.count("authorize")), (1, 1, 1));
    let token = bench.requests().remove(1);
    assert_eq!(token.grant_type.as_deref(), Some("authorization_code"));
    bench.clear_requests();
    assert!(bench.requests().is_empty());
}

#[tokio::test]
async fn the_journal_holds_no_secret_and_the_list_of_secrets_holds_all() {
    let bench = Bench::of(Simulator::builder().token_prefix("canary-4711-")).await;
    let code = bench.code().await;
    let tokens = bench.exchange(&code, &[]).await.ok();
    let refreshed = bench.refresh(tokens["refresh_token"].as_str().unwrap()).await.ok();
    let wrong = [("client_secret", "guessed-secret")];
    bench.exchange("guessed-code", &wrong).await;
    let secrets = bench.issued_secrets();
    let values = |wanted: SecretKind| -> BTreeSet<&str> {
        secrets
            .iter()
            .filter(|IssuedSecret { kind, .. }| *kind == wanted)
            .map(|secret| secret.value.as_str())
            .collect()
    };
    assert!(values(SecretKind::Code).contains(code.as_str()));
    assert!(values(SecretKind::Code).contains("guessed-code"));
    assert!(values(SecretKind::Verifier).contains(VERIFIER));
    assert!(values(SecretKind::ClientSecret).contains("guessed-secret"));
    assert!(values(SecretKind::ClientSecret).contains(bench.client_secret().as_str()));
    for answer in [&tokens, &refreshed] {
        let access = answer["access_token"].as_str().unwrap();
        assert!(access.starts_with("canary-4711-access-"), "{access}");
        assert!(values(SecretKind::AccessToken).contains(access));
    }
    let refresh = tokens["refresh_token"].as_str().unwrap();
    assert!(refresh.starts_with("canary-4711-refresh-"));
    assert!(values(SecretKind::RefreshToken).contains(refresh));
    let journal = format!("{:?}", bench.requests());
    for secret in &secrets {
        assert!(!journal.contains(&secret.value), "{secret:?} in {journal}");
    }
}

#[tokio::test]
async fn the_same_seed_issues_the_same_tokens() {
    let tokens = async |seed| {
        let bench = Bench::of(Simulator::builder().seed(seed)).await;
        bench.token
    };
    assert_eq!(tokens(1).await, tokens(1).await);
    assert_ne!(tokens(1).await, tokens(2).await);
}
