//! What someone who can change the files, but has no key, can't achieve.

use std::path::{Path, PathBuf};

use proptest::prelude::*;
use spotify_vault::{Field, SealedVault, SecretBytes, Subject, Vault as _, VaultError};

use crate::support::{
    Home, JOURNAL, TOKENS, environment, options, overwrite, passphrase, put, subject,
};

fn value(text: &str) -> SecretBytes {
    SecretBytes::from(text.as_bytes().to_vec())
}

/// A vault with one record, and the paths of its files.
fn one_record() -> (Home, Subject) {
    let (home, s) = (Home::new(), subject("s"));
    home.vault.write(&s, &TOKENS, &value("kept")).unwrap();
    (home, s)
}

/// Calls `check` for each way to flip one bit of a file, then puts the file back.
fn each_flipped_bit(path: &Path, mut check: impl FnMut(usize)) {
    let good = std::fs::read(path).unwrap();
    for bit in 0..good.len() * 8 {
        let mut bad = good.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        overwrite(path, &bad);
        check(bit);
    }
    overwrite(path, &good);
}

fn is_refused(error: &VaultError) -> bool {
    matches!(error, VaultError::Integrity { .. } | VaultError::Version { .. })
}

#[test]
fn every_flipped_bit_of_a_record_is_refused() {
    let (home, s) = one_record();
    each_flipped_bit(&home.file(".rec"), |bit| {
        let error = home.vault.read(&s, &TOKENS).unwrap_err();
        assert!(is_refused(&error), "bit {bit}: {error}");
        let error = home.vault.generations().unwrap_err();
        assert!(is_refused(&error), "bit {bit}: {error}");
    });
    assert!(home.vault.read(&s, &TOKENS).unwrap().unwrap().value.matches(b"kept"));
}

#[test]
fn every_flipped_bit_of_a_subjects_key_is_refused() {
    let (home, s) = one_record();
    each_flipped_bit(&home.file(".key"), |bit| {
        let error = home.vault.read(&s, &TOKENS).unwrap_err();
        assert!(is_refused(&error), "bit {bit}: {error}");
    });
    assert!(home.vault.read(&s, &TOKENS).is_ok());
}

#[test]
fn every_flipped_bit_of_the_header_is_refused() {
    let (home, _) = one_record();
    let header = home.dir().join("vault.hdr");
    each_flipped_bit(&header, |bit| {
        let error = home.open(&environment(1)).unwrap_err();
        let refused = is_refused(&error)
            || matches!(
                error,
                VaultError::WrongKey { .. }
                    | VaultError::WrongKeySource { .. }
                    | VaultError::KdfBounds { .. }
            );
        assert!(refused, "bit {bit}: {error}");
    });
    assert!(home.open(&environment(1)).is_ok());
}

#[test]
fn a_file_cut_short_or_made_longer_is_refused() {
    let (home, s) = one_record();
    for suffix in [".rec", ".key"] {
        let path = home.file(suffix);
        let good = std::fs::read(&path).unwrap();
        for len in (0..good.len()).step_by(7).chain([good.len() - 1]) {
            overwrite(&path, &good[..len]);
            let error = home.vault.read(&s, &TOKENS).unwrap_err();
            assert!(is_refused(&error), "{suffix} {len}: {error}");
        }
        overwrite(&path, &[good.as_slice(), b"\0"].concat());
        assert!(is_refused(&home.vault.read(&s, &TOKENS).unwrap_err()));
        overwrite(&path, &good);
    }
    let path = home.dir().join("vault.hdr");
    let good = std::fs::read(&path).unwrap();
    let longer = [good.as_slice(), b"\n"].concat();
    let huge = vec![b' '; 65 * 1024];
    for bad in [&good[..good.len() - 1], &good[..10], b"", longer.as_slice(), &huge] {
        overwrite(&path, bad);
        assert!(is_refused(&home.open(&environment(1)).unwrap_err()), "{} bytes", bad.len());
    }
}

#[test]
fn a_damaged_record_is_not_written_over() {
    let (home, s) = one_record();
    let path = home.file(".rec");
    let mut bytes = std::fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    overwrite(&path, &bytes);
    assert!(is_refused(&home.vault.write(&s, &TOKENS, &value("new")).unwrap_err()));
    assert_eq!(std::fs::read(&path).unwrap(), bytes);
}

#[test]
fn a_record_in_the_place_of_another_field_subject_or_vault_is_refused() {
    let home = Home::new();
    let foreign = Home::with(&environment(1), options(5));
    let (a, b) = (subject("a"), subject("b"));
    let path = |home: &Home, s: &Subject, field: &Field| -> PathBuf {
        home.file(&format!("{}/{}.rec", home.vault.subject_id(s), home.vault.record_id(s, field)))
    };
    for (s, field) in [(&a, TOKENS), (&a, JOURNAL), (&b, TOKENS)] {
        home.vault.write(s, &field, &value("home")).unwrap();
        foreign.vault.write(s, &field, &value("foreign")).unwrap();
    }
    let target = path(&home, &a, &TOKENS);
    let others = [path(&home, &a, &JOURNAL), path(&home, &b, &TOKENS), path(&foreign, &a, &TOKENS)];
    for other in others {
        overwrite(&target, &std::fs::read(&other).unwrap());
        let error = home.vault.read(&a, &TOKENS).unwrap_err();
        assert!(is_refused(&error), "{}: {error}", other.display());
    }
}

#[test]
fn a_key_in_the_place_of_another_subjects_is_refused() {
    let home = Home::new();
    let (a, b) = (subject("a"), subject("b"));
    let key = |s: &Subject| home.file(&format!("{}/1.key", home.vault.subject_id(s)));
    home.vault.write(&a, &TOKENS, &value("a")).unwrap();
    home.vault.write(&b, &TOKENS, &value("b")).unwrap();
    overwrite(&key(&a), &std::fs::read(key(&b)).unwrap());
    assert!(is_refused(&home.vault.read(&a, &TOKENS).unwrap_err()));
    std::fs::remove_file(key(&b)).unwrap();
    assert!(is_refused(&home.vault.read(&b, &TOKENS).unwrap_err()), "a lost key is damage");
    assert!(is_refused(&home.vault.write(&b, &JOURNAL, &value("b")).unwrap_err()));
}

/// Detected, not prevented: the vault alone can't know which state is the newest.
#[test]
fn an_older_copy_of_a_record_states_its_older_generation() {
    let (home, s) = one_record();
    let path = home.file(".rec");
    let old = std::fs::read(&path).unwrap();
    home.vault.write(&s, &TOKENS, &value("newer")).unwrap();
    overwrite(&path, &old);
    let opened = home.vault.read(&s, &TOKENS).unwrap().unwrap();
    assert_eq!(opened.generation.get(), 1);
    let mut raised = old;
    raised[19] = 2;
    overwrite(&path, &raised);
    assert!(is_refused(&home.vault.read(&s, &TOKENS).unwrap_err()));
}

/// Changes the header's text and keeps its authenticator.
fn edit_header(home: &Home, from: &str, to: &str) {
    let path = home.dir().join("vault.hdr");
    let text = String::from_utf8(std::fs::read(&path).unwrap()).unwrap();
    assert!(text.contains(from), "{from} in {text}");
    overwrite(&path, text.replacen(from, to, 1).as_bytes());
}

#[test]
fn a_newer_version_or_reader_is_refused_by_name() {
    for (from, to) in
        [(r#""version":1"#, r#""version":2"#), (r#""min_reader":1"#, r#""min_reader":3"#)]
    {
        let home = Home::new();
        edit_header(&home, from, to);
        let Err(VaultError::Version { found, supported, .. }) = home.open(&environment(1)) else {
            panic!("{to} was not refused");
        };
        assert_eq!(found, supported + 1);
        assert!(matches!(SealedVault::pinned(&home.dir()), Err(VaultError::Version { .. })));
    }
    let (home, s) = one_record();
    let path = home.file(".rec");
    let mut bytes = std::fs::read(&path).unwrap();
    bytes[4] = 2;
    overwrite(&path, &bytes);
    let error = home.vault.read(&s, &TOKENS).unwrap_err();
    assert!(matches!(error, VaultError::Version { found: 2, supported: 1, .. }), "{error}");
}

#[test]
fn the_cost_of_a_passphrase_can_neither_be_lowered_nor_made_a_bomb() {
    let cost = r#""m":19456,"t":1,"p":1"#;
    let bounded = [
        r#""m":8,"t":1,"p":1"#,
        r#""m":67108864,"t":1,"p":1"#,
        r#""m":4294967295,"t":1,"p":1"#,
        r#""m":19456,"t":4294967295,"p":1"#,
        r#""m":19456,"t":0,"p":1"#,
        r#""m":19456,"t":1,"p":9"#,
    ];
    for changed in bounded {
        let home = Home::with(&passphrase("correct horse"), options(1));
        edit_header(&home, cost, changed);
        let refused = home.open(&passphrase("correct horse"));
        assert!(matches!(refused, Err(VaultError::KdfBounds { .. })), "{changed}: {refused:?}");
    }
    let home = Home::with(&passphrase("correct horse"), options(1));
    edit_header(&home, cost, r#""m":19456,"t":2,"p":1"#);
    let refused = home.open(&passphrase("correct horse"));
    assert!(matches!(refused, Err(VaultError::WrongKey { .. })), "{refused:?}");
}

#[test]
fn a_header_with_a_changed_pin_epoch_or_slot_is_refused() {
    let home = Home::new();
    edit_header(&home, r#""epoch":1"#, r#""epoch":2"#);
    assert!(is_refused(&home.open(&environment(1)).unwrap_err()));

    let home = Home::new();
    edit_header(&home, r#""pin":{"source":"environment"}"#, r#""pin":{"source":"passphrase"}"#);
    let refused = home.open(&environment(1));
    assert!(matches!(refused, Err(VaultError::WrongKeySource { .. })));
    assert!(matches!(home.open(&passphrase("any at all")), Err(VaultError::WrongKey { .. })));

    for (from, to) in [
        (r#""role":"recovery""#, r#""role":"primary""#),
        (r#""id":2"#, r#""id":1"#),
        (r#""active_term":1"#, r#""active_term":2"#),
        (r#""state":"active""#, r#""state":"retired""#),
        (r#""magic":"SPMV""#, r#""magic":"SPMX""#),
        (r#""epoch":1"#, r#""epoch":1,"extra":1"#),
        (r#""epoch":1"#, r#""epoch":1,"epoch":1"#),
        (r#""epoch":1"#, r#""epoch":-1"#),
    ] {
        let home = Home::new();
        edit_header(&home, from, to);
        assert!(is_refused(&home.open(&environment(1)).unwrap_err()), "{to}");
    }
}

#[test]
fn a_destroyed_subject_stays_dead_when_its_files_are_put_back() {
    let (home, s) = one_record();
    let before = home.files();
    home.vault.destroy(&s).unwrap();
    let after: Vec<_> = home.files().into_iter().map(|(path, _)| path).collect();
    for (path, bytes) in before {
        if !after.contains(&path) {
            put(&path, &bytes).unwrap();
        }
    }
    assert!(home.file(".key").exists() && home.file(".rec").exists(), "both are back");
    let vault = home.open(&environment(1)).unwrap();
    assert!(matches!(vault.read(&s, &TOKENS), Err(VaultError::Destroyed { .. })));
    assert!(matches!(vault.write(&s, &TOKENS, &value("x")), Err(VaultError::Destroyed { .. })));
    assert_eq!(vault.generations().unwrap(), []);
    let again = vault.destroy(&s).unwrap();
    assert_eq!((again.newly, again.records), (false, 1), "destroying again clears them away");
}

#[test]
fn a_vault_that_cannot_be_unlocked_still_destroys_a_subject() {
    let (home, s) = one_record();
    let (id, now) = (home.vault.subject_id(&s), jiff::Timestamp::UNIX_EPOCH);
    overwrite(&home.dir().join("vault.hdr"), b"lost");
    let destroyed = SealedVault::destroy_locked(&home.dir(), id, now).unwrap();
    assert_eq!((destroyed.newly, destroyed.records, destroyed.at), (true, 1, now));
    assert!(matches!(home.vault.read(&s, &TOKENS), Err(VaultError::Destroyed { .. })));
}

#[test]
fn a_damaged_tombstone_still_keeps_its_subject_dead() {
    let (home, s) = one_record();
    home.vault.destroy(&s).unwrap();
    overwrite(&home.file("tombstone"), b"");
    assert!(home.vault.is_destroyed(&s).unwrap());
    assert!(matches!(home.vault.read(&s, &TOKENS), Err(VaultError::Destroyed { .. })));
    assert!(is_refused(&home.vault.destroy(&s).unwrap_err()), "its date is lost");
}

#[test]
fn nothing_that_was_sealed_or_named_stands_in_clear_in_any_file_or_name() {
    let (canary, name) = ("canary-value-0b1e6c", "canary-subject-55d1");
    let home = Home::with(&passphrase("canary-passphrase-e2"), options(1));
    let s = subject(name);
    let field = Field::from_static("canary-field-9");
    home.vault.write(&s, &field, &value(canary)).unwrap();
    home.vault.write(&s, &field, &value(&canary.repeat(50))).unwrap();
    let code = home.recovery.expose();
    let needles = [canary, name, field.as_str(), "canary-passphrase-e2", code.as_str()];
    for (path, bytes) in home.files() {
        for needle in needles {
            let found = bytes.windows(needle.len()).any(|window| window == needle.as_bytes());
            assert!(!found, "{needle} in {}", path.display());
            assert!(!path.to_str().unwrap().contains(needle));
        }
    }
}

/// Cuts a piece out of bytes and puts another in its place.
fn splice(good: &[u8], at: usize, cut: usize, piece: &[u8]) -> Vec<u8> {
    let at = at % (good.len() + 1);
    let end = (at + cut).min(good.len());
    [&good[..at], piece, &good[end..]].concat()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_in_the_place_of_a_file_do_worse_than_an_error(
        at in any::<usize>(),
        cut in 0..300_usize,
        piece in prop::collection::vec(any::<u8>(), 0..300),
    ) {
        let (home, s) = one_record();
        for path in [home.file(".rec"), home.file(".key"), home.dir().join("vault.hdr")] {
            let good = std::fs::read(&path).unwrap();
            for bad in [splice(&good, at, cut, &piece), piece.clone()] {
                overwrite(&path, &bad);
                let opened = home.open(&environment(1)).and_then(|vault| vault.read(&s, &TOKENS));
                prop_assert_eq!(opened.is_ok(), bad == good);
            }
            overwrite(&path, &good);
        }
    }
}
