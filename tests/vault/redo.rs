//! Keys that were written over in place and not to the end: the redo file that stands beside them.

use std::io;
use std::path::{Path, PathBuf};
use std::rc::Rc;

use spotify_vault::store::SealedStore as _;
use spotify_vault::{
    DirStore, Progress, Rotation, SealedVault, SecretBytes, Vault as _, VaultError, failpoint,
};

use crate::support::{
    Home, JOURNAL, TOKENS, environment, options, overwrite, put_private, subject,
};
use crate::verbs::quick_dir;

const NAMES: [&str; 3] = ["a", "b", "c"];

fn quiet(_: Progress) {}

fn value(text: &str) -> SecretBytes {
    SecretBytes::from(text.as_bytes().to_vec())
}

fn home() -> Home {
    Home::below(quick_dir(), &environment(1), options(1))
}

/// A key, as it was before a sweep and as the redo file says that it is to be.
struct Key {
    path: PathBuf,
    old: Vec<u8>,
    new: Vec<u8>,
}

impl Key {
    fn is_new(&self) -> bool {
        std::fs::read(&self.path).unwrap() == self.new
    }

    /// Leaves it as a medium may: the first bytes new, the others old.
    fn tear(&self, at: usize) {
        overwrite(&self.path, &[&self.new[..at], &self.old[at..]].concat());
    }
}

/// A vault whose sweep ended after keys were written over and before the redo file was removed.
struct Stopped {
    home: Home,
    keys: Vec<Key>,
    redo: Vec<u8>,
}

impl Stopped {
    fn new() -> Self {
        let home = home();
        for who in NAMES {
            home.vault.write(&subject(who), &TOKENS, &value(who)).unwrap();
        }
        home.vault.rotate(Rotation::NextWrite, &mut quiet).unwrap();
        let path = |who| home.file(&format!("{}/1.key", home.vault.subject_id(&subject(who))));
        let read = |path: &Path| std::fs::read(path).unwrap();
        let before = NAMES.map(|who| (path(who), read(&path(who))));
        stop_at("sync the file system");
        let stopped = home.vault.sweep(&mut quiet);
        failpoint::set(None);
        assert!(matches!(stopped, Err(VaultError::Storage { .. })), "{stopped:?}");
        let key = |(path, old): (PathBuf, _)| Key { new: read(&path), path, old };
        let keys = before.map(key).into();
        let redo = std::fs::read(home.dir().join("vault.redo")).unwrap();
        Self { home, keys, redo }
    }

    fn redo_path(&self) -> PathBuf {
        self.home.dir().join("vault.redo")
    }

    /// Takes the header's lock as whoever changes a key does.
    fn settle(&self) {
        let store = DirStore::open(&self.home.dir()).unwrap();
        let header = store.header().unwrap().unwrap();
        store.replace_keys(&header, &[]).unwrap();
        assert!(!self.redo_path().exists(), "nothing is left");
    }
}

fn check(vault: &SealedVault) {
    for who in NAMES {
        let read = vault.read(&subject(who), &TOKENS).unwrap().unwrap();
        assert!(read.value.matches(who.as_bytes()));
    }
}

/// Fails at a step and at all after it.
fn stop_at(step: &'static str) {
    let stopped = std::cell::Cell::new(false);
    failpoint::set(Some(Rc::new(move |now| {
        stopped.set(stopped.get() || now == step);
        if stopped.get() { Err(io::ErrorKind::StorageFull.into()) } else { Ok(()) }
    })));
}

#[test]
fn a_key_that_is_half_written_opens_and_is_finished_by_the_next_change() {
    let stopped = Stopped::new();
    let other = stopped.home.open(&environment(1)).unwrap();
    let len = stopped.keys[0].old.len();
    for at in 0..=len {
        stopped.keys.iter().for_each(|key| key.tear(at));
        check(&stopped.home.vault);
        check(&other);
    }
    assert!(stopped.redo_path().exists(), "reading changes nothing");
    for at in [0, 12, 16, 70, len] {
        put_private(&stopped.redo_path(), &stopped.redo);
        stopped.keys.iter().for_each(|key| key.tear(at));
        other.write(&subject("d"), &JOURNAL, &value("a first key")).unwrap();
        stopped.settle();
        assert!(stopped.keys.iter().all(Key::is_new), "{at}");
    }
    let swept = other.sweep(&mut quiet).unwrap();
    assert!(swept.is_complete() && other.verify(&mut quiet).unwrap().is_sound());
    check(&other);
}

#[test]
fn a_sweep_goes_on_from_half_written_keys() {
    for at in [10, 14, 40, 80] {
        let stopped = Stopped::new();
        stopped.keys.iter().for_each(|key| key.tear(at));
        let swept = stopped.home.vault.sweep(&mut quiet).unwrap();
        assert!(swept.is_complete(), "{at}: {swept:?}");
        assert!(stopped.keys.iter().all(Key::is_new), "what was to be, not another seal");
        check(&stopped.home.open(&environment(1)).unwrap());
    }
}

#[test]
fn the_header_changes_only_after_half_written_keys_are_finished() {
    let stopped = Stopped::new();
    stopped.keys.iter().for_each(|key| key.tear(50));
    stopped.home.vault.rekey(&environment(1), &environment(2)).unwrap();
    assert!(!stopped.redo_path().exists() && stopped.keys.iter().all(Key::is_new));
    check(&stopped.home.open(&environment(2)).unwrap());
}

#[test]
fn a_redo_file_with_any_flipped_bit_or_cut_anywhere_counts_for_nothing() {
    let stopped = Stopped::new();
    stopped.keys.iter().for_each(|key| key.tear(0));
    let try_out = |bad: &[u8]| {
        put_private(&stopped.redo_path(), bad);
        assert!(stopped.home.vault.read(&subject("a"), &TOKENS).unwrap().is_some());
        stopped.settle();
        assert!(stopped.keys.iter().all(|key| std::fs::read(&key.path).unwrap() == key.old));
    };
    for bit in 0..stopped.redo.len() * 8 {
        let mut bad = stopped.redo.clone();
        bad[bit / 8] ^= 1 << (bit % 8);
        try_out(&bad);
    }
    for len in 0..stopped.redo.len() {
        try_out(&stopped.redo[..len]);
    }
    try_out(&[stopped.redo.as_slice(), b"\0"].concat());
    try_out(&vec![0; 1 << 20]);
}

#[test]
fn a_redo_file_for_another_header_counts_for_nothing() {
    let stopped = Stopped::new();
    stopped.settle();
    stopped.home.vault.rotate(Rotation::Sweep, &mut quiet).unwrap();
    let files = stopped.home.files();
    put_private(&stopped.redo_path(), &stopped.redo);
    check(&stopped.home.vault);
    stopped.settle();
    assert_eq!(stopped.home.files(), files, "keys of a term that is gone stay away");
}

#[test]
fn what_was_erased_does_not_come_back_from_a_redo_file() {
    let stopped = Stopped::new();
    let [a, b, _] = stopped.keys.as_slice() else { panic!("three") };
    a.tear(40);
    stopped.home.vault.destroy(&subject("a")).unwrap();
    assert!(!a.path.exists());
    assert!(!stopped.redo_path().exists(), "it held a copy of the key");

    put_private(&stopped.redo_path(), &stopped.redo);
    put_private(&a.path, &a.old);
    overwrite(&b.path, &vec![0; b.old.len()]);
    let refused = stopped.home.vault.read(&subject("a"), &TOKENS);
    assert!(matches!(refused, Err(VaultError::Destroyed { .. })), "{refused:?}");
    let refused = stopped.home.vault.read(&subject("b"), &TOKENS);
    assert!(matches!(refused, Err(VaultError::Integrity { .. })), "{refused:?}");
    stopped.settle();
    assert_eq!(std::fs::read(&a.path).unwrap(), a.old, "it was destroyed");
    assert_eq!(std::fs::read(&b.path).unwrap(), vec![0; b.old.len()], "it was half erased");
}

#[test]
fn whole_subjects_are_given_out_with_finished_keys() {
    let stopped = Stopped::new();
    stopped.keys.iter().for_each(|key| key.tear(60));
    let store = DirStore::open(&stopped.home.dir()).unwrap();
    for (who, key) in NAMES.into_iter().zip(&stopped.keys) {
        let all = store.all_of(stopped.home.vault.subject_id(&subject(who))).unwrap();
        assert_eq!(all.keys, [(1, key.new.clone())]);
    }
}

#[test]
fn many_keys_are_moved_in_several_batches_and_no_redo_file_is_left() {
    let home = home();
    for index in 0..300 {
        home.vault.write(&subject(&index.to_string()), &TOKENS, &value("v")).unwrap();
    }
    let files = home.files().len();
    let swept = home.vault.rotate(Rotation::Sweep, &mut quiet).unwrap();
    assert!(swept.is_complete());
    assert_eq!((swept.moved, home.files().len()), (300, files), "no file more");
    assert!(home.open(&environment(1)).unwrap().verify(&mut quiet).unwrap().is_sound());
}
