//! Tools that ask the client: once, in rounds, and for what it can do.

use mcp_server::offer::{Context, Offer, Offered, Questions, Reply};
use rmcp::model::{CallToolResult, Tool};
use serde_json::{Map, Value, json};

use crate::content::{text, tool};

/// Makes questions of the requests that they are.
pub(crate) fn ask(requests: &Value) -> Questions {
    let requests = requests.as_object().unwrap().iter();
    requests.fold(Questions::default(), |questions, (key, request)| {
        questions.and(key, serde_json::from_value(request.clone()).unwrap())
    })
}

/// Asks a person to fill in a form.
pub(crate) fn form(message: &str, properties: &Value) -> Value {
    let required: Vec<_> = properties.as_object().unwrap().keys().collect();
    let schema = json!({ "type": "object", "properties": properties, "required": required });
    json!({
        "method": "elicitation/create",
        "params": { "message": message, "requestedSchema": schema },
    })
}

fn sampling(prompt: &str) -> Value {
    let message = json!({ "role": "user", "content": { "type": "text", "text": prompt } });
    json!({
        "method": "sampling/createMessage",
        "params": { "messages": [message], "maxTokens": 100 },
    })
}

fn roots() -> Value {
    json!({ "method": "roots/list", "params": {} })
}

/// Asks questions together, and says what came back.
fn asks(
    name: &'static str,
    arguments: &[&str],
    kept: Option<&'static str>,
    requests: fn(&Map<String, Value>) -> Value,
) -> Offered<Tool, CallToolResult> {
    tool(name, arguments, move |arguments, context: Context| {
        let reply = together(kept, &requests(&arguments), &context);
        async move { Ok(reply) }
    })
}

fn together(
    kept: Option<&'static str>,
    requests: &Value,
    context: &Context,
) -> Reply<CallToolResult> {
    let keys = requests.as_object().unwrap().keys();
    let answers: Option<Vec<_>> =
        keys.map(|key| context.answer(key).filter(|answer| answer.is_object())).collect();
    let known = kept.is_none_or(|kept| context.state() == Some(&json!(kept)));
    match (answers, kept) {
        (Some(answers), _) if known => {
            let state = kept.map(|_| "state-ok, ").unwrap_or_default();
            Reply::Done(text(format!("{state}answers: {}", json!(answers))))
        }
        (_, Some(kept)) => Reply::Ask(ask(requests).keeping(json!(kept))),
        (_, None) => Reply::Ask(ask(requests)),
    }
}

/// Asks two things, one after the other.
fn in_rounds() -> Offered<Tool, CallToolResult> {
    tool("test_input_required_result_multi_round", &[], async |_, context: Context| {
        let name = context.answer("step1").map(|answer| answer["content"]["name"].clone());
        let colour = context.answer("step2").map(|answer| answer["content"]["color"].clone());
        Ok(match (context.state(), name, colour) {
            (Some(state), _, Some(colour)) if state["step"] == 2 => {
                Reply::Done(text(format!("{} likes {colour}", state["name"])))
            }
            (Some(state), Some(name), _) if state["step"] == 1 => {
                let question = form(
                    "Step 2: What is your favorite color?",
                    &json!({ "color": { "type": "string" } }),
                );
                let kept = json!({ "step": 2, "name": name });
                Reply::Ask(ask(&json!({ "step2": question })).keeping(kept))
            }
            _ => {
                let question =
                    form("Step 1: What is your name?", &json!({ "name": { "type": "string" } }));
                Reply::Ask(ask(&json!({ "step1": question })).keeping(json!({ "step": 1 })))
            }
        })
    })
}

/// Asks for what the client says it can do.
fn as_able() -> Offered<Tool, CallToolResult> {
    tool("test_input_required_result_capabilities", &[], async |_, context: Context| {
        let mut requests = json!({});
        if context.takes_forms() {
            requests["form"] = form("A word?", &json!({ "word": { "type": "string" } }));
        }
        if context.capabilities().sampling.is_some() {
            requests["sample"] = sampling("A word?");
        }
        let answered =
            requests.as_object().unwrap().keys().all(|key| context.answer(key).is_some());
        Ok(if answered { Reply::Done(text("Done.")) } else { Reply::Ask(ask(&requests)) })
    })
}

fn name() -> Value {
    form("What is your name?", &json!({ "name": { "type": "string" } }))
}

fn agreement() -> Value {
    json!({ "confirm": form("Please confirm", &json!({ "ok": { "type": "boolean" } })) })
}

pub(crate) fn offer(offer: Offer) -> Offer {
    offer
        .tool(asks(
            "test_sampling",
            &["prompt"],
            None,
            |arguments| json!({ "reply": sampling(arguments["prompt"].as_str().unwrap()) }),
        ))
        .tool(asks("test_missing_capability", &[], None, |_| json!({ "reply": sampling("Hi") })))
        .tool(asks("test_elicitation", &["message"], None, |arguments| {
            let properties = json!({
                "username": { "type": "string", "description": "User's response" },
                "email": { "type": "string", "description": "User's email address" },
            });
            json!({ "user": form(arguments["message"].as_str().unwrap(), &properties) })
        }))
        .tool(asks("test_streaming_elicitation", &[], None, |_| json!({ "user_name": name() })))
        .tool(asks("test_elicitation_sep1034_defaults", &[], None, |_| {
            let statuses = ["active", "inactive", "pending"];
            let properties = json!({
                "name": { "type": "string", "default": "John Doe" },
                "age": { "type": "integer", "default": 30 },
                "score": { "type": "number", "default": 95.5 },
                "status": { "type": "string", "enum": statuses, "default": "active" },
                "verified": { "type": "boolean", "default": true },
            });
            json!({ "user": form("Please review", &properties) })
        }))
        .tool(asks(
            "test_elicitation_sep1330_enums",
            &[],
            None,
            |_| json!({ "user": form("Please choose", &choices()) }),
        ))
        .tool(asks(
            "test_input_required_result_elicitation",
            &[],
            None,
            |_| json!({ "user_name": name() }),
        ))
        .tool(asks(
            "test_input_required_result_sampling",
            &[],
            None,
            |_| json!({ "capital_question": sampling("What is the capital of France?") }),
        ))
        .tool(asks(
            "test_input_required_result_list_roots",
            &[],
            None,
            |_| json!({ "client_roots": roots() }),
        ))
        .tool(asks("test_input_required_result_request_state", &[], Some("a"), |_| agreement()))
        .tool(asks("test_input_required_result_tampered_state", &[], Some("b"), |_| agreement()))
        .tool(asks("test_input_required_result_multiple_inputs", &[], Some("c"), |_| {
            let greeting = sampling("Generate a greeting");
            json!({ "user_name": name(), "greeting": greeting, "client_roots": roots() })
        }))
        .tool(in_rounds())
        .tool(as_able())
}

/// Every way to offer choices in a form.
fn choices() -> Value {
    let titled = |names: [(&str, &str); 3]| {
        names.map(|(value, title)| json!({ "const": value, "title": title }))
    };
    let values =
        [("value1", "First Option"), ("value2", "Second Option"), ("value3", "Third Option")];
    let options = ["option1", "option2", "option3"];
    json!({
        "untitledSingle": { "type": "string", "enum": options },
        "titledSingle": { "type": "string", "oneOf": titled(values) },
        "legacyEnum": {
            "type": "string",
            "enum": ["opt1", "opt2", "opt3"],
            "enumNames": ["Option One", "Option Two", "Option Three"],
        },
        "untitledMulti": { "type": "array", "items": { "type": "string", "enum": options } },
        "titledMulti": { "type": "array", "items": { "anyOf": titled(values) } },
    })
}
