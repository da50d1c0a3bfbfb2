//! Which profiles were revoked, beside the vault: one empty file per profile id.
//!
//! A revocation must stand when the vault is locked, when its key is lost, and when an older copy
//! of it is put back. So it is written here first, and every use of a profile looks here first.
//! The ids are random and say nothing about a person.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use jiff::Timestamp;

use crate::ProfileId;

/// The directory's name below the home directory.
const DIRECTORY: &str = "revoked";

/// The revoked profiles of one installation.
#[derive(Clone, Debug)]
pub(super) struct Graves(PathBuf);

impl Graves {
    pub(super) fn of(home: &Path) -> Self {
        Self(home.join(DIRECTORY))
    }

    /// Marks a profile as revoked, durably. The first moment stays.
    pub(super) fn bury(&self, profile: &ProfileId, at: Timestamp) -> io::Result<()> {
        let mut builder = fs::DirBuilder::new();
        let mut options = OpenOptions::new();
        options.write(true).create_new(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _};
            builder.mode(0o700);
            options.mode(0o600);
        }
        match builder.create(&self.0) {
            Ok(()) => sync(self.0.parent().unwrap_or(&self.0))?,
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(error),
        }
        match options.open(self.0.join(profile.as_str())) {
            // The name alone counts; what a crash cuts off is only the moment.
            Ok(mut file) => {
                writeln!(file, "{at}")?;
                file.sync_all()?;
                sync(&self.0)
            }
            Err(error) if error.kind() == io::ErrorKind::AlreadyExists => sync(&self.0),
            Err(error) => Err(error),
        }
    }

    /// Returns when a profile was revoked; `None` when it was not.
    pub(super) fn of_profile(&self, profile: &ProfileId) -> io::Result<Option<Timestamp>> {
        match fs::read_to_string(self.0.join(profile.as_str())) {
            Ok(text) => Ok(Some(text.trim().parse().unwrap_or(Timestamp::UNIX_EPOCH))),
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Returns the revoked profiles.
    pub(super) fn all(&self) -> io::Result<Vec<ProfileId>> {
        let entries = match fs::read_dir(&self.0) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut all = Vec::new();
        for entry in entries {
            all.extend(entry?.file_name().to_str().and_then(|name| name.parse().ok()));
        }
        Ok(all)
    }
}

/// Makes a new name durable.
fn sync(directory: &Path) -> io::Result<()> {
    // A directory can't be opened so on Windows, where a new name needs no more.
    if cfg!(unix) { File::open(directory)?.sync_all() } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_grave_stays_and_keeps_its_first_moment() {
        let home = tempfile::tempdir().unwrap();
        let graves = Graves::of(home.path());
        let id: ProfileId = "p_00112233445566778899aabbccddeeff".parse().unwrap();
        assert_eq!(graves.of_profile(&id).unwrap(), None);
        assert!(graves.all().unwrap().is_empty());
        graves.bury(&id, Timestamp::UNIX_EPOCH).unwrap();
        graves.bury(&id, Timestamp::MAX).unwrap();
        assert_eq!(graves.of_profile(&id).unwrap(), Some(Timestamp::UNIX_EPOCH));
        assert_eq!(graves.all().unwrap(), [id]);
    }

    #[cfg(unix)]
    #[test]
    fn graves_that_cannot_be_read_are_an_error_and_not_none() {
        let home = tempfile::tempdir().unwrap();
        let graves = Graves::of(home.path());
        // A file in the place of the directory: root reads anything else.
        File::create(home.path().join(DIRECTORY)).unwrap();
        let id: ProfileId = "p_00112233445566778899aabbccddeeff".parse().unwrap();
        graves.of_profile(&id).unwrap_err();
        graves.all().unwrap_err();
    }
}
