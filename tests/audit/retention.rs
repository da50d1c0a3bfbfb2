//! Old segments are packed and removed, and what is left still verifies.

use std::time::Duration;

use spotify_audit::{
    Durability, Log, Maintained, Order, Query, Reader, Retention, Rotation, Status, Verification,
    prove,
};

use crate::fixture::{Home, call, started};
use crate::signer::{Signer, key, open};

const DAILY: Rotation = Rotation { bytes: u64::MAX, age: Duration::from_hours(24) };

/// A log with a segment for each of so many days.
fn days(count: u32) -> (Home, Log) {
    let home = Home::new();
    let log = open(&home, &Signer::new(1), DAILY);
    for day in 0..count {
        log.append(call(day), Durability::Async).unwrap();
        log.checkpoint().unwrap().unwrap();
        home.pass(24 * 3600);
    }
    log.append(call(0), Durability::Before).unwrap();
    (home, log)
}

fn retention(days: u32) -> Retention {
    Retention { otherwise: Duration::from_hours(24) * days, ..Retention::security() }
}

fn intact(home: &Home) -> spotify_audit::Report {
    let report = home.verify();
    assert_eq!(report.status(), Status::Intact, "{report:?}");
    report
}

#[test]
fn packed_segments_read_and_verify_as_before() {
    let (home, log) = days(5);
    let seqs = |order| {
        let reader = Reader::open(&home.directory, Query { order, ..Query::default() }).unwrap();
        reader.map(|entry| entry.unwrap().line().to_owned()).collect::<Vec<_>>()
    };
    let before = [seqs(Order::OldestFirst), seqs(Order::NewestFirst)];
    let records = intact(&home).records;
    let done = log.maintain(&Retention::security()).unwrap();
    assert_eq!(
        (done.packed, done.removed),
        (3, 0),
        "one of five is the last, one is not old enough"
    );
    assert_eq!([seqs(Order::OldestFirst), seqs(Order::NewestFirst)], before);
    assert_eq!(intact(&home).records, records);
    let packed = home.segments().iter().filter(|path| path.extension().unwrap() == "zst").count();
    assert_eq!(packed, 3);
    let (proof, line) = prove(&home.directory, 2).unwrap();
    assert!(proof.proves(line.as_bytes(), &log.public_key(&key(1))));
    assert_eq!(log.maintain(&Retention::security()).unwrap(), Maintained::default());
    log.append(started(), Durability::Before).unwrap();
    drop(log);
    intact(&home);
}

#[test]
fn segments_past_their_time_are_removed_noted_and_still_verify() {
    let (home, log) = days(6);
    let (anchor, root) = (log.checkpoint().unwrap().unwrap(), log.public_key(&key(1)));
    let before = home.verify().records;
    let done = log.maintain(&retention(3)).unwrap();
    assert!(done.removed >= 2, "{done:?}");
    let report = Verification::new().key(root.clone()).anchor(anchor).run(&home.directory).unwrap();
    assert_eq!(report.status(), Status::Intact, "{report:?}");
    assert!(report.first > 1);
    assert_eq!(report.first + report.records - 1, before + 1, "the note came");
    let query = Query { kind_prefix: Some("log.pruned".to_owned()), ..Query::default() };
    let note = Reader::open(&home.directory, query).unwrap().next().unwrap().unwrap();
    assert_eq!(note.data("from").unwrap(), 1);
    assert_eq!(note.data("to").unwrap(), report.first - 1);
    let (proof, line) = prove(&home.directory, report.first + 3).unwrap();
    assert!(proof.proves(line.as_bytes(), &root));
    assert!(prove(&home.directory, 1).is_err());
    drop(log);
    drop(home.open());
    intact(&home);
}

#[test]
fn segments_that_somebody_else_removed_are_a_gap() {
    let (home, log) = days(6);
    log.maintain(&retention(3)).unwrap();
    drop(log);
    std::fs::remove_file(&home.segments()[0]).unwrap();
    let report = home.verify();
    assert_eq!(report.status(), Status::Gap, "{report:?}");
}

#[test]
fn a_legal_hold_and_a_longer_class_keep_segments() {
    let (home, log) = days(4);
    let held = Retention { hold: true, ..retention(1) };
    assert_eq!(log.maintain(&held).unwrap().removed, 0);
    let tools = ("tool.", Duration::from_hours(24) * 30);
    let longer = Retention { classes: vec![tools], ..retention(1) };
    assert_eq!(log.maintain(&longer).unwrap().removed, 0);
    assert!(log.maintain(&retention(1)).unwrap().removed > 0);
    intact(&home);
}

#[test]
fn presets_keep_what_they_are_named_after() {
    let days = |days: u32| Duration::from_hours(24) * days;
    assert_eq!(Retention::security().otherwise, days(400));
    assert!(Retention::pci().otherwise >= days(365) && Retention::pci().plain >= days(90));
    assert!(Retention::hipaa().otherwise >= days(6 * 365 + 2));
    assert_eq!(Retention::sox().otherwise, days(2555));
}

#[test]
fn checkpoints_of_old_segments_are_thinned_out_to_the_last_of_each() {
    let (home, log) = days(3);
    for number in 0..5 {
        log.append(call(number), Durability::Async).unwrap();
        log.checkpoint().unwrap().unwrap();
    }
    let count = |home: &Home| {
        let text = std::fs::read_to_string(home.directory.join("checkpoints")).unwrap();
        text.matches("\n— ").count()
    };
    home.pass(48 * 3600);
    log.append(call(1), Durability::Async).unwrap();
    let before = count(&home);
    log.maintain(&Retention::security()).unwrap();
    assert!(count(&home) + 4 <= before, "{} of {before}", count(&home));
    log.append(call(2), Durability::Async).unwrap();
    log.checkpoint().unwrap().unwrap();
    drop(log);
    intact(&home);
}
