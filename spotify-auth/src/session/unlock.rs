//! The vault's key: from the source that the vault is pinned to, and no other.

use std::io::Read as _;
use std::path::Path;

use secrecy::SecretString;
use spotify_vault::{KeySource, Keychain, MasterKey, Unlock, VaultId, key_file};
use zeroize::Zeroizing;

use super::{Asked, Context, OpenError, Settings};

/// The name under which the OS keychain keeps keys of this program.
pub const KEYCHAIN_SERVICE: &str = "spotify-mcp";
/// The longest file of a passphrase or PIN that is read.
const SECRET_MAX: usize = 4 * 1024;

/// Where a new vault's key shall live, or an old one's shall move.
#[derive(Debug)]
pub enum KeyChoice {
    /// A file of mode 0600 beside the vault. It protects nothing from who can read that file.
    File,
    /// The OS keychain.
    Keychain,
    /// `SPOTIFY_MCP_MASTER_KEY`.
    Environment,
    /// The inherited descriptor of `SPOTIFY_MCP_MASTER_KEY_FD`.
    Descriptor,
    /// The service manager's credential `spotify-mcp-master-key`.
    Credential,
    /// A key that a PKCS#11 token seals (feature `pkcs11`). The token is the one of the settings;
    /// its own key is made when it is absent.
    Token,
    /// A passphrase that a person remembers.
    Passphrase(SecretString),
}

/// Fetches the key that `pinned` names.
pub(super) fn unlock(
    pinned: &KeySource,
    settings: &Settings,
    context: &Context,
) -> Result<Unlock, OpenError> {
    // Two sources at once would leave open which one counts.
    if settings.master_key.is_some() && !matches!(pinned, KeySource::Environment) {
        return Err(OpenError::OtherKeySource {
            variable: "SPOTIFY_MCP_MASTER_KEY",
            pinned: pinned.clone(),
        });
    }
    if settings.master_key_fd.is_some() && !matches!(pinned, KeySource::Descriptor) {
        return Err(OpenError::OtherKeySource {
            variable: "SPOTIFY_MCP_MASTER_KEY_FD",
            pinned: pinned.clone(),
        });
    }
    if settings.passphrase_file.is_some() && !matches!(pinned, KeySource::Passphrase) {
        return Err(OpenError::OtherKeySource {
            variable: "SPOTIFY_MCP_PASSPHRASE_FILE",
            pinned: pinned.clone(),
        });
    }
    match pinned {
        KeySource::Environment => environment(settings),
        KeySource::KeyFile { path } => {
            Ok(Unlock::KeyFile { path: path.clone(), key: key_file::read(path)? })
        }
        KeySource::Keychain { service, account } => Ok(Keychain::new(service).unlock(account)?),
        KeySource::Descriptor => descriptor(settings),
        KeySource::Credential { path } => credential(path),
        KeySource::Pkcs11(sealed) => token::unlock(sealed, settings, context),
        KeySource::Passphrase => passphrase(settings, context).map(Unlock::Passphrase),
        other => Err(OpenError::UnknownKeySource(other.clone())),
    }
}

/// Makes the key that a person chose for `vault`.
pub(super) fn make(
    choice: KeyChoice,
    vault: VaultId,
    settings: &Settings,
    context: &Context,
) -> Result<Unlock, OpenError> {
    let mut entropy = context.entropy.clone();
    match choice {
        KeyChoice::Environment => environment(settings),
        KeyChoice::Descriptor => descriptor(settings),
        KeyChoice::Credential => {
            credential(settings.credential.as_deref().ok_or(OpenError::NoCredential)?)
        }
        KeyChoice::Token => token::make(settings, context, &mut entropy),
        KeyChoice::Passphrase(passphrase) => Ok(Unlock::Passphrase(passphrase)),
        KeyChoice::File => {
            let path = settings.key_file();
            let key = key_file::create(&path, &mut entropy)?;
            Ok(Unlock::KeyFile { path, key })
        }
        KeyChoice::Keychain => {
            let keychain = Keychain::new(KEYCHAIN_SERVICE);
            keychain.probe()?;
            let account = Keychain::account(vault);
            keychain.store(&account, &MasterKey::generate(&mut entropy))?;
            // What counts is what the keychain gives back.
            Ok(keychain.unlock(&account)?)
        }
    }
}

/// Removes the key of a source that the vault is no longer pinned to.
pub(super) fn forget(source: &KeySource) -> Result<(), OpenError> {
    match source {
        KeySource::KeyFile { path } => std::fs::remove_file(path)
            .map_err(|source| OpenError::OldKey { path: path.clone(), source }),
        KeySource::Keychain { service, account } => {
            Keychain::new(service).delete(account)?;
            Ok(())
        }
        // A person's memory and the environment are not ours to clear.
        _ => Ok(()),
    }
}

/// A key that a hardware token seals.
#[cfg(feature = "pkcs11")]
mod token {
    use spotify_vault::pkcs11::{Token, TokenError};
    use spotify_vault::{TokenKey, Unlock};

    use super::{Asked, Context, OpenError, SecretString, Settings, read_secret};
    use crate::Entropy;

    /// What the key on the token is called when nobody says otherwise.
    const KEY: &str = "spotify-mcp";

    pub(super) fn unlock(
        sealed: &TokenKey,
        settings: &Settings,
        context: &Context,
    ) -> Result<Unlock, OpenError> {
        let pin = pin(&sealed.token, settings, context)?;
        Token::of(sealed).unlock(&sealed.sealed, &pin).map_err(refused)
    }

    pub(super) fn make(
        settings: &Settings,
        context: &Context,
        entropy: &mut Entropy,
    ) -> Result<Unlock, OpenError> {
        let given = &settings.token;
        let (Some(module), Some(label)) = (&given.module, &given.label) else {
            return Err(OpenError::NoToken);
        };
        let pin = pin(label, settings, context)?;
        let token = Token::new(module, label, given.key.as_deref().unwrap_or(KEY));
        match token.make_key(&pin) {
            Ok(()) | Err(TokenError::Exists { .. }) => {}
            Err(error) => return Err(refused(error)),
        }
        token.lock(&pin, entropy).map_err(refused)
    }

    fn pin(token: &str, settings: &Settings, context: &Context) -> Result<SecretString, OpenError> {
        if let Some(path) = &settings.token.pin_file {
            return read_secret(path)
                .map_err(|source| OpenError::PinFile { path: path.clone(), source });
        }
        let ask = context.ask.as_ref().ok_or(OpenError::NoPin)?;
        ask(Asked::Pin { token }).map_err(OpenError::Ask)
    }

    fn refused(error: TokenError) -> OpenError {
        OpenError::Token(Box::new(error))
    }
}

/// Programs without the feature load no library of a token.
#[cfg(not(feature = "pkcs11"))]
mod token {
    use spotify_vault::{TokenKey, Unlock};

    use super::{Context, OpenError, Settings};
    use crate::Entropy;

    pub(super) fn unlock(_: &TokenKey, _: &Settings, _: &Context) -> Result<Unlock, OpenError> {
        Err(OpenError::WithoutTokens)
    }

    pub(super) fn make(_: &Settings, _: &Context, _: &mut Entropy) -> Result<Unlock, OpenError> {
        Err(OpenError::WithoutTokens)
    }
}

#[cfg(unix)]
fn descriptor(settings: &Settings) -> Result<Unlock, OpenError> {
    let number = settings.master_key_fd.ok_or(OpenError::NoDescriptor)?;
    let descriptor = spotify_vault::key_descriptor::adopt(number)?;
    Ok(Unlock::Descriptor(spotify_vault::key_descriptor::read(descriptor)?))
}

#[cfg(not(unix))]
fn descriptor(_: &Settings) -> Result<Unlock, OpenError> {
    Err(OpenError::NoDescriptor)
}

fn credential(path: &Path) -> Result<Unlock, OpenError> {
    Ok(Unlock::Credential { path: path.to_owned(), key: key_file::read_credential(path)? })
}

fn environment(settings: &Settings) -> Result<Unlock, OpenError> {
    let key = settings.master_key.as_ref().ok_or(OpenError::NoMasterKey)?;
    Ok(Unlock::Environment(
        MasterKey::from_base64(&key.expose_base64()).map_err(spotify_vault::VaultError::from)?,
    ))
}

fn passphrase(settings: &Settings, context: &Context) -> Result<SecretString, OpenError> {
    if let Some(path) = &settings.passphrase_file {
        return read_passphrase(path);
    }
    let ask = context.ask.as_ref().ok_or(OpenError::NobodyToAsk)?;
    ask(Asked::Passphrase).map_err(OpenError::Ask)
}

/// Reads a passphrase from a file or descriptor, without the line break at its end.
///
/// # Errors
/// A file that others may read is refused.
pub fn read_passphrase(path: &Path) -> Result<SecretString, OpenError> {
    read_secret(path).map_err(|source| OpenError::PassphraseFile { path: path.to_owned(), source })
}

fn read_secret(path: &Path) -> std::io::Result<SecretString> {
    let file = std::fs::File::open(path)?;
    refuse_readable_by_others(&file)?;
    let mut text = Zeroizing::new(String::with_capacity(SECRET_MAX));
    file.take(SECRET_MAX as u64).read_to_string(&mut text)?;
    Ok(SecretString::from(text.trim_end_matches(['\r', '\n'])))
}

#[cfg(unix)]
fn refuse_readable_by_others(file: &std::fs::File) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt as _;
    let metadata = file.metadata()?;
    if metadata.is_file() && metadata.permissions().mode() & 0o077 != 0 {
        return Err(std::io::Error::other("others may read it; run `chmod 600` on it"));
    }
    Ok(())
}

#[cfg(not(unix))]
fn refuse_readable_by_others(_: &std::fs::File) -> std::io::Result<()> {
    Ok(())
}
