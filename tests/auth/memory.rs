//! What is left of a token in memory.

use std::fs::File;
use std::io::{BufRead as _, BufReader, Read as _, Seek as _, SeekFrom, Write as _};
use std::process::{Child, Stdio};
use std::time::Duration;

use spotify_sim::Rotation;

use crate::bench::Bench;
use crate::programs::{Work, command};

/// Returns how often each text stands in the memory of a process.
fn count(process: &Child, texts: &[String]) -> usize {
    let id = process.id();
    let maps = std::fs::read_to_string(format!("/proc/{id}/maps")).unwrap();
    let mut memory = File::open(format!("/proc/{id}/mem")).unwrap();
    let mut found = 0;
    for line in maps.lines().filter(|line| line.contains(" rw-p ")) {
        let Some((start, end)) = line.split_once(' ').and_then(|(range, _)| range.split_once('-'))
        else {
            continue;
        };
        let [start, end] = [start, end].map(|text| u64::from_str_radix(text, 16).unwrap());
        memory.seek(SeekFrom::Start(start)).unwrap();
        let mut bytes = Vec::new();
        // Some regions, the kernel's own, can't be read.
        if (&memory).take(end - start).read_to_end(&mut bytes).is_err() {
            continue;
        }
        // A search in text is quick, also where tests are not optimised.
        let memory = String::from_utf8_lossy(&bytes);
        found += texts.iter().map(|text| memory.matches(text.as_str()).count()).sum::<usize>();
    }
    found
}

#[tokio::test(flavor = "multi_thread")]
async fn no_token_is_in_memory_once_its_owner_is_gone() {
    let bench = Bench::new().await;
    bench.sim.set_rotation(Rotation::Always);
    bench.signed_in().await;
    bench.advance_here(Duration::from_hours(24 * 60));
    tokio::task::block_in_place(|| {
        let mut child = command(&bench, Work::Hold).stdin(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut wait_for = |word: &str| {
            assert!(lines.any(|line| line.unwrap().contains(word)), "it says {word}");
        };
        wait_for("holding");
        let secrets = bench.sim.issued_secrets().into_iter().map(|secret| secret.value);
        let secrets: Vec<String> = secrets.collect();
        assert!(count(&child, &secrets) > 0, "the header that it holds is found");
        child.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
        wait_for("gone");
        assert_eq!(count(&child, &secrets), 0);
        child.stdin.as_mut().unwrap().write_all(b"\n").unwrap();
        assert!(child.wait().unwrap().success());
    });
}
