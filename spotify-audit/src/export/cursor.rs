//! Remembering how far a sink has come.

use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use crate::fs::{self, StorageError, failed};
use crate::text::{IdError, Pseudonym};

/// A file beside the log with the number of the last record that a sink has taken.
#[derive(Debug)]
pub(super) struct Cursor {
    path: PathBuf,
}

impl Cursor {
    pub(super) fn new(directory: &Path, name: &str) -> Result<Self, IdError> {
        let name = Pseudonym::new(name)?;
        Ok(Self { path: directory.join(format!("{name}.cursor")) })
    }

    /// Returns the number; 0 when nothing was taken yet. What cannot be read counts as nothing: a
    /// record that comes twice is better than one that never comes.
    pub(super) fn load(&self) -> Result<u64, StorageError> {
        match std::fs::read_to_string(&self.path) {
            Ok(text) => Ok(text.trim().parse().unwrap_or(0)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(0),
            Err(error) => Err(failed("read", &self.path)(error)),
        }
    }

    pub(super) fn store(&self, seq: u64) -> Result<(), StorageError> {
        let new = self.path.with_extension("new");
        let write = || -> io::Result<()> {
            let mut file = fs::create(&new)?;
            writeln!(file, "{seq}")?;
            file.sync_all()?;
            fs::replace(&new, &self.path)
        };
        write().map_err(failed("write", &self.path))
    }
}
