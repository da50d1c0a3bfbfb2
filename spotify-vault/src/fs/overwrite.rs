//! Files whose bytes are written over in place.

use std::fs::{File, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use super::{open_existing, remove, storage, sync, write_all};
use crate::error::VaultError;

/// The greatest length that [`shred`] overwrites: a key, or the keys of a batch, are shorter.
const SHREDDED: usize = 64 * 1024;

const DOING: &str = "write over";

/// Writes over the first bytes of a file and syncs it.
pub(crate) fn write_over(path: &Path, bytes: &[u8]) -> Result<(), VaultError> {
    let mut file = open(path).map_err(storage(DOING, path))?;
    write_all(&mut file, bytes).map_err(storage(DOING, path))?;
    sync(&file).map_err(storage("sync", path))
}

/// Files that are written over one after the other and made durable together.
#[derive(Debug, Default)]
pub(crate) struct Overwriting {
    /// Opened before anything was written, so that its sync tells of every failure since.
    first: Option<(File, PathBuf)>,
    is_several: bool,
}

impl Overwriting {
    /// Writes over the first bytes of a file.
    pub(crate) fn write(&mut self, path: &Path, bytes: &[u8]) -> Result<(), VaultError> {
        let mut file = open(path).map_err(storage(DOING, path))?;
        write_all(&mut file, bytes).map_err(storage(DOING, path))?;
        self.is_several = self.first.is_some();
        if self.is_several && !cfg!(target_os = "linux") {
            sync(&file).map_err(storage("sync", path))?;
        }
        self.first.get_or_insert_with(|| (file, path.to_owned()));
        Ok(())
    }

    /// Waits until all of it is on the medium.
    pub(crate) fn finish(self) -> Result<(), VaultError> {
        let Some((file, path)) = self.first else { return Ok(()) };
        let synced = if self.is_several { sync_all(&file) } else { sync(&file) };
        synced.map_err(storage("sync", &path))
    }
}

/// Syncs all that was written to the file system of a file, where there is such a call.
fn sync_all(file: &File) -> io::Result<()> {
    #[cfg(target_os = "linux")]
    {
        // Since Linux 5.8 it tells of pages that could not be written.
        super::step("sync the file system")?;
        rustix::fs::syncfs(file).map_err(io::Error::from)
    }
    #[cfg(not(target_os = "linux"))]
    sync(file)
}

/// Overwrites a file's bytes with zeros and removes it; being absent is no error.
///
/// On a file system that writes elsewhere (copy-on-write, journalled data, flash) the old bytes
/// may remain on the medium.
pub(crate) fn shred(path: &Path) -> Result<(), VaultError> {
    let doing = "overwrite";
    let mut file = match open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        Err(error) => return Err(storage(doing, path)(error)),
    };
    let len = file.metadata().map_err(storage(doing, path))?.len();
    let len = usize::try_from(len).unwrap_or(usize::MAX).min(SHREDDED);
    write_all(&mut file, &vec![0; len]).map_err(storage(doing, path))?;
    sync(&file).map_err(storage(doing, path))?;
    remove(path).map(drop)
}

fn open(path: &Path) -> io::Result<File> {
    open_existing(path, OpenOptions::new().write(true))
}
