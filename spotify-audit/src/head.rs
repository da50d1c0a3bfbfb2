//! The last line of a chain, against which the next one is checked.

use jiff::Timestamp;
use serde::de::IgnoredAny;

use crate::json;
use crate::line::{ChainId, Hash, MAX_LINE, Malformed, Sealed, Stamp};
use crate::problem::Defect;

/// How far the wall clock may move against the boot-time clock between two lines, in microseconds,
/// before it counts as set: two seconds.
pub const CLOCK_TOLERANCE: i64 = 2_000_000;

#[derive(Clone, Copy, Debug)]
pub(crate) struct Head {
    pub(crate) stamp: Stamp,
    pub(crate) hash: Hash,
}

impl Head {
    /// Stands before the first line of a log.
    pub(crate) fn genesis(chain: &ChainId) -> Self {
        Self::before_segment(0, chain.genesis())
    }

    /// Stands before the first line of a later segment. Its times are not known.
    pub(crate) fn before_segment(size: u64, hash: Hash) -> Self {
        Self { stamp: Stamp { seq: size, ts: Timestamp::UNIX_EPOCH, mono: u64::MAX }, hash }
    }

    /// Whether the times of this line are known.
    pub(crate) fn has_times(&self) -> bool {
        self.stamp.seq != 0 && self.stamp.mono != u64::MAX
    }

    /// Checks whether a line, given without its newline, is the next of the chain.
    pub(crate) fn check(&self, line: &[u8]) -> Result<Self, Defect> {
        let sealed = well_formed(line)?;
        let (expected, found) = (self.next_seq(), sealed.stamp.seq);
        if found > expected {
            return Err(Defect::Gap { expected, found });
        }
        if found < expected {
            return Err(Defect::OutOfOrder { expected, found });
        }
        if !sealed.follows(&self.hash) {
            return Err(Defect::HashMismatch);
        }
        Ok(Self::from(&sealed))
    }

    /// Returns the number of the next line.
    pub(crate) fn next_seq(&self) -> u64 {
        // A forged file can hold any number; it must not be able to cause an overflow.
        self.stamp.seq.saturating_add(1)
    }

    /// Returns how far the wall clock moved against the boot-time clock since this line, in
    /// microseconds, when that is more than [`CLOCK_TOLERANCE`] or the boot-time clock fell.
    pub(crate) fn clock_step(&self, next: &Stamp) -> Option<i64> {
        if !self.has_times() {
            return None;
        }
        let step = boot_time(next).saturating_sub(boot_time(&self.stamp));
        (step.unsigned_abs() > CLOCK_TOLERANCE.unsigned_abs() || next.mono < self.stamp.mono)
            .then_some(step)
    }
}

impl From<&Sealed<'_>> for Head {
    fn from(sealed: &Sealed<'_>) -> Self {
        Self { stamp: sealed.stamp, hash: sealed.hash }
    }
}

/// Returns what the wall clock showed when the boot-time clock started, in microseconds.
fn boot_time(stamp: &Stamp) -> i64 {
    stamp.ts.as_microsecond().saturating_sub_unsigned(stamp.mono)
}

/// Takes a line apart that obeys every rule of the format that needs no other line.
pub(crate) fn well_formed(line: &[u8]) -> Result<Sealed<'_>, Defect> {
    if line.len() >= MAX_LINE {
        return Err(Defect::TooLong);
    }
    // Without an early end the compiler compares many bytes at once.
    let unusual = |byte: u8| !(b' '..0x7f).contains(&byte);
    if line.iter().fold(false, |found, byte| found | unusual(*byte)) {
        let text = str::from_utf8(line).map_err(|_| Defect::NotUtf8)?;
        if text.bytes().any(|byte| byte < b' ' || byte == 0x7f) {
            return Err(Defect::ControlCharacter);
        }
    }
    let sealed = Sealed::parse(line).map_err(|malformed| match malformed {
        Malformed::Seal => Defect::NotSealed,
        Malformed::Stamp => Defect::NotStamped,
    })?;
    // What stands before and after the fields was read above.
    if !json::are_plain(sealed.fields) {
        serde_json::from_slice::<IgnoredAny>(line).map_err(|_| Defect::NotJson)?;
    }
    Ok(sealed)
}
