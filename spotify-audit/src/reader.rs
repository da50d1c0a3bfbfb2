//! Reading a log: a stream of entries through a query, in bounded memory.

use std::fmt;
use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use thiserror::Error;

use crate::entry::Entry;
use crate::fs::{SegmentPath, Snapshot, StorageError, Wait, failed};
use crate::lines::{Backwards, Forwards, RawLine, count_newlines};
use crate::problem::{Defect, Problem};
use crate::text::Pseudonym;
use crate::vocabulary::{Outcome, Severity};

/// Which entries to read, and in which order. The default is all of them, oldest first.
///
/// ```
/// use spotify_audit::{Order, Query};
/// let query = Query { order: Order::NewestFirst, limit: Some(20), ..Query::default() };
/// ```
#[derive(Clone, Debug, Default)]
pub struct Query {
    /// The order; newest first reads the file from its end and stops at the limit.
    pub order: Order,
    /// How many entries at most.
    pub limit: Option<u64>,
    /// Only entries of this actor.
    pub actor: Option<Pseudonym>,
    /// Only entries with this code.
    pub code: Option<String>,
    /// Only entries of this profile.
    pub profile: Option<Pseudonym>,
    /// Only entries whose kind begins so: `tool.` or `tool.call`.
    pub kind_prefix: Option<String>,
    /// Only entries with this outcome.
    pub outcome: Option<Outcome>,
    /// Only entries at least this grave.
    pub severity: Option<Severity>,
    /// Only entries at this time or later, by the wall clock.
    pub since: Option<Timestamp>,
    /// Only entries before this time, by the wall clock.
    pub until: Option<Timestamp>,
    /// Which kinds the caller knows; others are counted in [`Passed::unknown_kinds`].
    pub known_kind: Option<fn(&str) -> bool>,
}

/// The order of entries.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// As they were written.
    #[default]
    OldestFirst,
    /// The last written first.
    NewestFirst,
}

/// What a reader has come by so far, the entries that its query left out included.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Passed {
    /// Lines that are entries.
    pub entries: u64,
    /// Lines that are not.
    pub malformed: u64,
    /// Entries of a kind that the caller does not know.
    pub unknown_kinds: u64,
    /// Fields and words that this version does not know.
    pub unknown_fields: u64,
}

/// A line that could not be read. Reading goes on after it.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The line is malformed.
    #[error(transparent)]
    Malformed(#[from] Problem),
    /// The log's files cannot be used; there is nothing after this.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

/// Reads the entries of a log as it is at the time of opening.
///
/// Writers go on meanwhile and are not held up. Hashes are not checked: a reader shows what is
/// there, [`verify`](crate::verify()) says whether it can be trusted.
///
/// ```no_run
/// use spotify_audit::{Query, Reader};
/// for entry in Reader::open("audit".as_ref(), Query::default())? {
///     let entry = entry?;
///     println!("{} {} {}", entry.seq(), entry.time(), entry.kind());
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Reader {
    query: Query,
    source: Source,
    passed: Passed,
    given: u64,
}

/// What is still to be read.
#[derive(Debug, Default)]
struct Source {
    order: Order,
    /// The segments before the last, the next one last.
    waiting: Vec<SegmentPath>,
    /// The last segment, as far as it goes.
    last: Option<Part>,
    current: Option<Part>,
}

/// A segment that is being read.
#[derive(Debug)]
struct Part {
    path: PathBuf,
    lines: Lines,
}

#[derive(Debug)]
enum Lines {
    Forwards {
        lines: Forwards,
        number: u64,
    },
    /// `number` is that of the line read last; unknown until an error has to name one.
    Backwards {
        lines: Backwards<File>,
        file: File,
        number: Option<u64>,
    },
    /// What is left of the lines of a packed segment.
    Unpacked(Vec<Result<Entry, Place>>),
}

impl Reader {
    /// Opens the log in a directory. A log that is not there is an empty one.
    ///
    /// # Errors
    /// When the log's file is there and cannot be read.
    pub fn open(directory: &Path, query: Query) -> Result<Self, StorageError> {
        let Some(snapshot) = Snapshot::open(directory, Wait::No)? else {
            return Ok(Self::over(query, Source::default()));
        };
        let order = query.order;
        let Snapshot { sealed: mut waiting, last, file, length, settled } = snapshot;
        let lines = Lines::new(file, length, settled, order).map_err(failed("read", &last.path))?;
        if order == Order::OldestFirst {
            waiting.reverse();
        }
        let last = Some(Part { path: last.path, lines });
        Ok(Self::over(query, Source { order, waiting, last, current: None }))
    }

    fn over(query: Query, source: Source) -> Self {
        Self { query, source, passed: Passed::default(), given: 0 }
    }

    /// Returns what was come by so far.
    pub fn passed(&self) -> Passed {
        self.passed
    }

    fn next_entry(&mut self) -> Result<Option<Entry>, ReadError> {
        let read = self.source.next_entry().inspect_err(|_| self.source = Source::default())?;
        match read {
            None => Ok(None),
            Some((_, Ok(entry))) => {
                self.passed.entries += 1;
                self.passed.unknown_fields += entry.unknown();
                let known = self.query.known_kind.is_none_or(|known| known(entry.kind()));
                self.passed.unknown_kinds += u64::from(!known);
                Ok(Some(entry))
            }
            Some((file, Err(Place { line, offset, defect }))) => {
                self.passed.malformed += 1;
                Err(Problem { file, line, offset, seq: None, defect }.into())
            }
        }
    }
}

impl Iterator for Reader {
    type Item = Result<Entry, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.query.limit.is_some_and(|limit| self.given >= limit) {
            return None;
        }
        loop {
            match self.next_entry() {
                Ok(None) => return None,
                Ok(Some(entry)) if !self.query.matches(&entry) => {}
                Ok(Some(entry)) => {
                    self.given += 1;
                    return Some(Ok(entry));
                }
                Err(error) => return Some(Err(error)),
            }
        }
    }
}

impl fmt::Debug for Reader {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reader")
            .field("query", &self.query)
            .field("passed", &self.passed)
            .finish_non_exhaustive()
    }
}

impl Query {
    /// Whether an entry is asked for; order and limit play no part.
    pub fn matches(&self, entry: &Entry) -> bool {
        let Self { actor, code, profile, kind_prefix, outcome, severity, since, until, .. } = self;
        actor.as_ref().is_none_or(|actor| entry.actor() == Some(actor.as_str()))
            && code.as_ref().is_none_or(|code| entry.code() == code)
            && profile.as_ref().is_none_or(|profile| entry.profile() == Some(profile.as_str()))
            && kind_prefix.as_ref().is_none_or(|prefix| entry.kind().starts_with(prefix))
            && outcome.is_none_or(|outcome| entry.outcome() == Some(outcome))
            && severity.is_none_or(|least| entry.severity() >= Some(least))
            && since.is_none_or(|since| entry.time() >= since)
            && until.is_none_or(|until| entry.time() < until)
    }
}

/// Where a malformed line is, and what is wrong with it.
#[derive(Debug)]
struct Place {
    line: u64,
    offset: u64,
    defect: Defect,
}

type Line = Result<Entry, Place>;

impl Source {
    /// Reads the next line, and says where it stands. `None` at the end.
    fn next_entry(&mut self) -> Result<Option<(PathBuf, Line)>, StorageError> {
        loop {
            if let Some(part) = &mut self.current {
                let line = part.lines.next_line().map_err(failed("read", &part.path))?;
                if let Some(line) = line {
                    return Ok(Some((part.path.clone(), line)));
                }
            }
            self.current = match (self.order, self.last.take()) {
                (Order::NewestFirst, Some(last)) => Some(last),
                (_, last) => match self.waiting.pop() {
                    Some(segment) => {
                        self.last = last;
                        Some(Part::open(&segment, self.order)?)
                    }
                    None => last,
                },
            };
            if self.current.is_none() {
                return Ok(None);
            }
        }
    }
}

impl Part {
    fn open(segment: &SegmentPath, order: Order) -> Result<Self, StorageError> {
        let (file, segment) = segment.open()?;
        let read = || failed("read", &segment.path);
        let lines = match order {
            Order::OldestFirst => Lines::Forwards { lines: segment.lines()?, number: 0 },
            Order::NewestFirst if segment.is_packed() => {
                let mut lines = Lines::Forwards { lines: segment.lines()?, number: 0 };
                let mut all = Vec::new();
                while let Some(line) = lines.next_line().map_err(read())? {
                    all.push(line);
                }
                Lines::Unpacked(all)
            }
            Order::NewestFirst => {
                let length = file.metadata().map_err(read())?.len();
                Lines::new(file, length, true, order).map_err(read())?
            }
        };
        Ok(Self { path: segment.path, lines })
    }
}

impl Lines {
    fn new(file: File, mut length: u64, settled: bool, order: Order) -> io::Result<Self> {
        if !settled {
            // A writer is at work: its line is not there yet.
            let mut lines = Backwards::new(file.try_clone()?, length);
            let last = lines.next_line()?.filter(|line| !line.finished);
            length = last.map_or(length, |line| line.offset);
        }
        Ok(match order {
            Order::OldestFirst => {
                Self::Forwards { lines: Forwards::new(file, 0, length)?, number: 0 }
            }
            Order::NewestFirst => {
                let lines = Backwards::new(file.try_clone()?, length);
                Self::Backwards { lines, file, number: None }
            }
        })
    }

    /// Reads the next line. `None` at the end.
    fn next_line(&mut self) -> io::Result<Option<Line>> {
        match self {
            Self::Unpacked(lines) => Ok(lines.pop()),
            Self::Forwards { lines, number } => {
                let Some(line) = lines.next_line()? else { return Ok(None) };
                *number += 1;
                let offset = line.offset;
                Ok(Some(parse(&line).map_err(|defect| Place { line: *number, offset, defect })))
            }
            Self::Backwards { lines, file, number } => {
                let Some(line) = lines.next_line()? else { return Ok(None) };
                *number = number.map(|number| number - 1);
                let offset = line.offset;
                match parse(&line) {
                    Ok(entry) => Ok(Some(Ok(entry))),
                    Err(defect) => {
                        let line = match *number {
                            Some(number) => number,
                            None => count_newlines(file, offset)? + 1,
                        };
                        *number = Some(line);
                        Ok(Some(Err(Place { line, offset, defect })))
                    }
                }
            }
        }
    }
}

fn parse(line: &RawLine<'_>) -> Result<Entry, Defect> {
    if line.finished {
        Entry::parse(line.bytes)
    } else {
        Err(Defect::Unfinished { bytes: line.length })
    }
}
