//! The environment variables that the commands read, and nothing else reads.

#![expect(clippy::disallowed_methods, reason = "this is the one module that reads the environment")]

use std::env;
use std::ffi::OsString;
use std::path::{Path, PathBuf};

/// Whether this is a run where nothing may be skipped (`CI=true`).
///
/// It installs what the tests need, and an absent component is a failure.
pub(crate) fn is_ci() -> bool {
    env::var_os("CI").is_some_and(|value| value == "true")
}

/// The folder with the reference files that some tests compare against (`XTASK_SHARED`).
pub(crate) fn shared() -> Option<PathBuf> {
    path("XTASK_SHARED")
}

/// A folder with `RustSec`'s advisory database (`XTASK_ADVISORY_DB`).
pub(crate) fn advisory_db() -> Option<PathBuf> {
    path("XTASK_ADVISORY_DB")
}

/// The cargo that started this program (`CARGO`), so that nested runs use the same toolchain.
pub(crate) fn cargo() -> OsString {
    env::var_os("CARGO").unwrap_or_else(|| "cargo".into())
}

/// Cargo's own folder (`CARGO_HOME`, else `.cargo` in the home folder).
pub(crate) fn cargo_home() -> Option<PathBuf> {
    path("CARGO_HOME").or_else(|| Some(env::home_dir()?.join(".cargo")))
}

/// Variables that cargo set for this program and that must not reach another cargo.
///
/// Build scripts that watch one of them would run again, so that `cargo test` and
/// `cargo xtask test` would take turns in rebuilding the same crates.
pub(crate) fn of_this_package() -> Vec<OsString> {
    env::vars_os()
        .map(|(name, _)| name)
        .filter(|name| {
            name.to_str().is_some_and(|name| {
                name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_")
            })
        })
        .collect()
}

/// Finds `program` in the folders of `PATH`.
pub(crate) fn find_program(program: &str) -> Option<PathBuf> {
    let path = env::var_os("PATH")?;
    env::split_paths(&path)
        .flat_map(|folder| {
            [folder.join(program), folder.join(program).with_extension(env::consts::EXE_EXTENSION)]
        })
        .find(|candidate| candidate.is_file())
}

/// `PATH` with `first` in front, for a child process.
pub(crate) fn path_with(first: &Path) -> OsString {
    let rest = env::var_os("PATH").unwrap_or_default();
    let folders = std::iter::once(first.to_owned()).chain(env::split_paths(&rest));
    env::join_paths(folders).unwrap_or(rest)
}

fn path(variable: &str) -> Option<PathBuf> {
    env::var_os(variable).filter(|value| !value.is_empty()).map(PathBuf::from)
}
