//! Recovery: whatever a log's file holds, opening it answers, and what was sound stays.

#![no_main]

use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
use std::sync::Arc;
use std::time::Duration;

use libfuzzer_sys::fuzz_target;
use spotify_audit::{
    ChainId, Durability, Host, Log, LogEvent, LogOptions, Pseudonym, Query, Reader, Rotation,
    verify,
};

fuzz_target!(|bytes: &[u8]| {
    let Ok(home) = tempfile::tempdir() else { return };
    let directory = home.path().join("audit");
    std::fs::DirBuilder::new().mode(0o700).create(&directory).expect("the directory is new");
    let mut options = std::fs::File::options();
    let file = options.write(true).create_new(true).mode(0o600);
    let mut file = file.open(directory.join("00000000000000000001.jsonl")).expect("it is new");
    std::io::Write::write_all(&mut file, bytes).expect("there is room");
    let before = verify(&directory).expect("there is a log").records;
    let read = Reader::open(&directory, Query::default()).expect("there is a log").count();
    assert_eq!(read, bytes.split_inclusive(|byte| *byte == b'\n').count());
    let options = LogOptions {
        clock: Arc::new(|| jiff::Timestamp::UNIX_EPOCH),
        boot_clock: Arc::new(|| Duration::ZERO),
        keys: None,
        tenant: Pseudonym::new("t_1").expect("it is a pseudonym"),
        host: Host::default(),
        new_chain: ChainId::from_random([0; 16]),
        rotation: Rotation::default(),
    };
    if let Ok(log) = Log::open(&directory, options) {
        drop(log.append(LogEvent::Unsigned {}.draft(), Durability::Async));
        assert!(verify(&directory).expect("there is a log").records >= before);
    }
});
