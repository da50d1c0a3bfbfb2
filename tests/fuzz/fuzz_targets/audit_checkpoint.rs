//! Checkpoints and keys: no text makes the parsers panic, and what they take they take again.

#![no_main]

use libfuzzer_sys::fuzz_target;
use spotify_audit::{Checkpoint, PublicKey};

fuzz_target!(|text: &str| {
    if let Ok(checkpoint) = Checkpoint::parse(text) {
        assert_eq!(Checkpoint::parse(&checkpoint.to_string()).as_ref(), Ok(&checkpoint));
    }
    if let Ok(key) = PublicKey::parse(text) {
        assert_eq!(PublicKey::parse(&key.to_string()).as_ref(), Ok(&key));
    }
});
