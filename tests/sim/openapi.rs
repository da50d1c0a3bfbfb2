//! Spotify's own document about its answers, as something that can judge them.

use std::{
    cell::OnceCell,
    collections::{BTreeMap, BTreeSet},
};

use jsonschema::{ValidationError, Validator, error::ValidationErrorKind};
use serde_json::{Map, Value, json};

use crate::facts;

/// The document, made into what a validator of JSON Schema understands.
pub(crate) struct Document {
    /// All named schemas, in the place where references look for them.
    schemas: Value,
    /// For each operation what it answers, by status.
    operations: BTreeMap<String, BTreeMap<u16, Option<Answer>>>,
}

/// A body that the document describes.
struct Answer {
    schema: Value,
    /// Made when it is first needed, which takes longer than a judgement.
    validator: OnceCell<Validator>,
}

/// In what an answer differs from the document: a place of the document, `AlbumBase.label` for
/// instance, and what is wrong with what stands there.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Difference {
    pub(crate) place: String,
    pub(crate) problem: String,
}

impl Difference {
    pub(crate) fn new(place: impl Into<String>, problem: impl Into<String>) -> Self {
        Self { place: place.into(), problem: problem.into() }
    }

    /// Names what a validator found.
    fn of(operation: &str, error: &ValidationError<'_>) -> Self {
        let path = error.schema_path().as_str();
        let mut parts = path.split('/').skip(1);
        let schema = match (parts.next(), parts.next(), parts.next()) {
            (Some("components"), Some("schemas"), Some(name)) => name,
            _ => operation,
        };
        let field = match error.kind() {
            ValidationErrorKind::Required { property } => property.as_str(),
            _ => path.split_once("/properties/").and_then(|(_, rest)| rest.split('/').next()),
        };
        let place = field.map_or_else(|| schema.to_owned(), |field| format!("{schema}.{field}"));
        let problem = match error.kind() {
            ValidationErrorKind::Required { .. } => "absent".to_owned(),
            _ if error.instance().is_null() => "null".to_owned(),
            ValidationErrorKind::Enum { .. } => error.instance().to_string(),
            other => other.keyword().to_owned(),
        };
        Self::new(place, problem)
    }
}

/// A schema and the name of the nearest one that has a name.
#[derive(Debug, Clone, Copy)]
struct Named<'a> {
    name: &'a str,
    schema: &'a Value,
}

impl Named<'_> {
    fn within(&self, key: &str) -> Option<Self> {
        Some(Self { name: self.name, schema: self.schema.get(key)? })
    }
}

impl Document {
    /// Reads the document, or says why the test is skipped.
    pub(crate) fn read() -> Option<Self> {
        let mut whole: Value =
            serde_saphyr::from_str(&facts::text("openapi-official.yml")?).unwrap();
        let paths = whole["paths"].take();
        let responses = whole["components"]["responses"].take();
        let mut schemas = whole["components"]["schemas"].take();
        translate(&mut schemas);
        let operations = paths.as_object().unwrap().values().flat_map(|methods| {
            methods.as_object().unwrap().values().filter_map(|operation| {
                let id = operation["operationId"].as_str()?.to_owned();
                Some((id, answers(&operation["responses"], &responses)))
            })
        });
        let operations = operations.collect();
        let schemas = json!({ "components": { "schemas": schemas } });
        Some(Self { schemas, operations })
    }

    /// Returns the operations that the document describes.
    pub(crate) fn operations(&self) -> BTreeSet<&str> {
        self.operations.keys().map(String::as_str).collect()
    }

    /// Compares an answer with what the document says of it.
    pub(crate) fn differences(
        &self,
        operation: &str,
        status: u16,
        body: &str,
    ) -> BTreeSet<Difference> {
        let one = |what: &str, problem: &str| {
            BTreeSet::from([Difference::new(format!("{operation} {what}"), problem)])
        };
        match self.operations[operation].get(&status) {
            None => one("status", &status.to_string()),
            Some(None) if body.is_empty() => BTreeSet::new(),
            Some(None) => one("body", "present"),
            Some(Some(answer)) => match serde_json::from_str(body) {
                Ok(body) => self.judge(operation, answer, &body),
                Err(_) => one("body", "no JSON"),
            },
        }
    }

    fn judge(&self, operation: &str, answer: &Answer, body: &Value) -> BTreeSet<Difference> {
        let Answer { schema, validator } = answer;
        let validator = validator.get_or_init(|| {
            let mut whole = schema.clone();
            whole["components"] = self.schemas["components"].clone();
            jsonschema::draft202012::new(&whole).unwrap()
        });
        let broken = validator.iter_errors(body).map(|error| Difference::of(operation, &error));
        let mut found: BTreeSet<_> = broken.collect();
        self.find_undocumented(&Named { name: operation, schema }, body, &mut found);
        found
    }

    /// Finds the fields of which the document knows nothing.
    fn find_undocumented(&self, of: &Named<'_>, body: &Value, found: &mut BTreeSet<Difference>) {
        match body {
            Value::Array(items) => {
                let parts = self.parts(of, None);
                let Some(inner) = parts.iter().find_map(|part| part.within("items")) else {
                    return;
                };
                for item in items {
                    self.find_undocumented(&inner, item, found);
                }
            }
            Value::Object(fields) => {
                let parts = self.parts(of, Some(body));
                let described: Vec<_> =
                    parts.iter().filter_map(|part| part.within("properties")).collect();
                let own = parts.iter().find(|part| part.name != of.name).unwrap_or(of);
                for (field, value) in fields.iter().filter(|_| !described.is_empty()) {
                    let known = described.iter().find_map(|properties| properties.within(field));
                    if let Some(inner) = known {
                        self.find_undocumented(&inner, value, found);
                    } else {
                        let place = format!("{}.{field}", own.name);
                        found.insert(Difference::new(place, "undocumented"));
                    }
                }
            }
            _ => {}
        }
    }

    /// Returns a schema and all that it is composed of, for what is to be judged.
    fn parts<'a>(&'a self, of: &Named<'a>, body: Option<&Value>) -> Vec<Named<'a>> {
        let reference = of.schema.get("$ref").and_then(Value::as_str);
        if let Some(name) = reference.and_then(|text| text.rsplit('/').next()) {
            let schema = &self.schemas["components"]["schemas"][name];
            return self.parts(&Named { name, schema }, body);
        }
        let mut parts = vec![*of];
        for part in of.schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            let chosen = match (part.get("if"), part.get("then")) {
                (Some(rule), Some(then)) => {
                    let kind = &rule["properties"]["type"]["const"];
                    (body.and_then(|body| body.get("type")) == Some(kind)).then_some(then)
                }
                _ => Some(part),
            };
            parts.extend(
                chosen
                    .into_iter()
                    .flat_map(|schema| self.parts(&Named { name: of.name, schema }, body)),
            );
        }
        parts
    }
}

/// Reads what an operation answers; a reference is followed.
fn answers(of: &Value, shared: &Value) -> BTreeMap<u16, Option<Answer>> {
    let answers = of.as_object().unwrap().iter().map(|(status, answer)| {
        let reference = answer["$ref"].as_str().and_then(|text| text.rsplit('/').next());
        let answer = reference.map_or(answer, |name| &shared[name]);
        let schema = answer["content"]["application/json"].get("schema").cloned();
        let schema = schema.map(|mut schema| {
            translate(&mut schema);
            Answer { schema, validator: OnceCell::new() }
        });
        (status.parse().unwrap(), schema)
    });
    answers.collect()
}

/// Says in JSON Schema what OpenAPI 3.0 says in words of its own.
fn translate(schema: &mut Value) {
    match schema {
        Value::Array(items) => items.iter_mut().for_each(translate),
        Value::Object(fields) => {
            fields.values_mut().for_each(translate);
            if fields.remove("nullable") == Some(json!(true)) {
                allow_null(fields);
            }
            if fields.remove("discriminator").is_some()
                && let Some(Value::Array(choices)) = fields.remove("oneOf")
            {
                choose_by_type(fields, &choices);
            }
        }
        _ => {}
    }
}

fn allow_null(fields: &mut Map<String, Value>) {
    if let Some(kind) = fields.get_mut("type") {
        *kind = json!([kind.clone(), "null"]);
    }
    if let Some(Value::Array(values)) = fields.get_mut("enum") {
        values.push(Value::Null);
    }
}

/// The field `type` says which schema an object must meet, so that an error names a field and not
/// only that none fits.
fn choose_by_type(fields: &mut Map<String, Value>, choices: &[Value]) {
    let rules = choices.iter().map(|choice| {
        let name = choice["$ref"].as_str().and_then(|text| text.rsplit('/').next()).unwrap();
        let kind = name.trim_end_matches("Object").to_ascii_lowercase();
        json!({ "if": { "properties": { "type": { "const": kind } } }, "then": choice })
    });
    fields.insert("allOf".to_owned(), rules.collect());
    fields.insert("type".to_owned(), json!("object"));
}
