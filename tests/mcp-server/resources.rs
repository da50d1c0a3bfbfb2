//! Resources, prompts, completion and subscriptions, in every protocol version.

use std::time::Duration;

use mcp_server::tools::Selection;
use serde_json::{Value, json};
use spotify_audit::Stage;

use crate::{
    bench::Bench,
    client::{Client, LATEST, VERSIONS},
};

async fn read(client: &mut Client, uri: &str) -> Value {
    client.request("resources/read", json!({ "uri": uri })).await
}

/// Returns the text of a resource that must be there.
async fn text(client: &mut Client, uri: &str) -> String {
    let answer = read(client, uri).await;
    let contents = &answer["result"]["contents"][0];
    assert_eq!((&contents["uri"], &contents["mimeType"]), (&uri.into(), &"text/plain".into()));
    contents["text"].as_str().unwrap_or_else(|| panic!("{answer}")).to_owned()
}

#[tokio::test]
async fn things_of_spotify_are_read_under_their_own_uris_through_the_door() {
    let bench = Bench::usual().await;
    for version in VERSIONS {
        let (mut client, _serving) = bench.serve_as(version).await;
        let track = bench.sim.track_uri("Midnight Ferry").unwrap();
        let track = client.ok("get_track_details", json!({ "track": track })).await;
        let album = track["album_uri"].as_str().map(str::to_owned);
        let artist = track["artists"][0]["uri"].as_str().unwrap().to_owned();
        let playlists = client.ok("get_playlists", json!({})).await;
        let playlist = playlists["items"][0]["uri"].as_str().unwrap().to_owned();
        let before = bench.calls().len();

        let name = playlists["items"][0]["name"].as_str().unwrap();
        assert!(text(&mut client, &playlist).await.contains(name), "{version}");
        assert!(text(&mut client, &artist).await.contains("The Paper Lanterns"));
        if let Some(album) = album {
            text(&mut client, &album).await;
        }
        assert!(text(&mut client, "spotify-mcp:playback").await.contains("nothing"));
        text(&mut client, "spotify-mcp:queue").await;
        assert!(text(&mut client, "spotify-mcp:tools").await.contains("get_playlist [read]: "));
        assert!(text(&mut client, "spotify-mcp:regimes").await.contains("dev_restricted: "));

        let calls = bench.calls().split_off(before);
        let names: Vec<_> = calls
            .iter()
            .filter(|entry| entry.stage() == Some(Stage::Outcome))
            .map(|entry| entry.tool().unwrap())
            .collect();
        assert!(names.starts_with(&["resource.playlist", "resource.artist"]), "{names:?}");
        assert!(names.ends_with(&["resource.tools", "resource.regimes"]), "{names:?}");
        assert_eq!(calls[0].targets(), [playlist]);
    }
}

#[tokio::test]
async fn what_is_not_there_is_an_error_with_its_uri_and_the_code_of_the_era() {
    let bench = Bench::usual().await;
    for version in VERSIONS {
        let (mut client, _serving) = bench.serve_as(version).await;
        let code = if version == LATEST { -32602 } else { -32002 };
        for uri in [
            "spotify:playlist:0000000000000000000000",
            "spotify:playlist:a:b",
            "spotify:user:somebody",
            "spotify-mcp:secrets",
            "file:///etc/passwd",
            "",
        ] {
            let error = read(&mut client, uri).await["error"].clone();
            assert_eq!(
                (&error["code"], &error["data"]["uri"]),
                (&code.into(), &uri.into()),
                "{error}"
            );
        }
        let error = read(&mut client, "spotify:album:not-an-id").await["error"].clone();
        assert_eq!(error["code"], -32602, "{error}");
        assert_eq!(error["data"]["code"], "invalid_arguments");
    }
}

#[tokio::test]
async fn resources_templates_and_prompts_are_listed_private_and_as_the_tools_allow() {
    let bench = Bench::usual().await;
    for version in VERSIONS {
        let (mut client, _serving) = bench.serve_as(version).await;
        for (method, what, count) in [
            ("resources/list", "resources", 4),
            ("resources/templates/list", "resourceTemplates", 3),
            ("prompts/list", "prompts", 5),
        ] {
            let result = client.request(method, json!({})).await["result"].clone();
            let listed = result[what].as_array().unwrap();
            assert_eq!(listed.len(), count, "{version} {result}");
            for one in listed {
                assert!(one["name"].is_string() && one["description"].is_string(), "{one}");
            }
            if version == LATEST {
                assert_eq!(result["cacheScope"], "private");
                assert!(result["ttlMs"].as_u64().unwrap() > 0);
            }
            let refused = client.request(method, json!({ "cursor": "x" })).await;
            assert_eq!(refused["error"]["code"], -32602);
        }
        let result = read(&mut client, "spotify-mcp:playback").await["result"].clone();
        if version == LATEST {
            assert_eq!((&result["cacheScope"], &result["ttlMs"]), (&"private".into(), &0.into()));
        }
    }
    let excluded = ["get_queue".parse().unwrap()].into();
    let selection = Selection { excluded, read_only: true, ..Selection::default() };
    let (mut client, _serving) = bench.serve_selection(&selection).await;
    let resources = client.request("resources/list", json!({})).await;
    assert_eq!(resources["result"]["resources"].as_array().unwrap().len(), 3);
    assert_eq!(read(&mut client, "spotify-mcp:queue").await["error"]["code"], -32602);
    assert_eq!(client.request("prompts/list", json!({})).await["result"]["prompts"], json!([]));
}

#[tokio::test]
async fn a_prompt_says_what_the_person_would_ask_for() {
    let bench = Bench::usual().await;
    for version in VERSIONS {
        let (mut client, _serving) = bench.serve_as(version).await;
        let params = json!({
            "name": "play_somewhere",
            "arguments": { "playlist": "Morning Run", "device": "Desk" },
        });
        let result = client.request("prompts/get", params).await["result"].clone();
        let message = &result["messages"][0];
        assert_eq!(message["role"], "user");
        let text = message["content"]["text"].as_str().unwrap();
        assert!(text.starts_with("Play my playlist \"Morning Run\" on \"Desk\": "), "{text}");
        for (params, problem) in [
            (json!({ "name": "no_such_prompt" }), "there is no prompt"),
            (json!({ "name": "play_somewhere" }), "`device` is missing"),
            (json!({ "name": "undo_last_change", "arguments": { "x": "y" } }), "`x` is unknown"),
            (
                json!({ "name": "tidy_playlist", "arguments": { "playlist": 7 } }),
                "`playlist` must be a text",
            ),
        ] {
            let error = client.request("prompts/get", params).await["error"].clone();
            assert_eq!(error["code"], -32602, "{error}");
            assert!(error["message"].as_str().unwrap().contains(problem), "{error}");
        }
    }
}

#[tokio::test]
async fn playlists_and_devices_complete_what_was_typed() {
    let bench = Bench::usual().await;
    for version in VERSIONS {
        let (mut client, _serving) = bench.serve_as(version).await;
        let prompt = json!({ "type": "ref/prompt", "name": "play_somewhere" });
        let template = json!({ "type": "ref/resource", "uri": "spotify:playlist:{id}" });
        for (of, argument, typed, first) in [
            (&prompt, "playlist", "morning", Some("Morning Run")),
            (&prompt, "device", "des", Some("Desk")),
            (&prompt, "device", "no such device", None),
            (&prompt, "surprise", "x", None),
            (&template, "id", "no such playlist", None),
        ] {
            let params = json!({ "ref": of, "argument": { "name": argument, "value": typed } });
            let answer = client.request("completion/complete", params).await;
            let completion = &answer["result"]["completion"];
            assert_eq!(completion["values"][0].as_str(), first, "{version} {argument}: {answer}");
        }
        let params =
            json!({ "ref": template, "argument": { "name": "id", "value": "morning run" } });
        let answer = client.request("completion/complete", params).await;
        let id = answer["result"]["completion"]["values"][0].as_str().unwrap().to_owned();
        assert!(text(&mut client, &format!("spotify:playlist:{id}")).await.contains("Morning Run"));
        let nowhere = json!({ "type": "ref/prompt", "name": "nowhere" });
        let params = json!({ "ref": nowhere, "argument": { "name": "x", "value": "" } });
        let refused = client.request("completion/complete", params).await;
        assert_eq!(refused["error"]["code"], -32602);
    }
    let names: Vec<_> =
        bench.calls().iter().map(|entry| entry.tool().unwrap().to_owned()).collect();
    assert!(names.contains(&"completion.playlists".to_owned()), "{names:?}");
}

#[tokio::test]
async fn a_letter_more_costs_no_request_for_some_seconds() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve().await;
    let prompt = json!({ "type": "ref/prompt", "name": "play_somewhere" });
    bench.sim.clear_requests();
    for typed in ["m", "mo", "mor", "morn", "x"] {
        for argument in ["playlist", "device"] {
            let params = json!({ "ref": prompt, "argument": { "name": argument, "value": typed } });
            client.request("completion/complete", params).await;
        }
    }
    assert_eq!(bench.sim.requests().len(), 2, "one for each source");
    assert_eq!(bench.calls().len(), 20, "each is written down all the same");
    bench.revoke();
    let params = json!({ "ref": prompt, "argument": { "name": "playlist", "value": "m" } });
    // The server notices within half a second, and forgets.
    let refused = loop {
        let answer = client.request("completion/complete", params.clone()).await;
        if answer.get("error").is_some() {
            break answer["error"].clone();
        }
    };
    assert_eq!(refused["data"]["code"], "revoked", "{refused}");
}

/// Waits until what is watched was read for the first time.
async fn watched(bench: &Bench) {
    let read = |bench: &Bench| {
        let calls = bench.calls();
        calls
            .iter()
            .any(|call| call.tool() == Some("resource.playback") && call.outcome().is_some())
    };
    while !read(bench) {
        tokio::task::yield_now().await;
    }
}

/// Lets half a minute pass for the server, not for the local Spotify.
async fn half_a_minute() {
    tokio::time::pause();
    tokio::time::advance(Duration::from_secs(31)).await;
    tokio::time::resume();
}

async fn change(client: &mut Client) {
    client.ok("play", json!({ "what": "midnight ferry", "device": "Desk" })).await;
}

#[tokio::test]
async fn since_2026_a_request_that_listens_is_told_of_changes() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve().await;
    let wanted = ["spotify-mcp:playback", "spotify-mcp:tools", "spotify:album:x"];
    let params =
        json!({ "notifications": { "resourceSubscriptions": wanted, "toolsListChanged": true } });
    let id = client.ask("subscriptions/listen", params).await;
    let first = client.receive().await.unwrap();
    assert_eq!(first["method"], "notifications/subscriptions/acknowledged");
    assert_eq!(
        first["params"]["notifications"],
        json!({ "resourceSubscriptions": ["spotify-mcp:playback"] }),
        "{first}"
    );
    watched(&bench).await;
    change(&mut client).await;
    half_a_minute().await;
    let told = client.receive().await.unwrap();
    assert_eq!(told["method"], "notifications/resources/updated");
    assert_eq!(told["params"]["uri"], "spotify-mcp:playback");
    assert_eq!(told["params"]["_meta"]["io.modelcontextprotocol/subscriptionId"], id);
    client
        .send(&json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": id } }))
        .await;
    client.close().await;
}

#[tokio::test]
async fn before_2026_a_client_subscribes_and_unsubscribes() {
    let bench = Bench::usual().await;
    let (mut client, serving) = bench.serve_as("2025-11-25").await;
    let uri = json!({ "uri": "spotify-mcp:playback" });
    assert_eq!(client.request("resources/subscribe", uri.clone()).await["result"], json!({}));
    assert_eq!(client.request("resources/subscribe", uri.clone()).await["result"], json!({}));
    watched(&bench).await;
    change(&mut client).await;
    half_a_minute().await;
    let told = client.receive().await.unwrap();
    assert_eq!(told["method"], "notifications/resources/updated");
    assert_eq!(told["params"]["uri"], "spotify-mcp:playback");

    assert_eq!(client.request("resources/unsubscribe", uri).await["result"], json!({}));
    let before = bench.calls().len();
    half_a_minute().await;
    client.request("tools/list", json!({})).await;
    assert_eq!(bench.calls().len(), before, "nothing is read any more");
    let unknown = json!({ "uri": "spotify-mcp:tools" });
    let refused = client.request("resources/subscribe", unknown).await;
    assert_eq!(refused["error"]["code"], -32002);
    let again = json!({ "uri": "spotify-mcp:queue" });
    client.request("resources/subscribe", again).await;
    client.close().await;
    serving.ended().await;
}
