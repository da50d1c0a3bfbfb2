//! A store that fails: nothing is lost, nothing looks absent, the same lease tries again.

use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;
use spotify_vault::migrate::migrate;
use spotify_vault::{Generation, Rotation, SealedVault, SecretBytes, Vault as _, VaultError};

use crate::memory::{MemoryStore, Point};
use crate::support::{JOURNAL, TOKENS, environment, options, subject};

fn value(text: &str) -> SecretBytes {
    SecretBytes::from(text.as_bytes().to_vec())
}

fn vault() -> (MemoryStore, SealedVault) {
    let store = MemoryStore::default();
    let made = SealedVault::create_in(Arc::new(store.clone()), &environment(1), options(1));
    (store, made.unwrap().0)
}

fn is_storage<T>(result: &Result<T, VaultError>) -> bool {
    matches!(result, Err(VaultError::Storage { .. }))
}

#[test]
fn an_outage_is_never_an_absent_record() {
    let (store, vault) = vault();
    let s = subject("s");
    vault.write(&s, &TOKENS, &value("v")).unwrap();
    for point in [Point::Record, Point::Key, Point::Tombstone] {
        store.fail(Some(point));
        assert!(is_storage(&vault.read(&s, &TOKENS)), "{point:?}");
        assert!(is_storage(&vault.generations()), "{point:?}");
    }
    store.fail(Some(Point::Tombstone));
    assert!(is_storage(&vault.is_destroyed(&s)));
    store.fail(Some(Point::Header));
    let opened = SealedVault::open_in(Arc::new(store.clone()), &environment(1), options(2));
    assert!(is_storage(&opened));
    store.fail(None);
    assert!(vault.read(&s, &TOKENS).unwrap().unwrap().value.matches(b"v"));
}

#[test]
fn a_commit_that_failed_keeps_the_old_record_and_succeeds_when_tried_again() {
    for point in Point::ALL {
        let (store, vault) = vault();
        let s = subject("s");
        vault.write(&s, &TOKENS, &value("old")).unwrap();
        let mut lease = vault.lease(&s, &TOKENS, Duration::ZERO).unwrap();
        lease.prepare(100).unwrap();
        store.fail(Some(point));
        let failed = lease.commit(&value("new"));
        store.fail(None);
        let opened = lease.read().unwrap().unwrap();
        match (point, failed) {
            (Point::PutLate, failed) => {
                assert!(is_storage(&failed));
                assert!(opened.value.matches(b"new"), "it is there, though perhaps not durable");
            }
            (_, Ok(_)) => assert!(opened.value.matches(b"new"), "{point:?} was not passed"),
            (_, failed) => {
                assert!(is_storage(&failed), "{point:?}");
                assert!(opened.value.matches(b"old"), "{point:?}");
            }
        }
        let next = opened.generation.next().unwrap();
        assert_eq!(lease.commit(&value("again")).unwrap(), next, "{point:?}");
        assert!(vault.read(&s, &TOKENS).unwrap().unwrap().value.matches(b"again"));
    }
}

#[test]
fn a_first_write_that_failed_leaves_nothing_half_made() {
    for point in Point::ALL {
        let (store, vault) = vault();
        let s = subject("s");
        store.fail(Some(point));
        let failed = vault.write(&s, &TOKENS, &value("first"));
        store.fail(None);
        let generation = vault.write(&s, &TOKENS, &value("second")).unwrap();
        let before = u64::from(failed.is_ok() || point == Point::PutLate);
        assert_eq!(generation, Generation::new(before + 1), "{point:?}");
        assert!(vault.read(&s, &TOKENS).unwrap().unwrap().value.matches(b"second"));
    }
}

#[test]
fn a_rekey_that_failed_leaves_the_old_key_in_force() {
    let (store, vault) = vault();
    for point in [Point::Header, Point::PutHeader] {
        store.fail(Some(point));
        assert!(is_storage(&vault.rekey(&environment(1), &environment(2))));
        store.fail(None);
        let open =
            |fill| SealedVault::open_in(Arc::new(store.clone()), &environment(fill), options(3));
        assert!(open(1).is_ok());
        assert!(matches!(open(2), Err(VaultError::WrongKey { .. })));
    }
}

#[test]
fn a_creation_that_failed_can_be_made_again() {
    let store = MemoryStore::default();
    for point in [Point::Header, Point::PutHeader] {
        store.fail(Some(point));
        let made = SealedVault::create_in(Arc::new(store.clone()), &environment(1), options(1));
        assert!(is_storage(&made));
    }
    store.fail(None);
    let made = SealedVault::create_in(Arc::new(store.clone()), &environment(1), options(1));
    assert!(made.is_ok());
    let again = SealedVault::create_in(Arc::new(store), &environment(1), options(1));
    assert!(matches!(again, Err(VaultError::AlreadyExists { .. })));
}

/// What a model of a vault does: a map with counters.
#[derive(Debug, Clone)]
enum Step {
    Write(u8, bool, Vec<u8>),
    Destroy(u8),
    Reopen,
    Rekey,
    Rotate(Rotation),
    Move,
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        6 => (0..3_u8, any::<bool>(), prop::collection::vec(any::<u8>(), 0..600))
            .prop_map(|(who, field, value)| Step::Write(who, field, value)),
        1 => (0..3_u8).prop_map(Step::Destroy),
        1 => Just(Step::Reopen),
        1 => Just(Step::Rekey),
        1 => prop::sample::select(vec![
            Rotation::NextWrite,
            Rotation::Sweep,
            Rotation::Compromised,
        ]).prop_map(Step::Rotate),
        1 => Just(Step::Move),
    ];
    prop::collection::vec(step, 0..20)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(48))]

    #[test]
    fn any_sequence_of_operations_agrees_with_a_map(steps in steps()) {
        let (mut store, mut vault) = vault();
        let mut fill = 1;
        let mut model = std::collections::BTreeMap::<_, (u64, Vec<u8>)>::new();
        let mut dead = std::collections::BTreeSet::new();
        for step in steps {
            match step {
                Step::Write(who, which, bytes) => {
                    let (s, field) = (subject(&who.to_string()), [TOKENS, JOURNAL][usize::from(which)].clone());
                    let written = vault.write(&s, &field, &bytes.clone().into());
                    if dead.contains(&who) {
                        let destroyed = matches!(written, Err(VaultError::Destroyed { .. }));
                        prop_assert!(destroyed);
                    } else {
                        let entry = model.entry((who, which)).or_default();
                        *entry = (entry.0 + 1, bytes);
                        prop_assert_eq!(written.unwrap().get(), entry.0);
                    }
                }
                Step::Destroy(who) => {
                    let destroyed = vault.destroy(&subject(&who.to_string())).unwrap();
                    prop_assert_eq!(destroyed.newly, dead.insert(who));
                    model.retain(|(owner, _), _| *owner != who);
                }
                Step::Reopen => {
                    let store = Arc::new(store.clone());
                    vault = SealedVault::open_in(store, &environment(fill), options(9)).unwrap();
                }
                Step::Rekey => {
                    vault.rekey(&environment(fill), &environment(fill + 1)).unwrap();
                    fill += 1;
                }
                Step::Rotate(rotation) => {
                    let swept = vault.rotate(rotation, &mut |_| {}).unwrap();
                    prop_assert!(swept.is_complete() || rotation == Rotation::NextWrite);
                    // Sealing anew is a write of the same value.
                    let written = u64::from(rotation == Rotation::Compromised);
                    for (generation, _) in model.values_mut() {
                        *generation += written;
                    }
                }
                Step::Move => {
                    let to = MemoryStore::default();
                    let key = environment(fill);
                    let moved =
                        migrate(&store, Arc::new(to.clone()), &key, options(8), &mut |_| {});
                    (store, vault) = (to, moved.unwrap().0);
                }
            }
        }
        let verified = vault.verify(&mut |_| {}).unwrap();
        prop_assert!(verified.is_sound());
        prop_assert_eq!(vault.list().unwrap().len(), model.len());
        for ((who, which), (generation, bytes)) in model {
            let field = [TOKENS, JOURNAL][usize::from(which)].clone();
            let opened = vault.read(&subject(&who.to_string()), &field).unwrap().unwrap();
            prop_assert_eq!(opened.generation.get(), generation);
            prop_assert!(opened.value.matches(&bytes));
        }
    }
}
