//! Records, subject keys and tombstones: no bytes make their readers panic, and none open without
//! their key.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| spotify_vault::fuzzing::record(bytes));
