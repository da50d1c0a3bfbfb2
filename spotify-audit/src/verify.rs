//! Walking the chain from its first line and naming the first that is bad.

mod signatures;
mod walk;

use std::fmt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;
use thiserror::Error;

pub use self::signatures::SignatureProblem;
use self::walk::Walk;
use crate::checkpoint::Checkpoint;
use crate::fs::StorageError;
use crate::line::Hash;
use crate::note::PublicKey;
use crate::problem::{Defect, Problem};

/// How many warnings a report writes out; [`Report::warning_count`] counts all.
const MAX_WARNINGS: usize = 100;

/// Walks the chain of the log in a directory and checks its signatures.
///
/// Memory use does not grow with the log. Writers wait only while the log's length is taken; what
/// they append later is not looked at.
///
/// # Errors
/// When there is no log or it cannot be read. A log that is damaged is a [`Report`].
///
/// # Security
/// Without a key that was handed over apart from the log, and without an anchor, two things do not
/// show: see the crate's documentation. [`Verification`] takes both.
pub fn verify(directory: &Path) -> Result<Report, VerifyError> {
    Verification::new().run(directory)
}

/// What to check, and against what.
///
/// ```no_run
/// use spotify_audit::{Checkpoint, PublicKey, Verification};
/// # let (key, saved) = ("", "");
/// let report = Verification::new()
///     .key(PublicKey::parse(key)?)
///     .anchor(Checkpoint::parse(saved)?)
///     .run("audit".as_ref())?;
/// assert_eq!(report.status().exit_code(), 0);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Verification {
    key: Option<PublicKey>,
    anchors: Vec<Checkpoint>,
    from: Option<u64>,
    to: Option<u64>,
    chain_only: bool,
}

impl Verification {
    /// Checks everything, against nothing from outside the log.
    pub fn new() -> Self {
        Self::default()
    }

    /// Trusts the checkpoints that this key signed, and those of its successors. A log that none
    /// of them signed is [`Status::BadSignature`].
    #[must_use]
    pub fn key(mut self, key: PublicKey) -> Self {
        self.key = Some(key);
        self
    }

    /// Compares with a checkpoint that was kept out of the writer's reach.
    #[must_use]
    pub fn anchor(mut self, anchor: Checkpoint) -> Self {
        self.anchors.push(anchor);
        self
    }

    /// Begins at the segment that has this record. What stands before it is taken as its opening
    /// says, which the signatures over later records confirm.
    #[must_use]
    pub fn from(mut self, seq: u64) -> Self {
        self.from = Some(seq);
        self
    }

    /// Ends after this record.
    #[must_use]
    pub fn to(mut self, seq: u64) -> Self {
        self.to = Some(seq);
        self
    }

    /// Leaves out tree and signatures, which takes about half the time.
    #[must_use]
    pub fn chain_only(mut self) -> Self {
        self.chain_only = true;
        self
    }

    /// Verifies a log.
    ///
    /// # Errors
    /// When there is no log or it cannot be read. A log that is damaged is a [`Report`].
    pub fn run(&self, directory: &Path) -> Result<Report, VerifyError> {
        Walk::run(self, directory)
    }
}

/// A log that could not be verified at all.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// Its files cannot be used.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// There is none.
    #[error("verify the log: there is none in {}", .0.display())]
    NoLog(PathBuf),
}

/// What [`verify()`] found.
#[derive(Clone, Debug, Serialize)]
#[non_exhaustive]
pub struct Report {
    /// The file that was walked, the last of them.
    pub file: PathBuf,
    /// The name of the chain.
    pub chain: Option<String>,
    /// The number of the first record that was looked at: 1, unless older ones were removed by
    /// the retention or a range was asked for.
    pub first: u64,
    /// How many records are sound, from that one on.
    pub records: u64,
    /// The last record that a good checkpoint covers. All before it are covered, too.
    pub signed: Option<u64>,
    /// The hash of the last sound record: what to compare with an anchor kept elsewhere.
    pub head: Option<Hash>,
    /// The time of the last sound record.
    pub head_time: Option<Timestamp>,
    /// The first bad line. Nothing from there on can be trusted.
    pub first_bad: Option<Problem>,
    /// The first thing that is wrong with a signature.
    pub bad_signature: Option<SignatureProblem>,
    /// The first anchor that does not fit.
    pub bad_anchor: Option<AnchorProblem>,
    /// An unfinished last line, which the next writer sets aside.
    pub torn: Option<Problem>,
    /// Things to look at, the first hundred.
    pub warnings: Vec<Warning>,
    /// How many warnings there are.
    pub warning_count: u64,
    /// Whether a wall clock was seen to go back, or the clocks do not fit.
    pub clock_anomaly: bool,
}

/// Something to look at that breaks no chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Warning {
    /// The wall clock went back.
    ClockWentBack {
        /// The record after the step.
        seq: u64,
        /// By how much, in microseconds.
        by_us: u64,
    },
    /// The clocks moved against each other, and no `log.clock` record says so.
    ClocksDisagree {
        /// The record after the step.
        seq: u64,
        /// By how much the wall clock moved against the boot-time clock, in microseconds.
        by_us: i64,
    },
    /// An anchor is of a part of the log that was removed or not looked at.
    AnchorNotChecked {
        /// How many records it covers.
        size: u64,
    },
    /// A key signs that no key before it introduced.
    KeyRenewed {
        /// The record that names it and says why.
        seq: u64,
    },
    /// A file of torn bytes is there that no record notes.
    TornNotNoted {
        /// The name of the file.
        file: String,
    },
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::ClockWentBack { seq, by_us } => {
                write!(f, "the wall clock went back by {by_us} µs before record {seq}")
            }
            Self::ClocksDisagree { seq, by_us } => write!(
                f,
                "wall clock and boot-time clock moved apart by {by_us} µs before record {seq}"
            ),
            Self::AnchorNotChecked { size } => {
                write!(f, "the anchor over {size} records was not compared: they were not read")
            }
            Self::KeyRenewed { seq } => write!(
                f,
                "from record {seq} on a key signs that no key before introduced: only an anchor \
                 kept elsewhere tells whether what came before is as it was"
            ),
            Self::TornNotNoted { file } => {
                write!(f, "no record of the log notes the file {file}")
            }
        }
    }
}

/// The verdict on a log, with the exit code of a command that reports it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Status {
    /// The chain is whole.
    Intact,
    /// A line was changed, moved, repeated or forged.
    ChainBroken,
    /// A signature is bad, or is for other lines than these.
    BadSignature,
    /// The log is not the one that an anchor was taken of: cut off, put back, or written anew.
    AnchorMismatch,
    /// Lines are missing.
    Gap,
    /// The last line is unfinished; opening the log for appending sets it aside.
    TornTail,
    /// The chain is whole, and the clock went back.
    ClockAnomaly,
}

impl Status {
    /// All of them.
    pub const ALL: &[Self] = &[
        Self::Intact,
        Self::ChainBroken,
        Self::BadSignature,
        Self::AnchorMismatch,
        Self::Gap,
        Self::TornTail,
        Self::ClockAnomaly,
    ];

    /// Returns the exit code.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Intact => 0,
            Self::ChainBroken => 20,
            Self::BadSignature => 21,
            Self::AnchorMismatch => 22,
            Self::Gap => 23,
            Self::TornTail => 24,
            Self::ClockAnomaly => 25,
        }
    }
}

impl Report {
    /// Returns the verdict; of several the one named first in [`Status`].
    pub fn status(&self) -> Status {
        match &self.first_bad {
            Some(Problem { defect: Defect::Gap { .. }, .. }) => Status::Gap,
            Some(_) => Status::ChainBroken,
            None if self.bad_signature.is_some() => Status::BadSignature,
            None if self.bad_anchor.is_some() => Status::AnchorMismatch,
            None if self.torn.is_some() => Status::TornTail,
            None if self.clock_anomaly => Status::ClockAnomaly,
            None => Status::Intact,
        }
    }
}

/// How an anchor and a log differ.
#[derive(Clone, Debug, Error, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[non_exhaustive]
pub enum AnchorProblem {
    /// The log is shorter.
    #[error("the log was cut off: the anchor is of {anchored} records, the log has {records}")]
    CutOff {
        /// How many records it had.
        anchored: u64,
        /// How many it has.
        records: u64,
    },
    /// The first so many records are others.
    #[error("the first {size} records are not those that the anchor was taken of")]
    OtherRecords {
        /// How many records the anchor covers.
        size: u64,
    },
    /// It is another chain's.
    #[error("the anchor is of another log: {origin}")]
    OtherLog {
        /// Whose anchor it is.
        origin: String,
    },
    /// It is not signed by a key of this log.
    #[error("the anchor over {size} records is not signed by a key of this log")]
    NotSigned {
        /// How many records the anchor covers.
        size: u64,
    },
}
