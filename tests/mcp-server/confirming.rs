//! Destructive calls: a person agrees to the exact arguments, or nothing is done.

use mcp_server::tools::Selection;
use serde_json::{Value, json};
use spotify_auth::Policy;

use crate::{
    bench::{Bench, Serving},
    client::{Client, LATEST, VERSIONS},
};

const KITCHEN: &str = "spotify:playlist:57pBON3z2uvNTP64HvU3BJ";

async fn serve(
    bench: &Bench,
    selection: &Selection,
    version: &str,
    asks: bool,
) -> (Client, Serving) {
    let (mut client, serving) = bench.serve_strictly(selection);
    client.capabilities = if asks { json!({ "elicitation": {} }) } else { json!({}) };
    (client.begin(version).await, serving)
}

fn removal(item: &str) -> Value {
    json!({ "name": "remove_from_library", "arguments": { "items": [item] } })
}

fn with(mut params: Value, ticket: &Value, answer: &Value) -> Value {
    params["requestState"] = ticket.clone();
    params["inputResponses"] = json!({ "confirm": answer });
    params
}

fn yes() -> Value {
    json!({ "action": "accept", "content": { "confirm": true } })
}

/// Asks for a call that must not be done yet; returns the ticket.
async fn ticket(client: &mut Client, params: &Value) -> Value {
    let result = client.request("tools/call", params.clone()).await["result"].clone();
    assert_eq!(result["resultType"], "input_required", "{result}");
    let asked = &result["inputRequests"]["confirm"]["params"];
    let message = asked["message"].as_str().unwrap();
    assert!(
        message.starts_with("Go ahead with \"remove from library\"? items: spotify:"),
        "{message}"
    );
    assert_eq!(asked["requestedSchema"]["properties"]["confirm"]["type"], "boolean");
    result["requestState"].clone()
}

fn failure(result: &Value) -> Value {
    assert_eq!(result["isError"], true, "{result}");
    serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap()
}

#[tokio::test]
async fn since_2026_a_yes_is_good_once_and_for_the_exact_arguments() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = serve(&bench, &Selection::default(), LATEST, true).await;
    let this = removal(KITCHEN);
    let first = ticket(&mut client, &this).await;
    let other = removal(&bench.sim.track_uri("Midnight Ferry").unwrap());
    let stolen = client.request("tools/call", with(other, &first, &yes())).await;
    assert_eq!(stolen["error"]["code"], -32602, "{stolen}");
    let burnt = client.request("tools/call", with(this.clone(), &first, &yes())).await;
    assert_eq!(burnt["error"]["code"], -32602, "a wrong use is a use: {burnt}");
    // An answer without a ticket is no answer to anything.
    let mut bold = this.clone();
    bold["inputResponses"] = json!({ "confirm": yes() });
    ticket(&mut client, &bold).await;
    assert_eq!(bench.sim.requests().len(), 0);

    let second = ticket(&mut client, &this).await;
    let done = client.request("tools/call", with(this.clone(), &second, &yes())).await;
    assert_eq!(done["result"]["isError"], false, "{done}");
    let spent = bench.sim.requests().len();
    assert!(spent > 0);
    let again = client.request("tools/call", with(this.clone(), &second, &yes())).await;
    assert_eq!(again["error"]["code"], -32602);
    assert_eq!(bench.sim.requests().len(), spent);

    let confirmed: Vec<_> =
        bench.calls().iter().filter_map(|call| call.data("confirmed").cloned()).collect();
    assert_eq!(confirmed, [json!(true)]);
}

#[tokio::test]
async fn a_no_and_everything_that_is_no_yes_does_nothing() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = serve(&bench, &Selection::default(), LATEST, true).await;
    for answer in [
        json!({ "action": "decline" }),
        json!({ "action": "cancel" }),
        json!({ "action": "accept", "content": { "confirm": false } }),
        json!({ "action": "accept", "content": {} }),
        json!(7),
    ] {
        let ticket = ticket(&mut client, &removal(KITCHEN)).await;
        let params = with(removal(KITCHEN), &ticket, &answer);
        let result = client.request("tools/call", params).await["result"].clone();
        assert_eq!(failure(&result)["code"], "declined");
    }
    assert_eq!(bench.sim.requests().len(), 0);
    let reasons: Vec<_> =
        bench.calls().iter().map(|call| call.reason().unwrap().to_owned()).collect();
    assert_eq!(reasons, ["input_required", "declined"].repeat(5));
}

#[tokio::test]
async fn before_2026_the_person_is_asked_during_the_call() {
    let bench = Bench::usual().await;
    for version in VERSIONS.iter().filter(|version| **version != LATEST) {
        let (mut client, _serving) = serve(&bench, &Selection::default(), version, true).await;
        for (answer, code) in [(json!({ "action": "decline" }), Some("declined")), (yes(), None)] {
            let before = bench.sim.requests().len();
            let id = client.ask("tools/call", removal(KITCHEN)).await;
            let question = client.receive().await.unwrap();
            assert_eq!(question["method"], "elicitation/create", "{question}");
            assert_eq!(bench.sim.requests().len(), before, "nothing is done before the answer");
            let reply = json!({ "jsonrpc": "2.0", "id": question["id"], "result": answer });
            client.send(&reply).await;
            let result = client.answer(id).await["result"].clone();
            match code {
                Some(code) => assert_eq!(failure(&result)["code"], code),
                None => assert_eq!(result["isError"], false, "{version}: {result}"),
            }
        }
    }
}

#[tokio::test]
async fn a_client_that_cannot_ask_is_refused_unless_the_operator_said_otherwise() {
    let bench = Bench::usual().await;
    for version in VERSIONS {
        let (mut client, _serving) = serve(&bench, &Selection::default(), version, false).await;
        let before = bench.sim.requests().len();
        let refused = client.fails("remove_from_library", json!({ "items": [KITCHEN] })).await;
        assert_eq!(refused["code"], "unconfirmed", "{version}");
        assert!(refused["next_step"].as_str().unwrap().contains("dry_run"));
        assert_eq!(bench.sim.requests().len(), before);
        let preview = json!({ "items": [KITCHEN], "dry_run": true });
        assert_eq!(client.ok("remove_from_library", preview).await["state"], "preview");

        let confirmed = ["play".parse().unwrap()].into();
        let relaxed = Selection { allow_unconfirmed: true, confirmed, ..Selection::default() };
        let (mut client, _serving) = serve(&bench, &relaxed, version, false).await;
        client.ok("remove_from_library", json!({ "items": [KITCHEN] })).await;
        let refused = client.fails("play", json!({ "what": "midnight ferry" })).await;
        assert_eq!(refused["code"], "unconfirmed", "what is demanded is never lifted");
        let (mut client, _serving) = serve(&bench, &relaxed, LATEST, true).await;
        ticket(&mut client, &removal(KITCHEN)).await;
    }
    let confirmed: Vec<_> =
        bench.calls().iter().filter_map(|call| call.data("confirmed").cloned()).collect();
    assert_eq!(confirmed, vec![json!(false); VERSIONS.len()]);
}

#[tokio::test]
async fn the_policy_of_the_profile_demands_or_forbids_whatever_the_server_was_started_with() {
    let bench = Bench::usual().await;
    let relaxed = Selection { allow_unconfirmed: true, ..Selection::default() };
    let (mut client, _serving) = serve(&bench, &relaxed, LATEST, false).await;
    let set = |destructive: &str, writes: &str| {
        let (destructive, writes) = (destructive.parse().unwrap(), writes.parse().unwrap());
        bench.session().set_policy(None, Policy { destructive, writes, ..Policy::default() })
    };
    let (remove, create) = (json!({ "items": [KITCHEN] }), json!({ "name": "x" }));
    for (destructive, writes, removed, created) in [
        ("confirm", "usual", Some("unconfirmed"), None),
        ("usual", "confirm", Some("unconfirmed"), Some("unconfirmed")),
        ("forbid", "usual", Some("forbidden"), None),
        ("usual", "forbid", Some("forbidden"), Some("forbidden")),
        ("usual", "usual", None, None),
    ] {
        assert!(set(destructive, writes).unwrap().changed);
        for (tool, arguments, code) in
            [("remove_from_library", &remove, removed), ("create_playlist", &create, created)]
        {
            let before = bench.sim.requests().len();
            let result = client.call(tool, arguments.clone()).await;
            if let Some(code) = code {
                assert_eq!(failure(&result)["code"], code, "{destructive} {writes} {tool}");
                assert_eq!(bench.sim.requests().len(), before);
            } else {
                assert_eq!(result["isError"], false, "{destructive} {writes}: {result}");
            }
        }
        client.ok("get_playlists", json!({})).await;
    }
}
