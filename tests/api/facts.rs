//! The facts about the platform, which stand outside of the project.

use std::path::PathBuf;

/// Reads a file of the facts; `None` when they are not at hand.
pub(crate) fn read(name: &str) -> Option<Vec<u8>> {
    #[expect(
        clippy::disallowed_methods,
        reason = "names the place of facts outside of the project"
    )]
    let (shared, ci) = (std::env::var_os("XTASK_SHARED"), std::env::var_os("CI"));
    let Some(shared) = shared else {
        println!("skipped: XTASK_SHARED does not name the platform's facts");
        assert!(ci.is_none_or(|ci| ci != "true"), "with CI=true the facts must be there");
        return None;
    };
    Some(std::fs::read(PathBuf::from(shared).join("spotify").join(name)).unwrap())
}
