//! The lock of one record of a sealed vault.

use std::sync::Arc;

use super::inner::Inner;
use crate::error::VaultError;
use crate::name::{Field, Generation, Subject};
use crate::observer::{Attempt, Event};
use crate::record::{self, MAX_VALUE, Prefix};
use crate::secret::SecretBytes;
use crate::store::{Expected, RecordLock};
use crate::vault::{Lease, Opened};

/// How often a commit seals anew because the subject's key was replaced meanwhile.
const TRIES: u32 = 3;

pub(super) struct SealedLease {
    vault: Arc<Inner>,
    subject: Subject,
    field: Field,
    lock: Box<dyn RecordLock>,
}

impl SealedLease {
    pub(super) fn new(
        vault: Arc<Inner>,
        subject: &Subject,
        field: &Field,
        lock: Box<dyn RecordLock>,
    ) -> Self {
        Self { vault, subject: subject.clone(), field: field.clone(), lock }
    }

    fn try_commit(&mut self, value: &SecretBytes) -> Result<Generation, VaultError> {
        check_len(value.expose().len())?;
        let prefix = self.put(value)?;
        let (generation, record) = (prefix.generation, prefix.record);
        let (subject, field) = (&self.subject, &self.field);
        self.vault.observe(&Event::Written { subject, field, record, generation });
        Ok(generation)
    }

    /// Seals and puts the record, once more when its key was replaced between the two.
    fn put(&mut self, value: &SecretBytes) -> Result<Prefix, VaultError> {
        let mut tries = 0;
        loop {
            let (present, prefix, sealed) = self.vault.seal(&self.subject, &self.field, value)?;
            match self.lock.put(Expected::Generation(present), &sealed) {
                Err(VaultError::KeyChanged { .. }) if tries < TRIES => tries += 1,
                result => return result.map(|()| prefix),
            }
        }
    }
}

impl Lease for SealedLease {
    fn read(&self) -> Result<Option<Opened>, VaultError> {
        self.vault.read(&self.subject, &self.field)
    }

    fn prepare(&mut self, capacity: usize) -> Result<(), VaultError> {
        // The first write of a subject needs room for its key as well.
        let prepared = check_len(capacity)
            .and_then(|()| self.vault.prepare_key(&self.subject))
            .and_then(|()| self.lock.prepare(record::sealed_len(capacity)));
        let about = Some((&self.subject, Some(&self.field)));
        self.vault.refused(Attempt::Prepare, about, prepared)
    }

    fn commit(&mut self, value: &SecretBytes) -> Result<Generation, VaultError> {
        let committed = self.try_commit(value);
        let about = Some((&self.subject, Some(&self.field)));
        self.vault.refused(Attempt::Write, about, committed)
    }
}

fn check_len(len: usize) -> Result<(), VaultError> {
    if len <= MAX_VALUE { Ok(()) } else { Err(VaultError::TooLarge { len, most: MAX_VALUE }) }
}
