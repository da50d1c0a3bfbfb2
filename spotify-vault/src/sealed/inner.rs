//! An opened vault: finding keys, opening records, telling the observer.

use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use rand_core::CryptoRng;

use super::Listed;
use crate::crypto::{self, Key};
use crate::error::{Item, VaultError};
use crate::header::{NamesKey, Terms, VaultKey};
use crate::key_source::KeySource;
use crate::name::{Field, Generation, RecordId, Subject, SubjectId, VaultId};
use crate::observer::{Attempt, Event, Observer};
use crate::options::KdfParams;
use crate::record::{self, Contents, Prefix};
use crate::secret::SecretBytes;
use crate::store::SealedStore;
use crate::subject_key;
use crate::vault::Opened;

/// The number of a subject's first key.
const FIRST_KEY: u32 = 1;

/// What an opened vault holds.
pub(super) struct Inner {
    pub(super) store: Arc<dyn SealedStore>,
    pub(super) id: VaultId,
    pub(super) vault_key: VaultKey,
    pub(super) names: NamesKey,
    pub(super) terms: Terms,
    pub(super) pin: Mutex<KeySource>,
    pub(super) rng: Mutex<Box<dyn CryptoRng + Send>>,
    pub(super) clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    pub(super) observer: Option<Arc<dyn Observer>>,
    pub(super) kdf: KdfParams,
}

impl Inner {
    pub(super) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(super) fn pin(&self) -> KeySource {
        // A clone or an assignment can't leave it half changed.
        self.pin.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    pub(super) fn with_rng<T>(
        &self,
        draw: impl FnOnce(&mut (dyn CryptoRng + Send + 'static)) -> T,
    ) -> T {
        // A generator has no invariant that a panic elsewhere could have broken.
        draw(self.rng.lock().unwrap_or_else(PoisonError::into_inner).as_mut())
    }

    pub(super) fn observe(&self, event: &Event<'_>) {
        if let Some(observer) = &self.observer {
            observer.observe(event);
        }
    }

    /// Tells the observer of a refusal and passes the result on.
    pub(super) fn refused<T>(
        &self,
        attempt: Attempt,
        about: Option<(&Subject, Option<&Field>)>,
        result: Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        refused(self.observer.as_deref(), attempt, about, result)
    }

    pub(super) fn read(
        &self,
        subject: &Subject,
        field: &Field,
    ) -> Result<Option<Opened>, VaultError> {
        let read = self.find(subject, field);
        let read = self.refused(Attempt::Read, Some((subject, Some(field))), read)?;
        if let Some(opened) = &read {
            let (record, generation) = (self.names.record(subject, field), opened.generation);
            self.observe(&Event::Read { subject, field, record, generation });
        }
        Ok(read)
    }

    /// Opens a record, telling nobody.
    pub(super) fn find(
        &self,
        subject: &Subject,
        field: &Field,
    ) -> Result<Option<Opened>, VaultError> {
        let (id, record) = (self.names.subject(subject), self.names.record(subject, field));
        self.check_alive(id)?;
        let Some(sealed) = self.store.record(id, record)? else { return Ok(None) };
        let contents = self.open(id, record, &sealed).map_err(|error| self.settle(id, error))?;
        let Contents { generation, updated_at, value, .. } = contents;
        Ok(Some(Opened { generation, updated_at, value }))
    }

    /// Opens every record of every subject.
    pub(super) fn list(&self) -> Result<Vec<Listed>, VaultError> {
        let mut listed = Vec::new();
        for id in self.store.subjects()? {
            if self.store.tombstone(id)?.is_some() {
                continue;
            }
            for record in self.store.records(id)? {
                // Whatever vanished since it was listed was destroyed; the next check says so.
                let Some(sealed) = self.store.record(id, record)? else { continue };
                let contents = match self.open(id, record, &sealed) {
                    Ok(contents) => contents,
                    Err(error) => match self.settle(id, error) {
                        VaultError::Destroyed { .. } => continue,
                        error => return Err(error),
                    },
                };
                let Contents { generation, updated_at, subject, field, .. } = contents;
                listed.push(Listed { subject, field, record, generation, updated_at });
            }
        }
        listed.sort_unstable_by_key(|listed| listed.record);
        Ok(listed)
    }

    /// Seals the next state of a record. Returns the generation that it follows, and its bytes.
    pub(super) fn seal(
        &self,
        subject: &Subject,
        field: &Field,
        value: &SecretBytes,
    ) -> Result<(Generation, Prefix, Vec<u8>), VaultError> {
        let (id, record) = (self.names.subject(subject), self.names.record(subject, field));
        let present =
            self.find(subject, field)?.map_or(Generation::ABSENT, |opened| opened.generation);
        let generation = present.next().ok_or(VaultError::Exhausted { record })?;
        let (key_number, key) =
            self.current_key(subject, id).map_err(|error| self.settle(id, error))?;
        let updated_at = self.now();
        let prefix = Prefix { key_number, generation, updated_at, subject: id, record };
        let sealed = self
            .with_rng(|rng| record::encode(self.id, &key, prefix, (subject, field), value, rng));
        Ok((present, prefix, sealed))
    }

    /// Makes sure that a subject has a key to write with.
    pub(super) fn ensure_key(&self, subject: &Subject) -> Result<(), VaultError> {
        let id = self.names.subject(subject);
        self.check_alive(id)?;
        self.current_key(subject, id).map(drop).map_err(|error| self.settle(id, error))
    }

    fn check_alive(&self, subject: SubjectId) -> Result<(), VaultError> {
        match self.store.tombstone(subject)? {
            Some(_) => Err(VaultError::Destroyed { subject }),
            None => Ok(()),
        }
    }

    /// A subject that is being destroyed loses its key first: what looks like damage may be that.
    fn settle(&self, subject: SubjectId, error: VaultError) -> VaultError {
        match error {
            VaultError::Integrity { .. } => self.check_alive(subject).err().unwrap_or(error),
            other => other,
        }
    }

    fn open(&self, id: SubjectId, record: RecordId, sealed: &[u8]) -> Result<Contents, VaultError> {
        let elsewhere = || VaultError::integrity(Item::Record(record), "it belongs elsewhere");
        let prefix = Prefix::parse(record, sealed)?;
        if prefix.subject != id || prefix.record != record {
            return Err(elsewhere());
        }
        let key = self.key(id, prefix.key_number)?;
        let contents = record::decode(self.id, &key, prefix, sealed)?;
        let named = self.names.subject(&contents.subject) == id
            && self.names.record(&contents.subject, &contents.field) == record;
        if named { Ok(contents) } else { Err(elsewhere()) }
    }

    fn key(&self, subject: SubjectId, number: u32) -> Result<Key, VaultError> {
        let sealed = self.store.key(subject, number)?.ok_or_else(|| lost(subject))?;
        subject_key::decode(self.id, subject, number, &sealed, |term| self.terms.key(term))
    }

    /// Returns the subject's newest key, and makes its first one for a new subject.
    fn current_key(&self, subject: &Subject, id: SubjectId) -> Result<(u32, Key), VaultError> {
        if let Some(number) = self.store.key_numbers(id)?.pop() {
            return Ok((number, self.key(id, number)?));
        }
        if !self.store.records(id)?.is_empty() {
            return Err(lost(id));
        }
        let term = self.terms.active;
        let term_key = self.terms.key(term).ok_or_else(|| lost(id))?;
        let prefix =
            subject_key::Prefix { number: FIRST_KEY, term, created_at: self.now(), subject: id };
        let (key, nonce) = self.with_rng(|rng| (crypto::new_key(rng), crypto::draw(rng)));
        let sealed = subject_key::encode(self.id, term_key, prefix, nonce, &key);
        if self.store.add_key(id, FIRST_KEY, &sealed)? {
            self.observe(&Event::SubjectKeyMade { subject, id });
            return Ok((FIRST_KEY, key));
        }
        // Another process was faster; its key stands.
        Ok((FIRST_KEY, self.key(id, FIRST_KEY)?))
    }
}

/// Tells an observer of a refusal and passes the result on.
pub(super) fn refused<T>(
    observer: Option<&dyn Observer>,
    attempt: Attempt,
    about: Option<(&Subject, Option<&Field>)>,
    result: Result<T, VaultError>,
) -> Result<T, VaultError> {
    if let (Some(observer), Err(error)) = (observer, &result) {
        let (subject, field) =
            about.map_or((None, None), |(subject, field)| (Some(subject), field));
        observer.observe(&Event::Refused { attempt, subject, field, error });
    }
    result
}

fn lost(subject: SubjectId) -> VaultError {
    VaultError::integrity(Item::SubjectKey(subject), "it is missing")
}
