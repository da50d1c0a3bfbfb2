//! Whatever is done to a signed log, `verify` catches what `docs/format.md` says it must.
//! `cargo xtask torture audit` tries more.

use proptest::prelude::*;
use proptest::sample::Index;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use spotify_audit::{Checkpoint, Durability, Report, Rotation, Status, Verification};

use crate::fixture::{Home, call, count, hash_of, overwrite, sealed};
use crate::signer::{Signer, key, open};

/// What is done to the lines.
#[derive(Clone, Copy, Debug)]
enum What {
    /// Changes bits of one byte.
    Flip(Index, Index, u8),
    Delete(Index),
    Duplicate(Index),
    Swap(Index, Index),
    /// Takes a line of another log with the same name.
    Splice(Index),
    Truncate(Index),
}

/// What else who does it takes care of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Care {
    /// Nothing.
    None,
    /// The numbers and hashes of all lines from there on.
    Hashes,
    /// Those, and all checkpoints over these lines are removed.
    HashesAndCheckpoints,
}

/// What `verify` says, without and with an anchor.
struct Verdicts {
    /// How many lines are as they were.
    first: u64,
    alone: Report,
    anchored: Status,
}

struct Fixture {
    home: Home,
    lines: Vec<String>,
    others: Vec<String>,
    checkpoints: String,
    anchor: Checkpoint,
}

fn lines(name: &str) -> (Home, Checkpoint) {
    let (home, signer) = (Home::new(), Signer::new(1));
    let never = Rotation { bytes: u64::MAX, age: std::time::Duration::MAX };
    let log = open(&home, &signer, never);
    for number in 0..30_u32 {
        let reason = spotify_audit::Text::external(name);
        log.append(call(number).reason(reason), Durability::Async).unwrap();
        if number % 7 == 0 {
            log.checkpoint().unwrap().unwrap();
        }
        if number == 15 {
            log.rotate_key(&key(1), &key(2)).unwrap();
            signer.set(2);
        }
    }
    let anchor = log.checkpoint().unwrap().unwrap();
    (home, anchor)
}

impl Fixture {
    fn new() -> Self {
        let (home, anchor) = lines("one");
        let path = home.directory.join("checkpoints");
        Self {
            lines: home.lines(),
            others: lines("other").0.lines(),
            checkpoints: std::fs::read_to_string(path).unwrap(),
            anchor,
            home,
        }
    }

    /// Returns the changed lines.
    fn changed(&self, what: What) -> Vec<String> {
        let mut lines = self.lines.clone();
        let count = lines.len();
        match what {
            What::Flip(place, at, mask) => {
                let line = &mut lines[place.index(count)];
                let at = at.index(line.len());
                let byte = line.as_bytes()[at];
                // Lines of this log are ASCII, and stay so.
                let changed = char::from((byte ^ mask) & 0x7f).to_string();
                line.replace_range(at..=at, &changed);
            }
            What::Delete(place) => drop(lines.remove(place.index(count))),
            What::Duplicate(place) => {
                let line = place.index(count);
                lines.insert(line, lines[line].clone());
            }
            What::Swap(one, other) => lines.swap(one.index(count), other.index(count)),
            What::Splice(place) => {
                let line = place.index(count);
                lines[line].clone_from(&self.others[line]);
            }
            What::Truncate(place) => lines.truncate(1 + place.index(count - 1)),
        }
        lines
    }

    /// Puts changed lines in place of the log's and says what `verify` makes of it. `None` when
    /// nothing was changed after all.
    fn verdicts(&self, what: What, care: Care) -> Option<Verdicts> {
        let mut lines = self.changed(what);
        let pairs = lines.iter().zip(&self.lines);
        let first = pairs.take_while(|(changed, line)| changed == line).count();
        if care != Care::None && first > 0 {
            seal(&mut lines, first);
        }
        if lines == self.lines {
            return None;
        }
        let kept = if care == Care::HashesAndCheckpoints { first } else { usize::MAX };
        overwrite(&self.home.directory.join("checkpoints"), self.until(kept).as_bytes());
        let text: String = lines.iter().flat_map(|line| [line, "\n"]).collect();
        self.home.overwrite(text.as_bytes());
        let anchored = Verification::new().anchor(self.anchor.clone()).run(&self.home.directory);
        let (alone, anchored) = (self.home.verify(), anchored.unwrap());
        Some(Verdicts { first: first as u64, alone, anchored: anchored.status() })
    }

    /// The statements about the first so many records.
    fn until(&self, seq: usize) -> String {
        let parts: Vec<_> = self.checkpoints.split_inclusive("\n\n").collect();
        let about = |text: &str| {
            let lines: Vec<_> = text.lines().collect();
            let place = if lines[0].ends_with("/key") { 2 } else { 1 };
            lines[place].parse::<usize>().unwrap()
        };
        let notes = parts.chunks(2).filter(|note| about(note[0]) <= seq);
        notes.flatten().copied().collect()
    }
}

/// Numbers and hashes lines anew from one on; a line that is none any more stays.
fn seal(lines: &mut [String], from: usize) {
    let mut previous = hash_of(&lines[from - 1]).to_owned();
    for (number, line) in (1..).zip(lines).skip(from) {
        let body = line.split(",\"h\":").next().unwrap();
        let Some((_, rest)) = body.split_once(",\"ts\"") else { return };
        let body = format!("{{\"v\":1,\"seq\":{number},\"ts\"{rest}");
        let (sealed, hash) = sealed(&previous, &body);
        sealed.trim_end().clone_into(line);
        previous = hash;
    }
}

fn what() -> impl Strategy<Value = What> {
    let index = any::<Index>;
    prop_oneof![
        (index(), index(), 1..0x80_u8).prop_map(|(place, at, mask)| What::Flip(place, at, mask)),
        index().prop_map(What::Delete),
        index().prop_map(What::Duplicate),
        (index(), index()).prop_map(|(one, other)| What::Swap(one, other)),
        index().prop_map(What::Splice),
        index().prop_map(What::Truncate),
    ]
}

fn every_mutation_is_caught(cases: u32) {
    let fixture = Fixture::new();
    let report = fixture.home.verify();
    assert_eq!((report.status(), report.signed), (Status::Intact, Some(report.records)));
    let care = prop_oneof![Just(Care::None), Just(Care::Hashes), Just(Care::HashesAndCheckpoints)];
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(cases) };
    let test = |(what, care): (What, Care)| {
        let Some(Verdicts { first, alone, anchored }) = fixture.verdicts(what, care) else {
            return Ok(());
        };
        let (status, signed) = (alone.status(), alone.signed.unwrap_or_default());
        prop_assert!(signed <= first, "{signed} records pass for signed, {first} are as they were");
        if first == report.records && care != Care::None {
            // Who has the log's file appends to it; what was signed is as it was.
            prop_assert_eq!(signed, if care == Care::Hashes { first } else { signed });
            return Ok(());
        }
        prop_assert_ne!(anchored, Status::Intact, "with an anchor everything shows");
        match (care, what) {
            (Care::None, What::Truncate(_)) => prop_assert_eq!(status, Status::BadSignature),
            (Care::None | Care::Hashes, _) => prop_assert_ne!(status, Status::Intact),
            // What no log can show by itself.
            (Care::HashesAndCheckpoints, _) => {}
        }
        Ok(())
    };
    let seed = TestRng::from_seed(RngAlgorithm::ChaCha, &[7; 32]);
    TestRunner::new_with_rng(config, seed).run(&(what(), care), test).unwrap();
}

#[test]
fn every_mutation_that_must_be_caught_is() {
    every_mutation_is_caught(count("TORTURE_MUTATIONS", 1000));
}
