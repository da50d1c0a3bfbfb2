//! Integration tests of audit.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::panic,
    reason = "what is not as expected fails the test"
)]

mod clocks;
mod crash;
mod export;
mod findings;
mod fixture;
mod format;
mod full_disk;
mod group_commit;
mod many_writers;
mod mutations;
mod permissions;
mod privacy;
mod reading;
mod recovery;
mod references;
mod released;
mod retention;
mod rules;
mod segments;
mod signer;
mod signing;
mod summary;
mod tampering;
mod torture;
mod verdicts;
