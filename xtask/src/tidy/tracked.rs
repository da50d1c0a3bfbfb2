//! The files that git tracks, as they are on disk.

use std::fs;
use std::path::Path;
use std::process::Command;

use crate::run::{self, RunError};

/// A tracked file.
#[derive(Debug)]
pub(super) struct TrackedFile {
    /// Its path from the root of the repository.
    pub(super) path: String,
    /// Whether git has it as executable.
    pub(super) executable: bool,
    /// Whether everybody on this machine may write it.
    pub(super) world_writable: bool,
    /// What is in it; for a symbolic link, the path it points to.
    pub(super) content: Vec<u8>,
}

impl TrackedFile {
    /// The content, unless it is binary: git's own rule is a NUL byte near the start.
    pub(super) fn text(&self) -> Option<&[u8]> {
        let start = self.content.get(..8000).unwrap_or(&self.content);
        (!start.contains(&0)).then_some(&self.content)
    }
}

/// Lists the tracked files below `root`; those deleted on disk are left out.
pub(super) fn list(root: &Path) -> Result<Vec<TrackedFile>, RunError> {
    let mut git = Command::new("git");
    git.current_dir(root).args(["ls-files", "--stage", "-z"]);
    let output = run::capture(&mut git)?;
    let entries = output.split(|byte| *byte == 0).filter(|entry| !entry.is_empty());
    Ok(entries.filter_map(|entry| read(root, &String::from_utf8_lossy(entry))).collect())
}

/// Reads one entry of `git ls-files --stage`: `<mode> <object> <stage>\t<path>`.
fn read(root: &Path, entry: &str) -> Option<TrackedFile> {
    let (facts, path) = entry.split_once('\t')?;
    let on_disk = root.join(path);
    let metadata = fs::symlink_metadata(&on_disk).ok()?;
    let content = if metadata.is_symlink() {
        fs::read_link(&on_disk).ok()?.to_string_lossy().into_owned().into_bytes()
    } else {
        fs::read(&on_disk).ok()?
    };
    Some(TrackedFile {
        path: path.to_owned(),
        executable: facts.starts_with("100755"),
        world_writable: is_world_writable(&metadata),
        content,
    })
}

#[cfg(unix)]
fn is_world_writable(metadata: &fs::Metadata) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    // The mode of a symbolic link says nothing.
    !metadata.is_symlink() && metadata.permissions().mode() & 0o002 != 0
}

#[cfg(not(unix))]
fn is_world_writable(_metadata: &fs::Metadata) -> bool {
    false
}

#[cfg(test)]
impl TrackedFile {
    /// A file that exists only in a test.
    pub(super) fn with(path: &str, content: &str) -> Self {
        Self {
            path: path.to_owned(),
            executable: false,
            world_writable: false,
            content: content.as_bytes().to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_binary_file_has_no_text() {
        assert_eq!(TrackedFile::with("a", "text").text(), Some(&b"text"[..]));
        assert_eq!(TrackedFile::with("a", "bin\0ary").text(), None);
    }
}
