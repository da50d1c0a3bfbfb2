//! What the fuzz targets of answers hold every model to.

use serde_json::Value;
use spotify_api::Endpoint;

/// Decodes a body as the answer of an operation: nothing panics, an object is never refused, and
/// what was taken is written again as it was.
pub fn loses_nothing(operation: &str, body: &[u8]) {
    let endpoint = Endpoint::find(operation).expect("the operation is in the catalogue");
    let taken = (endpoint.decode)(body);
    match serde_json::from_slice::<Value>(body) {
        Ok(sent @ Value::Object(_)) => {
            let again = taken.expect("an object is taken").expect("the answer has a body");
            assert!(same(&sent, &again), "{sent}\n{again}");
        }
        // A model says no to what is no object; text that is no JSON is nobody's answer.
        Ok(_) | Err(_) => {}
    }
}

/// Whether two values are the same, however their numbers are written.
fn same(one: &Value, other: &Value) -> bool {
    match (one, other) {
        (Value::Number(one), Value::Number(other)) => one.as_f64() == other.as_f64(),
        (Value::Array(one), Value::Array(other)) => {
            one.len() == other.len() && one.iter().zip(other).all(|(one, other)| same(one, other))
        }
        (Value::Object(one), Value::Object(other)) => {
            one.len() == other.len()
                && one.iter().all(|(key, one)| other.get(key).is_some_and(|other| same(one, other)))
        }
        (one, other) => one == other,
    }
}
