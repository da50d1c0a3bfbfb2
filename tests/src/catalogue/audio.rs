//! What a machine would hear in a track: numbers made up from its id.

use std::collections::BTreeMap;

use super::Track;
use crate::random::Random;

/// The measures that go from 0 to 1.
const SHARES: [&str; 7] = [
    "acousticness",
    "danceability",
    "energy",
    "instrumentalness",
    "liveness",
    "speechiness",
    "valence",
];

/// The measures of a track.
#[derive(Debug)]
pub(crate) struct Audio {
    /// Measures with fractions, by the names that answers have.
    pub(crate) levels: BTreeMap<&'static str, f64>,
    /// Measures that are whole numbers, likewise.
    pub(crate) counts: BTreeMap<&'static str, u32>,
}

impl Audio {
    /// Measures a track, always with the same result.
    pub(crate) fn of(track: &Track) -> Self {
        let mut random = Random::of(&format!("audio of {}", track.id));
        let mut levels: BTreeMap<_, _> =
            SHARES.into_iter().map(|name| (name, thousandths(&mut random, 0, 1_000))).collect();
        levels.insert("loudness", -thousandths(&mut random, 2_000, 30_000));
        levels.insert("tempo", thousandths(&mut random, 60_000, 190_000));
        let counts = [("key", 0, 11), ("mode", 0, 1), ("time_signature", 3, 5)];
        let counts = counts.map(|(name, low, high)| (name, number(&mut random, low, high)));
        let mut counts = BTreeMap::from(counts);
        counts.insert("duration_ms", u32::try_from(track.duration_ms).unwrap_or(u32::MAX));
        Self { levels, counts }
    }

    /// Returns any measure as a number.
    pub(crate) fn measure(&self, name: &str) -> Option<f64> {
        let count = || self.counts.get(name).copied().map(f64::from);
        self.levels.get(name).copied().or_else(count)
    }
}

/// Returns a number with three digits behind the point, between two numbers of thousandths.
pub(crate) fn thousandths(random: &mut Random, low: u64, high: u64) -> f64 {
    f64::from(number(random, low, high)) / 1_000.0
}

fn number(random: &mut Random, low: u64, high: u64) -> u32 {
    u32::try_from(random.between(low, high)).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalogue::Catalogue;

    #[test]
    fn every_measure_is_in_its_range_and_the_same_each_time() {
        let catalogue = Catalogue::of_seed(7, 0);
        for track in &catalogue.tracks {
            let audio = Audio::of(track);
            for share in SHARES {
                assert!((0.0..=1.0).contains(&audio.measure(share).unwrap()), "{share}");
            }
            assert!((60.0..=190.0).contains(&audio.measure("tempo").unwrap()));
            assert!((-30.0..=-2.0).contains(&audio.measure("loudness").unwrap()));
            assert!((0.0..=11.0).contains(&audio.measure("key").unwrap()));
            assert_eq!(audio.levels, Audio::of(track).levels);
        }
    }
}
