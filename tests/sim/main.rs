//! Integration tests of sim.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test"
)]

mod bench;
mod binary;
mod catalogue;
mod consent_page;
mod control;
mod faults;
mod following;
mod gates;
mod irregularities;
mod journal;
mod library;
mod player;
mod playlists;
mod regimes;
mod saved;
mod search;
mod shared_facts;
mod sign_in;
mod spoken;
mod tokens;
mod traffic;
