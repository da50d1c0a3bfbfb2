//! Files as Unix has them: with modes, owners and numbers.

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, FileExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::Path;

use rustix::fs::OFlags;

use super::StorageError;

/// Makes a directory, and those above it, for the owner alone.
pub(super) fn create_directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Requires that nobody but the user who runs this may use a file or directory.
pub(crate) fn require_private(path: &Path, metadata: &Metadata) -> Result<(), StorageError> {
    let path = path.to_owned();
    let mode = metadata.mode() & 0o777;
    if mode & 0o077 != 0 {
        return Err(StorageError::Mode { path, mode, directory: metadata.is_dir() });
    }
    let (owner, user) = (metadata.uid(), rustix::process::geteuid().as_raw());
    if owner != user {
        return Err(StorageError::Owner { path, owner, user });
    }
    Ok(())
}

/// Returns how files are opened, and made for the owner alone.
pub(crate) fn options() -> OpenOptions {
    let mut options = File::options();
    // Not blocking, so that a pipe in place of the log is an error and no endless wait.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    options.read(true).mode(0o600).custom_flags(flags.bits().cast_signed());
    options
}

/// Returns what tells a file from one that was put in its place.
pub(crate) fn identity(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

/// Fills a buffer from a place in a file.
pub(crate) fn read_exact_at(file: &File, buffer: &mut [u8], offset: u64) -> io::Result<()> {
    file.read_exact_at(buffer, offset)
}

/// Makes the names in a directory durable.
pub(super) fn sync_names(directory: &Path) -> io::Result<()> {
    File::open(directory)?.sync_all()
}

/// Opens what is locked for work on a whole directory.
pub(super) fn open_directory(path: &Path) -> io::Result<File> {
    File::open(path)
}
