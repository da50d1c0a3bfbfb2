//! Spotify's event families: what stands in the audit log, by code.

use spotify_audit::{Declared, Event as _, FindingEvent, LogEvent};

mod grants;
mod profiles;
mod programs;
mod vault;

pub use grants::*;
pub use profiles::*;
pub use programs::*;
pub use vault::*;

/// What the programs declare of each event, a family each, those of the log itself last.
pub const FAMILIES: &[&[Declared]] = &[
    SignInEvent::ALL,
    TokenEvent::ALL,
    ProfileEvent::ALL,
    PolicyEvent::ALL,
    VaultEvent::ALL,
    ConfigurationEvent::ALL,
    ToolEvent::ALL,
    ServerEvent::ALL,
    CommandEvent::ALL,
    AuditEvent::ALL,
    FindingEvent::ALL,
    LogEvent::ALL,
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn a_code_has_one_kind_and_its_events_stand_together() {
        let mut seen = BTreeSet::new();
        for family in FAMILIES {
            for same in family.chunk_by(|one, next| one.label.code == next.label.code) {
                let code = same[0].label.code;
                assert!(seen.insert(code), "{code:?} stands in two places");
                assert!(same.iter().all(|event| event.label == same[0].label), "{code:?}");
            }
        }
    }
}
