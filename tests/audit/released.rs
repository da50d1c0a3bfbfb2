//! Logs of released versions stay readable, verifiable and can be gone on with.

use std::fs::{self, Permissions};
use std::os::unix::fs::PermissionsExt as _;

use spotify_audit::{Durability, Log, LogOptions, Query, Reader, Status, prove};

use crate::fixture::{Home, call, overwrite};
use crate::signer::{SMALL, Signer, key, open};

/// Puts a log of the first version in place: no segments, no signatures.
fn first_version() -> Home {
    let home = Home::new();
    drop(home.open());
    overwrite(&home.file(), include_bytes!("fixtures/first-version.jsonl"));
    fs::set_permissions(home.file(), Permissions::from_mode(0o600)).unwrap();
    home
}

#[test]
fn a_log_of_the_first_version_is_read_and_intact() {
    let home = first_version();
    let report = home.verify();
    assert_eq!((report.status(), report.records, report.signed), (Status::Intact, 3, None));
    let entries = Reader::open(&home.directory, Query::default()).unwrap();
    let kinds: Vec<_> = entries.map(|entry| entry.unwrap().kind().to_owned()).collect();
    assert_eq!(kinds, ["chain.open", "server.start", "tool.call"]);
}

#[test]
fn a_log_of_the_first_version_goes_on_in_segments_and_is_signed_from_its_beginning() {
    let home = first_version();
    home.pass(10);
    let log = open(&home, &Signer::new(1), SMALL);
    let public = log.public_key(&key(1));
    for number in 0..40 {
        log.append(call(number), Durability::Async).unwrap();
    }
    drop(log);
    let report = home.verify();
    assert_eq!(report.status(), Status::Intact, "{report:?}");
    assert_eq!(report.signed, Some(report.records));
    assert!(home.segments().len() > 1);
    let (proof, line) = prove(&home.directory, 2).unwrap();
    assert!(proof.proves(line.as_bytes(), &public));
}

#[test]
fn a_log_of_the_first_version_goes_on_without_keys() {
    let home = first_version();
    home.pass(10);
    let options = LogOptions { rotation: SMALL, ..home.options() };
    let log = Log::open(&home.directory, options).unwrap();
    log.append(call(1), Durability::Before).unwrap();
    assert_eq!(home.verify().status(), Status::Intact);
}
