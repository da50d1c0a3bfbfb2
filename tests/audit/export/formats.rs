//! Records in the forms of other systems.

use std::path::PathBuf;

use serde_json::Value;
use spotify_audit::export::{Facility, cef, ocsf, syslog_line};
use spotify_audit::{
    Code, Declared, Draft, Durability, Entry, Event, Fields, Finding, Findings, Id, Kind, Label,
    Outcome, Query, Reader, Severity, Text,
};

use crate::fixture::{Home, actor, call, started};

const PRODUCT: &str = "example";

/// An event of whatever kind, without fields.
struct Unknown(&'static Declared);

impl Event for Unknown {
    const ALL: &'static [Declared] = &[];

    fn declared(&self) -> &'static Declared {
        self.0
    }

    fn fields(self, _: &mut Fields) {}
}

/// A record of each kind that the mapping knows, and one that it does not.
fn records() -> Vec<Entry> {
    let home = Home::new();
    let log = home.open();
    let kinds = [
        "signin.done",
        "signin.fail",
        "token.refresh",
        "profile.create",
        "profile.suspend",
        "profile.resume",
        "profile.revoke",
        "profile.policy",
        "vault.write",
        "vault.create",
        "vault.open",
        "vault.rekey",
        "server.stop",
        "config.change",
        "log.clock",
        "sink.behind",
        "moon.phase",
    ];
    for kind in kinds {
        let draft = Draft::of(Unknown(Box::leak(Box::new(Declared {
            label: Label { code: Code::new("SM9001W"), kind: Kind::new(kind) },
            stage: None,
            meaning: "",
            fields: &[],
        }))));
        log.append(draft.actor(actor()).outcome(Outcome::Failed), Durability::Async).unwrap();
    }
    let agent = spotify_audit::Actor { agent: Some("helper/1".into()), ..actor() };
    for class in ["read", "write", "destructive"] {
        let target = Id::new("spotify:playlist:1").unwrap();
        let draft = call(1).class(class).actor(agent.clone()).targets([target]);
        log.append(draft.reason(Text::external("a=b|c\\d ]\"")), Durability::Async).unwrap();
    }
    log.append(started(), Durability::Async).unwrap();
    let finding = Finding {
        rule: "RULE",
        severity: Severity::Critical,
        subject: None,
        title: "title".to_owned(),
        evidence: vec![2],
        advice: String::new(),
    };
    log.append(Findings::opened(&finding), Durability::Async).unwrap();
    log.rotate().unwrap();
    Reader::open(&home.directory, Query::default()).unwrap().map(Result::unwrap).collect()
}

#[test]
fn a_cef_line_has_its_marks_escaped() {
    let record = records().into_iter().find(|entry| entry.class() == Some("read")).unwrap();
    let line = cef(&record, "a|b", PRODUCT, "1.0");
    assert!(line.starts_with("CEF:0|a\\|b|example|1.0|SM2101I|tool.call|1|rt="), "{line}");
    assert!(line.contains("reason=a\\=b|c\\\\d ]\""), "{line}");
    assert!(!line.contains(char::is_control));
}

#[test]
fn a_syslog_line_is_of_rfc_5424() {
    for record in records() {
        let line = syslog_line(&record, Facility::LogAudit, "host name", "example");
        let mut fields = line.splitn(7, ' ');
        let head = fields.next().unwrap();
        let priority: u8 =
            head.strip_prefix('<').unwrap().strip_suffix(">1").unwrap().parse().unwrap();
        assert_eq!(priority / 8, 13);
        fields.next().unwrap().parse::<jiff::Timestamp>().unwrap();
        assert_eq!(fields.next().unwrap(), "hostname");
        assert_eq!(fields.next().unwrap(), "example");
        assert_eq!(fields.next().unwrap(), "-");
        assert_eq!(fields.next().unwrap(), record.kind());
        assert!(fields.next().unwrap().starts_with("[sal@32473 seq=\""));
        assert!(line.ends_with(record.line()));
    }
}

/// Needs the compiled schema among the shared files, which `XTASK_SHARED` names.
#[test]
fn every_record_is_a_valid_event_of_ocsf() {
    #[expect(clippy::disallowed_methods, reason = "the test run says where the shared files are")]
    let Some(shared) = std::env::var_os("XTASK_SHARED").map(PathBuf::from) else {
        println!("skipped: XTASK_SHARED names no folder with the compiled schema of OCSF");
        return;
    };
    let text = std::fs::read_to_string(shared.join("ocsf/ocsf-1.9.0-dev.json")).unwrap();
    let schema = Schema(serde_json::from_str(&text).unwrap());
    for record in records() {
        let event = ocsf(&record, PRODUCT, "1.0");
        let class = schema.class(&event).unwrap_or_else(|| panic!("{event}"));
        schema.check(&event, class, &event, record.kind());
        let uid = event["class_uid"].as_u64().unwrap();
        let activity = event["activity_id"].as_u64().unwrap();
        assert_eq!(event["type_uid"], uid * 100 + activity);
        assert_eq!(event["category_uid"], uid / 1000);
    }
}

/// The compiled schema, and what it asks of an event.
struct Schema(Value);

impl Schema {
    fn class(&self, event: &Value) -> Option<&Value> {
        let mut classes = self.0["classes"].as_object()?.values();
        classes.find(|class| class["uid"] == event["class_uid"])
    }

    /// Checks an object against its description: required attributes, known names, types, enums,
    /// constraints, and all of it for what is inside.
    fn check(&self, object: &Value, described: &Value, event: &Value, path: &str) {
        let attributes = described["attributes"].as_object().unwrap();
        let profiles = event["metadata"]["profiles"].as_array().unwrap();
        for (name, attribute) in attributes {
            let profile = &attribute["profile"];
            let applies = profile.is_null() || profiles.contains(profile);
            if attribute["requirement"] == "required" && applies {
                assert!(!object[name].is_null(), "{path}: {name} is required: {object}");
            }
        }
        if let Some(names) = described["constraints"]["at_least_one"].as_array() {
            let any = names.iter().any(|name| !object[name.as_str().unwrap()].is_null());
            assert!(any, "{path}: one of {names:?} is required: {object}");
        }
        for (name, value) in object.as_object().unwrap() {
            let path = format!("{path}.{name}");
            let attribute = attributes.get(name).unwrap_or_else(|| panic!("{path} is unknown"));
            let values = if attribute["is_array"] == true {
                value.as_array().unwrap_or_else(|| panic!("{path} is no array")).as_slice()
            } else {
                std::slice::from_ref(value)
            };
            for value in values {
                self.check_value(value, attribute, event, &path);
            }
        }
    }

    fn check_value(&self, value: &Value, attribute: &Value, event: &Value, path: &str) {
        if let Some(words) = attribute["enum"].as_object() {
            assert!(words.contains_key(&value.to_string()), "{path}: {value} is none of {words:?}");
        }
        let kind = attribute["type"].as_str().unwrap();
        match kind {
            "integer_t" | "long_t" | "timestamp_t" | "port_t" => assert!(value.is_i64(), "{path}"),
            "boolean_t" => assert!(value.is_boolean(), "{path}"),
            "json_t" | "object" => {}
            _ if kind.ends_with("_t") => assert!(value.is_string(), "{path}: {value}"),
            object => match self.0["objects"].get(object) {
                Some(described) if object != "object" => self.check(value, described, event, path),
                _ => {}
            },
        }
    }
}
