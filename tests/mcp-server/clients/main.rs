//! Real clients on the real program: the official inspector, the Python and the TypeScript SDK.
//!
//! A component suite: `cargo xtask test` provides what they need, and says where it is in
//! `SPOTIFY_TEST_NODE`, `SPOTIFY_TEST_INSPECTOR`, `SPOTIFY_TEST_TYPESCRIPT_SDK` and
//! `SPOTIFY_TEST_PYTHON`.

#![expect(
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a helper of tests fails as a test does"
)]

mod bench;
mod inspector;
mod sdks;
