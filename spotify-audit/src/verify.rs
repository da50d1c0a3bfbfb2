//! Walking the chain from its first line and naming the first that is bad.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use serde::Serialize;
use thiserror::Error;

use crate::entry::{Entry, Opening};
use crate::fs::{self, Snapshot, StorageError, Wait, failed};
use crate::head::{CLOCK_TOLERANCE, Head};
use crate::line::{Hash, Sealed};
use crate::lines::{Forwards, RawLine};
use crate::own;
use crate::problem::{Defect, Problem};

/// How many warnings a report writes out; [`Report::warning_count`] counts all.
const MAX_WARNINGS: usize = 100;

/// Walks the chain of the log in a directory.
///
/// Memory use does not grow with the log. Writers wait only while the log's length is taken; what
/// they append later is not looked at.
///
/// # Errors
/// When there is no log or it cannot be read. A log that is damaged is a [`Report`].
///
/// # Security
/// See the crate's documentation for the two things that no chain can show by itself.
pub fn verify(directory: &Path) -> Result<Report, VerifyError> {
    let snapshot = Snapshot::open(directory, Wait::UntilSettled)?
        .ok_or_else(|| VerifyError::NoLog(directory.to_owned()))?;
    let torn = fs::torn_files(directory)?;
    let path = snapshot.path.clone();
    let lines = Forwards::new(snapshot.file, 0, snapshot.length);
    let mut walk = Walk::new(path.clone());
    let walked = lines.and_then(|mut lines| {
        while let Some(line) = lines.next_line()? {
            walk.line(&line);
        }
        Ok(())
    });
    walked.map_err(failed("read", &path))?;
    Ok(walk.finish(torn))
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
    /// The file that was walked.
    pub file: PathBuf,
    /// The name of the chain.
    pub chain: Option<String>,
    /// How many records are sound, from the first on.
    pub records: u64,
    /// The hash of the last sound record: what to compare with an anchor kept elsewhere.
    pub head: Option<Hash>,
    /// The time of the last sound record.
    pub head_time: Option<Timestamp>,
    /// The first bad line. Nothing from there on can be trusted.
    pub first_bad: Option<Problem>,
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
    /// Lines are missing.
    Gap,
    /// The last line is unfinished; opening the log for appending sets it aside.
    TornTail,
    /// The chain is whole, and the clock went back.
    ClockAnomaly,
}

impl Status {
    /// All of them.
    pub const ALL: &[Self] =
        &[Self::Intact, Self::ChainBroken, Self::Gap, Self::TornTail, Self::ClockAnomaly];

    /// Returns the exit code.
    pub const fn exit_code(self) -> u8 {
        match self {
            Self::Intact => 0,
            Self::ChainBroken => 20,
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
            None if self.torn.is_some() => Status::TornTail,
            None if self.clock_anomaly => Status::ClockAnomaly,
            None => Status::Intact,
        }
    }
}

/// The state of a walk.
struct Walk {
    report: Report,
    /// The last sound line, once there is one.
    head: Option<Head>,
    number: u64,
    /// The files that `log.recovered` records note.
    noted: BTreeSet<String>,
}

impl Walk {
    fn new(file: PathBuf) -> Self {
        let report = Report {
            file,
            chain: None,
            records: 0,
            head: None,
            head_time: None,
            first_bad: None,
            torn: None,
            warnings: Vec::new(),
            warning_count: 0,
            clock_anomaly: false,
        };
        Self { report, head: None, number: 0, noted: BTreeSet::new() }
    }

    fn line(&mut self, line: &RawLine<'_>) {
        self.number += 1;
        if !line.finished {
            let problem = self.problem(line, Defect::Unfinished { bytes: line.length });
            self.report.torn = Some(problem);
            return;
        }
        if let Some(problem) = &mut self.report.first_bad {
            // A record that is missing where it belongs and comes later was moved, not removed.
            if let Defect::Gap { expected, found } = problem.defect
                && Sealed::parse(line.bytes).is_ok_and(|sealed| sealed.stamp.seq == expected)
            {
                problem.defect = Defect::OutOfOrder { expected, found };
            }
            return;
        }
        match self.check(line.bytes) {
            Ok(head) => self.accept(head, line.bytes),
            Err(defect) => self.report.first_bad = Some(self.problem(line, defect)),
        }
    }

    fn check(&mut self, line: &[u8]) -> Result<Head, Defect> {
        if let Some(head) = &self.head {
            return head.check(line);
        }
        let opening = Opening::parse(line)?;
        let head = Head::genesis(&opening.chain).check(line)?;
        self.report.chain = Some(opening.chain.as_str().to_owned());
        Ok(head)
    }

    fn accept(&mut self, head: Head, line: &[u8]) {
        if let Some(previous) = self.head.replace(head) {
            self.check_clocks(&previous, &head, line);
        }
        if mentions(line, own::LOG_RECOVERED.1.as_str())
            && let Ok(entry) = Entry::parse(line)
            && let Some(name) = entry.data("kept").and_then(serde_json::Value::as_str)
        {
            self.noted.insert(name.to_owned());
        }
        self.report.records += 1;
        self.report.head = Some(head.hash);
        self.report.head_time = Some(head.stamp.ts);
    }

    fn check_clocks(&mut self, previous: &Head, head: &Head, line: &[u8]) {
        let seq = head.stamp.seq;
        let moved = head.stamp.ts.as_microsecond() - previous.stamp.ts.as_microsecond();
        if moved < -CLOCK_TOLERANCE {
            self.report.clock_anomaly = true;
            self.warn(Warning::ClockWentBack { seq, by_us: moved.unsigned_abs() });
        } else if let Some(by_us) = previous.clock_step(&head.stamp)
            && !mentions(line, own::LOG_CLOCK.1.as_str())
        {
            self.report.clock_anomaly = true;
            self.warn(Warning::ClocksDisagree { seq, by_us });
        }
    }

    fn warn(&mut self, warning: Warning) {
        self.report.warning_count += 1;
        if self.report.warnings.len() < MAX_WARNINGS {
            self.report.warnings.push(warning);
        }
    }

    fn problem(&self, line: &RawLine<'_>, defect: Defect) -> Problem {
        Problem {
            file: self.report.file.clone(),
            line: self.number,
            offset: line.offset,
            seq: Sealed::parse(line.bytes).ok().map(|sealed| sealed.stamp.seq),
            defect,
        }
    }

    fn finish(mut self, torn: Vec<String>) -> Report {
        let walked_whole = self.report.first_bad.is_none();
        if self.head.is_none() && walked_whole {
            let line = RawLine { bytes: &[], offset: 0, length: 0, finished: false };
            self.number = 1;
            self.report.first_bad = Some(self.problem(&line, Defect::NoOpening));
        }
        if walked_whole {
            for file in torn {
                if !self.noted.contains(&file) {
                    self.warn(Warning::TornNotNoted { file });
                }
            }
        }
        self.report
    }
}

/// Whether a sealed line is of a kind; quick, and right because `code` and `type` come first.
fn mentions(line: &[u8], kind: &str) -> bool {
    let text = str::from_utf8(line).unwrap_or_default();
    text.split_once(",\"type\":\"")
        .and_then(|(_, rest)| rest.strip_prefix(kind))
        .is_some_and(|rest| rest.starts_with('"'))
}
