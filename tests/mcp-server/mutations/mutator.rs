//! Lines that are nearly messages.

use serde_json::{Value, json};

use crate::client::{LATEST, VERSIONS};

/// What a value is replaced with.
const ODD: [&str; 12] = [
    "null",
    "-1",
    "1e999",
    "18446744073709551616",
    "\"\"",
    "\"\\ud800\"",
    "\"\\u0000\\u202e\"",
    "[]",
    "{}",
    "[[[[[[[[]]]]]]]]",
    "true",
    "\"spotify:track:0000000000000000000000\"",
];

/// Makes lines; the same seed makes the same ones.
pub(super) struct Mutator {
    state: u64,
    messages: Vec<String>,
}

impl Mutator {
    pub(super) fn new(seed: u64) -> Self {
        Self { state: seed, messages: messages() }
    }

    /// Returns a line, mostly with its end.
    pub(super) fn line(&mut self) -> Vec<u8> {
        let chosen = self.below(self.messages.len());
        let mut line = self.messages[chosen].clone().into_bytes();
        for _ in 0..self.below(4) {
            self.mutate(&mut line);
        }
        if self.below(200) > 0 {
            line.push(b'\n');
        }
        line
    }

    fn mutate(&mut self, line: &mut Vec<u8>) {
        let (at, other) = (self.below(line.len() + 1), self.below(line.len() + 1));
        let (start, end) = (at.min(other), at.max(other));
        match self.below(7) {
            0 => line.truncate(at),
            1 => drop(line.drain(start..end.min(start + 8))),
            2 => line.insert(at, self.random().to_le_bytes()[0]),
            3 => {
                let piece = line[start..end.min(start + 64)].to_vec();
                drop(line.splice(other..other, piece));
            }
            4 => {
                if let Some(byte) = line.get_mut(at) {
                    *byte ^= 1 << self.below(8);
                }
            }
            _ => self.replace_value(line),
        }
    }

    /// Puts something odd in the place of a value, when the line is JSON still.
    fn replace_value(&mut self, line: &mut Vec<u8>) {
        let Ok(mut message) = serde_json::from_slice::<Value>(line) else { return };
        *self.any_value(&mut message) = "the place".into();
        let odd = ODD[self.below(ODD.len())];
        *line = message.to_string().replacen("\"the place\"", odd, 1).into_bytes();
    }

    fn any_value<'a>(&mut self, value: &'a mut Value) -> &'a mut Value {
        let inside = match value {
            Value::Object(map) => map.len(),
            Value::Array(list) => list.len(),
            _ => 0,
        };
        if inside == 0 || self.below(3) == 0 {
            return value;
        }
        let place = self.below(inside);
        let deeper = match value {
            Value::Object(map) => map.values_mut().nth(place).unwrap(),
            value => &mut value[place],
        };
        self.any_value(deeper)
    }

    fn below(&mut self, bound: usize) -> usize {
        usize::try_from(self.random() % bound.max(1) as u64).unwrap()
    }

    /// `SplitMix64` (Steele, Lea and Flood 2014).
    fn random(&mut self) -> u64 {
        self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.state;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }
}

/// Returns a request of the present era.
pub(super) fn request(id: impl Into<Value>, method: &str) -> Value {
    with_parameters(&id.into(), method, json!({}))
}

fn with_parameters(id: &Value, method: &str, mut params: Value) -> Value {
    params["_meta"] = json!({
        "io.modelcontextprotocol/protocolVersion": LATEST,
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

/// What is mutated: every method, and calls of tools that ask nobody.
fn messages() -> Vec<String> {
    let call = |arguments: Value| {
        let params = json!({ "name": "get_track_details", "arguments": arguments });
        with_parameters(&2.into(), "tools/call", params)
    };
    let mut messages = vec![
        request(1, "server/discover"),
        request("a", "tools/list"),
        request(3, "resources/list"),
        request(4, "ping"),
        call(json!({ "track": "not an id" })),
        call(json!({ "track": "spotify:track:0000000000000000000000", "surplus": 1 })),
        json!({ "jsonrpc": "2.0", "method": "notifications/initialized" }),
        json!({ "jsonrpc": "2.0", "method": "notifications/cancelled", "params": { "requestId": 2 } }),
        json!({ "jsonrpc": "2.0", "id": 9, "result": {} }),
        json!([request(5, "tools/list")]),
    ];
    messages.extend(VERSIONS.map(|version| {
        json!({ "jsonrpc": "2.0", "id": 6, "method": "initialize", "params": {
            "protocolVersion": version,
            "capabilities": {},
            "clientInfo": { "name": "mutations", "version": "1" },
        }})
    }));
    messages.iter().map(Value::to_string).collect()
}
