//! The header of a vault: no bytes make its reader panic, and none open without their key.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| spotify_vault::fuzzing::header(bytes));
