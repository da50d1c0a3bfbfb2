//! How long a log keeps its records, and packing and removing old segments accordingly.

use std::io::{self, Write as _};
use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use thiserror::Error;

use super::{AppendError, CheckpointError, Durability, Log, Shared};
use crate::checkpoint::Statement;
use crate::entry::{Entry, Opening};
use crate::fs::{self, SegmentPath, StorageError, failed, segments};
use crate::own;

/// How old a sealed segment is at least when it is packed, unless the retention says otherwise.
const DAY: Duration = Duration::from_hours(24);

/// How long records are kept. Only whole segments are removed: those of which every record is past
/// its time.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Retention {
    /// How long records are kept whose kind begins so. The first that fits counts.
    pub classes: Vec<(&'static str, Duration)>,
    /// How long all others are kept.
    pub otherwise: Duration,
    /// How long a sealed segment stays plain before it is packed with Zstandard.
    pub plain: Duration,
    /// Whether nothing may be removed for now, whatever its age: a legal hold.
    pub hold: bool,
}

impl Retention {
    /// 400 days; packed after a day.
    pub fn security() -> Self {
        Self::days(400, 1)
    }

    /// Twelve months, three of them plain (PCI DSS 4.0 requirement 10.5.1).
    pub fn pci() -> Self {
        Self::days(366, 92)
    }

    /// Six years (45 CFR 164.316(b)(2)(i)).
    pub fn hipaa() -> Self {
        Self::days(6 * 366, 1)
    }

    /// Seven years.
    pub fn sox() -> Self {
        Self::days(2555, 1)
    }

    fn days(kept: u32, plain: u32) -> Self {
        Self { classes: Vec::new(), otherwise: DAY * kept, plain: DAY * plain, hold: false }
    }

    fn of(&self, kind: &str) -> Duration {
        let class = self.classes.iter().find(|(prefix, _)| kind.starts_with(prefix));
        class.map_or(self.otherwise, |(_, kept)| *kept)
    }

    /// Whether a segment that ended then may hold a record that is past its time.
    fn may_end(&self, ended: Timestamp, now: Timestamp) -> bool {
        let shortest = self.classes.iter().map(|(_, kept)| *kept).min();
        is_past(ended, shortest.unwrap_or(self.otherwise).min(self.otherwise), now)
    }
}

fn is_past(time: Timestamp, kept: Duration, now: Timestamp) -> bool {
    Duration::try_from(now.duration_since(time)).is_ok_and(|age| age > kept)
}

/// What was done to the old segments of a log.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Maintained {
    /// How many segments were packed.
    pub packed: u64,
    /// How many segments were removed.
    pub removed: u64,
}

/// Old segments that could not be packed or removed. Nothing is lost: what was begun is completed
/// the next time.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum MaintainError {
    /// A file cannot be used.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The removal could not be noted in the log.
    #[error("note the removal of old segments")]
    Note(#[from] AppendError),
    /// The removal could not be signed.
    #[error("sign the removal of old segments")]
    Sign(#[from] CheckpointError),
    /// What was packed is not what it was made of.
    #[error("pack {}: it does not unpack to the same bytes", path.display())]
    Differs {
        /// The segment.
        path: std::path::PathBuf,
    },
}

impl Log {
    /// Packs sealed segments and removes those whose records are past their time.
    ///
    /// What is removed is noted in the log by `log.pruned` and signed before it is. The note has
    /// the hash of the last line removed and the root of the tree up to it, so that verification
    /// goes on. Programs call this now and then, for instance daily; several may at once.
    ///
    /// # Errors
    /// See [`MaintainError`].
    pub fn maintain(&self, retention: &Retention) -> Result<Maintained, MaintainError> {
        let shared = &self.shared;
        shared.flusher.flush().map_err(AppendError::Sync)?;
        let _alone = fs::lock_directory(&shared.directory)?;
        let now = shared.writer().time();
        let segments = segments(&shared.directory)?;
        let mut done = Maintained::default();
        let removable = removable(&segments, retention, now)?;
        let (old, kept) = segments.split_at(removable);
        if let (Some(first), Some(next)) = (old.first(), kept.first()) {
            shared.note_removal(first, next)?;
            for segment in old {
                fs::remove(segment)?;
                done.removed += 1;
            }
        }
        let ends = kept.iter().skip(1);
        for (segment, next) in kept.iter().zip(ends).filter(|(segment, _)| !segment.is_packed()) {
            let Some(opening) = opening(next)? else { break };
            if is_past(opening.time, retention.plain, now) {
                pack(segment)?;
                done.packed += 1;
            }
        }
        shared.thin_out(kept)?;
        Ok(done)
    }
}

impl Shared {
    /// Notes that everything before a segment is removed.
    fn note_removal(&self, first: &SegmentPath, next: &SegmentPath) -> Result<(), MaintainError> {
        if let Some(opening) = opening(next)? {
            self.append(own::log_pruned(first.first, &opening), Durability::Before)?;
            self.checkpoint()?;
        }
        Ok(())
    }

    /// Keeps, of the checkpoints over each segment but the last, the last one.
    fn thin_out(&self, segments: &[SegmentPath]) -> Result<(), StorageError> {
        let segment_of = |seq: u64| segments.partition_point(|segment| segment.first <= seq);
        self.signed().thin(|statement, next| match (statement, next) {
            (Statement::Checkpoint(this), Some(Statement::Checkpoint(next))) => {
                let place = segment_of(this.size);
                place == segments.len() || place != segment_of(next.size)
            }
            _ => true,
        })
    }
}

/// Returns how many of the oldest segments may be removed; never the last one.
fn removable(
    segments: &[SegmentPath],
    retention: &Retention,
    now: Timestamp,
) -> Result<usize, StorageError> {
    let mut count = 0;
    for (segment, next) in segments.iter().zip(segments.iter().skip(1)) {
        let ended = opening(next)?.is_some_and(|next| retention.may_end(next.time, now));
        if retention.hold || !ended || !all_past(segment, retention, now)? {
            break;
        }
        count += 1;
    }
    Ok(count)
}

/// Whether every record of a segment is past its time. A line that is no record has none.
fn all_past(
    segment: &SegmentPath,
    retention: &Retention,
    now: Timestamp,
) -> Result<bool, StorageError> {
    let mut lines = segment.lines()?;
    while let Some(line) = lines.next_line().map_err(failed("read", &segment.path))? {
        if let Ok(entry) = Entry::parse(line.bytes)
            && !is_past(entry.time(), retention.of(entry.kind()), now)
        {
            return Ok(false);
        }
    }
    Ok(true)
}

fn opening(segment: &SegmentPath) -> Result<Option<Opening>, StorageError> {
    let mut lines = segment.lines()?;
    let line = lines.next_line().map_err(failed("read", &segment.path))?;
    Ok(line.and_then(|line| Opening::parse(line.bytes).ok()))
}

/// Compresses a segment, makes sure that it unpacks to the same, and removes the plain one.
fn pack(segment: &SegmentPath) -> Result<(), MaintainError> {
    let packed = SegmentPath { first: segment.first, path: segment.packed() };
    let work = || -> io::Result<bool> {
        let new = packed.path.with_extension("new");
        let (mut plain, mut hash) = (fs::open(&segment.path)?, Sha256::new());
        let mut encoder = zstd::Encoder::new(fs::create(&new)?, 3)?;
        encoder.include_checksum(true)?;
        copy(&mut plain, |part| {
            hash.update(part);
            encoder.write_all(part)
        })?;
        encoder.finish()?.sync_all()?;
        let mut again = Sha256::new();
        copy(&mut zstd::Decoder::new(fs::open(&new)?)?, |part| {
            again.update(part);
            Ok(())
        })?;
        let same = again.finalize() == hash.finalize();
        if same {
            fs::replace(&new, &packed.path)?;
        }
        Ok(same)
    };
    if !work().map_err(failed("pack", &segment.path))? {
        return Err(MaintainError::Differs { path: segment.path.clone() });
    }
    Ok(fs::remove(segment)?)
}

fn copy(from: &mut impl io::Read, mut each: impl FnMut(&[u8]) -> io::Result<()>) -> io::Result<()> {
    let mut buffer = vec![0; 64 * 1024];
    loop {
        match from.read(&mut buffer)? {
            0 => return Ok(()),
            count => each(buffer.get(..count).unwrap_or_default())?,
        }
    }
}
