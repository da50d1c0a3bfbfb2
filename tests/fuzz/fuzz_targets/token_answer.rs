//! A token answer: no body makes the parser panic, and what it takes can be sent.

#![no_main]

use libfuzzer_sys::fuzz_target;
use spotify_auth::endpoint::parse_answer;

fuzz_target!(|body: &[u8]| {
    if let Ok(answer) = parse_answer(body) {
        assert!(answer.access.header().is_some());
        assert!(!answer.life.is_zero());
    }
});
