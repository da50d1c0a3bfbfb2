//! A disk that is full leaves no half line and loses no acknowledged record.

use std::error::Error as _;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};

use spotify_audit::{AppendError, Durability, Log, StorageError, Text};

use crate::fixture::{
    Home, assert_intact, call, child, child_directory, options, overwrite, segment, started,
    started_with,
};

fn long() -> spotify_audit::Draft {
    started_with(Some(vec![Text::external(&"word ".repeat(100)); 5]), None)
}

/// Appends until it fails. Returns how many records the log has, and the failure.
fn fill(log: &Log) -> (u64, io::Error) {
    let mut records = 1;
    loop {
        match log.append(long(), Durability::Before) {
            Ok(appended) => records = appended.seq,
            Err(AppendError::Storage(StorageError::Io { source, .. })) => return (records, source),
            Err(error) => panic!("{error}: {:?}", error.source()),
        }
    }
}

fn assert_whole(directory: &Path, records: u64) {
    assert!(std::fs::read(segment(directory)).unwrap().ends_with(b"\n"));
    assert_intact(directory, records);
}

#[test]
fn a_file_that_may_not_grow_keeps_its_whole_lines() {
    const TEST: &str = "full_disk::a_file_that_may_not_grow_keeps_its_whole_lines";
    if let Some(directory) = child_directory() {
        let log = Log::open(&directory, options()).unwrap();
        let (records, error) = fill(&log);
        assert_eq!(error.kind(), io::ErrorKind::FileTooLarge);
        assert!(records > 2);
        assert_whole(&directory, records);
        // The room that a long record lacked is enough for a short one.
        let appended = log.append(call(1), Durability::Before).unwrap();
        assert_eq!(appended.seq, records + 1);
        assert_whole(&directory, records + 1);
        return;
    }
    let home = Home::new();
    // Files end at 18 blocks of 512 bytes; going beyond is an error and no signal.
    let limit = r#"trap "" XFSZ; ulimit -f 18; exec "$0" "$@""#;
    let status =
        child(TEST, &home.directory, &["sh", "-c", limit]).stdout(Stdio::null()).status().unwrap();
    assert!(status.success());
    let before = home.verify().records;
    let log = Log::open(&home.directory, options()).unwrap();
    assert_eq!(log.append(started(), Durability::Before).unwrap().seq, before + 1);
    assert_whole(&home.directory, before + 1);
    assert_eq!(home.torn_files().len(), 0);
}

#[test]
fn a_disk_that_is_full_takes_records_again_when_there_is_room() {
    const TEST: &str = "full_disk::a_disk_that_is_full_takes_records_again_when_there_is_room";
    if let Some(mount) = child_directory() {
        let directory = mount.join("audit");
        let ballast = mount.join("ballast");
        overwrite(&ballast, &vec![b'x'; 20 * 1024]);
        let log = Log::open(&directory, options()).unwrap();
        let (records, error) = fill(&log);
        assert_eq!(error.kind(), io::ErrorKind::StorageFull);
        assert_whole(&directory, records);
        std::fs::remove_file(&ballast).unwrap();
        assert_eq!(log.append(long(), Durability::Before).unwrap().seq, records + 1);
        assert_whole(&directory, records + 1);
        return;
    }
    let home = Home::new();
    std::fs::create_dir(&home.directory).unwrap();
    // A file system of 64 KiB that only the child sees.
    let mount = "mount -t tmpfs -o size=64k,mode=700 tmpfs \"$SPOTIFY_AUDIT_TEST_CHILD\"";
    let private = ["unshare", "--user", "--map-root-user", "--mount"];
    let possible = Command::new(private[0])
        .args(&private[1..])
        .args(["sh", "-c", mount])
        .env("SPOTIFY_AUDIT_TEST_CHILD", &home.directory)
        .output();
    if !possible.is_ok_and(|output| output.status.success()) {
        println!(
            "skipped: a file system cannot be mounted here; the file size limit stands for it"
        );
        return;
    }
    let script = format!("{mount} && exec \"$0\" \"$@\"");
    let before = [&private[..], &["sh", "-c", &script]].concat();
    let output = child(TEST, &home.directory, &before).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}
