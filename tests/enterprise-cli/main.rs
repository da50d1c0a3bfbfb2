//! `spotify-admin` as it is run: the real binary, a home directory of its own, a local Spotify.

#![cfg(unix)]
#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of tests fails as a test does"
)]

mod alerts;
mod audit;
mod audit_keys;
mod bench;
mod doctor;
mod everyday;
mod examples;
mod first_landed;
mod import;
mod install;
mod key_sources;
mod keys;
mod policy;
mod profiles;
mod records;
mod revocation;
#[path = "../audit/schema.rs"]
mod schema;
mod secrets;
mod settings;
mod setup;
mod shapes;
mod sign_in;
mod terminal;
mod terminal_bench;
mod upkeep;
