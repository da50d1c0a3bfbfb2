//! The list of faults that a refresh must survive, each with the tests that prove it.

use std::path::{Path, PathBuf};

/// A fault: its number, what goes wrong, and where the tests are that prove what then happens, with
/// their names.
type Fault = (u8, &'static str, &'static [(&'static str, &'static str)]);

const AUTH: &str = "tests/auth";
const VAULT: &str = "tests/vault";
const ENDPOINT: &str = "spotify-auth/src/endpoint";

const FAULTS: [Fault; 30] = [
    (
        1,
        "eight programs at the end of a token",
        &[(AUTH, "eight_programs_of_four_tasks_spend_each_token_once_and_no_call_fails")],
    ),
    (
        2,
        "64 tasks of one program",
        &[(AUTH, "sixty_four_tasks_and_two_programs_renew_an_expired_token_once")],
    ),
    (
        3,
        "a slow winner",
        &[
            (AUTH, "a_lease_that_is_held_for_a_token_in_memory_keeps_others_from_the_spent_one"),
            (AUTH, "a_program_that_is_stopped_in_a_refresh_holds_others_up_and_harms_nobody"),
        ],
    ),
    (4, "a caller that goes away", &[(AUTH, "a_caller_that_goes_away_does_not_stop_the_refresh")]),
    (
        5,
        "a program killed at each step",
        &[
            (AUTH, "a_program_that_dies_at_any_step_loses_no_grant"),
            (AUTH, "a_program_that_dies_loses_an_unwritten_answer_only_where_reuse_is_punished"),
            (AUTH, "a_program_that_dies_while_spotify_answers_loses_no_grant"),
            (AUTH, "programs_killed_at_any_moment_lose_no_grant_and_leave_no_broken_record"),
            (VAULT, "a_killed_process_loses_nothing_and_blocks_nobody"),
        ],
    ),
    (
        6,
        "a system call that fails or kills",
        &[
            (AUTH, "a_system_call_that_fails_costs_no_grant_even_where_reuse_is_punished"),
            (AUTH, "a_system_call_that_kills_costs_no_grant"),
        ],
    ),
    (
        7,
        "no room, or nothing may be written, before the request",
        &[
            (AUTH, "without_room_for_the_answer_no_token_is_spent"),
            (VAULT, "a_full_disk_is_found_before_anything_is_spent_and_passes"),
        ],
    ),
    (
        8,
        "a write that fails after a rotation",
        &[(AUTH, "a_rotated_token_that_cannot_be_written_is_served_from_memory_and_written_later")],
    ),
    (
        9,
        "500, 502, 503 and 429",
        &[
            (AUTH, "every_fault_of_the_server_is_survived_or_handed_on_and_nothing_is_erased"),
            (AUTH, "a_long_wait_is_handed_to_the_caller"),
            (AUTH, "a_server_that_stays_down_is_left_alone_for_a_while"),
        ],
    ),
    (
        10,
        "no connection, no TLS, no name",
        &[
            (AUTH, "an_address_that_nobody_serves_was_not_reached"),
            (ENDPOINT, "a_name_that_nobody_knows_was_not_reached"),
            (ENDPOINT, "a_server_that_refuses_tls_was_not_reached"),
            (ENDPOINT, "a_server_whose_certificate_is_not_spotify_s_gets_nothing"),
            (AUTH, "a_connection_that_is_reset_or_speaks_something_else_has_no_known_outcome"),
        ],
    ),
    (
        11,
        "a reset, a cut, a wrong, an empty and a huge answer",
        &[
            (AUTH, "every_fault_of_the_server_is_survived_or_handed_on_and_nothing_is_erased"),
            (AUTH, "a_connection_that_is_reset_or_speaks_something_else_has_no_known_outcome"),
        ],
    ),
    (
        12,
        "an answer that comes too late",
        &[
            (AUTH, "an_answer_that_never_comes_has_no_known_outcome_and_an_end"),
            (
                AUTH,
                "an_answer_that_is_lost_is_asked_for_again_and_costs_a_grant_only_where_reuse_is_punished",
            ),
        ],
    ),
    (
        13,
        "a refused grant that somebody has replaced",
        &[(AUTH, "a_refused_grant_that_somebody_replaced_without_a_lease_is_adopted")],
    ),
    (14, "a refused grant", &[(AUTH, "a_dead_grant_is_erased_and_asked_for_once")]),
    (15, "a refused app", &[(AUTH, "a_refused_app_keeps_the_tokens")]),
    (
        16,
        "a refresh token that is new, absent, empty or the same",
        &[(AUTH, "every_rotation_keeps_the_grant_alive_and_writes_what_counts")],
    ),
    (
        17,
        "a scope that is absent or reduced",
        &[(AUTH, "a_scope_that_is_absent_stays_and_a_reduced_one_counts")],
    ),
    (
        18,
        "a clock that jumps, a life of any length",
        &[
            (AUTH, "a_clock_that_jumps_a_day_either_way_costs_one_request"),
            (AUTH, "a_clock_that_jumps_while_a_token_is_renewed_loses_nothing"),
            (AUTH, "a_life_of_zero_or_less_than_zero_does_not_make_a_loop"),
        ],
    ),
    (
        19,
        "401 for a living token, once and again",
        &[
            (AUTH, "a_refused_token_is_renewed_once_and_an_older_one_not_at_all"),
            (AUTH, "a_token_that_is_refused_at_once_does_not_loop"),
        ],
    ),
    (20, "a sign-in during a refresh", &[(AUTH, "a_sign_in_during_a_refresh_survives_it")]),
    (
        21,
        "a revocation during a refresh",
        &[(AUTH, "a_refresh_under_way_does_not_bring_a_revoked_profile_back")],
    ),
    (
        22,
        "a holder of the lease that is stopped",
        &[(AUTH, "a_program_that_is_stopped_in_a_refresh_holds_others_up_and_harms_nobody")],
    ),
    (
        23,
        "a lock file that is removed",
        &[
            (AUTH, "a_lock_that_is_removed_during_a_refresh_costs_nothing"),
            (AUTH, "a_lost_lock_is_taken_anew_and_the_earned_token_is_written"),
            (VAULT, "a_lost_lock_is_noticed_and_writes_nothing"),
        ],
    ),
    (
        24,
        "a vault that is read-only, full or gone",
        &[
            (AUTH, "without_room_for_the_answer_no_token_is_spent"),
            (VAULT, "a_removed_vault_is_an_error_and_not_an_absent_record"),
            (VAULT, "a_full_disk_is_found_before_anything_is_spent_and_passes"),
        ],
    ),
    (
        25,
        "an older record that is put back",
        &[(AUTH, "a_record_older_than_one_seen_before_is_told_of")],
    ),
    (
        26,
        "the end of the six months",
        &[
            (AUTH, "each_mark_before_the_deadline_is_told_once"),
            (AUTH, "a_grant_ends_six_months_after_the_sign_in_whatever_was_refreshed"),
        ],
    ),
    (
        27,
        "many tokens that end together",
        &[(AUTH, "many_tokens_that_end_together_are_renewed_a_few_at_a_time")],
    ),
    (
        28,
        "a look into the memory after a refresh",
        &[(AUTH, "no_token_is_in_memory_once_its_owner_is_gone")],
    ),
    (
        29,
        "tokens in logs and files",
        &[
            (AUTH, "no_file_holds_a_secret_or_a_profile_name_in_clear"),
            ("tests/xtask", "no_secret_leaves_the_vault_on_the_whole_path"),
        ],
    ),
    (30, "a locked keychain", &[(VAULT, "a_locked_collection_is_locked")]),
];

#[test]
fn every_fault_of_the_list_has_its_tests() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    for (index, (number, what, tests)) in FAULTS.iter().enumerate() {
        assert_eq!(usize::from(*number), index + 1, "{what}");
        assert!(!tests.is_empty(), "{number}: {what}");
        for (folder, name) in *tests {
            let declared = format!("fn {name}(");
            let found = sources(&root.join(folder)).iter().any(|path| {
                std::fs::read_to_string(path).is_ok_and(|text| text.contains(&declared))
            });
            assert!(found, "{number}, {what}: {folder} has no test {name}");
        }
    }
}

fn sources(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(sources(&path));
        } else if path.extension().is_some_and(|end| end == "rs") {
            found.push(path);
        }
    }
    found
}
