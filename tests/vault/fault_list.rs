//! The list of faults that storage and renewal of tokens must stand, as far as it is the vault's:
//! each with the test that shows it. The faults of the renewal itself are the sign-in library's.

/// Number and name of a fault, and its test.
const FAULTS: &[(u8, &str, &str)] = &[
    (1, "eight processes at once", "eight_processes_on_the_same_record_lose_no_update"),
    (3, "a winner that is slow", "a_waiter_gets_the_lease_when_its_holder_lets_go"),
    (5, "kill at each step", "a_write_that_stops_anywhere_leaves_the_old_record_or_the_new_one"),
    (5, "kill at a random moment", "a_killed_process_loses_nothing_and_blocks_nobody"),
    (6, "failing system calls", "a_write_survives_each_failing_call_and_each_kill"),
    (6, "no file descriptors", "a_process_without_file_descriptors_loses_nothing"),
    (7, "full disk", "a_full_disk_is_found_before_anything_is_spent_and_passes"),
    (
        7,
        "read-only disk",
        "a_disk_that_turns_read_only_is_found_before_anything_is_spent_and_passes",
    ),
    (
        8,
        "a write that fails",
        "a_commit_that_failed_keeps_the_old_record_and_succeeds_when_tried_again",
    ),
    (21, "revoke during a renewal", "a_commit_in_flight_loses_against_destroy"),
    (21, "in every order", "nothing_of_a_subject_comes_back_whoever_writes_while_it_is_destroyed"),
    (22, "a lease that ended", "no_update_is_lost_although_leases_end_under_their_holders"),
    (23, "a lock file that is replaced", "a_lost_lock_is_noticed_and_writes_nothing"),
    (24, "a vault that is removed", "a_removed_vault_is_an_error_and_not_an_absent_record"),
    (25, "an old file put back", "a_restored_old_file_shows_against_the_newest_known_generations"),
    (25, "an old backup", "a_restored_record_is_never_silently_older"),
    (28, "what is left in memory", "nothing_of_a_value_or_a_key_is_left_in_memory_after_use"),
    (
        29,
        "what is left in files",
        "nothing_that_was_sealed_or_named_stands_in_clear_in_any_file_or_name",
    ),
    (30, "a locked keychain", "a_locked_collection_is_locked"),
    (
        30,
        "a keychain that hangs",
        "a_call_that_hangs_is_cut_off_and_the_next_is_refused_until_it_ends",
    ),
    (
        30,
        "a keychain that ends",
        "a_service_that_ends_in_the_middle_is_an_error_and_not_an_absent_key",
    ),
];

#[test]
fn every_fault_of_the_list_has_its_test() {
    let root = concat!(env!("CARGO_MANIFEST_DIR"), "/..");
    let mut sources = String::new();
    for folder in ["tests/vault", "spotify-vault/src"] {
        collect(&std::path::Path::new(root).join(folder), &mut sources);
    }
    for (number, name, test) in FAULTS {
        let there = [format!("fn {test}("), format!("    {test}: ")]
            .iter()
            .any(|definition| sources.contains(definition));
        assert!(there, "fault {number}, {name}: there is no test {test}");
    }
    assert!(FAULTS.is_sorted_by_key(|(number, ..)| number));
}

fn collect(folder: &std::path::Path, sources: &mut String) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, sources);
        } else if path.extension().is_some_and(|end| end == "rs") {
            sources.push_str(&std::fs::read_to_string(path).unwrap());
        }
    }
}
