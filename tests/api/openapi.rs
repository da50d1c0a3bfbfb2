//! The table of operations against Spotify's own OpenAPI document.

use std::collections::BTreeMap;

use serde_json::Value;
use spotify_api::{
    Endpoint, catalogue,
    endpoint::{Body, PagedBy, Status},
};

use crate::facts as shared;

/// What is known about an operation, each fact under its name.
type Facts = BTreeMap<String, String>;

/// Where the table says something else than the document: operation, fact, what the document says
/// (nothing if it is silent), and why.
const DIFFERENCES: &[(&str, &str, &str, &str)] = &[
    ("save-albums-user", "query ids", "required", IN_BODY),
    ("remove-albums-user", "query ids", "required", IN_BODY),
    ("save-tracks-user", "body uris", "required", NO_FIELD),
    ("save-episodes-user", "body uris", "required", NO_FIELD),
    ("get-recommendations", "query seed_artists", "required", ANY_SEED),
    ("get-recommendations", "query seed_genres", "required", ANY_SEED),
    ("get-recommendations", "query seed_tracks", "required", ANY_SEED),
    ("get-a-list-of-current-users-playlists", "max offset", "", IN_TEXT),
    ("get-list-users-playlists", "max offset", "", IN_TEXT),
];

const IN_BODY: &str = "its text says that the ids may stand in the body instead";
const NO_FIELD: &str = "it requires a field that it does not describe";
const ANY_SEED: &str = "its text says that a kind of seed is required unless others are set";
const IN_TEXT: &str = "its text says that the maximum offset is 100,000, its schema does not";

#[test]
fn every_operation_is_as_spotifys_document_says_or_the_difference_has_a_reason() {
    let Some(document) = shared::read("openapi-official.yml") else { return };
    let document: Value = serde_saphyr::from_slice(&document).unwrap();
    let document = Document(&document);
    let theirs = document.operations();
    let ours: BTreeMap<String, Facts> =
        catalogue().map(|endpoint| (endpoint.operation.to_owned(), facts(endpoint))).collect();
    assert_eq!(theirs.keys().collect::<Vec<_>>(), ours.keys().collect::<Vec<_>>());

    let mut reasons: Vec<_> = DIFFERENCES.to_vec();
    for (operation, theirs) in &theirs {
        let ours = &ours[operation];
        for fact in theirs.keys().chain(ours.keys()) {
            let value = |facts: &Facts| facts.get(fact).cloned().unwrap_or_default();
            let (theirs, ours) = (value(theirs), value(ours));
            let explained = DIFFERENCES
                .iter()
                .any(|entry| (entry.0, entry.1, entry.2) == (operation, fact, &theirs));
            assert!(
                theirs == ours || explained,
                "{operation}, {fact}: the document says {theirs:?}, the table {ours:?}"
            );
            if theirs != ours {
                reasons.retain(|entry| (entry.0, entry.1) != (operation, fact));
            }
        }
    }
    assert!(reasons.is_empty(), "these are no differences any more: {reasons:?}");
}

/// What the table says about an operation.
fn facts(endpoint: &Endpoint) -> Facts {
    let mut facts = Facts::new();
    let mut note = |fact: String, value: String| {
        facts.insert(fact, value);
    };
    note("request".into(), format!("{} {}", endpoint.method.as_str(), endpoint.path));
    note("scopes".into(), sorted(endpoint.scopes.iter().map(|scope| scope.as_str())));
    note("policies".into(), sorted(endpoint.policies.iter().map(|policy| policy.as_str())));
    note("success".into(), sorted(endpoint.success.iter().map(u16::to_string)));
    let deprecated = matches!(endpoint.status, Status::Removed2026 | Status::Closed2024);
    note("deprecated".into(), deprecated.to_string());
    let need = |required| if required { "required" } else { "optional" };
    for argument in endpoint.arguments() {
        note(format!("query {}", argument.name), need(argument.required).into());
    }
    match endpoint.body {
        Body::Json(fields) => {
            note("body".into(), "application/json".into());
            for field in fields {
                note(format!("body {}", field.name), need(field.required).into());
            }
        }
        Body::Jpeg => note("body".into(), "image/jpeg".into()),
        _ => {}
    }
    if let Some(paging) = endpoint.paging {
        note("limit".into(), format!("{}, at most {}", paging.default, paging.max));
        if let Some(offset) = paging.max_offset {
            note("max offset".into(), offset.to_string());
        }
        assert_eq!(paging.by == PagedBy::Offset, endpoint.takes("offset"));
    }
    facts
}

fn sorted<T: Into<String>>(words: impl Iterator<Item = T>) -> String {
    let mut words: Vec<String> = words.map(Into::into).collect();
    words.sort_unstable();
    words.join(" ")
}

/// An OpenAPI document, in which a value can stand elsewhere.
struct Document<'a>(&'a Value);

impl<'a> Document<'a> {
    /// Follows references within the document.
    fn resolve(&self, mut value: &'a Value) -> &'a Value {
        while let Some(place) = value.get("$ref").and_then(Value::as_str) {
            value = self.0.pointer(place.strip_prefix('#').unwrap()).unwrap();
        }
        value
    }

    fn list(&self, value: Option<&'a Value>) -> Vec<&'a Value> {
        let value = value.map(|value| self.resolve(value));
        value.and_then(Value::as_array).into_iter().flatten().collect()
    }

    fn object(&self, value: Option<&'a Value>) -> Vec<(&'a String, &'a Value)> {
        let value = value.map(|value| self.resolve(value));
        value.and_then(Value::as_object).into_iter().flatten().collect()
    }

    fn operations(&self) -> BTreeMap<String, Facts> {
        let mut operations = BTreeMap::new();
        for (path, methods) in self.object(self.0.get("paths")) {
            for (method, operation) in self.object(Some(methods)) {
                let Some(id) = operation.get("operationId").and_then(Value::as_str) else {
                    continue;
                };
                let facts = self.facts(method, path, operation);
                assert!(operations.insert(id.to_owned(), facts).is_none(), "{id} is there twice");
            }
        }
        operations
    }

    fn facts(&self, method: &str, path: &str, operation: &'a Value) -> Facts {
        let mut facts = Facts::new();
        facts.insert("request".into(), format!("{} {path}", method.to_uppercase()));
        let security = self.list(operation.get("security"));
        let scopes = security.iter().flat_map(|way| self.list(way.get("oauth_2_0")));
        facts.insert("scopes".into(), sorted(scopes.map(|scope| scope.as_str().unwrap())));
        // The policies themselves stand in a file that Spotify does not publish.
        let policies = self.list(operation.get("x-spotify-policy-list"));
        let policies = policies.iter().map(|policy| policy["$ref"].as_str().unwrap());
        let names = policies.map(|policy| policy.rsplit('/').next().unwrap());
        facts.insert("policies".into(), sorted(names));
        let statuses =
            self.object(operation.get("responses")).into_iter().map(|(status, _)| status);
        facts.insert("success".into(), sorted(statuses.filter(|status| status.starts_with('2'))));
        let deprecated = operation.get("deprecated") == Some(&Value::Bool(true));
        facts.insert("deprecated".into(), deprecated.to_string());
        for parameter in self.list(operation.get("parameters")) {
            self.parameter(self.resolve(parameter), &mut facts);
        }
        let body = operation.get("requestBody").map(|body| self.resolve(body));
        for (kind, content) in self.object(body.and_then(|body| body.get("content"))) {
            facts.insert("body".into(), kind.clone());
            self.fields(content.get("schema"), &mut facts);
        }
        facts
    }

    fn parameter(&self, parameter: &'a Value, facts: &mut Facts) {
        let name = parameter["name"].as_str().unwrap();
        if parameter["in"] != "query" {
            return;
        }
        facts.insert(format!("query {name}"), need(parameter.get("required")));
        let schema = self.resolve(&parameter["schema"]);
        match name {
            "limit" => {
                let limit = format!("{}, at most {}", schema["default"], schema["maximum"]);
                facts.insert("limit".into(), limit);
            }
            "offset" => {
                if let Some(maximum) = schema.get("maximum") {
                    facts.insert("max offset".into(), maximum.to_string());
                }
            }
            _ => {}
        }
    }

    fn fields(&self, schema: Option<&'a Value>, facts: &mut Facts) {
        let schema = schema.map(|schema| self.resolve(schema));
        for (name, _) in self.object(schema.and_then(|schema| schema.get("properties"))) {
            facts.insert(format!("body {name}"), "optional".into());
        }
        for name in self.list(schema.and_then(|schema| schema.get("required"))) {
            facts.insert(format!("body {}", name.as_str().unwrap()), "required".into());
        }
    }
}

fn need(required: Option<&Value>) -> String {
    if required == Some(&Value::Bool(true)) { "required" } else { "optional" }.to_owned()
}
