//! Moving a vault: at each moment one store has it, and nothing is lost on the way.

use std::sync::Arc;

use spotify_vault::migrate::{cancel, migrate};
use spotify_vault::store::{SealedStore, SubjectFiles};
use spotify_vault::{DirStore, Progress, SealedVault, SecretBytes, Vault as _, VaultError};

use crate::memory::{MemoryStore, Point};
use crate::support::{Home, JOURNAL, TOKENS, environment, options, subject};

fn value(text: &str) -> SecretBytes {
    SecretBytes::from(text.as_bytes().to_vec())
}

fn quiet(_: Progress) {}

fn filled() -> Home {
    let home = Home::new();
    for who in ["a", "b", "gone"] {
        home.vault.write(&subject(who), &TOKENS, &value(who)).unwrap();
    }
    home.vault.write(&subject("a"), &JOURNAL, &value("journal")).unwrap();
    home.vault.destroy(&subject("gone")).unwrap();
    home
}

fn check(vault: &SealedVault) {
    for who in ["a", "b"] {
        assert!(vault.read(&subject(who), &TOKENS).unwrap().unwrap().value.matches(who.as_bytes()));
    }
    assert!(vault.read(&subject("a"), &JOURNAL).unwrap().unwrap().value.matches(b"journal"));
    assert!(vault.is_destroyed(&subject("gone")).unwrap());
}

fn open(store: &Arc<dyn SealedStore>) -> Result<SealedVault, VaultError> {
    SealedVault::open_in(Arc::clone(store), &environment(1), options(3))
}

fn is_moved<T>(result: &Result<T, VaultError>) -> bool {
    matches!(result, Err(VaultError::Moved { .. }))
}

fn dir(home: &Home, name: &str) -> Arc<dyn SealedStore> {
    Arc::new(DirStore::create(&home.root.path().join(name)).unwrap())
}

#[test]
fn a_vault_moves_between_directories_and_into_other_stores_and_back() {
    let home = filled();
    let stores = [
        dir(&home, "vault"),
        dir(&home, "other"),
        Arc::new(MemoryStore::default()),
        dir(&home, "last"),
    ];
    for [from, to] in stores.array_windows() {
        let mut seen = Vec::new();
        let (vault, migrated) =
            migrate(from.as_ref(), Arc::clone(to), &environment(1), options(2), &mut |now| {
                seen.push(now.done);
            })
            .unwrap();
        assert_eq!((migrated.copied, migrated.erased), (3, 3));
        assert_eq!(seen, [0, 1, 2, 3]);
        assert_eq!(vault.id(), home.vault.id());
        check(&vault);
        check(&open(to).unwrap());
        assert!(is_moved(&open(from)));
        let left: Vec<_> = from.subjects().unwrap();
        assert!(left.iter().all(|id| from.all_of(*id).unwrap() == SubjectFiles::default()));
    }
    let last = open(&stores[3]).unwrap();
    assert_eq!(last.write(&subject("a"), &TOKENS, &value("next")).unwrap().get(), 2);
    let back = migrate(
        stores[3].as_ref(),
        Arc::clone(&stores[0]),
        &environment(1),
        options(5),
        &mut quiet,
    );
    assert!(matches!(back, Err(VaultError::AlreadyExists { .. })), "its old place says it moved");
}

#[test]
fn a_process_that_has_the_vault_open_is_told_that_it_moved() {
    let home = filled();
    let (from, to) = (dir(&home, "vault"), dir(&home, "other"));
    let mut lease = home.vault.lease(&subject("a"), &TOKENS, std::time::Duration::ZERO).unwrap();
    lease.prepare(100).unwrap();
    migrate(from.as_ref(), to, &environment(1), options(2), &mut quiet).unwrap();
    assert!(is_moved(&lease.commit(&value("late"))), "not even a prepared write goes through");
    drop(lease);
    let (a, new) = (subject("a"), subject("new"));
    assert!(is_moved(&home.vault.read(&a, &TOKENS)));
    assert!(is_moved(&home.vault.write(&a, &TOKENS, &value("late"))));
    assert!(is_moved(&home.vault.write(&new, &TOKENS, &value("late"))));
    assert!(is_moved(&home.vault.destroy(&a)), "it would live on in the new place");
    assert!(is_moved(&home.vault.rotate(spotify_vault::Rotation::Sweep, &mut quiet)));
}

#[test]
fn a_migration_that_fails_anywhere_goes_on_or_is_cancelled() {
    for fail_to in [true, false] {
        for point in Point::ALL {
            let (from, to) = (MemoryStore::default(), MemoryStore::default());
            let made = SealedVault::create_in(Arc::new(from.clone()), &environment(1), options(1));
            let (vault, _) = made.unwrap();
            vault.write(&subject("a"), &TOKENS, &value("a")).unwrap();
            vault.write(&subject("b"), &TOKENS, &value("b")).unwrap();
            let failing = if fail_to { &to } else { &from };
            failing.fail(Some(point));
            let go =
                || migrate(&from, Arc::new(to.clone()), &environment(1), options(2), &mut quiet);
            let first = go();
            failing.fail(None);
            let stores: [Arc<dyn SealedStore>; 2] = [Arc::new(from.clone()), Arc::new(to.clone())];
            let homes = stores.iter().filter(|store| open(store).is_ok()).count();
            assert!(homes <= 1, "{point:?}: two stores have the vault");
            if first.is_err() && homes == 0 {
                cancel(&from, &to, &environment(1), &options(3)).unwrap();
                let back = open(&stores[0]).unwrap();
                assert!(back.read(&subject("a"), &TOKENS).unwrap().is_some(), "{point:?}");
                assert_eq!(stores[1].subjects().unwrap(), [], "{point:?}");
            }
            let (vault, _) = go().unwrap();
            assert!(vault.read(&subject("b"), &TOKENS).unwrap().unwrap().value.matches(b"b"));
            assert!(is_moved(&open(&stores[0])), "{point:?}");
            assert_eq!(from.subjects().unwrap(), [], "{point:?}");
        }
    }
}

#[test]
fn a_finished_migration_is_not_cancelled() {
    let home = filled();
    let (from, to) = (dir(&home, "vault"), dir(&home, "other"));
    migrate(from.as_ref(), Arc::clone(&to), &environment(1), options(2), &mut quiet).unwrap();
    let refused = cancel(from.as_ref(), to.as_ref(), &environment(1), &options(3));
    assert!(matches!(refused, Err(VaultError::AlreadyExists { .. })), "{refused:?}");
    check(&open(&to).unwrap());
}

#[test]
fn a_place_with_another_vault_is_not_taken() {
    let (home, other) = (filled(), Home::with(&environment(1), options(7)));
    let before = other.files();
    let to: Arc<dyn SealedStore> = Arc::new(DirStore::open(&other.dir()).unwrap());
    let from = dir(&home, "vault");
    let refused = migrate(from.as_ref(), to, &environment(1), options(2), &mut quiet);
    assert!(matches!(refused, Err(VaultError::AlreadyExists { .. })), "{refused:?}");
    assert_eq!(other.files(), before);
    check(&home.open(&environment(1)).unwrap());
}

#[test]
fn a_migration_needs_the_vaults_key() {
    let home = filled();
    let before = home.files();
    let from = dir(&home, "vault");
    let refused =
        migrate(from.as_ref(), dir(&home, "other"), &environment(2), options(2), &mut quiet);
    assert!(matches!(refused, Err(VaultError::WrongKey { .. })), "{refused:?}");
    assert_eq!(home.files(), before);
}

#[test]
fn no_key_and_no_record_is_left_in_the_old_place() {
    let home = filled();
    let sealed: Vec<_> = home
        .files()
        .into_iter()
        .filter(|(path, _)| path.extension().is_some_and(|end| end == "key" || end == "rec"))
        .collect();
    let (from, to) = (dir(&home, "vault"), dir(&home, "other"));
    migrate(from.as_ref(), to, &environment(1), options(2), &mut quiet).unwrap();
    for (path, bytes) in home.files() {
        let expected = path.ends_with("vault.hdr") || path.extension().is_some_and(|e| e == "lock");
        assert!(expected, "{} holds {} bytes", path.display(), bytes.len());
    }
    assert!(sealed.iter().all(|(path, _)| !path.exists()));
}
