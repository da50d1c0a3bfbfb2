//! An opened vault: finding keys, opening records, telling the observer.

use std::sync::{Arc, Mutex, PoisonError, RwLock};

use jiff::Timestamp;
use rand_core::CryptoRng;

use super::Listed;
use super::current::Current;
use crate::class::Classes;
use crate::error::VaultError;
use crate::header::{NamesKey, VaultKey};
use crate::key_source::KeySource;
use crate::name::{Field, Generation, RecordId, Subject, SubjectId, VaultId};
use crate::observer::{Attempt, Event, Observer};
use crate::options::KdfParams;
use crate::record::{self, Contents, Prefix};
use crate::secret::SecretBytes;
use crate::store::SealedStore;
use crate::vault::Opened;

/// How often a record that changes while it is opened is read again.
const TRIES: u32 = 4;

/// What an opened vault holds.
pub(crate) struct Inner {
    pub(crate) store: Arc<dyn SealedStore>,
    pub(crate) id: VaultId,
    pub(crate) vault_key: VaultKey,
    pub(crate) names: NamesKey,
    pub(crate) current: RwLock<Arc<Current>>,
    pub(crate) rng: Mutex<Box<dyn CryptoRng + Send>>,
    pub(crate) clock: Arc<dyn Fn() -> Timestamp + Send + Sync>,
    pub(crate) observer: Option<Arc<dyn Observer>>,
    pub(crate) kdf: KdfParams,
    pub(crate) classes: Classes,
}

impl Inner {
    pub(crate) fn now(&self) -> Timestamp {
        (self.clock)()
    }

    pub(crate) fn pin(&self) -> KeySource {
        self.current().header.pin.clone()
    }

    pub(crate) fn with_rng<T>(
        &self,
        draw: impl FnOnce(&mut (dyn CryptoRng + Send + 'static)) -> T,
    ) -> T {
        // A generator has no invariant that a panic elsewhere could have broken.
        draw(self.rng.lock().unwrap_or_else(PoisonError::into_inner).as_mut())
    }

    pub(crate) fn observe(&self, event: &Event<'_>) {
        if let Some(observer) = &self.observer {
            observer.observe(event);
        }
    }

    /// Tells the observer of a refusal and passes the result on.
    pub(crate) fn refused<T>(
        &self,
        attempt: Attempt,
        about: Option<(&Subject, Option<&Field>)>,
        result: Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        refused(self.observer.as_deref(), attempt, about, result)
    }

    pub(crate) fn read(
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
    pub(crate) fn find(
        &self,
        subject: &Subject,
        field: &Field,
    ) -> Result<Option<Opened>, VaultError> {
        let (id, record) = (self.names.subject(subject), self.names.record(subject, field));
        self.check_alive(id)?;
        let Some(contents) = self.open_present(id, record)? else { return Ok(None) };
        let Contents { generation, updated_at, value, .. } = contents;
        Ok(Some(Opened { generation, updated_at, value }))
    }

    /// Opens a record as it is now; `None` when it was never written.
    ///
    /// Another process may seal it under a new key and erase the old one between two steps here:
    /// what changed meanwhile is read again.
    pub(crate) fn open_present(
        &self,
        id: SubjectId,
        record: RecordId,
    ) -> Result<Option<Contents>, VaultError> {
        let mut sealed = self.store.record(id, record)?;
        for _ in 0..TRIES {
            let Some(bytes) = &sealed else { return Ok(None) };
            let error = match self.open(id, record, bytes) {
                Ok(contents) => return Ok(Some(contents)),
                Err(error) => self.settle(id, error),
            };
            let now = self.store.record(id, record)?;
            if !matches!(error, VaultError::Integrity { .. }) || now == sealed {
                return Err(error);
            }
            sealed = now;
        }
        Err(VaultError::RecordChanged { record })
    }

    /// Opens every record of every subject.
    pub(crate) fn list(&self) -> Result<Vec<Listed>, VaultError> {
        let mut listed = Vec::new();
        for id in self.store.subjects()? {
            if self.store.tombstone(id)?.is_some() {
                continue;
            }
            for record in self.store.records(id)? {
                // Whatever vanished since it was listed was destroyed; the next check says so.
                let contents = match self.open_present(id, record) {
                    Ok(Some(contents)) => contents,
                    Ok(None) | Err(VaultError::Destroyed { .. }) => continue,
                    Err(error) => return Err(error),
                };
                let Contents { generation, updated_at, subject, field, .. } = contents;
                listed.push(Listed { subject, field, record, generation, updated_at });
            }
        }
        listed.sort_unstable_by_key(|listed| listed.record);
        Ok(listed)
    }

    /// Seals the next state of a record. Returns the generation that it follows, and its bytes.
    pub(crate) fn seal(
        &self,
        subject: &Subject,
        field: &Field,
        value: &SecretBytes,
    ) -> Result<(Generation, Prefix, Vec<u8>), VaultError> {
        let (id, record) = (self.names.subject(subject), self.names.record(subject, field));
        let present =
            self.find(subject, field)?.map_or(Generation::ABSENT, |opened| opened.generation);
        let generation = present.next().ok_or(VaultError::Exhausted { record })?;
        let at = (generation, self.now());
        let (prefix, sealed) =
            self.seal_at(subject, field, value, at).map_err(|error| self.settle(id, error))?;
        Ok((present, prefix, sealed))
    }

    /// Seals a record of a given generation and time.
    pub(crate) fn seal_at(
        &self,
        subject: &Subject,
        field: &Field,
        value: &SecretBytes,
        (generation, updated_at): (Generation, Timestamp),
    ) -> Result<(Prefix, Vec<u8>), VaultError> {
        let (id, record) = (self.names.subject(subject), self.names.record(subject, field));
        let (key_number, key) = self.newest_key(subject, id)?;
        let suite = self.classes.of(field).suite();
        let prefix = Prefix { suite, key_number, generation, updated_at, subject: id, record };
        let sealed = self
            .with_rng(|rng| record::encode(self.id, &key, prefix, (subject, field), value, rng));
        Ok((prefix, sealed))
    }

    pub(crate) fn check_alive(&self, subject: SubjectId) -> Result<(), VaultError> {
        match self.store.tombstone(subject)? {
            Some(_) => Err(VaultError::Destroyed { subject }),
            None => Ok(()),
        }
    }

    /// A subject that is being destroyed loses its key first: what looks like damage may be that.
    pub(crate) fn settle(&self, subject: SubjectId, error: VaultError) -> VaultError {
        match error {
            VaultError::Integrity { .. } => self.check_alive(subject).err().unwrap_or(error),
            other => other,
        }
    }

    fn open(&self, id: SubjectId, record: RecordId, sealed: &[u8]) -> Result<Contents, VaultError> {
        record::open(self.id, &self.names, (id, record), sealed, |number| self.key(id, number))
    }
}

/// Tells an observer of a refusal and passes the result on.
pub(crate) fn refused<T>(
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
