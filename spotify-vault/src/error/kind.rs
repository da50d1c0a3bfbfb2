//! What kind of failure an error is, for those who need no more.

use super::VaultError;
use crate::keychain::KeychainError;

/// The kind of a failure. Each fails closed; an outage is never [`ErrorKind::NotFound`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// What holds the key can't be reached, or does not answer.
    Unavailable,
    /// What holds the key is locked.
    Locked,
    /// The keychain has no place for new entries.
    NoDefaultCollection,
    /// Others have a right to a file, or it is someone else's.
    PermissionDenied,
    /// There is no vault or no key where one was looked for.
    NotFound,
    /// The key, or its source, is not the vault's.
    WrongKey,
    /// Something was changed or damaged outside this program.
    Integrity,
    /// A newer release wrote it.
    Version,
    /// The file system refused.
    Storage,
    /// Someone else holds a lock or was faster: try again.
    Busy,
    /// What was asked is not allowed here: a destroyed subject, a value that is too long, a name.
    Refused,
}

impl VaultError {
    /// Returns the kind of the failure.
    pub fn kind(&self) -> ErrorKind {
        match self {
            Self::NotFound { .. } | Self::KeyNotFound { .. } => ErrorKind::NotFound,
            Self::Permission { .. } => ErrorKind::PermissionDenied,
            Self::WrongKey { .. } | Self::WrongKeySource { .. } => ErrorKind::WrongKey,
            Self::Integrity { .. } | Self::KdfBounds { .. } => ErrorKind::Integrity,
            Self::Version { .. } => ErrorKind::Version,
            Self::Storage { .. } | Self::DescriptorRead { .. } => ErrorKind::Storage,
            Self::Busy { .. }
            | Self::HeaderChanged
            | Self::RecordChanged { .. }
            | Self::KeyChanged { .. } => ErrorKind::Busy,
            Self::OutOfMemory { .. } => ErrorKind::Unavailable,
            Self::Keychain(error) => keychain(error),
            #[cfg(feature = "pkcs11")]
            Self::Token(error) => token(error),
            #[cfg(feature = "backup")]
            Self::Backup(error) => backup(error),
            _ => ErrorKind::Refused,
        }
    }
}

fn keychain(error: &KeychainError) -> ErrorKind {
    match error {
        KeychainError::Locked => ErrorKind::Locked,
        KeychainError::NoDefaultCollection => ErrorKind::NoDefaultCollection,
        KeychainError::Missing { .. } => ErrorKind::NotFound,
        KeychainError::NotAKey(_) | KeychainError::Ambiguous { .. } | KeychainError::ReadBack => {
            ErrorKind::Integrity
        }
        KeychainError::NoBus { .. }
        | KeychainError::NoProvider { .. }
        | KeychainError::TimedOut { .. }
        | KeychainError::Unsupported
        | KeychainError::Failed { .. } => ErrorKind::Unavailable,
    }
}

#[cfg(feature = "pkcs11")]
fn token(error: &crate::pkcs11::TokenError) -> ErrorKind {
    use crate::pkcs11::TokenError;

    match error {
        TokenError::Pin { .. } => ErrorKind::Locked,
        TokenError::NoToken { .. }
        | TokenError::Module { .. }
        | TokenError::TimedOut { .. }
        | TokenError::Failed { .. } => ErrorKind::Unavailable,
        TokenError::NoKey { .. } => ErrorKind::NotFound,
        TokenError::Unfit | TokenError::NotAKey(_) | TokenError::Ambiguous { .. } => {
            ErrorKind::Integrity
        }
        TokenError::Exists { .. } => ErrorKind::Refused,
    }
}

#[cfg(feature = "backup")]
fn backup(error: &crate::backup::BackupError) -> ErrorKind {
    use crate::backup::BackupError;

    match error {
        BackupError::Absent { .. } => ErrorKind::NotFound,
        BackupError::WrongKey => ErrorKind::WrongKey,
        BackupError::Damaged { .. } => ErrorKind::Integrity,
        BackupError::Version { .. } => ErrorKind::Version,
        BackupError::Write { .. } | BackupError::Read { .. } => ErrorKind::Storage,
        BackupError::Recipient
        | BackupError::Identity
        | BackupError::Exists { .. }
        | BackupError::OtherVault { .. } => ErrorKind::Refused,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;
    use crate::error::Item;
    use crate::key_source::KeySource;

    #[test]
    fn each_kind_of_failure_has_its_errors() {
        let source = || std::io::Error::other("cause");
        let cause = || crate::keychain::Cause("cause".to_owned());
        let place = || "place".to_owned();
        let errors = [
            (
                VaultError::Keychain(KeychainError::NoBus { source: cause() }),
                ErrorKind::Unavailable,
            ),
            (
                VaultError::Keychain(KeychainError::TimedOut { limit: Duration::ZERO }),
                ErrorKind::Unavailable,
            ),
            (VaultError::Keychain(KeychainError::Locked), ErrorKind::Locked),
            (
                VaultError::Keychain(KeychainError::NoDefaultCollection),
                ErrorKind::NoDefaultCollection,
            ),
            (
                VaultError::Permission { path: "/p".into(), problem: place(), fix: place() },
                ErrorKind::PermissionDenied,
            ),
            (VaultError::NotFound { place: place() }, ErrorKind::NotFound),
            (VaultError::WrongKey { given: KeySource::Environment }, ErrorKind::WrongKey),
            (VaultError::integrity(Item::Header, "problem"), ErrorKind::Integrity),
            (
                VaultError::Version { item: Item::Header, found: 9, supported: 1 },
                ErrorKind::Version,
            ),
            (
                VaultError::Storage { doing: "read", path: "/p".into(), source: source() },
                ErrorKind::Storage,
            ),
            (VaultError::Busy { item: Item::Header }, ErrorKind::Busy),
            (VaultError::ReadOnly { backend: "environment" }, ErrorKind::Refused),
        ];
        for (error, kind) in &errors {
            assert_eq!(error.kind(), *kind, "{error}");
            assert_eq!(error.is_retryable(), *kind == ErrorKind::Busy, "{error}");
        }
        let kinds: std::collections::BTreeSet<_> = errors.iter().map(|(_, kind)| *kind).collect();
        assert_eq!(kinds.len(), 11);
    }
}
