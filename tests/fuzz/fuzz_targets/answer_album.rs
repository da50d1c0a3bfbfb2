//! An album with its tracks.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| fuzz::loses_nothing("get-an-album", body));
