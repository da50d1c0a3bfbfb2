//! The files of a log: where they lie, who may touch them, who holds the lock.

use std::fs::{DirBuilder, File, Metadata, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustix::fs::OFlags;
use thiserror::Error;

/// The file that holds the lines from the first on.
pub(crate) const FIRST_SEGMENT: &str = "00000000000000000001.jsonl";
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
    /// The log has a further segment, which this version cannot write.
    #[error("use the log: {} is not from this version; use a newer one", path.display())]
    FurtherSegment {
        /// The segment.
        path: PathBuf,
    },
}

/// Puts what was attempted on what into an error.
pub(crate) fn failed(action: &'static str, path: &Path) -> impl FnOnce(io::Error) -> StorageError {
    move |source| StorageError::Io { action, path: path.to_owned(), source }
}

/// An open segment.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) file: Arc<File>,
    pub(crate) path: PathBuf,
    directory: PathBuf,
    identity: (u64, u64),
}

impl Segment {
    /// Opens the segment of a log for appending; makes directory and file when they are absent.
    pub(crate) fn open(directory: &Path) -> Result<Self, StorageError> {
        let directory = own_directory(directory)?;
        refuse_further_segments(&directory)?;
        let path = directory.join(FIRST_SEGMENT);
        let file = options()
            .append(true)
            .create(true)
            .open(&path)
            .map_err(failed("open the log", &path))?;
        let metadata = file.metadata().map_err(failed("examine", &path))?;
        if !metadata.is_file() {
            return Err(StorageError::NotAFile { path });
        }
        require_private(&path, &metadata)?;
        Ok(Self { identity: identity(&metadata), file: Arc::new(file), path, directory })
    }

    /// Waits for the lock that all writers of the log share.
    pub(crate) fn lock(&self) -> Result<Lock, StorageError> {
        loop {
            match self.file.lock() {
                Ok(()) => return Ok(Lock(Arc::clone(&self.file))),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(failed("lock", &self.path)(error)),
            }
        }
    }

    /// Returns the length, or `None` when the path no longer leads to this file.
    pub(crate) fn length(&self) -> Result<Option<u64>, StorageError> {
        match self.path.symlink_metadata() {
            Ok(metadata) if identity(&metadata) == self.identity => Ok(Some(metadata.len())),
            Ok(_) => Ok(None),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed("examine", &self.path)(error)),
        }
    }

    /// Makes the segment and its name durable.
    pub(crate) fn sync_all(&self) -> Result<(), StorageError> {
        self.file.sync_all().map_err(failed("sync", &self.path))?;
        sync_directory(&self.directory)
    }

    /// Cuts the segment off.
    pub(crate) fn truncate(&self, length: u64) -> Result<(), StorageError> {
        self.file.set_len(length).map_err(failed("truncate", &self.path))
    }

    /// Makes a file for bytes that are set aside. Returns its name too.
    pub(crate) fn create_torn(&self, time: &str) -> Result<(File, PathBuf, String), StorageError> {
        let mut attempt = 0;
        loop {
            let more = if attempt == 0 { String::new() } else { format!("-{attempt}") };
            let name = format!("{FIRST_SEGMENT}{TORN}{time}{more}");
            let path = self.directory.join(&name);
            match options().write(true).create_new(true).open(&path) {
                Ok(file) => return Ok((file, path, name)),
                Err(error) if error.kind() == io::ErrorKind::AlreadyExists => attempt += 1,
                Err(error) => return Err(failed("create", &path)(error)),
            }
        }
    }

    /// Makes the names in the log's directory durable.
    pub(crate) fn sync_directory(&self) -> Result<(), StorageError> {
        sync_directory(&self.directory)
    }
}

/// The lock of a log, held until dropped.
#[derive(Debug)]
pub(crate) struct Lock(Arc<File>);

impl Drop for Lock {
    fn drop(&mut self) {
        // A file that is open can be unlocked; were it not so, closing it would do.
        drop(self.0.unlock());
    }
}

/// The part of a log that was whole lines at one moment, open for reading.
#[derive(Debug)]
pub(crate) struct Snapshot {
    pub(crate) file: File,
    pub(crate) path: PathBuf,
    pub(crate) length: u64,
    /// Whether no writer was at work when the length was taken.
    pub(crate) settled: bool,
}

/// Whether a snapshot waits until no writer is at work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Wait {
    UntilSettled,
    No,
}

impl Snapshot {
    /// Opens the segment of a log for reading. `None` when there is no log.
    pub(crate) fn open(directory: &Path, wait: Wait) -> Result<Option<Self>, StorageError> {
        let path = directory.join(FIRST_SEGMENT);
        let file = match options().open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(failed("open the log", &path)(error)),
        };
        refuse_further_segments(directory)?;
        let settled = match wait {
            Wait::UntilSettled => {
                file.lock_shared().map_err(failed("lock", &path))?;
                true
            }
            Wait::No => file.try_lock_shared().is_ok(),
        };
        let metadata = file.metadata().map_err(failed("examine", &path))?;
        drop(file.unlock());
        if !metadata.is_file() {
            return Err(StorageError::NotAFile { path });
        }
        Ok(Some(Self { file, path, length: metadata.len(), settled }))
    }
}

/// Returns the names of the files of torn bytes.
pub(crate) fn torn_files(directory: &Path) -> Result<Vec<String>, StorageError> {
    let names = names(directory)?;
    Ok(names.into_iter().filter(|name| name.contains(TORN)).collect())
}

fn refuse_further_segments(directory: &Path) -> Result<(), StorageError> {
    let is_segment = |name: &str| {
        name.strip_suffix(".jsonl")
            .is_some_and(|stem| stem.len() == 20 && stem.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let names = names(directory)?;
    match names.iter().find(|name| is_segment(name) && *name != FIRST_SEGMENT) {
        Some(name) => Err(StorageError::FurtherSegment { path: directory.join(name) }),
        None => Ok(()),
    }
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
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(path)
            .map_err(failed("create the directory", path))?;
        if let Some(parent) = path.parent().filter(|parent| !parent.as_os_str().is_empty()) {
            sync_directory(parent)?;
        }
    }
    let path = path.canonicalize().map_err(failed("find the directory", path))?;
    let metadata = path.metadata().map_err(failed("examine", &path))?;
    require_private(&path, &metadata)?;
    Ok(path)
}

fn require_private(path: &Path, metadata: &Metadata) -> Result<(), StorageError> {
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

fn options() -> OpenOptions {
    let mut options = File::options();
    // Not blocking, so that a pipe in place of the log is an error and no endless wait.
    let flags = OFlags::NOFOLLOW | OFlags::NONBLOCK;
    options.read(true).mode(0o600).custom_flags(flags.bits().cast_signed());
    options
}

fn identity(metadata: &Metadata) -> (u64, u64) {
    (metadata.dev(), metadata.ino())
}

fn sync_directory(path: &Path) -> Result<(), StorageError> {
    File::open(path).and_then(|directory| directory.sync_all()).map_err(failed("sync", path))
}
