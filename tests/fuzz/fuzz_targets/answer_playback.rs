//! What is playing, and where.

#![no_main]

use libfuzzer_sys::fuzz_target;

fuzz_target!(|body: &[u8]| fuzz::loses_nothing(
    "get-information-about-the-users-current-playback",
    body
));
