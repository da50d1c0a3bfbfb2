//! Several holders of one vault: threads, processes, and processes that are killed.

use std::process::{Child, Command, Stdio};
use std::sync::Barrier;
use std::time::Duration;
use std::{env, thread};

use spotify_vault::{Generation, SealedVault, SecretBytes, Vault as _, VaultError};

use crate::support::{Home, TOKENS, environment, options, subject};

const LONG: Duration = Duration::from_mins(1);

/// Adds one to the number in a record, under its lease.
fn count_up(vault: &SealedVault) {
    count_up_of(vault, "counter");
}

fn count_up_of(vault: &SealedVault, who: &str) {
    let mut lease = vault.lease(&subject(who), &TOKENS, LONG).unwrap();
    lease.prepare(8).unwrap();
    let before = lease.read().unwrap().map_or(0, |opened| number(opened.value.expose()));
    let after = before + 1;
    let generation = lease.commit(&after.to_be_bytes().to_vec().into()).unwrap();
    assert_eq!(generation, Generation::new(after), "one generation for each count");
}

fn number(bytes: &[u8]) -> u64 {
    u64::from_be_bytes(bytes.try_into().unwrap())
}

fn counted(vault: &SealedVault) -> u64 {
    counted_of(vault, "counter")
}

fn counted_of(vault: &SealedVault, who: &str) -> u64 {
    let opened = vault.read(&subject(who), &TOKENS).unwrap().unwrap();
    number(opened.value.expose())
}

/// The name of this test in the processes that it starts.
const HELPER: &str = "contention::a_process_counts_up_for_another_test";

fn start(home: &Home, rounds: u32) -> Child {
    start_on(home, "counter", rounds)
}

fn start_on(home: &Home, who: &str, rounds: u32) -> Child {
    Command::new(env::current_exe().unwrap())
        .args(["--exact", HELPER, "--nocapture"])
        .env("VAULT_TEST_DIR", home.dir())
        .env("VAULT_TEST_ROUNDS", rounds.to_string())
        .env("VAULT_TEST_SUBJECT", who)
        .stdout(Stdio::null())
        .spawn()
        .unwrap()
}

#[test]
#[expect(clippy::disallowed_methods, reason = "tells the helper process from the test run")]
fn a_process_counts_up_for_another_test() {
    let Some(dir) = env::var_os("VAULT_TEST_DIR") else { return };
    let rounds: u32 = env::var("VAULT_TEST_ROUNDS").unwrap().parse().unwrap();
    let seed = u64::from(std::process::id());
    let vault = SealedVault::open(dir.as_ref(), &environment(1), options(seed)).unwrap();
    let who = env::var("VAULT_TEST_SUBJECT").unwrap();
    for _ in 0..rounds {
        count_up_of(&vault, &who);
    }
}

#[test]
fn threads_with_clones_and_with_own_handles_lose_no_update() {
    let home = Home::new();
    let barrier = Barrier::new(8);
    thread::scope(|scope| {
        for index in 0..8 {
            let (home, barrier) = (&home, &barrier);
            scope.spawn(move || {
                let vault = if index % 2 == 0 {
                    home.vault.clone()
                } else {
                    SealedVault::open(&home.dir(), &environment(1), options(100 + index)).unwrap()
                };
                barrier.wait();
                for _ in 0..5 {
                    count_up(&vault);
                }
            });
        }
    });
    assert_eq!(counted(&home.vault), 40);
}

#[test]
fn eight_processes_on_the_same_record_lose_no_update() {
    let home = Home::new();
    let children: Vec<_> = (0..8).map(|_| start(&home, 10)).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    assert_eq!(counted(&home.vault), 80);
}

#[test]
fn eight_processes_on_different_records_lose_no_update() {
    let home = Home::new();
    let names: Vec<_> = (0..8).map(|index| format!("counter-{index}")).collect();
    let children: Vec<_> = names.iter().map(|who| start_on(&home, who, 10)).collect();
    for mut child in children {
        assert!(child.wait().unwrap().success());
    }
    for who in &names {
        assert_eq!(counted_of(&home.vault, who), 10);
    }
    assert_eq!(home.vault.generations().unwrap().len(), 8);
}

#[test]
fn a_killed_process_loses_nothing_and_blocks_nobody() {
    let home = Home::new();
    count_up(&home.vault);
    let mut least = counted(&home.vault);
    for round in 0..10_u64 {
        let mut child = start(&home, u32::MAX);
        // Until it has counted a little, different in each round.
        while counted(&home.vault) < least + 1 + round % 3 {
            assert!(child.try_wait().unwrap().is_none(), "the helper ended early");
            thread::yield_now();
        }
        child.kill().unwrap();
        child.wait().unwrap();
        let killed_at = counted(&home.vault);
        assert!(killed_at > least);
        count_up(&home.vault);
        assert_eq!(counted(&home.vault), killed_at + 1);
        least = killed_at + 1;
    }
    assert_eq!(home.vault.generations().unwrap().len(), 1);
}

#[test]
fn of_many_first_writers_one_makes_the_subjects_key() {
    let home = Home::new();
    let barrier = Barrier::new(8);
    thread::scope(|scope| {
        for index in 0..8 {
            let (home, barrier) = (&home, &barrier);
            scope.spawn(move || {
                let vault =
                    SealedVault::open(&home.dir(), &environment(1), options(200 + index)).unwrap();
                let field = spotify_vault::Field::new(format!("field-{index}")).unwrap();
                barrier.wait();
                vault.write(&subject("new"), &field, &SecretBytes::from(vec![7])).unwrap();
            });
        }
    });
    assert_eq!(home.vault.generations().unwrap().len(), 8, "all of them open");
}

#[test]
fn a_waiter_gets_the_lease_when_its_holder_lets_go() {
    let home = Home::new();
    let s = subject("s");
    let lease = home.vault.lease(&s, &TOKENS, Duration::ZERO).unwrap();
    let short = home.vault.lease(&s, &TOKENS, Duration::from_millis(1));
    assert!(matches!(&short, Err(error @ VaultError::Busy { .. }) if error.is_retryable()));
    let barrier = Barrier::new(2);
    thread::scope(|scope| {
        let waiter = scope.spawn(|| {
            barrier.wait();
            home.vault.lease(&s, &TOKENS, LONG).is_ok()
        });
        barrier.wait();
        drop(lease);
        assert!(waiter.join().unwrap());
    });
}

#[test]
fn of_two_rekeys_at_once_one_wins_and_the_other_is_told() {
    let home = Home::new();
    let barrier = Barrier::new(2);
    let results = thread::scope(|scope| {
        let rekey = |fill: u8| {
            let (home, barrier) = (&home, &barrier);
            scope.spawn(move || {
                let vault = home.open(&environment(1)).unwrap();
                barrier.wait();
                vault.rekey(&environment(1), &environment(fill))
            })
        };
        [(2, rekey(2)), (3, rekey(3))].map(|(fill, thread)| (fill, thread.join().unwrap()))
    });
    let won: Vec<_> = results.iter().filter(|(_, result)| result.is_ok()).collect();
    assert_eq!(won.len(), 1, "{results:?}");
    assert!(home.open(&environment(won[0].0)).is_ok());
    let lost = results.iter().find_map(|(_, result)| result.as_ref().err()).unwrap();
    let told = matches!(lost, VaultError::HeaderChanged | VaultError::WrongKey { .. });
    assert!(told, "{lost}");
}
