//! Several users of a vault in every order of their store's operations that a scheduler finds.
//!
//! A store promises that each of its operations happens at one moment, so what can differ is their
//! order. `shuttle` runs the threads one at a time and chooses at each operation who is next.

use std::sync::Arc;
use std::time::Duration;

use shuttle::scheduler::{PctScheduler, RandomScheduler};
use shuttle::{Config, Runner, thread};
use spotify_vault::{
    Field, Progress, Rotation, SealedStore as _, SealedVault, SecretBytes, Vault as _, VaultError,
};

use crate::memory::MemoryStore;
use crate::support::{TOKENS, environment, options, subject};

/// How many orders each scene is tried in.
const ORDERS: usize = 25;

fn quiet(_: Progress) {}

/// Runs a scene in many orders. A failure prints the schedule that led to it.
fn in_many_orders(scene: fn()) {
    let mut config = Config::new();
    config.stack_size = 512 * 1024;
    Runner::new(RandomScheduler::new(ORDERS), config.clone()).run(scene);
    // Lets one thread stand still while the others do all their work.
    Runner::new(PctScheduler::new(3, ORDERS), config).run(scene);
}

fn store() -> MemoryStore {
    MemoryStore::pausing(thread::yield_now)
}

fn create(store: &MemoryStore) -> SealedVault {
    let store = Arc::new(store.clone());
    SealedVault::create_in(store, &environment(1), options(1)).unwrap().0
}

fn open(store: &MemoryStore, seed: u64) -> SealedVault {
    SealedVault::open_in(Arc::new(store.clone()), &environment(1), options(seed)).unwrap()
}

fn number(value: &SecretBytes) -> u64 {
    u64::from_be_bytes(value.expose().try_into().unwrap())
}

/// Adds one under a lease until that goes through; the generation it became.
fn count_up(vault: &SealedVault) -> u64 {
    loop {
        let lease = vault.lease(&subject("counter"), &TOKENS, Duration::ZERO);
        let Ok(mut lease) = lease else {
            thread::yield_now();
            continue;
        };
        let before = lease.read().unwrap().map_or(0, |opened| number(&opened.value));
        match lease.commit(&(before + 1).to_be_bytes().to_vec().into()) {
            Ok(generation) => return generation.get(),
            Err(VaultError::RecordChanged { .. }) => {}
            Err(error) => panic!("{error}"),
        }
    }
}

#[test]
fn no_update_is_lost_although_leases_end_under_their_holders() {
    in_many_orders(|| {
        let store = store();
        let vault = create(&store);
        let ender = {
            let store = store.clone();
            thread::spawn(move || {
                for _ in 0..3 {
                    thread::yield_now();
                    store.end_locks();
                }
            })
        };
        let writers: Vec<_> = (0..3)
            .map(|index| {
                let vault = open(&store, 10 + index);
                thread::spawn(move || [count_up(&vault), count_up(&vault)])
            })
            .collect();
        let mut seen: Vec<_> = writers.into_iter().flat_map(|it| it.join().unwrap()).collect();
        ender.join().unwrap();
        seen.sort_unstable();
        assert_eq!(seen, [1, 2, 3, 4, 5, 6], "each commit is one generation of its own");
        let last = vault.read(&subject("counter"), &TOKENS).unwrap().unwrap();
        assert_eq!((number(&last.value), last.generation.get()), (6, 6));
    });
}

#[test]
fn nothing_of_a_subject_comes_back_whoever_writes_while_it_is_destroyed() {
    in_many_orders(|| {
        let store = store();
        let vault = create(&store);
        let s = subject("s");
        let writer = {
            let (vault, s) = (open(&store, 10), s.clone());
            thread::spawn(move || {
                for _ in 0..3 {
                    let written = vault.write(&s, &TOKENS, &SecretBytes::from(vec![1]));
                    let expected = matches!(written, Ok(_) | Err(VaultError::Destroyed { .. }));
                    assert!(expected, "{written:?}");
                }
            })
        };
        vault.destroy(&s).unwrap();
        let id = vault.subject_id(&s);
        let left = store.all_of(id).unwrap();
        assert!(left.keys.is_empty() && left.records.is_empty());
        writer.join().unwrap();
        let left = store.all_of(id).unwrap();
        assert!(left.keys.is_empty() && left.records.is_empty() && left.tombstone.is_some());
    });
}

/// Writers that had the vault open before, first writes among them, and a rotation of any kind.
fn rotate_beside_writers(rotation: Rotation) {
    let store = store();
    let vault = create(&store);
    for who in ["old", "used"] {
        vault.write(&subject(who), &TOKENS, &SecretBytes::from(vec![0])).unwrap();
    }
    let writers: Vec<_> = ["used", "new"]
        .into_iter()
        .enumerate()
        .map(|(index, who)| {
            let vault = open(&store, 10 + index as u64);
            thread::spawn(move || {
                for round in 0..2 {
                    let field = Field::new(format!("f{round}")).unwrap();
                    let value = SecretBytes::from(vec![7]);
                    loop {
                        match vault.write(&subject(who), &field, &value) {
                            Ok(_) => break,
                            Err(error) if error.is_retryable() => thread::yield_now(),
                            Err(error) => panic!("{error}"),
                        }
                    }
                }
            })
        })
        .collect();
    vault.rotate(rotation, &mut quiet).unwrap();
    for writer in writers {
        writer.join().unwrap();
    }
    assert_eq!(vault.list().unwrap().len(), 6, "every record opens");
    let swept = vault.sweep(&mut quiet).unwrap();
    assert!(swept.is_complete(), "{swept:?}");
    assert_eq!(open(&store, 99).list().unwrap().len(), 6, "also without the older terms");
}

#[test]
fn no_key_is_made_under_a_term_that_a_sweep_drops() {
    in_many_orders(|| rotate_beside_writers(Rotation::Sweep));
}

#[test]
fn no_record_is_left_under_a_key_that_a_compromise_erases() {
    in_many_orders(|| rotate_beside_writers(Rotation::Compromised));
}

#[test]
fn of_two_rotations_at_once_neither_takes_the_others_term_away() {
    in_many_orders(|| {
        let store = store();
        let vault = create(&store);
        for who in ["a", "b"] {
            vault.write(&subject(who), &TOKENS, &SecretBytes::from(vec![0])).unwrap();
        }
        let other = open(&store, 10);
        let beside = thread::spawn(move || drop(other.rotate(Rotation::Compromised, &mut quiet)));
        drop(vault.rotate(Rotation::Sweep, &mut quiet));
        beside.join().unwrap();
        assert!(vault.sweep(&mut quiet).unwrap().is_complete());
        assert_eq!(open(&store, 99).list().unwrap().len(), 2);
    });
}
