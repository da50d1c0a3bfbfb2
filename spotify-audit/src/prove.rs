//! Making the proof of a record.

use std::path::{Path, PathBuf};

use thiserror::Error;

use crate::checkpoint::{Checkpoint, Statement};
use crate::entry::Opening;
use crate::fs::{Snapshot, StorageError, Wait, failed};
use crate::line::MAX_LINE;
use crate::proof::Proof;
use crate::statements::Statements;
use crate::tree::{Prover, leaf};

/// A proof that could not be made.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ProveError {
    /// The log's files cannot be used.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// There is no log.
    #[error("prove a record: there is no log in {}", .0.display())]
    NoLog(PathBuf),
    /// No checkpoint covers the record.
    #[error("prove record {0}: no checkpoint covers it yet")]
    NotSigned(u64),
    /// The record is not in the log: it was removed, or never there.
    #[error("prove record {0}: it is not in the log")]
    Absent(u64),
}

/// Makes the proof of a record against the newest checkpoint, and returns the record's line too.
///
/// Reads the log from its first line to the checkpoint, in memory that does not grow with it.
/// Nothing is verified on the way: whoever gets the proof checks it with [`Proof::proves`].
///
/// # Errors
/// See [`ProveError`].
pub fn prove(directory: &Path, seq: u64) -> Result<(Proof, String), ProveError> {
    let snapshot = Snapshot::open(directory, Wait::No)?
        .ok_or_else(|| ProveError::NoLog(directory.to_owned()))?;
    let checkpoint = newest(directory)?
        .filter(|checkpoint| checkpoint.size() >= seq)
        .ok_or(ProveError::NotSigned(seq))?;
    let absent = || ProveError::Absent(seq);
    let (mut prover, mut found, mut number) = (None::<Prover>, None, 0);
    for segment in snapshot.sealed.iter().chain([&snapshot.last]) {
        let mut lines = segment.lines()?;
        let read = || failed("read", &segment.path);
        while let Some(line) = lines.next_line().map_err(read())?.filter(|line| line.finished) {
            let mut current = if let Some(prover) = prover.take() {
                prover
            } else {
                let opening = Opening::parse(line.bytes).map_err(|_| absent())?;
                number = opening.size;
                let index = seq.checked_sub(1).filter(|index| *index >= number);
                Prover::new(index.ok_or_else(absent)?, checkpoint.size, &opening.fold.tree)
                    .ok_or_else(absent)?
            };
            number += 1;
            if number == seq && line.bytes.len() <= MAX_LINE {
                found = Some(String::from_utf8_lossy(line.bytes).into_owned());
            }
            if number <= checkpoint.size {
                current.push(leaf(line.bytes));
            }
            prover = Some(current);
        }
    }
    let hashes = prover.and_then(Prover::finish).ok_or_else(absent)?;
    Ok((Proof { seq, hashes, checkpoint }, found.ok_or_else(absent)?))
}

/// Returns the last checkpoint of a log. `None` when it has none.
///
/// # Errors
/// When the file of checkpoints cannot be read.
pub fn newest(directory: &Path) -> Result<Option<Checkpoint>, StorageError> {
    let Some(mut statements) = Statements::open(directory)? else { return Ok(None) };
    let mut newest = None;
    while let Some(statement) = statements.next_statement().map_err(failed("read", directory))? {
        if let Ok(Statement::Checkpoint(checkpoint)) = statement {
            newest = Some(checkpoint);
        }
    }
    Ok(newest)
}
