//! The home directory of an installation: made for its owner alone, and used only so.

use std::path::Path;

use super::{OpenError, Settings};

impl Settings {
    /// Makes the home directory where there is none, for its owner alone.
    ///
    /// # Errors
    /// [`OpenError::Home`] when it can't be made, or others may write to it.
    pub fn make_home(&self) -> Result<(), OpenError> {
        make(&self.home)
    }
}

/// Makes the home directory when it is absent.
pub(super) fn make(home: &Path) -> Result<(), OpenError> {
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::DirBuilderExt as _;
        builder.mode(0o700);
    }
    builder.create(home).map_err(|error| unsafe_home(home, error.to_string()))?;
    check(home)
}

/// Refuses a home directory that others may write to: they could put another vault, log or
/// settings file in the place of ours.
pub(super) fn check(home: &Path) -> Result<(), OpenError> {
    let metadata = std::fs::metadata(home);
    let metadata = metadata.map_err(|error| unsafe_home(home, error.to_string()))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::MetadataExt as _;
        let owner = metadata.uid();
        if metadata.mode() & 0o022 != 0 {
            return Err(unsafe_home(home, "others may write to it; run `chmod go-w` on it".into()));
        }
        if owner != rustix::process::geteuid().as_raw() && owner != 0 {
            return Err(unsafe_home(home, "it belongs to another user".into()));
        }
    }
    if metadata.is_dir() { Ok(()) } else { Err(unsafe_home(home, "it is no directory".into())) }
}

fn unsafe_home(home: &Path, problem: String) -> OpenError {
    OpenError::Home { home: home.to_owned(), problem }
}
