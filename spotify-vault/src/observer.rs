//! Who is told what a vault does.
//!
//! The vault knows no audit log; whoever keeps one implements [`Observer`]. An event holds names,
//! ids and counts, never a secret.

use crate::error::VaultError;
use crate::key_source::KeySource;
use crate::name::{Field, Generation, RecordId, Subject, SubjectId, VaultId};
use crate::sealed::rotation::Swept;

/// Is told of each read, write, key work and refusal, after it happened.
///
/// The call runs on the thread that used the vault and must not use the vault itself.
pub trait Observer: Send + Sync {
    /// Takes note of one event.
    fn observe(&self, event: &Event<'_>);
}

/// What happened.
#[derive(Debug)]
#[non_exhaustive]
pub enum Event<'a> {
    /// A vault was made.
    Created {
        /// The vault.
        vault: VaultId,
        /// The source that it is pinned to.
        source: &'a KeySource,
    },
    /// A vault was opened.
    Opened {
        /// The vault.
        vault: VaultId,
        /// The source that opened it.
        source: &'a KeySource,
    },
    /// The primary key was replaced.
    Rekeyed {
        /// The vault.
        vault: VaultId,
        /// The source that authorised it.
        from: &'a KeySource,
        /// The source that the vault is pinned to from now on.
        to: &'a KeySource,
        /// The header's new epoch.
        epoch: u64,
    },
    /// A new term of data keys began.
    Rotated {
        /// The vault.
        vault: VaultId,
        /// The new term.
        term: u32,
        /// The header's new epoch.
        epoch: u64,
        /// Whether it began because an older key may be known to others.
        compromised: bool,
    },
    /// What older terms sealed was moved, as far as `swept` says.
    Swept {
        /// The vault.
        vault: VaultId,
        /// What was done and what is left.
        swept: &'a Swept,
    },
    /// A backup was made and read back.
    #[cfg(feature = "backup")]
    BackedUp {
        /// The vault.
        vault: VaultId,
        /// What it holds.
        backed_up: &'a crate::backup::BackedUp,
    },
    /// A backup was put back.
    #[cfg(feature = "backup")]
    Restored {
        /// The vault.
        vault: VaultId,
        /// What was put back and what was not.
        restored: &'a crate::backup::Restored,
    },
    /// The settings file was sealed, or its seal given up.
    SettingsSealed {
        /// The vault.
        vault: VaultId,
        /// Whether it is sealed now.
        sealed: bool,
        /// The header's new epoch.
        epoch: u64,
    },
    /// The vault moved to another place.
    Migrated {
        /// The vault.
        vault: VaultId,
        /// The place where it was.
        from: &'a str,
        /// The place where it is.
        to: &'a str,
    },
    /// A subject got a key of its own.
    SubjectKeyMade {
        /// The subject.
        subject: &'a Subject,
        /// Its id on disk.
        id: SubjectId,
    },
    /// A record was read.
    Read {
        /// The subject.
        subject: &'a Subject,
        /// The field.
        field: &'a Field,
        /// Its id on disk.
        record: RecordId,
        /// The generation that was read.
        generation: Generation,
    },
    /// A record was written.
    Written {
        /// The subject.
        subject: &'a Subject,
        /// The field.
        field: &'a Field,
        /// Its id on disk.
        record: RecordId,
        /// The generation that was written.
        generation: Generation,
    },
    /// A subject was destroyed.
    Destroyed {
        /// The subject.
        subject: &'a Subject,
        /// Its id on disk.
        id: SubjectId,
        /// How many records went with it.
        records: usize,
    },
    /// Something was refused or failed.
    Refused {
        /// What was attempted.
        attempt: Attempt,
        /// The subject, when there is one.
        subject: Option<&'a Subject>,
        /// The field, when there is one.
        field: Option<&'a Field>,
        /// Why.
        error: &'a VaultError,
    },
}

/// What was attempted when something was refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Attempt {
    /// Make a vault.
    Create,
    /// Open a vault.
    Open,
    /// Replace the primary key.
    Rekey,
    /// Replace data keys.
    Rotate,
    /// Seal or check the settings file.
    Seal,
    /// Move a vault.
    Migrate,
    /// Make a backup.
    Backup,
    /// Put a backup back.
    Restore,
    /// Read a record.
    Read,
    /// Hand a record out of the vault.
    Export,
    /// Take the lock of a record.
    Lease,
    /// Prepare the space for a write.
    Prepare,
    /// Write a record.
    Write,
    /// Destroy a subject.
    Destroy,
}
