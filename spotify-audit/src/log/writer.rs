//! Sealing and writing lines, one writer at a time.

use std::io::Write as _;

use jiff::Timestamp;

use super::{AppendError, LogOptions, OpenError, tail};
use crate::draft::Draft;
use crate::entry::Opening;
use crate::fs::{Segment, StorageError, failed};
use crate::head::Head;
use crate::line::{self, ChainId, MAX_LINE, Stamp};
use crate::own;
use crate::value::Value;

/// The end of the log as this process last saw it, and the means to append to it.
#[derive(Debug)]
pub(crate) struct Writer {
    segment: Segment,
    options: LogOptions,
    head: Head,
    /// How long the file was after the last line.
    length: u64,
    /// What the log has to say itself, ahead of the next record: the fields of lines.
    pending: Vec<Vec<u8>>,
    buffer: Vec<u8>,
    /// Set by a failure that leaves the end of the file unknown: what was attempted.
    closed: Option<&'static str>,
}

impl Writer {
    /// Brings the end of the log in order and begins the chain of a new one.
    pub(crate) fn open(
        segment: Segment,
        options: LogOptions,
    ) -> Result<(Self, ChainId), OpenError> {
        // Asked before the lock is taken: a source of keys may itself write to a log.
        let keys = key_ids(&options);
        let _lock = segment.lock()?;
        let end = tail::examine(&segment)?;
        let (chain, head) = match end.chain {
            Some((Opening { chain, tenant }, head)) if tenant == options.tenant.as_str() => {
                (chain, head)
            }
            Some((Opening { tenant: found, .. }, _)) => {
                return Err(OpenError::Tenant { found, given: options.tenant });
            }
            None => (options.new_chain.clone(), Head::genesis(&options.new_chain)),
        };
        let mut writer = Self {
            head,
            length: end.sound,
            segment,
            options,
            pending: Vec::new(),
            buffer: Vec::new(),
            closed: None,
        };
        if head.stamp.seq == 0 {
            writer.say(&own::chain_open(&chain, keys, &writer.options.host));
        }
        if end.length > end.sound {
            writer.set_aside(end.length).map_err(OpenError::Storage)?;
        }
        if !writer.pending.is_empty() {
            writer.write(None).map_err(OpenError::Begin)?;
            writer.segment.sync_all()?;
        }
        Ok((writer, chain))
    }

    /// Returns the number of the last record.
    pub(crate) fn seq(&self) -> u64 {
        self.head.stamp.seq
    }

    /// Seals and writes a record, given as its fields. Returns its number.
    pub(crate) fn append(&mut self, fields: &[u8]) -> Result<u64, AppendError> {
        if let Some(attempted) = self.closed {
            return Err(AppendError::Closed(attempted));
        }
        let _lock = self.segment.lock()?;
        self.refresh()?;
        self.write(Some(fields))?;
        Ok(self.seq())
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
        (self.head, self.length) = tail::follow(&self.segment, self.head, self.length, length)?;
        if length > self.length {
            self.set_aside(length)?;
        }
        Ok(())
    }

    /// Moves what stands behind the last line out of the log.
    fn set_aside(&mut self, end: u64) -> Result<(), StorageError> {
        let torn = tail::copy_aside(&self.segment, self.length, end, self.now().0)?;
        // The note has to be written even when the cut succeeds and its own write fails.
        self.segment.truncate(self.length)?;
        self.say(&torn);
        Ok(())
    }

    fn say(&mut self, draft: &Draft) {
        self.pending.push(draft.rendered(&self.options.tenant));
    }

    fn write(&mut self, fields: Option<&[u8]>) -> Result<(), AppendError> {
        let mut buffer = std::mem::take(&mut self.buffer);
        buffer.clear();
        let written = self.seal(fields, &mut buffer).and_then(|head| {
            self.write_whole(&buffer)?;
            Ok(head)
        });
        let length = u64::try_from(buffer.len()).unwrap_or(u64::MAX);
        self.buffer = buffer;
        self.head = written?;
        self.length += length;
        self.pending.clear();
        Ok(())
    }

    /// Puts lines into the buffer: what the log has to say itself, then the record.
    fn seal(&self, fields: Option<&[u8]>, buffer: &mut Vec<u8>) -> Result<Head, AppendError> {
        let (ts, mono) = self.now();
        let mut head = self.head;
        let mut add = |fields: &[u8]| {
            let stamp = Stamp { seq: head.next_seq(), ts, mono };
            let start = buffer.len();
            let hash = line::seal(buffer, &stamp, fields, &head.hash);
            let bytes = buffer.len() - start;
            head = Head { stamp, hash };
            if bytes > MAX_LINE { Err(AppendError::TooLong { bytes }) } else { Ok(()) }
        };
        if let Some(step) = self.head.clock_step(&Stamp { seq: 0, ts, mono }) {
            let draft = own::log_clock(self.options.host.boot.as_ref(), step);
            add(&draft.rendered(&self.options.tenant))?;
        }
        for fields in &self.pending {
            add(fields)?;
        }
        if let Some(fields) = fields {
            add(fields)?;
        }
        Ok(head)
    }

    /// Writes whole lines, or none.
    fn write_whole(&mut self, lines: &[u8]) -> Result<(), AppendError> {
        let Err(error) = (&*self.segment.file).write_all(lines) else { return Ok(()) };
        if self.segment.truncate(self.length).is_err() {
            self.closed = Some("take back a half-written line");
        }
        Err(failed("append to", &self.segment.path)(error).into())
    }

    /// Reads both clocks, in the precision of the log.
    fn now(&self) -> (Timestamp, u64) {
        let ts = (self.options.clock)();
        let ts = Timestamp::from_microsecond(ts.as_microsecond()).unwrap_or(ts);
        let mono = (self.options.boot_clock)().as_micros();
        (ts, u64::try_from(mono).unwrap_or(u64::MAX))
    }
}

fn key_ids(options: &LogOptions) -> Vec<Value> {
    let key = options.keys.as_ref().and_then(|keys| keys.reference_key());
    key.iter().map(|key| key.id().clone().into()).collect()
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::sync::Arc;

    use super::*;

    #[test]
    fn a_half_line_that_cannot_be_taken_back_closes_the_log() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("audit");
        let options = super::super::tests::options();
        let segment = Segment::open(&directory).unwrap();
        let (mut writer, _) = Writer::open(segment, options).unwrap();
        // A file that is open for reading only can neither be written nor cut.
        writer.segment.file = Arc::new(File::open(&writer.segment.path).unwrap());
        let fields = b",\"code\":\"SM0009I\",\"type\":\"test.event\"";
        let error = writer.append(fields).unwrap_err();
        assert!(matches!(error, AppendError::Storage(_)), "{error}");
        let error = writer.append(fields).unwrap_err();
        assert!(matches!(error, AppendError::Closed(_)), "{error}");
        assert!(error.to_string().contains("after a failure to take back a half-written line"));
    }
}
