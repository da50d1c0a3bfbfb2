//! Where the workspace is, and what cargo knows about it.

use std::path::{Path, PathBuf};

use cargo_metadata::{Metadata, MetadataCommand};

use crate::environment;

/// The workspace's root folder.
pub(crate) fn root() -> PathBuf {
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    package.parent().unwrap_or(package).to_owned()
}

/// Reads the workspace's own packages and targets, without their dependencies.
///
/// # Errors
///
/// When `cargo metadata` fails, for example on a manifest that cannot be parsed or a lock file
/// that would have to change.
pub(crate) fn metadata(root: &Path) -> Result<Metadata, cargo_metadata::Error> {
    MetadataCommand::new()
        .cargo_path(environment::cargo())
        .manifest_path(root.join("Cargo.toml"))
        .no_deps()
        .other_options(vec!["--locked".to_owned()])
        .exec()
}
