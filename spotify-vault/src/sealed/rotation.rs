//! Replacing data keys: a new term, and moving what older terms sealed.
//!
//! Who can unlock is another matter; see [`SealedVault::rekey`].

use std::collections::BTreeMap;

use serde::Serialize;

use super::SealedVault;
use super::sweep::{self, Count};
use crate::error::VaultError;
use crate::header::TermState;
use crate::name::SubjectId;
use crate::observer::{Attempt, Event};
use crate::progress::Watch;

/// What becomes of what older terms sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rotation {
    /// It stays until it is written next. Only the header changes.
    NextWrite,
    /// Every subject's key is sealed under the new term. No record is touched.
    Sweep,
    /// Every subject gets a new key and every record is sealed anew, because an old key may be
    /// known to others.
    Compromised,
}

/// What a sweep did and what it left.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Swept {
    /// The active term.
    pub term: u32,
    /// How many subjects' keys were moved to it as they are.
    pub moved: usize,
    /// How many subjects got a new key.
    pub renewed: usize,
    /// How many records were sealed anew.
    pub rewritten: usize,
    /// How many keys are still under each older term, counted after the sweep.
    pub left: BTreeMap<u32, usize>,
    /// Subjects whose key or records do not open, or were in use all the time.
    pub skipped: Vec<SubjectId>,
    /// Terms that nothing needed any more and that are gone.
    pub dropped: Vec<u32>,
}

impl Swept {
    /// Whether nothing is left under an older term.
    pub fn is_complete(&self) -> bool {
        self.left.is_empty() && self.skipped.is_empty()
    }
}

impl SealedVault {
    /// Begins a new term for data keys and moves what older ones sealed, as far as `rotation` says.
    ///
    /// An old term is dropped once a count finds nothing under it. What is interrupted is finished
    /// by [`SealedVault::sweep`]; until then every record opens as before.
    ///
    /// # Security
    /// After [`Rotation::Compromised`] a copy of an old term's, subject's or content key opens no
    /// present record. It does not help against a copy of the vault's own key or of a primary key
    /// with its header: then move to a new vault. Copies of old files stay readable to their
    /// holder in any case.
    ///
    /// # Errors
    /// [`VaultError::HeaderChanged`], [`VaultError::Busy`], [`VaultError::Storage`].
    pub fn rotate(&self, rotation: Rotation, watch: Watch<'_>) -> Result<Swept, VaultError> {
        let begun = self.begin_term(rotation);
        let term = self.inner.refused(Attempt::Rotate, None, begun)?;
        if rotation == Rotation::NextWrite {
            let Count { left, .. } = sweep::count(&self.inner, term)?;
            return Ok(Swept { term, left, ..Swept::default() });
        }
        self.sweep(watch)
    }

    /// Moves everything to the active term that is not there yet, and drops the terms that nothing
    /// needs any more. What a term was replaced for is kept in the header, so an interrupted
    /// [`Rotation::Compromised`] goes on as one.
    ///
    /// # Errors
    /// As [`SealedVault::rotate`].
    pub fn sweep(&self, watch: Watch<'_>) -> Result<Swept, VaultError> {
        let swept = sweep::run(&self.inner, watch);
        let swept = self.inner.refused(Attempt::Rotate, None, swept)?;
        self.inner.observe(&Event::Swept { vault: self.inner.id, swept: &swept });
        Ok(swept)
    }

    fn begin_term(&self, rotation: Rotation) -> Result<u32, VaultError> {
        let inner = &self.inner;
        let state = match rotation {
            Rotation::NextWrite | Rotation::Sweep => TermState::Retired,
            Rotation::Compromised => TermState::Compromised,
        };
        let now = inner.now();
        let (term, epoch) = inner.change_header(|header| {
            inner.with_rng(|rng| header.begin_term(state, now, &inner.vault_key, rng))
        })?;
        let compromised = state == TermState::Compromised;
        inner.observe(&Event::Rotated { vault: inner.id, term, epoch, compromised });
        Ok(term)
    }
}
