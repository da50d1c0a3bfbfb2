//! The tables of what stands in the audit log, a family each.

use spotify_audit::{Declared, DeclaredField, Stage, record_schema};
use spotify_auth::session::events::FAMILIES;

use super::tables::{code, table};

pub(super) const TABLES: &[super::Table] = &[
    ("events-signin", || family(&["signin"])),
    ("events-token", || family(&["token"])),
    ("events-profile", || family(&["profile"])),
    ("events-vault", || family(&["vault"])),
    ("events-settings", || family(&["settings"])),
    ("events-tool", || family(&["tool"])),
    ("events-server", || family(&["server"])),
    ("events-admin", || family(&["admin"])),
    ("events-audit", || family(&["audit"])),
    ("events-finding", || family(&["finding"])),
    ("events-log", || family(&["chain", "log", "sink"])),
];

fn declared() -> impl Iterator<Item = &'static Declared> {
    FAMILIES.iter().copied().flatten()
}

/// What a record of the programs may hold, as a JSON Schema.
pub(super) fn schema() -> String {
    let schema = record_schema(declared()).to_value();
    format!("{schema:#}\n")
}

/// The events whose kinds begin so.
fn family(names: &[&str]) -> String {
    let events = declared().filter(|event| names.contains(&event.label.family()));
    let rows = events.map(|event| {
        let fields: Vec<_> = event.fields.iter().map(field).collect();
        let stage = event.stage.map(Stage::as_str).unwrap_or_default().to_owned();
        let meaning = event.meaning.trim().to_owned();
        let (number, kind) = (event.label.code.as_str(), event.label.kind.as_str());
        [code(number), code(kind), stage, meaning, fields.join("<br>")]
    });
    table(["code", "type", "stage", "meaning", "fields of its own"], rows)
}

fn field(field: &DeclaredField) -> String {
    let meaning = field.meaning.trim().trim_end_matches('.');
    let optional = if field.is_optional { " (may be absent)" } else { "" };
    format!("{}{optional}: {meaning}", code(field.name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_stands_in_a_table() {
        let names: Vec<_> = TABLES.iter().map(|(name, _)| *name).collect();
        for event in declared() {
            let family = match event.label.family() {
                "chain" | "sink" => "log",
                family => family,
            };
            let table = format!("events-{family}");
            assert!(names.contains(&table.as_str()), "{:?} has no table", event.label);
        }
    }
}
