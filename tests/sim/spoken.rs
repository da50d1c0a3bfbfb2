//! Podcasts and audiobooks.

use serde_json::{Value, json};
use spotify_sim::{DEFAULT_USER, Regime, Simulator, User};

use crate::bench::Bench;

async fn first(bench: &Bench, query: &str, kind: &str) -> String {
    let found = bench.get(&format!("/search?q={query}&type={kind}&limit=1")).await.ok();
    found[format!("{kind}s")]["items"][0]["id"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn a_show_leads_to_its_episodes_and_back() {
    let bench = Bench::restricted().await;
    let id = first(&bench, "cables", "show").await;
    let show = bench.get(&format!("/shows/{id}")).await.ok();
    let embedded = &show["episodes"]["items"];
    assert_eq!(show["total_episodes"], embedded.as_array().unwrap().len());
    let page = bench.get(&format!("/shows/{id}/episodes?limit=2&offset=1")).await.ok();
    assert_eq!(page["items"][0], embedded[1]);
    let episode = page["items"][0]["id"].as_str().unwrap();
    let episode = bench.get(&format!("/episodes/{episode}")).await.ok();
    assert_eq!(episode["show"]["id"], id.as_str());
    assert_eq!(episode["show"].get("episodes"), None);
    bench.get(&format!("/shows/{id}/episodes?limit=51")).await.refused(400, "Invalid limit");
}

#[tokio::test]
async fn an_audiobook_leads_to_its_chapters_and_back() {
    let bench = Bench::restricted().await;
    let id = first(&bench, "lighthouses", "audiobook").await;
    let book = bench.get(&format!("/audiobooks/{id}")).await.ok();
    assert_eq!(book["total_chapters"], book["chapters"]["total"]);
    let page = bench.get(&format!("/audiobooks/{id}/chapters?limit=1&offset=2")).await.ok();
    let chapter = &page["items"][0];
    assert_eq!((&chapter["chapter_number"], &chapter["type"]), (&json!(2), &json!("chapter")));
    let chapter = format!("/chapters/{}", chapter["id"].as_str().unwrap());
    assert_eq!(bench.get(&chapter).await.ok()["audiobook"]["id"], id.as_str());
}

#[tokio::test]
async fn several_at_once_have_null_for_the_unknown() {
    let bench = Bench::new(Regime::DevLegacy).await;
    let book = first(&bench, "lighthouses", "audiobook").await;
    let chapters = bench.get(&format!("/audiobooks/{book}/chapters")).await.ok();
    let chapter = chapters["items"][0]["id"].as_str().unwrap().to_owned();
    for (kind, id) in [
        ("show", first(&bench, "cables", "show").await),
        ("episode", first(&bench, "cables", "episode").await),
        ("audiobook", book),
        ("chapter", chapter),
    ] {
        let path = format!("/{kind}s?ids=0000000000000000000000,{id}");
        let several = bench.get(&path).await.ok();
        assert_eq!(several[format!("{kind}s")][0], Value::Null, "{kind}");
        assert_eq!(several[format!("{kind}s")][1]["id"], id.as_str(), "{kind}");
        let many = vec![id.as_str(); 51].join(",");
        bench.get(&format!("/{kind}s?ids={many}")).await.refused(400, "Too many ids requested");
    }
}

#[tokio::test]
async fn what_is_sold_elsewhere_is_not_found() {
    let bench = Bench::new(Regime::DevLegacy).await;
    let german = bench.client_token().await;
    for (query, kind) in [("werkstatt", "show"), ("schleusen", "audiobook")] {
        let path = format!("/search?q={query}&type={kind}&market=DE");
        let found = bench.get_as(&german, &path).await.ok();
        let id = found[format!("{kind}s")]["items"][0]["id"].as_str().unwrap().to_owned();
        let one = format!("/{kind}s/{id}");
        assert_eq!(bench.get_as(&german, &format!("{one}?market=DE")).await.status, 200);
        // Without a market and without a user there is no country, and so there is nothing.
        bench.get_as(&german, &one).await.refused(404, "Resource not found");
        // The default user is in Sweden, whatever the request says.
        bench.get(&format!("{one}?market=DE")).await.refused(404, "Resource not found");
        let several = bench.get(&format!("/{kind}s?ids={id}")).await.ok();
        assert_eq!(several[format!("{kind}s")], json!([null]));
        let found = bench.get(&format!("/search?q={query}&type={kind}")).await.ok();
        assert_eq!(found[format!("{kind}s")]["total"], 0);
    }
}

#[tokio::test]
async fn what_can_be_had_depends_on_the_users_country() {
    let bench = Bench::of(Simulator::builder().user(User::new("karl").country("DE"))).await;
    let token = bench.grant("karl", &[]).access_token;
    for path in ["/search?q=werkstatt&type=show", "/search?q=schleusen&type=audiobook"] {
        let list = if path.ends_with("show") { "shows" } else { "audiobooks" };
        assert_eq!(bench.get_as(&token, path).await.ok()[list]["total"], 1);
        assert_eq!(bench.get(path).await.ok()[list]["total"], 0);
    }
}

#[tokio::test]
async fn the_position_is_shown_to_those_who_may_know_it() {
    let bench = Bench::restricted().await;
    let path = format!("/episodes/{}", first(&bench, "cables", "episode").await);
    let nowhere = json!({ "fully_played": false, "resume_position_ms": 0 });
    assert_eq!(bench.get(&path).await.ok()["resume_point"], nowhere);
    let token = bench.grant(DEFAULT_USER, &[]).access_token;
    assert_eq!(bench.get_as(&token, &path).await.ok().get("resume_point"), None);
}
