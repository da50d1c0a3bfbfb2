//! Integration tests of `spotify-mcp`: the real program as a child process, or the same server in
//! this process where a test needs its own clock, against the local Spotify.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of a test fails the test"
)]

mod adding;
mod audit;
mod bench;
mod budget;
mod client;
mod confirming;
mod conversation;
mod exports;
mod faults;
#[cfg(unix)]
mod hardening;
mod http;
mod jobs;
mod making;
mod mutations;
mod offered;
mod playback;
mod process;
mod protocol;
mod resolving;
mod resources;
mod results;
mod rounds;
#[path = "../audit/schema.rs"]
mod schema;
mod sdk;
#[cfg(unix)]
mod setup;
mod sign_in;
mod undo;
#[cfg(target_os = "linux")]
mod untraceable;
mod walk;
mod web;
