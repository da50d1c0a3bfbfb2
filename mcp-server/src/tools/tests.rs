//! The table of tools, walked.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use spotify_api::{Endpoint, Regime, Scope, endpoint::Offer};

use super::*;

/// What a client gets of a tool, in the order in which people read it.
fn published(tool: &Entry) -> Value {
    let spec = tool.spec();
    let mut published = json!({
        "name": spec.name,
        "description": spec.description,
        "inputSchema": tool.input_schema(),
        "outputSchema": tool.output_schema(),
        "annotations": spec.annotations(),
    });
    if let Some(title) = spec.published_title() {
        published["title"] = title.into();
    }
    published
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
fn the_twelve_basic_tools_have_the_names_that_clients_know() {
    let core = TOOLS.iter().filter(|tool| tool.spec().core);
    let names: BTreeSet<_> = core.map(Entry::name).collect();
    let known = [
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
    ];
    assert_eq!(names, known.into());
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

/// Verbs that a description may begin with.
const VERBS: &[&str] = &[
    "Add", "Begin", "Change", "Check", "Compare", "Complete", "Control", "Copy", "Create",
    "Follow", "Get", "List", "Merge", "Move", "Play", "Remove", "Replace", "Resolve", "Restore",
    "Reverse", "Save", "Search", "Set", "Sort", "Split", "Unfollow",
];

/// Words by which a description would give orders to a model, or speak of other servers' tools.
const ORDERS: &[&str] = &[
    "always",
    "must",
    "never",
    "should",
    "important",
    "ignore",
    "instead of",
    "you ",
    "please",
    "!",
];

#[test]
fn every_description_begins_with_a_verb_and_gives_no_orders() {
    for spec in TOOLS.iter().map(Entry::spec) {
        let Spec { name, title, description, .. } = *spec;
        assert!((3..=40).contains(&title.len()), "{name}");
        assert!((30..=240).contains(&description.len()), "{name}: {}", description.len());
        let verb = description.split_whitespace().next().unwrap();
        assert!(VERBS.contains(&verb), "{name}: {verb}");
        assert!(description.ends_with('.') && description.is_ascii(), "{name}");
        let lower = description.to_lowercase();
        for order in ORDERS {
            // That a person has to sign in again is a fact.
            assert!(!lower.replace("person must", "").contains(order), "{name}: {order}");
        }
    }
}

#[test]
fn every_example_is_taken_by_the_schema_and_names_what_is_not_obvious() {
    for tool in TOOLS {
        let Ok(Value::Object(example)) = serde_json::from_str(tool.spec().example) else {
            panic!("{}: the example is no object", tool.name());
        };
        let problems = (tool.prepare)(&tool.input_schema(), example).err();
        assert_eq!(problems, None, "{}", tool.name());
    }
}

#[test]
fn a_tool_that_a_regime_lacks_says_what_to_do_there() {
    for spec in TOOLS.iter().map(Entry::spec) {
        let lacking = spec.offered_in(Regime::DevRestricted) == Offer::No;
        assert_eq!(!spec.instead.is_empty(), lacking, "{}", spec.name);
    }
}

#[test]
fn every_operation_of_a_tool_exists() {
    for spec in TOOLS.iter().map(Entry::spec) {
        for operation in spec.operations {
            assert!(Endpoint::find(operation).is_some(), "{}: {operation}", spec.name);
        }
    }
}

#[test]
fn the_scopes_are_exactly_what_the_tools_need() {
    let core = Selection { toolsets: [Toolset::Account].into(), ..Selection::default() };
    assert_eq!(
        core.scopes(Regime::Auto).into_iter().collect::<Vec<_>>(),
        [
            Scope::PlaylistReadPrivate,
            Scope::PlaylistReadCollaborative,
            Scope::PlaylistModifyPublic,
            Scope::PlaylistModifyPrivate,
        ]
    );
    let usual = Selection::default().scopes(Regime::Auto);
    assert!(!usual.contains(&Scope::UserReadEmail) && !usual.contains(&Scope::Streaming));
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
        let deletes = methods.contains(&Method::Delete);
        assert!(!deletes || spec.effect == Effect::Destructive, "{}", spec.name);
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
                    "boolean" => true,
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
    const OUTPUT: &[&str] = &["properties", "required", "type"];
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
    let (mut all, mut inputs, mut default) = (0, 0, 0);
    let chosen: Vec<_> = Selection::default().tools(Regime::Auto).map(Entry::name).collect();
    for tool in TOOLS {
        let output = size(&Value::Object(tool.output_schema()));
        assert!(output <= 300, "{}: {output}", tool.name());
        let whole = size(&published(tool));
        let input = whole - output - r#","outputSchema":"#.len();
        println!("{:28} {input:5}, output schema {output:4}", tool.name());
        all += whole;
        inputs += input;
        default += if chosen.contains(&tool.name()) { input } else { 0 };
    }
    println!("{} of {} tools by default: {default}; {all} in all", chosen.len(), TOOLS.len());
    println!("{} per tool", inputs / TOOLS.len());
    assert!(inputs / TOOLS.len() <= 540, "{inputs}");
    assert!(default <= 16 * 1024, "{default}");
    assert!(all <= 64 * 1024, "{all}");
}

#[test]
fn every_toolset_has_tools_and_a_description() {
    for toolset in Toolset::ALL {
        assert!(TOOLS.iter().any(|tool| tool.spec().toolset == *toolset), "{}", toolset.as_str());
        assert!(!toolset.describe().is_empty());
    }
}
