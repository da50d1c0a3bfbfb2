//! Rotating data keys: what moves, what is dropped, and that everything opens all the time.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use spotify_vault::{
    Class, Field, Progress, Rotation, SealedVault, SecretBytes, Swept, Vault as _, VaultError,
};

use crate::memory::{MemoryStore, Point};
use crate::support::{Home, JOURNAL, Recorder, TOKENS, environment, options, overwrite, subject};

fn value(text: &str) -> SecretBytes {
    SecretBytes::from(text.as_bytes().to_vec())
}

fn quiet(_: Progress) {}

fn rotate(vault: &SealedVault, rotation: Rotation) -> Swept {
    vault.rotate(rotation, &mut quiet).unwrap()
}

/// A vault with three subjects, one of two records, and a destroyed one.
fn filled() -> Home {
    let home = Home::new();
    for who in ["a", "b", "c", "gone"] {
        home.vault.write(&subject(who), &TOKENS, &value(who)).unwrap();
    }
    home.vault.write(&subject("a"), &JOURNAL, &value("journal")).unwrap();
    home.vault.destroy(&subject("gone")).unwrap();
    home
}

fn check(vault: &SealedVault) {
    for who in ["a", "b", "c"] {
        assert!(vault.read(&subject(who), &TOKENS).unwrap().unwrap().value.matches(who.as_bytes()));
    }
    assert!(vault.read(&subject("a"), &JOURNAL).unwrap().unwrap().value.matches(b"journal"));
    assert!(vault.is_destroyed(&subject("gone")).unwrap());
}

fn records(home: &Home) -> BTreeMap<std::path::PathBuf, Vec<u8>> {
    let is_record = |path: &std::path::Path| path.extension().is_some_and(|end| end == "rec");
    home.files().into_iter().filter(|(path, _)| is_record(path)).collect()
}

#[test]
fn a_sweep_moves_every_key_touches_no_record_and_drops_the_old_term() {
    let home = filled();
    let (before, header) = (records(&home), std::fs::read(home.dir().join("vault.hdr")).unwrap());
    let mut seen = Vec::new();
    let swept = home.vault.rotate(Rotation::Sweep, &mut |now| seen.push(now)).unwrap();
    assert_eq!((swept.term, swept.moved, swept.renewed, swept.rewritten), (2, 3, 0, 0));
    assert_eq!(swept.dropped, [1]);
    assert!(swept.is_complete());
    assert_eq!(records(&home), before);
    assert_eq!(seen.first(), Some(&Progress { done: 0, total: 4 }));
    assert_eq!(seen.last(), Some(&Progress { done: 4, total: 4 }));
    check(&home.vault);
    check(&home.open(&environment(1)).unwrap());
    overwrite(&home.dir().join("vault.hdr"), &header);
    let old = home.open(&environment(1)).unwrap();
    let refused = old.read(&subject("a"), &TOKENS);
    assert!(matches!(refused, Err(VaultError::Integrity { .. })), "the old header opens nothing");
}

#[test]
fn without_a_sweep_a_subject_moves_with_its_next_write() {
    let home = filled();
    let begun = rotate(&home.vault, Rotation::NextWrite);
    assert_eq!((begun.term, begun.moved), (2, 0));
    assert_eq!(begun.left, BTreeMap::from([(1, 3)]));
    assert!(!begun.is_complete() && begun.dropped.is_empty());
    check(&home.vault);
    home.vault.write(&subject("a"), &TOKENS, &value("a")).unwrap();
    let terms = home.vault.status(&mut quiet).unwrap().terms;
    let counts: Vec<_> = terms.iter().map(|term| (term.term, term.keys, term.records)).collect();
    assert_eq!(counts, [(1, 2, 2), (2, 1, 2)]);
    let swept = home.vault.sweep(&mut quiet).unwrap();
    assert_eq!((swept.moved, swept.dropped), (2, vec![1]));
    check(&home.vault);
}

#[test]
fn after_a_compromise_no_old_key_and_no_old_seal_is_left() {
    let home = filled();
    let before = home.files();
    let swept = rotate(&home.vault, Rotation::Compromised);
    assert_eq!((swept.moved, swept.renewed, swept.rewritten), (0, 3, 4));
    assert_eq!(swept.dropped, [1]);
    check(&home.vault);
    check(&home.open(&environment(1)).unwrap());
    assert_eq!(home.vault.read(&subject("a"), &TOKENS).unwrap().unwrap().generation.get(), 2);
    let ends = |path: &std::path::Path, end: &str| path.extension().is_some_and(|it| it == end);
    for (path, bytes) in home.files() {
        if ends(&path, "key") {
            assert!(path.ends_with("2.key"), "{}", path.display());
        }
        if ends(&path, "rec") {
            let old = before.iter().find(|(other, _)| *other == path).unwrap();
            // From the content key's nonce on: nothing is the same.
            assert!(old.1[60..].windows(24).all(|piece| !bytes.windows(24).any(|it| it == piece)));
        }
    }
}

#[test]
fn an_interrupted_compromise_goes_on_as_one() {
    let store = MemoryStore::default();
    let (vault, _) =
        SealedVault::create_in(Arc::new(store.clone()), &environment(1), options(1)).unwrap();
    for who in ["a", "b"] {
        vault.write(&subject(who), &TOKENS, &value(who)).unwrap();
    }
    for point in [Point::PutEarly, Point::DropKey, Point::AddKey] {
        store.fail(Some(point));
        let stopped = vault.rotate(Rotation::Compromised, &mut quiet);
        assert!(matches!(stopped, Err(VaultError::Storage { .. })), "{point:?}");
        store.fail(None);
        for who in ["a", "b"] {
            let read = vault.read(&subject(who), &TOKENS).unwrap().unwrap();
            assert!(read.value.matches(who.as_bytes()), "{point:?}");
        }
    }
    let status = vault.status(&mut quiet).unwrap();
    assert!(status.is_rotating());
    assert!(status.terms.iter().rev().skip(1).all(|term| term.state == "compromised"));
    let other = SealedVault::open_in(Arc::new(store), &environment(1), options(9)).unwrap();
    let swept = other.sweep(&mut quiet).unwrap();
    assert_eq!((swept.moved, swept.renewed), (0, 2), "moving keys as they are is not enough");
    assert!(swept.is_complete());
    assert_eq!(other.status(&mut quiet).unwrap().terms.len(), 1);
}

#[test]
fn a_term_that_something_needs_is_never_dropped() {
    let home = filled();
    let key = home.file(&format!("{}/1.key", home.vault.subject_id(&subject("b"))));
    let mut damaged = std::fs::read(&key).unwrap();
    *damaged.last_mut().unwrap() ^= 1;
    let good = std::fs::read(&key).unwrap();
    overwrite(&key, &damaged);
    let swept = rotate(&home.vault, Rotation::Sweep);
    assert_eq!(swept.moved, 2);
    assert_eq!(swept.skipped, [home.vault.subject_id(&subject("b"))]);
    assert_eq!((swept.left, swept.dropped), (BTreeMap::from([(1, 1)]), vec![]));
    overwrite(&key, &good);
    let swept = home.vault.sweep(&mut quiet).unwrap();
    assert_eq!((swept.moved, swept.dropped), (1, vec![1]));
    check(&home.vault);
}

#[test]
fn a_process_that_had_the_vault_open_goes_on_after_a_rotation() {
    let home = filled();
    let other = home.open(&environment(1)).unwrap();
    rotate(&home.vault, Rotation::Sweep);
    check(&other);
    other.write(&subject("d"), &TOKENS, &value("d")).unwrap();
    let third = home.open(&environment(1)).unwrap();
    rotate(&home.vault, Rotation::Compromised);
    check(&third);
    third.write(&subject("e"), &TOKENS, &value("e")).unwrap();
    assert_eq!(third.write(&subject("d"), &TOKENS, &value("dd")).unwrap().get(), 3);
    let opened = home.open(&environment(1)).unwrap();
    check(&opened);
    assert_eq!(opened.list().unwrap().len(), 6);
    assert_eq!(opened.status(&mut quiet).unwrap().terms.len(), 1, "no key under a dropped term");
}

#[test]
fn a_header_older_than_the_one_in_use_is_refused() {
    let home = filled();
    let old = std::fs::read(home.dir().join("vault.hdr")).unwrap();
    home.vault.rekey(&environment(1), &environment(2)).unwrap();
    overwrite(&home.dir().join("vault.hdr"), &old);
    let refused = home.vault.rotate(Rotation::NextWrite, &mut quiet);
    assert!(matches!(refused, Err(VaultError::Integrity { .. })), "{refused:?}");
}

#[test]
fn writers_and_a_rotation_at_once_lose_nothing() {
    let home = Home::new();
    let names: Vec<_> = (0..6).map(|index| subject(&format!("s{index}"))).collect();
    for s in &names {
        home.vault.write(s, &TOKENS, &value("0")).unwrap();
    }
    std::thread::scope(|scope| {
        let writers: Vec<_> = names
            .iter()
            .enumerate()
            .map(|(index, s)| {
                let vault =
                    SealedVault::open(&home.dir(), &environment(1), options(50 + index as u64))
                        .unwrap();
                scope.spawn(move || {
                    for round in 0..30 {
                        let mut lease = vault.lease(s, &TOKENS, Duration::from_mins(1)).unwrap();
                        lease.prepare(10).unwrap();
                        lease.commit(&value(&round.to_string())).unwrap();
                        let field = Field::new(format!("f{round}")).unwrap();
                        drop(lease);
                        vault.write(s, &field, &value("x")).unwrap();
                    }
                })
            })
            .collect();
        for rotation in [Rotation::Sweep, Rotation::Compromised, Rotation::NextWrite] {
            rotate(&home.vault, rotation);
        }
        for writer in writers {
            writer.join().unwrap();
        }
    });
    let swept = home.vault.sweep(&mut quiet).unwrap();
    assert!(swept.is_complete(), "{swept:?}");
    let opened = home.open(&environment(1)).unwrap();
    assert_eq!(opened.list().unwrap().len(), 6 * 31);
    for s in &names {
        assert!(opened.read(s, &TOKENS).unwrap().unwrap().value.matches(b"29"));
    }
}

#[test]
fn the_status_tells_ages_and_what_is_due_by_class() {
    let name = Field::from_static("display-name");
    let start = 1_790_000_000_000;
    let day = Arc::new(std::sync::atomic::AtomicI64::new(0));
    let clock = {
        let day = Arc::clone(&day);
        move || {
            let days = day.load(std::sync::atomic::Ordering::Relaxed);
            jiff::Timestamp::from_millisecond(start + days * 86_400_000).unwrap()
        }
    };
    let given = spotify_vault::Options::new(crate::support::SeededRng::new(1), clock)
        .kdf(spotify_vault::KdfParams::MINIMUM)
        .class(name.clone(), Class::Internal);
    let home = Home::with(&environment(1), given);
    let s = subject("s");
    home.vault.write(&s, &TOKENS, &value("token")).unwrap();
    home.vault.write(&s, &name, &value("name")).unwrap();
    let due = || {
        let status = home.vault.status(&mut quiet).unwrap();
        let of = |class| status.classes.iter().find(|found| found.class == class).unwrap().due;
        (of(Class::Restricted), of(Class::Internal), status.is_due())
    };
    assert_eq!(due(), (0, 0, false));
    day.store(91, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(due(), (1, 0, true));
    day.store(400, std::sync::atomic::Ordering::Relaxed);
    assert_eq!(due(), (1, 1, true));
    rotate(&home.vault, Rotation::Sweep);
    assert_eq!(due(), (0, 0, false));

    let status = home.vault.status(&mut quiet).unwrap();
    assert_eq!((status.subjects, status.destroyed, status.slots.len()), (1, 0, 2));
    let json = serde_json::to_string(&status).unwrap();
    assert!(json.contains(r#""pin":{"source":"environment"}"#), "{json}");
    assert!(json.contains(r#""class":"restricted","suite":"xchacha20-poly1305""#), "{json}");
}

#[test]
fn a_field_leaves_the_vault_only_when_its_class_allows() {
    let name = Field::from_static("display-name");
    let home = Home::with(&environment(1), options(1).class(name.clone(), Class::Internal));
    let s = subject("s");
    for field in [&TOKENS, &name] {
        home.vault.write(&s, field, &value("v")).unwrap();
    }
    assert!(home.vault.export(&s, &name).unwrap().unwrap().value.matches(b"v"));
    let refused = home.vault.export(&s, &TOKENS);
    let restricted =
        matches!(refused, Err(VaultError::NotExportable { class: Class::Restricted, .. }));
    assert!(restricted, "{refused:?}");
}

#[test]
fn the_observer_hears_of_a_rotation() {
    let recorder = Recorder::new();
    let home = Home::with(&environment(1), options(1).observer(Arc::clone(&recorder) as _));
    home.vault.write(&subject("s"), &TOKENS, &value("v")).unwrap();
    recorder.take();
    rotate(&home.vault, Rotation::Sweep);
    let events = recorder.take();
    assert!(events[0].starts_with("Rotated { vault:") && events[0].contains("term: 2"));
    assert!(events[1].starts_with("Swept {") && events[1].contains("dropped: [1]"), "{events:?}");
    assert_eq!(events.len(), 2);
}
