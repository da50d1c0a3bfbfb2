//! Whatever is done to the file shows, except what no chain can show by itself.

use proptest::prelude::*;
use proptest::sample::Index;
use spotify_audit::{Defect, Status, verify};

use crate::fixture::{Home, assert_intact, calls, hash_of, overwrite, sealed, segment};

const LINES: usize = 9;

/// Something done to a log.
#[derive(Clone, Debug)]
enum Mutation {
    Flip { place: Index, mask: u8 },
    RemoveBytes { from: Index, count: usize },
    InsertBytes { at: Index, bytes: Vec<u8> },
    RemoveLine { line: Index },
    RepeatLine { line: Index, at: Index },
    SwapLines { one: Index, other: Index },
    CutInsideALine { at: Index },
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let index = any::<Index>;
    prop_oneof![
        (index(), 1..=255_u8).prop_map(|(place, mask)| Mutation::Flip { place, mask }),
        (index(), 1..900_usize).prop_map(|(from, count)| Mutation::RemoveBytes { from, count }),
        (index(), prop::collection::vec(any::<u8>(), 1..40))
            .prop_map(|(at, bytes)| Mutation::InsertBytes { at, bytes }),
        index().prop_map(|line| Mutation::RemoveLine { line }),
        (index(), index()).prop_map(|(line, at)| Mutation::RepeatLine { line, at }),
        (index(), index()).prop_map(|(one, other)| Mutation::SwapLines { one, other }),
        index().prop_map(|at| Mutation::CutInsideALine { at }),
    ]
}

/// Returns the changed log.
fn mutated(log: &[u8], mutation: &Mutation) -> Vec<u8> {
    let mut bytes = log.to_vec();
    let mut lines: Vec<&[u8]> = log.split_inclusive(|byte| *byte == b'\n').collect();
    match mutation {
        Mutation::Flip { place, mask } => bytes[place.index(log.len())] ^= mask,
        Mutation::RemoveBytes { from, count } => {
            let from = from.index(log.len());
            bytes.drain(from..(from + count).min(log.len()));
        }
        Mutation::InsertBytes { at, bytes: more } => {
            let at = at.index(log.len() + 1);
            bytes.splice(at..at, more.iter().copied());
        }
        Mutation::CutInsideALine { at } => bytes.truncate(at.index(log.len())),
        Mutation::RemoveLine { line } => {
            lines.remove(line.index(lines.len() - 1));
            bytes = lines.concat();
        }
        Mutation::RepeatLine { line, at } => {
            lines.insert(at.index(lines.len() + 1), lines[line.index(lines.len())]);
            bytes = lines.concat();
        }
        Mutation::SwapLines { one, other } => {
            let (one, other) = (one.index(lines.len()), other.index(lines.len()));
            lines.swap(one, other);
            bytes = lines.concat();
        }
    }
    bytes
}

/// The number of the first line that is not as it was.
fn first_difference(log: &[u8], changed: &[u8]) -> usize {
    let lines = |bytes: &[u8]| {
        bytes.split_inclusive(|byte| *byte == b'\n').map(<[u8]>::to_vec).collect::<Vec<_>>()
    };
    let (old, new) = (lines(log), lines(changed));
    1 + old.iter().zip(&new).take_while(|(old, new)| old == new).count()
}

fn log() -> (Home, Vec<u8>) {
    let home = Home::new();
    drop(calls(&home, u32::try_from(LINES).unwrap() - 1));
    let bytes = home.bytes();
    (home, bytes)
}

#[test]
fn any_change_shows_and_its_first_line_is_named() {
    let (home, log) = log();
    let mut runner = proptest::test_runner::TestRunner::new(ProptestConfig {
        cases: 1500,
        failure_persistence: None,
        ..ProptestConfig::default()
    });
    let test = |mutation: Mutation| {
        let changed = mutated(&log, &mutation);
        // What a chain cannot show: nothing was changed, or the end was cut at a line's end.
        if log.starts_with(&changed) && (changed.is_empty() || changed.ends_with(b"\n")) {
            return Ok(());
        }
        home.overwrite(&changed);
        let report = home.verify();
        prop_assert_ne!(report.status(), Status::Intact);
        let problem = report.first_bad.or(report.torn).unwrap();
        prop_assert_eq!(problem.line, first_difference(&log, &changed) as u64);
        prop_assert_eq!(report.records + 1, problem.line);
        Ok(())
    };
    runner.run(&mutation(), test).unwrap();
}

#[test]
fn every_single_bit_of_a_log_counts() {
    let home = Home::new();
    drop(calls(&home, 1));
    let log = home.bytes();
    for place in 0..log.len() {
        for bit in 0..8 {
            let mut changed = log.clone();
            changed[place] ^= 1 << bit;
            home.overwrite(&changed);
            assert_ne!(home.verify().status(), Status::Intact, "byte {place}, bit {bit}");
        }
    }
}

#[test]
fn a_removed_line_is_a_gap_and_a_moved_line_is_out_of_order() {
    let (home, log) = log();
    let lines: Vec<_> = log.split_inclusive(|byte| *byte == b'\n').collect();
    let mut removed = lines.clone();
    removed.remove(4);
    home.overwrite(&removed.concat());
    let report = home.verify();
    let defect = report.first_bad.as_ref().unwrap().defect.clone();
    assert_eq!(defect, Defect::Gap { expected: 5, found: 6 });
    assert_eq!((report.status(), report.status().exit_code()), (Status::Gap, 23));

    let mut moved = lines;
    let line = moved.remove(4);
    moved.push(line);
    home.overwrite(&moved.concat());
    let report = home.verify();
    let defect = report.first_bad.as_ref().unwrap().defect.clone();
    assert_eq!(defect, Defect::OutOfOrder { expected: 5, found: 6 });
    assert_eq!((report.status(), report.status().exit_code()), (Status::ChainBroken, 20));
}

/// A known limit, which an anchor outside the writer's reach removes.
#[test]
fn a_cut_at_a_line_boundary_does_not_show_without_an_anchor() {
    let (home, log) = log();
    let whole = home.verify();
    for lines in 1..LINES {
        let cut: Vec<_> = log.split_inclusive(|byte| *byte == b'\n').take(lines).collect();
        home.overwrite(&cut.concat());
        let report = home.verify();
        assert_eq!(report.status(), Status::Intact);
        assert!(report.records < whole.records, "the number of records is what shows it");
        assert_ne!(report.head, whole.head);
    }
}

/// A known limit, which an anchor outside the writer's reach removes.
#[test]
fn a_chain_written_anew_from_some_line_on_does_not_show_without_an_anchor() {
    let (home, _) = log();
    let whole = home.verify();
    let lines = home.lines();
    let (kept, rest) = lines.split_at(3);
    let mut forged: String = kept.join("\n") + "\n";
    let mut previous = hash_of(&kept[2]).to_owned();
    for line in rest {
        let body = line.split(",\"h\":").next().unwrap().replace("refused", "ok");
        let (line, hash) = sealed(&previous, &body);
        forged.push_str(&line);
        previous = hash;
    }
    home.overwrite(forged.as_bytes());
    let report = home.verify();
    assert_eq!(report.status(), Status::Intact);
    assert_eq!(report.records, whole.records);
    assert_ne!(report.head, whole.head, "the last hash is what shows it");
}

#[test]
fn a_line_of_another_log_does_not_fit() {
    let (home, log) = log();
    let other = tempfile::tempdir().unwrap();
    let options = spotify_audit::LogOptions {
        new_chain: spotify_audit::ChainId::from_random([8; 16]),
        ..home.options()
    };
    let path = other.path().join("audit");
    drop(spotify_audit::Log::open(&path, options).unwrap());
    assert_intact(&path, 1);
    let mut spliced = std::fs::read(segment(&path)).unwrap();
    let second = log.split_inclusive(|byte| *byte == b'\n').nth(1).unwrap();
    spliced.extend_from_slice(second);
    overwrite(&segment(&path), &spliced);
    let problem = verify(&path).unwrap().first_bad.unwrap();
    assert_eq!((problem.line, problem.defect), (2, Defect::HashMismatch));
}
