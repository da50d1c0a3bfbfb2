//! Reading a log as it grows.

use std::io;
use std::path::{Path, PathBuf};

use crate::entry::Entry;
use crate::fs::{SegmentPath, StorageError, failed, segments};
use crate::head::well_formed;
use crate::lines::Forwards;
use crate::own;
use crate::problem::{Defect, Problem};
use crate::reader::{Query, ReadError};

/// Gives the records of a log after a given one, and later those that were added since.
///
/// What feeds a screen, a detector or an export: it remembers its place by the number of a record
/// ([`last`](Self::last)), which survives restarts, rotation and packing.
#[derive(Debug)]
pub struct Follow {
    directory: PathBuf,
    query: Query,
    last: u64,
    place: Option<Place>,
}

/// Where the next line will be.
#[derive(Debug)]
struct Place {
    segment: SegmentPath,
    offset: u64,
}

impl Follow {
    /// Starts behind a record; behind 0 for all. Order and limit of the query play no part.
    pub fn after(directory: &Path, seq: u64, query: Query) -> Self {
        Self { directory: directory.to_owned(), query, last: seq, place: None }
    }

    /// Returns the number of the last record that was looked at.
    pub fn last(&self) -> u64 {
        self.last
    }

    /// Returns the next records that the query asks for, at most `most` of them. An empty answer
    /// means that there are no more now.
    ///
    /// # Errors
    /// When the log cannot be read. A line that is no record is passed over after it was told.
    pub fn poll(&mut self, most: usize) -> Result<Vec<Entry>, ReadError> {
        let mut found = Vec::new();
        while found.len() < most {
            let Some(place) = self.find_place()? else { break };
            let ended = self.read(place, most, &mut found)?;
            if !ended {
                break;
            }
        }
        Ok(found)
    }

    /// Returns where to go on: where the last time ended, or at the segment of the next record.
    fn find_place(&mut self) -> Result<Option<Place>, StorageError> {
        if let Some(place) = self.place.take() {
            return Ok(Some(place));
        }
        if !self.directory.exists() {
            return Ok(None);
        }
        let segments = segments(&self.directory)?;
        // After a removal of old segments it is the first that is left.
        let before = segments.partition_point(|segment| segment.first <= self.last + 1);
        let segment = segments.into_iter().nth(before.saturating_sub(1));
        Ok(segment.map(|segment| Place { segment, offset: 0 }))
    }

    /// Reads on in a segment. True when it is sealed and read to its end.
    fn read(
        &mut self,
        Place { segment, mut offset }: Place,
        most: usize,
        found: &mut Vec<Entry>,
    ) -> Result<bool, ReadError> {
        let read = || failed("read", &segment.path);
        let mut lines = open(&segment, offset)?;
        let mut sealed = false;
        while found.len() < most {
            let Some(line) = lines.next_line().map_err(read())?.filter(|line| line.finished) else {
                break;
            };
            let start = line.offset;
            offset = line.offset + line.length + 1;
            let seq = well_formed(line.bytes).map(|sealed| sealed.stamp.seq);
            if seq.as_ref().is_ok_and(|seq| *seq <= self.last) {
                continue;
            }
            match Entry::parse(line.bytes) {
                Ok(entry) => {
                    sealed = own::mentions(line.bytes, own::CHAIN_SEAL);
                    self.last = entry.seq();
                    if self.query.matches(&entry) {
                        found.push(entry);
                    }
                }
                Err(defect) => {
                    self.last += 1;
                    self.place = Some(Place { segment: segment.clone(), offset });
                    return Err(bad(&segment, start, defect).into());
                }
            }
        }
        if !sealed {
            self.place = Some(Place { segment, offset });
        }
        Ok(sealed)
    }
}

fn open(segment: &SegmentPath, offset: u64) -> Result<Forwards, StorageError> {
    let (file, segment) = segment.open()?;
    if segment.is_packed() || offset == 0 {
        return segment.lines();
    }
    let from_place = || -> io::Result<Forwards> { Forwards::new(file, offset, u64::MAX) };
    from_place().map_err(failed("read", &segment.path))
}

fn bad(segment: &SegmentPath, offset: u64, defect: Defect) -> Problem {
    Problem { file: segment.path.clone(), line: 0, offset, seq: None, defect }
}
