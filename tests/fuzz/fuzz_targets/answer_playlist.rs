//! A playlist with its entries.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| fuzz::loses_nothing("get-playlist", body));
