//! Writes to the audit log on behalf of somebody.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use spotify_audit::{
    Actor, AppendError, Appended, Draft, Durability, Keys as _, Log, Personal, Pseudonym, Text,
};

use super::events;
use super::settings::{OnFailure, Unwritten};
use super::signing::LogKeys;
use crate::ProfileId;
use crate::store::{Event, EventError, Events};

/// Writes records that name who acts and for which profile.
#[derive(Clone)]
pub struct Recorder {
    log: Arc<Log>,
    keys: Arc<LogKeys>,
    actor: Actor,
    profile: Option<Pseudonym>,
    on_failure: OnFailure,
    /// How many records were not written that the log does not know of yet.
    missed: Arc<AtomicU64>,
}

impl Recorder {
    pub(super) fn new(
        log: Arc<Log>,
        keys: Arc<LogKeys>,
        actor: Actor,
        on_failure: OnFailure,
    ) -> Self {
        Self { log, keys, actor, profile: None, on_failure, missed: Arc::default() }
    }

    /// Returns a recorder whose records name `profile`.
    #[must_use]
    pub fn for_profile(&self, profile: Pseudonym) -> Self {
        Self { profile: Some(profile), ..self.clone() }
    }

    /// Returns the log itself.
    pub(super) fn log(&self) -> &Log {
        &self.log
    }

    /// As [`for_profile`](Self::for_profile).
    pub(super) fn for_id(&self, profile: &ProfileId) -> Self {
        match Pseudonym::new(profile.as_str()) {
            Ok(pseudonym) => self.for_profile(pseudonym),
            Err(_) => self.clone(),
        }
    }

    /// Returns a recorder whose records name the AI client that acts for the person.
    #[must_use]
    pub fn with_agent(&self, agent: Text) -> Self {
        let mut recorder = self.clone();
        recorder.actor.agent = Some(agent);
        recorder
    }

    /// Encrypts a personal text under the key of the profile; `None` when there is no key.
    pub(super) fn personal(&self, field: &'static str, text: &str) -> Option<Personal> {
        self.log.personal(self.profile.as_ref()?, field, text)
    }

    /// Reads such a text.
    pub(super) fn open_personal(&self, field: &str, sealed: &str) -> Option<String> {
        self.keys.subject_key(self.profile.as_ref()?)?.open(field, sealed)
    }

    /// Writes a record where blocking is allowed.
    ///
    /// # Errors
    /// See [`AppendError`]. None for a record that can't be written where the settings say to go on
    /// without ([`OnFailure`]).
    pub fn record_blocking(&self, draft: Draft, durability: Durability) -> Result<(), AppendError> {
        match self.append(draft, durability) {
            Err(error) if self.on_failure.of(durability) == Unwritten::Continue => {
                let missed = self.missed.fetch_add(1, Ordering::SeqCst) + 1;
                tracing::error!(%error, missed, "going on without a record in the audit log");
                Ok(())
            }
            written => written.map(drop),
        }
    }

    /// Writes a record that nothing goes on without, whatever the settings say.
    ///
    /// # Errors
    /// See [`AppendError`].
    pub fn append(&self, draft: Draft, durability: Durability) -> Result<Appended, AppendError> {
        self.note_missed()?;
        self.log.append(self.named(draft), durability)
    }

    /// Names in a record who acts and for which profile.
    fn named(&self, draft: Draft) -> Draft {
        let draft = draft.actor(self.actor.clone());
        match &self.profile {
            Some(profile) => draft.profile(profile.clone()),
            None => draft,
        }
    }

    /// Writes how many records are missing here, if any are.
    fn note_missed(&self) -> Result<(), AppendError> {
        let records = self.missed.swap(0, Ordering::SeqCst);
        if records == 0 {
            return Ok(());
        }
        let draft = events::AuditEvent::Missed { records }.draft();
        let noted = self.log.append(draft.actor(self.actor.clone()), Durability::After);
        noted.map(drop).inspect_err(|_| {
            self.missed.fetch_add(records, Ordering::SeqCst);
        })
    }

    /// Writes a record without blocking the task: one that need not be on the disk yet at once, if
    /// nobody else is writing, and any other on a thread that may block.
    ///
    /// # Errors
    /// As [`record_blocking`](Self::record_blocking); a task that was stopped counts as a record that
    /// was not written.
    pub async fn record(&self, draft: Draft, durability: Durability) -> Result<(), EventError> {
        let mut draft = draft;
        // A hand-over to another thread takes longer than the write.
        if durability == Durability::Async && self.missed.load(Ordering::SeqCst) == 0 {
            draft = self.named(draft);
            if self.log.append_at_once(&draft).is_some() {
                return Ok(());
            }
        }
        let recorder = self.clone();
        let written =
            tokio::task::spawn_blocking(move || recorder.record_blocking(draft, durability)).await;
        match written {
            Ok(outcome) => outcome.map_err(|error| EventError(Arc::new(error))),
            Err(error) => Err(EventError(Arc::new(error))),
        }
    }
}

impl std::fmt::Debug for Recorder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Recorder")
            .field("actor", &self.actor)
            .field("profile", &self.profile)
            .finish_non_exhaustive()
    }
}

impl Events for Recorder {
    fn note(&self, event: &Event<'_>) -> Result<(), EventError> {
        let draft = events::token_event(event, self.keys.reference_key().as_ref());
        self.record_blocking(draft, Durability::After).map_err(|error| EventError(Arc::new(error)))
    }
}
