//! The file of signed statements beside the segments: checkpoints, and which key follows which.

use std::fs::File;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use crate::checkpoint::Statement;
use crate::fs::{
    self, Lock, StorageError, failed, identity, options, require_private, sync_directory,
};
use crate::lines::Forwards;
use crate::note::{MAX_NOTE, NoteError};

/// The name of the file.
pub(crate) const CHECKPOINTS: &str = "checkpoints";

/// Reads the statements of a file, one after the other.
#[derive(Debug)]
pub(crate) struct Statements {
    lines: Forwards,
    /// Where the last whole statement ended.
    end: u64,
}

impl Statements {
    /// Opens the file of a log. `None` when there is none.
    pub(crate) fn open(directory: &Path) -> Result<Option<Self>, StorageError> {
        let path = directory.join(CHECKPOINTS);
        match options().open(&path) {
            Ok(file) => Ok(Some(Self::over(file, 0, u64::MAX).map_err(failed("read", &path))?)),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(failed("open", &path)(error)),
        }
    }

    fn over(file: File, from: u64, to: u64) -> io::Result<Self> {
        Ok(Self { lines: Forwards::new(file, from, to)?, end: from })
    }

    /// Returns the next statement. `None` at the end; what a crash left unfinished there is none.
    pub(crate) fn next_statement(&mut self) -> io::Result<Option<Result<Statement, NoteError>>> {
        let mut text = String::new();
        let mut empty = 0;
        while let Some(line) = self.lines.next_line()?.filter(|line| line.finished) {
            empty += u32::from(line.bytes.is_empty());
            if empty == 2 {
                self.end = line.offset + 1;
                return Ok(Some(Statement::parse(&text)));
            }
            if text.len() <= MAX_NOTE {
                text.push_str(&String::from_utf8_lossy(line.bytes));
                text.push('\n');
            }
        }
        Ok(None)
    }
}

/// Adds statements to the file of a log.
#[derive(Debug)]
pub(crate) struct Signed {
    directory: PathBuf,
    path: PathBuf,
    file: Option<Arc<File>>,
    /// How much of the file was read, and what it said.
    end: u64,
    size: u64,
    epoch: u64,
}

impl Signed {
    pub(crate) fn new(directory: &Path) -> Self {
        let (directory, path) = (directory.to_owned(), directory.join(CHECKPOINTS));
        Self { directory, path, file: None, end: 0, size: 0, epoch: 0 }
    }

    /// Adds a statement that `make` makes when it is told the size of the last checkpoint and the
    /// last epoch that the file has, and brings it to the disk.
    pub(crate) fn add(
        &mut self,
        make: impl FnOnce(u64, u64) -> Option<Statement>,
    ) -> Result<(), StorageError> {
        let (file, _lock) = self.locked()?;
        self.refresh(&file)?;
        let Some(statement) = make(self.size, self.epoch) else { return Ok(()) };
        let text = format!("{statement}\n");
        if let Err(error) = (&*file).write_all(text.as_bytes()) {
            // What stays is cut off by whoever adds the next one.
            drop(file.set_len(self.end));
            return Err(failed("append to", &self.path)(error));
        }
        file.sync_data().map_err(failed("sync", &self.path))?;
        self.note(&statement);
        self.end += u64::try_from(text.len()).unwrap_or(u64::MAX);
        Ok(())
    }

    /// Replaces the file by the statements of it that `keep` keeps.
    pub(crate) fn thin(
        &mut self,
        mut keep: impl FnMut(&Statement, Option<&Statement>) -> bool,
    ) -> Result<(), StorageError> {
        let (file, _lock) = self.locked()?;
        self.refresh(&file)?;
        let mut kept = String::new();
        let mut read = || -> io::Result<()> {
            let mut statements = Statements::over(file.try_clone()?, 0, self.end)?;
            let mut current = statements.next_statement()?;
            while let Some(read) = current {
                let next = statements.next_statement()?;
                let following = next.as_ref().and_then(|next| next.as_ref().ok());
                // What cannot be read is not thinned out: it is for `verify` to say so.
                let Ok(statement) = read else { return Err(io::ErrorKind::InvalidData.into()) };
                if keep(&statement, following) {
                    kept.push_str(&statement.to_string());
                    kept.push('\n');
                }
                current = next;
            }
            Ok(())
        };
        read().map_err(failed("read", &self.path))?;
        let new = self.path.with_extension("new");
        let replace = || -> io::Result<()> {
            let mut out = fs::create(&new)?;
            out.write_all(kept.as_bytes())?;
            out.sync_all()?;
            fs::replace(&new, &self.path)
        };
        replace().map_err(failed("replace", &self.path))?;
        self.file = None;
        Ok(())
    }

    /// Opens the file, or makes it, and waits for its lock.
    fn locked(&mut self) -> Result<(Arc<File>, Lock), StorageError> {
        loop {
            let file = match &self.file {
                Some(file) => Arc::clone(file),
                None => self.open()?,
            };
            let lock = Lock::take(Arc::clone(&file), &self.path)?;
            let here = file.metadata().map_err(failed("examine", &self.path))?;
            let there = self.path.symlink_metadata();
            if there.is_ok_and(|there| identity(&there) == identity(&here)) {
                self.file = Some(Arc::clone(&file));
                return Ok((file, lock));
            }
            self.file = None;
        }
    }

    fn open(&mut self) -> Result<Arc<File>, StorageError> {
        let path = &self.path;
        let file = options().append(true).create(true).open(path).map_err(failed("open", path))?;
        let metadata = file.metadata().map_err(failed("examine", path))?;
        require_private(path, &metadata)?;
        sync_directory(&self.directory)?;
        (self.end, self.size, self.epoch) = (0, 0, 0);
        Ok(Arc::new(file))
    }

    /// Takes in what others have added, and cuts off what a crash left unfinished.
    fn refresh(&mut self, file: &File) -> Result<(), StorageError> {
        let read = |error| failed("read", &self.path)(error);
        let length = file.metadata().map_err(read)?.len();
        let copy = file.try_clone().map_err(read)?;
        let mut statements = Statements::over(copy, self.end, length).map_err(read)?;
        let mut seen = Vec::new();
        while let Some(statement) = statements.next_statement().map_err(read)? {
            seen.extend(statement.ok());
        }
        self.end = statements.end;
        for statement in &seen {
            self.note(statement);
        }
        if length > self.end {
            file.set_len(self.end).map_err(failed("truncate", &self.path))?;
        }
        Ok(())
    }

    fn note(&mut self, statement: &Statement) {
        match statement {
            Statement::Checkpoint(checkpoint) => self.size = self.size.max(checkpoint.size),
            Statement::Succession(next) => self.epoch = self.epoch.max(next.epoch.into()),
        }
    }
}
