//! Who can read a backup: the holder of an age identity, or whoever knows a passphrase.
//!
//! The outer format is age v1 (<https://age-encryption.org/v1>), so that its own tools decrypt it.

use std::io::{Read, Seek, Write};

use age::stream::{StreamReader, StreamWriter};
use age::{DecryptError, Decryptor, Encryptor, scrypt, x25519};
use secrecy::SecretString;

use super::BackupError;
use crate::error::VaultError;

/// The cost of a passphrase: 2^17 blocks of 1 KiB, which is 128 MiB and about half a second.
const WORK_FACTOR: u8 = 17;

/// The greatest cost that is paid for a backup from elsewhere: 4 GiB.
const MAX_WORK_FACTOR: u8 = 22;

/// Who can read a backup.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub enum BackupLock {
    /// The holder of the identity that belongs to an age recipient.
    Recipient(Recipient),
    /// Whoever knows a passphrase.
    Passphrase(SecretString),
}

/// An age recipient: `age1…`. It is not secret.
#[derive(Debug, Clone)]
pub struct Recipient(x25519::Recipient);

impl Recipient {
    /// Reads a recipient as `age-keygen` prints it.
    ///
    /// # Errors
    /// [`BackupError::Recipient`].
    pub fn parse(text: &str) -> Result<Self, BackupError> {
        text.trim().parse().map(Self).map_err(|_| BackupError::Recipient)
    }
}

/// What opens a backup.
#[derive(Clone)]
#[non_exhaustive]
pub enum BackupKey {
    /// The identity that belongs to the recipient.
    Identity(Identity),
    /// The passphrase.
    Passphrase(SecretString),
}

impl std::fmt::Debug for BackupKey {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Identity(_) => "Identity([redacted])",
            Self::Passphrase(_) => "Passphrase([redacted])",
        })
    }
}

/// An age identity: `AGE-SECRET-KEY-1…`.
///
/// # Security
/// There is no `Display` or `Serialize`, and `Debug` is redacted.
#[derive(Clone)]
pub struct Identity(x25519::Identity);

impl Identity {
    /// Reads an identity as `age-keygen` prints it.
    ///
    /// # Errors
    /// [`BackupError::Identity`], which never shows the text.
    pub fn parse(text: &str) -> Result<Self, BackupError> {
        text.trim().parse().map(Self).map_err(|_| BackupError::Identity)
    }
}

impl std::fmt::Debug for Identity {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Identity([redacted])")
    }
}

impl BackupLock {
    /// Encrypts what is written to the result. The key opens it again in this process, to read it
    /// back: nobody has the identity of a recipient here, so a second one that nobody keeps is
    /// added.
    pub(super) fn encrypt<W: Write>(
        &self,
        out: W,
    ) -> Result<(StreamWriter<W>, BackupKey), VaultError> {
        let (encryptor, key) = match self {
            Self::Recipient(Recipient(recipient)) => {
                let once = x25519::Identity::generate();
                let public = once.to_public();
                let both: [&dyn age::Recipient; 2] = [recipient, &public];
                let encryptor = Encryptor::with_recipients(both.into_iter());
                (encryptor, BackupKey::Identity(Identity(once)))
            }
            Self::Passphrase(passphrase) => {
                let mut recipient = scrypt::Recipient::new(passphrase.clone());
                recipient.set_work_factor(WORK_FACTOR);
                let one: [&dyn age::Recipient; 1] = [&recipient];
                let encryptor = Encryptor::with_recipients(one.into_iter());
                (encryptor, BackupKey::Passphrase(passphrase.clone()))
            }
        };
        let encryptor = encryptor.map_err(|_| BackupError::Recipient)?;
        let stream = encryptor.wrap_output(out).map_err(|source| BackupError::Write { source })?;
        Ok((stream, key))
    }
}

impl BackupKey {
    /// Decrypts what is read from the result.
    pub(super) fn decrypt<R: Read + Seek>(&self, input: R) -> Result<StreamReader<R>, VaultError> {
        let decryptor = Decryptor::new(input).map_err(refused)?;
        let stream = match self {
            Self::Identity(Identity(identity)) => {
                decryptor.decrypt(std::iter::once(identity as &dyn age::Identity))
            }
            Self::Passphrase(passphrase) => {
                let mut identity = scrypt::Identity::new(passphrase.clone());
                identity.set_max_work_factor(MAX_WORK_FACTOR);
                decryptor.decrypt(std::iter::once(&identity as &dyn age::Identity))
            }
        };
        Ok(stream.map_err(refused)?)
    }
}

fn refused(error: DecryptError) -> BackupError {
    let damaged = |problem| BackupError::Damaged { problem };
    match error {
        DecryptError::NoMatchingKeys
        | DecryptError::KeyDecryptionFailed
        | DecryptError::DecryptionFailed => BackupError::WrongKey,
        DecryptError::ExcessiveWork { .. } => damaged("its passphrase would cost too much"),
        DecryptError::InvalidHeader | DecryptError::InvalidMac => damaged("it was changed"),
        DecryptError::UnknownFormat => damaged("it is no age file"),
        DecryptError::Io(source) if source.kind() == std::io::ErrorKind::UnexpectedEof => {
            damaged("it is cut short")
        }
        DecryptError::Io(source) => BackupError::Read { source },
        _ => damaged("age does not open it"),
    }
}
