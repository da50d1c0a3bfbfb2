//! Arguments checked against the very schema that is published, then parsed.
//!
//! Only the few keywords that the tools' schemas use are known here; a test walks the schemas for
//! others. A problem names the argument and what it must be, never what it was: an argument in the
//! wrong place may be a secret.

use serde::de::DeserializeOwned;
use serde_json::{Map, Value};

use super::Schema;
use crate::sanitise;

/// Checks arguments and parses them.
///
/// An argument that is `null` counts as absent: many models fill optional arguments that way.
///
/// # Errors
/// All problems at once, joined by `; `.
pub(super) fn parse<T: DeserializeOwned>(
    schema: &Schema,
    mut arguments: Map<String, Value>,
) -> Result<T, String> {
    arguments.retain(|_, value| !value.is_null());
    let problems = problems(schema, &mut arguments);
    if !problems.is_empty() {
        return Err(problems.join("; "));
    }
    serde_path_to_error::deserialize(Value::Object(arguments)).map_err(|error| {
        let path = error.path().to_string();
        format!("`{path}`: {}", error.inner())
    })
}

fn problems(schema: &Schema, arguments: &mut Map<String, Value>) -> Vec<String> {
    let empty = Map::new();
    let properties = schema.get("properties").and_then(Value::as_object).unwrap_or(&empty);
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    let missing = required
        .filter_map(Value::as_str)
        .filter(|name| !arguments.contains_key(*name))
        .map(|name| format!("`{name}` is missing"));
    let mut problems: Vec<String> = missing.collect();
    for (name, value) in arguments {
        match properties.get(name) {
            Some(schema) => problems.extend(
                problem(schema, value).map(|problem| format!("`{name}` must be {problem}")),
            ),
            None => problems.push(unknown(name, properties)),
        }
    }
    problems.sort_unstable();
    problems
}

fn unknown(name: &str, properties: &Map<String, Value>) -> String {
    let name = sanitise::line(name, 40);
    let mut known: Vec<&str> = properties.keys().map(String::as_str).collect();
    known.sort_unstable();
    if known.is_empty() {
        format!("`{name}` is unknown: this tool takes no arguments")
    } else {
        format!("`{name}` is unknown: this tool takes {}", known.join(", "))
    }
}

/// Returns what the value must be, if it is not that.
fn problem(schema: &Value, value: &mut Value) -> Option<String> {
    let number = |key: &str| schema.get(key).and_then(Value::as_u64);
    let kind = schema.get("type").and_then(Value::as_str)?;
    match kind {
        "string" => {
            let words = schema.get("enum").and_then(Value::as_array);
            let fits = value.as_str().is_some_and(|text| match words {
                Some(words) => words.iter().any(|word| word == text),
                None => within(text.chars().count(), number("minLength"), number("maxLength")),
            });
            (!fits).then(|| match words {
                Some(words) => format!("one of {}", list(words)),
                None => format!(
                    "a text{}",
                    range(number("minLength"), number("maxLength"), " characters")
                ),
            })
        }
        "integer" => {
            make_whole(value);
            let fits = value.as_u64().is_some_and(|number_given| {
                number("minimum").is_none_or(|least| number_given >= least)
                    && number("maximum").is_none_or(|most| number_given <= most)
            });
            (!fits).then(|| {
                format!("a whole number{}", range(number("minimum"), number("maximum"), ""))
            })
        }
        "boolean" => (!value.is_boolean()).then(|| "true or false".to_owned()),
        "array" => {
            let (least, most) = (number("minItems"), number("maxItems"));
            let Some(items) = value.as_array_mut().filter(|items| within(items.len(), least, most))
            else {
                return Some(format!("a list{}", range(least, most, " entries")));
            };
            let entry = schema.get("items")?;
            items.iter_mut().enumerate().find_map(|(index, item)| {
                problem(entry, item)
                    .map(|problem| format!("a list whose entry {index} is {problem}"))
            })
        }
        _ => None,
    }
}

/// JSON has one kind of number, and some clients write 10 as 10.0.
fn make_whole(value: &mut Value) {
    let whole =
        value.as_f64().filter(|number| number.fract() == 0.0 && (0.0..=1e15).contains(number));
    if let Some(number) = whole.filter(|_| value.is_f64()) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "checked above"
        )]
        let number = number as u64;
        *value = number.into();
    }
}

fn within(length: usize, least: Option<u64>, most: Option<u64>) -> bool {
    let length = u64::try_from(length).unwrap_or(u64::MAX);
    least.is_none_or(|least| length >= least) && most.is_none_or(|most| length <= most)
}

fn range(least: Option<u64>, most: Option<u64>, unit: &str) -> String {
    match (least, most) {
        (Some(least), Some(most)) => format!(" of {least} to {most}{unit}"),
        (None, Some(most)) => format!(" of at most {most}{unit}"),
        (Some(least), None) => format!(" of at least {least}{unit}"),
        (None, None) => String::new(),
    }
}

fn list(words: &[Value]) -> String {
    words.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::tools::{
        account::Authenticate,
        playlists::{AddTracksToPlaylist, CreatePlaylist, Visibility},
        schema,
        search::SearchTracks,
    };

    const ID: &str = "6rqhFgbbKwnb9MLmUQDhG6";

    fn read<T: DeserializeOwned + schemars::JsonSchema>(arguments: Value) -> Result<T, String> {
        let Value::Object(arguments) = arguments else { panic!("an object") };
        parse(&schema::input::<T>(), arguments)
    }

    #[test]
    fn absent_and_null_arguments_take_their_defaults() {
        let search: SearchTracks = read(json!({ "query": "x", "limit": null })).unwrap();
        assert_eq!((search.paging.limit, search.paging.offset), (20, 0));
        let create: CreatePlaylist = read(json!({ "name": "x" })).unwrap();
        assert_eq!(create.visibility, Visibility::Private);
    }

    #[test]
    fn a_whole_number_may_be_written_with_a_point() {
        let search: SearchTracks = read(json!({ "query": "x", "limit": 10.0 })).unwrap();
        assert_eq!(search.paging.limit, 10);
    }

    #[test]
    fn all_problems_are_told_at_once_by_name() {
        let problem = read::<SearchTracks>(json!({ "limit": 51, "offset": "1", "market": "DE" }));
        assert_eq!(
            problem.unwrap_err(),
            "`limit` must be a whole number of 1 to 50; `market` is unknown: this tool takes fields, \
             limit, offset, query; `offset` must be a whole number of 0 to 100000; `query` is missing"
        );
    }

    #[test]
    fn bounds_are_enforced_at_both_ends() {
        for (limit, fits) in [(0, false), (1, true), (50, true), (51, false), (-1, false)] {
            let read = read::<SearchTracks>(json!({ "query": "x", "limit": limit }));
            assert_eq!(read.is_ok(), fits, "{limit}");
        }
        for (length, fits) in [(0, false), (1, true), (250, true), (251, false)] {
            let read = read::<SearchTracks>(json!({ "query": "ü".repeat(length) }));
            assert_eq!(read.is_ok(), fits, "{length}");
        }
        for (count, fits) in [(0, false), (1, true), (1000, true), (1001, false)] {
            let arguments = json!({ "playlist": ID, "tracks": vec![ID; count] });
            assert_eq!(read::<AddTracksToPlaylist>(arguments).is_ok(), fits, "{count}");
        }
    }

    #[test]
    fn a_wrong_id_is_named_by_its_argument_and_index() {
        let problem =
            read::<AddTracksToPlaylist>(json!({ "playlist": "x", "tracks": [ID] })).unwrap_err();
        assert!(problem.starts_with("`playlist`: "), "{problem}");
        let problem =
            read::<AddTracksToPlaylist>(json!({ "playlist": ID, "tracks": [ID, "spotify:x"] }))
                .unwrap_err();
        assert!(problem.starts_with("`tracks`: entry 1: "), "{problem}");
        let problem =
            read::<AddTracksToPlaylist>(json!({ "playlist": ID, "tracks": [ID, 7] })).unwrap_err();
        assert!(
            problem.starts_with("`tracks` must be a list whose entry 1 is a text"),
            "{problem}"
        );
    }

    #[test]
    fn an_unknown_word_is_answered_with_the_known_ones() {
        let problem =
            read::<CreatePlaylist>(json!({ "name": "x", "visibility": "secret" })).unwrap_err();
        assert_eq!(problem, "`visibility` must be one of private, public, collaborative");
    }

    #[test]
    fn no_problem_repeats_a_value() {
        for arguments in [
            json!({ "redirect": 1, "code": "canary" }),
            json!({ "redirect": ["canary"] }),
            json!({ "redirect": { "code": "canary" } }),
            json!({ "redirect": "canary".repeat(1000) }),
        ] {
            let problem = read::<Authenticate>(arguments).map(drop).unwrap_err();
            assert!(!problem.contains("canary"), "{problem}");
        }
    }
}
