//! A key that a PKCS#11 token seals: a hardware security module, a smart card, `SoftHSM2`.
//!
//! The token holds an AES key that never leaves it and seals one key of 32 bytes with AES-GCM. The
//! sealed form stands in the pin; the token opens it once at each start.
//!
//! The token is found by its label, because slot numbers change. The PIN comes from the caller and
//! is never kept. Each call runs on a thread of its own and is cut off after a time limit.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::error::{Error, RvError};
use cryptoki::mechanism::Mechanism;
use cryptoki::mechanism::aead::GcmParams;
use cryptoki::object::{Attribute, ObjectClass, ObjectHandle};
use cryptoki::session::{Session, UserType};
use rand_core::CryptoRng;
use secrecy::SecretString;
use zeroize::Zeroizing;

use crate::key_source::{KeyError, MasterKey, TokenKey, Unlock};
use crate::worker::{Fault, Worker};

/// What the token binds to a sealed key.
const ASSOCIATED: &[u8] = b"spotify-vault/v1/pkcs11";
const IV_LEN: usize = 12;
const TAG_BITS: u64 = 128;

/// A library is initialised once in a process, so calls take turns.
static TURN: Mutex<()> = Mutex::new(());

/// One key of one token.
#[derive(Debug, Clone)]
pub struct Token {
    place: Place,
    worker: Arc<Worker>,
    limit: Duration,
}

/// Where the token's key is.
#[derive(Debug, Clone)]
struct Place {
    module: PathBuf,
    token: String,
    object: String,
}

impl Token {
    /// How long a call may take unless [`Token::limit`] says otherwise.
    pub const LIMIT: Duration = Duration::from_secs(10);

    /// Names a token by its library and label, and its key by label. Nothing is loaded yet.
    pub fn new(module: &Path, token: impl Into<String>, object: impl Into<String>) -> Self {
        let place = Place { module: module.to_owned(), token: token.into(), object: object.into() };
        Self { place, worker: Arc::default(), limit: Self::LIMIT }
    }

    /// Names the token and the key that a vault's pin states.
    pub fn of(key: &TokenKey) -> Self {
        Self::new(&key.module, &key.token, &key.object)
    }

    /// Sets how long a call may take.
    #[must_use]
    pub fn limit(mut self, limit: Duration) -> Self {
        self.limit = limit;
        self
    }

    /// Makes an AES-256 key on the token that can't be read out of it.
    ///
    /// # Errors
    /// [`TokenError::Exists`] when there is a key of that label, otherwise as [`Token::lock`].
    pub fn make_key(&self, pin: &SecretString) -> Result<(), TokenError> {
        self.with_session(pin, |session, place| {
            if !find(session, place)?.is_empty() {
                return Err(TokenError::Exists { object: place.object.clone() });
            }
            let template = [
                Attribute::Token(true),
                Attribute::Private(true),
                Attribute::Sensitive(true),
                Attribute::Extractable(false),
                Attribute::Encrypt(true),
                Attribute::Decrypt(true),
                Attribute::ValueLen(32.into()),
                Attribute::Label(place.object.clone().into_bytes()),
            ];
            session.generate_key(&Mechanism::AesKeyGen, &template).map_err(failed)?;
            Ok(())
        })
    }

    /// Draws a key and lets the token seal it, for what a new or rekeyed vault is pinned to.
    ///
    /// # Errors
    /// [`TokenError`]; what was sealed is opened again before it is returned.
    pub fn lock(
        &self,
        pin: &SecretString,
        rng: &mut (impl CryptoRng + ?Sized),
    ) -> Result<Unlock, TokenError> {
        let key = MasterKey::generate(rng);
        let text = Zeroizing::new(*key.expose());
        let mut iv = [0; IV_LEN];
        rng.fill_bytes(&mut iv);
        let sealed = self.with_session(pin, move |session, place| {
            let object = the_key(session, place)?;
            let sealed =
                gcm(&mut iv, |mechanism| session.encrypt(mechanism, object, text.as_slice()))?;
            Ok(STANDARD.encode([iv.as_slice(), &sealed].concat()))
        })?;
        let unlock = self.unlock(&sealed, pin)?;
        let same = unlock.raw().is_some_and(|opened| crate::crypto::same(opened, key.expose()));
        if same { Ok(unlock) } else { Err(TokenError::Unfit) }
    }

    /// Lets the token open the sealed key that a vault's pin states.
    ///
    /// # Errors
    /// [`TokenError`].
    pub fn unlock(&self, sealed: &str, pin: &SecretString) -> Result<Unlock, TokenError> {
        let bytes = STANDARD.decode(sealed).map_err(|_| TokenError::Unfit)?;
        let (iv, text) = bytes.split_first_chunk::<IV_LEN>().ok_or(TokenError::Unfit)?;
        let (mut iv, text) = (*iv, text.to_vec());
        let opened = self.with_session(pin, move |session, place| {
            let object = the_key(session, place)?;
            let opened = gcm(&mut iv, |mechanism| session.decrypt(mechanism, object, &text))?;
            Ok(Zeroizing::new(opened))
        })?;
        let key = opened.as_slice().try_into().map_err(|_| KeyError::Length)?;
        let key = MasterKey::from_bytes(Zeroizing::new(key))?;
        let Place { module, token, object } = self.place.clone();
        let sealed = Box::new(TokenKey { module, token, object, sealed: sealed.to_owned() });
        Ok(Unlock::Pkcs11 { sealed, key })
    }

    /// Logs in on a thread of its own and calls `work`.
    fn with_session<T: Send + 'static>(
        &self,
        pin: &SecretString,
        work: impl FnOnce(&Session, &Place) -> Result<T, TokenError> + Send + 'static,
    ) -> Result<T, TokenError> {
        let (place, pin, limit) = (self.place.clone(), pin.clone(), self.limit);
        let ended = self.worker.run("pkcs11", limit, move || {
            let _turn = TURN.lock().unwrap_or_else(PoisonError::into_inner);
            let library = Library::load(&place.module)?;
            let session = library.log_in(&place, &pin)?;
            work(&session, &place)
        });
        ended.unwrap_or_else(|fault| match fault {
            Fault::CutOff => Err(TokenError::TimedOut { limit }),
            Fault::Failed(text) => Err(TokenError::Failed { source: Cause(text) }),
        })
    }
}

/// A token's library, initialised.
struct Library {
    context: Pkcs11,
    /// Whether this call initialised it, rather than another part of the program.
    ours: bool,
}

impl Library {
    fn load(module: &Path) -> Result<Self, TokenError> {
        let broken = |error: Error| TokenError::Module {
            module: module.to_owned(),
            source: Cause(error.to_string()),
        };
        let context = Pkcs11::new(module).map_err(broken)?;
        match context.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)) {
            Ok(()) => Ok(Self { context, ours: true }),
            Err(Error::Pkcs11(RvError::CryptokiAlreadyInitialized, _)) => {
                Ok(Self { context, ours: false })
            }
            Err(error) => Err(broken(error)),
        }
    }

    fn log_in(&self, place: &Place, pin: &SecretString) -> Result<Session, TokenError> {
        let mut found = Vec::new();
        for slot in self.context.get_slots_with_token().map_err(failed)? {
            let info = self.context.get_token_info(slot).map_err(failed)?;
            if info.label() == place.token {
                found.push(slot);
            }
        }
        let slot = match found.as_slice() {
            [slot] => *slot,
            [] => return Err(TokenError::NoToken { token: place.token.clone() }),
            several => {
                let (name, count) = (place.token.clone(), several.len());
                return Err(TokenError::Ambiguous { name, count });
            }
        };
        let session = self.context.open_rw_session(slot).map_err(failed)?;
        match session.login(UserType::User, Some(pin)) {
            Ok(()) | Err(Error::Pkcs11(RvError::UserAlreadyLoggedIn, _)) => Ok(session),
            Err(Error::Pkcs11(
                RvError::PinIncorrect
                | RvError::PinInvalid
                | RvError::PinLenRange
                | RvError::PinExpired
                | RvError::PinLocked,
                _,
            )) => Err(TokenError::Pin { token: place.token.clone() }),
            Err(error) => Err(failed(error)),
        }
    }
}

impl Drop for Library {
    fn drop(&mut self) {
        if self.ours {
            // The work is done, and there is nothing to do about a library that does not end.
            drop(self.context.clone().finalize());
        }
    }
}

fn find(session: &Session, place: &Place) -> Result<Vec<ObjectHandle>, TokenError> {
    let label = Attribute::Label(place.object.clone().into_bytes());
    let template = [Attribute::Class(ObjectClass::SECRET_KEY), label];
    session.find_objects(&template).map_err(failed)
}

fn the_key(session: &Session, place: &Place) -> Result<ObjectHandle, TokenError> {
    match find(session, place)?.as_slice() {
        [key] => Ok(*key),
        [] => Err(TokenError::NoKey { object: place.object.clone() }),
        several => {
            let (name, count) = (place.object.clone(), several.len());
            Err(TokenError::Ambiguous { name, count })
        }
    }
}

/// A token that does not open what it is given says so in many ways (`SoftHSM2`: a general error),
/// so each means the same: damaged, or another key.
fn gcm(
    iv: &mut [u8; IV_LEN],
    call: impl FnOnce(&Mechanism<'_>) -> Result<Vec<u8>, Error>,
) -> Result<Vec<u8>, TokenError> {
    let params = GcmParams::new(iv, ASSOCIATED, TAG_BITS.into()).map_err(failed)?;
    call(&Mechanism::AesGcm(params)).map_err(|error| match error {
        Error::Pkcs11(RvError::DeviceRemoved | RvError::TokenNotPresent, _) => failed(error),
        _ => TokenError::Unfit,
    })
}

#[expect(clippy::needless_pass_by_value, reason = "taken by `map_err`")]
fn failed(error: Error) -> TokenError {
    TokenError::Failed { source: Cause(error.to_string()) }
}

/// The token refused, or could not be reached.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The library could not be loaded.
    #[error("load the PKCS#11 library {}: it does not start; check the path and its own settings", module.display())]
    Module {
        /// The library.
        module: PathBuf,
        /// What it said.
        #[source]
        source: Cause,
    },
    /// No token has the label.
    #[error("find the PKCS#11 token {token}: there is none; plug it in, or use the recovery code")]
    NoToken {
        /// The label.
        token: String,
    },
    /// The token has no key of the label.
    #[error("find the key {object} on the PKCS#11 token: there is none; use the recovery code")]
    NoKey {
        /// The label.
        object: String,
    },
    /// The token has a key of the label already.
    #[error(
        "make the key {object} on the PKCS#11 token: there is one already; take it, or another label"
    )]
    Exists {
        /// The label.
        object: String,
    },
    /// Several tokens or keys have the label.
    #[error("find {name} by PKCS#11: {count} have that label; give each its own")]
    Ambiguous {
        /// The label.
        name: String,
        /// How many.
        count: usize,
    },
    /// The PIN is wrong, expired or locked.
    #[error("log in to the PKCS#11 token {token}: it refused the PIN; each wrong one counts")]
    Pin {
        /// The label.
        token: String,
    },
    /// The token did not open the sealed key.
    #[error("open the sealed key with the PKCS#11 token: it does not fit; use the recovery code")]
    Unfit,
    /// What the token opened is no key.
    #[error(transparent)]
    NotAKey(#[from] KeyError),
    /// The token did not answer in time.
    #[error("use the PKCS#11 token: no answer within {} s", limit.as_secs_f32())]
    TimedOut {
        /// How long was waited.
        limit: Duration,
    },
    /// Something else.
    #[error("use the PKCS#11 token: it failed; look at its own log")]
    Failed {
        /// What it said.
        #[source]
        source: Cause,
    },
}

/// What the library said, as text.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub struct Cause(String);
