//! The simulator's own endpoints below `/_sim/`, for clients in other languages.
//!
//! | request | does |
//! | --- | --- |
//! | `POST /_sim/advance` `{"seconds": 3600}` | moves the clock, answers `{"now": "…"}` |
//! | `GET /_sim/requests` | lists what was asked; `DELETE` forgets it |
//! | `POST /_sim/faults` | queues a [`crate::Fault`]; `GET` lists, `DELETE` forgets them |
//! | `POST /_sim/remove_app` `{"user": "…"}` | ends all grants of a user |
//! | `PUT /_sim/irregularities` `["short_pages"]` | turns on exactly these |
//! | `PUT /_sim/rotation` `"always"` | sets the [`crate::Rotation`] |

use std::time::Duration;

use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};

use crate::{
    accounts::grants::Rotation,
    api::irregular::Irregularity,
    faults::Fault,
    http::{Call, Reply},
    world::World,
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Advance {
    seconds: u64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RemoveApp {
    user: String,
}

/// Answers a control request, or returns `None` when it is none.
pub(crate) fn answer(world: &mut World, call: &Call) -> Option<Reply> {
    let name = call.path.strip_prefix("/_sim/")?;
    let done = match (call.method.as_str(), name) {
        ("POST", "advance") => read(call).map(|Advance { seconds }| {
            world.clock.advance(Duration::from_secs(seconds));
            json!({ "now": world.clock.now().to_string() })
        }),
        ("GET", "requests") => Ok(json!(world.journal)),
        ("DELETE", "requests") => {
            world.journal.clear();
            Ok(Value::Null)
        }
        ("POST", "faults") => read(call).map(|fault: Fault| {
            world.faults.add(fault);
            Value::Null
        }),
        ("GET", "faults") => Ok(json!(world.faults.pending())),
        ("DELETE", "faults") => {
            world.faults.clear();
            Ok(Value::Null)
        }
        ("POST", "remove_app") => read(call).and_then(|RemoveApp { user }| {
            if !world.users.contains_key(&user) {
                return Err(format!("nobody has the account {user:?}"));
            }
            world.grants.remove_user(&user);
            Ok(Value::Null)
        }),
        ("PUT", "irregularities") => read(call).map(|wanted: Vec<Irregularity>| {
            for irregularity in Irregularity::ALL {
                world.set_irregular(irregularity, wanted.contains(&irregularity));
            }
            Value::Null
        }),
        ("PUT", "rotation") => read(call).map(|rotation: Rotation| {
            world.rotation = rotation;
            Value::Null
        }),
        _ => return Some(Reply::json(404, &json!({ "error": "no such control endpoint" }))),
    };
    Some(match done {
        Ok(Value::Null) => Reply::empty(204),
        Ok(body) => Reply::json(200, &body),
        Err(problem) => Reply::json(400, &json!({ "error": problem })),
    })
}

fn read<T: DeserializeOwned>(call: &Call) -> Result<T, String> {
    serde_json::from_slice(&call.body).map_err(|error| error.to_string())
}
