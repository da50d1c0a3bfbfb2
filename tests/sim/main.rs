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
mod browse;
mod caching;
mod catalogue;
mod consent_page;
mod control;
mod covers;
mod facts;
mod faults;
mod following;
mod gates;
mod irregularities;
mod journal;
mod library;
mod observed_errors;
mod openapi;
mod operations;
mod player;
mod playlists;
mod regimes;
mod samples;
mod saved;
mod schemas;
mod search;
mod sign_in;
mod spoken;
mod tokens;
mod traffic;
