//! The ways in which real answers differ from what is documented, each to be switched on.
//!
//! The numbers are those of the list of irregularities in the project's notes on the platform.
//! Some irregularities are not here because the simulator always has them: paging links that
//! point elsewhere (N42), both old and new names under `dev_legacy` (N22), the `track` and
//! `episode` flags (N24), and playlists of Spotify that are null (N04, N05).

use std::{collections::BTreeSet, str};

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

/// A way in which answers differ from what is documented.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Irregularity {
    /// N01: counts, sizes and durations are floats.
    FloatIntegers,
    /// N02: the duration of a local file is an object.
    DurationObjects,
    /// N04, N05, N07: the second entry of lists is null.
    NullEntries,
    /// N09: an empty list of items is null.
    NullLists,
    /// N10: the images of playlists are null.
    NullImages,
    /// N11: images have no dimensions.
    NullDimensions,
    /// N12: player commands answer 200 and a text that means nothing.
    PlayerText,
    /// N20: the default user's playlist `Morning Run` starts with a local file.
    LocalTracks,
    /// N21: nobody knows who added an item, or when.
    NobodyAdded,
    /// N25: the default user's playlist `Morning Run` starts with an episode.
    EpisodeInPlaylist,
    /// N28: the type of an album is in upper case.
    UpperCaseTypes,
    /// N35: artists have no genres.
    MissingGenres,
    /// N43: a page that others follow lacks its last entry.
    ShortPages,
    /// N48: a private playlist reads back as public.
    ReadsBackPublic,
    /// N51: descriptions hold HTML entities.
    HtmlEntities,
}

impl Irregularity {
    /// All irregularities.
    pub const ALL: [Self; 15] = [
        Self::FloatIntegers,
        Self::DurationObjects,
        Self::NullEntries,
        Self::NullLists,
        Self::NullImages,
        Self::NullDimensions,
        Self::PlayerText,
        Self::LocalTracks,
        Self::NobodyAdded,
        Self::EpisodeInPlaylist,
        Self::UpperCaseTypes,
        Self::MissingGenres,
        Self::ShortPages,
        Self::ReadsBackPublic,
        Self::HtmlEntities,
    ];
}

impl str::FromStr for Irregularity {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        serde_json::from_value(json!(text)).map_err(|_| {
            let names: Vec<_> = Self::ALL.iter().map(|known| json!(known).to_string()).collect();
            format!("unknown irregularity {text:?}: use one of {}", names.join(", "))
        })
    }
}

/// The operations whose lists have null entries.
const WITH_NULLS: [&str; 3] =
    ["search", "get-a-list-of-current-users-playlists", "get-list-users-playlists"];

const FLOATS: [&str; 7] =
    ["duration_ms", "followers", "height", "popularity", "total", "track_number", "width"];

/// Makes an answer as irregular as was asked for.
pub(crate) fn distort(on: &BTreeSet<Irregularity>, operation: &str, body: &mut Value) {
    if on.is_empty() {
        return;
    }
    let nulls = on.contains(&Irregularity::NullEntries) && WITH_NULLS.contains(&operation);
    walk(body, &mut |value| {
        for irregularity in on {
            match irregularity {
                Irregularity::NullEntries if !nulls => {}
                other => apply(*other, value),
            }
        }
    });
}

/// Visits every object, the inner ones first.
fn walk(value: &mut Value, visit: &mut impl FnMut(&mut Value)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, visit)),
        Value::Object(fields) => {
            fields.values_mut().for_each(|field| walk(field, visit));
            visit(value);
        }
        _ => {}
    }
}

fn apply(irregularity: Irregularity, object: &mut Value) {
    let kind = object.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    let Value::Object(fields) = object else { return };
    match irregularity {
        Irregularity::FloatIntegers => {
            for name in FLOATS {
                if let Some(number) = fields.get_mut(name)
                    && let Some(float) = number.as_f64()
                {
                    *number = json!(float);
                }
            }
        }
        Irregularity::DurationObjects if fields.get("is_local") == Some(&json!(true)) => {
            if let Some(duration) = fields.get_mut("duration_ms") {
                *duration = json!({ "totalMilliseconds": duration });
            }
        }
        Irregularity::NullEntries => {
            if let Some(entry) = items(fields).and_then(|items| items.get_mut(1)) {
                *entry = Value::Null;
            }
        }
        Irregularity::NullLists if fields.get("items") == Some(&json!([])) => {
            fields.insert("items".to_owned(), Value::Null);
        }
        Irregularity::NullImages if kind == "playlist" => {
            fields.insert("images".to_owned(), Value::Null);
        }
        Irregularity::NullDimensions if fields.contains_key("width") => {
            fields.insert("height".to_owned(), Value::Null);
            fields.insert("width".to_owned(), Value::Null);
        }
        Irregularity::NobodyAdded if fields.contains_key("added_by") => {
            fields.insert("added_at".to_owned(), Value::Null);
            let nobody = json!({ "id": "", "type": "user", "uri": "spotify:user:" });
            fields.insert("added_by".to_owned(), nobody);
        }
        Irregularity::UpperCaseTypes => {
            if let Some(Value::String(album_type)) = fields.get_mut("album_type") {
                *album_type = album_type.to_uppercase();
            }
        }
        Irregularity::MissingGenres if kind == "artist" => {
            fields.remove("genres");
        }
        Irregularity::ShortPages if fields.get("next").is_some_and(Value::is_string) => {
            if let Some(items) = items(fields).filter(|items| items.len() > 1) {
                items.pop();
            }
        }
        Irregularity::ReadsBackPublic if kind == "playlist" => {
            fields.insert("public".to_owned(), json!(true));
        }
        Irregularity::HtmlEntities => {
            if let Some(Value::String(text)) = fields.get_mut("description") {
                *text = text.replace('&', "&amp;").replace('\'', "&#x27;");
                *text = text.replace('"', "&quot;");
            }
        }
        _ => {}
    }
}

fn items(fields: &mut serde_json::Map<String, Value>) -> Option<&mut Vec<Value>> {
    fields.get_mut("items").and_then(Value::as_array_mut)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distorted(irregularity: Irregularity, mut body: Value) -> Value {
        distort(&BTreeSet::from([irregularity]), "search", &mut body);
        body
    }

    #[test]
    fn all_lists_every_irregularity_by_its_name() {
        for irregularity in Irregularity::ALL {
            let name = json!(irregularity);
            assert_eq!(name.as_str().unwrap().parse(), Ok(irregularity));
        }
    }

    #[test]
    fn integers_become_floats_at_any_depth() {
        let body = distorted(Irregularity::FloatIntegers, json!({ "a": [{ "total": 3 }] }));
        assert_eq!(body.to_string(), r#"{"a":[{"total":3.0}]}"#);
    }

    #[test]
    fn a_page_that_others_follow_is_short() {
        let page = |next| json!({ "items": [1, 2], "next": next });
        let short = distorted(Irregularity::ShortPages, page(Some("x")));
        assert_eq!(short, json!({ "items": [1], "next": "x" }));
        let last = distorted(Irregularity::ShortPages, page(None));
        assert_eq!(last, page(None));
    }

    #[test]
    fn null_entries_keep_the_length_of_the_list() {
        let body = distorted(Irregularity::NullEntries, json!({ "items": [1, 2, 3] }));
        assert_eq!(body, json!({ "items": [1, null, 3] }));
    }
}
