//! Each call that changes a vault, killed before each of its steps, and with each of them failing.
//!
//! The steps are the changes to the file system, in the order in which a call makes them, so a new
//! one is tried as soon as it is there.

use std::cell::Cell;
use std::io;
use std::path::Path;
use std::process::{Command, ExitStatus};
use std::rc::Rc;

use rustix::process::{Signal, getpid, kill_process};
use spotify_vault::{VaultError, failpoint};

use crate::verbs::{Fixture, Verb};

/// The name of this test in the processes that it starts.
const HELPER: &str = "crashing::a_process_does_a_verb_for_another_test";

/// What happens at a step.
#[derive(Debug, Clone, Copy)]
enum Fault {
    /// The process ends.
    Kill,
    /// The step fails and all after it work: a medium with one bad spot.
    Once,
    /// The step fails and all after it: a medium that is full or gone.
    FromHere,
}

/// Does a verb with a fault at a step. Tells whether the step was reached.
fn run_with(
    fixture: &Fixture,
    verb: Verb,
    fault: Fault,
    at: usize,
) -> (Result<(), VaultError>, bool) {
    let passed = Rc::new(Cell::new(0));
    let count = Rc::clone(&passed);
    failpoint::set(Some(Rc::new(move |_step| {
        count.set(count.get() + 1);
        match fault {
            Fault::Kill if count.get() == at => Ok(kill_process(getpid(), Signal::KILL)?),
            Fault::Once if count.get() == at => Err(io::ErrorKind::InvalidInput.into()),
            Fault::FromHere if count.get() >= at => Err(io::ErrorKind::StorageFull.into()),
            _ => Ok(()),
        }
    })));
    let done = fixture.run(verb);
    failpoint::set(None);
    (done, passed.get() >= at)
}

#[test]
#[expect(clippy::disallowed_methods, reason = "tells the helper process from the test run")]
fn a_process_does_a_verb_for_another_test() {
    let Some(root) = std::env::var_os("VAULT_CRASH_ROOT") else { return };
    let number = |name: &str| std::env::var(name).unwrap().parse::<usize>().unwrap();
    let (verb, at) = (Verb::ALL[number("VAULT_CRASH_VERB")], number("VAULT_CRASH_AT"));
    let (done, _) = run_with(&Fixture { root: root.into() }, verb, Fault::Kill, at);
    done.unwrap();
}

fn child(root: &Path, verb: Verb, at: usize) -> ExitStatus {
    let index = Verb::ALL.iter().position(|known| *known == verb).unwrap();
    Command::new(std::env::current_exe().unwrap())
        .args(["--exact", HELPER, "--nocapture", "--test-threads=1"])
        .env("VAULT_CRASH_ROOT", root)
        .env("VAULT_CRASH_VERB", index.to_string())
        .env("VAULT_CRASH_AT", at.to_string())
        .stdout(std::process::Stdio::null())
        .status()
        .unwrap()
}

/// Tries a fault at each step of a verb, each time from the same beginning.
fn each_step(verb: Verb, fault: Fault, least: usize) {
    for at in 1.. {
        let dir = crate::verbs::quick_dir();
        let fixture = Fixture { root: dir.path().to_owned() };
        fixture.make(verb);
        let finished = match fault {
            Fault::Kill => {
                let status = child(dir.path(), verb, at);
                assert!(status.success() || status.code().is_none(), "{verb:?} {at}: {status}");
                status.success()
            }
            Fault::Once | Fault::FromHere => {
                let (done, reached) = run_with(&fixture, verb, fault, at);
                assert!(done.is_ok() || reached, "{verb:?} {at}: {done:?}");
                // A step that failed need not fail the call: tidying up is one.
                !reached
            }
        };
        if finished {
            fixture.check_finished(verb);
            assert!(at > least, "only {at} steps were tried");
            return;
        }
        fixture.check_interrupted(verb);
        fixture.run(verb).unwrap_or_else(|error| panic!("{verb:?} {fault:?} {at}: {error}"));
        fixture.check_finished(verb);
    }
}

/// One test per verb, so that they run beside each other.
macro_rules! at_each_step {
    ($($test:ident: $verb:ident, $least:expr;)+) => {
        mod killed {
            use super::*;
            $(#[test] fn $test() { each_step(Verb::$verb, Fault::Kill, $least); })+
        }

        mod failing_once {
            use super::*;
            $(#[test] fn $test() { each_step(Verb::$verb, Fault::Once, $least); })+
        }

        mod failing_from_there {
            use super::*;
            $(#[test] fn $test() { each_step(Verb::$verb, Fault::FromHere, $least); })+
        }

        #[test]
        fn every_verb_is_among_these() {
            assert_eq!([$(Verb::$verb),+], Verb::ALL);
        }
    };
}

at_each_step! {
    a_creation_that_stops_anywhere_can_be_made_again: Create, 5;
    a_first_write_that_stops_anywhere_loses_nothing: WriteFirst, 12;
    a_write_that_stops_anywhere_leaves_the_old_record_or_the_new_one: WriteAgain, 6;
    a_destruction_that_stops_anywhere_is_finished_by_the_next: Destroy, 8;
    a_rekey_that_stops_anywhere_leaves_one_key_in_force: Rekey, 4;
    a_rotation_that_stops_anywhere_keeps_every_record_readable: Rotate, 12;
    a_sweep_that_stops_anywhere_keeps_every_record_readable: Sweep, 8;
    a_rotation_after_a_compromise_that_stops_anywhere_keeps_every_record_readable: Compromised, 20;
    a_seal_of_the_settings_that_stops_anywhere_is_there_or_not: SealFile, 4;
    a_backup_that_stops_anywhere_leaves_a_whole_one_or_none: Backup, 3;
    a_restore_that_stops_anywhere_goes_on: Restore, 20;
    a_migration_that_stops_anywhere_leaves_the_vault_in_one_place: Migrate, 20;
}
