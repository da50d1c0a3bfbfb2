//! Several processes that write, sign and rotate are killed again and again.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Write as _};
use std::process::Stdio;
use std::sync::atomic::{AtomicU32, Ordering};

use spotify_audit::{Durability, Id, Query, Reader, Rotation, Status, Verification};

use crate::fixture::{Home, child, child_directory, count, started};
use crate::signer::{Signer, open};

const PROCESSES: usize = 3;
const SOME: Rotation = Rotation { bytes: 24 * 1024, age: std::time::Duration::MAX };

fn rounds(test: &str, rounds: u32) {
    if let Some(directory) = child_directory() {
        write_until_killed(&Home::at(directory));
        return;
    }
    let home = Home::new();
    let mut acknowledged = BTreeMap::new();
    let mut checked = 0;
    for round in 0..rounds {
        kill_after(test, &home, 10 + round * 7 % 40, &mut acknowledged);
        let log = open(&home, &Signer::new(1), SOME);
        log.append(started(), Durability::Before).unwrap();
        drop(log);
        // What earlier rounds have checked is walked once more at the end.
        let report = Verification::new().from(checked).run(&home.directory).unwrap();
        assert_eq!(report.status(), Status::Intact, "round {round}: {report:?}");
        checked = report.first + report.records - 1;
        assert_eq!(report.signed, Some(checked));
    }
    let whole = home.verify();
    assert_eq!(whole.status(), Status::Intact, "{whole:?}");
    assert_eq!((whole.first, whole.records, whole.signed), (1, checked, Some(checked)));
    assert_eq!(whole.warnings, [], "each torn end is noted");
    let mut found = BTreeMap::new();
    for entry in Reader::open(&home.directory, Query::default()).unwrap() {
        let entry = entry.unwrap();
        found.insert(entry.seq(), entry.request().unwrap_or_default().to_owned());
    }
    for (seq, request) in &acknowledged {
        assert_eq!(found.get(seq), Some(request), "record {seq} was acknowledged");
    }
    assert!(acknowledged.len() >= rounds as usize * 10);
}

/// Runs writing processes until they have acknowledged so many records together, and kills them.
fn kill_after(test: &str, home: &Home, count: u32, acknowledged: &mut BTreeMap<u64, String>) {
    let run = || child(test, &home.directory, &[]).stdout(Stdio::piped()).spawn().unwrap();
    let mut children: Vec<_> = (0..PROCESSES).map(|_| run()).collect();
    let outputs: Vec<_> = children.iter_mut().map(|child| child.stdout.take().unwrap()).collect();
    let seen = AtomicU32::new(0);
    std::thread::scope(|scope| {
        let readers: Vec<_> = outputs
            .into_iter()
            .map(|output| {
                let seen = &seen;
                scope.spawn(move || {
                    let lines = BufReader::new(output).lines().map(Result::unwrap);
                    let acks = lines.filter_map(|line| {
                        let (seq, request) = line.strip_prefix("ack ")?.split_once(' ')?;
                        seen.fetch_add(1, Ordering::SeqCst);
                        Some((seq.parse().unwrap(), request.to_owned()))
                    });
                    acks.collect::<Vec<(u64, String)>>()
                })
            })
            .collect();
        while seen.load(Ordering::SeqCst) < count {
            let ended = children.iter_mut().any(|child| child.try_wait().unwrap().is_some());
            assert!(!ended, "a child ended by itself");
            std::thread::yield_now();
        }
        for child in &mut children {
            child.kill().unwrap();
        }
        for reader in readers {
            acknowledged.extend(reader.join().unwrap());
        }
    });
    for child in &mut children {
        assert!(!child.wait().unwrap().success());
    }
}

fn write_until_killed(home: &Home) {
    let log = open(home, &Signer::new(1), SOME);
    let process = std::process::id();
    std::thread::scope(|scope| {
        for thread in 0..4 {
            let log = &log;
            scope.spawn(move || {
                for number in 0.. {
                    let request = format!("r_{process}_{thread}_{number}");
                    let draft = started().request(Id::new(&request).unwrap());
                    let durability =
                        if number % 3 == 0 { Durability::Async } else { Durability::Before };
                    let seq = log.append(draft, durability).unwrap().seq;
                    if durability == Durability::Before {
                        // One write, so that lines of two threads do not mix.
                        let text = format!("ack {seq} {request}\n");
                        std::io::stdout().write_all(text.as_bytes()).unwrap();
                    }
                    if number % 20 == 0 {
                        log.checkpoint().unwrap();
                    }
                }
            });
        }
    });
}

#[test]
fn killed_processes_lose_nothing_they_acknowledged() {
    let test = "torture::killed_processes_lose_nothing_they_acknowledged";
    rounds(test, count("TORTURE_KILLS", 8));
}
