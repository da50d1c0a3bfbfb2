//! Saved episodes, with those that are gone.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| fuzz::loses_nothing("get-users-saved-episodes", body));
