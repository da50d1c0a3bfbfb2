//! A key in a file of its own: 44 characters of base64 and a line end, mode 0600.
//!
//! A credential is such a file that the service manager makes at each start of the program, in a
//! directory that only the service can enter (<https://systemd.io/CREDENTIALS/>).
//!
//! # Security
//! A key file beside the vault protects against a copy of the vault alone, not against whoever can
//! read the whole disk or run as the same user.

use std::io::Write as _;
use std::path::Path;

use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::error::VaultError;
use crate::fs;
use crate::key_source::MasterKey;

/// The longest text that is looked at.
const MAX_LEN: usize = 128;

/// Makes a file with a new key, durably. Its directory must exist.
///
/// # Errors
/// [`VaultError::Storage`], also when there is a file already: a key is never overwritten.
pub fn create(path: &Path, rng: &mut (impl CryptoRng + ?Sized)) -> Result<MasterKey, VaultError> {
    let key = MasterKey::generate(rng);
    let mut file = fs::create(path).map_err(fs::storage("create the key file", path))?;
    let text = key.expose_base64();
    file.write_all(text.as_bytes())
        .and_then(|()| file.write_all(b"\n"))
        .map_err(fs::storage("write the key file", path))?;
    file.sync_all().map_err(fs::storage("sync the key file", path))?;
    path.parent().map_or(Ok(()), fs::sync_dir)?;
    Ok(key)
}

/// Reads the key from a file.
///
/// # Errors
/// [`VaultError::Permission`] when others have a right to it, it is someone else's, or it is a
/// symbolic link; [`VaultError::KeyNotFound`] when it is absent; [`VaultError::Key`] when it is not
/// the base64 of 32 bytes; [`VaultError::Storage`].
pub fn read(path: &Path) -> Result<MasterKey, VaultError> {
    parse(path, fs::read(path, MAX_LEN)?)
}

/// Reads the key from a credential of the service manager, `$CREDENTIALS_DIRECTORY/<name>`.
///
/// Root may own it and its group may read it, because systemd admits the service by an access list
/// that shows in the group's rights.
///
/// # Errors
/// As [`read`].
pub fn read_credential(path: &Path) -> Result<MasterKey, VaultError> {
    parse(path, fs::read_trusting(path, MAX_LEN, fs::Trust::ServiceManager)?)
}

fn parse(path: &Path, bytes: Option<Vec<u8>>) -> Result<MasterKey, VaultError> {
    let bytes = bytes.ok_or_else(|| VaultError::KeyNotFound { path: path.to_owned() })?;
    Ok(MasterKey::from_line(&Zeroizing::new(bytes))?)
}
