//! Many threads and processes append to one log.

use std::collections::BTreeSet;
use std::process::Stdio;
use std::sync::Mutex;

use spotify_audit::{Durability, Log, Query, Reader};

use crate::fixture::{Home, assert_intact, call, child, child_directory, options};

#[test]
fn threads_share_one_log() {
    let home = Home::new();
    let log = home.open();
    let given = Mutex::new(BTreeSet::new());
    std::thread::scope(|scope| {
        for thread in 0..8 {
            let (log, given) = (&log, &given);
            scope.spawn(move || {
                for number in 0..50 {
                    let durability = match number % 10 {
                        0 => Durability::Before,
                        1 => Durability::After,
                        _ => Durability::Async,
                    };
                    let appended = log.append(call(thread * 100 + number), durability).unwrap();
                    assert!(given.lock().unwrap().insert(appended.seq), "given twice");
                }
            });
        }
    });
    assert_intact(&home.directory, 401);
    assert_eq!(given.into_inner().unwrap(), (2..=401).collect());
}

#[test]
fn two_logs_of_one_process_take_turns() {
    let home = Home::new();
    let (one, other) = (home.open(), home.open());
    for number in 0..20 {
        let log = if number % 3 == 0 { &one } else { &other };
        assert_eq!(log.append(call(number), Durability::Async).unwrap().seq, u64::from(number) + 2);
    }
    assert_intact(&home.directory, 21);
}

#[test]
fn processes_share_one_log() {
    const TEST: &str = "many_writers::processes_share_one_log";
    if let Some(directory) = child_directory() {
        let log = Log::open(&directory, options()).unwrap();
        for number in 0..50 {
            let durability = if number % 10 == 0 { Durability::Before } else { Durability::Async };
            log.append(call(number), durability).unwrap();
        }
        return;
    }
    let home = Home::new();
    let run = || child(TEST, &home.directory, &[]).stdout(Stdio::null()).spawn().unwrap();
    // All of them also try to be the one that makes the log.
    let children: Vec<_> = (0..4).map(|_| run()).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_intact(&home.directory, 201);
    let entries = Reader::open(&home.directory, Query::default()).unwrap();
    let requests: Vec<_> =
        entries.filter_map(|entry| entry.unwrap().request().map(str::to_owned)).collect();
    for number in 0..50 {
        let request = format!("r_{number}");
        assert_eq!(requests.iter().filter(|found| **found == request).count(), 4);
    }
}

#[test]
fn a_log_can_be_verified_and_read_while_it_is_written() {
    let home = Home::new();
    let log = home.open();
    std::thread::scope(|scope| {
        let writer = scope.spawn(|| {
            for number in 0..1000 {
                log.append(call(number), Durability::Async).unwrap();
            }
        });
        while !writer.is_finished() {
            assert!(home.verify().status().exit_code() == 0);
            let mut reader = Reader::open(&home.directory, Query::default()).unwrap();
            assert!(reader.all(|entry| entry.is_ok()));
        }
    });
    assert_intact(&home.directory, 1001);
}
