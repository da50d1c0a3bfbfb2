//! Common Event Format, version 0: one line for each record.

use crate::entry::Entry;
use crate::vocabulary::Severity;

/// Writes a record as a CEF line. `vendor`, `product` and `version` say who reports.
pub fn cef(entry: &Entry, vendor: &str, product: &str, version: &str) -> String {
    let severity = match entry.severity() {
        Some(Severity::Critical) => 10,
        Some(Severity::High) => 8,
        Some(Severity::Medium) => 6,
        Some(Severity::Low) => 3,
        _ => 1,
    };
    let mut line = String::from("CEF:0");
    for field in [vendor, product, version, entry.code(), entry.kind()] {
        line.push('|');
        escape(&mut line, field, &['|', '\\']);
    }
    line.push_str(&["|", &severity.to_string(), "|rt="].concat());
    line.push_str(&entry.time().as_millisecond().to_string());
    let number = |number: Option<u64>| number.map(|number| number.to_string());
    let extensions = [
        ("externalId", Some(entry.seq().to_string())),
        ("suid", entry.actor().map(str::to_owned)),
        ("duid", entry.profile().map(str::to_owned)),
        ("act", entry.tool().map(str::to_owned)),
        ("outcome", entry.outcome().map(|outcome| outcome.as_str().to_owned())),
        ("reason", entry.reason().map(str::to_owned)),
        ("cnt", number(entry.count())),
        ("requestClientApplication", entry.client().map(str::to_owned)),
    ];
    for (name, value) in extensions {
        if let Some(value) = value {
            line.push(' ');
            line.push_str(name);
            line.push('=');
            escape(&mut line, &value, &['=', '\\']);
        }
    }
    line
}

fn escape(line: &mut String, text: &str, marks: &[char]) {
    for character in text.chars() {
        if marks.contains(&character) {
            line.push('\\');
        }
        line.push(if character.is_control() { ' ' } else { character });
    }
}
