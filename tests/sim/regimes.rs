//! What differs between the regimes.

use reqwest::Method;
use serde_json::{Value, json};
use spotify_sim::{Availability, Regime, routes};

use crate::bench::{Bench, id_of};

async fn playlist_named(bench: &Bench, name: &str) -> Value {
    let page = bench.get("/me/playlists").await.ok();
    let items = page["items"].as_array().unwrap();
    items.iter().find(|playlist| playlist["name"] == *name).unwrap().clone()
}

fn has(object: &Value, fields: &[&str]) -> Vec<bool> {
    fields.iter().map(|field| object.get(field).is_some()).collect()
}

#[tokio::test]
async fn removed_operations_answer_forbidden_in_the_restricted_regime_alone() {
    for regime in Regime::ALL {
        let bench = Bench::new(regime).await;
        for route in routes() {
            let path = route.path.replace("{user_id}", "simone");
            let (start, end) = path.split_once('{').unwrap_or((&path, ""));
            let end = end.split_once('}').map_or("", |(_, end)| end);
            let id = if path.contains('{') { "0000000000000000000000" } else { "" };
            let method = Method::from_bytes(route.method.as_bytes()).unwrap();
            let path = format!("{start}{id}{end}");
            let answer = bench.send(method, &path, &json!({})).await;
            let said = format!("{regime} {} {}: {answer:?}", route.method, route.path);
            let removed = answer.status == 403 && answer.json()["error"]["message"] == "Forbidden";
            match route.availability {
                Availability::Closed2024 if !route.availability.is_open_to(regime) => {
                    let audio = route.path.starts_with("/audio-");
                    assert_eq!(answer.status, if audio { 403 } else { 404 }, "{said}");
                }
                availability => assert_eq!(removed, !availability.is_open_to(regime), "{said}"),
            }
            assert!(answer.status < 500, "{said}");
        }
    }
}

#[tokio::test]
async fn playlists_have_old_names_new_names_or_both() {
    for (regime, expected) in [
        (Regime::Extended, [true, false]),
        (Regime::DevLegacy, [true, true]),
        (Regime::DevRestricted, [false, true]),
    ] {
        let bench = Bench::new(regime).await;
        let simple = playlist_named(&bench, "Morning Run").await;
        assert_eq!(has(&simple, &["tracks", "items"]), expected, "{regime}");
        let path = format!("/playlists/{}", simple["id"].as_str().unwrap());
        let full = bench.get(&path).await.ok();
        assert_eq!(has(&full, &["tracks", "items"]), expected, "{regime}");
        for name in ["tracks", "items"] {
            let page = bench.get(&format!("{path}/{name}")).await;
            if page.status == 403 {
                assert_eq!((regime, name), (Regime::DevRestricted, "tracks"));
                continue;
            }
            let entry = &page.ok()["items"][0];
            let both = regime == Regime::DevLegacy;
            assert_eq!(
                has(entry, &["track", "item"]),
                [both || name == "tracks", both || name == "items"]
            );
            let item = entry.get("item").or(entry.get("track")).unwrap();
            assert_eq!((&item["track"], &item["episode"]), (&json!(true), &json!(false)));
        }
    }
}

#[tokio::test]
async fn the_contents_of_other_peoples_playlists_are_withheld_in_the_restricted_regime() {
    for regime in Regime::ALL {
        let bench = Bench::new(regime).await;
        let simple = playlist_named(&bench, "Otto's Long Drive").await;
        let path = format!("/playlists/{}", simple["id"].as_str().unwrap());
        let full = bench.get(&path).await.ok();
        let items = bench.get(&format!("{path}/items")).await;
        let shown = regime != Regime::DevRestricted;
        for playlist in [simple, full] {
            assert_eq!(playlist["name"], "Otto's Long Drive");
            let fields = has(&playlist, &["tracks", "items"]);
            assert_eq!(fields.contains(&true), shown, "{regime}");
        }
        if shown {
            assert_eq!(items.ok()["total"], 60);
        } else {
            items.refused(403, "Forbidden");
        }
    }
}

#[tokio::test]
async fn the_restricted_regime_lacks_the_removed_fields() {
    let track = ["available_markets", "popularity"];
    let album = ["available_markets", "label", "popularity"];
    let artist = ["followers", "popularity"];
    let user = ["country", "email", "explicit_content", "followers", "product"];
    for regime in Regime::ALL {
        let bench = Bench::new(regime).await;
        let there = regime != Regime::DevRestricted;
        let ferry = bench.uri("Midnight Ferry");
        let shown = bench.get(&format!("/tracks/{}", id_of(&ferry))).await.ok();
        assert_eq!(has(&shown, &track), [there; 2]);
        assert!(shown["external_ids"]["isrc"].is_string());
        let path = format!("/albums/{}", shown["album"]["id"].as_str().unwrap());
        let shown_album = bench.get(&path).await.ok();
        assert_eq!(has(&shown_album, &album), [there; 3]);
        assert!(shown_album["external_ids"]["upc"].is_string());
        let path = format!("/artists/{}", shown["artists"][0]["id"].as_str().unwrap());
        assert_eq!(has(&bench.get(&path).await.ok(), &artist), [there; 2]);
        let albums = bench.get(&format!("{path}/albums")).await.ok();
        assert_eq!(has(&albums["items"][0], &["album_group"]), [there]);
        let me = bench.get("/me").await.ok();
        assert_eq!(has(&me, &user), [there; 5]);
        assert!(me["account_id"].is_string());
        let show = bench.get("/search?q=cables&type=show").await.ok();
        assert_eq!(
            has(&show["shows"]["items"][0], &["available_markets", "publisher"]),
            [there; 2]
        );
    }
}

#[tokio::test]
async fn a_profile_has_the_fields_that_the_scopes_allow() {
    let bench = Bench::new(Regime::DevLegacy).await;
    let me = async |scopes: &[&str]| {
        let token = bench.grant("simone", scopes).access_token;
        has(&bench.get_as(&token, "/me").await.ok(), &["email", "country", "product"])
    };
    assert_eq!(me(&[]).await, [false, false, false]);
    assert_eq!(me(&["user-read-email"]).await, [true, false, false]);
    assert_eq!(me(&["user-read-private"]).await, [false, true, true]);
}

#[tokio::test]
async fn pages_of_playlist_items_hold_more_for_older_apps() {
    for (regime, max) in
        [(Regime::Extended, 100), (Regime::DevLegacy, 100), (Regime::DevRestricted, 50)]
    {
        let bench = Bench::new(regime).await;
        let archive = playlist_named(&bench, "Archive").await;
        let path = format!("/playlists/{}/items", archive["id"].as_str().unwrap());
        let page = bench.get(&format!("{path}?limit={max}")).await.ok();
        assert_eq!(page["items"].as_array().unwrap().len(), max);
        assert_eq!(page["total"], 230);
        bench.get(&format!("{path}?limit={}", max + 1)).await.refused(400, "Invalid limit");
    }
}
