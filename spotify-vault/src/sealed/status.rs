//! The facts of a vault, for a table or for JSON. No secret is among them.

use std::collections::BTreeMap;

use jiff::{SignedDuration, Timestamp};
use serde::Serialize;

use super::SealedVault;
use super::inner::Inner;
use super::verify::damage;
use crate::class::{Class, Suite};
use crate::error::VaultError;
use crate::header::TermState;
use crate::key_source::KeySource;
use crate::name::{SubjectId, VaultId};
use crate::progress::{Walk, Watch};
use crate::slot::{Kdf, Role};
use crate::subject_key;

/// What a vault is made of and how old its keys are.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct Status {
    /// Names the vault.
    pub vault: VaultId,
    /// When it was made.
    pub created_at: Timestamp,
    /// How often its header was written.
    pub epoch: u64,
    /// The source of its key.
    pub pin: KeySource,
    /// Who can unlock it.
    pub slots: Vec<SlotStatus>,
    /// Its terms, from the oldest to the active one.
    pub terms: Vec<TermStatus>,
    /// How many subjects have records or a key.
    pub subjects: usize,
    /// How many subjects were destroyed.
    pub destroyed: usize,
    /// Its records by class, from the least sensitive to the most.
    pub classes: Vec<ClassStatus>,
    /// What does not open.
    pub damaged: Vec<String>,
}

/// One way to unlock a vault.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct SlotStatus {
    /// Its number.
    pub id: u32,
    /// `primary` or `recovery`.
    pub role: &'static str,
    /// How its key is derived, such as `argon2id,m=65536,t=3,p=1`.
    pub kdf: String,
    /// When it was made.
    pub created_at: Timestamp,
}

/// One term.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct TermStatus {
    /// Its number.
    pub term: u32,
    /// `active`, `retired` or `compromised`.
    pub state: &'static str,
    /// When it began.
    pub created_at: Timestamp,
    /// How many subjects' keys it seals.
    pub keys: usize,
    /// How many records those keys seal.
    pub records: usize,
}

/// The records of one class.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[non_exhaustive]
pub struct ClassStatus {
    /// The class.
    pub class: Class,
    /// What seals it.
    pub suite: Suite,
    /// How old the term may be that protects it, in seconds.
    #[serde(serialize_with = "seconds", rename = "rotate_after_s")]
    pub rotate_after: SignedDuration,
    /// How many records it has.
    pub records: usize,
    /// How many of them are under a term that is older.
    pub due: usize,
    /// When the one was written that was not written for the longest time.
    pub oldest: Option<Timestamp>,
}

impl Status {
    /// Whether a rotation that began has not moved everything.
    pub fn is_rotating(&self) -> bool {
        self.terms.len() > 1
    }

    /// Whether a class's keys are older than they may be.
    pub fn is_due(&self) -> bool {
        self.classes.iter().any(|class| class.due > 0)
    }
}

impl SealedVault {
    /// Looks at the whole vault. Damage is among the facts, not an error.
    ///
    /// # Errors
    /// Whatever keeps the store from answering.
    pub fn status(&self, watch: Watch<'_>) -> Result<Status, VaultError> {
        let inner = &self.inner;
        let current = inner.reload()?;
        let header = &current.header;
        let mut facts = Facts::new(inner);
        let subjects = inner.store.subjects()?;
        let mut walk = Walk::new(subjects.len(), watch);
        for id in subjects {
            facts.subject(id)?;
            walk.done(1);
        }
        let slots = header.slots.iter().map(|slot| SlotStatus {
            id: slot.id,
            role: match slot.role {
                Role::Primary => "primary",
                Role::Recovery => "recovery",
            },
            kdf: Kdf::describe(slot.kdf),
            created_at: slot.created_at,
        });
        let mut terms: Vec<_> = (header.terms.iter())
            .map(|term| {
                let (keys, records) = facts.terms.get(&term.number).copied().unwrap_or_default();
                let state = match term.state {
                    TermState::Active => "active",
                    TermState::Retired => "retired",
                    TermState::Compromised => "compromised",
                };
                TermStatus { term: term.number, state, created_at: term.created_at, keys, records }
            })
            .collect();
        terms.sort_unstable_by_key(|term| term.term);
        Ok(Status {
            vault: inner.id,
            created_at: header.created_at,
            epoch: header.epoch,
            pin: header.pin.clone(),
            slots: slots.collect(),
            terms,
            subjects: facts.subjects,
            destroyed: facts.destroyed,
            classes: facts.classes,
            damaged: facts.damaged,
        })
    }
}

/// What a walk over the subjects has found so far.
struct Facts<'a> {
    vault: &'a Inner,
    now: Timestamp,
    subjects: usize,
    destroyed: usize,
    /// Keys and records of each term.
    terms: BTreeMap<u32, (usize, usize)>,
    classes: Vec<ClassStatus>,
    damaged: Vec<String>,
}

impl<'a> Facts<'a> {
    fn new(vault: &'a Inner) -> Self {
        let class = |class: Class| ClassStatus {
            class,
            suite: class.suite(),
            rotate_after: class.rotate_after(),
            records: 0,
            due: 0,
            oldest: None,
        };
        Self {
            vault,
            now: vault.now(),
            subjects: 0,
            destroyed: 0,
            terms: BTreeMap::new(),
            classes: Class::ALL.map(class).into(),
            damaged: Vec::new(),
        }
    }

    fn subject(&mut self, id: SubjectId) -> Result<(), VaultError> {
        if self.vault.store.tombstone(id)?.is_some() {
            self.destroyed += 1;
            return Ok(());
        }
        self.subjects += 1;
        let mut terms = BTreeMap::new();
        for number in self.vault.store.key_numbers(id)? {
            let Some(sealed) = self.vault.store.key(id, number)? else { continue };
            let term = subject_key::stated_term(&sealed).unwrap_or_default();
            terms.insert(number, term);
            self.terms.entry(term).or_default().0 += 1;
        }
        if let Some((number, _)) = terms.last_key_value()
            && let Err(error) = self.vault.key(id, *number)
        {
            self.damaged.extend(damage(id, error)?);
        }
        for record in self.vault.store.records(id)? {
            let contents = match self.vault.open_present(id, record) {
                Ok(Some(contents)) => contents,
                Ok(None) => continue,
                Err(error) => {
                    self.damaged.extend(damage(id, error)?);
                    continue;
                }
            };
            let term = terms.get(&contents.key_number).copied().unwrap_or_default();
            self.terms.entry(term).or_default().1 += 1;
            self.count(self.vault.classes.of(&contents.field), term, contents.updated_at);
        }
        Ok(())
    }

    fn count(&mut self, class: Class, term: u32, updated_at: Timestamp) {
        let current = self.vault.current();
        let began = current.header.terms.iter().find(|found| found.number == term);
        let age = began.map(|term| self.now.duration_since(term.created_at));
        let counted = self.classes.iter_mut().find(|counted| counted.class == class);
        let Some(counted) = counted else { return };
        counted.records += 1;
        counted.due += usize::from(age.is_none_or(|age| age > counted.rotate_after));
        counted.oldest = Some(counted.oldest.map_or(updated_at, |oldest| oldest.min(updated_at)));
    }
}

fn seconds<S: serde::Serializer>(
    duration: &SignedDuration,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    serializer.serialize_i64(duration.as_secs())
}
