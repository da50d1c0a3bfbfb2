//! Whether a person has to agree before a call acts, and did.
//!
//! The question names the exact arguments, and the ticket that the answer comes with is good for them
//! alone. A preview acts on nothing and asks nobody.

use std::collections::BTreeMap;

use rmcp::model::ElicitationSchema;
use serde_json::{Map, Value};

use crate::{
    failure::Failure,
    offer::{Context, Questions},
    sanitise,
};

/// The key of the question, and of the field in its form.
const CONFIRM: &str = "confirm";
/// The most characters that are told of one argument.
const LONGEST: usize = 120;

/// When a person is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Confirm {
    /// Never.
    Never,
    /// Where the client can ask; elsewhere the call is made all the same.
    WherePossible,
    /// Always: where the client can't ask, the call is refused.
    Always,
}

/// How far the asking is.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(crate) enum Stage {
    /// Nobody was asked.
    #[default]
    Open,
    /// The answer is among the client's.
    Asked,
    /// The person agreed in an earlier round.
    Given,
}

/// What follows.
pub(super) enum Verdict {
    /// The call acts; whether a person agreed, if that was wanted.
    Act(Option<bool>),
    /// The person is asked.
    Ask(Questions),
    /// The call is refused.
    Refuse(Failure),
}

/// Judges a call by its name and arguments.
pub(super) fn judge(
    confirm: Confirm,
    name: &str,
    arguments: &Map<String, Value>,
    context: &Context,
) -> Verdict {
    if confirm == Confirm::Never || arguments.get("dry_run") == Some(&Value::Bool(true)) {
        return Verdict::Act(None);
    }
    match (context.stage(), context.answer(CONFIRM)) {
        (Stage::Given, _) => Verdict::Act(Some(true)),
        (Stage::Asked, Some(answer)) if agreed(answer) => Verdict::Act(Some(true)),
        (Stage::Asked, Some(_)) => Verdict::Refuse(Failure::declined()),
        _ if context.takes_forms() => Verdict::Ask(question(name, arguments)),
        _ if confirm == Confirm::WherePossible => Verdict::Act(Some(false)),
        _ => Verdict::Refuse(Failure::unconfirmed()),
    }
}

/// Whether an answer says yes, and not merely that a form was sent.
fn agreed(answer: &Value) -> bool {
    let content = answer.get("content").and_then(|content| content.get(CONFIRM));
    answer.get("action") == Some(&Value::from("accept")) && content == Some(&Value::Bool(true))
}

fn question(name: &str, arguments: &Map<String, Value>) -> Questions {
    let told = arguments.iter().map(|(argument, value)| format!("{argument}: {}", told(value)));
    let told = told.collect::<Vec<_>>().join("; ");
    let message = format!("Go ahead with \"{}\"? {told}", name.replace('_', " "));
    let form = ElicitationSchema::builder()
        .required_bool_with(CONFIRM, |field| field.title("Yes, go ahead").with_default(false))
        .build()
        .unwrap_or_else(|_| ElicitationSchema::new(BTreeMap::new()));
    Questions::form(CONFIRM, message, form).confirming()
}

/// Writes an argument for a person: a list by its length and beginning.
fn told(value: &Value) -> String {
    let one = |value: &Value| match value {
        Value::String(text) => sanitise::line(text, LONGEST),
        other => sanitise::line(&other.to_string(), LONGEST),
    };
    match value {
        Value::Array(entries) if entries.len() > 3 => {
            let first: Vec<_> = entries.iter().take(3).map(one).collect();
            format!("{} entries, {} ...", entries.len(), first.join(", "))
        }
        Value::Array(entries) => entries.iter().map(one).collect::<Vec<_>>().join(", "),
        value => one(value),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn only_a_yes_in_the_form_is_a_yes() {
        for (answer, yes) in [
            (json!({ "action": "accept", "content": { "confirm": true } }), true),
            (json!({ "action": "accept", "content": { "confirm": false } }), false),
            (json!({ "action": "accept", "content": { "confirm": "true" } }), false),
            (json!({ "action": "accept" }), false),
            (json!({ "action": "decline", "content": { "confirm": true } }), false),
            (json!({ "action": "cancel" }), false),
            (json!(true), false),
            (json!({}), false),
        ] {
            assert_eq!(agreed(&answer), yes, "{answer}");
        }
    }

    #[test]
    fn the_question_names_the_arguments_in_short_and_on_one_line() {
        let arguments = json!({
            "playlist": "spotify:playlist:x",
            "tracks": ["a\u{202e}\n", "b", "c", "d"],
            "position": 3,
        });
        let questions = question("remove_tracks", arguments.as_object().unwrap());
        let json = serde_json::to_value(&questions.requests).unwrap();
        assert_eq!(
            json["confirm"]["params"]["message"],
            "Go ahead with \"remove tracks\"? playlist: spotify:playlist:x; position: 3; tracks: 4 entries, a, b, c ..."
        );
        assert_eq!(json["confirm"]["params"]["requestedSchema"]["required"], json!(["confirm"]));
        assert_eq!(told(&json!("x".repeat(999))).chars().count(), LONGEST);
    }

    #[test]
    fn who_cannot_be_asked_is_refused_unless_the_operator_said_otherwise() {
        let context = Context::default();
        let arguments = Map::new();
        let judged = |confirm| judge(confirm, "x", &arguments, &context);
        assert!(matches!(judged(Confirm::Never), Verdict::Act(None)));
        assert!(matches!(judged(Confirm::WherePossible), Verdict::Act(Some(false))));
        assert!(matches!(judged(Confirm::Always), Verdict::Refuse(_)));
        let preview = json!({ "dry_run": true });
        let judged = judge(Confirm::Always, "x", preview.as_object().unwrap(), &context);
        assert!(matches!(judged, Verdict::Act(None)));
    }
}
