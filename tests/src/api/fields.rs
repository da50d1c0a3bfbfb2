//! The parameter `fields`, by which a client asks for parts of a playlist.
//!
//! Source: Spotify, reference, "Get Playlist": names separated by commas, dots into objects,
//! parentheses for several names of one object, `!` in front of what is left out. Arrays are
//! looked through.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::Refusal;
use crate::http::Call;

/// Leaves of an answer what the request asks for.
pub(super) fn select(call: &Call, mut body: Value) -> Result<Value, Refusal> {
    if let Some(text) = call.parameter("fields").filter(|text| !text.is_empty()) {
        let invalid = || Refusal::BadRequest("Invalid fields".to_owned());
        let (filter, rest) = Filter::parse(text, MAX_DEPTH).ok_or_else(invalid)?;
        if !rest.is_empty() {
            return Err(invalid());
        }
        filter.apply(&mut body);
    }
    Ok(body)
}

/// Deeper than any object that there is.
const MAX_DEPTH: usize = 12;

/// What to keep of an object; everything but `left_out` when `kept` is empty.
#[derive(Debug, Default, PartialEq, Eq)]
struct Filter {
    kept: BTreeMap<String, Self>,
    left_out: BTreeSet<String>,
}

impl Filter {
    /// Reads names up to the end or a closing parenthesis, and returns the rest.
    fn parse(mut text: &str, depth: usize) -> Option<(Self, &str)> {
        let mut filter = Self::default();
        loop {
            if let Some(after) = text.strip_prefix('!') {
                let (name, rest) = name(after)?;
                filter.left_out.insert(name.to_owned());
                text = rest;
            } else {
                text = filter.keep(text, depth)?;
            }
            match text.strip_prefix(',') {
                Some(rest) => text = rest,
                None => return Some((filter, text)),
            }
        }
    }

    /// Reads one name and what is wanted of it.
    fn keep<'a>(&mut self, text: &'a str, depth: usize) -> Option<&'a str> {
        let depth = depth.checked_sub(1)?;
        let (name, rest) = name(text)?;
        let inner = self.kept.entry(name.to_owned()).or_default();
        if let Some(rest) = rest.strip_prefix('.') {
            inner.keep(rest, depth)
        } else if let Some(rest) = rest.strip_prefix('(') {
            let (filter, rest) = Self::parse(rest, depth)?;
            *inner = filter;
            rest.strip_prefix(')')
        } else {
            Some(rest)
        }
    }

    fn apply(&self, value: &mut Value) {
        match value {
            Value::Array(items) => items.iter_mut().for_each(|item| self.apply(item)),
            Value::Object(fields) => {
                fields.retain(|name, _| {
                    (self.kept.is_empty() || self.kept.contains_key(name))
                        && !self.left_out.contains(name)
                });
                for (name, filter) in &self.kept {
                    if let Some(field) = fields.get_mut(name) {
                        filter.apply(field);
                    }
                }
            }
            _ => {}
        }
    }
}

/// Splits a name off; `None` when there is none.
fn name(text: &str) -> Option<(&str, &str)> {
    let end = text.find([',', '.', '(', ')', '!']).unwrap_or(text.len());
    text.split_at_checked(end).filter(|(name, _)| !name.is_empty())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn selected(fields: &str) -> Option<Value> {
        let mut body = json!({
            "name": "n",
            "owner": { "id": "o", "href": "h" },
            "items": { "total": 2, "items": [{ "item": { "id": 1, "uri": "u" }, "added_at": "a" }] },
        });
        let (filter, rest) = Filter::parse(fields, MAX_DEPTH)?;
        filter.apply(&mut body);
        rest.is_empty().then_some(body)
    }

    #[test]
    fn the_documented_forms_select_what_they_say() {
        for (fields, expected) in [
            ("name", json!({ "name": "n" })),
            ("name,owner.id", json!({ "name": "n", "owner": { "id": "o" } })),
            ("owner(!href)", json!({ "owner": { "id": "o" } })),
            ("!items,!owner", json!({ "name": "n" })),
            (
                "items.items(item(uri))",
                json!({ "items": { "items": [{ "item": { "uri": "u" } }] } }),
            ),
            ("nothing", json!({})),
        ] {
            assert_eq!(selected(fields), Some(expected), "{fields}");
        }
    }

    #[test]
    fn malformed_fields_are_refused() {
        let deep = "a(".repeat(50);
        for fields in ["a(b", "a)", ",a", "a,", "a..b", "!", "()", &deep] {
            assert_eq!(selected(fields), None, "{fields}");
        }
    }
}
