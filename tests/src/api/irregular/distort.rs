//! Makes answers irregular.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::Irregularity;

type Fields = Map<String, Value>;

/// The operations whose lists have null entries, beside those for several ids.
const WITH_NULLS: [&str; 6] = [
    "get-a-categories-playlists",
    "get-a-list-of-current-users-playlists",
    "get-list-users-playlists",
    "get-users-saved-albums",
    "get-users-saved-audiobooks",
    "search",
];

const FLOATS: [&str; 7] =
    ["duration_ms", "followers", "height", "popularity", "total", "track_number", "width"];

/// Makes an answer as irregular as was asked for.
pub(crate) fn distort(on: &BTreeSet<Irregularity>, operation: &str, body: &mut Value) {
    for irregularity in on {
        match irregularity {
            Irregularity::NullEntries if WITH_NULLS.contains(&operation) => {
                walk(body, &mut |fields| bury_second(fields.get_mut("items")));
            }
            Irregularity::NullEntries if is_for_several(operation) => {
                let lists = body.as_object_mut().into_iter().flat_map(Map::values_mut);
                lists.for_each(|list| bury_second(Some(list)));
            }
            Irregularity::Tombstones if operation == "get-users-saved-episodes" => {
                bury_last_episode(body);
            }
            Irregularity::NullEntries | Irregularity::Tombstones => {}
            Irregularity::WrappedAudiobooks if operation == "get-users-saved-audiobooks" => {
                for entry in items(body.get_mut("items")) {
                    *entry = json!({ "added_at": "2026-01-01T00:00:00Z", "audiobook": entry });
                }
            }
            Irregularity::RepeatedQueue => repeat_queue(body),
            other => walk(body, &mut |fields| apply(*other, fields)),
        }
    }
}

/// Visits every object, the inner ones first.
fn walk(value: &mut Value, visit: &mut impl FnMut(&mut Fields)) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| walk(item, visit)),
        Value::Object(fields) => {
            fields.values_mut().for_each(|field| walk(field, visit));
            visit(fields);
        }
        _ => {}
    }
}

fn is_for_several(operation: &str) -> bool {
    operation.starts_with("get-multiple-") || operation.starts_with("get-several-")
}

fn items(list: Option<&mut Value>) -> &mut [Value] {
    list.and_then(Value::as_array_mut).map_or(&mut [], Vec::as_mut_slice)
}

fn bury_second(list: Option<&mut Value>) {
    if let Some(entry) = items(list).get_mut(1) {
        *entry = Value::Null;
    }
}

fn bury_last_episode(body: &mut Value) {
    let last = items(body.get_mut("items")).last_mut();
    if let Some(Value::Object(fields)) = last.and_then(|entry| entry.get_mut("episode")) {
        for (name, field) in fields {
            *field = if name == "languages" { json!([null]) } else { Value::Null };
        }
    }
}

fn repeat_queue(body: &mut Value) {
    if let Some(queue) = body.get_mut("queue").and_then(Value::as_array_mut) {
        *queue =
            queue.iter().cycle().take(if queue.is_empty() { 0 } else { 20 }).cloned().collect();
    }
}

/// Distorts one object, whatever operation it belongs to.
fn apply(irregularity: Irregularity, fields: &mut Fields) {
    let kind = fields.get("type").and_then(Value::as_str).unwrap_or_default().to_owned();
    let kind = kind.as_str();
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
        Irregularity::PublisherObjects if kind == "show" => {
            if let Some(publisher) = fields.get_mut("publisher") {
                *publisher = json!({ "name": publisher });
            }
        }
        Irregularity::NullLists if fields.get("items") == Some(&json!([])) => {
            put(fields, "items", Value::Null);
        }
        Irregularity::NullImages if kind == "playlist" => put(fields, "images", Value::Null),
        Irregularity::NullDimensions if fields.contains_key("width") => {
            put(fields, "height", Value::Null);
            put(fields, "width", Value::Null);
        }
        Irregularity::NullLinks if kind == "track" => put(fields, "linked_from", Value::Null),
        Irregularity::NobodyAdded if fields.contains_key("added_by") => {
            put(fields, "added_at", Value::Null);
            put(fields, "added_by", json!({ "id": "", "type": "user", "uri": "spotify:user:" }));
        }
        Irregularity::UpperCaseTypes => {
            if let Some(Value::String(album_type)) = fields.get_mut("album_type") {
                let single = album_type == "single";
                *album_type = if single { "EP".to_owned() } else { album_type.to_uppercase() };
            }
        }
        Irregularity::MissingGenres if kind == "artist" => {
            remove(fields, &["followers", "genres", "popularity"]);
        }
        Irregularity::MissingFields => {
            remove(fields, &["available_markets", "copyrights", "is_playable", "languages"]);
        }
        Irregularity::ShortPages if fields.get("next").is_some_and(Value::is_string) => {
            let items = fields.get_mut("items").and_then(Value::as_array_mut);
            if let Some(items) = items.filter(|items| items.len() > 1) {
                items.pop();
            }
        }
        Irregularity::ReadsBackPublic if kind == "playlist" => put(fields, "public", json!(true)),
        Irregularity::HtmlEntities => {
            if let Some(Value::String(text)) = fields.get_mut("description") {
                *text = text.replace('&', "&amp;").replace('\'', "&#x27;");
                *text = text.replace('"', "&quot;");
            }
        }
        Irregularity::OddRestrictions => restrict(kind, fields),
        Irregularity::OddReleaseDates => misdate(kind, fields),
        Irregularity::OddResumePoints => misplace(kind, fields),
        Irregularity::NullPeople => forget_people(kind, fields),
        Irregularity::UnknownFields if fields.contains_key("id") => {
            put(fields, "birthdate", json!("1937-06-01"));
            put(fields, "video_thumbnail", json!({ "url": null }));
        }
        other => apply_to_playback(other, fields),
    }
}

/// Distorts what is told about devices and about what they play.
fn apply_to_playback(irregularity: Irregularity, fields: &mut Fields) {
    let is_device = fields.contains_key("supports_volume");
    let is_idle = fields.get("is_active") == Some(&json!(false));
    let is_playback = fields.contains_key("currently_playing_type");
    match irregularity {
        Irregularity::NullDeviceIds if is_device && is_idle => put(fields, "id", Value::Null),
        Irregularity::OddDeviceTypes if is_device => {
            let odd = match fields.get("type").and_then(Value::as_str) {
                Some("Computer") => "GameConsole",
                Some("Smartphone") => "Smartwatch",
                Some("Speaker") => "CastAudio",
                _ => "Stb",
            };
            put(fields, "type", json!(odd));
        }
        Irregularity::NullProgress if is_playback => put(fields, "progress_ms", Value::Null),
        Irregularity::Adverts if is_playback => {
            put(fields, "item", Value::Null);
            put(fields, "currently_playing_type", json!("ad"));
        }
        Irregularity::UnknownItems if is_playback => {
            put(fields, "item", Value::Null);
            put(fields, "currently_playing_type", json!("unknown"));
        }
        Irregularity::NullContexts if fields.contains_key("context") => {
            put(fields, "context", Value::Null);
        }
        Irregularity::OddContexts => {
            if let Some(Value::Object(context)) = fields.get_mut("context") {
                put(context, "type", json!("collectionyourepisodes"));
                put(context, "uri", json!("spotify:collection:your-episodes"));
            }
        }
        _ => {}
    }
}

fn restrict(kind: &str, fields: &mut Fields) {
    match kind {
        "episode" | "chapter" => {
            put(fields, "restrictions", json!({ "reason": "payment_required" }));
        }
        "track" => put(fields, "restriction", json!({ "reason": "product" })),
        _ => {}
    }
}

fn misdate(kind: &str, fields: &mut Fields) {
    let (date, precision) = match kind {
        "album" => (Value::Null, Value::Null),
        "chapter" => (json!("0000"), json!("year")),
        "episode" => (json!("2026-01-11T05:30"), json!("minute")),
        _ => return,
    };
    put(fields, "release_date", date);
    put(fields, "release_date_precision", precision);
}

fn misplace(kind: &str, fields: &mut Fields) {
    match (kind, fields.get_mut("resume_point")) {
        ("episode", Some(Value::Object(point))) => put(point, "resume_position_ms", json!(-1)),
        ("chapter", Some(_)) => remove(fields, &["resume_point"]),
        _ => {}
    }
}

fn forget_people(kind: &str, fields: &mut Fields) {
    if let Some(Value::Object(followers)) = fields.get_mut("followers") {
        put(followers, "total", Value::Null);
    }
    match kind {
        "user" => {
            if fields.contains_key("display_name") {
                put(fields, "display_name", Value::Null);
            }
            remove(fields, &["email"]);
        }
        "playlist" => put(fields, "public", Value::Null),
        _ => {}
    }
}

fn put(fields: &mut Fields, name: &str, value: Value) {
    fields.insert(name.to_owned(), value);
}

fn remove(fields: &mut Fields, names: &[&str]) {
    fields.retain(|name, _| !names.contains(&name.as_str()));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn distorted(irregularity: Irregularity, mut body: Value) -> Value {
        distort(&BTreeSet::from([irregularity]), "search", &mut body);
        body
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
