//! What the vault does, in the audit log.

use spotify_audit::{Draft, Durability, Id, Outcome, Pseudonym, Stage};
use spotify_vault::observer::Attempt;
use spotify_vault::{ErrorKind, Event, KeySource, Observer, Subject, VaultError};

use super::Recorder;
use super::events;

/// Writes the vault's events to the log. Reads are left out: there is one for each request.
pub(super) struct VaultObserver(pub(super) Recorder);

impl Observer for VaultObserver {
    fn observe(&self, event: &Event<'_>) {
        let Some((draft, subject)) = draft(event) else { return };
        let recorder = match subject.and_then(profile) {
            Some(profile) => self.0.for_profile(profile),
            None => self.0.clone(),
        };
        // The vault has no use for a failure here, and whoever acts next finds the log closed.
        if let Err(error) = recorder.record_blocking(draft, Durability::Async) {
            tracing::error!(%error, "the audit log could not be written");
        }
    }
}

fn draft<'a>(event: &Event<'a>) -> Option<(Draft, Option<&'a Subject>)> {
    Some(match event {
        Event::Created { source, .. } => {
            (events::VAULT_CREATED.draft().with("key_source", kind(source)), None)
        }
        Event::Opened { source, .. } => {
            (events::VAULT_OPENED.draft().with("key_source", kind(source)), None)
        }
        Event::Rekeyed { from, to, epoch, .. } => {
            let draft = events::VAULT_REKEYED.draft().stage(Stage::Outcome).outcome(Outcome::Ok);
            (draft.with("from", kind(from)).with("to", kind(to)).with("epoch", *epoch), None)
        }
        Event::Written { subject, field, record, generation } => {
            let draft = events::VAULT_WRITTEN
                .draft()
                .outcome(Outcome::Ok)
                .with("generation", generation.get());
            let draft = [("record", record.to_string()), ("field", field.to_string())]
                .into_iter()
                .filter_map(|(name, text)| Some((name, Id::new(&text).ok()?)))
                .fold(draft, |draft, (name, id)| draft.with(name, id));
            (draft, Some(*subject))
        }
        Event::Rotated { term, compromised, epoch, .. } => {
            let draft = done(events::KEYS_ROTATED).with("term", u64::from(*term));
            (draft.with("compromised", *compromised).with("epoch", *epoch), None)
        }
        Event::Swept { swept, .. } => {
            let draft = done(events::KEYS_ROTATED).with("term", u64::from(swept.term));
            let draft = [
                ("moved", swept.moved),
                ("renewed", swept.renewed),
                ("rewritten", swept.rewritten),
                ("skipped", swept.skipped.len()),
                ("left", swept.left.values().sum()),
            ]
            .into_iter()
            .fold(draft, |draft, (name, number)| draft.with(name, count(number)));
            (draft, None)
        }
        #[cfg(feature = "backup")]
        Event::BackedUp { backed_up, .. } => {
            let draft = done(events::BACKED_UP).with("records", count(backed_up.records));
            (draft.with("destroyed", count(backed_up.destroyed)), None)
        }
        #[cfg(feature = "backup")]
        Event::Restored { restored, .. } => {
            let draft = [
                ("restored", restored.restored),
                ("kept", restored.kept),
                ("dead", restored.dead),
                ("older", restored.older.len()),
            ]
            .into_iter()
            .fold(done(events::RESTORED), |draft, (name, number)| draft.with(name, count(number)));
            (draft, None)
        }
        Event::Migrated { .. } => (done(events::VAULT_MOVED), None),
        Event::Refused { attempt, error, .. } if key_work(*attempt).is_some() => {
            let draft = key_work(*attempt)?.draft().stage(Stage::Outcome);
            let reason = spotify_audit::Text::external(&error.to_string());
            (draft.outcome(Outcome::Failed).reason(reason), None)
        }
        Event::Refused {
            attempt: Attempt::Create | Attempt::Open | Attempt::Rekey, error, ..
        } => (refused(events::VAULT_REFUSED, error, Outcome::Failed), None),
        Event::SettingsSealed { sealed, epoch, .. } => {
            let draft = events::SETTINGS_SEALED.draft().outcome(Outcome::Ok);
            (draft.with("sealed", *sealed).with("epoch", *epoch), None)
        }
        Event::Refused { attempt: Attempt::Seal, error, .. } => {
            (refused(events::SETTINGS_CHANGED, error, Outcome::Refused), None)
        }
        Event::Refused { subject, error, .. } => {
            (refused(events::RECORD_REFUSED, error, Outcome::Refused), *subject)
        }
        _ => return None,
    })
}

fn done(entry: events::Entry) -> Draft {
    entry.draft().stage(Stage::Outcome).outcome(Outcome::Ok)
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// Returns the code of an attempt on the whole vault that has one of its own.
fn key_work(attempt: Attempt) -> Option<events::Entry> {
    Some(match attempt {
        Attempt::Rotate => events::KEYS_ROTATED,
        Attempt::Backup => events::BACKED_UP,
        Attempt::Restore => events::RESTORED,
        Attempt::Migrate => events::VAULT_MOVED,
        _ => return None,
    })
}

/// Says why something was refused, and whether something was changed or damaged outside.
fn refused(code: events::Entry, error: &VaultError, outcome: Outcome) -> Draft {
    let draft = code.draft().outcome(outcome);
    let draft = draft.reason(spotify_audit::Text::external(&error.to_string()));
    if error.kind() == ErrorKind::Integrity { draft.with("damaged", true) } else { draft }
}

/// Returns a key source as one word; a path or account stays out of the log.
pub(super) fn kind(source: &KeySource) -> &'static str {
    match source {
        KeySource::Passphrase => "passphrase",
        KeySource::Environment => "environment",
        KeySource::KeyFile { .. } => "file",
        KeySource::Keychain { .. } => "keychain",
        KeySource::Descriptor => "descriptor",
        KeySource::Credential { .. } => "credential",
        KeySource::Pkcs11(_) => "pkcs11",
        KeySource::Recovery => "recovery",
        _ => "other",
    }
}

/// A profile's records belong to the profile; the registry's belong to none.
fn profile(subject: &Subject) -> Option<Pseudonym> {
    let text =
        std::str::from_utf8(subject.as_bytes()).ok().filter(|text| text.starts_with("p_"))?;
    Pseudonym::new(text).ok()
}
