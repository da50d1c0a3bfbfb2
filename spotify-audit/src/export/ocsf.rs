//! Records as events of the Open Cybersecurity Schema Framework, version 1.9.

use serde_json::{Map, Value, json};

use crate::entry::Entry;
use crate::vocabulary::{ActorKind, Outcome, Severity, Stage};

/// A class and activity of the schema.
#[derive(Clone, Copy)]
struct Class {
    uid: u64,
    activity: u64,
}

const fn class(uid: u64, activity: u64) -> Class {
    Class { uid, activity }
}

const AUTHENTICATION: u64 = 3002;
const ENTITY_MANAGEMENT: u64 = 3004;
const EVENT_LOG: u64 = 1008;
const DETECTION: u64 = 2004;
const LIFECYCLE: u64 = 6002;
const API: u64 = 6003;
const DATASTORE: u64 = 6005;

/// Which kinds are what; the first prefix that fits counts. Other kinds are uses of an interface
/// of which nothing more is known.
const CLASSES: &[(&str, Class)] = &[
    ("signin.done", class(AUTHENTICATION, 1)),
    ("signin.", class(AUTHENTICATION, 6)),
    ("token.", class(AUTHENTICATION, 99)),
    ("profile.create", class(ENTITY_MANAGEMENT, 1)),
    ("profile.suspend", class(ENTITY_MANAGEMENT, 12)),
    ("profile.resume", class(ENTITY_MANAGEMENT, 13)),
    ("profile.revoke", class(ENTITY_MANAGEMENT, 4)),
    ("profile.", class(ENTITY_MANAGEMENT, 3)),
    ("vault.write", class(DATASTORE, 5)),
    ("vault.create", class(DATASTORE, 6)),
    ("vault.open", class(DATASTORE, 3)),
    ("vault.erase", class(DATASTORE, 7)),
    ("vault.", class(DATASTORE, 2)),
    ("server.start", class(LIFECYCLE, 3)),
    ("server.stop", class(LIFECYCLE, 4)),
    ("config.", class(LIFECYCLE, 8)),
    ("finding.open", class(DETECTION, 1)),
    ("finding.close", class(DETECTION, 3)),
    ("finding.", class(DETECTION, 2)),
    ("chain.seal", class(EVENT_LOG, 5)),
    ("chain.", class(EVENT_LOG, 6)),
    ("log.pruned", class(EVENT_LOG, 2)),
    ("log.", class(EVENT_LOG, 99)),
    ("sink.", class(EVENT_LOG, 3)),
];

/// Maps a record to an OCSF 1.9 event. `product` says who reports.
pub fn ocsf(entry: &Entry, product: &str, version: &str) -> Value {
    let Class { uid, activity } = class_of(entry);
    let mut event = json!({
        "category_uid": uid / 1000,
        "class_uid": uid,
        "activity_id": activity,
        "type_uid": uid * 100 + activity,
        "time": entry.time().as_millisecond(),
        "severity_id": severity(entry),
        "status_id": status(entry),
        "metadata": metadata(entry, product, version),
        "attestation_list": [{
            "chain_uid": entry.tenant().unwrap_or("unknown"),
            "fingerprint": { "algorithm_id": 3, "value": seal(entry) },
        }],
    });
    if let Some(fields) = event.as_object_mut() {
        if activity == 99 {
            fields.insert("activity_name".to_owned(), entry.kind().into());
        }
        if let Some(reason) = entry.reason() {
            fields.insert("status_detail".to_owned(), reason.into());
        }
        own_fields(fields, entry, uid, product);
        fields.insert("unmapped".to_owned(), unmapped(entry));
    }
    event
}

fn class_of(entry: &Entry) -> Class {
    let known = CLASSES.iter().find(|(prefix, _)| entry.kind().starts_with(prefix));
    known.map_or_else(
        || match entry.class() {
            Some("read") => class(API, 2),
            Some("write") => class(API, 3),
            Some("destructive") => class(API, 4),
            _ => class(API, 0),
        },
        |(_, class)| *class,
    )
}

fn severity(entry: &Entry) -> u64 {
    match entry.severity() {
        None => 0,
        Some(Severity::Info) => 1,
        Some(Severity::Low) => 2,
        Some(Severity::Medium) => 3,
        Some(Severity::High) => 4,
        Some(Severity::Critical) => 5,
    }
}

fn status(entry: &Entry) -> u64 {
    match entry.outcome() {
        Some(Outcome::Ok) => 1,
        Some(Outcome::Refused | Outcome::Failed) => 2,
        _ => 0,
    }
}

fn metadata(entry: &Entry, product: &str, version: &str) -> Value {
    let mut profiles = vec!["record_integrity"];
    if entry.agent().is_some() {
        profiles.push("ai_operation");
    }
    let mut metadata = json!({
        "version": "1.9.0",
        "product": { "name": product, "version": version },
        "profiles": profiles,
        "event_code": entry.code(),
        "log_name": "sal/1",
        "sequence": entry.seq(),
        "uid": entry.seq().to_string(),
    });
    if let Some(fields) = metadata.as_object_mut() {
        if let Some(tenant) = entry.tenant() {
            fields.insert("tenant_uid".to_owned(), tenant.into());
        }
        if let Some(request) = entry.request() {
            fields.insert("correlation_uid".to_owned(), request.into());
        }
    }
    metadata
}

/// What a class asks for besides what all have.
fn own_fields(fields: &mut Map<String, Value>, entry: &Entry, class: u64, product: &str) {
    let mut add = |name: &str, value: Value| {
        fields.insert(name.to_owned(), value);
    };
    let user = user(entry);
    let service = json!({ "name": product });
    match class {
        AUTHENTICATION => {
            add("user", user);
            add("service", service);
            add("auth_protocol_id", 6.into());
        }
        ENTITY_MANAGEMENT => {
            let profile = entry.profile().unwrap_or("unknown");
            add("entity", json!({ "uid": profile, "type": "profile" }));
            add("actor", json!({ "user": user }));
        }
        API => {
            let operation = entry.tool().unwrap_or_else(|| entry.kind());
            add("api", json!({ "operation": operation, "service": service }));
            add("actor", json!({ "user": user }));
            add("src_endpoint", endpoint(entry));
            let things = entry.targets().iter().map(|target| json!({ "uid": target }));
            add("resources", things.collect());
            if let Some(agent) = entry.agent() {
                add("ai_agent", json!({ "name": agent }));
            }
        }
        DATASTORE => {
            add("actor", json!({ "user": user }));
            add("src_endpoint", endpoint(entry));
            add("databucket", json!({ "name": "vault", "type_id": 99 }));
        }
        LIFECYCLE => add("app", service),
        EVENT_LOG => {
            add("log_name", "sal/1".into());
            add("log_type_id", 2.into());
        }
        DETECTION => {
            let text = |name| entry.data(name).cloned().unwrap_or_else(|| "unknown".into());
            add("finding_info", json!({ "uid": text("finding"), "title": text("title") }));
        }
        _ => {}
    }
}

fn user(entry: &Entry) -> Value {
    let kind = match entry.actor_kind() {
        Some(ActorKind::User) => 1,
        Some(ActorKind::System) => 3,
        Some(ActorKind::Service) => 4,
        _ => 0,
    };
    json!({ "uid": entry.actor().unwrap_or("unknown"), "type_id": kind })
}

fn endpoint(entry: &Entry) -> Value {
    json!({ "name": entry.client().unwrap_or("unknown") })
}

/// What the schema has no place for.
fn unmapped(entry: &Entry) -> Value {
    let mut rest = Map::new();
    let stage = entry.stage().map(Stage::as_str);
    let texts = [("stage", stage), ("session", entry.session()), ("token", entry.token())];
    rest.extend(
        texts.iter().filter_map(|(name, text)| Some(((*name).to_owned(), (*text)?.into()))),
    );
    let numbers = [("count", entry.count()), ("latency_us", entry.latency_us())];
    rest.extend(numbers.iter().filter_map(|(name, n)| Some(((*name).to_owned(), (*n)?.into()))));
    rest.extend(entry.all_data().clone());
    Value::Object(rest)
}

fn seal(entry: &Entry) -> &str {
    let line = entry.line();
    line.get(line.len().saturating_sub(66)..line.len().saturating_sub(2)).unwrap_or_default()
}
