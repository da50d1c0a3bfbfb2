//! Sealing and writing lines, one writer at a time.

use std::fs::File;
use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use jiff::Timestamp;

use super::tail::{self, Last};
use super::{AppendError, LogOptions, OpenError};
use crate::draft::Draft;
use crate::entry::Opening;
use crate::fold::Fold;
use crate::fs::{Lock, Segment, StorageError, failed};
use crate::head::Head;
use crate::line::{self, ChainId, MAX_LINE, Stamp};
use crate::own::{self, Before, LogEvent};
use crate::text::Pseudonym;

/// The end of the log as this process last saw it, and the means to append to it.
#[derive(Debug)]
pub(crate) struct Writer {
    segment: Segment,
    options: LogOptions,
    chain: ChainId,
    /// The names of the keys for references, for the openings of segments.
    keys: Vec<Pseudonym>,
    last: Last,
    /// How long the file was after the last line.
    length: u64,
    /// When the segment was begun.
    begun: Timestamp,
    /// The tree up to the last line, once somebody has asked for it.
    fold: Option<Fold>,
    /// What the log has to say itself, ahead of the next record: the fields of lines.
    pending: Vec<Vec<u8>>,
    buffer: Vec<u8>,
    /// Set by a failure that leaves the end of the file unknown: what was attempted.
    closed: Option<&'static str>,
}

impl Writer {
    /// Brings the end of the log in order and begins the chain of a new one.
    pub(crate) fn open(segment: Segment, options: LogOptions) -> Result<Self, OpenError> {
        // Asked before the lock is taken: a source of keys may itself write to a log.
        let keys = key_ids(&options);
        let lock = segment.lock()?;
        let end = tail::examine(&segment)?;
        let (opening, last, fold) = match end.chain {
            Some((opening, last)) => (Some(opening), last, None),
            None => before_first_line(&segment, &options)?,
        };
        let chain = opening.as_ref().map_or(&options.new_chain, |opening| &opening.chain).clone();
        if let Some(Opening { tenant: found, .. }) = &opening
            && found != options.tenant.as_str()
        {
            return Err(OpenError::Tenant { found: found.clone(), given: options.tenant });
        }
        let mut writer = Self {
            begun: opening.map_or_else(|| (options.clock)(), |opening| opening.time),
            chain,
            keys,
            last,
            length: end.sound,
            segment,
            options,
            fold,
            pending: Vec::new(),
            buffer: Vec::new(),
            closed: None,
        };
        if end.length > end.sound {
            writer.set_aside(end.length).map_err(OpenError::Storage)?;
        }
        drop(lock);
        writer.settle().map_err(OpenError::Begin)?;
        Ok(writer)
    }

    /// Writes what has to stand before the first record.
    fn settle(&mut self) -> Result<(), AppendError> {
        let _lock = self.lock()?;
        if self.length == 0 || !self.pending.is_empty() {
            self.write(&[])?;
            self.segment.sync_all()?;
        }
        Ok(())
    }

    /// Returns the name of the chain.
    pub(crate) fn chain(&self) -> &ChainId {
        &self.chain
    }

    /// Returns the number of the last record.
    pub(crate) fn seq(&self) -> u64 {
        self.last.head.stamp.seq
    }

    /// Returns what the wall clock shows.
    pub(crate) fn time(&self) -> Timestamp {
        self.now().0
    }

    /// Returns the file that has the last record.
    pub(crate) fn file(&self) -> &Arc<File> {
        &self.segment.file
    }

    /// Seals and writes records, given as their fields, with one write. Returns the number of the
    /// last. Either all of them are in the log or none.
    pub(crate) fn append(&mut self, records: &[Vec<u8>]) -> Result<u64, AppendError> {
        if let Some(attempted) = self.closed {
            return Err(AppendError::Closed(attempted));
        }
        let lock = self.lock()?;
        if self.is_due() {
            self.seal_segment()?;
            drop(lock);
            let _lock = self.lock()?;
            self.write(records)?;
        } else {
            self.write(records)?;
        }
        Ok(self.seq())
    }

    /// As [`append`](Self::append), for one record and where nothing has to be waited for. `None` where
    /// something has, or where it fails: then nothing is written.
    pub(crate) fn append_at_once(&mut self, record: Vec<u8>) -> Option<u64> {
        if self.closed.is_some() {
            return None;
        }
        let _lock = self.segment.lock_at_once()?;
        self.refresh().ok()?;
        if self.last.seals || self.is_due() {
            return None;
        }
        self.write(&[record]).ok()?;
        Some(self.seq())
    }

    /// Ends the segment now, unless it has no record of its own.
    pub(crate) fn rotate(&mut self) -> Result<(), AppendError> {
        if let Some(attempted) = self.closed {
            return Err(AppendError::Closed(attempted));
        }
        let lock = self.lock()?;
        if self.seq() > self.segment.first {
            self.seal_segment()?;
        }
        drop(lock);
        self.settle()
    }

    /// Returns the tree up to the last line that this process has seen.
    pub(crate) fn fold(&mut self) -> Result<&Fold, StorageError> {
        let fold = match self.fold.take() {
            Some(fold) => fold,
            None => Fold::of_segment(&self.segment.file, self.length)
                .map_err(failed("read", &self.segment.path))?,
        };
        Ok(self.fold.insert(fold))
    }

    /// Waits for the lock of the last segment, with what others have written taken in.
    fn lock(&mut self) -> Result<Lock, AppendError> {
        loop {
            let lock = self.segment.lock()?;
            self.refresh()?;
            if !self.last.seals {
                return Ok(lock);
            }
            self.follow_to_next_segment()?;
        }
    }

    /// Takes in what other processes have written since.
    fn refresh(&mut self) -> Result<(), AppendError> {
        let length = self.segment.length()?.ok_or(AppendError::Replaced)?;
        if length == self.length {
            return Ok(());
        }
        if length < self.length {
            return Err(AppendError::Shrunk { length, expected: self.length });
        }
        let mut fold = self.fold.take();
        let take = |line: &[u8]| fold.iter_mut().for_each(|fold| fold.take(line));
        (self.last, self.length) =
            tail::follow(&self.segment, self.last, self.length, length, take)?;
        self.fold = fold;
        if length > self.length {
            self.set_aside(length)?;
        }
        Ok(())
    }

    /// Goes on in the segment after a sealed one, which is made if need be.
    fn follow_to_next_segment(&mut self) -> Result<(), AppendError> {
        self.fold()?;
        // What comes later must not be on the disk without what came before.
        self.segment.sync_all().inspect_err(|_| self.closed = Some("sync it to disk"))?;
        self.segment = self.segment.next(self.last.head.next_seq())?;
        self.length = 0;
        self.last.seals = false;
        self.begun = self.now().0;
        Ok(())
    }

    fn is_due(&self) -> bool {
        let age = self.now().0.duration_since(self.begun);
        let own_records = self.seq() > self.segment.first;
        let old = Duration::try_from(age).is_ok_and(|age| age >= self.options.rotation.age);
        own_records && (old || self.length >= self.options.rotation.bytes)
    }

    /// Writes the last line of the segment.
    fn seal_segment(&mut self) -> Result<(), AppendError> {
        let seal = LogEvent::Sealed {}.draft().rendered(&self.options.tenant);
        self.write(&[seal])?;
        self.last.seals = true;
        Ok(())
    }

    /// Moves what stands behind the last line out of the log.
    fn set_aside(&mut self, end: u64) -> Result<(), StorageError> {
        let torn = tail::copy_aside(&self.segment, self.length, end, self.now().0)?;
        // The note has to be written even when the cut succeeds and its own write fails.
        self.segment.truncate(self.length)?;
        self.pending.push(torn.rendered(&self.options.tenant));
        Ok(())
    }

    fn write(&mut self, records: &[Vec<u8>]) -> Result<(), AppendError> {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        let written = self.seal(records, &mut buffer).and_then(|head| {
            self.write_whole(&buffer)?;
            Ok(head)
        });
        if let (Ok(_), Some(fold)) = (&written, &mut self.fold) {
            let lines = buffer.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
            lines.for_each(|line| fold.take(line));
        }
        let length = u64::try_from(buffer.len()).unwrap_or(u64::MAX);
        self.buffer = buffer;
        self.last = Last { head: written?, seals: false };
        self.length += length;
        self.pending.clear();
        Ok(())
    }

    /// Puts lines into the buffer: what the log has to say itself, then the records.
    fn seal(&self, records: &[Vec<u8>], buffer: &mut Vec<u8>) -> Result<Head, AppendError> {
        let (ts, mono) = self.now();
        let mut head = self.last.head;
        let mut add = |fields: &[u8]| {
            let stamp = Stamp { seq: head.next_seq(), ts, mono };
            let start = buffer.len();
            let hash = line::seal(buffer, &stamp, fields, &head.hash);
            let bytes = buffer.len() - start;
            head = Head { stamp, hash };
            if bytes > MAX_LINE { Err(AppendError::TooLong { bytes }) } else { Ok(()) }
        };
        if self.length == 0 {
            add(&self.opening().rendered(&self.options.tenant))?;
        }
        if let Some(step) = self.last.head.clock_step(&Stamp { seq: 0, ts, mono }) {
            let boot = self.options.host.boot.clone();
            let event = LogEvent::ClockSet { step_us: step, boot };
            add(&event.draft().rendered(&self.options.tenant))?;
        }
        for fields in self.pending.iter().chain(records) {
            add(fields)?;
        }
        Ok(head)
    }

    fn opening(&self) -> Draft {
        let Head { stamp, hash } = &self.last.head;
        let fold = self.fold.as_ref().filter(|_| stamp.seq > 0);
        let before = Before { size: stamp.seq, hash, fold };
        own::chain_open(&self.chain, &before, &self.keys, &self.options.host)
    }

    /// Writes whole lines, or none.
    fn write_whole(&mut self, lines: &[u8]) -> Result<(), AppendError> {
        let Err(error) = (&*self.segment.file).write_all(lines) else { return Ok(()) };
        if self.segment.truncate(self.length).is_err() {
            self.closed = Some("take back a half-written line");
        }
        Err(failed("append to", &self.segment.path)(error).into())
    }

    /// Has what is written go elsewhere.
    #[cfg(test)]
    pub(super) fn set_file(&mut self, file: File) {
        self.segment.file = Arc::new(file);
    }

    /// Reads both clocks, in the precision of the log.
    fn now(&self) -> (Timestamp, u64) {
        let ts = (self.options.clock)();
        let ts = Timestamp::from_microsecond(ts.as_microsecond()).unwrap_or(ts);
        let mono = (self.options.boot_clock)().as_micros();
        (ts, u64::try_from(mono).unwrap_or(u64::MAX))
    }
}

/// Returns what stands before a segment that has no line yet.
fn before_first_line(
    segment: &Segment,
    options: &LogOptions,
) -> Result<(Option<Opening>, Last, Option<Fold>), OpenError> {
    let Some(previous) = segment.previous()? else {
        let head = Head::genesis(&options.new_chain);
        return Ok((None, Last { head, seals: false }, None));
    };
    let end = tail::examine(&previous)?;
    match end.chain {
        Some((opening, last)) if last.seals && last.head.next_seq() == segment.first => {
            let fold = Fold::of_segment(&previous.file, end.sound)
                .map_err(failed("read", &previous.path))?;
            Ok((Some(opening), Last { seals: false, ..last }, Some(fold)))
        }
        _ => Err(OpenError::Unconnected { path: segment.path.clone() }),
    }
}

fn key_ids(options: &LogOptions) -> Vec<Pseudonym> {
    let key = options.keys.as_ref().and_then(|keys| keys.reference_key());
    key.iter().map(|key| key.id().clone()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_half_line_that_cannot_be_taken_back_closes_the_log() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("audit");
        let options = super::super::tests::options();
        let segment = Segment::open_last(&directory).unwrap();
        let mut writer = Writer::open(segment, options).unwrap();
        // A file that is open for reading only can neither be written nor cut.
        writer.segment.file = Arc::new(File::open(&writer.segment.path).unwrap());
        let fields = [b",\"code\":\"SM0009I\",\"type\":\"test.event\"".to_vec()];
        let error = writer.append(&fields).unwrap_err();
        assert!(matches!(error, AppendError::Storage(_)), "{error}");
        let error = writer.append(&fields).unwrap_err();
        assert!(matches!(error, AppendError::Closed(_)), "{error}");
        assert!(error.to_string().contains("after a failure to take back a half-written line"));
    }
}
