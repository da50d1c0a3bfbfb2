//! Files as Windows has them. This compiles, and nobody has run it.
//!
//! Who may use a file follows from the rights of the directory above. A lock keeps other programs
//! from reading meanwhile, so that a reader may have to be started again.

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::os::windows::fs::{FileExt as _, MetadataExt as _};
use std::path::Path;

use super::StorageError;

/// The name of the file that is locked for work on a whole directory, which can't be opened itself.
const LOCK: &str = "directory.lock";

/// Makes a directory, and those above it.
pub(super) fn create_directory(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).create(path)
}

/// There are no modes to look at.
#[expect(clippy::unnecessary_wraps, reason = "Unix refuses")]
pub(crate) fn require_private(_: &Path, _: &Metadata) -> Result<(), StorageError> {
    Ok(())
}

/// Returns how files are opened.
pub(crate) fn options() -> OpenOptions {
    let mut options = File::options();
    options.read(true);
    options
}

/// Returns what tells a file from one that was put in its place. Windows gives a file the time of
/// one that had its name seconds before, so this may not notice.
pub(crate) fn identity(metadata: &Metadata) -> (u64, u64) {
    (metadata.creation_time(), 0)
}

/// Fills a buffer from a place in a file.
pub(crate) fn read_exact_at(file: &File, mut buffer: &mut [u8], mut offset: u64) -> io::Result<()> {
    while !buffer.is_empty() {
        let count = match file.seek_read(buffer, offset) {
            Ok(0) => return Err(io::ErrorKind::UnexpectedEof.into()),
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            count => count?,
        };
        buffer = buffer.get_mut(count..).unwrap_or_default();
        offset += u64::try_from(count).unwrap_or(u64::MAX);
    }
    Ok(())
}

/// A directory can't be opened as a file; its file systems journal names by themselves.
#[expect(clippy::unnecessary_wraps, reason = "Unix may fail")]
pub(super) fn sync_names(_: &Path) -> io::Result<()> {
    Ok(())
}

/// Opens what is locked for work on a whole directory.
pub(super) fn open_directory(path: &Path) -> io::Result<File> {
    options().write(true).create(true).truncate(false).open(path.join(LOCK))
}
