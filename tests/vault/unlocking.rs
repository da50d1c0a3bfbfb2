//! Who can open a vault, who can't, and what the refusal says.

use std::sync::Arc;

use secrecy::SecretString;
use spotify_vault::{
    KeySource, RecoveryCode, SealedVault, SecretBytes, Unlock, Vault as _, VaultError,
};

use crate::support::{
    Home, Recorder, TOKENS, environment, master_key, options, overwrite, passphrase, subject,
};

fn keychain(fill: u8) -> Unlock {
    let (service, account) = ("service".to_owned(), "account".to_owned());
    Unlock::Keychain { service, account, key: master_key(fill) }
}

fn key_file(fill: u8) -> Unlock {
    Unlock::KeyFile { path: "/somewhere/key".into(), key: master_key(fill) }
}

fn credential(fill: u8) -> Unlock {
    Unlock::Credential { path: "/run/credentials/key".into(), key: master_key(fill) }
}

#[test]
fn each_key_source_opens_what_it_locked_and_is_pinned() {
    let sources: [fn(u8) -> Unlock; 6] = [
        environment,
        keychain,
        key_file,
        credential,
        |fill| Unlock::Descriptor(master_key(fill)),
        |fill| passphrase(&format!("passphrase {fill}")),
    ];
    for source in sources {
        let home = Home::with(&source(1), options(1));
        home.vault.write(&subject("s"), &TOKENS, &SecretBytes::from(b"v".to_vec())).unwrap();
        assert_eq!(SealedVault::pinned(&home.dir()).unwrap(), Some(source(1).source()));
        let opened = home.open(&source(1)).unwrap();
        assert_eq!(opened.id(), home.vault.id());
        assert_eq!(opened.backend().key, Some(source(1).source()));
        assert!(opened.read(&subject("s"), &TOKENS).unwrap().unwrap().value.matches(b"v"));
        let refused = home.open(&source(2));
        assert!(matches!(refused, Err(VaultError::WrongKey { .. })), "{refused:?}");
    }
}

#[test]
fn another_source_than_the_pinned_one_is_refused_before_its_key_is_tried() {
    let home = Home::with(&environment(1), options(1));
    let descriptor = Unlock::Descriptor(master_key(1));
    for given in [keychain(1), key_file(1), credential(1), descriptor, passphrase("correct horse")]
    {
        let Err(VaultError::WrongKeySource { pinned, given: refused }) = home.open(&given) else {
            panic!("{given:?} was not refused");
        };
        assert_eq!((pinned, refused), (KeySource::Environment, given.source()));
    }
}

/// The first release refuses it by name instead of calling it malformed.
#[test]
fn a_header_asks_for_the_least_reader_that_knows_its_key_source() {
    let home = Home::new();
    let stated = || {
        let text = std::fs::read_to_string(home.dir().join("vault.hdr")).unwrap();
        text.split_once(r#""min_reader":"#).unwrap().1.chars().next().unwrap()
    };
    assert_eq!(stated(), '1');
    home.vault.rekey(&environment(1), &credential(1)).unwrap();
    assert_eq!(stated(), '2');
    home.vault.rekey(&credential(1), &environment(1)).unwrap();
    assert_eq!(stated(), '1');
}

#[test]
fn a_moved_key_file_still_opens() {
    let home = Home::with(&key_file(1), options(1));
    let moved = Unlock::KeyFile { path: "/elsewhere".into(), key: master_key(1) };
    assert!(home.open(&moved).is_ok());
}

#[test]
fn the_recovery_code_opens_every_vault_and_no_other_code_does() {
    let home = Home::with(&passphrase("correct horse"), options(1));
    let code = RecoveryCode::parse(&home.recovery.expose()).unwrap();
    assert_eq!(home.open(&Unlock::Recovery(code)).unwrap().id(), home.vault.id());
    let other = Home::with(&environment(1), options(9)).recovery;
    let refused = home.open(&Unlock::Recovery(other));
    assert!(matches!(refused, Err(VaultError::WrongKey { given: KeySource::Recovery })));
}

#[test]
fn an_absent_vault_is_not_found_and_not_pinned() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("none");
    let refused = SealedVault::open(&dir, &environment(1), options(1));
    assert!(matches!(refused, Err(VaultError::NotFound { .. })));
    assert_eq!(SealedVault::pinned(&dir).unwrap(), None);
    assert!(!dir.exists(), "looking makes nothing");
}

#[test]
fn a_vault_is_never_made_over_another() {
    let home = Home::new();
    let refused = SealedVault::create(&home.dir(), &environment(2), options(2));
    assert!(matches!(refused, Err(VaultError::AlreadyExists { .. })));
    assert!(home.open(&environment(1)).is_ok());
}

#[test]
fn a_lost_header_is_damage_and_not_an_absent_vault() {
    let home = Home::new();
    home.vault.write(&subject("s"), &TOKENS, &SecretBytes::from(b"v".to_vec())).unwrap();
    std::fs::remove_file(home.dir().join("vault.hdr")).unwrap();
    let results = [
        home.open(&environment(1)).map(drop),
        SealedVault::create(&home.dir(), &environment(1), options(3)).map(drop),
        SealedVault::pinned(&home.dir()).map(drop),
    ];
    for result in results {
        assert!(matches!(result, Err(VaultError::Integrity { .. })), "{result:?}");
    }
}

#[test]
fn neither_a_short_passphrase_nor_a_recovery_code_locks_a_vault() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("vault");
    let short = SealedVault::create(&dir, &passphrase("1234567"), options(1));
    assert!(matches!(short, Err(VaultError::WeakPassphrase { minimum: 8 })));
    let code = Unlock::Recovery(Home::new().recovery);
    let recovery = SealedVault::create(&dir, &code, options(1));
    assert!(matches!(recovery, Err(VaultError::RecoveryNotPrimary)));
    assert_eq!(SealedVault::pinned(&dir).unwrap(), None);
}

#[cfg(unix)]
#[test]
fn a_key_file_whose_path_is_no_text_is_refused() {
    use std::os::unix::ffi::OsStringExt as _;

    let path = std::ffi::OsString::from_vec(b"/key-\xff".to_vec()).into();
    let unlock = Unlock::KeyFile { path, key: master_key(1) };
    let root = tempfile::tempdir().unwrap();
    let made = SealedVault::create(&root.path().join("vault"), &unlock, options(1));
    assert!(matches!(made, Err(VaultError::UnprintablePath { .. })));
    let refused = Home::new().vault.rekey(&environment(1), &unlock);
    assert!(matches!(refused, Err(VaultError::UnprintablePath { .. })));
}

#[test]
fn rekeying_moves_the_pin_through_every_source_and_keeps_records_and_derived_keys() {
    let home = Home::with(&passphrase("correct horse"), options(1));
    let s = subject("s");
    home.vault.write(&s, &TOKENS, &SecretBytes::from(b"v".to_vec())).unwrap();
    let derived = *home.vault.derive("audit").expose();
    let descriptor = Unlock::Descriptor(master_key(4));
    let steps = [
        passphrase("correct horse"),
        key_file(1),
        keychain(2),
        descriptor,
        credential(5),
        environment(3),
    ];
    for [from, to] in steps.array_windows() {
        home.vault.rekey(from, to).unwrap();
        assert_eq!(home.vault.backend().key, Some(to.source()));
        assert_eq!(SealedVault::pinned(&home.dir()).unwrap(), Some(to.source()));
        let opened = home.open(to).unwrap();
        assert!(opened.read(&s, &TOKENS).unwrap().unwrap().value.matches(b"v"));
        assert_eq!(opened.derive("audit").expose(), &derived);
        assert!(matches!(home.open(from), Err(VaultError::WrongKeySource { .. })));
    }
    let code = RecoveryCode::parse(&home.recovery.expose()).unwrap();
    assert!(home.open(&Unlock::Recovery(code)).is_ok(), "the recovery slot stays");
}

#[test]
fn a_rekeyed_passphrase_no_longer_opens() {
    let home = Home::with(&passphrase("correct horse"), options(1));
    home.vault.rekey(&passphrase("correct horse"), &passphrase("battery staple")).unwrap();
    assert!(matches!(home.open(&passphrase("correct horse")), Err(VaultError::WrongKey { .. })));
    assert!(home.open(&passphrase("battery staple")).is_ok());
}

#[test]
fn a_lost_primary_key_is_replaced_with_the_recovery_code() {
    let home = Home::with(&keychain(1), options(1));
    let code = || Unlock::Recovery(RecoveryCode::parse(&home.recovery.expose()).unwrap());
    let recovered = home.open(&code()).unwrap();
    recovered.rekey(&code(), &passphrase("correct horse")).unwrap();
    assert!(home.open(&passphrase("correct horse")).is_ok());
}

#[test]
fn a_refused_rekey_changes_nothing() {
    let home = Home::new();
    let before = home.files();
    let refused = [
        home.vault.rekey(&environment(2), &passphrase("correct horse")),
        home.vault.rekey(&keychain(1), &passphrase("correct horse")),
        home.vault.rekey(&environment(1), &passphrase("short")),
    ];
    assert!(matches!(refused[0], Err(VaultError::WrongKey { .. })));
    assert!(matches!(refused[1], Err(VaultError::WrongKeySource { .. })));
    assert!(matches!(refused[2], Err(VaultError::WeakPassphrase { .. })));
    assert_eq!(home.files(), before);
}

#[test]
fn an_opened_vault_does_not_rekey_another_one_put_in_its_place() {
    let (home, other) = (Home::new(), Home::with(&environment(1), options(5)));
    let foreign = std::fs::read(other.dir().join("vault.hdr")).unwrap();
    overwrite(&home.dir().join("vault.hdr"), &foreign);
    let refused = home.vault.rekey(&environment(1), &environment(2));
    assert!(matches!(refused, Err(VaultError::Integrity { .. })));
    assert_eq!(std::fs::read(home.dir().join("vault.hdr")).unwrap(), foreign);
}

#[test]
fn derived_keys_differ_by_label_and_vault() {
    let (one, other) = (Home::new(), Home::with(&environment(1), options(5)));
    let key = |home: &Home, label| *home.vault.derive(label).expose();
    assert_eq!(key(&one, "audit"), key(&one, "audit"));
    assert_ne!(key(&one, "audit"), key(&one, "other"));
    assert_ne!(key(&one, "audit"), key(&other, "audit"));
}

#[test]
fn the_observer_hears_of_key_work_use_and_refusals_but_of_no_secret() {
    let recorder = Recorder::new();
    let canary = "canary-passphrase-7f3a";
    let home = Home::with(&passphrase(canary), options(1).observer(Arc::clone(&recorder) as _));
    let value = SecretBytes::from(b"canary-value-91c2".to_vec());
    let s = subject("s");
    home.vault.write(&s, &TOKENS, &value).unwrap();
    home.vault.read(&s, &TOKENS).unwrap();
    home.vault.rekey(&passphrase(canary), &environment(1)).unwrap();
    home.vault.rekey(&passphrase(canary), &environment(1)).unwrap_err();
    home.vault.destroy(&s).unwrap();
    home.vault.read(&s, &TOKENS).unwrap_err();
    let events = recorder.take();
    let kinds: Vec<_> = events.iter().map(|event| event.split(' ').next().unwrap()).collect();
    assert_eq!(
        kinds,
        [
            "Created",
            "SubjectKeyMade",
            "Written",
            "Read",
            "Rekeyed",
            "Refused",
            "Destroyed",
            "Refused"
        ]
    );
    let code = home.recovery.expose();
    let told = format!("{events:?} {:?} {:?} {value:?}", home.vault, home.recovery);
    for secret in [canary, "canary-value", code.as_str()] {
        assert!(!told.contains(secret), "{secret}");
    }
    let unlock = Unlock::Passphrase(SecretString::from(canary));
    assert!(!format!("{unlock:?}").contains(canary));
}

#[test]
fn the_observer_hears_of_a_refused_opening() {
    let (home, recorder) = (Home::new(), Recorder::new());
    let observed = options(2).observer(Arc::clone(&recorder) as _);
    SealedVault::open(&home.dir(), &environment(2), observed).unwrap_err();
    let events = recorder.take();
    assert_eq!(events.len(), 1);
    assert!(events[0].starts_with("Refused { attempt: Open"), "{events:?}");
}
