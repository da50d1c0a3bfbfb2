//! Why an installation can't be opened or changed.

use std::path::PathBuf;

use spotify_vault::{KeySource, KeychainError, VaultError};

use super::control::ControlError;
use super::{Problems, ProfileError, RegistryError};
use crate::policy::PolicyError;
use crate::store::EventError;

/// An installation can't be opened or changed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum OpenError {
    /// There is no vault yet.
    #[error("there is no vault in {} yet; run `spotify-admin login` once, it makes one", home.display())]
    NoVault {
        /// The home directory.
        home: PathBuf,
    },
    /// There is a vault already.
    #[error("there is a vault in {} already; it is never replaced", home.display())]
    VaultExists {
        /// The home directory.
        home: PathBuf,
    },
    /// The home directory can't be made or is not safe.
    #[error("using the home directory {}: {problem}", home.display())]
    Home {
        /// The home directory.
        home: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// A variable names a key, but the vault is pinned to another source.
    #[error("`{variable}` is set, but the vault is unlocked by {pinned}; unset it")]
    OtherKeySource {
        /// The variable.
        variable: &'static str,
        /// What the vault is pinned to.
        pinned: KeySource,
    },
    /// The vault is pinned to a source that this version does not know.
    #[error("the vault is unlocked by {0}, which this version does not know; update")]
    UnknownKeySource(KeySource),
    /// The vault's key should be in the environment, but is not.
    #[error(
        "`SPOTIFY_MCP_MASTER_KEY` is not set, and the vault is unlocked by it: set it to 32 bytes in base64, as `openssl rand -base64 32` makes them"
    )]
    NoMasterKey,
    /// The vault's key should come on a descriptor, but none is named.
    #[error(
        "`SPOTIFY_MCP_MASTER_KEY_FD` is not set, and the vault's key comes on an inherited descriptor: set it to the descriptor's number"
    )]
    NoDescriptor,
    /// The vault's key should be a credential, but the service manager gave none.
    #[error(
        "`CREDENTIALS_DIRECTORY` is not set: start the program as a service with `LoadCredentialEncrypted=spotify-mcp-master-key`"
    )]
    NoCredential,
    /// No token is named that could seal the vault's key.
    #[error(
        "`SPOTIFY_MCP_PKCS11_MODULE` and `SPOTIFY_MCP_PKCS11_TOKEN` are not both set: name the library and the label of the token"
    )]
    NoToken,
    /// A token seals the vault's key, but its PIN is not given.
    #[error(
        "a PKCS#11 token seals the vault's key, and there is no terminal to ask for its PIN: set `SPOTIFY_MCP_PKCS11_PIN_FILE` to a file (mode 0600) that holds it"
    )]
    NoPin,
    /// The PIN's file can't be read.
    #[error("reading the PIN of `SPOTIFY_MCP_PKCS11_PIN_FILE` from {}", path.display())]
    PinFile {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The token refused.
    #[error("using the PKCS#11 token")]
    Token(#[source] Box<dyn std::error::Error + Send + Sync>),
    /// A token seals the vault's key, and this program was built without the feature `pkcs11`.
    #[error(
        "a PKCS#11 token seals the vault's key, and this program was built without the feature `pkcs11`"
    )]
    WithoutTokens,
    /// A grant stands in the environment, and there is a vault as well.
    #[error(
        "`SPOTIFY_REFRESH_TOKEN` is set, and there is a vault in {}: one of them counts; unset the variable, or choose another home directory",
        home.display()
    )]
    GivenAndVault {
        /// The home directory.
        home: PathBuf,
    },
    /// What stands in the environment can't be changed.
    #[error("the grant stands in `SPOTIFY_REFRESH_TOKEN`, and nothing of it can be changed here")]
    ReadOnly,
    /// A secret setting can't be fetched.
    #[error(transparent)]
    Settings(#[from] Problems),
    /// A passphrase is needed, but there is no terminal.
    #[error(
        "the vault is unlocked by a passphrase, and there is no terminal to ask for it: set `SPOTIFY_MCP_PASSPHRASE_FILE`, or move the key with `spotify-admin enable-keychain`"
    )]
    NobodyToAsk,
    /// The person could not be asked.
    #[error("asking at the terminal")]
    Ask(#[source] std::io::Error),
    /// The passphrase's file can't be read.
    #[error("reading the passphrase of `SPOTIFY_MCP_PASSPHRASE_FILE` from {}", path.display())]
    PassphraseFile {
        /// The file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The vault refused.
    #[error("using the vault")]
    Vault(#[from] VaultError),
    /// The keychain refused.
    #[error("using the OS keychain")]
    Keychain(#[from] KeychainError),
    /// The vault's key has moved, but the old key file is still there.
    #[error("the vault's key has moved, but the old one could not be removed: delete {} yourself", path.display())]
    OldKey {
        /// The old key file.
        path: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
    /// The audit log can't be opened.
    #[error("opening the audit log")]
    Log(#[from] spotify_audit::OpenError),
    /// The audit log can't be read.
    #[error("reading the audit log")]
    ReadLog(#[from] spotify_audit::StorageError),
    /// The audit log can't be written.
    #[error(transparent)]
    Audit(#[from] EventError),
    /// The list of profiles can't be used.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// A profile can't be used.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// What was said about a profile can't be used.
    #[error(transparent)]
    Control(#[from] ControlError),
    /// A policy can't be kept.
    #[error(transparent)]
    Policy(#[from] PolicyError),
    /// A revocation can't be made durable.
    #[error("writing down in {} that the profile is revoked; nothing was erased", home.display())]
    Bury {
        /// The home directory.
        home: PathBuf,
        /// Why.
        #[source]
        source: std::io::Error,
    },
}

/// Writes an error with its causes.
pub(super) fn with_causes(error: &dyn std::error::Error) -> String {
    let causes = std::iter::successors(error.source(), |cause| (*cause).source());
    causes.fold(error.to_string(), |text, cause| format!("{text}: {cause}"))
}
