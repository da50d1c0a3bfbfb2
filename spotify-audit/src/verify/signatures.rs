//! Checking the signed statements of a log beside the walk over its lines.

use std::io;
use std::path::Path;

use serde::Serialize;
use thiserror::Error;

use super::{AnchorProblem, Verification};
use crate::checkpoint::{Checkpoint, Statement, Succession};
use crate::fold::{Epoch, Fold};
use crate::fs::{StorageError, failed};
use crate::line::ChainId;
use crate::note::{NoteError, PublicKey};
use crate::statements::{CHECKPOINTS, Statements};

/// What is wrong with a signed statement.
#[derive(Clone, Debug, Error, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum SignatureProblem {
    /// A statement cannot be read.
    #[error("a statement after the one about record {after} cannot be read: {problem}")]
    Unreadable {
        /// The record that the statement before it is about.
        after: u64,
        /// Why not.
        problem: String,
    },
    /// A statement is not signed by the key whose time it was.
    #[error("the statement about record {seq} is not signed by the key of that time")]
    NotSigned {
        /// The record.
        seq: u64,
    },
    /// A checkpoint is signed by a key, but it is of other lines.
    #[error("the first {size} records are not those that were signed")]
    OtherRecords {
        /// How many records it covers.
        size: u64,
    },
    /// A checkpoint covers records that are not there.
    #[error("the log was cut off: {size} records were signed, {records} are there")]
    CutOff {
        /// How many records were signed.
        size: u64,
        /// How many there are.
        records: u64,
    },
    /// A statement about a key does not fit the record that names the key.
    #[error("record {seq} does not name the key that is said to sign from there on")]
    OtherKey {
        /// The record.
        seq: u64,
    },
    /// Statements do not come in the order of the records.
    #[error("the statement about record {seq} stands behind one about record {after}")]
    OutOfOrder {
        /// The record.
        seq: u64,
        /// The record of the statement before it.
        after: u64,
    },
    /// A key signs that no key before it introduced, though one was handed over from before.
    #[error(
        "from record {seq} on a key signs that the given key did not lead to: it was lost and \
         renewed; have the new key handed over, and compare with an anchor of before"
    )]
    Renewed {
        /// The record that names the new key.
        seq: u64,
    },
    /// No good checkpoint leads to the key that was handed over.
    #[error("no checkpoint is signed by the given key or one that follows it")]
    NotByKey,
}

/// The statements of a log, checked one after the other.
#[derive(Debug)]
pub(super) struct Signatures<'a> {
    asked: &'a Verification,
    statements: Option<Statements>,
    next: Option<Statement>,
    /// The record that the last statement is about.
    after: u64,
    /// The key that signs now, and the first record of its time.
    current: Option<Succession>,
    /// All keys so far: there are few.
    keys: Vec<PublicKey>,
    /// Whether the key that was handed over has come.
    trusted: bool,
    /// The anchors that are still to come, the smallest last.
    anchors: Vec<Checkpoint>,
    pub(super) signed: Option<u64>,
    pub(super) problem: Option<SignatureProblem>,
    pub(super) anchor_problem: Option<AnchorProblem>,
    /// The sizes of anchors that could not be compared.
    pub(super) passed: Vec<u64>,
    /// The records that name keys which no key before introduced.
    pub(super) renewed: Vec<u64>,
}

impl<'a> Signatures<'a> {
    /// Starts before the first statement about a record after `seq`.
    pub(super) fn open(asked: &'a Verification, directory: &Path) -> Result<Self, StorageError> {
        let statements = if asked.chain_only { None } else { Statements::open(directory)? };
        let mut anchors = asked.anchors.clone();
        anchors.sort_by_key(|anchor| std::cmp::Reverse(anchor.size));
        let mut signatures = Self {
            asked,
            statements,
            next: None,
            after: 0,
            current: None,
            keys: Vec::new(),
            trusted: asked.key.is_none(),
            anchors,
            signed: None,
            problem: None,
            anchor_problem: None,
            passed: Vec::new(),
            renewed: Vec::new(),
        };
        signatures.advance().map_err(failed("read", &directory.join(CHECKPOINTS)))?;
        Ok(signatures)
    }

    /// Whether anything needs the tree over the lines.
    pub(super) fn need_tree(&self) -> bool {
        self.next.is_some() || !self.anchors.is_empty()
    }

    /// Takes in what is said about records before the first one that is walked.
    pub(super) fn skip_before(&mut self, first: u64, chain: &ChainId) -> io::Result<()> {
        while self.next.as_ref().is_some_and(|next| next.seq() < first) {
            if let Some(Statement::Succession(next)) = self.next.take() {
                self.succeed(next, None, chain);
            }
            self.advance()?;
        }
        while let Some(anchor) = self.anchors.pop_if(|anchor| anchor.size < first) {
            self.passed.push(anchor.size);
        }
        Ok(())
    }

    /// Compares what is said about a record with the log up to it.
    pub(super) fn pass(&mut self, seq: u64, fold: &Fold, chain: &ChainId) -> io::Result<()> {
        while self.problem.is_none() && self.next.as_ref().is_some_and(|next| next.seq() <= seq) {
            match self.next.take() {
                Some(Statement::Succession(next)) => self.succeed(next, Some(fold), chain),
                Some(Statement::Checkpoint(checkpoint)) => self.check(&checkpoint, fold, chain),
                None => {}
            }
            self.advance()?;
        }
        while let Some(anchor) = self.anchors.pop_if(|anchor| anchor.size <= seq) {
            let (size, origin) = (anchor.size, anchor.origin.clone());
            let problem = if origin != crate::checkpoint::origin(chain) {
                AnchorProblem::OtherLog { origin }
            } else if size != seq || anchor.root != fold.tree.root() {
                AnchorProblem::OtherRecords { size }
            } else if !self.keys.iter().chain(&self.asked.key).any(|key| anchor.signed_by(key)) {
                AnchorProblem::NotSigned { size }
            } else {
                continue;
            };
            self.anchor_problem.get_or_insert(problem);
        }
        Ok(())
    }

    /// Looks at what is left after the last record.
    pub(super) fn finish(&mut self, last: u64, whole: bool, chain: &ChainId) {
        if whole {
            if let (None, Some(next)) = (&self.problem, &self.next) {
                self.problem = Some(SignatureProblem::CutOff { size: next.seq(), records: last });
            }
            if let Some(anchor) = self.anchors.pop() {
                let (anchored, origin) = (anchor.size, anchor.origin);
                self.anchor_problem.get_or_insert(if origin == crate::checkpoint::origin(chain) {
                    AnchorProblem::CutOff { anchored, records: last }
                } else {
                    AnchorProblem::OtherLog { origin }
                });
            }
        } else {
            self.passed.extend(self.anchors.drain(..).map(|anchor| anchor.size));
        }
        if self.asked.key.is_some() && self.signed.is_none() && !self.asked.chain_only {
            self.problem.get_or_insert(SignatureProblem::NotByKey);
        }
    }

    fn advance(&mut self) -> io::Result<()> {
        let Some(statements) = self.statements.as_mut().filter(|_| self.problem.is_none()) else {
            return Ok(());
        };
        match statements.next_statement()? {
            None => self.next = None,
            Some(Ok(next)) if next.seq() < self.after => {
                self.problem =
                    Some(SignatureProblem::OutOfOrder { seq: next.seq(), after: self.after });
            }
            Some(Ok(next)) => {
                self.after = next.seq();
                self.next = Some(next);
            }
            Some(Err(problem)) => self.problem = Some(unreadable(self.after, problem)),
        }
        Ok(())
    }

    /// `fold` is absent where the record that names the key is not walked.
    fn succeed(&mut self, next: Succession, fold: Option<&Fold>, chain: &ChainId) {
        let by = match &self.current {
            Some(current) if !next.renewed => &current.key,
            _ => &next.key,
        };
        let in_turn = self.current.as_ref().is_none_or(|current| next.epoch > current.epoch);
        if !next.note.signed_by(by) || !in_turn || !next.is_of(chain) {
            self.problem = Some(SignatureProblem::NotSigned { seq: next.from });
            return;
        }
        let named = |fold: &Fold| {
            let fits =
                |epoch: &Epoch| epoch.key == next.key.to_hex() && epoch.renewed == next.renewed;
            fold.epoch.as_ref().is_some_and(fits)
        };
        if fold.is_some_and(|fold| fold.tree.size() == next.from && !named(fold)) {
            self.problem = Some(SignatureProblem::OtherKey { seq: next.from });
            return;
        }
        let given = self.asked.key.as_ref() == Some(&next.key);
        if next.renewed {
            self.renewed.push(next.from);
            if self.asked.key.is_some() && self.trusted && !given {
                self.problem = Some(SignatureProblem::Renewed { seq: next.from });
                return;
            }
        }
        self.trusted |= given;
        self.keys.push(next.key.clone());
        self.current = Some(next);
    }

    fn check(&mut self, checkpoint: &Checkpoint, fold: &Fold, chain: &ChainId) {
        let size = checkpoint.size;
        let of_time = self
            .current
            .as_ref()
            .is_some_and(|current| size >= current.from && checkpoint.signed_by(&current.key));
        if !of_time || checkpoint.origin != crate::checkpoint::origin(chain) {
            self.problem = Some(SignatureProblem::NotSigned { seq: size });
        } else if fold.tree.size() != size || checkpoint.root != fold.tree.root() {
            self.problem = Some(SignatureProblem::OtherRecords { size });
        } else if self.trusted {
            self.signed = Some(size);
        }
    }
}

fn unreadable(after: u64, problem: NoteError) -> SignatureProblem {
    SignatureProblem::Unreadable { after, problem: problem.to_string() }
}
