//! A torn end is set aside with its bytes kept, and noted; anything else is not touched.

use std::fs::Permissions;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};

use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use spotify_audit::{
    AppendError, ChainId, Defect, Durability, Log, OpenError, Query, Reader, Status,
};

use crate::fixture::{Home, assert_intact, call, calls, hash_of, sealed, sha256, started};

/// Appends bytes to a sound log of three lines, as a crash leaves them, and opens the log again.
fn recovered(torn: &[u8]) -> Home {
    let home = Home::new();
    drop(calls(&home, 2));
    let sound = home.bytes();
    let whole = [&sound, torn].concat();
    home.overwrite(&whole);
    assert_eq!(home.verify().status(), Status::TornTail);

    let log = home.open();
    assert_eq!(log.append(started(), Durability::Before).unwrap().seq, 5);
    assert!(home.bytes().starts_with(&sound));
    assert_intact(&home.directory, 5);
    assert_eq!(home.verify().warnings, []);
    let files = home.torn_files();
    let [file] = files.as_slice() else { panic!("{files:?}") };
    assert_eq!(std::fs::read(file).unwrap(), torn);
    assert_eq!(file.metadata().unwrap().mode() & 0o777, 0o600);

    let entry = Reader::open(&home.directory, Query::default()).unwrap().nth(3).unwrap().unwrap();
    assert_eq!(entry.kind(), "log.recovered");
    assert_eq!(entry.data("bytes").unwrap(), torn.len());
    assert_eq!(entry.data("sha256").unwrap(), &sha256(torn));
    let name = file.file_name().unwrap().to_str().unwrap();
    assert_eq!(entry.data("kept").unwrap(), name);
    home
}

#[test]
fn half_a_line_is_set_aside() {
    recovered(b"{");
    recovered(b"{\"v\":1,\"seq\":4,\"ts\":\"2026-11-21T05:");
}

#[test]
fn a_line_without_its_newline_is_set_aside() {
    let home = Home::new();
    drop(calls(&home, 3));
    let bytes = home.bytes();
    home.overwrite(&bytes[..bytes.len() - 1]);
    assert_eq!(home.verify().status(), Status::TornTail);
    drop(home.open());
    assert_intact(&home.directory, 4);
}

#[test]
fn zeroes_where_data_was_promised_are_set_aside() {
    recovered(&[0; 10]);
    recovered(&vec![0; 100_000]);
    recovered(&[b"{\"v\":1".as_slice(), &[0; 4096]].concat());
}

#[test]
fn lines_with_zeroes_in_them_are_set_aside() {
    let home = Home::new();
    drop(calls(&home, 2));
    let sound = home.bytes();
    let torn = [&[0; 4096], b"end of a line\"}\n".as_slice(), &[0; 50], b"\n", b"{"].concat();
    home.overwrite(&[&sound, torn.as_slice()].concat());
    assert_eq!(home.verify().status(), Status::ChainBroken);
    drop(home.open());
    assert_intact(&home.directory, 4);
    assert_eq!(std::fs::read(&home.torn_files()[0]).unwrap(), torn);
}

#[test]
fn a_log_torn_in_its_first_line_begins_anew() {
    let home = Home::new();
    drop(home.open());
    home.overwrite(b"{\"v\":1,\"seq\":1");
    drop(home.open());
    assert_intact(&home.directory, 2);
    assert_eq!(std::fs::read(&home.torn_files()[0]).unwrap(), b"{\"v\":1,\"seq\":1");
}

#[test]
fn two_torn_ends_in_the_same_microsecond_are_both_kept() {
    let home = Home::new();
    for torn in ["{\"one", "{\"two"] {
        drop(home.open());
        let whole = [home.bytes(), torn.into()].concat();
        home.overwrite(&whole);
    }
    drop(home.open());
    assert_eq!(home.torn_files().len(), 2);
    assert_intact(&home.directory, 3);
}

#[test]
fn a_torn_end_that_another_process_left_is_set_aside_at_the_next_append() {
    let home = Home::new();
    let log = calls(&home, 2);
    let whole = [home.bytes(), b"{\"v\":1".to_vec()].concat();
    home.overwrite(&whole);
    assert_eq!(log.append(call(3), Durability::Before).unwrap().seq, 5);
    assert_intact(&home.directory, 5);
    assert_eq!(home.torn_files().len(), 1);
}

#[test]
fn a_file_of_torn_bytes_that_no_record_notes_is_a_warning() {
    let home = Home::new();
    drop(home.open());
    let name = "00000000000000000001.jsonl.torn-20260101T000000.000000Z";
    crate::fixture::overwrite(&home.directory.join(name), b"{");
    let report = home.verify();
    assert_eq!(report.status(), Status::Intact);
    assert_eq!(
        report.warnings[0].to_string(),
        format!("no record of the log notes the file {name}")
    );
}

#[test]
fn a_log_whose_last_line_is_bad_is_not_appended_to() {
    let home = Home::new();
    drop(calls(&home, 2));
    let forged = home.lines().join("\n").replacen("r_2", "r_9", 1) + "\n";
    home.overwrite(forged.as_bytes());
    let error = Log::open(&home.directory, home.options()).unwrap_err();
    let OpenError::Damaged(problem) = &error else { panic!("{error}") };
    assert_eq!((problem.line, problem.seq), (3, Some(3)));
    assert_eq!(problem.defect, Defect::HashMismatch);
    assert!(error.to_string().ends_with("move the log away to begin a new one"), "{error}");
    assert_eq!(home.bytes(), forged.as_bytes());
    assert_eq!(home.torn_files(), Vec::<std::path::PathBuf>::new());
}

#[test]
fn a_log_that_is_no_log_is_not_appended_to() {
    for content in ["hello\n", "{}\n{}\n", "\n", "{\"v\":1,\"seq\":1}\n"] {
        let home = Home::new();
        drop(home.open());
        home.overwrite(content.as_bytes());
        let error = Log::open(&home.directory, home.options()).unwrap_err();
        assert!(matches!(error, OpenError::Damaged(_)), "{content:?}: {error}");
        assert_eq!(home.bytes(), content.as_bytes());
    }
}

const OPENING: &str = r#""code":"A","type":"chain.open","tenant":"t_home","data":{"chain":"c_1"}"#;

/// Lines that are nearly right, with numbers at the ends of their ranges.
fn content() -> impl Strategy<Value = Vec<u8>> {
    let number = prop_oneof![0..4_u64, Just(u64::MAX - 1), Just(u64::MAX), any::<u64>()];
    let time = prop_oneof![
        Just("2026-11-21T05:30:00Z"),
        Just("-009999-01-02T01:59:59Z"),
        Just("9999-12-30T22:00:00Z")
    ];
    let kind = prop_oneof![Just(OPENING), Just(r#""code":"A","type":"a""#), Just("\"\u{1}\"")];
    let lines = prop::collection::vec((number.clone(), time, number, kind), 0..4);
    (any::<bool>(), lines, prop::collection::vec(any::<u8>(), 0..9)).prop_map(
        |(begun, lines, rest)| {
            let mut previous = ChainId::from_random([0; 16]).as_str().to_owned();
            previous = sha256(format!("sal/1 genesis {previous}").as_bytes());
            let mut content = String::new();
            let first = (1, "2026-11-21T05:30:00Z", 0, OPENING);
            for (seq, ts, mono, kind) in begun.then_some(first).into_iter().chain(lines) {
                let kind = kind.replace("c_1", ChainId::from_random([0; 16]).as_str());
                let body = format!(r#"{{"v":1,"seq":{seq},"ts":"{ts}","mono":{mono},{kind}"#);
                let (line, hash) = sealed(&previous, &body);
                content.push_str(&line);
                previous = hash;
            }
            [content.into_bytes(), rest].concat()
        },
    )
}

#[test]
fn whatever_the_file_holds_there_is_an_answer() {
    let home = Home::new();
    drop(home.open());
    let config = ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(30) };
    let test = |content: Vec<u8>| {
        home.overwrite(&content);
        let before = home.verify();
        let read = Reader::open(&home.directory, Query::default()).unwrap();
        let lines = content.split_inclusive(|byte| *byte == b'\n').count();
        prop_assert_eq!(read.count(), lines);
        match Log::open(&home.directory, home.options()) {
            Ok(log) => {
                drop(log.append(started(), Durability::Async));
                prop_assert!(home.verify().records >= before.records);
            }
            Err(OpenError::Damaged(_) | OpenError::Tenant { .. }) => {
                prop_assert_eq!(home.bytes(), content);
            }
            Err(error) => prop_assert!(false, "{}", error),
        }
        Ok(())
    };
    TestRunner::new(config).run(&content(), test).unwrap();
}

#[test]
fn the_highest_number_in_a_forged_line_is_no_overflow() {
    let home = Home::new();
    drop(home.open());
    let opening = home.lines().remove(0);
    let body = |seq: u64, mono: u64| {
        let time = "9999-12-30T22:00:00Z";
        format!(r#"{{"v":1,"seq":{seq},"ts":"{time}","mono":{mono},"code":"A","type":"a""#)
    };
    let (one, hash) = sealed(hash_of(&opening), &body(u64::MAX - 1, u64::MAX));
    let (two, _) = sealed(&hash, &body(u64::MAX, 0));
    home.overwrite(format!("{opening}\n{one}{two}").as_bytes());
    home.open().append(started(), Durability::Async).unwrap();
    let problem = home.verify().first_bad.unwrap();
    assert_eq!(problem.line, 2);
    assert_eq!(problem.defect, Defect::Gap { expected: 2, found: u64::MAX - 1 });
}

#[test]
fn a_bad_line_that_another_program_adds_stops_the_writer() {
    let home = Home::new();
    let log = calls(&home, 2);
    let mut forged = home.lines();
    forged.push(forged[2].replace("\"seq\":3", "\"seq\":4"));
    let forged = forged.join("\n") + "\n";
    home.overwrite(forged.as_bytes());
    let error = log.append(call(3), Durability::Before).unwrap_err();
    let AppendError::Damaged(problem) = error else { panic!("{error}") };
    assert_eq!((problem.line, problem.defect), (4, Defect::HashMismatch));
    assert_eq!(home.bytes(), forged.as_bytes());
}

#[test]
fn a_log_that_lost_lines_while_open_is_not_appended_to() {
    let home = Home::new();
    let log = calls(&home, 2);
    let bytes = home.bytes();
    let cut = home.lines()[..2].join("\n") + "\n";
    home.overwrite(cut.as_bytes());
    let error = log.append(call(3), Durability::Before).unwrap_err();
    assert!(matches!(error, AppendError::Shrunk { .. }), "{error}");
    home.overwrite(&bytes);
    assert_eq!(log.append(call(3), Durability::Before).unwrap().seq, 4);
}

#[test]
fn a_log_removed_or_replaced_while_open_is_not_appended_to() {
    let home = Home::new();
    let log = calls(&home, 1);
    let bytes = home.bytes();
    std::fs::remove_file(home.file()).unwrap();
    let error = log.append(call(2), Durability::Before).unwrap_err();
    assert!(matches!(error, AppendError::Replaced), "{error}");
    home.overwrite(&bytes);
    let error = log.append(call(2), Durability::Before).unwrap_err();
    assert!(matches!(error, AppendError::Replaced), "{error}");
    assert_eq!(home.bytes(), bytes);
    // What a person does about it.
    std::fs::set_permissions(home.file(), Permissions::from_mode(0o600)).unwrap();
    assert_eq!(home.open().append(call(2), Durability::Before).unwrap().seq, 3);
}
