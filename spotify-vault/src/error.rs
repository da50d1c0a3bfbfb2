//! What can go wrong with a vault.
//!
//! An outage never looks like "not there": a missing record is `Ok(None)`, and everything that
//! keeps a record from being read is an error of its own kind.

mod kind;

use std::fmt;
use std::io;
use std::path::PathBuf;

pub use self::kind::ErrorKind;
use crate::class::Class;
use crate::key_source::{KeyError, KeySource};
use crate::keychain::KeychainError;
use crate::name::{Field, NameError, RecordId, SubjectId};
use crate::recovery::RecoveryCodeError;
use crate::settings::SettingError;

/// A vault refused, or could not do, what was asked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum VaultError {
    /// There is no vault at the path.
    #[error("open the vault {place}: there is none; create one first")]
    NotFound {
        /// Where the vault was looked for.
        place: String,
    },
    /// The vault moves, or has moved, to another place.
    #[error(
        "use the vault {place}: it moves to {to}; finish the migration or cancel it, and use it there"
    )]
    Moved {
        /// Where the vault was looked for.
        place: String,
        /// Where it is, or is to be.
        to: String,
    },
    /// There is a vault at the path already.
    #[error("create the vault {place}: there is one already; open it, or choose another place")]
    AlreadyExists {
        /// Where the vault is.
        place: String,
    },
    /// The key file is absent.
    #[error("read the key file {}: there is none; put it back, or use the recovery code", path.display())]
    KeyNotFound {
        /// The key file.
        path: PathBuf,
    },
    /// A descriptor is not one to read a key from.
    #[error(
        "read the key from descriptor {number}: {problem}; start the program with a pipe or file open on it"
    )]
    Descriptor {
        /// Its number.
        number: i32,
        /// What is wrong.
        problem: &'static str,
    },
    /// A descriptor could not be read.
    #[error(
        "read the key from the inherited descriptor: the system refused; start the program with a pipe or file open on it"
    )]
    DescriptorRead {
        /// What it said.
        #[source]
        source: io::Error,
    },
    /// Others could read or change a file or directory.
    #[error("use {}: {problem}; {fix}", path.display())]
    Permission {
        /// The file or directory.
        path: PathBuf,
        /// What is wrong.
        problem: String,
        /// What to do.
        fix: String,
    },
    /// The key or passphrase is not the one that the vault was locked with.
    #[error(
        "unlock the vault with {given}: it is not the key of this vault; give the right one, or the recovery code"
    )]
    WrongKey {
        /// Where the key came from.
        given: KeySource,
    },
    /// The vault is pinned to another source of its key.
    #[error(
        "unlock the vault with {given}: it is pinned to {pinned}; use that, or rekey the vault"
    )]
    WrongKeySource {
        /// What the header says.
        pinned: KeySource,
        /// What was tried.
        given: KeySource,
    },
    /// A recovery code can't be the primary key of a vault.
    #[error(
        "lock the vault with a recovery code: it is the second way in; choose a primary key source"
    )]
    RecoveryNotPrimary,
    /// A new passphrase is too short.
    #[error(
        "lock the vault with a passphrase: it has fewer than {minimum} characters; take a longer one"
    )]
    WeakPassphrase {
        /// The least number of characters.
        minimum: usize,
    },
    /// The path of a key file, credential or module can't stand in the header.
    #[error("pin the vault to {}: its path is not UTF-8; move it to one that is", path.display())]
    UnprintablePath {
        /// The file.
        path: PathBuf,
    },
    /// Something was changed or damaged outside this program.
    #[error(
        "open {item}: {problem}; restore it from a backup, or destroy the subject and write it anew"
    )]
    Integrity {
        /// What was opened.
        item: Item,
        /// What does not fit.
        problem: &'static str,
    },
    /// A newer release wrote this.
    #[error(
        "open {item}: it has format {found}, this release reads up to {supported}; use a newer release"
    )]
    Version {
        /// What was opened.
        item: Item,
        /// The version or least reader that it states.
        found: u32,
        /// The newest version that this release reads.
        supported: u32,
    },
    /// The parameters of a passphrase's key derivation are out of bounds.
    #[error(
        "derive the passphrase's key: {parameter} = {found} is outside {least}..={most}; restore the header from a backup"
    )]
    KdfBounds {
        /// Which parameter.
        parameter: &'static str,
        /// Its value.
        found: u32,
        /// The least value.
        least: u32,
        /// The greatest value.
        most: u32,
    },
    /// There is too little memory to derive a passphrase's key.
    #[error(
        "derive the passphrase's key: {memory_kib} KiB of memory are not to be had; free some and try again"
    )]
    OutOfMemory {
        /// What the slot asks for.
        memory_kib: u32,
    },
    /// The file system refused.
    #[error("{doing} {}: the file system refused; check its space, its state and its rights", path.display())]
    Storage {
        /// What was attempted.
        doing: &'static str,
        /// On what.
        path: PathBuf,
        /// What it said.
        #[source]
        source: io::Error,
    },
    /// Another task or process holds the lock.
    #[error("lock {item}: another task or process holds it; try again")]
    Busy {
        /// What is locked.
        item: Item,
    },
    /// The header was changed by another process between reading and writing it.
    #[error("replace the vault's header: another process changed it meanwhile; try again")]
    HeaderChanged,
    /// The record was changed by someone who does not hold its lock.
    #[error("write record {record}: it was changed without its lock; read it again")]
    RecordChanged {
        /// The record.
        record: RecordId,
    },
    /// The key that a record was sealed with was replaced meanwhile.
    #[error("write to subject {subject}: its key was replaced meanwhile; try again")]
    KeyChanged {
        /// The subject.
        subject: SubjectId,
    },
    /// The backend can't keep anything.
    #[error(
        "write to the {backend} vault: it is read-only, so a rotated value could not be kept; use the sealed vault"
    )]
    ReadOnly {
        /// The backend's name.
        backend: &'static str,
    },
    /// A field is too sensitive to leave the vault.
    #[error("export the field {field}: it is {class}, which does not leave the vault")]
    NotExportable {
        /// The field.
        field: Field,
        /// Its class.
        class: Class,
    },
    /// The subject was destroyed; it stays so.
    #[error("use subject {subject}: it was destroyed; sign in again as a new one")]
    Destroyed {
        /// The subject.
        subject: SubjectId,
    },
    /// The value is larger than a record may be.
    #[error("write a record of {len} bytes: at most {most} allowed")]
    TooLarge {
        /// Length of the value.
        len: usize,
        /// The greatest length.
        most: usize,
    },
    /// A record was written as often as can be counted.
    #[error(
        "write record {record}: its generation is at the end of the range; destroy the subject and write it anew"
    )]
    Exhausted {
        /// The record.
        record: RecordId,
    },
    /// A secret setting can't be used.
    #[error(transparent)]
    Setting(#[from] SettingError),
    /// A name breaks its rule.
    #[error(transparent)]
    Name(#[from] NameError),
    /// A text is not a key.
    #[error(transparent)]
    Key(#[from] KeyError),
    /// A text is not a recovery code.
    #[error(transparent)]
    RecoveryCode(#[from] RecoveryCodeError),
    /// The operating system's keychain refused.
    #[error(transparent)]
    Keychain(#[from] KeychainError),
    /// A backup could not be made or read.
    #[cfg(feature = "backup")]
    #[error(transparent)]
    Backup(#[from] crate::backup::BackupError),
    /// The PKCS#11 token refused.
    #[cfg(feature = "pkcs11")]
    #[error(transparent)]
    Token(#[from] crate::pkcs11::TokenError),
}

impl VaultError {
    /// Whether the same call may succeed shortly, with nothing changed by a person.
    pub fn is_retryable(&self) -> bool {
        matches!(
            self,
            Self::Busy { .. }
                | Self::HeaderChanged
                | Self::RecordChanged { .. }
                | Self::KeyChanged { .. }
        )
    }

    pub(crate) fn integrity(item: Item, problem: &'static str) -> Self {
        Self::Integrity { item, problem }
    }
}

/// What an error is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Item {
    /// The header of the vault.
    Header,
    /// The key of a subject.
    SubjectKey(SubjectId),
    /// All that belongs to a subject.
    Subject(SubjectId),
    /// One record.
    Record(RecordId),
    /// The mark that a destroyed subject leaves.
    Tombstone(SubjectId),
}

impl fmt::Display for Item {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Header => f.write_str("the vault's header"),
            Self::SubjectKey(subject) => write!(f, "the key of subject {subject}"),
            Self::Subject(subject) => write!(f, "subject {subject}"),
            Self::Record(record) => write!(f, "record {record}"),
            Self::Tombstone(subject) => write!(f, "the tombstone of subject {subject}"),
        }
    }
}
