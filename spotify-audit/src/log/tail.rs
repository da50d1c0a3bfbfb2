//! The end of a log as it lies on the disk: finding it, following it, setting a torn end aside.

use std::io::Write as _;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::Failure;
use crate::draft::Draft;
use crate::entry::Opening;
use crate::fs::{Segment, StorageError, failed, read_exact_at};
use crate::head::{Head, well_formed};
use crate::line::{Hash, MAX_LINE};
use crate::lines::{Backwards, Forwards, RawLine, count_newlines};
use crate::own;
use crate::problem::{Defect, Problem};

/// The end of a segment.
#[derive(Debug)]
pub(crate) struct End {
    /// What the first line says, and the last line, checked against the one before. `None` for a
    /// segment without a line.
    pub(crate) chain: Option<(Opening, Last)>,
    /// Where the last line ends.
    pub(crate) sound: u64,
    /// Where the file ends.
    pub(crate) length: u64,
}

/// The last line of a segment.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Last {
    pub(crate) head: Head,
    /// Whether it seals the segment: nothing comes after it there.
    pub(crate) seals: bool,
}

impl Last {
    pub(crate) fn new(head: Head, line: &[u8]) -> Self {
        Self { head, seals: own::mentions(line, own::CHAIN_SEAL) }
    }
}

/// Finds the end of a segment, in a time that does not grow with it.
pub(crate) fn examine(segment: &Segment) -> Result<End, Failure> {
    let io = |error| failed("read", &segment.path)(error);
    let length = segment.file.metadata().map_err(io)?.len();
    let mut lines = Backwards::new(&*segment.file, length);
    let last = loop {
        let Some(line) = lines.next_line().map_err(io)? else {
            return Ok(End { chain: None, sound: 0, length });
        };
        if !left_by_a_crash(&line) {
            break Line::from(&line);
        }
    };
    let before = lines.next_line().map_err(io)?.map(|line| Line::from(&line));

    let first = first_line(segment)?;
    let opening = Opening::parse(&first.bytes)
        .and_then(|opening| match opening.size + 1 {
            begin if begin == segment.first => Ok(opening),
            _ => Err(Defect::NoOpening),
        })
        .map_err(|defect| first.damaged(segment, defect))?;
    let previous = match before {
        None => opening.before(),
        Some(line) => {
            let sealed =
                well_formed(&line.bytes).map_err(|defect| line.damaged(segment, defect))?;
            Head::from(&sealed)
        }
    };
    let head = previous.check(&last.bytes).map_err(|defect| last.damaged(segment, defect))?;
    let sound = last.offset + last.length + 1;
    Ok(End { chain: Some((opening, Last::new(head, &last.bytes))), sound, length })
}

/// Checks the lines that other writers have added, and gives each to `each`. Returns the last one
/// and where it ends.
pub(crate) fn follow(
    segment: &Segment,
    mut last: Last,
    from: u64,
    to: u64,
    mut each: impl FnMut(&[u8]),
) -> Result<(Last, u64), Failure> {
    let io = |error| failed("read", &segment.path)(error);
    let file = segment.file.try_clone().map_err(io)?;
    let mut lines = Forwards::new(file, from, to).map_err(io)?;
    let mut end = from;
    while let Some(line) = lines.next_line().map_err(io)?.filter(|line| line.finished) {
        last = match last.head.check(line.bytes) {
            Ok(head) => Last::new(head, line.bytes),
            Err(defect) => return Err(Line::from(&line).damaged(segment, defect)),
        };
        each(line.bytes);
        end = line.offset + line.length + 1;
    }
    Ok((last, end))
}

/// Copies the bytes of a torn end into a file of their own. Returns the note for the log.
pub(crate) fn copy_aside(
    segment: &Segment,
    from: u64,
    to: u64,
    now: Timestamp,
) -> Result<Draft, StorageError> {
    let time = format!("{now:.6}").replace([':', '-'], "");
    let (mut torn, path, name) = segment.create_torn(&time)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; MAX_LINE];
    let mut offset = from;
    while offset < to {
        let wanted = usize::try_from(to - offset).unwrap_or(MAX_LINE).min(MAX_LINE);
        let part = buffer.get_mut(..wanted).unwrap_or_default();
        read_exact_at(&segment.file, part, offset).map_err(failed("read", &segment.path))?;
        hasher.update(&*part);
        torn.write_all(part).map_err(failed("write", &path))?;
        offset += u64::try_from(wanted).unwrap_or(u64::MAX);
    }
    torn.sync_all().map_err(failed("sync", &path))?;
    segment.sync_directory()?;
    Ok(own::log_recovered(to - from, &Hash::of(hasher), &name))
}

/// Whether a line at the end of the file is the remainder of a write that was cut off. Besides a
/// line without its newline this is one with a zero byte, which no writer makes: a file system
/// that lost power can leave zeroes where data had been promised.
fn left_by_a_crash(line: &RawLine<'_>) -> bool {
    !line.finished || line.bytes.contains(&0)
}

fn first_line(segment: &Segment) -> Result<Line, Failure> {
    let io = |error| failed("read", &segment.path)(error);
    let file = segment.file.try_clone().map_err(io)?;
    let length = u64::try_from(MAX_LINE).unwrap_or(u64::MAX);
    let mut lines = Forwards::new(file, 0, length).map_err(io)?;
    let line = lines.next_line().map_err(io)?;
    Ok(line.map_or(Line { bytes: Vec::new(), offset: 0, length: 0 }, |line| Line::from(&line)))
}

/// A line with its place, kept while other lines are read.
#[derive(Debug)]
struct Line {
    bytes: Vec<u8>,
    offset: u64,
    length: u64,
}

impl From<&RawLine<'_>> for Line {
    fn from(line: &RawLine<'_>) -> Self {
        Self { bytes: line.bytes.to_vec(), offset: line.offset, length: line.length }
    }
}

impl Line {
    fn damaged(&self, segment: &Segment, defect: Defect) -> Failure {
        match count_newlines(&segment.file, self.offset) {
            Ok(before) => Failure::Damaged(Problem {
                file: segment.path.clone(),
                line: before + 1,
                offset: self.offset,
                seq: well_formed(&self.bytes).ok().map(|sealed| sealed.stamp.seq),
                defect,
            }),
            Err(error) => Failure::Storage(failed("read", &segment.path)(error)),
        }
    }
}
