//! The files of a log: where they lie and who may touch them.

#[cfg_attr(windows, path = "fs/windows.rs")]
#[cfg_attr(not(windows), path = "fs/unix.rs")]
mod platform;
mod segment;

use std::fs::File;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use thiserror::Error;

pub(crate) use self::platform::{identity, options, read_exact_at, require_private};
pub(crate) use self::segment::{Lock, Segment, SegmentPath, Snapshot, Wait, segments};

/// What stands between a segment's name and the time in the name of a file of torn bytes.
pub(crate) const TORN: &str = ".torn-";

/// A file or directory of the log that cannot be used.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum StorageError {
    /// The operating system refused.
    #[error("{action} {}", path.display())]
    Io {
        /// What was attempted.
        action: &'static str,
        /// On what.
        path: PathBuf,
        /// Why it failed.
        source: io::Error,
    },
    /// Others than the owner may use the file or directory.
    #[error("use {}: its mode {mode:03o} lets others in; run `chmod {} '{}'`",
        path.display(), if *directory { "700" } else { "600" }, path.display())]
    Mode {
        /// The file or directory.
        path: PathBuf,
        /// Its permission bits.
        mode: u32,
        /// Whether it is a directory.
        directory: bool,
    },
    /// The file or directory belongs to another user.
    #[error("use {}: it belongs to user {owner}, not to user {user} who runs this",
        path.display())]
    Owner {
        /// The file or directory.
        path: PathBuf,
        /// The number of the user it belongs to.
        owner: u32,
        /// The number of the user who runs this.
        user: u32,
    },
    /// The path leads to something else than a plain file.
    #[error("use {} as a log: it is no plain file", path.display())]
    NotAFile {
        /// The path.
        path: PathBuf,
    },
}

/// Puts what was attempted on what into an error.
pub(crate) fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StorageError {
    move |source| StorageError::Io { action, path: path.to_owned(), source }
}

/// Returns the names of the files of torn bytes.
pub(crate) fn torn_files(directory: &Path) -> Result<Vec<String>, StorageError> {
    let names = names(directory)?;
    Ok(names.into_iter().filter(|name| name.contains(TORN)).collect())
}

fn names(directory: &Path) -> Result<Vec<String>, StorageError> {
    let read = || {
        let entries = directory.read_dir()?;
        entries
            .map(|entry| Ok(entry?.file_name().to_string_lossy().into_owned()))
            .collect::<io::Result<Vec<_>>>()
    };
    let mut names = read().map_err(failed("list", directory))?;
    names.sort();
    Ok(names)
}

/// Makes the directory of a log when it is absent, and requires that it is private.
fn own_directory(path: &Path) -> Result<PathBuf, StorageError> {
    if !path.exists() {
        platform::create_directory(path).map_err(failed("create the directory", path))?;
        if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            sync_directory(parent)?;
        }
    }
    let path = path.canonicalize().map_err(failed("find the directory", path))?;
    let metadata = path.metadata().map_err(failed("examine", &path))?;
    require_private(&path, &metadata)?;
    Ok(path)
}

pub(crate) fn sync_directory(path: &Path) -> Result<(), StorageError> {
    platform::sync_names(path).map_err(failed("sync", path))
}

/// Opens a file for reading.
pub(crate) fn open(path: &Path) -> io::Result<File> {
    options().open(path)
}

/// Makes a file, or empties it.
pub(crate) fn create(path: &Path) -> io::Result<File> {
    options().write(true).create(true).truncate(true).open(path)
}

/// Puts a file, which is on the disk, in the place of another.
#[expect(clippy::disallowed_methods, reason = "this is the crate's fs module; it syncs")]
pub(crate) fn replace(new: &Path, path: &Path) -> io::Result<()> {
    std::fs::rename(new, path)?;
    path.parent().map_or(Ok(()), platform::sync_names)
}

/// Removes a segment.
pub(crate) fn remove(segment: &SegmentPath) -> Result<(), StorageError> {
    std::fs::remove_file(&segment.path).map_err(failed("remove", &segment.path))?;
    segment.path.parent().map_or(Ok(()), sync_directory)
}

/// Waits until nobody else packs or removes the segments of a log.
pub(crate) fn lock_directory(path: &Path) -> Result<Lock, StorageError> {
    let directory = platform::open_directory(path).map_err(failed("open", path))?;
    Lock::take(Arc::new(directory), path)
}
