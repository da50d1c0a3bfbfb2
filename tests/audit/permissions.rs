//! Nobody but the owner may read or write a log.

use std::fs::{self, Permissions};
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _, chown, symlink};
use std::path::Path;

use spotify_audit::{Log, OpenError};

use crate::fixture::{Home, calls, overwrite, segment};

fn mode(path: &Path) -> u32 {
    path.metadata().unwrap().mode() & 0o777
}

fn refusal(home: &Home) -> String {
    let error = Log::open(&home.directory, home.options()).unwrap_err();
    assert!(matches!(error, OpenError::Storage(_)), "{error:?}");
    error.to_string()
}

#[test]
fn directory_and_file_are_made_private() {
    let home = Home::new();
    drop(home.open());
    assert_eq!((mode(&home.directory), mode(&home.file())), (0o700, 0o600));
}

#[test]
fn a_wider_directory_or_file_is_refused_and_the_remedy_named() {
    let home = Home::new();
    drop(home.open());
    for mode in [0o701, 0o710, 0o720, 0o755, 0o777] {
        fs::set_permissions(&home.directory, Permissions::from_mode(mode)).unwrap();
        let error = refusal(&home);
        assert!(error.contains(&format!("{mode:o}")), "{error}");
        assert!(error.contains("`chmod 700 '"), "{error}");
    }
    fs::set_permissions(&home.directory, Permissions::from_mode(0o700)).unwrap();
    for mode in [0o604, 0o620, 0o640, 0o644, 0o666] {
        fs::set_permissions(home.file(), Permissions::from_mode(mode)).unwrap();
        assert!(refusal(&home).contains("`chmod 600 '"));
    }
    fs::set_permissions(home.file(), Permissions::from_mode(0o600)).unwrap();
    drop(home.open());
}

#[test]
fn the_log_of_another_user_is_refused() {
    let home = Home::new();
    drop(home.open());
    if chown(home.file(), Some(12345), None).is_err() {
        println!("skipped: only root can give a file away");
        return;
    }
    let error = refusal(&home);
    assert!(error.contains("it belongs to user 12345, not to user 0 who runs this"), "{error}");
}

#[test]
fn a_link_or_another_thing_in_place_of_the_file_is_refused() {
    let home = Home::new();
    drop(calls(&home, 1));
    let elsewhere = home.directory.join("elsewhere");
    overwrite(&elsewhere, &home.bytes());
    fs::set_permissions(&elsewhere, Permissions::from_mode(0o600)).unwrap();
    fs::remove_file(home.file()).unwrap();
    symlink(&elsewhere, home.file()).unwrap();
    refusal(&home);
    fs::remove_file(home.file()).unwrap();
    fs::create_dir(home.file()).unwrap();
    refusal(&home);
    fs::remove_dir(home.file()).unwrap();
    let made = std::process::Command::new("mkfifo").arg(home.file()).status().unwrap();
    assert!(made.success());
    fs::set_permissions(home.file(), Permissions::from_mode(0o600)).unwrap();
    refusal(&home);
}

#[test]
fn an_empty_segment_that_no_segment_leads_to_is_not_appended_to() {
    let home = Home::new();
    drop(calls(&home, 1));
    let further = home.directory.join("00000000000000000003.jsonl");
    overwrite(&further, b"");
    fs::set_permissions(&further, Permissions::from_mode(0o600)).unwrap();
    let error = Log::open(&home.directory, home.options()).unwrap_err();
    assert!(matches!(error, OpenError::Unconnected { .. }), "{error}");
}

#[test]
fn a_directory_that_cannot_be_made_is_an_error() {
    let home = Home::new();
    overwrite(&home.directory, b"a file");
    let error = refusal(&home);
    assert!(error.contains(segment(&home.directory).parent().unwrap().to_str().unwrap()));
}
