//! Integration tests of `spotify-auth`: over real HTTP against the local Spotify, with the real
//! vault and audit log in a temporary directory.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

/// As in both programs, so that a look into the memory sees what they would leave there.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

mod alerts;
mod answers;
mod app_tokens;
mod bench;
mod catalogue;
#[cfg(target_os = "linux")]
mod crashes;
mod faults;
mod given;
mod keeping;
#[cfg(target_os = "linux")]
mod memory;
mod memory_store;
mod model;
#[cfg(unix)]
mod programs;
mod records;
mod revocation;
mod rotation;
mod rules;
#[path = "../audit/schema.rs"]
mod schema;
mod sealed;
mod sign_in;
mod signing;
mod suspension;
#[cfg(unix)]
mod torture;
#[cfg(target_os = "linux")]
mod unwritten;
mod upkeep;
