//! A log of many segments reads, verifies and recovers as one.

use std::time::Duration;

use spotify_audit::{Defect, Durability, Log, LogOptions, Order, Query, Reader, Rotation, Status};

use crate::fixture::{Home, assert_intact, call};
use crate::signer::SMALL;

fn open(home: &Home) -> Log {
    Log::open(&home.directory, LogOptions { rotation: SMALL, ..home.options() }).unwrap()
}

fn filled(count: u32) -> Home {
    let home = Home::new();
    let log = open(&home);
    for number in 0..count {
        log.append(call(number), Durability::Async).unwrap();
    }
    home
}

fn seqs(home: &Home, order: Order) -> Vec<u64> {
    let reader = Reader::open(&home.directory, Query { order, ..Query::default() }).unwrap();
    reader.map(|entry| entry.unwrap().seq()).collect()
}

#[test]
fn numbers_go_on_over_the_segments_without_a_gap() {
    let home = filled(100);
    let records = home.verify().records;
    assert!(home.segments().len() > 5);
    assert_intact(&home.directory, records);
    assert_eq!(seqs(&home, Order::OldestFirst), (1..=records).collect::<Vec<_>>());
    assert_eq!(seqs(&home, Order::NewestFirst), (1..=records).rev().collect::<Vec<_>>());
    for segment in home.segments() {
        let name = segment.file_stem().unwrap().to_str().unwrap().parse::<u64>().unwrap();
        let text = std::fs::read_to_string(&segment).unwrap();
        let first = text.lines().next().unwrap();
        assert!(first.contains(&format!("\"seq\":{name},")) && first.contains("chain.open"));
        if Some(&segment) != home.segments().last() {
            assert!(text.lines().last().unwrap().contains("chain.seal"));
        }
    }
}

#[test]
fn a_segment_ends_when_it_is_a_day_old() {
    let home = Home::new();
    let rotation = Rotation { bytes: u64::MAX, age: Duration::from_hours(24) };
    let log = Log::open(&home.directory, LogOptions { rotation, ..home.options() }).unwrap();
    for hours in [1, 1, 21, 1, 1] {
        home.pass(hours * 3600);
        log.append(call(hours), Durability::Async).unwrap();
    }
    assert_eq!(home.segments().len(), 2);
    assert_intact(&home.directory, 8);
}

#[test]
fn several_logs_go_on_in_the_segment_that_one_of_them_began() {
    let home = Home::new();
    let logs = [open(&home), open(&home), open(&home)];
    for number in 0..90 {
        logs[number as usize % 3].append(call(number), Durability::Async).unwrap();
    }
    logs[1].rotate().unwrap();
    for log in &logs {
        log.append(call(1), Durability::After).unwrap();
    }
    let records = home.verify().records;
    assert_intact(&home.directory, records);
    assert_eq!(seqs(&home, Order::OldestFirst).len() as u64, records);
}

#[test]
fn a_log_whose_new_segment_is_empty_or_torn_goes_on() {
    for torn in ["", "{\"v\":1,\"seq\":9"] {
        let home = filled(12);
        let log = open(&home);
        log.rotate().unwrap();
        drop(log);
        let last = home.segments().pop().unwrap();
        crate::fixture::overwrite(&last, torn.as_bytes());
        let log = open(&home);
        log.append(call(1), Durability::Before).unwrap();
        drop(log);
        let report = home.verify();
        assert_eq!(report.status(), Status::Intact, "{report:?}");
        assert_eq!(home.torn_files().len(), usize::from(!torn.is_empty()));
    }
}

#[test]
fn a_segment_that_is_missing_in_the_middle_or_at_the_beginning_is_a_gap() {
    for place in [0, 1, 2] {
        let home = filled(60);
        std::fs::remove_file(&home.segments()[place]).unwrap();
        let report = home.verify();
        assert_eq!(report.status(), Status::Gap, "{report:?}");
        let defect = report.first_bad.unwrap().defect;
        assert!(matches!(defect, Defect::Gap { .. }), "{defect}");
    }
}

#[test]
fn a_forged_opening_does_not_fit() {
    let home = filled(60);
    let path = home.segments()[1].clone();
    let text = std::fs::read_to_string(&path).unwrap();
    let before = std::fs::read_to_string(&home.segments()[0]).unwrap();
    let previous = crate::fixture::hash_of(before.lines().last().unwrap()).to_owned();
    let first = text.lines().next().unwrap();
    let body = first.split(",\"h\":").next().unwrap().replace("\"size\":", "\"siz\":");
    let (line, _) = crate::fixture::sealed(&previous, &body);
    crate::fixture::overwrite(&path, text.replacen(&format!("{first}\n"), &line, 1).as_bytes());
    let problem = home.verify().first_bad.unwrap();
    assert_eq!((problem.line, problem.defect), (1, Defect::NoOpening));
    assert_eq!(problem.file, path);
}
