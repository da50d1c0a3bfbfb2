//! A page of a playlist's entries.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| fuzz::loses_nothing("get-playlists-items", body));
