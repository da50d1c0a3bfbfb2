//! What the vault does, in the audit log.

use spotify_audit::{Draft, Durability, Id, Outcome, Pseudonym, Text};
use spotify_vault::observer::Attempt;
use spotify_vault::{ErrorKind, Event, KeySource, Observer, Subject, VaultError};

use super::Recorder;
use super::events::{ConfigurationEvent, VaultEvent};

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
            (VaultEvent::Created { key_source: kind(source) }.draft(), None)
        }
        Event::Opened { source, .. } => {
            (VaultEvent::Opened { key_source: kind(source) }.draft(), None)
        }
        Event::Rekeyed { from, to, epoch, .. } => {
            (done(VaultEvent::Rekeyed { from: kind(from), to: kind(to), epoch: *epoch }), None)
        }
        Event::Written { subject, field, record, generation } => {
            let id = |text: &dyn ToString| Id::new(&text.to_string()).ok();
            let (record, field) = (id(record), id(*field));
            let event = VaultEvent::Written { generation: generation.get(), record, field };
            (done(event), Some(*subject))
        }
        Event::Rotated { term, compromised, epoch, .. } => {
            let (term, compromised, epoch) = (*term, *compromised, *epoch);
            (done(VaultEvent::Rotated { term, compromised, epoch }), None)
        }
        Event::Swept { swept, .. } => {
            let event = VaultEvent::Swept {
                term: swept.term,
                moved: count(swept.moved),
                renewed: count(swept.renewed),
                rewritten: count(swept.rewritten),
                skipped: count(swept.skipped.len()),
                left: count(swept.left.values().sum()),
            };
            (done(event), None)
        }
        #[cfg(feature = "backup")]
        Event::BackedUp { backed_up, .. } => {
            let records = count(backed_up.records);
            let destroyed = count(backed_up.destroyed);
            (done(VaultEvent::BackedUp { records, destroyed }), None)
        }
        #[cfg(feature = "backup")]
        Event::Restored { restored, .. } => {
            let event = VaultEvent::Restored {
                restored: count(restored.restored),
                kept: count(restored.kept),
                dead: count(restored.dead),
                older: count(restored.older.len()),
            };
            (done(event), None)
        }
        Event::Migrated { .. } => (done(VaultEvent::Moved {}), None),
        Event::Refused { attempt, error, .. } if key_work(*attempt).is_some() => {
            (refused(key_work(*attempt)?.draft(), error, Outcome::Failed), None)
        }
        Event::Refused {
            attempt: Attempt::Create | Attempt::Open | Attempt::Rekey, error, ..
        } => {
            let damaged = damaged(error);
            let event = VaultEvent::Refused { key_source: None, signed: None, damaged };
            (refused(event.draft(), error, Outcome::Failed), None)
        }
        Event::SettingsSealed { sealed, epoch, .. } => {
            let event = ConfigurationEvent::Sealed { sealed: *sealed, epoch: *epoch };
            (event.draft().outcome(Outcome::Ok), None)
        }
        Event::Refused { attempt: Attempt::Seal, error, .. } => {
            let event = ConfigurationEvent::Refused { damaged: damaged(error) };
            (refused(event.draft(), error, Outcome::Refused), None)
        }
        Event::Refused { subject, error, .. } => {
            let event = VaultEvent::RecordRefused { damaged: damaged(error) };
            (refused(event.draft(), error, Outcome::Refused), *subject)
        }
        _ => return None,
    })
}

fn done(event: VaultEvent) -> Draft {
    event.draft().outcome(Outcome::Ok)
}

fn count(number: usize) -> u64 {
    u64::try_from(number).unwrap_or(u64::MAX)
}

/// Returns what is written when an attempt on the whole vault fails that has a code of its own.
fn key_work(attempt: Attempt) -> Option<VaultEvent> {
    Some(match attempt {
        Attempt::Rotate => VaultEvent::NotRotated {},
        Attempt::Backup => VaultEvent::NotBackedUp {},
        Attempt::Restore => VaultEvent::NotRestored {},
        Attempt::Migrate => VaultEvent::Moved {},
        _ => return None,
    })
}

/// Says why something was refused.
fn refused(draft: Draft, error: &VaultError, outcome: Outcome) -> Draft {
    draft.outcome(outcome).reason(Text::external(&error.to_string()))
}

/// Whether something was changed or damaged outside.
fn damaged(error: &VaultError) -> Option<bool> {
    (error.kind() == ErrorKind::Integrity).then_some(true)
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
