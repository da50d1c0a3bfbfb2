//! Opening everything, and comparing it with what is known from elsewhere.

use std::collections::BTreeMap;

use serde::Serialize;

use super::SealedVault;
use crate::error::{Item, VaultError};
use crate::name::{Generation, RecordId, SubjectId};
use crate::observer::Attempt;
use crate::progress::{Walk, Watch};

/// What a look at every record has found.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Verified {
    /// How many records open.
    pub records: usize,
    /// How many subjects are destroyed.
    pub destroyed: usize,
    /// What does not open, each as one sentence.
    pub damaged: Vec<String>,
    /// Records that are older here than the newest that is known: an old file was put back.
    pub older: Vec<Difference>,
    /// Records that are newer here than the newest that is known: a write left no trace there.
    pub newer: Vec<Difference>,
    /// Records that are known and not here. Leave those of destroyed subjects out of what is given.
    pub missing: Vec<RecordId>,
}

/// A record whose generation is not the one that is known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Difference {
    /// The record.
    pub record: RecordId,
    /// Its generation here.
    pub here: Generation,
    /// The newest that is known; [`Generation::ABSENT`] when none is.
    pub known: Generation,
}

impl Verified {
    /// Whether nothing was found.
    pub fn is_sound(&self) -> bool {
        self.damaged.is_empty()
            && self.older.is_empty()
            && self.newer.is_empty()
            && self.missing.is_empty()
    }
}

impl SealedVault {
    /// Opens every key and record. Damage is among what is found, not an error.
    ///
    /// # Errors
    /// Whatever keeps the store from answering.
    pub fn verify(&self, watch: Watch<'_>) -> Result<Verified, VaultError> {
        let walked = self.walk(watch).map(|(verified, _)| verified);
        self.inner.refused(Attempt::Read, None, walked)
    }

    /// As [`SealedVault::verify`], and compares each record with the newest generation of it that
    /// `known` names. It may name a record more than once.
    ///
    /// # Errors
    /// As [`SealedVault::verify`].
    pub fn verify_against(
        &self,
        known: impl IntoIterator<Item = (RecordId, Generation)>,
        watch: Watch<'_>,
    ) -> Result<Verified, VaultError> {
        let mut newest = BTreeMap::<RecordId, Generation>::new();
        for (record, generation) in known {
            let entry = newest.entry(record).or_insert(Generation::ABSENT);
            *entry = generation.max(*entry);
        }
        let walked = self.walk(watch);
        let (mut verified, found) = self.inner.refused(Attempt::Read, None, walked)?;
        for (record, here) in &found {
            let (record, here) = (*record, *here);
            let known = newest.get(&record).copied().unwrap_or(Generation::ABSENT);
            let difference = Difference { record, here, known };
            match here.cmp(&known) {
                std::cmp::Ordering::Less => verified.older.push(difference),
                std::cmp::Ordering::Equal => {}
                std::cmp::Ordering::Greater => verified.newer.push(difference),
            }
        }
        let absent = newest.into_keys().filter(|record| !found.contains_key(record));
        verified.missing = absent.collect();
        Ok(verified)
    }

    fn walk(
        &self,
        watch: Watch<'_>,
    ) -> Result<(Verified, BTreeMap<RecordId, Generation>), VaultError> {
        let store = self.inner.store.as_ref();
        let (mut verified, mut found) = (Verified::default(), BTreeMap::new());
        let subjects = store.subjects()?;
        let mut walk = Walk::new(subjects.len(), watch);
        for id in subjects {
            if store.tombstone(id)?.is_some() {
                verified.destroyed += 1;
            } else {
                self.subject(id, &mut verified, &mut found)?;
            }
            walk.done(1);
        }
        Ok((verified, found))
    }

    fn subject(
        &self,
        id: SubjectId,
        verified: &mut Verified,
        found: &mut BTreeMap<RecordId, Generation>,
    ) -> Result<(), VaultError> {
        let inner = &self.inner;
        // A record that is under an older key shows for itself whether that is sound.
        if let Some(number) = inner.store.key_numbers(id)?.pop() {
            let key = inner.key(id, number).map_err(|error| inner.settle(id, error));
            verified
                .damaged
                .extend(key.err().map(|error| damage(id, error)).transpose()?.flatten());
        }
        for record in inner.store.records(id)? {
            match inner.open_present(id, record) {
                Ok(Some(contents)) => {
                    verified.records += 1;
                    found.insert(record, contents.generation);
                }
                Ok(None) => {}
                Err(error) => verified.damaged.extend(damage(id, error)?),
            }
        }
        Ok(())
    }
}

/// Says damage in a sentence; an outage stays an error, and what was destroyed meanwhile is none.
pub(super) fn damage(id: SubjectId, error: VaultError) -> Result<Option<String>, VaultError> {
    let subject = Item::Subject(id);
    match error {
        VaultError::Integrity { item, problem } if item == Item::SubjectKey(id) => {
            Ok(Some(format!("{item}: {problem}")))
        }
        VaultError::Integrity { item, problem } => {
            Ok(Some(format!("{item} of {subject}: {problem}")))
        }
        VaultError::Version { item, .. } => {
            Ok(Some(format!("{item} of {subject}: a newer format")))
        }
        VaultError::Destroyed { .. } => Ok(None),
        error => Err(error),
    }
}
