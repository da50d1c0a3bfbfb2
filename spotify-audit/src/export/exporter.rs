//! From the log to a sink, at least once.

use std::fmt;
use std::path::Path;
use std::time::Duration;

use jiff::Timestamp;
use thiserror::Error;

use super::cursor::Cursor;
use super::{Message, Sink, SinkError};
use crate::draft::Draft;
use crate::entry::Entry;
use crate::follow::Follow;
use crate::fs::StorageError;
use crate::own::{self, LogEvent};
use crate::reader::{Query, ReadError};
use crate::text::{IdError, Pseudonym, Text};
use crate::vocabulary::Severity;

/// How many records are delivered together.
const BATCH: usize = 500;
/// The first and the longest wait after a failure.
const WAITS: (Duration, Duration) = (Duration::from_secs(1), Duration::from_mins(5));
/// A sink that has failed for so long has fallen behind.
const BEHIND: Duration = Duration::from_mins(1);

/// Turns records into messages.
pub trait Source: Send {
    /// Takes in the next record.
    fn take(&mut self, entry: &Entry, now: Timestamp);

    /// Returns what is to be sent now.
    fn due(&mut self, now: Timestamp) -> Vec<Message>;

    /// Returns the last record that need not be taken in again after a restart, when `taken` was
    /// the last and everything due is delivered.
    fn settled(&self, taken: u64) -> u64;
}

/// Every record for itself, in a form that a function gives it; what it gives no form is left out.
#[derive(Debug)]
pub struct Each<F> {
    render: F,
    ready: Vec<Message>,
}

impl<F: FnMut(&Entry) -> Option<String> + Send> Each<F> {
    /// Sends what `render` makes of each record.
    pub fn new(render: F) -> Self {
        Self { render, ready: Vec::new() }
    }
}

impl<F: FnMut(&Entry) -> Option<String> + Send> Source for Each<F> {
    fn take(&mut self, entry: &Entry, _: Timestamp) {
        if let Some(body) = (self.render)(entry) {
            let severity = entry.severity().unwrap_or(Severity::Info);
            let title = format!("{} {}", entry.code(), entry.kind());
            self.ready.push(Message { seq: entry.seq(), severity, title, body });
        }
    }

    fn due(&mut self, _: Timestamp) -> Vec<Message> {
        std::mem::take(&mut self.ready)
    }

    fn settled(&self, taken: u64) -> u64 {
        taken
    }
}

/// Feeds one sink.
pub struct Exporter {
    name: Pseudonym,
    cursor: Cursor,
    follow: Follow,
    source: Box<dyn Source>,
    sink: Box<dyn Sink>,
    /// What the sink has not taken.
    undelivered: Vec<Message>,
    failing: Option<Failing>,
    /// Whether the log was told that the sink fell behind.
    told: bool,
}

#[derive(Clone, Copy, Debug)]
struct Failing {
    since: Timestamp,
    wait: Duration,
    until: Timestamp,
}

/// What a turn came to.
#[derive(Debug)]
#[non_exhaustive]
pub struct Exported {
    /// How many messages the sink has taken.
    pub delivered: usize,
    /// What the log should be told: that the sink fell behind, or caught up.
    pub events: Vec<Draft>,
    /// Why the sink took nothing.
    pub failure: Option<SinkError>,
    /// How long to wait; zero when there is more to do.
    pub wait: Duration,
}

/// An exporter that cannot go on.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum ExportError {
    /// The name is none.
    #[error(transparent)]
    Name(#[from] IdError),
    /// Log or cursor cannot be used.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl Exporter {
    /// Goes on where the sink of this name was. `directory` is the log's.
    ///
    /// # Errors
    /// When the name is no [`Pseudonym`], or the cursor cannot be read.
    pub fn open(
        directory: &Path,
        name: &str,
        source: Box<dyn Source>,
        sink: Box<dyn Sink>,
    ) -> Result<Self, ExportError> {
        let cursor = Cursor::new(directory, name)?;
        let follow = Follow::after(directory, cursor.load()?, Query::default());
        let name = Pseudonym::new(name)?;
        let undelivered = Vec::new();
        Ok(Self { name, cursor, follow, source, sink, undelivered, failing: None, told: false })
    }

    /// Delivers the next records.
    ///
    /// # Errors
    /// When log or cursor cannot be used. A sink that fails is told in [`Exported`].
    pub fn turn(&mut self, now: Timestamp) -> Result<Exported, ExportError> {
        let idle = Exported { delivered: 0, events: Vec::new(), failure: None, wait: WAITS.0 };
        if let Some(failing) = self.failing
            && now < failing.until
        {
            let wait = Duration::try_from(failing.until.duration_since(now)).unwrap_or(WAITS.0);
            return Ok(Exported { wait, ..idle });
        }
        let more = if self.undelivered.is_empty() { self.gather(now)? } else { true };
        let wait = if more { Duration::ZERO } else { WAITS.0 };
        if self.undelivered.is_empty() {
            self.remember()?;
            return Ok(Exported { wait, ..idle });
        }
        match self.sink.deliver(&self.undelivered) {
            Ok(()) => {
                let delivered = self.undelivered.len();
                self.undelivered.clear();
                self.remember()?;
                self.failing = None;
                let events = if std::mem::take(&mut self.told) {
                    vec![LogEvent::SinkCaughtUp { sink: self.name.clone() }.draft()]
                } else {
                    Vec::new()
                };
                Ok(Exported { delivered, events, failure: None, wait })
            }
            Err(error) => Ok(self.failed(error, now)),
        }
    }

    /// Returns the number of the last record that was read.
    pub fn last(&self) -> u64 {
        self.follow.last()
    }

    /// Reads on. True when there may be more.
    fn gather(&mut self, now: Timestamp) -> Result<bool, StorageError> {
        let entries = loop {
            match self.follow.poll(BATCH) {
                Ok(entries) => break entries,
                // A line that is no record is for `verify` to tell.
                Err(ReadError::Malformed(_)) => {}
                Err(ReadError::Storage(error)) => return Err(error),
            }
        };
        for entry in entries.iter().filter(|entry| !own::is_of_export(entry)) {
            self.source.take(entry, now);
        }
        self.undelivered = self.source.due(now);
        Ok(entries.len() == BATCH)
    }

    fn remember(&self) -> Result<(), StorageError> {
        self.cursor.store(self.source.settled(self.follow.last()))
    }

    fn failed(&mut self, error: SinkError, now: Timestamp) -> Exported {
        let before = self.failing;
        let since = before.map_or(now, |failing| failing.since);
        let wait = before.map_or(WAITS.0, |failing| (failing.wait * 2).min(WAITS.1));
        self.failing = Some(Failing { since, wait, until: now + wait });
        let behind = Duration::try_from(now.duration_since(since)).is_ok_and(|age| age >= BEHIND);
        let mut events = Vec::new();
        if behind && !self.told {
            self.told = true;
            let event = LogEvent::SinkBehind { sink: self.name.clone(), last: self.follow.last() };
            events.push(event.draft().reason(Text::external(&error.to_string())));
        }
        Exported { delivered: 0, events, failure: Some(error), wait }
    }
}

impl fmt::Debug for Exporter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Exporter")
            .field("name", &self.name)
            .field("last", &self.follow.last())
            .field("failing", &self.failing)
            .finish_non_exhaustive()
    }
}
