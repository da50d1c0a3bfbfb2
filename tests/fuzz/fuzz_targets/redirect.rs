//! What comes back from a sign-in: no text makes the parser panic, and an error repeats none of it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use spotify_auth::oauth::parse_redirect;

fuzz_target!(|text: &str| {
    if let Err(error) = parse_redirect(text) {
        assert!(text.len() < 200 || !error.to_string().contains(text));
    }
});
