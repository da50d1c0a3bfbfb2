//! Moving what older terms sealed to the active one.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use super::current::Current;
use super::inner::Inner;
use super::lease::SealedLease;
use super::rotation::Swept;
use crate::error::{Item, VaultError};
use crate::header::TermState;
use crate::name::SubjectId;
use crate::progress::{Walk, Watch};
use crate::store::KeyChange;
use crate::subject_key;
use crate::vault::Lease as _;

/// How many subjects are moved between two looks at the progress.
const BATCH: usize = 256;

/// How long a record is waited for: longer than a refresh of a token holds it.
const WAIT: Duration = Duration::from_mins(1);

/// How often what changes meanwhile is swept after.
const ROUNDS: u32 = 3;

/// Moves everything to the active term, counts what is left, and drops terms that nothing needs.
pub(super) fn run(vault: &Arc<Inner>, watch: Watch<'_>) -> Result<Swept, VaultError> {
    let mut sweep = Sweep { vault, swept: Swept::default(), skipped: BTreeSet::new() };
    sweep.swept.term = vault.reload()?.terms.active;
    let subjects = vault.store.subjects()?;
    let mut walk = Walk::new(subjects.len(), watch);
    for batch in subjects.chunks(BATCH) {
        sweep.batch(batch)?;
        walk.done(batch.len());
    }
    sweep.finish()
}

/// The keys that are not under the active term.
#[derive(Debug, Default)]
pub(super) struct Count {
    /// How many are under each older term, as they state.
    pub(super) left: BTreeMap<u32, usize>,
    /// Whose they are.
    behind: Vec<SubjectId>,
}

/// Counts the keys under each older term. A destroyed subject's, put back, count for nothing.
pub(super) fn count(vault: &Inner, active: u32) -> Result<Count, VaultError> {
    let mut count = Count::default();
    for id in vault.store.subjects()? {
        let mut behind = false;
        for number in vault.store.key_numbers(id)? {
            let Some(sealed) = vault.store.key(id, number)? else { continue };
            // What states no term at all needs, for all that is known, any of them.
            let term = subject_key::stated_term(&sealed).unwrap_or_default();
            if term != active && vault.store.tombstone(id)?.is_none() {
                *count.left.entry(term).or_default() += 1;
                behind = true;
            }
        }
        count.behind.extend(behind.then_some(id));
    }
    Ok(count)
}

struct Sweep<'a> {
    vault: &'a Arc<Inner>,
    swept: Swept,
    skipped: BTreeSet<SubjectId>,
}

/// What is to be done with a batch of subjects.
#[derive(Default)]
struct Plan {
    changes: Vec<KeyChange>,
    renew: BTreeSet<SubjectId>,
    unreadable: BTreeSet<SubjectId>,
}

impl Sweep<'_> {
    fn batch(&mut self, batch: &[SubjectId]) -> Result<(), VaultError> {
        let (plan, replaced) = self.vault.with_header(|current| {
            let plan = plan(self.vault, current, batch)?;
            let replaced = self.vault.store.replace_keys(&current.bytes, &plan.changes)?;
            Ok((plan, replaced))
        })?;
        self.swept.moved += replaced.into_iter().filter(|replaced| *replaced).count();
        for id in plan.renew {
            match renew(self.vault, id) {
                Ok(rewritten) => {
                    self.swept.renewed += 1;
                    self.swept.rewritten += rewritten;
                }
                Err(error) => self.skip(id, error)?,
            }
        }
        for id in plan.unreadable {
            self.skip(id, VaultError::KeyChanged { subject: id })?;
        }
        Ok(())
    }

    /// Goes on with the others when one subject is damaged or in use all the time.
    fn skip(&mut self, id: SubjectId, error: VaultError) -> Result<(), VaultError> {
        if self.vault.store.tombstone(id)?.is_some() {
            return Ok(());
        }
        match error {
            VaultError::Integrity { .. }
            | VaultError::Version { .. }
            | VaultError::Busy { .. }
            | VaultError::KeyChanged { .. }
            | VaultError::RecordChanged { .. } => {
                self.skipped.insert(id);
                Ok(())
            }
            error => Err(error),
        }
    }

    /// Counts what is left. A process that had not met the new term yet may have made keys under
    /// an old one before its store told it of the change: those are swept after.
    fn finish(mut self) -> Result<Swept, VaultError> {
        for _ in 0..ROUNDS {
            let count = count(self.vault, self.swept.term)?;
            self.swept.left = count.left;
            let is_new = |id: &SubjectId| !self.skipped.contains(id);
            let behind: Vec<_> = count.behind.into_iter().filter(is_new).collect();
            if behind.is_empty() {
                break;
            }
            self.batch(&behind)?;
        }
        self.swept.skipped = self.skipped.into_iter().collect();
        if self.swept.is_complete() {
            self.swept.dropped = drop_terms(self.vault, self.swept.term)?;
        }
        Ok(self.swept)
    }
}

fn plan(vault: &Inner, current: &Current, batch: &[SubjectId]) -> Result<Plan, VaultError> {
    let mut plan = Plan::default();
    for id in batch.iter().copied() {
        let numbers = vault.store.key_numbers(id)?;
        for number in numbers.iter().copied() {
            let fate =
                vault.try_key(id, number, |sealed| fate(vault, current, (id, number), sealed));
            match fate {
                Ok(None | Some(Fate::Stay)) => {}
                Ok(Some(Fate::Move(change))) => plan.changes.push(change),
                Ok(Some(Fate::Renew)) => {
                    plan.renew.insert(id);
                }
                // An older key that was half erased when a sweep was interrupted.
                Err(VaultError::Integrity { .. }) if numbers.last() != Some(&number) => {
                    plan.renew.insert(id);
                }
                Err(
                    VaultError::Integrity { .. }
                    | VaultError::Version { .. }
                    | VaultError::KeyChanged { .. },
                ) => {
                    plan.unreadable.insert(id);
                }
                Err(error) => return Err(error),
            }
        }
    }
    Ok(plan)
}

/// What is to become of a key.
enum Fate {
    /// The active term sealed it.
    Stay,
    Move(KeyChange),
    /// It may be known to others.
    Renew,
}

fn fate(
    vault: &Inner,
    current: &Current,
    (subject, number): (SubjectId, u32),
    sealed: &[u8],
) -> Result<Fate, VaultError> {
    Ok(match current.state_of(sealed) {
        Some(TermState::Active) => Fate::Stay,
        Some(TermState::Compromised) => Fate::Renew,
        Some(TermState::Retired) => {
            let key = vault.moved_key(current, subject, number, sealed)?;
            Fate::Move(KeyChange { subject, number, expected: sealed.to_vec(), key })
        }
        None => return Err(VaultError::integrity(Item::SubjectKey(subject), "it has no term")),
    })
}

/// Gives a subject a new key, seals its records anew and erases its old keys. Returns how many
/// records were sealed.
fn renew(vault: &Arc<Inner>, id: SubjectId) -> Result<usize, VaultError> {
    let mut rewritten = 0;
    for _ in 0..ROUNDS {
        let newest = vault.renewed_key(id)?;
        for record in vault.store.records(id)? {
            let Some(contents) = vault.open_present(id, record)? else { continue };
            if contents.key_number == newest {
                continue;
            }
            let lock = vault.store.lock(id, record, WAIT)?;
            let (subject, field) = (&contents.subject, &contents.field);
            let mut lease = SealedLease::new(Arc::clone(vault), subject, field, lock);
            if let Some(opened) = lease.read()? {
                lease.commit(&opened.value)?;
                rewritten += 1;
            }
        }
        let mut needed = false;
        for number in vault.store.key_numbers(id)?.into_iter().filter(|number| *number < newest) {
            needed |= !vault.store.drop_key(id, number)?;
        }
        if !needed {
            return Ok(rewritten);
        }
    }
    Err(VaultError::KeyChanged { subject: id })
}

/// Removes the terms that the count has found empty, if the header has not changed since.
fn drop_terms(vault: &Inner, active: u32) -> Result<Vec<u32>, VaultError> {
    let present = vault.reload()?;
    let older = |number: &u32| *number != active;
    let dropped: Vec<_> =
        present.header.terms.iter().map(|term| term.number).filter(older).collect();
    if present.header.active_term != active || dropped.is_empty() {
        return Ok(Vec::new());
    }
    let recount = count(vault, active)?;
    if !recount.left.is_empty() {
        return Ok(Vec::new());
    }
    let mut header = present.header.clone();
    header.terms.retain(|term| term.number == active);
    vault.put_header(&present, header)?;
    Ok(dropped)
}
