//! One suite that every backend runs.

use std::time::Duration;

use spotify_vault::{Field, Generation, SecretBytes, Subject, Vault, VaultError};

use crate::support::{JOURNAL, TOKENS, subject};

const NOW: Duration = Duration::ZERO;

fn bytes(text: &str) -> SecretBytes {
    SecretBytes::from(text.as_bytes().to_vec())
}

/// What every backend that keeps values must do. `vault` is empty.
pub(crate) fn writable(vault: &dyn Vault) {
    assert!(vault.backend().writable);
    absent_is_none(vault);
    writes_are_read_back_and_counted(vault);
    fields_and_subjects_are_apart(vault);
    a_lease_excludes_others_and_ends_with_its_drop(vault);
    a_lease_commits_more_than_once(vault);
    any_bytes_are_kept(vault);
    a_value_that_is_too_long_is_refused_and_nothing_changes(vault);
    generations_name_each_record_once(vault);
    a_destroyed_subject_stays_destroyed(vault);
    a_commit_in_flight_loses_against_destroy(vault);
}

/// What every backend that keeps nothing must do. It holds `"given"` for subject `s`, tokens.
pub(crate) fn read_only(vault: &dyn Vault) {
    assert!(!vault.backend().writable);
    let s = subject("s");
    assert_eq!(vault.read(&s, &TOKENS).unwrap().unwrap().value.expose(), b"given");
    assert!(vault.read(&s, &JOURNAL).unwrap().is_none());
    assert!(vault.read(&subject("other"), &TOKENS).unwrap().is_none());
    let mut lease = vault.lease(&s, &TOKENS, NOW).unwrap();
    assert_eq!(lease.read().unwrap().unwrap().generation, Generation::new(1));
    assert!(matches!(lease.prepare(1), Err(VaultError::ReadOnly { .. })));
    assert!(matches!(lease.commit(&bytes("new")), Err(VaultError::ReadOnly { .. })));
    assert!(matches!(vault.write(&s, &TOKENS, &bytes("new")), Err(VaultError::ReadOnly { .. })));
    assert!(matches!(vault.destroy(&s), Err(VaultError::ReadOnly { .. })));
    assert!(!vault.is_destroyed(&s).unwrap());
    assert_eq!(vault.generations().unwrap().len(), 1);
    assert_eq!(vault.read(&s, &TOKENS).unwrap().unwrap().value.expose(), b"given");
}

fn value(vault: &dyn Vault, subject: &Subject, field: &Field) -> Vec<u8> {
    vault.read(subject, field).unwrap().unwrap().value.expose().to_vec()
}

fn absent_is_none(vault: &dyn Vault) {
    let s = subject("absent");
    assert!(vault.read(&s, &TOKENS).unwrap().is_none());
    assert!(vault.lease(&s, &TOKENS, NOW).unwrap().read().unwrap().is_none());
    assert!(!vault.is_destroyed(&s).unwrap());
}

fn writes_are_read_back_and_counted(vault: &dyn Vault) {
    let s = subject("counted");
    for count in 1..=3 {
        let text = format!("value {count}");
        assert_eq!(vault.write(&s, &TOKENS, &bytes(&text)).unwrap(), Generation::new(count));
        let opened = vault.read(&s, &TOKENS).unwrap().unwrap();
        assert_eq!(opened.generation, Generation::new(count));
        assert_eq!(opened.value.expose(), text.as_bytes());
    }
}

fn fields_and_subjects_are_apart(vault: &dyn Vault) {
    let (a, b) = (subject("apart-a"), subject("apart-b"));
    vault.write(&a, &TOKENS, &bytes("a tokens")).unwrap();
    vault.write(&a, &JOURNAL, &bytes("a journal")).unwrap();
    vault.write(&b, &TOKENS, &bytes("b tokens")).unwrap();
    assert_eq!(value(vault, &a, &TOKENS), b"a tokens");
    assert_eq!(value(vault, &a, &JOURNAL), b"a journal");
    assert_eq!(value(vault, &b, &TOKENS), b"b tokens");
    assert!(vault.read(&b, &JOURNAL).unwrap().is_none());
}

fn a_lease_excludes_others_and_ends_with_its_drop(vault: &dyn Vault) {
    let (s, other) = (subject("leased"), subject("leased-other"));
    let lease = vault.lease(&s, &TOKENS, NOW).unwrap();
    assert!(matches!(vault.lease(&s, &TOKENS, NOW), Err(VaultError::Busy { .. })));
    assert!(vault.lease(&s, &JOURNAL, NOW).is_ok());
    assert!(vault.lease(&other, &TOKENS, NOW).is_ok());
    assert!(vault.read(&s, &TOKENS).unwrap().is_none(), "reading needs no lease");
    drop(lease);
    assert!(vault.lease(&s, &TOKENS, NOW).is_ok());
}

fn a_lease_commits_more_than_once(vault: &dyn Vault) {
    let s = subject("twice");
    let mut lease = vault.lease(&s, &TOKENS, NOW).unwrap();
    lease.prepare(10).unwrap();
    assert_eq!(lease.commit(&bytes("first")).unwrap(), Generation::new(1));
    assert_eq!(lease.commit(&bytes(&"longer than prepared".repeat(100))).unwrap().get(), 2);
    assert_eq!(lease.read().unwrap().unwrap().generation, Generation::new(2));
}

fn any_bytes_are_kept(vault: &dyn Vault) {
    let s = Subject::new([0xff; Subject::MAX_LEN]).unwrap();
    let field = Field::new("z".repeat(Field::MAX_LEN)).unwrap();
    for len in [0, 1, 255, 256, 257, 100_000] {
        let written = vec![0xa5; len];
        vault.write(&s, &field, &SecretBytes::from(written.clone())).unwrap();
        assert_eq!(value(vault, &s, &field), written);
    }
}

fn a_value_that_is_too_long_is_refused_and_nothing_changes(vault: &dyn Vault) {
    let (s, most) = (subject("long"), 4 * 1024 * 1024);
    vault.write(&s, &TOKENS, &bytes("kept")).unwrap();
    let mut lease = vault.lease(&s, &TOKENS, NOW).unwrap();
    assert!(matches!(lease.prepare(most + 1), Err(VaultError::TooLarge { .. })));
    let more = lease.commit(&vec![0; most + 1].into());
    assert!(matches!(more, Err(VaultError::TooLarge { .. })));
    assert_eq!(lease.commit(&bytes("next")).unwrap(), Generation::new(2));
}

fn generations_name_each_record_once(vault: &dyn Vault) {
    let before = vault.generations().unwrap();
    let s = subject("listed");
    vault.write(&s, &TOKENS, &bytes("1")).unwrap();
    vault.write(&s, &TOKENS, &bytes("2")).unwrap();
    let after = vault.generations().unwrap();
    assert!(after.is_sorted());
    let new: Vec<_> = after.iter().filter(|entry| !before.contains(entry)).collect();
    assert_eq!(new.len(), 1);
    assert_eq!(new[0].1, Generation::new(2));
}

fn a_destroyed_subject_stays_destroyed(vault: &dyn Vault) {
    let s = subject("destroyed");
    vault.write(&s, &TOKENS, &bytes("1")).unwrap();
    vault.write(&s, &JOURNAL, &bytes("2")).unwrap();
    let before = vault.generations().unwrap().len();
    let destroyed = vault.destroy(&s).unwrap();
    assert_eq!((destroyed.newly, destroyed.records), (true, 2));
    let again = vault.destroy(&s).unwrap();
    assert_eq!((again.newly, again.records), (false, 0));
    assert_eq!((again.subject, again.at), (destroyed.subject, destroyed.at));
    assert!(vault.is_destroyed(&s).unwrap());
    assert_eq!(vault.generations().unwrap().len(), before - 2);
    for field in [TOKENS, JOURNAL, Field::from_static("new")] {
        assert!(matches!(vault.read(&s, &field), Err(VaultError::Destroyed { .. })));
        let lease = vault.lease(&s, &field, NOW);
        assert!(matches!(lease, Err(VaultError::Destroyed { .. })));
        let write = vault.write(&s, &field, &bytes("3"));
        assert!(matches!(write, Err(VaultError::Destroyed { .. })));
    }
    let never = subject("never-written");
    assert!(vault.destroy(&never).unwrap().newly);
    assert!(vault.is_destroyed(&never).unwrap());
}

fn a_commit_in_flight_loses_against_destroy(vault: &dyn Vault) {
    let s = subject("in-flight");
    vault.write(&s, &TOKENS, &bytes("old")).unwrap();
    let mut lease = vault.lease(&s, &TOKENS, NOW).unwrap();
    lease.prepare(100).unwrap();
    assert!(vault.destroy(&s).unwrap().newly, "destroying waits for no lease");
    assert!(matches!(lease.commit(&bytes("new")), Err(VaultError::Destroyed { .. })));
    assert!(matches!(lease.prepare(1000), Err(VaultError::Destroyed { .. })));
    assert!(matches!(lease.read(), Err(VaultError::Destroyed { .. })));
    drop(lease);
    assert!(matches!(vault.read(&s, &TOKENS), Err(VaultError::Destroyed { .. })));
}
