//! Calls that ask first: one act for all protocol versions.

use mcp_server::offer::{Offer, Questions, Reply};
use rmcp::model::{CallToolResult, ContentBlock, ElicitationSchema};
use serde_json::{Value, json};

use crate::{
    bench::{Bench, Serving},
    client::{Client, LATEST, VERSIONS},
    offered::tool,
};

/// A tool that asks for a name, then for a colour, and remembers the name.
fn asks() -> Offer {
    Offer::new("test").tool(tool("asks", async |_, context| {
        let form = |key: &str| {
            let schema = ElicitationSchema::builder().required_string(key.to_owned()).build();
            Questions::form(key, format!("Which {key}?"), schema.unwrap())
        };
        let said = |key: &str| {
            let answer = context.answer(key)?;
            (answer["action"] == "accept")
                .then(|| answer["content"][key].as_str())?
                .map(str::to_owned)
        };
        let name = context.state().and_then(Value::as_str).map(str::to_owned);
        Ok(match (name, said("name"), said("colour")) {
            (Some(name), _, Some(colour)) => {
                let text = format!("{name} likes {colour}");
                Reply::Done(CallToolResult::success(vec![ContentBlock::text(text)]))
            }
            (None, Some(name), _) => Reply::Ask(form("colour").keeping(json!(name))),
            _ => Reply::Ask(form("name")),
        })
    }))
}

async fn serve(bench: &Bench, version: &str) -> (Client, Serving) {
    let (mut client, serving) = bench.serve_raw_offer(asks());
    client.capabilities = json!({ "elicitation": {} });
    (client.begin(version).await, serving)
}

fn accept(key: &str, value: &str) -> Value {
    json!({ key: { "action": "accept", "content": { key: value } } })
}

/// Calls the tool with answers and a ticket.
async fn call(client: &mut Client, answers: Value, ticket: &Value) -> Value {
    let mut params = json!({ "name": "asks", "arguments": {}, "inputResponses": answers });
    if !ticket.is_null() {
        params["requestState"] = ticket.clone();
    }
    client.request("tools/call", params).await
}

#[tokio::test]
async fn since_2026_questions_are_results_and_a_ticket_is_good_once() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = serve(&bench, LATEST).await;
    let first = call(&mut client, json!({}), &Value::Null).await["result"].clone();
    assert_eq!(first["resultType"], "input_required", "{first}");
    assert_eq!(first["inputRequests"]["name"]["method"], "elicitation/create");
    assert_eq!(first.get("requestState"), None, "nothing is kept yet");

    let second = call(&mut client, accept("name", "Ana"), &Value::Null).await["result"].clone();
    let ticket = &second["requestState"];
    assert_eq!(second["inputRequests"]["colour"]["params"]["message"], "Which colour?");
    assert!(ticket.is_string() && !ticket.as_str().unwrap().contains("Ana"), "{ticket}");
    let done = call(&mut client, accept("colour", "red"), ticket).await["result"].clone();
    assert_eq!(done["content"][0]["text"], "Ana likes red", "{done}");

    let used = call(&mut client, accept("colour", "red"), ticket).await;
    assert_eq!(used["error"]["code"], -32602, "{used}");
    let forged = call(&mut client, accept("colour", "red"), &json!("0".repeat(32))).await;
    assert_eq!(forged["error"]["code"], -32602, "{forged}");

    let reasons: Vec<_> = bench
        .calls()
        .iter()
        .filter_map(|entry| Some((entry.outcome()?, entry.reason().map(str::to_owned))))
        .map(|(outcome, reason)| format!("{outcome:?} {}", reason.unwrap_or_default()))
        .collect();
    assert_eq!(reasons, ["Refused input_required", "Refused input_required", "Ok "]);
}

#[tokio::test]
async fn before_2026_the_client_is_asked_during_the_call() {
    let bench = Bench::usual().await;
    for version in VERSIONS.iter().filter(|version| **version != LATEST) {
        let (mut client, _serving) = serve(&bench, version).await;
        let id = client.ask("tools/call", json!({ "name": "asks", "arguments": {} })).await;
        for (key, value) in [("name", "Ana"), ("colour", "red")] {
            let question = client.receive().await.unwrap();
            assert_eq!(question["method"], "elicitation/create", "{question}");
            assert!(question["params"]["requestedSchema"]["properties"][key].is_object());
            let answer = accept(key, value)[key].clone();
            let reply = json!({ "jsonrpc": "2.0", "id": question["id"], "result": answer });
            client.send(&reply).await;
        }
        let done = client.answer(id).await["result"].clone();
        assert_eq!(done["content"][0]["text"], "Ana likes red", "{version}: {done}");

        let id = client.ask("tools/call", json!({ "name": "asks", "arguments": {} })).await;
        let question = client.receive().await.unwrap();
        let error = json!({ "code": -32603, "message": "no window" });
        client.send(&json!({ "jsonrpc": "2.0", "id": question["id"], "error": error })).await;
        let refused = client.answer(id).await["result"].clone();
        assert!(refused["content"][0]["text"].as_str().unwrap().contains("unanswered"));
    }
}

#[tokio::test]
async fn a_client_that_does_not_say_that_it_can_be_asked_is_not_asked() {
    let bench = Bench::usual().await;
    for version in VERSIONS {
        let (mut client, _serving) = bench.serve_offer(asks(), version).await;
        let params = json!({ "name": "asks", "arguments": {} });
        let refused = client.request("tools/call", params).await;
        assert_eq!(refused["error"]["code"], -32021, "{version}: {refused}");
        assert_eq!(refused["error"]["data"]["requiredCapabilities"], json!({ "elicitation": {} }));
    }
}
