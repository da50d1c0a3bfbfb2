//! The binary `spotify-admin`.

use std::alloc::System;
use std::process::ExitCode;

use enterprise_cli::config::Surroundings;
use zeroizing_alloc::ZeroAlloc;

/// Wipes every allocation that is given back, those of libraries that handle tokens included.
#[global_allocator]
static ALLOCATOR: ZeroAlloc<System> = ZeroAlloc(System);

fn main() -> ExitCode {
    // Before the first secret is read.
    let protected = spotify_auth::session::protect();
    enterprise_cli::run(Surroundings::of_process(), protected).into()
}
