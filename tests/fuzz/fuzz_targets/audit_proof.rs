//! Proofs: no text makes parser or verifier panic, and none proves a line without a signature.

#![no_main]

use libfuzzer_sys::fuzz_target;
use spotify_audit::{Proof, PublicKey};

/// The first key of RFC 8032 section 7.1.
const KEY: &str =
    "sal/1/c_00+259670d0+AddamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea";

fuzz_target!(|text: &str| {
    let Ok(proof) = Proof::parse(text) else { return };
    assert_eq!(Proof::parse(&proof.to_string()).as_ref(), Ok(&proof));
    if let Ok(key) = PublicKey::parse(KEY) {
        assert!(!proof.proves(b"a line", &key));
    }
});
