//! The protocol itself: versions, lists, and what does not belong on the wire.

use mcp_server::tools::Selection;
use serde_json::json;
use spotify_api::Regime;

use crate::{
    bench::Bench,
    client::{Client, LATEST, VERSIONS},
};

#[tokio::test]
async fn three_versions_are_served_and_no_other() {
    let bench = Bench::usual().await;
    let (client, _serving) = bench.serve_as(LATEST).await;
    let mut client = client;
    let discovered = client.request("server/discover", json!({})).await["result"].clone();
    assert_eq!(discovered["supportedVersions"], json!(VERSIONS));
    assert_eq!(discovered["cacheScope"], "private");
    assert_eq!(
        discovered["_meta"]["io.modelcontextprotocol/serverInfo"]["name"], "spotify-mcp",
        "{discovered}"
    );
    let params = json!({ "_meta": {
        "io.modelcontextprotocol/protocolVersion": "2024-11-05",
        "io.modelcontextprotocol/clientCapabilities": {},
    }});
    client
        .send(&json!({ "jsonrpc": "2.0", "id": "old", "method": "tools/list", "params": params }))
        .await;
    let refused = client.receive().await.unwrap();
    assert_eq!((&refused["id"], &refused["error"]["code"]), (&"old".into(), &(-32022).into()));
}

#[tokio::test]
async fn an_older_client_is_offered_the_newest_version_with_a_handshake() {
    let bench = Bench::usual().await;
    for (asked, agreed) in [
        ("2024-11-05", "2025-11-25"),
        ("2025-03-26", "2025-11-25"),
        ("2025-06-18", "2025-06-18"),
        ("2025-11-25", "2025-11-25"),
        ("1999-01-01", "2025-11-25"),
    ] {
        let (mut client, _serving) = bench.serve_raw();
        let params = json!({ "protocolVersion": asked, "capabilities": {}, "clientInfo": { "name": "t", "version": "1" } });
        client
            .send(&json!({ "jsonrpc": "2.0", "id": 1, "method": "initialize", "params": params }))
            .await;
        let result = client.receive().await.unwrap()["result"].clone();
        assert_eq!(result["protocolVersion"], agreed, "{asked}");
        assert_eq!(result["serverInfo"]["name"], "spotify-mcp");
        let offered = json!({
            "completions": {}, "prompts": {}, "resources": { "subscribe": true }, "tools": {},
        });
        assert_eq!(result["capabilities"], offered);
        let instructions = result["instructions"].as_str().unwrap();
        assert!(instructions.len() < 1_000 && instructions.contains("get_auth_url"));
    }
}

#[tokio::test]
async fn the_list_of_tools_is_private_complete_and_the_same_every_time() {
    let bench = Bench::usual().await;
    let mut lists = Vec::new();
    for version in VERSIONS {
        let (mut client, _serving) = bench.serve_as(version).await;
        let result = client.request("tools/list", json!({})).await["result"].clone();
        let offered = Selection::default().tools(Regime::Auto).count();
        assert_eq!(result["tools"].as_array().unwrap().len(), offered);
        assert!(result.get("nextCursor").is_none());
        if version == LATEST {
            assert_eq!(result["cacheScope"], "private");
            assert!(result["ttlMs"].as_u64().unwrap() > 0);
        }
        lists.push(result["tools"].clone());
        let refused = client.request("tools/list", json!({ "cursor": "x" })).await;
        assert_eq!(refused["error"]["code"], -32602);
    }
    assert!(lists.windows(2).all(|pair| pair[0] == pair[1]));
}

async fn lives(client: &mut Client) {
    let listed = client.request("tools/list", json!({})).await;
    assert!(listed["result"]["tools"].as_array().unwrap().len() >= 12);
}

#[tokio::test]
async fn a_malformed_line_is_answered_and_the_server_lives_on() {
    let bench = Bench::usual().await;
    let (client, child) = bench.child(&[], &[]);
    let mut client = client.begin(LATEST).await;
    lives(&mut client).await;
    for (line, code) in [
        ("nonsense", -32700),
        ("{\"jsonrpc\":\"2.0\",\"id\":5", -32700),
        ("\u{7f}\u{80}", -32700),
        ("[{\"jsonrpc\":\"2.0\",\"id\":5,\"method\":\"ping\"}]", -32600),
        ("null", -32600),
        ("{\"id\":5}", -32600),
    ] {
        client.line(line).await;
        let answer = client.receive().await.unwrap();
        assert_eq!(answer["error"]["code"], code, "{line}");
        lives(&mut client).await;
    }
    for (method, params, code) in [
        ("tools/call", json!({ "name": 7 }), -32602),
        ("tools/call", json!({}), -32602),
        ("tools/call", json!({ "name": "get_playlists", "arguments": [] }), -32602),
        ("tools/call", json!({ "name": "no_such_tool" }), -32602),
        ("no/such/method", json!({}), -32601),
    ] {
        let answer = client.request(method, params.clone()).await;
        assert_eq!(answer["error"]["code"], code, "{method} {params}");
        lives(&mut client).await;
    }
    client.close().await;
    assert_eq!(child.ended().await, (Some(0), String::new()));
}

#[tokio::test]
async fn methods_that_a_version_removed_are_none_of_it() {
    let bench = Bench::usual().await;
    for version in VERSIONS {
        let (mut client, _serving) = bench.serve_as(version).await;
        for method in ["initialize", "resources/subscribe", "resources/unsubscribe"] {
            let answer = client.request(method, json!({})).await;
            let code = if version == LATEST { -32601 } else { -32602 };
            assert_eq!(answer["error"]["code"], code, "{version} {method}: {answer}");
        }
        let answer = client.request("ping", json!({})).await;
        assert_eq!(answer.get("error").is_some(), version == LATEST, "{version}: {answer}");
        let level = json!({ "level": "info" });
        let answer = client.request("logging/setLevel", level).await;
        assert_eq!(answer["error"]["code"], -32601, "nothing is logged to clients: {answer}");
    }
}

#[tokio::test]
async fn a_stray_first_message_ends_nothing() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve_raw();
    client.line("nonsense").await;
    assert_eq!(client.receive().await.unwrap()["error"]["code"], -32700);
    client
        .line(r#"{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"#)
        .await;
    client.line(r#"{"jsonrpc":"2.0","id":9,"result":{}}"#).await;
    let mut client = client.begin("2025-06-18").await;
    lives(&mut client).await;
}

#[tokio::test]
async fn an_argument_of_a_wrong_type_is_named_by_every_tool_before_anything_is_done() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve_selection(&Selection::all()).await;
    for tool in mcp_server::tools::TOOLS {
        for name in tool.input_schema()["properties"].as_object().unwrap().keys() {
            let refused = client.fails(tool.name(), json!({ name: { "x": 1 } })).await;
            let message = refused["message"].as_str().unwrap();
            assert!(message.contains(&format!("`{name}` must be ")), "{message}");
        }
    }
    assert_eq!(bench.sim.requests().len(), 0);
}

#[tokio::test]
async fn ids_uris_and_links_are_taken_everywhere() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve().await;
    let uri = bench.sim.track_uri("Midnight Ferry").unwrap();
    let id = uri.rsplit(':').next().unwrap();
    for text in
        [id.to_owned(), uri.clone(), format!("https://open.spotify.com/intl-de/track/{id}?si=x")]
    {
        let track = client.ok("get_track_details", json!({ "track": text })).await;
        assert_eq!(track["uri"], uri.as_str());
    }
    let refused = client.fails("get_album_details", json!({ "album": uri })).await;
    assert!(refused["message"].as_str().unwrap().contains("album is needed"), "{refused}");
}
