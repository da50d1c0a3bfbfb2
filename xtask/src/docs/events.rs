//! The tables of what stands in the audit log, a family each.

use spotify_audit::LOG_EVENTS;
use spotify_auth::session::events::CATALOGUE;

use super::tables::{code, table};

pub(super) const TABLES: &[super::Table] = &[
    ("events-signin", || family("signin")),
    ("events-token", || family("token")),
    ("events-profile", || family("profile")),
    ("events-vault", || family("vault")),
    ("events-settings", || family("settings")),
    ("events-tool", || family("tool")),
    ("events-server", || family("server")),
    ("events-admin", || family("admin")),
    ("events-audit", || family("audit")),
    ("events-log", of_log),
];

fn family(name: &str) -> String {
    let entries = CATALOGUE.iter().filter(|entry| entry.family() == name);
    let rows = entries.map(|entry| {
        let fields: Vec<_> = entry.fields.iter().map(|field| code(field)).collect();
        let meaning = entry.meaning.to_owned();
        [code(entry.code.as_str()), code(entry.kind.as_str()), meaning, fields.join(", ")]
    });
    table(["code", "type", "meaning", "fields of its own"], rows)
}

fn of_log() -> String {
    let rows = LOG_EVENTS.iter().map(|(number, kind, meaning)| {
        [code(number.as_str()), code(kind.as_str()), (*meaning).to_owned()]
    });
    table(["code", "type", "meaning"], rows)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_event_stands_in_a_table() {
        let names: Vec<_> = TABLES.iter().map(|(name, _)| *name).collect();
        for entry in CATALOGUE {
            let family = format!("events-{}", entry.family());
            assert!(names.contains(&family.as_str()), "{} has no table", entry.kind.as_str());
        }
    }
}
