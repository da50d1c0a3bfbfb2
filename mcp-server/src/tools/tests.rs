//! The table of tools, walked.

use serde_json::{Value, json};
use spotify_api::{Endpoint, Regime, endpoint::Offer};

use super::*;

/// What a client gets of a tool, in the order in which people read it.
fn published(tool: &Entry) -> Value {
    let spec = tool.spec();
    json!({
        "name": spec.name,
        "title": spec.title,
        "description": spec.description,
        "inputSchema": tool.input_schema(),
        "outputSchema": tool.output_schema(),
        "annotations": spec.annotations(),
    })
}

/// Every schema inside of a schema, with itself.
fn schemas(schema: &Value) -> Vec<&Value> {
    let Some(object) = schema.as_object() else { return Vec::new() };
    let properties = object.get("properties").and_then(Value::as_object);
    let below = properties.into_iter().flat_map(serde_json::Map::values).chain(object.get("items"));
    std::iter::once(schema).chain(below.flat_map(schemas)).collect()
}

#[test]
fn every_tool_is_published_as_reviewed() {
    insta::with_settings!({ sort_maps => true }, {
        for tool in TOOLS {
            insta::assert_json_snapshot!(tool.name(), published(tool));
        }
    });
}

#[test]
fn the_twelve_tools_have_the_names_that_clients_know() {
    let names: Vec<_> = TOOLS.iter().map(Entry::name).collect();
    assert_eq!(
        names,
        [
            "get_auth_url",
            "get_auth_status",
            "authenticate",
            "search_tracks",
            "get_playlists",
            "get_playlist",
            "create_playlist",
            "add_tracks_to_playlist",
            "remove_tracks_from_playlist",
            "get_track_details",
            "get_album_details",
            "get_artist_details",
        ]
    );
}

#[test]
fn every_name_is_unique_and_of_the_pattern_that_all_clients_take() {
    let names: BTreeSet<_> = TOOLS.iter().map(Entry::name).collect();
    assert_eq!(names.len(), TOOLS.len());
    for name in names {
        assert!(
            name.len() <= 64 && name.bytes().all(|b| b.is_ascii_lowercase() || b == b'_'),
            "{name}"
        );
        assert_eq!(find(name).map(Entry::name), Some(name));
    }
    assert!(find("nothing").is_none());
}

#[test]
fn every_tool_says_what_it_does_in_a_few_sentences() {
    for spec in TOOLS.iter().map(Entry::spec) {
        assert!((3..=40).contains(&spec.title.len()), "{}", spec.name);
        assert!(
            (40..=300).contains(&spec.description.len()),
            "{}: {}",
            spec.name,
            spec.description.len()
        );
        assert!(
            spec.description.starts_with(char::is_uppercase) && spec.description.ends_with('.')
        );
        assert!(spec.description.is_ascii(), "{}", spec.name);
    }
}

#[test]
fn every_operation_of_a_tool_exists_and_has_an_equal_in_every_regime() {
    for spec in TOOLS.iter().map(Entry::spec) {
        for operation in spec.operations {
            let endpoint = Endpoint::find(operation).expect(operation);
            if endpoint.status.offered_in(Regime::DevRestricted) == Offer::No {
                let replacement = endpoint.replacement.expect(operation);
                assert!(spec.operations.contains(&replacement), "{}: {operation}", spec.name);
            }
        }
    }
}

#[test]
fn the_scopes_are_exactly_what_the_tools_need() {
    assert_eq!(
        scopes().into_iter().collect::<Vec<_>>(),
        [
            Scope::PlaylistReadPrivate,
            Scope::PlaylistReadCollaborative,
            Scope::PlaylistModifyPublic,
            Scope::PlaylistModifyPrivate,
        ]
    );
    for spec in TOOLS.iter().map(Entry::spec) {
        let documented: BTreeSet<Scope> = spec
            .operations
            .iter()
            .flat_map(|id| Endpoint::find(id).unwrap().scopes)
            .copied()
            .collect();
        for scope in spec.spared_scopes {
            assert!(documented.contains(scope), "{} spares what it does not need", spec.name);
        }
        for scope in spec.further_scopes {
            assert!(!documented.contains(scope), "{} adds what it has", spec.name);
        }
    }
}

#[test]
fn the_effect_follows_what_the_operations_do() {
    use spotify_api::endpoint::Method;
    for spec in TOOLS.iter().map(Entry::spec) {
        let methods: Vec<Method> =
            spec.operations.iter().map(|id| Endpoint::find(id).unwrap().method).collect();
        assert_eq!(
            methods.contains(&Method::Delete),
            spec.effect == Effect::Destructive,
            "{}",
            spec.name
        );
        let changes = methods.iter().any(|method| *method != Method::Get);
        assert_eq!(
            changes,
            matches!(spec.effect, Effect::Write | Effect::Destructive),
            "{}",
            spec.name
        );
        assert_eq!(spec.annotations().read_only_hint, spec.effect.is_read());
    }
}

#[test]
fn every_argument_is_described_and_bounded_and_no_other_is_taken() {
    for tool in TOOLS {
        let schema = tool.input_schema();
        assert_eq!(schema["type"], "object", "{}", tool.name());
        assert_eq!(schema["additionalProperties"], false, "{}", tool.name());
        for (name, argument) in schema["properties"].as_object().unwrap() {
            let at = format!("{}.{name}", tool.name());
            let described = argument["description"].as_str().is_some_and(|text| text.len() >= 8);
            assert!(described, "{at} is not described");
            for schema in schemas(argument) {
                let bounded = match schema["type"].as_str().unwrap() {
                    "string" => schema.get("maxLength").or(schema.get("enum")).is_some(),
                    "integer" => schema.get("maximum").is_some() && schema.get("minimum").is_some(),
                    "array" => schema.get("maxItems").is_some(),
                    other => panic!("{at} is of type {other}"),
                };
                assert!(bounded, "{at} is not bounded");
            }
        }
    }
}

#[test]
fn schemas_use_only_what_is_enforced_and_what_strict_clients_take() {
    const INPUT: &[&str] = &[
        "additionalProperties",
        "default",
        "description",
        "enum",
        "items",
        "maxItems",
        "maxLength",
        "maximum",
        "minItems",
        "minLength",
        "minimum",
        "properties",
        "required",
        "type",
    ];
    const OUTPUT: &[&str] = &["enum", "items", "properties", "required", "type"];
    for tool in TOOLS {
        for (schema, known) in [(tool.input_schema(), INPUT), (tool.output_schema(), OUTPUT)] {
            let schema = Value::Object(schema);
            for part in schemas(&schema) {
                for keyword in part.as_object().unwrap().keys() {
                    assert!(known.contains(&keyword.as_str()), "{}: {keyword}", tool.name());
                }
                assert!(part["type"].is_string(), "{}", tool.name());
            }
        }
    }
}

#[test]
fn the_list_fits_a_models_context() {
    let size = |value: &Value| value.to_string().len();
    let mut all = 0;
    let mut inputs = 0;
    for tool in TOOLS {
        let output = size(&Value::Object(tool.output_schema()));
        let whole = size(&published(tool));
        println!("{:28} {:5} with output schema {:5}", tool.name(), whole - output, whole);
        all += whole;
        inputs += whole - output;
    }
    println!("{inputs} without output schemas, {all} in all");
    assert!(inputs / TOOLS.len() <= 900, "{inputs}");
    assert!(all <= 16 * 1024, "{all}");
}

#[test]
fn every_toolset_has_tools_and_a_description() {
    for toolset in Toolset::ALL {
        assert!(TOOLS.iter().any(|tool| tool.spec().toolset == toolset), "{}", toolset.as_str());
        assert!(!toolset.describe().is_empty());
    }
}
