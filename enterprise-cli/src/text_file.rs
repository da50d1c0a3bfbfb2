//! A text file that belongs to a person or to another program: read, copied beside itself, and
//! replaced in one step.

use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;
use tempfile::NamedTempFile;

/// The most that is read. The largest of these files, with all that an AI client knows, have a few
/// megabytes.
const MAX: u64 = 64 << 20;

/// A file can't be read or replaced.
#[derive(Debug, thiserror::Error)]
pub(crate) enum TextFileError {
    #[error("reading {}", .path.display())]
    Read { path: PathBuf, source: io::Error },
    #[error("{} is larger than 64 MiB", .0.display())]
    TooLarge(PathBuf),
    #[error("writing {}", .path.display())]
    Write { path: PathBuf, source: io::Error },
    #[error("{} was changed by another program at the same moment; nothing was written", .0.display())]
    Changed(PathBuf),
}

/// A file, as it was read.
#[derive(Debug)]
pub(crate) struct TextFile {
    /// The file itself, where the usual path is a link to it.
    path: PathBuf,
    /// `None` where there is no file yet.
    text: Option<String>,
}

impl TextFile {
    /// Reads a file; there may be none.
    ///
    /// # Errors
    /// See [`TextFileError`].
    pub(crate) fn read(path: &Path) -> Result<Self, TextFileError> {
        // Whoever keeps settings elsewhere links to them; the link stays.
        let path = fs::canonicalize(path).unwrap_or_else(|_| path.to_owned());
        let text = text(&path)?;
        Ok(Self { path, text })
    }

    /// Returns the text; empty where there is no file.
    pub(crate) fn text(&self) -> &str {
        self.text.as_deref().unwrap_or_default()
    }

    /// Replaces the file's text. Another program's change since it was read is not overwritten.
    ///
    /// # Errors
    /// See [`TextFileError`]. The file is as it was, then.
    pub(crate) fn replace(&self, new: &str) -> Result<(), TextFileError> {
        let failed = |source| TextFileError::Write { path: self.path.clone(), source };
        let directory = self.path.parent().unwrap_or(Path::new("."));
        fs::create_dir_all(directory).map_err(failed)?;
        let mut temporary = NamedTempFile::new_in(directory).map_err(failed)?;
        temporary.write_all(new.as_bytes()).map_err(failed)?;
        if let Ok(metadata) = fs::metadata(&self.path) {
            temporary.as_file().set_permissions(metadata.permissions()).map_err(failed)?;
        }
        temporary.as_file().sync_all().map_err(failed)?;
        // Clients write these files, too. What one wrote meanwhile must not be lost.
        if text(&self.path)? != self.text {
            return Err(TextFileError::Changed(self.path.clone()));
        }
        temporary.persist(&self.path).map_err(|error| failed(error.error))?;
        sync(directory).map_err(failed)
    }

    /// Copies the file beside itself, with its permissions: it may hold secrets. Returns the copy's
    /// path, or `None` where there is no file.
    ///
    /// # Errors
    /// See [`TextFileError`].
    pub(crate) fn copy(&self, now: Timestamp) -> Result<Option<PathBuf>, TextFileError> {
        let failed = |source| TextFileError::Write { path: self.path.clone(), source };
        self.text.is_some().then(|| self.copied(now)).transpose().map_err(failed)
    }

    fn copied(&self, now: Timestamp) -> io::Result<PathBuf> {
        let name = self.path.file_name().unwrap_or_default().to_string_lossy();
        let stamp = now.strftime("%Y%m%dT%H%M%S%3fZ");
        let backup = self.path.with_file_name(format!("{name}.{stamp}.bak"));
        fs::copy(&self.path, &backup)?;
        File::open(&backup)?.sync_all()?;
        Ok(backup)
    }
}

fn text(path: &Path) -> Result<Option<String>, TextFileError> {
    let failed = |source| TextFileError::Read { path: path.to_owned(), source };
    let file = match File::open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => return Err(failed(error)),
    };
    let mut text = String::new();
    let read = file.take(MAX + 1).read_to_string(&mut text).map_err(failed)?;
    if read as u64 > MAX {
        return Err(TextFileError::TooLarge(path.to_owned()));
    }
    Ok(Some(text))
}

/// Makes a new name in a directory durable.
fn sync(directory: &Path) -> io::Result<()> {
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::disallowed_methods, reason = "a test writes what another program would")]
    fn write(path: &Path, text: &str) {
        fs::write(path, text).unwrap();
    }

    #[test]
    fn what_another_program_wrote_meanwhile_is_not_lost() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("mcp.json");
        write(&path, "{}");
        let file = TextFile::read(&path).unwrap();
        write(&path, r#"{"theirs":1}"#);
        let error = file.replace(r#"{"ours":1}"#).unwrap_err();
        assert!(matches!(error, TextFileError::Changed(_)), "{error}");
        assert_eq!(fs::read_to_string(&path).unwrap(), r#"{"theirs":1}"#);
    }

    #[cfg(unix)]
    #[test]
    fn a_link_stays_one_and_the_file_and_its_copy_keep_their_mode() {
        use std::os::unix::fs::{PermissionsExt as _, symlink};
        let directory = tempfile::tempdir().unwrap();
        let (real, link) =
            (directory.path().join("dotfiles.json"), directory.path().join("mcp.json"));
        write(&real, "{}");
        fs::set_permissions(&real, fs::Permissions::from_mode(0o640)).unwrap();
        symlink(&real, &link).unwrap();
        let file = TextFile::read(&link).unwrap();
        let backup = file.copy(Timestamp::UNIX_EPOCH).unwrap().unwrap();
        file.replace("[]").unwrap();
        assert!(fs::symlink_metadata(&link).unwrap().is_symlink());
        assert_eq!(fs::read_to_string(&real).unwrap(), "[]");
        assert_eq!(fs::read_to_string(&backup).unwrap(), "{}");
        for path in [&real, &backup] {
            assert_eq!(fs::metadata(path).unwrap().permissions().mode() & 0o777, 0o640);
        }
    }
}
