//! Conditional requests.

use reqwest::{Method, header::IF_NONE_MATCH};
use spotify_sim::{Regime, Simulator};

use crate::bench::{Answer, Bench, send};

async fn conditional(bench: &Bench, path: &str, tag: &str) -> Answer {
    send(bench.request(Method::GET, path).header(IF_NONE_MATCH, tag)).await
}

#[tokio::test]
async fn what_has_not_changed_is_not_sent_again() {
    let bench = Bench::of(Simulator::builder().regime(Regime::DevRestricted).etags()).await;
    let path = format!("/playlists/{}", bench.playlist("Tagged", true).await);
    let tag = bench.get(&path).await.header("etag").unwrap().to_owned();
    for tags in [tag.clone(), format!("\"other\", {tag}"), format!("W/{tag}")] {
        let again = conditional(&bench, &path, &tags).await;
        assert_eq!((again.status, again.text.as_str()), (304, ""), "{tags}");
        assert_eq!(again.header("etag"), Some(tag.as_str()));
    }
    let body = serde_json::json!({ "name": "Changed" });
    assert_eq!(bench.send(Method::PUT, &path, &body).await.status, 200);
    let changed = conditional(&bench, &path, &tag).await;
    assert_eq!((changed.status, changed.json()["name"].as_str()), (200, Some("Changed")));
}

#[tokio::test]
async fn search_may_be_kept_for_two_minutes_and_a_users_own_things_not_at_all() {
    let bench = Bench::of(Simulator::builder().etags()).await;
    let found = bench.get("/search?q=rain&type=track").await;
    assert_eq!(found.header("cache-control"), Some("private, max-age=120"));
    let own = bench.get("/me").await;
    assert_eq!((own.header("etag"), own.header("cache-control")), (None, None));
}

#[tokio::test]
async fn without_the_option_there_are_no_validators() {
    let bench = Bench::restricted().await;
    let found = bench.get("/search?q=rain&type=track").await;
    assert_eq!((found.header("etag"), found.header("cache-control")), (None, None));
}
