//! What the vault does, in the audit log.

use spotify_audit::{Draft, Durability, Id, Outcome, Pseudonym, Stage};
use spotify_vault::observer::Attempt;
use spotify_vault::{Event, KeySource, Observer, Subject};

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
        Event::Refused {
            attempt: Attempt::Create | Attempt::Open | Attempt::Rekey, error, ..
        } => {
            let draft = events::VAULT_REFUSED.draft().outcome(Outcome::Failed);
            (draft.reason(spotify_audit::Text::external(&error.to_string())), None)
        }
        Event::SettingsSealed { sealed, epoch, .. } => {
            let draft = events::SETTINGS_SEALED.draft().outcome(Outcome::Ok);
            (draft.with("sealed", *sealed).with("epoch", *epoch), None)
        }
        Event::Refused { attempt: Attempt::Seal, error, .. } => {
            let draft = events::SETTINGS_CHANGED.draft().outcome(Outcome::Refused);
            (draft.reason(spotify_audit::Text::external(&error.to_string())), None)
        }
        Event::Refused { subject, error, .. } => {
            let draft = events::RECORD_REFUSED.draft().outcome(Outcome::Refused);
            (draft.reason(spotify_audit::Text::external(&error.to_string())), *subject)
        }
        _ => return None,
    })
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
