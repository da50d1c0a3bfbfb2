//! Locks of whole files, across threads and processes.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use super::{check_private, open_existing, private, storage};
use crate::error::VaultError;

/// Takes an exclusive lock, trying for about `wait`; `None` when someone else held it all along.
///
/// It polls, so that a deadline holds, and with uneven pauses, so that waiters do not march in
/// step. The time waited is the sum of the pauses: there is no clock in here.
pub(crate) fn lock(path: &Path, wait: Duration) -> Result<Option<File>, VaultError> {
    lock_by(path, wait, File::try_lock)
}

/// As [`lock`], together with others who take it so.
pub(crate) fn lock_shared(path: &Path, wait: Duration) -> Result<Option<File>, VaultError> {
    lock_by(path, wait, File::try_lock_shared)
}

fn lock_by(
    path: &Path,
    wait: Duration,
    try_lock: impl Fn(&File) -> Result<(), TryLockError>,
) -> Result<Option<File>, VaultError> {
    static TURN: AtomicU64 = AtomicU64::new(0);
    let mut jitter = TURN.fetch_add(1, Ordering::Relaxed) ^ u64::from(std::process::id());
    let mut waited = Duration::ZERO;
    loop {
        let file = open_lock(path)?;
        match try_lock(&file) {
            // The file that was locked must be the one that the next comer opens.
            Ok(()) if is_at(&file, path)? => return Ok(Some(file)),
            Ok(()) | Err(TryLockError::WouldBlock) => {}
            Err(TryLockError::Error(error)) => return Err(storage("lock", path)(error)),
        }
        if waited >= wait {
            return Ok(None);
        }
        jitter =
            jitter.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        let pause = Duration::from_millis(5 + (jitter >> 33) % 16).min(wait.saturating_sub(waited));
        std::thread::sleep(pause);
        waited += pause;
    }
}

/// Whether the open file is the one at the path, not one that was moved or removed.
pub(crate) fn is_at(file: &File, path: &Path) -> Result<bool, VaultError> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        use std::{fs, io};
        let identity = |metadata: fs::Metadata| (metadata.dev(), metadata.ino());
        let held = file.metadata().map_err(storage("look at", path))?;
        match fs::symlink_metadata(path) {
            Ok(there) => Ok(identity(held) == identity(there)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(false),
            Err(error) => Err(storage("look at", path)(error)),
        }
    }
    // Windows does not remove or replace a file that is open without sharing its deletion.
    #[cfg(not(unix))]
    {
        let held = file.metadata();
        held.map(|_| true).map_err(storage("look at", path))
    }
}

/// Opens, or makes, a private file to lock.
fn open_lock(path: &Path) -> Result<File, VaultError> {
    let mut options = OpenOptions::new();
    options.read(true).write(true).create(true).truncate(false);
    private(&mut options);
    let file = open_existing(path, &mut options).map_err(storage("open the lock", path))?;
    let metadata = file.metadata().map_err(storage("look at", path))?;
    check_private(path, &metadata, "600")?;
    Ok(file)
}
