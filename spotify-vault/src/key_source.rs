//! Where the key of a vault comes from.
//!
//! A vault has exactly one primary source. It is chosen when the vault is made, written into the
//! header (pinned), and never elected anew; the recovery code is the second way in.

use std::fmt;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use rand_core::CryptoRng;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::recovery::RecoveryCode;

/// The source of a vault's key, without the key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "source", rename_all = "snake_case", deny_unknown_fields)]
#[non_exhaustive]
pub enum KeySource {
    /// A person types a passphrase.
    Passphrase,
    /// The program is started with the key in its environment.
    Environment,
    /// A file holds the key.
    KeyFile {
        /// Where the file was when the vault was pinned to it.
        path: PathBuf,
    },
    /// The operating system's keychain holds the key.
    Keychain {
        /// The service of its entry.
        service: String,
        /// The account of its entry.
        account: String,
    },
    /// The program inherits an open descriptor from which it reads the key.
    Descriptor,
    /// The service manager hands the key over in a file of its own (systemd's
    /// `LoadCredentialEncrypted=`).
    Credential {
        /// Where the file was when the vault was pinned to it; its directory is new at each start.
        path: PathBuf,
    },
    /// A PKCS#11 token seals the key; its own key never leaves it.
    Pkcs11(Box<TokenKey>),
    /// The recovery code that was shown once; never pinned.
    Recovery,
}

/// A key that a PKCS#11 token sealed, and where to find the token.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TokenKey {
    /// The library that talks to the token.
    pub module: PathBuf,
    /// The token's label.
    pub token: String,
    /// The label of the token's AES key.
    pub object: String,
    /// The sealed key, in base64.
    pub sealed: String,
}

impl KeySource {
    /// Whether both are the same kind of source.
    ///
    /// The place is not compared: a key file may be moved, and the key itself shows whether it is
    /// the right one.
    pub fn is_same_kind(&self, other: &Self) -> bool {
        std::mem::discriminant(self) == std::mem::discriminant(other)
    }

    /// Returns the least reader that knows this source; see `docs/format.md`.
    pub(crate) fn min_reader(&self) -> u32 {
        match self {
            Self::Passphrase
            | Self::Environment
            | Self::KeyFile { .. }
            | Self::Keychain { .. }
            | Self::Recovery => 1,
            Self::Descriptor | Self::Credential { .. } | Self::Pkcs11(_) => 2,
        }
    }
}

impl fmt::Display for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Passphrase => f.write_str("a passphrase"),
            Self::Environment => f.write_str("the key in the environment"),
            Self::KeyFile { path } => write!(f, "the key file {}", path.display()),
            Self::Keychain { service, account } => {
                write!(f, "the keychain entry {service} / {account}")
            }
            Self::Descriptor => f.write_str("the key on an inherited descriptor"),
            Self::Credential { path } => write!(f, "the credential {}", path.display()),
            Self::Pkcs11(key) => {
                write!(f, "the key {} of the PKCS#11 token {}", key.object, key.token)
            }
            Self::Recovery => f.write_str("the recovery code"),
        }
    }
}

/// What opens a vault: a key and where it came from.
#[derive(Debug)]
#[non_exhaustive]
pub enum Unlock {
    /// What a person typed.
    Passphrase(SecretString),
    /// A key that the program was started with.
    Environment(MasterKey),
    /// A key that was read from a file.
    KeyFile {
        /// The file.
        path: PathBuf,
        /// Its key.
        key: MasterKey,
    },
    /// A key that was read from the operating system's keychain.
    Keychain {
        /// The service of its entry.
        service: String,
        /// The account of its entry.
        account: String,
        /// Its key.
        key: MasterKey,
    },
    /// A key that was read from an inherited descriptor.
    Descriptor(MasterKey),
    /// A key that was read from a credential of the service manager.
    Credential {
        /// The file.
        path: PathBuf,
        /// Its key.
        key: MasterKey,
    },
    /// A key that a PKCS#11 token opened.
    Pkcs11 {
        /// The token and what it sealed.
        sealed: Box<TokenKey>,
        /// The key.
        key: MasterKey,
    },
    /// The code that was shown when the vault was made.
    Recovery(RecoveryCode),
}

impl Unlock {
    /// Returns the source, without the key.
    pub fn source(&self) -> KeySource {
        match self {
            Self::Passphrase(_) => KeySource::Passphrase,
            Self::Environment(_) => KeySource::Environment,
            Self::KeyFile { path, .. } => KeySource::KeyFile { path: path.clone() },
            Self::Keychain { service, account, .. } => {
                KeySource::Keychain { service: service.clone(), account: account.clone() }
            }
            Self::Descriptor(_) => KeySource::Descriptor,
            Self::Credential { path, .. } => KeySource::Credential { path: path.clone() },
            Self::Pkcs11 { sealed, .. } => KeySource::Pkcs11(sealed.clone()),
            Self::Recovery(_) => KeySource::Recovery,
        }
    }

    /// Returns the 32 bytes that open a slot; `None` for a passphrase, which is stretched first.
    pub(crate) fn raw(&self) -> Option<&[u8; 32]> {
        match self {
            Self::Passphrase(_) => None,
            Self::Environment(key)
            | Self::Descriptor(key)
            | Self::KeyFile { key, .. }
            | Self::Credential { key, .. }
            | Self::Keychain { key, .. }
            | Self::Pkcs11 { key, .. } => Some(key.expose()),
            Self::Recovery(code) => Some(code.key()),
        }
    }
}

/// 32 random bytes that open a vault.
///
/// # Security
/// There is no `Clone`, `Display` or `Serialize`, `Debug` is redacted, and the memory is wiped
/// when the key is dropped.
pub struct MasterKey(Zeroizing<[u8; 32]>);

impl MasterKey {
    /// Draws a key.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut key = Zeroizing::new([0; 32]);
        rng.fill_bytes(key.as_mut_slice());
        Self(key)
    }

    /// Reads the key from base64 (RFC 4648, section 4, with padding) of exactly 32 bytes.
    ///
    /// # Errors
    /// [`KeyError`], which never shows the text.
    pub fn from_base64(text: &str) -> Result<Self, KeyError> {
        // One byte more than a key, so that a longer text is told apart from a malformed one.
        let mut bytes = Zeroizing::new([0; 48]);
        let len = match STANDARD.decode_slice(text, bytes.as_mut_slice()) {
            Ok(len) => len,
            Err(base64::DecodeSliceError::OutputSliceTooSmall) => return Err(KeyError::Length),
            Err(base64::DecodeSliceError::DecodeError(_)) => return Err(KeyError::Encoding),
        };
        let key = bytes.get(..len).and_then(|bytes| bytes.try_into().ok());
        Self::from_bytes(Zeroizing::new(key.ok_or(KeyError::Length)?))
    }

    /// Reads the key from base64 with at most one line end after it.
    pub(crate) fn from_line(bytes: &[u8]) -> Result<Self, KeyError> {
        let text = std::str::from_utf8(bytes).map_err(|_| KeyError::Encoding)?;
        let text = text.strip_suffix('\n').unwrap_or(text);
        Self::from_base64(text.strip_suffix('\r').unwrap_or(text))
    }

    /// Takes 32 bytes over as a key.
    ///
    /// # Errors
    /// [`KeyError::Constant`] when all bytes are equal: that is a placeholder, not a key.
    pub fn from_bytes(bytes: Zeroizing<[u8; 32]>) -> Result<Self, KeyError> {
        let [first, rest @ ..] = &*bytes;
        if rest.iter().all(|byte| byte == first) {
            return Err(KeyError::Constant);
        }
        Ok(Self(bytes))
    }

    /// Returns the key. Each use is a place to review.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// Returns the key in base64, the form that [`MasterKey::from_base64`] reads.
    pub fn expose_base64(&self) -> Zeroizing<String> {
        Zeroizing::new(STANDARD.encode(self.0.as_slice()))
    }
}

impl fmt::Debug for MasterKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MasterKey([redacted])")
    }
}

/// A text that is not a master key. The text is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum KeyError {
    /// Not base64.
    #[error(
        "read a master key: not base64; give 32 random bytes as 44 characters, as `openssl rand -base64 32` makes them"
    )]
    Encoding,
    /// Not 32 bytes.
    #[error(
        "read a master key: not exactly 32 bytes; give 44 characters, as `openssl rand -base64 32` makes them"
    )]
    Length,
    /// All bytes are equal.
    #[error(
        "read a master key: all its bytes are equal; give random ones, as `openssl rand -base64 32` makes them"
    )]
    Constant,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_master_key_is_base64_of_exactly_32_bytes() {
        let bytes: [u8; 32] = std::array::from_fn(|index| u8::try_from(index).unwrap());
        let text = STANDARD.encode(bytes);
        let key = MasterKey::from_base64(&text).unwrap();
        assert_eq!(key.expose(), &bytes);
        assert_eq!(*key.expose_base64(), text);
        assert_eq!(MasterKey::from_base64("").unwrap_err(), KeyError::Length);
        assert_eq!(MasterKey::from_base64("AAEC").unwrap_err(), KeyError::Length);
        assert_eq!(
            MasterKey::from_base64(&STANDARD.encode([1; 33])).unwrap_err(),
            KeyError::Length
        );
        assert_eq!(
            MasterKey::from_base64(&STANDARD.encode([1; 3000])).unwrap_err(),
            KeyError::Length
        );
        assert_eq!(MasterKey::from_base64("not base64!").unwrap_err(), KeyError::Encoding);
        assert_eq!(MasterKey::from_base64(&format!("{text}\n")).unwrap_err(), KeyError::Encoding);
        let unpadded = text.trim_end_matches('=');
        assert_eq!(MasterKey::from_base64(unpadded).unwrap_err(), KeyError::Encoding);
    }

    #[test]
    fn a_placeholder_is_no_master_key() {
        for byte in [0, 0x41, 0xff] {
            let text = STANDARD.encode([byte; 32]);
            assert_eq!(MasterKey::from_base64(&text).unwrap_err(), KeyError::Constant);
        }
    }

    #[test]
    fn a_source_has_one_stored_form() {
        let cases = [
            (KeySource::Passphrase, r#"{"source":"passphrase"}"#),
            (KeySource::Environment, r#"{"source":"environment"}"#),
            (KeySource::KeyFile { path: "/k".into() }, r#"{"source":"key_file","path":"/k"}"#),
            (
                KeySource::Keychain { service: "s".into(), account: "a".into() },
                r#"{"source":"keychain","service":"s","account":"a"}"#,
            ),
            (
                KeySource::Pkcs11(Box::new(TokenKey {
                    module: "/m".into(),
                    token: "t".into(),
                    object: "o".into(),
                    sealed: "AAEC".into(),
                })),
                r#"{"source":"pkcs11","module":"/m","token":"t","object":"o","sealed":"AAEC"}"#,
            ),
            (KeySource::Descriptor, r#"{"source":"descriptor"}"#),
            (
                KeySource::Credential { path: "/run/k".into() },
                r#"{"source":"credential","path":"/run/k"}"#,
            ),
        ];
        for (source, json) in cases {
            assert_eq!(serde_json::to_string(&source).unwrap(), json);
            assert_eq!(serde_json::from_str::<KeySource>(json).unwrap(), source);
        }
    }
}
