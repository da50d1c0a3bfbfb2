//! An offer of the test on the real server: what every offer gets from it.

use std::{sync::Arc, time::Duration};

use mcp_server::{
    offer::{Context, Fault, Offer, Offered, Reply},
    serve::Ready,
    tools::Effect,
};
use rmcp::model::{CallToolResult, ContentBlock, Tool};
use serde_json::{Map, Value, json};
use spotify_audit::Stage;
use tokio::sync::Notify;

use crate::{
    bench::Bench,
    client::{LATEST, VERSIONS},
    web::Web,
};

pub(crate) fn tool<A, F, R>(name: &'static str, act: A) -> Offered<Tool, CallToolResult>
where
    A: Fn(Map<String, Value>, Context) -> F + Send + Sync + 'static,
    F: Future<Output = Result<R, Fault>> + Send + 'static,
    R: Into<Reply<CallToolResult>>,
{
    let schema = Map::from_iter([("type".to_owned(), json!("object"))]);
    Offered::new(name, Effect::Read, Tool::new(name, "Test", Arc::new(schema)), act)
}

fn done() -> CallToolResult {
    CallToolResult::success(vec![ContentBlock::text("done")])
}

/// A tool of four steps that tells each of them, and one more too soon.
fn steps() -> Offer {
    Offer::new("test").tool(tool("steps", |_, context: Context| async move {
        for step in 0..4 {
            context.progress(step, 4, "a step").await;
            context.progress(step, 4, "the same step").await;
            tokio::time::sleep(Duration::from_millis(60)).await;
        }
        context.progress(4, 4, "the end").await;
        Ok(done())
    }))
}

fn call(token: Option<&str>) -> Value {
    let mut params = json!({ "name": "steps", "arguments": {} });
    if let Some(token) = token {
        params["_meta"] = json!({ "progressToken": token });
    }
    params
}

/// Checks the notices and the answer of a call that told each step.
fn told(messages: &[Value]) {
    let (answer, notices) = messages.split_last().unwrap();
    assert_eq!(answer["result"]["content"][0]["text"], "done", "{answer}");
    let steps: Vec<_> = notices
        .iter()
        .map(|notice| {
            assert_eq!(notice["method"], "notifications/progress", "{notice}");
            let params = &notice["params"];
            assert_eq!((&params["progressToken"], &params["total"]), (&"t-1".into(), &4.0.into()));
            params["progress"].as_f64().unwrap()
        })
        .collect();
    assert_eq!(steps, [0.0, 1.0, 2.0, 3.0, 4.0]);
}

#[tokio::test]
async fn progress_is_told_over_lines_to_those_who_ask_for_it() {
    let bench = Bench::usual().await;
    for version in VERSIONS {
        let (mut client, _serving) = bench.serve_offer(steps(), version).await;
        let id = client.ask("tools/call", call(Some("t-1"))).await;
        let mut messages = Vec::new();
        while messages.last().is_none_or(|last: &Value| last["id"] != id) {
            messages.push(client.receive().await.unwrap());
        }
        told(&messages);
        let id = client.ask("tools/call", call(None)).await;
        assert_eq!(client.receive().await.unwrap()["id"], id, "{version}");
    }
}

#[tokio::test]
async fn progress_is_told_over_http_in_both_eras() {
    let bench = Bench::usual().await;
    let ready = Ready::offering(&bench.session(), None, steps()).unwrap();
    let web = Web::serve_ready(ready).await;
    let answer = web.post("tools/call", call(Some("t-1")), http::HeaderMap::new()).await;
    told(&Web::events(answer).await);
    let plain = web.post("tools/call", call(None), http::HeaderMap::new()).await;
    assert_eq!(plain.headers()["content-type"], "application/json");

    let session = web.session("2025-11-25").await;
    let answer = web.earlier("tools/call", call(Some("t-1")), Some(&session)).await;
    told(&Web::events(answer).await);
}

#[tokio::test]
async fn a_call_whose_client_hangs_up_is_cancelled_and_recorded() {
    let bench = Bench::usual().await;
    let begun = Arc::new(Notify::new());
    let told = Arc::clone(&begun);
    let offer = Offer::new("test").tool(tool("waits", move |_, _| {
        told.notify_one();
        std::future::pending::<Result<CallToolResult, _>>()
    }));
    let ready = Ready::offering(&bench.session(), None, offer).unwrap();
    let web = Web::serve_ready(ready).await;
    let params = json!({ "name": "waits", "arguments": {} });
    tokio::select! {
        answer = web.post("tools/call", params, http::HeaderMap::new()) => panic!("{answer:?}"),
        () = begun.notified() => {}
    }
    web.stop().await;
    let ends: Vec<_> =
        bench.calls().into_iter().map(|entry| entry.reason().map(str::to_owned)).collect();
    assert_eq!(ends, [None, Some("cancelled".to_owned())]);
}

#[tokio::test]
async fn a_fault_of_a_thing_on_offer_is_an_error_result_with_a_pair_in_the_log() {
    let bench = Bench::usual().await;
    let offer = Offer::new("test")
        .tool(tool("fails", async |_, _| Err::<CallToolResult, _>(Fault("it broke"))));
    let (mut client, _serving) = bench.serve_offer(offer, LATEST).await;
    assert_eq!(client.fails("fails", json!({})).await["code"], "internal");
    let stages: Vec<_> = bench.calls().iter().map(|entry| entry.stage().unwrap()).collect();
    assert_eq!(stages, [Stage::Intent, Stage::Outcome]);
}

#[tokio::test]
async fn a_list_that_is_too_long_for_a_page_is_given_in_pages() {
    let bench = Bench::usual().await;
    let names: Vec<String> = (0..230).map(|number| format!("tool_{number:03}")).collect();
    for version in VERSIONS {
        let offer = names.iter().fold(Offer::new("test"), |offer, name| {
            offer.tool(tool(name.clone().leak(), async |_, _| Ok(done())))
        });
        let (mut client, _serving) = bench.serve_offer(offer, version).await;
        let (mut listed, mut params) = (Vec::new(), json!({}));
        loop {
            let result = client.request("tools/list", params).await["result"].clone();
            let tools = result["tools"].as_array().unwrap();
            assert!(tools.len() <= 100);
            listed.extend(tools.iter().map(|tool| tool["name"].as_str().unwrap().to_owned()));
            let Some(cursor) = result.get("nextCursor") else { break };
            params = json!({ "cursor": cursor });
        }
        assert_eq!(listed, names, "{version}");
    }
}
