//! Counting what happens often in a short time.

use std::collections::{BTreeMap, VecDeque};
use std::time::Duration;

use jiff::Timestamp;

/// The records of a window of time for each of many keys: a profile, an actor, a session.
///
/// The basis of rules such as "twenty deletions in a minute". Once a key has reached the limit, all
/// records until the window has passed quietly belong to the same burst.
#[derive(Clone, Debug)]
pub struct Bursts {
    limit: usize,
    window: Duration,
    recent: BTreeMap<String, Recent>,
    found: Vec<Burst>,
}

#[derive(Clone, Debug, Default)]
struct Recent {
    events: VecDeque<(Timestamp, u64, String)>,
    burst: Option<usize>,
}

/// Records that came too close together.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Burst {
    /// Whose they are.
    pub key: String,
    /// Their numbers.
    pub evidence: Vec<u64>,
    /// When the last came.
    pub last: Timestamp,
}

impl Bursts {
    /// Asks for `limit` different things within `window`.
    pub fn new(limit: usize, window: Duration) -> Self {
        Self { limit, window, recent: BTreeMap::new(), found: Vec::new() }
    }

    /// Takes in that a thing happened. Of equal things within the window one counts: give the
    /// number of the record to count records, the name of an object to count objects.
    pub fn add(&mut self, key: &str, thing: String, time: Timestamp, seq: u64) {
        let window = self.window;
        let recent = self.recent.entry(key.to_owned()).or_default();
        let stale = |then: &Timestamp| {
            Duration::try_from(time.duration_since(*then)).is_ok_and(|age| age > window)
        };
        while recent.events.front().is_some_and(|(then, ..)| stale(then)) {
            recent.events.pop_front();
        }
        if recent.events.is_empty() {
            recent.burst = None;
        }
        let known = recent.events.iter().any(|(.., other)| *other == thing);
        recent.events.push_back((time, seq, thing));
        if let Some(burst) = recent.burst.and_then(|index| self.found.get_mut(index)) {
            burst.evidence.push(seq);
            burst.last = time;
            return;
        }
        let things = if known { 0 } else { distinct(&recent.events) };
        if things >= self.limit {
            recent.burst = Some(self.found.len());
            let evidence = recent.events.iter().map(|(_, seq, _)| *seq).collect();
            self.found.push(Burst { key: key.to_owned(), evidence, last: time });
        }
    }

    /// Returns the bursts, in the order in which they began.
    pub fn bursts(&self) -> &[Burst] {
        &self.found
    }
}

fn distinct(events: &VecDeque<(Timestamp, u64, String)>) -> usize {
    let things: std::collections::BTreeSet<_> = events.iter().map(|(.., thing)| thing).collect();
    things.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_795_239_000 + second).unwrap()
    }

    fn evidence(limit: usize, events: &[(i64, &str)]) -> Vec<Vec<u64>> {
        let mut bursts = Bursts::new(limit, Duration::from_mins(1));
        for (seq, (second, thing)) in (1..).zip(events) {
            bursts.add("p_1", (*thing).to_owned(), at(*second), seq);
        }
        bursts.bursts().iter().map(|burst| burst.evidence.clone()).collect()
    }

    #[test]
    fn as_many_as_the_limit_within_the_window_are_a_burst_and_one_less_is_none() {
        assert_eq!(evidence(3, &[(0, "a"), (30, "b"), (60, "c")]), [[1, 2, 3]]);
        assert_eq!(evidence(3, &[(0, "a"), (30, "b"), (61, "c")]), Vec::<Vec<u64>>::new());
        assert_eq!(evidence(3, &[(0, "a"), (1, "a"), (2, "b")]), Vec::<Vec<u64>>::new());
    }

    #[test]
    fn a_burst_goes_on_until_the_window_has_passed_quietly() {
        let events = [(0, "a"), (1, "b"), (50, "c"), (200, "d"), (201, "e")];
        assert_eq!(evidence(2, &events), [vec![1, 2, 3], vec![4, 5]]);
    }

    #[test]
    fn keys_are_counted_apart() {
        let mut bursts = Bursts::new(2, Duration::from_mins(1));
        bursts.add("p_1", "a".to_owned(), at(0), 1);
        bursts.add("p_2", "b".to_owned(), at(0), 2);
        assert_eq!(bursts.bursts(), []);
    }
}
