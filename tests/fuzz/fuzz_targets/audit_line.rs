//! Lines of the audit log: no bytes make the parser panic, and what it takes it gives back.

#![no_main]

use libfuzzer_sys::fuzz_target;
use spotify_audit::Entry;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(entry) = Entry::parse(bytes) {
        assert_eq!(entry.line().as_bytes(), bytes);
    }
});
