//! Answers with random faults: none fails, and none loses anything.

use proptest::prelude::*;
use serde_json::{Value, json};
use spotify_api::Endpoint;

use crate::{
    decode,
    model_answers::{folder, index},
};

proptest! {
    #[test]
    fn an_answer_with_any_faults_is_read_and_loses_nothing(
        body in any::<prop::sample::Index>(),
        faults in prop::collection::vec((any::<prop::sample::Index>(), 0..FAULTS), 1..6),
    ) {
        let index = index();
        let (operation, path) = body.get(&index);
        let endpoint = Endpoint::find(operation).unwrap();
        let text = std::fs::read(folder().join(path)).unwrap();
        // Lists of truth values and of pictures have no place for what does not fit.
        let Ok(mut json @ Value::Object(_)) = serde_json::from_slice::<Value>(&text) else {
            return Ok(());
        };
        for (place, fault) in faults {
            let mut places = Vec::new();
            pointers(&json, &mut String::new(), &mut places);
            if !places.is_empty() {
                let place = place.get(&places).clone();
                spoil(&mut json, &place, fault);
            }
        }
        let again = (endpoint.decode)(&serde_json::to_vec(&json).unwrap()).unwrap().unwrap();
        prop_assert_eq!(decode::lost(&json, &again), [""; 0]);
    }
}

#[test]
fn an_answer_that_is_too_deep_is_refused_and_one_that_is_not_comes_back_whole() {
    for (operation, open, close) in [
        ("get-track", r#"{"album":{"tracks":{"items":["#, "]}}}"),
        ("get-a-chapter", r#"{"audiobook":{"chapters":{"items":["#, "]}}}"),
        ("get-an-episode", r#"{"album":{"episodes":{"items":["#, "]}}}"),
        ("get-playlist", r#"{"unknown":[[["#, "]]]}"),
    ] {
        let decode = Endpoint::find(operation).unwrap().decode;
        let nested = |times| format!("{}null{}", open.repeat(times), close.repeat(times));
        // serde_json reads 127 levels.
        let deepest = nested(31);
        let json: Value = serde_json::from_str(&deepest).unwrap();
        assert_eq!(decode(deepest.as_bytes()), Ok(Some(json)), "{operation}");
        assert!(decode(nested(32).as_bytes()).is_err(), "{operation}");
        assert!(decode(nested(100_000).as_bytes()).is_err(), "{operation}");
    }
}

const FAULTS: u8 = 16;

/// Puts a fault where the pointer points to.
fn spoil(json: &mut Value, pointer: &str, fault: u8) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    let name = name.replace("~1", "/").replace("~0", "~");
    let value = json.pointer_mut(pointer).unwrap();
    match fault {
        0 => *value = Value::Null,
        1 => *value = json!("text"),
        2 => *value = json!(""),
        3 => *value = json!(1.5),
        4 => *value = json!(u64::MAX),
        5 => *value = json!(-1),
        6 => *value = json!(1e300),
        7 => *value = json!([]),
        8 => *value = json!([null, "x", {"y": [1]}]),
        9 => *value = json!({}),
        10 => *value = json!({"unknown": {"deep": [null]}, "totalMilliseconds": 7}),
        11 => *value = json!(true),
        12 => *value = json!(value.to_string()),
        13 => {
            if let Some(whole) = value.as_i64() {
                #[expect(clippy::cast_precision_loss, reason = "the numbers are small")]
                let float = whole as f64;
                *value = json!(float);
            } else if let Some(text) = value.as_str() {
                *value = json!(text.to_uppercase());
            }
        }
        14 => match json.pointer_mut(parent) {
            Some(Value::Object(object)) => {
                object.insert(format!("{name}_unknown"), json!([1, {"a": null}]));
            }
            Some(Value::Array(list)) => list.insert(0, Value::Null),
            _ => {}
        },
        _ => match json.pointer_mut(parent) {
            Some(Value::Object(object)) => {
                object.remove(&name);
            }
            Some(Value::Array(list)) => {
                list.remove(name.parse().unwrap());
            }
            _ => {}
        },
    }
}

/// Lists the pointers of all values inside of a value.
fn pointers(json: &Value, place: &mut String, found: &mut Vec<String>) {
    let length = place.len();
    let mut below = |token: &str, value: &Value| {
        place.push('/');
        place.push_str(&token.replace('~', "~0").replace('/', "~1"));
        found.push(place.clone());
        pointers(value, place, found);
        place.truncate(length);
    };
    match json {
        Value::Object(object) => object.iter().for_each(|(key, value)| below(key, value)),
        Value::Array(list) => {
            list.iter().enumerate().for_each(|(place, value)| below(&place.to_string(), value));
        }
        _ => {}
    }
}
