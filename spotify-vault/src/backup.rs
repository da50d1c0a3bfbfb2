//! Backups of a sealed vault, encrypted to an age recipient or a passphrase.
//!
//! A backup holds the files of the vault as they are, sealed. So it has two locks: the age one, and
//! the vault's own primary key or recovery code. It is authenticated by the vault's key, and read
//! back and opened record by record before it takes its place.
//!
//! A subject that was destroyed before stands in it as destroyed and nothing more. A backup that is
//! older than the destruction still holds the subject's key and records, for whoever has both
//! locks: delete such backups, or let them expire.

mod archive;
mod lock;
mod restore;

use std::fs::File;
use std::io::{self, BufReader, BufWriter};
use std::path::{Path, PathBuf};

use serde::Serialize;

use self::archive::{Reader, Writer};
pub use self::lock::{BackupKey, BackupLock, Identity, Recipient};
pub use self::restore::{Older, Restore, Restored};
use crate::error::VaultError;
use crate::fs;
use crate::header::{NamesKey, Sealed, Terms, VaultKey};
use crate::key_source::KeySource;
use crate::name::{SubjectId, VaultId};
use crate::observer::{Attempt, Event};
use crate::progress::{Walk, Watch};
use crate::record::{self, Contents};
use crate::sealed::SealedVault;
use crate::sealed::inner::Inner;
use crate::store::SubjectFiles;
use crate::{subject_key, tombstone};

/// How often a backup begins anew because data keys were rotated meanwhile.
const TRIES: u32 = 4;

/// What a backup holds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct BackedUp {
    /// How many subjects have records or a key in it.
    pub subjects: usize,
    /// How many records it holds; each was read back and opened.
    pub records: usize,
    /// How many subjects stand in it as destroyed.
    pub destroyed: usize,
    /// Its length in bytes.
    pub bytes: u64,
}

impl SealedVault {
    /// Writes a backup to a file that does not exist yet, and reads it back before it takes its
    /// place. It is made while others use the vault; each subject is as it was at one moment.
    ///
    /// # Errors
    /// [`VaultError::Integrity`] when a record does not open: a damaged vault makes no backup that
    /// would replace a good one. [`BackupError`], [`VaultError::Storage`],
    /// [`VaultError::HeaderChanged`].
    pub fn backup(
        &self,
        path: &Path,
        to: &BackupLock,
        watch: Watch<'_>,
    ) -> Result<BackedUp, VaultError> {
        let made = write(self.inner(), path, to, watch);
        let made = self.inner().refused(Attempt::Backup, None, made)?;
        self.inner().observe(&Event::BackedUp { vault: self.id(), backed_up: &made });
        Ok(made)
    }
}

/// Tells which source the vault in a backup is pinned to: where to look for its key, no more, for
/// the answer is authenticated only when the backup is restored.
///
/// # Errors
/// [`BackupError`].
pub fn pinned(path: &Path, key: &BackupKey) -> Result<KeySource, VaultError> {
    let reader = Reader::begin(key.decrypt(BufReader::new(open(path)?))?)?;
    Ok(Sealed::parse(reader.header())?.pin().clone())
}

fn write(
    vault: &Inner,
    path: &Path,
    to: &BackupLock,
    watch: Watch<'_>,
) -> Result<BackedUp, VaultError> {
    if fs::exists(path)? {
        return Err(BackupError::Exists { path: path.to_owned() }.into());
    }
    let mut part = path.as_os_str().to_owned();
    part.push(".part");
    let part = PathBuf::from(part);
    let result = fill(vault, &part, to, watch).and_then(|key| check(vault, &part, &key));
    let moved = result.and_then(|made| fs::rename(&part, path).map(|()| made));
    moved.inspect_err(|_| drop(fs::remove(&part)))
}

/// Writes the file beside its place. Returns what opens it in this process.
fn fill(
    vault: &Inner,
    part: &Path,
    to: &BackupLock,
    watch: Watch<'_>,
) -> Result<BackupKey, VaultError> {
    for _ in 0..TRIES {
        fs::remove(part)?;
        let file = fs::create(part).map_err(fs::storage("create", part))?;
        let begun = vault.reload()?;
        let (stream, key) = to.encrypt(BufWriter::new(file))?;
        let write = |source| VaultError::from(BackupError::Write { source });
        let mut writer = Writer::begin(stream, vault.now(), &begun.bytes).map_err(write)?;
        let subjects = vault.store.subjects()?;
        let mut walk = Walk::new(subjects.len(), &mut *watch);
        for id in subjects {
            writer.subject(id, &vault.store.all_of(id)?).map_err(write)?;
            walk.done(1);
        }
        let stream = writer.end(&vault.vault_key).map_err(write)?;
        let sync = |file: BufWriter<File>| fs::sync(&file.into_inner()?);
        stream.finish().and_then(sync).map_err(write)?;
        // Keys that moved to a new term in the middle would not open with the header at the start.
        if vault.reload()?.bytes == begun.bytes {
            return Ok(key);
        }
    }
    Err(VaultError::HeaderChanged)
}

/// Reads the file back and opens each record.
fn check(vault: &Inner, part: &Path, key: &BackupKey) -> Result<BackedUp, VaultError> {
    let file = open(part)?;
    let bytes = file.metadata().map_err(fs::storage("look at", part))?.len();
    let mut reader = Reader::begin(key.decrypt(BufReader::new(file))?)?;
    let opened = Opened::new(reader.header(), &vault.vault_key)?;
    let mut made = BackedUp { bytes, ..BackedUp::default() };
    while let Some((id, files)) = reader.subject()? {
        if let Some(mark) = &files.tombstone {
            tombstone::decode(id, mark)?;
            made.destroyed += 1;
            continue;
        }
        made.subjects += 1;
        made.records += opened.records(id, &files)?.len();
    }
    reader.finish(&vault.vault_key)?;
    Ok(made)
}

fn open(path: &Path) -> Result<File, VaultError> {
    fs::open_private(path)?.ok_or_else(|| BackupError::Absent { path: path.to_owned() }.into())
}

/// The keys of an archive, below the vault's.
struct Opened {
    vault: VaultId,
    names: NamesKey,
    terms: Terms,
}

impl Opened {
    fn new(header: &[u8], vault_key: &VaultKey) -> Result<Self, VaultError> {
        let header = Sealed::parse(header)?.authenticate(vault_key)?;
        let terms = header.open_terms(vault_key)?;
        Ok(Self { vault: header.vault_id, names: vault_key.names(), terms })
    }

    /// Opens a subject's records.
    fn records(&self, id: SubjectId, files: &SubjectFiles) -> Result<Vec<Contents>, VaultError> {
        let open = |(record, sealed): &(_, Vec<u8>)| {
            record::open(self.vault, &self.names, (id, *record), sealed, |number| {
                self.key(id, number, files)
            })
        };
        files.records.iter().map(open).collect()
    }

    fn key(
        &self,
        id: SubjectId,
        number: u32,
        files: &SubjectFiles,
    ) -> Result<crate::crypto::Key, VaultError> {
        let sealed = files.keys.iter().find(|(found, _)| *found == number);
        let (_, sealed) = sealed.ok_or(BackupError::Damaged { problem: "a key is missing" })?;
        subject_key::decode(self.vault, id, number, sealed, |term| self.terms.key(term))
    }
}

/// A backup could not be made or read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum BackupError {
    /// A text is not an age recipient.
    #[error("read an age recipient: not one; give `age1...`, as age-keygen prints it")]
    Recipient,
    /// A text is not an age identity. The text is not shown.
    #[error("read an age identity: not one; give `AGE-SECRET-KEY-1...`, as age-keygen prints it")]
    Identity,
    /// There is a file already.
    #[error("write the backup {}: there is a file already; choose another name", path.display())]
    Exists {
        /// The file.
        path: PathBuf,
    },
    /// There is no file.
    #[error("read the backup {}: there is none", path.display())]
    Absent {
        /// The file.
        path: PathBuf,
    },
    /// The identity or passphrase does not open it.
    #[error("open the backup: it is for another identity or passphrase")]
    WrongKey,
    /// It belongs to another vault than the one that is there.
    #[error("restore the backup: it is of vault {found}, here is {here}; choose another place")]
    OtherVault {
        /// The vault of the backup.
        found: VaultId,
        /// The vault at the place.
        here: VaultId,
    },
    /// It was changed or cut.
    #[error("open the backup: {problem}; take another one")]
    Damaged {
        /// What does not fit.
        problem: &'static str,
    },
    /// A newer release wrote it.
    #[error(
        "open the backup: it has format {found}, this release reads up to {supported}; use a newer release"
    )]
    Version {
        /// The version that it states.
        found: u8,
        /// The newest version that this release reads.
        supported: u8,
    },
    /// It could not be written.
    #[error("write the backup: the file system refused; check its space and its rights")]
    Write {
        /// What it said.
        #[source]
        source: io::Error,
    },
    /// It could not be read.
    #[error("read the backup: the file system refused")]
    Read {
        /// What it said.
        #[source]
        source: io::Error,
    },
}
