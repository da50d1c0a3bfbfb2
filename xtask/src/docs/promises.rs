//! What README promises, and the test that shows each.

use std::fs;
use std::path::{Path, PathBuf};

use super::{DocsError, file, tables};

/// Each promise with the name of the test that would fail if it were broken.
const PROMISES: &[(&str, &str)] = &[
    (
        "No token, code, verifier or secret appears in output, errors, logs, results or files outside the vault, nor in clear inside it",
        "no_secret_leaves_the_vault_on_the_whole_path",
    ),
    (
        "Nothing sealed or named stands in clear in any file or file name of the vault",
        "nothing_that_was_sealed_or_named_stands_in_clear_in_any_file_or_name",
    ),
    (
        "A changed bit of a sealed record or of the vault's header is noticed",
        "every_flipped_bit_of_a_record_is_refused",
    ),
    (
        "A record put in the place of another is refused",
        "a_record_in_the_place_of_another_field_subject_or_vault_is_refused",
    ),
    (
        "The vault's key source is pinned; another one is refused before its key is tried",
        "another_source_than_the_pinned_one_is_refused_before_its_key_is_tried",
    ),
    (
        "A destroyed profile stays dead when its files are put back",
        "a_destroyed_subject_stays_dead_when_its_files_are_put_back",
    ),
    ("Files that others may read or write are refused", "a_file_that_others_may_use_is_refused"),
    (
        "However many tasks and programs ask, an expired token is renewed once",
        "sixty_four_tasks_and_two_programs_renew_an_expired_token_once",
    ),
    (
        "A full disk is found before a refresh token is spent",
        "a_full_disk_is_found_before_anything_is_spent_and_passes",
    ),
    (
        "A crash of the writer leaves the old record or the new one",
        "a_killed_process_loses_nothing_and_blocks_nobody",
    ),
    (
        "A token is sent nowhere but where it came from",
        "a_grant_is_sent_nowhere_but_where_it_came_from",
    ),
    (
        "Redirects are not followed with a token",
        "redirects_are_not_followed_so_that_the_token_stays_with_spotify",
    ),
    (
        "A running server refuses at once when another program revokes its profile",
        "a_running_program_refuses_at_once_when_another_revokes",
    ),
    (
        "An idle server learns of a revocation within half a second and erases what it keeps",
        "an_idle_program_learns_of_a_revocation_within_half_a_second_and_erases_what_it_keeps",
    ),
    (
        "A revocation stands against a refresh under way",
        "a_refresh_under_way_does_not_bring_a_revoked_profile_back",
    ),
    (
        "A revocation stands when an older copy of the vault is put back",
        "an_older_copy_of_the_vault_does_not_bring_a_revoked_profile_back",
    ),
    (
        "A profile can be revoked while the vault is locked or its key lost",
        "a_vault_whose_key_is_lost_can_be_revoked_by_the_profile_s_id",
    ),
    (
        "What a revocation could not erase is told",
        "every_copy_is_erased_and_each_that_is_left_is_told",
    ),
    (
        "A suspended profile is refused by running programs at once, and loses nothing",
        "a_running_program_refuses_while_its_profile_is_suspended_and_goes_on_afterwards",
    ),
    (
        "Eight programs of four tasks each spend a refresh token once, and no call fails",
        "eight_programs_of_four_tasks_spend_each_token_once_and_no_call_fails",
    ),
    (
        "A renewed token that the disk does not take is not lost",
        "a_rotated_token_that_cannot_be_written_is_served_from_memory_and_written_later",
    ),
    (
        "A program that dies at any moment loses no grant, as Spotify treats refresh tokens today",
        "programs_killed_at_any_moment_lose_no_grant_and_leave_no_broken_record",
    ),
    ("Each fault on the list of faults has its test", "every_fault_of_the_list_has_its_tests"),
    (
        "No token is in a program's memory once its owner is gone (Linux)",
        "no_token_is_in_memory_once_its_owner_is_gone",
    ),
    (
        "The server's memory holds no refresh token, and after a revocation no token at all (Linux)",
        "the_server_s_memory_holds_no_refresh_token_and_after_a_revocation_no_token_at_all",
    ),
    ("A crash of the server leaves no core file", "a_crash_of_the_server_leaves_no_core_file"),
    (
        "A container without a vault is served from its environment, and nothing of it is kept",
        "a_container_without_a_vault_is_served_from_its_environment_and_nothing_is_kept",
    ),
    (
        "A sealed settings file that was changed is refused at the start",
        "a_sealed_settings_file_that_was_changed_is_refused_at_the_start_and_logged",
    ),
    (
        "A redirect of another sign-in is refused and spends no code",
        "an_answer_of_another_sign_in_is_refused_and_spends_nothing",
    ),
    (
        "The listener answers only the browser of this machine",
        "a_page_elsewhere_and_another_path_get_nothing_from_the_listener",
    ),
    (
        "Any changed, removed, repeated or moved line of the audit log shows, and the first one is named",
        "any_change_shows_and_its_first_line_is_named",
    ),
    (
        "No acknowledged record is lost when writers are killed",
        "no_acknowledged_record_is_lost_when_writers_are_killed",
    ),
    (
        "Each record of the audit log reaches a sink, also when the server was stopped in between",
        "each_record_reaches_the_syslog_server_once_over_two_runs",
    ),
    ("Records leave this machine over TLS only", "what_is_wrong_is_told_without_the_value"),
    (
        "Tokens stand in the audit log as keyed references only",
        "a_token_stands_in_the_log_as_its_reference_only",
    ),
    (
        "A spent quota answers at once with the time at which it ends",
        "an_exhausted_quota_is_told_from_the_rate_limit_and_closes_only_its_operation",
    ),
    (
        "A write that may have happened is not repeated",
        "a_change_that_may_have_happened_is_not_repeated",
    ),
    (
        "A vault whose key is lost opens with the recovery code that was shown when it was made",
        "a_lost_key_is_replaced_with_the_recovery_code",
    ),
    (
        "Every change of a vault, killed or failing at any of its steps, loses nothing and is finished when it is done again",
        "a_write_that_stops_anywhere_leaves_the_old_record_or_the_new_one",
    ),
    (
        "A rotation drops no key that something needs, whoever writes meanwhile",
        "no_key_is_made_under_a_term_that_a_sweep_drops",
    ),
    (
        "After a rotation for a compromise no old key and no old seal is left",
        "after_a_compromise_no_old_key_and_no_old_seal_is_left",
    ),
    (
        "Eight programs on one record lose no update",
        "eight_processes_on_the_same_record_lose_no_update",
    ),
    (
        "A record put back from an older copy shows against the audit log",
        "a_restored_old_file_shows_against_the_newest_known_generations",
    ),
    ("A restored backup replaces nothing newer", "a_restored_record_is_never_silently_older"),
    (
        "A profile that was destroyed since the backup stays dead",
        "who_was_destroyed_since_the_backup_stays_dead",
    ),
    (
        "A backup is read back and opened record by record before it takes its place",
        "a_damaged_vault_makes_no_backup_and_an_earlier_one_is_never_replaced",
    ),
    (
        "A vault that moves is in one place at each moment",
        "a_migration_that_stops_anywhere_leaves_the_vault_in_one_place",
    ),
    (
        "A secret setting in clear is refused, and a sealed one opens under its own name alone",
        "a_sealed_setting_opens_under_its_own_name_in_its_own_vault_alone",
    ),
    (
        "A sealed settings file that was changed is refused",
        "a_sealed_settings_file_is_refused_once_it_changes",
    ),
    (
        "Tokens and keys do not leave the vault by an export",
        "a_field_leaves_the_vault_only_when_its_class_allows",
    ),
    (
        "Values and keys are wiped from memory after use",
        "nothing_of_a_value_or_a_key_is_left_in_memory_after_use",
    ),
    (
        "A keychain that is locked, gone or killed is an error, never an absent key",
        "a_service_that_ends_in_the_middle_is_an_error_and_not_an_absent_key",
    ),
    (
        "The key of a hardware token cannot be read out of it",
        "the_key_of_a_token_cannot_be_read_out_of_it",
    ),
    ("A secret's type prints its name alone", "debug_of_a_secret_shows_its_type_alone"),
    (
        "Other programs of the same user cannot read the server's memory (Linux)",
        "no_other_program_may_read_the_memory_of_the_process",
    ),
    (
        "A local Spotify is refused in production, and other hosts everywhere",
        "a_local_spotify_is_refused_in_production",
    ),
    (
        "Each tool call leaves its intent and its outcome in the audit log",
        "every_tool_leaves_an_intent_and_an_outcome_of_its_class",
    ),
    (
        "Nothing is done when its intent cannot be written to the audit log",
        "nothing_is_done_when_the_intent_cannot_be_written",
    ),
    ("Each command leaves its record", "every_command_leaves_its_record"),
    (
        "No failure of Spotify is reported as a success",
        "no_failure_of_spotify_is_ever_reported_as_a_success",
    ),
];

/// Folders that hold tests.
const FOLDERS: [&str; 8] = [
    "tests",
    "spotify-api",
    "spotify-auth",
    "spotify-vault",
    "spotify-audit",
    "mcp-server",
    "enterprise-cli",
    "xtask",
];

pub(super) fn table() -> String {
    let rows = PROMISES.iter().map(|(promise, test)| [(*promise).to_owned(), tables::code(test)]);
    tables::table(["promise", "test"], rows)
}

/// Checks that each test exists.
pub(super) fn check(root: &Path) -> Result<(), DocsError> {
    let mut sources = Vec::new();
    for folder in FOLDERS {
        collect(&root.join(folder), &mut sources)?;
    }
    let exists = |test: &str| {
        // A test is a function, or a line of a macro that makes one function per line.
        let definitions = [format!("fn {test}("), format!("\n    {test}: ")];
        let defines = |source: &String| definitions.iter().any(|text| source.contains(text));
        sources.iter().any(defines)
    };
    match PROMISES.iter().find(|(_, test)| !exists(test)) {
        Some((promise, test)) => Err(DocsError::NoTest { promise, test }),
        None => Ok(()),
    }
}

fn collect(folder: &Path, sources: &mut Vec<String>) -> Result<(), DocsError> {
    for entry in fs::read_dir(folder).map_err(file("listing", folder))? {
        let path: PathBuf = entry.map_err(file("listing", folder))?.path();
        if path.is_dir() {
            collect(&path, sources)?;
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            sources.push(fs::read_to_string(&path).map_err(file("reading", &path))?);
        }
    }
    Ok(())
}
