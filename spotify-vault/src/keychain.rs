//! A key in the operating system's keychain: Secret Service, macOS Keychain, Windows Credential
//! Manager.
//!
//! The keychain holds one rarely written key, never a token: a Secret Service may lose a write
//! that it has confirmed, and some keychains limit the size of an entry.
//!
//! Every call runs on a thread of its own and is cut off after a time limit: a locked keychain with
//! a display asks the person and would block for ever, and the D-Bus client panics on a thread of
//! an asynchronous runtime.

mod platform;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use keyring_core::{CredentialStore, Entry, Error};
use zeroize::Zeroizing;

use crate::key_source::{KeyError, MasterKey, Unlock};
use crate::name::VaultId;
use crate::worker::{Fault, Worker};

/// Connects to a keychain, on the thread that uses it.
type Connect = dyn Fn() -> Result<Arc<CredentialStore>, Error> + Send + Sync;

/// The keys of one service in a keychain.
#[derive(Clone)]
pub struct Keychain {
    service: String,
    connect: Arc<Connect>,
    worker: Arc<Worker>,
    limit: Duration,
}

impl Keychain {
    /// How long a call may take unless [`Keychain::limit`] says otherwise.
    pub const LIMIT: Duration = Duration::from_secs(3);

    /// Takes the keychain of this operating system. Nothing is connected yet.
    pub fn new(service: impl Into<String>) -> Self {
        Self::with_store(service, platform::connect)
    }

    /// Takes another keychain, such as keyring-core's mock.
    pub fn with_store(
        service: impl Into<String>,
        connect: impl Fn() -> Result<Arc<CredentialStore>, Error> + Send + Sync + 'static,
    ) -> Self {
        Self {
            service: service.into(),
            connect: Arc::new(connect),
            worker: Arc::default(),
            limit: Self::LIMIT,
        }
    }

    /// Sets how long a call may take. A person who is asked to unlock needs more than three
    /// seconds.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Returns the service under which the keys are filed.
    pub fn service(&self) -> &str {
        &self.service
    }

    /// Names the entry of a vault's key.
    pub fn account(vault: VaultId) -> String {
        format!("vault:{vault}")
    }

    /// Reads a key; `None` when there is none and the keychain works.
    ///
    /// # Errors
    /// [`KeychainError`]. That a keychain finds nothing is believed only after a probe: one that is
    /// locked or has no collection finds nothing either.
    pub fn load(&self, account: &str) -> Result<Option<MasterKey>, KeychainError> {
        let found = self.on_entry(account, |entry| match entry.get_secret() {
            Ok(secret) => Ok(Some(Zeroizing::new(secret))),
            Err(Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })?;
        let Some(secret) = found else {
            self.probe()?;
            return Ok(None);
        };
        let text = std::str::from_utf8(&secret).map_err(|_| KeyError::Encoding)?;
        Ok(Some(MasterKey::from_base64(text)?))
    }

    /// Reads a vault's key as what opens the vault.
    ///
    /// # Errors
    /// As [`Keychain::load`], and [`KeychainError::Missing`].
    pub fn unlock(&self, account: &str) -> Result<Unlock, KeychainError> {
        let service = self.service.clone();
        let account = account.to_owned();
        match self.load(&account)? {
            Some(key) => Ok(Unlock::Keychain { service, account, key }),
            None => Err(KeychainError::Missing { service, account }),
        }
    }

    /// Writes a key and reads it back.
    ///
    /// # Errors
    /// [`KeychainError`], also when what was read back differs.
    pub fn store(&self, account: &str, key: &MasterKey) -> Result<(), KeychainError> {
        let text = key.expose_base64();
        let same = self.on_entry(account, move |entry| {
            // As text, because some keychains take nothing but UTF-8.
            entry.set_secret(text.as_bytes())?;
            Ok(Zeroizing::new(entry.get_secret()?).as_slice() == text.as_bytes())
        })?;
        if same { Ok(()) } else { Err(KeychainError::ReadBack) }
    }

    /// Removes a key. `false` when there was none.
    ///
    /// # Errors
    /// [`KeychainError`].
    pub fn delete(&self, account: &str) -> Result<bool, KeychainError> {
        self.on_entry(account, |entry| match entry.delete_credential() {
            Ok(()) => Ok(true),
            Err(Error::NoEntry) => Ok(false),
            Err(error) => Err(error),
        })
    }

    /// Finds out whether the keychain keeps what is written: writes, reads and removes an entry
    /// that holds no secret. Reading alone would prove nothing.
    ///
    /// # Errors
    /// [`KeychainError`].
    pub fn probe(&self) -> Result<(), KeychainError> {
        const CANARY: &[u8] = b"spotify-vault keychain probe, not a secret";
        let account = format!("probe:{}", std::process::id());
        let same = self.on_entry(&account, |entry| {
            entry.set_secret(CANARY)?;
            let read = entry.get_secret();
            entry.delete_credential()?;
            Ok(read? == CANARY)
        })?;
        if same { Ok(()) } else { Err(KeychainError::ReadBack) }
    }

    fn on_entry<T: Send + 'static>(
        &self,
        account: &str,
        work: impl FnOnce(&Entry) -> Result<T, Error> + Send + 'static,
    ) -> Result<T, KeychainError> {
        let connect = Arc::clone(&self.connect);
        let (service, account) = (self.service.clone(), account.to_owned());
        let limit = self.limit;
        let ended = self.worker.run("keychain", limit, move || {
            let store = connect().map_err(platform::classify)?;
            let entry = platform::entry(store.as_ref(), &service, &account);
            entry.and_then(|entry| work(&entry)).map_err(platform::classify)
        });
        ended.unwrap_or_else(|fault| match fault {
            Fault::CutOff => Err(KeychainError::TimedOut { limit }),
            Fault::Failed(text) => Err(KeychainError::Failed { source: Cause(text) }),
        })
    }
}

impl fmt::Debug for Keychain {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Keychain")
            .field("service", &self.service)
            .field("limit", &self.limit)
            .finish_non_exhaustive()
    }
}

/// The operating system's keychain refused, or could not be reached.
///
/// # Security
/// keyring-core's errors may hold the bytes of an entry; none of those is kept here.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum KeychainError {
    /// There is no session bus.
    #[error(
        "reach the keychain: there is no D-Bus session bus; start one, or choose another key source"
    )]
    NoBus {
        /// What the system said.
        #[source]
        source: Cause,
    },
    /// No program provides a keychain.
    #[error(
        "reach the keychain: no program provides one; start gnome-keyring, KWallet or KeePassXC, or choose another key source"
    )]
    NoProvider {
        /// What the system said.
        #[source]
        source: Cause,
    },
    /// The keychain has no place for new entries.
    #[error("write to the keychain: it has no default collection; create one in its own program")]
    NoDefaultCollection,
    /// The keychain is locked, or access was denied.
    #[error("use the keychain: it is locked, or access was denied; unlock it and try again")]
    Locked,
    /// The keychain did not answer in time.
    #[error("use the keychain: no answer within {} s; it may be asking to be unlocked", limit.as_secs_f32())]
    TimedOut {
        /// How long was waited.
        limit: Duration,
    },
    /// Several entries fit.
    #[error(
        "use the keychain: {count} entries have the same name; remove all but one in its own program"
    )]
    Ambiguous {
        /// How many.
        count: usize,
    },
    /// The entry that should be there is not.
    #[error("read the keychain entry {service} / {account}: there is none; use the recovery code")]
    Missing {
        /// The service of the entry.
        service: String,
        /// The account of the entry.
        account: String,
    },
    /// The keychain gave back something else than was written.
    #[error("check the keychain: it did not give back what was written; choose another key source")]
    ReadBack,
    /// The entry is not a key.
    #[error("read the keychain entry: it is not a master key; use the recovery code")]
    NotAKey(#[from] KeyError),
    /// The entry does not fit the limits of the keychain.
    #[error("use the keychain: it does not take an entry like this; choose another key source")]
    Unsupported,
    /// Something else.
    #[error("use the keychain: it failed; look at its own log, or choose another key source")]
    Failed {
        /// What the system said.
        #[source]
        source: Cause,
    },
}

/// What the system said, as text.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Cause(pub(crate) String);
