//! JSON Schemas as they are published: small, without references, and what strict clients take.

use schemars::{
    JsonSchema,
    generate::SchemaSettings,
    transform::{Transform, transform_subschemas},
};
use serde_json::{Map, Value};

/// A JSON Schema object.
pub type Schema = Map<String, Value>;

/// Returns the schema of a tool's arguments.
pub(super) fn input<T: JsonSchema>() -> Schema {
    let mut schema = generate::<T>(settings());
    // The type's own documentation is for programmers; the tool's description is for the model.
    schema.remove("description");
    schema.entry("properties").or_insert_with(|| Value::Object(Map::new()));
    // What is flattened into a type cannot say so itself.
    schema.insert("additionalProperties".to_owned(), false.into());
    schema
}

/// Returns the schema of a tool's structured result: what is always there, and of which type. What
/// may be absent and what lies deeper explains itself by its name.
pub(super) fn output<T: JsonSchema>() -> Schema {
    let mut schema = generate::<T>(settings().for_serialize());
    let required = schema.get("required").and_then(Value::as_array).cloned().unwrap_or_default();
    if let Some(Value::Object(properties)) = schema.get_mut("properties") {
        properties.retain(|name, _| required.iter().any(|required| required == name));
        for property in properties.values_mut() {
            let Some(object) = property.as_object_mut() else { continue };
            object.retain(|keyword, _| keyword == "type");
        }
    }
    schema.remove("description");
    schema
}

fn settings() -> SchemaSettings {
    SchemaSettings::draft2020_12()
        .with(|settings| {
            settings.meta_schema = None;
            settings.inline_subschemas = true;
        })
        .with_transform(Plain)
}

fn generate<T: JsonSchema>(settings: SchemaSettings) -> Schema {
    let schema = settings.into_generator().into_root_schema_for::<T>();
    match schema.to_value() {
        Value::Object(schema) => schema,
        // `true` and `false` are schemas, too, but no derived one.
        _ => Map::new(),
    }
}

/// Leaves out what says nothing more to a client, or what some refuse: titles, formats of Rust's
/// number types, `null` beside an optional value, a combination where a list of words will do.
#[derive(Clone)]
struct Plain;

impl Transform for Plain {
    fn transform(&mut self, schema: &mut schemars::Schema) {
        transform_subschemas(self, schema);
        let Some(object) = schema.as_object_mut() else { return };
        for key in ["title", "format"] {
            // A property may have such a name; a keyword's value is a text.
            if object.get(key).is_some_and(Value::is_string) {
                object.remove(key);
            }
        }
        if object.get("default").is_some_and(Value::is_null) {
            object.remove("default");
        }
        if let Some(Value::Array(choices)) = object.get("anyOf") {
            let others =
                choices.iter().filter(|choice| choice.get("type") != Some(&Value::from("null")));
            if let [Value::Object(only)] = others.cloned().collect::<Vec<_>>().as_slice() {
                object.remove("anyOf");
                for (keyword, value) in only {
                    // What is said beside a choice is about this very place.
                    object.entry(keyword).or_insert_with(|| value.clone());
                }
            }
        }
        if let Some(Value::Array(types)) = object.get("type") {
            let others: Vec<&Value> = types.iter().filter(|name| *name != "null").collect();
            if let [only] = others.as_slice() {
                let only = (*only).clone();
                object.insert("type".to_owned(), only);
            }
        }
        let words = object.get("oneOf").and_then(Value::as_array).and_then(|choices| {
            choices.iter().map(|choice| choice.get("const").cloned()).collect::<Option<Vec<_>>>()
        });
        if let Some(words) = words {
            object.remove("oneOf");
            object.insert("type".to_owned(), "string".into());
            object.insert("enum".to_owned(), words.into());
        }
    }
}
