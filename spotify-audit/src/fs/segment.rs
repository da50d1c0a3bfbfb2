//! Segments: the files that hold the lines, each named after the number of its first line.

use std::fs::{File, Metadata};
use std::io::{self, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::{StorageError, TORN, failed, identity, names, options, own_directory, require_private};
use crate::lines::Forwards;

const PLAIN: &str = ".jsonl";
const PACKED: &str = ".jsonl.zst";

/// A segment as its name tells of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SegmentPath {
    /// The number of its first line.
    pub(crate) first: u64,
    /// Where it lies, or lay when the directory was listed.
    pub(crate) path: PathBuf,
}

/// Returns the segments of a log, the oldest first.
pub(crate) fn segments(directory: &Path) -> Result<Vec<SegmentPath>, StorageError> {
    let mut segments = Vec::<SegmentPath>::new();
    // Of a segment that was being packed when the machine stopped there are both forms; the plain
    // one comes first in the order of names, and is whole.
    for name in names(directory)? {
        if let Some(first) = first_of(&name)
            && segments.last().is_none_or(|last| last.first != first)
        {
            segments.push(SegmentPath { first, path: directory.join(name) });
        }
    }
    Ok(segments)
}

fn first_of(name: &str) -> Option<u64> {
    let stem = name.strip_suffix(PLAIN).or_else(|| name.strip_suffix(PACKED))?;
    let digits = stem.len() == 20 && stem.bytes().all(|byte| byte.is_ascii_digit());
    if digits { stem.parse().ok() } else { None }
}

impl SegmentPath {
    /// Whether it is compressed.
    pub(crate) fn is_packed(&self) -> bool {
        self.path.extension().is_some_and(|extension| extension == "zst")
    }

    /// Reads its lines from the first on. A segment that was packed meanwhile is found.
    pub(crate) fn lines(&self) -> Result<Forwards, StorageError> {
        let (file, path) = self.open()?;
        let input: Box<dyn Read + Send> = if path.is_packed() {
            Box::new(zstd::Decoder::new(file).map_err(failed("unpack", &path.path))?)
        } else {
            Box::new(file)
        };
        Ok(Forwards::over(input))
    }

    /// Opens it for reading, plain or packed.
    pub(crate) fn open(&self) -> Result<(File, Self), StorageError> {
        match options().open(&self.path) {
            Ok(file) => Ok((file, self.clone())),
            Err(error) if error.kind() == io::ErrorKind::NotFound && !self.is_packed() => {
                let packed = Self { first: self.first, path: self.packed() };
                let file = options().open(&packed.path);
                Ok((file.map_err(failed("open the log", &packed.path))?, packed))
            }
            Err(error) => Err(failed("open the log", &self.path)(error)),
        }
    }

    /// Returns where its compressed form lies.
    pub(crate) fn packed(&self) -> PathBuf {
        self.path.with_extension("jsonl.zst")
    }
}

/// A segment that is open for appending.
#[derive(Debug)]
pub(crate) struct Segment {
    pub(crate) file: Arc<File>,
    pub(crate) path: PathBuf,
    pub(crate) first: u64,
    pub(crate) directory: PathBuf,
    identity: (u64, u64),
}

impl Segment {
    /// Opens the last segment of a log; makes directory and file when they are absent.
    pub(crate) fn open_last(directory: &Path) -> Result<Self, StorageError> {
        let directory = own_directory(directory)?;
        let last = segments(&directory)?.into_iter().rfind(|segment| !segment.is_packed());
        Self::open(directory, last.map_or(1, |last| last.first))
    }

    /// Opens the segment that begins with a line; makes the file when it is absent.
    fn open(directory: PathBuf, first: u64) -> Result<Self, StorageError> {
        let path = directory.join(format!("{first:020}{PLAIN}"));
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
        let identity = identity(&metadata);
        Ok(Self { identity, file: Arc::new(file), path, first, directory })
    }

    /// Opens the segment after this one, or makes it.
    pub(crate) fn next(&self, first: u64) -> Result<Self, StorageError> {
        Self::open(self.directory.clone(), first)
    }

    /// Opens the segment before this one. `None` when there is none.
    pub(crate) fn previous(&self) -> Result<Option<Self>, StorageError> {
        let before = |segment: &SegmentPath| segment.first < self.first && !segment.is_packed();
        let last = segments(&self.directory)?.into_iter().rfind(before);
        last.map(|last| Self::open(self.directory.clone(), last.first)).transpose()
    }

    /// Waits for the lock that all writers of the segment share.
    pub(crate) fn lock(&self) -> Result<Lock, StorageError> {
        Lock::take(Arc::clone(&self.file), &self.path)
    }

    /// Takes that lock if nobody holds it.
    pub(crate) fn lock_at_once(&self) -> Option<Lock> {
        self.file.try_lock().ok()?;
        Some(Lock(Arc::clone(&self.file)))
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
        self.sync_directory()
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
            let name = format!("{:020}{PLAIN}{TORN}{time}{more}", self.first);
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
        super::sync_directory(&self.directory)
    }
}

/// The lock of a file, held until dropped.
#[derive(Debug)]
pub(crate) struct Lock(Arc<File>);

impl Lock {
    pub(crate) fn take(file: Arc<File>, path: &Path) -> Result<Self, StorageError> {
        loop {
            match file.lock() {
                Ok(()) => return Ok(Self(file)),
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                Err(error) => return Err(failed("lock", path)(error)),
            }
        }
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        // A file that is open can be unlocked; were it not so, closing it would do.
        drop(self.0.unlock());
    }
}

/// The part of a log that was whole lines at one moment, open for reading.
#[derive(Debug)]
pub(crate) struct Snapshot {
    /// The segments before the last, the oldest first.
    pub(crate) sealed: Vec<SegmentPath>,
    /// The last segment.
    pub(crate) last: SegmentPath,
    pub(crate) file: File,
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
    /// Opens a log for reading. `None` when there is none.
    pub(crate) fn open(directory: &Path, wait: Wait) -> Result<Option<Self>, StorageError> {
        if !directory.exists() {
            return Ok(None);
        }
        let mut sealed = segments(directory)?;
        let Some(last) = sealed.pop() else { return Ok(None) };
        let (file, last) = last.open()?;
        let path = &last.path;
        let settled = match wait {
            Wait::UntilSettled => {
                file.lock_shared().map_err(failed("lock", path))?;
                true
            }
            Wait::No => file.try_lock_shared().is_ok(),
        };
        let metadata: Metadata = file.metadata().map_err(failed("examine", path))?;
        drop(file.unlock());
        if !metadata.is_file() {
            return Err(StorageError::NotAFile { path: last.path });
        }
        let length = metadata.len();
        Ok(Some(Self { sealed, last, file, length, settled }))
    }
}
