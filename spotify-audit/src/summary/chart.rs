//! Bars of a chart, measured for a drawing of fixed size.

use super::{Bucket, Summary};

/// How wide the drawing is.
pub(super) const WIDTH: u64 = 720;
/// How high the highest bar is.
pub(super) const HEIGHT: u64 = 120;

/// A day or month in the drawing: a bar for its acts, a part of it for those that did not end well.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Bar {
    pub(super) bucket: Bucket,
    pub(super) x: u64,
    pub(super) width: u64,
    pub(super) height: u64,
    pub(super) trouble: u64,
}

impl Bar {
    /// Where the bar begins, from above.
    pub(super) fn y(&self) -> u64 {
        HEIGHT - self.height
    }

    pub(super) fn trouble_y(&self) -> u64 {
        HEIGHT - self.trouble
    }
}

/// Returns the highest count, and the bars.
pub(super) fn bars(summary: &Summary) -> (u64, Vec<Bar>) {
    let most = summary.times.iter().map(|bucket| bucket.acts).max().unwrap_or(0);
    let number = u64::try_from(summary.times.len()).unwrap_or(u64::MAX).max(1);
    let step = (WIDTH / number).clamp(2, 48);
    let bars = summary.times.iter().zip(0..).map(|(bucket, place)| Bar {
        bucket: *bucket,
        x: place * step,
        width: step - 1,
        height: scaled(bucket.acts, most),
        trouble: scaled(bucket.trouble, most),
    });
    (most, bars.collect())
}

/// Returns the height of a count; what is there can be seen.
fn scaled(count: u64, most: u64) -> u64 {
    match (u128::from(count) * u128::from(HEIGHT)).checked_div(u128::from(most)) {
        Some(height) if count > 0 => u64::try_from(height).unwrap_or(HEIGHT).max(1),
        _ => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_single_act_can_be_seen_beside_very_many() {
        assert_eq!(scaled(0, 0), 0);
        assert_eq!(scaled(0, 9), 0);
        assert_eq!(scaled(1, u64::MAX), 1);
        assert_eq!(scaled(u64::MAX, u64::MAX), HEIGHT);
    }
}
