//! The project's tables of facts about Spotify, outside of the repository: `XTASK_SHARED` says
//! where.

use std::{fs, path::PathBuf};

use serde_json::Value;

/// Reads a file, or says why the test is skipped.
#[expect(clippy::disallowed_methods, reason = "the one place where these tests find their tables")]
pub(crate) fn text(name: &str) -> Option<String> {
    let Some(folder) = std::env::var_os("XTASK_SHARED") else {
        let required = std::env::var_os("CI").is_some_and(|value| value == "true");
        assert!(!required, "with CI=true the tables of facts are required: set XTASK_SHARED");
        println!("skipped: XTASK_SHARED is not set, so spotify/{name} cannot be read");
        return None;
    };
    let path = PathBuf::from(folder).join("spotify").join(name);
    Some(fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display())))
}

/// Reads a table of JSON, or says why the test is skipped.
pub(crate) fn table(name: &str) -> Option<Value> {
    text(name).map(|text| serde_json::from_str(&text).unwrap())
}
