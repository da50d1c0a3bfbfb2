//! The table of tools, walked over the wire: every tool, with the example that it carries.

use std::collections::BTreeMap;

use mcp_server::tools::{Effect, Entry, Selection, TOOLS};
use serde_json::{Value, json};
use spotify_api::endpoint::Offer;
use spotify_audit::Stage;
use spotify_sim::{Irregularity, Regime};

use crate::{bench::Bench, client::Client, results::conforms};

fn example(tool: &Entry) -> Value {
    serde_json::from_str(tool.spec().example).unwrap()
}

fn failure(result: &Value) -> Value {
    serde_json::from_str(result["content"][0]["text"].as_str().unwrap()).unwrap()
}

/// Calls a tool with its example and checks that it does what it documents.
async fn walk(client: &mut Client, tool: &Entry, regime: spotify_api::Regime) {
    let result = client.call(tool.name(), example(tool)).await;
    if result["isError"] == false {
        let schema = Value::Object(tool.output_schema());
        if let Err(problem) = conforms(&result["structuredContent"], &schema) {
            panic!("{}: {problem}\n{result}", tool.name());
        }
        let text = result["content"][0]["text"].as_str().unwrap();
        assert!(!text.is_empty() && text.len() < 16_000, "{}: {text}", tool.name());
        return;
    }
    let failure = failure(&result);
    if tool.name() == "authenticate" {
        assert_eq!(failure["code"], "sign_in_failed", "the example is of an old sign-in");
    } else {
        assert_eq!(failure["code"], "not_available", "{}: {failure}", tool.name());
        assert_ne!(tool.spec().offered_in(regime), Offer::Yes, "{}", tool.name());
        assert_eq!(failure["next_step"], tool.spec().instead, "{}", tool.name());
    }
}

#[tokio::test]
async fn every_tool_does_what_its_example_shows_or_says_what_to_do_instead_in_every_regime() {
    for regime in Regime::ALL {
        let bench = Bench::in_regime(regime).await;
        let (mut client, serving) = bench.serve_selection(&Selection::all()).await;
        for tool in TOOLS {
            walk(&mut client, tool, regime.as_str().parse().unwrap()).await;
        }
        client.close().await;
        serving.ended().await;
        let mut stages: BTreeMap<_, Vec<Stage>> = BTreeMap::new();
        for entry in bench.calls() {
            assert_eq!(
                entry.class(),
                mcp_server::tools::find(entry.tool().unwrap())
                    .map(|tool| tool.spec().effect.as_str())
            );
            stages.entry(entry.tool().unwrap().to_owned()).or_default().extend(entry.stage());
        }
        for tool in TOOLS {
            assert_eq!(stages[tool.name()], [Stage::Intent, Stage::Outcome], "{}", tool.name());
        }
    }
}

#[tokio::test]
async fn an_argument_that_no_tool_has_is_refused_by_every_tool_before_anything_is_done() {
    let bench = Bench::usual().await;
    let (mut client, _serving) = bench.serve_selection(&Selection::all()).await;
    for tool in TOOLS {
        let mut arguments = example(tool);
        arguments["surprise"] = json!(1);
        let refused = client.fails(tool.name(), arguments).await;
        assert_eq!(refused["code"], "invalid_arguments", "{}", tool.name());
        let message = refused["message"].as_str().unwrap();
        assert!(message.contains("`surprise` is unknown"), "{message}");
    }
    assert_eq!(bench.sim.requests().len(), 0);
}

#[tokio::test]
async fn every_irregularity_is_survived_by_every_reading_tool() {
    let bench = Bench::in_regime(Regime::DevLegacy).await;
    let (mut client, _serving) = bench.serve_selection(&Selection::all()).await;
    let reading = || TOOLS.iter().filter(|tool| tool.spec().effect == Effect::Read);
    for irregularity in Irregularity::ALL {
        bench.sim.set_irregular(irregularity, true);
        for tool in reading() {
            let result = client.call(tool.name(), example(tool)).await;
            let text = result["content"][0]["text"].as_str().unwrap();
            for made_up in ["Unknown", "[removed]", "null", "undefined"] {
                assert!(!text.contains(made_up), "{} {irregularity:?}: {text}", tool.name());
            }
            if result["isError"] == true {
                let code = failure(&result)["code"].clone();
                let known = ["not_available", "not_found", "forbidden"];
                assert!(
                    known.iter().any(|known| code == *known),
                    "{} {irregularity:?}: {text}",
                    tool.name()
                );
            }
        }
        bench.sim.set_irregular(irregularity, false);
    }
}

#[tokio::test]
async fn the_operators_choice_is_what_is_listed_and_called() {
    let bench = Bench::usual().await;
    let selection = Selection {
        excluded: ["get_playlist".parse().unwrap()].into(),
        read_only: true,
        ..Selection::default()
    };
    let (mut client, _serving) = bench.serve_selection(&selection).await;
    let listed = client.request("tools/list", json!({})).await["result"]["tools"].clone();
    let names: Vec<_> =
        listed.as_array().unwrap().iter().map(|tool| tool["name"].clone()).collect();
    assert!(names.contains(&"get_playlists".into()) && !names.contains(&"get_playlist".into()));
    for name in ["get_playlist", "create_playlist"] {
        assert!(!names.contains(&name.into()));
        let params = json!({ "name": name, "arguments": {} });
        let refused = client.request("tools/call", params).await;
        assert_eq!(refused["error"]["code"], -32602);
        let message = refused["error"]["message"].as_str().unwrap();
        assert!(message.contains("is not offered here"), "{message}");
    }
}
