//! Files as they shall stand on a machine.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write as _;
use std::path::Path;

use super::{DistError, file};

/// Files by their path below a root such as `/usr`, in the order of the alphabet.
#[derive(Clone, Debug, Default)]
pub(super) struct Tree(BTreeMap<String, Entry>);

/// One file.
#[derive(Clone, Debug)]
pub(super) struct Entry {
    /// Its permissions.
    pub(super) mode: u32,
    /// What is in it.
    pub(super) content: Vec<u8>,
}

impl Tree {
    /// Puts a file at `path`.
    pub(super) fn add(&mut self, path: &str, mode: u32, content: impl Into<Vec<u8>>) {
        self.0.insert(path.to_owned(), Entry { mode, content: content.into() });
    }

    /// Returns the file at `path`.
    pub(super) fn get(&self, path: &str) -> Result<&Entry, DistError> {
        self.0.get(path).ok_or_else(|| DistError::Unfit(format!("there is no file {path}")))
    }

    /// Returns all files with their paths.
    pub(super) fn iter(&self) -> impl Iterator<Item = (&str, &Entry)> {
        self.0.iter().map(|(path, entry)| (path.as_str(), entry))
    }

    /// Writes the files below `root`.
    pub(super) fn write_below(&self, root: &Path) -> Result<(), DistError> {
        for (path, entry) in self.iter() {
            let path = root.join(path);
            let folder = path.parent().unwrap_or(root);
            fs::create_dir_all(folder).map_err(file("make", folder))?;
            write(&path, &entry.content)?;
            set_mode(&path, entry.mode)?;
        }
        Ok(())
    }
}

/// Writes a new file.
pub(super) fn write(path: &Path, content: &[u8]) -> Result<(), DistError> {
    let mut new = fs::File::create(path).map_err(file("make", path))?;
    new.write_all(content).map_err(file("write", path))
}

/// Reads a file.
pub(super) fn read(path: &Path) -> Result<Vec<u8>, DistError> {
    fs::read(path).map_err(file("read", path))
}

/// Makes an empty folder, in place of what stood there.
pub(super) fn empty(folder: &Path) -> Result<(), DistError> {
    if folder.exists() {
        fs::remove_dir_all(folder).map_err(file("remove", folder))?;
    }
    fs::create_dir_all(folder).map_err(file("make", folder))
}

#[cfg(unix)]
fn set_mode(path: &Path, mode: u32) -> Result<(), DistError> {
    use std::os::unix::fs::PermissionsExt as _;
    let mode = fs::Permissions::from_mode(mode);
    fs::set_permissions(path, mode).map_err(file("set the mode of", path))
}

#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "as on Unix")]
fn set_mode(_: &Path, _: u32) -> Result<(), DistError> {
    Ok(())
}
