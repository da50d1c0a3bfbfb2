//! Secrets in a settings file: never in clear.
//!
//! Where a setting is secret, the file holds a reference or a sealed value:
//!
//! | text | where the value is |
//! | --- | --- |
//! | `vault:NAME` | a record of the vault |
//! | `file:PATH` | a private file |
//! | `fd:NUMBER` | an inherited descriptor, read once |
//! | `sealed:v1:…` | here, sealed for this setting of this vault alone |
//!
//! The file as a whole may be sealed too: then a changed one is refused until it is sealed again.
//! The seal stands in the vault's header, so it can't be removed beside the file.

use std::fmt;
use std::path::PathBuf;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use zeroize::Zeroizing;

use crate::crypto::{self, Label, NONCE_LEN};
use crate::error::VaultError;
use crate::fs;
use crate::hex::Hex;
use crate::name::{Field, Subject};
use crate::observer::{Attempt, Event};
use crate::sealed::SealedVault;
use crate::secret::SecretBytes;
use crate::vault::Vault as _;

/// What stands before a sealed value.
const SEALED: &str = "sealed:v1:";

/// Sealed values are padded to a multiple of this, so that their length tells little.
const PADDING: usize = 64;

/// The longest value, in bytes.
const MAX_VALUE: usize = 64 * 1024;

/// Where the value of a secret setting is.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SecretSetting {
    /// A record of the vault, under the subject that [`SecretSetting::subject`] names.
    Vault(Field),
    /// A private file, whose last line end does not count.
    File(PathBuf),
    /// An inherited descriptor.
    Descriptor(i32),
    /// The sealed value itself.
    Sealed(String),
}

impl SecretSetting {
    /// Reads what stands in a settings file.
    ///
    /// # Errors
    /// [`SettingError::Clear`] for anything else, a value in clear above all. The text is not
    /// shown.
    pub fn parse(text: &str) -> Result<Self, SettingError> {
        if text.starts_with(SEALED) {
            return Ok(Self::Sealed(text.to_owned()));
        }
        match text.split_once(':') {
            Some(("vault", name)) => {
                Field::new(name).map(Self::Vault).map_err(|_| SettingError::Reference)
            }
            Some(("file", path)) if !path.is_empty() => Ok(Self::File(path.into())),
            Some(("fd", number)) => {
                number.parse().map(Self::Descriptor).map_err(|_| SettingError::Reference)
            }
            _ => Err(SettingError::Clear),
        }
    }

    /// Returns the subject whose records `vault:` names.
    ///
    /// # Panics
    /// Never: the name is within the bounds.
    pub fn subject() -> Subject {
        Subject::new("settings").expect("a short name is a subject")
    }

    /// Fetches the value. Without a vault only what stands elsewhere can be fetched.
    ///
    /// # Errors
    /// [`SettingError`], and whatever keeps the value from being read.
    pub fn fetch(
        &self,
        name: &str,
        vault: Option<&SealedVault>,
    ) -> Result<SecretBytes, VaultError> {
        let locked = || SettingError::Locked { name: name.to_owned() };
        let absent = || SettingError::Absent { name: name.to_owned() };
        match self {
            Self::Vault(field) => {
                let vault = vault.ok_or_else(locked)?;
                let opened = vault.read(&Self::subject(), field)?;
                Ok(opened.ok_or_else(absent)?.value)
            }
            Self::Sealed(text) => vault.ok_or_else(locked)?.open_setting(name, text),
            Self::File(path) => {
                let bytes = fs::read(path, MAX_VALUE)?.ok_or_else(absent)?;
                Ok(without_line_end(Zeroizing::new(bytes)))
            }
            #[cfg(unix)]
            Self::Descriptor(number) => {
                let descriptor = crate::key_descriptor::adopt(*number)?;
                let bytes = fs::read_all(std::fs::File::from(descriptor), MAX_VALUE);
                let bytes = bytes.map_err(|source| VaultError::DescriptorRead { source })?;
                Ok(without_line_end(bytes))
            }
            #[cfg(not(unix))]
            Self::Descriptor(number) => {
                Err(VaultError::Descriptor { number: *number, problem: "this system has none" })
            }
        }
    }
}

fn without_line_end(mut bytes: Zeroizing<Vec<u8>>) -> SecretBytes {
    for end in [b'\n', b'\r'] {
        if bytes.last() == Some(&end) {
            bytes.pop();
        }
    }
    bytes.into()
}

/// Whether the settings file is sealed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileSeal {
    /// The operator has not sealed it.
    Open,
    /// It is sealed and as it was.
    Intact,
}

impl SealedVault {
    /// Seals a value for one setting. The text goes into the settings file.
    ///
    /// # Errors
    /// [`VaultError::TooLarge`] when it is longer than 64 KiB.
    pub fn seal_setting(&self, name: &str, value: &SecretBytes) -> Result<String, VaultError> {
        let inner = self.inner();
        let value = value.expose();
        if value.len() > MAX_VALUE {
            return Err(VaultError::TooLarge { len: value.len(), most: MAX_VALUE });
        }
        let padded = (4 + value.len()).next_multiple_of(PADDING);
        // Sized once: growing would leave copies of the value behind.
        let mut text = Zeroizing::new(Vec::with_capacity(padded));
        text.extend_from_slice(&u32::try_from(value.len()).unwrap_or_default().to_be_bytes());
        text.extend_from_slice(value);
        text.resize(padded, 0);
        let [nonce] = inner.with_rng(|rng| [crypto::draw::<NONCE_LEN>(rng)]);
        let aad = self.associated(name);
        let sealed = crypto::seal(&inner.vault_key.setting(), &nonce, &aad, &text);
        Ok(format!("{SEALED}{}", URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat())))
    }

    /// Opens a value that [`SealedVault::seal_setting`] sealed for the setting of this name.
    ///
    /// # Errors
    /// [`SettingError::Unfit`] when it was changed, or sealed for another setting or vault.
    pub fn open_setting(&self, name: &str, text: &str) -> Result<SecretBytes, VaultError> {
        let unfit = || SettingError::Unfit { name: name.to_owned() };
        let opened = self.try_open_setting(name, text).ok_or_else(unfit);
        self.inner().refused(Attempt::Read, None, opened.map_err(VaultError::from))
    }

    fn try_open_setting(&self, name: &str, text: &str) -> Option<SecretBytes> {
        let bytes = URL_SAFE_NO_PAD.decode(text.strip_prefix(SEALED)?).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE_LEN>()?;
        let key = self.inner().vault_key.setting();
        let text = crypto::open(&key, nonce, &self.associated(name), sealed)?;
        let (len, rest) = text.split_first_chunk()?;
        let len = usize::try_from(u32::from_be_bytes(*len)).ok()?;
        let (value, padding) = rest.split_at_checked(len)?;
        let minimal = padding.len() < PADDING && padding.iter().all(|byte| *byte == 0);
        minimal.then(|| SecretBytes::from(value.to_vec()))
    }

    fn associated(&self, name: &str) -> Vec<u8> {
        crypto::frame(Label::Setting, &[self.id().as_bytes(), name.as_bytes()])
    }

    /// Seals a settings file as it is: from now on a changed one is refused.
    ///
    /// # Errors
    /// [`VaultError::HeaderChanged`], [`VaultError::Storage`].
    pub fn seal_file(&self, file: &[u8]) -> Result<(), VaultError> {
        let mac = self.inner().vault_key.settings_mac(self.id(), file);
        self.set_seal(Some(Hex(mac)))
    }

    /// Gives the seal of the settings file up.
    ///
    /// # Errors
    /// As [`SealedVault::seal_file`].
    pub fn unseal_file(&self) -> Result<(), VaultError> {
        self.set_seal(None)
    }

    fn set_seal(&self, seal: Option<Hex<32>>) -> Result<(), VaultError> {
        let inner = self.inner();
        let changed = inner.change_header(|header| {
            header.settings = seal;
            Ok(())
        });
        let ((), epoch) = inner.refused(Attempt::Seal, None, changed)?;
        let sealed = seal.is_some();
        inner.observe(&Event::SettingsSealed { vault: inner.id, sealed, epoch });
        Ok(())
    }

    /// Checks the settings file at the start of a program.
    ///
    /// # Errors
    /// [`SettingError::Changed`] when it is sealed and not as it was.
    pub fn check_file(&self, file: &[u8]) -> Result<FileSeal, VaultError> {
        let inner = self.inner();
        let Some(Hex(seal)) = inner.reload()?.header.settings else { return Ok(FileSeal::Open) };
        let fits = crypto::same(&seal, &inner.vault_key.settings_mac(self.id(), file));
        let checked = if fits { Ok(FileSeal::Intact) } else { Err(SettingError::Changed.into()) };
        inner.refused(Attempt::Seal, None, checked)
    }
}

/// A secret setting can't be used. No value is shown.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SettingError {
    /// It is a value in clear.
    #[error(
        "read a secret setting: it stands in clear; seal it, or put `vault:`, `file:` or `fd:` there"
    )]
    Clear,
    /// What follows `vault:` or `fd:` is no name or number.
    #[error("read a secret setting: what follows the colon is neither a field nor a number")]
    Reference,
    /// It needs the vault, which is not open.
    #[error("read the setting {name}: its value is in the vault, which is not open")]
    Locked {
        /// The setting.
        name: String,
    },
    /// What it refers to is not there.
    #[error(
        "read the setting {name}: what it refers to is not there; store it, or change the setting"
    )]
    Absent {
        /// The setting.
        name: String,
    },
    /// The sealed value is not one for this setting.
    #[error(
        "open the setting {name}: it was changed, or sealed for another setting or vault; seal it again"
    )]
    Unfit {
        /// The setting.
        name: String,
    },
    /// The sealed file was changed.
    #[error(
        "check the settings file: it is sealed and was changed since; undo the change, or seal it again"
    )]
    Changed,
}

impl fmt::Display for FileSeal {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Open => "not sealed",
            Self::Intact => "sealed",
        })
    }
}
