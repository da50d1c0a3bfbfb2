//! The whole path with both programs as they are shipped: what the demo shows, in each regime, and
//! that no secret leaves the vault on the way.

#![expect(clippy::unwrap_used, reason = "a helper of tests fails as a test does")]

mod canary;
mod demo;

use std::path::PathBuf;

use xtask::demo::Programs;

/// Returns the programs that were built together with this test.
pub(crate) fn programs() -> Programs {
    let test = std::env::current_exe().unwrap();
    let folder: PathBuf = test.ancestors().nth(2).unwrap().to_owned();
    let program = folder.join(format!("spotify-mcp{}", std::env::consts::EXE_SUFFIX));
    assert!(program.exists(), "{} is missing: run `cargo test --workspace`", program.display());
    Programs::in_folder(folder)
}
