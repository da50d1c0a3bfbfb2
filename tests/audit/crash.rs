//! A process that is killed while it writes.

use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;
use std::thread;

use spotify_audit::{Durability, Log, Query, Reader, Status, Text};

use crate::fixture::{
    Home, More, assert_intact, call, call_with, child, child_directory, options, started,
};

const ROUNDS: u32 = 10;

#[test]
fn no_acknowledged_record_is_lost_when_writers_are_killed() {
    if let Some(directory) = child_directory() {
        write_until_killed(&Log::open(&directory, options()).unwrap());
        return;
    }
    let home = Home::new();
    let mut acknowledged = 0;
    for round in 0..ROUNDS {
        acknowledged = acknowledged.max(kill_after(&home, 5 + 3 * u64::from(round)));
        let log = Log::open(&home.directory, options()).unwrap();
        let last = log.append(started(), Durability::Before).unwrap().seq;
        assert!(last > acknowledged, "record {acknowledged} was acknowledged, {last} came next");
        assert_intact(&home.directory, last);
    }
    let report = home.verify();
    assert_eq!(report.warnings, [], "each torn end is noted");
    let query = Query { kind_prefix: Some("log.recovered".to_owned()), ..Query::default() };
    let noted = Reader::open(&home.directory, query).unwrap().count();
    assert_eq!(noted, home.torn_files().len());
    assert!(acknowledged > u64::from(ROUNDS) * 5);
}

/// Runs a writing process until it has acknowledged so many records, and kills it. Returns the
/// highest number it acknowledged.
fn kill_after(home: &Home, count: u64) -> u64 {
    let test = "crash::no_acknowledged_record_is_lost_when_writers_are_killed";
    let mut child = child(test, &home.directory, &[]).stdout(Stdio::piped()).spawn().unwrap();
    let mut highest = 0;
    let mut seen = 0;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let Some(seq) = line.strip_prefix("ack ") else { continue };
        highest = highest.max(seq.parse().unwrap());
        seen += 1;
        if seen == count {
            child.kill().unwrap();
        }
    }
    assert!(!child.wait().unwrap().success());
    assert!(seen >= count, "the child ended by itself after {seen} records");
    highest
}

/// Four threads write long lines, two of them mostly without waiting for the disk.
fn write_until_killed(log: &Log) {
    let filler = Some(vec![Text::external(&"word ".repeat(100)); 14]);
    thread::scope(|scope| {
        for thread in 0..4_u32 {
            let filler = filler.clone();
            scope.spawn(move || {
                for number in 0_u32.. {
                    let draft =
                        call_with(number, More { filler: filler.clone(), ..More::default() });
                    if thread.is_multiple_of(2) || number.is_multiple_of(4) {
                        let seq = log.append(draft, Durability::Before).unwrap().seq;
                        // One write, so that lines of two threads do not mix.
                        let text = format!("ack {seq}\n");
                        std::io::stdout().write_all(text.as_bytes()).unwrap();
                    } else {
                        log.append(draft, Durability::Async).unwrap();
                    }
                }
            });
        }
    });
}

#[test]
fn records_nobody_waited_for_are_there_after_the_log_is_closed() {
    let home = Home::new();
    let log = home.open();
    for number in 0..10 {
        log.append(call(number), Durability::Async).unwrap();
    }
    log.flush().unwrap();
    drop(log);
    assert_eq!(home.verify().status(), Status::Intact);
    assert_intact(&home.directory, 11);
}
