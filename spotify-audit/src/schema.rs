//! What a record may hold, as a JSON Schema (draft 2020-12).

use schemars::{Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use crate::entry::Entry;
use crate::event::{Declared, DeclaredField};
use crate::text::{MAX_ID, MAX_PSEUDONYM, MAX_TEXT};
use crate::value::Shape;
use crate::vocabulary::Stage;

/// Returns the schema of a record: the fields of the format, and one of these events with its own
/// fields. It refuses unknown fields, which [`Entry::parse`] passes over: it is for who writes
/// records, and for who wants to know what a version writes.
///
/// ```
/// use spotify_audit::{Event as _, LogEvent, record_schema};
/// let schema = record_schema(LogEvent::ALL);
/// assert_eq!(schema.get("additionalProperties"), Some(&false.into()));
/// ```
pub fn record_schema<'a>(events: impl IntoIterator<Item = &'a Declared>) -> Schema {
    let mut schema = Entry::schema(SchemaGenerator::default());
    without_null(schema.ensure_object());
    let parts = schema.get_mut("$defs").and_then(Value::as_object_mut);
    parts
        .into_iter()
        .flat_map(Map::values_mut)
        .filter_map(Value::as_object_mut)
        .for_each(without_null);
    schema.insert("title".to_owned(), "A record of format sal/1".into());
    schema.insert("additionalProperties".to_owned(), false.into());
    let events: Vec<_> = events.into_iter().map(of_event).collect();
    schema.insert("anyOf".to_owned(), events.into());
    schema
}

/// A field that is absent is left out, and never `null`.
fn without_null(schema: &mut Map<String, Value>) {
    let properties = schema.get_mut("properties").and_then(Value::as_object_mut);
    for property in properties.into_iter().flat_map(Map::values_mut) {
        if let Some(Value::Array(types)) = property.get_mut("type") {
            types.retain(|name| name != "null");
        }
        if let Some(Value::Array(any)) = property.get_mut("anyOf") {
            any.retain(|schema| schema.get("type").is_none_or(|name| name != "null"));
        }
    }
}

fn of_event(event: &Declared) -> Value {
    let (label, fields) = (&event.label, event.fields);
    let own: Map<_, _> =
        fields.iter().map(|field| (field.name.to_owned(), of_field(field))).collect();
    let required: Vec<_> =
        fields.iter().filter(|field| !field.is_optional).map(|field| field.name).collect();
    let has_data = !required.is_empty();
    let data = match fields {
        [] => json!(false),
        _ => json!({ "properties": own, "required": required, "additionalProperties": false }),
    };
    let stage = match event.stage.map(Stage::as_str) {
        Some(stage) => json!({ "const": stage }),
        None => json!(false),
    };
    let mut always = vec!["code", "type"];
    always.extend(event.stage.map(|_| "stage"));
    always.extend(has_data.then_some("data"));
    json!({
        "description": event.meaning.trim(),
        "properties": {
            "code": { "const": label.code.as_str() },
            "type": { "const": label.kind.as_str() },
            "stage": stage,
            "data": data,
        },
        "required": always,
    })
}

fn of_field(field: &DeclaredField) -> Value {
    let mut schema = of_shape(&field.shape);
    schema.insert("description".to_owned(), field.meaning.trim().into());
    schema.to_value()
}

fn of_shape(shape: &Shape) -> Schema {
    match shape {
        Shape::Bool => json_schema!({ "type": "boolean" }),
        Shape::Signed => json_schema!({ "type": "integer" }),
        Shape::Unsigned => json_schema!({ "type": "integer", "minimum": 0 }),
        Shape::Time => json_schema!({ "type": "string", "format": "date-time" }),
        Shape::Text => json_schema!({ "type": "string", "maxLength": MAX_TEXT }),
        Shape::Pseudonym => pattern("[A-Za-z0-9_-]", MAX_PSEUDONYM),
        Shape::Id => pattern("[A-Za-z0-9._:/@+-]", MAX_ID),
        Shape::Reference => json_schema!({ "type": "string", "pattern": REFERENCE }),
        Shape::Personal => json_schema!({ "type": "string", "pattern": PERSONAL }),
        Shape::List(of) => json_schema!({ "type": "array", "items": of_shape(of) }),
    }
}

/// As [`Reference`](crate::Reference) writes it.
const REFERENCE: &str = "^hmac-sha256:[A-Za-z0-9_-]{1,64}:[0-9a-f]{16}$";
/// As [`Personal`](crate::Personal) writes it.
const PERSONAL: &str = "^enc1:[A-Za-z0-9_-]{1,64}:[A-Za-z0-9_-]+$";

fn pattern(characters: &str, most: usize) -> Schema {
    json_schema!({ "type": "string", "pattern": format!("^{characters}{{1,{most}}}$") })
}
