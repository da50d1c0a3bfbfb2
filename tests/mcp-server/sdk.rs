//! The official Rust SDK's client over the real program.

use mcp_server::tools::Selection;
use rmcp::{ServiceExt as _, model::CallToolRequestParams, transport::TokioChildProcess};
use serde_json::{Map, Value};
use spotify_api::Regime;
use tokio::process::Command;

use crate::bench::Bench;

#[tokio::test]
async fn the_sdks_client_lists_and_calls_tools() {
    let bench = Bench::usual().await;
    let mut command = Command::new(env!("CARGO_BIN_EXE_spotify-mcp"));
    command.env_clear().envs(bench.environment());
    let client = ().serve(TokioChildProcess::new(command).unwrap()).await.unwrap();
    let tools = client.list_all_tools().await.unwrap();
    assert_eq!(tools, mcp_server::server::list(&Selection::default(), Regime::Auto));

    let mut arguments = Map::new();
    arguments.insert("query".to_owned(), Value::from("midnight ferry"));
    let call = CallToolRequestParams::new("search_tracks").with_arguments(arguments);
    let result = client.call_tool(call).await.unwrap();
    assert_eq!(result.is_error, Some(false));
    let found = result.structured_content.unwrap();
    assert_eq!(found["items"][0]["name"], "Midnight Ferry");

    assert!(client.call_tool(CallToolRequestParams::new("no_such_tool")).await.is_err());
    client.cancel().await.unwrap();
    let last = bench.log().pop().unwrap();
    assert_eq!(last.kind(), "server.stop");
}
