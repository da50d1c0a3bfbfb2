//! `spotify-mcp`: serves Spotify to an AI client over standard input and output.

use std::process::ExitCode;

use clap::Parser as _;
use mcp_server::config::Arguments;

/// Wipes memory when it is given back, so that no secret outlives its use there.
#[global_allocator]
static ALLOCATOR: zeroizing_alloc::ZeroAlloc<std::alloc::System> =
    zeroizing_alloc::ZeroAlloc(std::alloc::System);

fn main() -> ExitCode {
    match mcp_server::run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            #[expect(clippy::print_stderr, reason = "a program's last words belong there")]
            {
                eprintln!("spotify-mcp: {error}");
            }
            ExitCode::FAILURE
        }
    }
}
