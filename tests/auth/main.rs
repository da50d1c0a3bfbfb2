//! Integration tests of `spotify-auth`: over real HTTP against the local Spotify, with the real
//! vault and audit log in a temporary directory.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod alerts;
mod answers;
mod app_tokens;
mod bench;
#[cfg(unix)]
mod crashes;
mod keeping;
mod memory_store;
#[cfg(unix)]
mod programs;
mod revocation;
mod rotation;
mod sealed;
mod sign_in;
mod suspension;
#[cfg(unix)]
mod torture;
