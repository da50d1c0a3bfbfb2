//! One installation: its settings, its vault, its audit log and its profiles. Both programs open
//! the vault and the log here and nowhere else.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use secrecy::SecretBox;
use spotify_audit::{
    ChainId, Draft, Durability, Keys, Log, LogOptions, Outcome, Pseudonym, ReferenceKey, Stage,
};
use spotify_vault::{
    KeySource, KeychainError, Options, RecoveryCode, SealedVault, Unlock, Vault, VaultError,
    VaultId,
};

use crate::ProfileName;
use crate::store::EventError;

pub mod alerts;
mod context;
pub mod events;
mod observer;
mod process;
mod profile;
mod recorder;
pub mod registry;
pub mod settings;
mod store;
mod unlock;

pub use context::{AskPassphrase, Context};
pub use process::protect;
pub use profile::{Profile, ProfileError, SignedInStatus, Status};
pub use recorder::Recorder;
pub use registry::{Entry, Profiles, RegistryError};
pub use settings::{Problems, Settings};
pub use unlock::{KEYCHAIN_SERVICE, KeyChoice, read_passphrase};

use observer::VaultObserver;
use profile::SharedEndpoint;
use recorder::KeySlot;

/// The tenant of a single person's log.
const TENANT: &str = "t_1";
/// What the vault's key for references in the log is called there.
const REFERENCE_KEY: &str = "k1";

/// An open installation.
#[derive(Debug)]
pub struct Session {
    settings: Arc<Settings>,
    context: Context,
    vault: Arc<SealedVault>,
    recorder: Recorder,
    endpoint: SharedEndpoint,
}

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
    /// A passphrase is needed, but there is no terminal.
    #[error(
        "the vault is unlocked by a passphrase, and there is no terminal to ask for it: set `SPOTIFY_MCP_PASSPHRASE_FILE`, or move the key with `spotify-admin enable-keychain`"
    )]
    NobodyToAsk,
    /// The person could not be asked.
    #[error("asking for the vault's passphrase")]
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
    /// The audit log can't be written.
    #[error(transparent)]
    Audit(#[from] EventError),
    /// The list of profiles can't be used.
    #[error(transparent)]
    Registry(#[from] RegistryError),
    /// A profile can't be used.
    #[error(transparent)]
    Profile(#[from] ProfileError),
}

/// What a revocation did.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Revoked {
    /// The profile.
    pub entry: Entry,
    /// Whether it had been revoked before.
    pub again: bool,
    /// How many sealed records were erased.
    pub records: usize,
}

impl Session {
    /// Whether there is a vault in the home directory.
    ///
    /// # Errors
    /// The directory may be unreadable.
    pub fn exists(settings: &Settings) -> Result<bool, OpenError> {
        Ok(SealedVault::pinned(&settings.vault_dir())?.is_some())
    }

    /// Opens the vault with the key it is pinned to. May block on files, the keychain and a person.
    ///
    /// # Errors
    /// See [`OpenError`]. A failure to unlock stands in the audit log, too.
    pub fn open(settings: Settings, context: Context) -> Result<Self, OpenError> {
        let directory = settings.vault_dir();
        let Some(pinned) = SealedVault::pinned(&directory)? else {
            return Err(OpenError::NoVault { home: settings.home });
        };
        let (recorder, key) = open_log(&settings, &context)?;
        let unlock = unlock::unlock(&pinned, &settings, &context).inspect_err(|_| {
            let draft = events::VAULT_REFUSED.draft().outcome(Outcome::Failed).reason("no_key");
            note(&recorder, draft.with("key_source", observer::kind(&pinned)));
        })?;
        let vault = SealedVault::open(&directory, &unlock, options(&context, &recorder))?;
        Ok(Self::assemble(settings, context, vault, recorder, &key))
    }

    /// Makes a vault whose key lives where the person chose. The recovery code is to be shown once.
    ///
    /// # Errors
    /// See [`OpenError`]. An existing vault is never replaced.
    pub fn create(
        settings: Settings,
        context: Context,
        choice: KeyChoice,
    ) -> Result<(Self, RecoveryCode), OpenError> {
        make_home(&settings.home)?;
        let (recorder, key) = open_log(&settings, &context)?;
        if Self::exists(&settings)? {
            return Err(OpenError::VaultExists { home: settings.home });
        }
        let id = VaultId::generate(&mut context.entropy.clone());
        let unlock = unlock::make(choice, id, &settings, &context)?;
        let created = SealedVault::create(
            &settings.vault_dir(),
            &unlock,
            options(&context, &recorder).vault_id(id),
        );
        let (vault, recovery) = created.inspect_err(|_| {
            // The key of a vault that was not made is of no use to anybody.
            if let Err(error) = unlock::forget(&unlock.source()) {
                tracing::warn!(%error, "a new key could not be removed");
            }
        })?;
        Ok((Self::assemble(settings, context, vault, recorder, &key), recovery))
    }

    /// Opens the vault with its recovery code, and gives it a new key in the place that was chosen.
    /// The lost key opens it no more; the recovery code goes on.
    ///
    /// # Errors
    /// See [`OpenError`]. Where it fails, the vault is as it was.
    pub fn recover(
        settings: Settings,
        context: Context,
        code: RecoveryCode,
        choice: KeyChoice,
    ) -> Result<Self, OpenError> {
        let directory = settings.vault_dir();
        if !Self::exists(&settings)? {
            return Err(OpenError::NoVault { home: settings.home });
        }
        let (recorder, key) = open_log(&settings, &context)?;
        let from = Unlock::Recovery(code);
        let vault = SealedVault::open(&directory, &from, options(&context, &recorder))?;
        let draft = events::VAULT_REKEYED.draft().stage(Stage::Intent);
        write(&recorder, draft.with("from", observer::kind(&from.source())))?;
        let to = unlock::make(choice, vault.id(), &settings, &context)?;
        rekey(&vault, &from, &to)?;
        Ok(Self::assemble(settings, context, vault, recorder, &key))
    }

    fn assemble(
        settings: Settings,
        context: Context,
        vault: SealedVault,
        recorder: Recorder,
        key: &KeySlot,
    ) -> Self {
        let reference = ReferenceKey::new(
            REFERENCE_KEY,
            SecretBox::new(Box::new(*vault.derive("audit-reference").expose())),
        );
        let reference = reference.expect("the name of the key is one of this file");
        key.get_or_init(|| Arc::new(reference));
        let (settings, vault) = (Arc::new(settings), Arc::new(vault));
        Self { settings, context, vault, recorder, endpoint: SharedEndpoint::default() }
    }

    /// Returns the settings.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns the surroundings.
    pub fn context(&self) -> &Context {
        &self.context
    }

    /// Returns a recorder that names no profile.
    pub fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    /// Returns where the vault's key lives.
    ///
    /// # Errors
    /// The header may be unreadable.
    pub fn key_source(&self) -> Result<KeySource, OpenError> {
        let pinned = SealedVault::pinned(&self.settings.vault_dir())?;
        pinned.ok_or_else(|| OpenError::NoVault { home: self.settings.home.clone() })
    }

    /// Returns all profiles, revoked ones included.
    ///
    /// # Errors
    /// The list may be unreadable.
    pub fn profiles(&self) -> Result<Vec<Profile>, OpenError> {
        let profiles = Profiles::read(self.vault.as_ref())?;
        profiles.entries().iter().map(|entry| self.open_profile(entry.clone())).collect()
    }

    /// Opens a profile: the named one, else the one of the settings, else `default`.
    ///
    /// # Errors
    /// There may be no such profile.
    pub fn profile(&self, name: Option<&ProfileName>) -> Result<Profile, OpenError> {
        let name = self.chosen(name);
        let entry = Profiles::read(self.vault.as_ref())?.find(&name).cloned();
        self.open_profile(entry.ok_or(RegistryError::Unknown(name))?)
    }

    /// Returns the name that counts: the given one, else the one of the settings, else `default`.
    pub fn chosen(&self, name: Option<&ProfileName>) -> ProfileName {
        name.or(self.settings.profile.as_ref()).cloned().unwrap_or_else(ProfileName::fallback)
    }

    /// Makes a profile.
    ///
    /// # Errors
    /// A living profile may have the name.
    pub fn create_profile(&self, name: &ProfileName) -> Result<Profile, OpenError> {
        let now = self.context.clock.now();
        let entry = Profiles::add(self.vault.as_ref(), name, now, &self.context.entropy)?;
        let profile = self.open_profile(entry)?;
        write(profile.recorder(), events::PROFILE_CREATED.draft().outcome(Outcome::Ok))?;
        Ok(profile)
    }

    /// Revokes a profile: first it is marked, so that no running program uses it again, then its
    /// key is erased, and with it everything that was sealed under it. Revoking again is no error.
    ///
    /// Spotify offers no revocation: the person removes the app on the account page.
    ///
    /// # Errors
    /// See [`OpenError`]. What was not erased is an error, never a silence.
    pub fn revoke(&self, name: Option<&ProfileName>) -> Result<Revoked, OpenError> {
        let profile = self.profile(name)?;
        let recorder = profile.recorder();
        let draft = || events::PROFILE_REVOKED.draft();
        write(recorder, draft().stage(Stage::Intent))?;
        let outcome = self.revoke_profile(&profile);
        let end = draft().stage(Stage::Outcome);
        match &outcome {
            Ok(revoked) => {
                let records = u64::try_from(revoked.records).unwrap_or(u64::MAX);
                write(recorder, end.outcome(Outcome::Ok).with("records", records))?;
            }
            Err(_) => note(recorder, end.outcome(Outcome::Failed).reason("not_erased")),
        }
        outcome
    }

    fn revoke_profile(&self, profile: &Profile) -> Result<Revoked, OpenError> {
        let again = matches!(profile.status(), Ok(Status::Revoked { .. }));
        let entry =
            Profiles::mark_revoked(self.vault.as_ref(), profile.name(), self.context.clock.now())?;
        let destroyed = self.vault.destroy(&store::subject(profile.id())?)?;
        Ok(Revoked { entry, again, records: destroyed.records })
    }

    /// Moves the vault's key to another source and removes it from the old one.
    ///
    /// # Errors
    /// See [`OpenError`]. The vault keeps one working source at every moment; when only the
    /// removal of the old key fails, the error says so.
    pub fn rekey(&self, choice: KeyChoice) -> Result<KeySource, OpenError> {
        let old = self.key_source()?;
        let draft = events::VAULT_REKEYED.draft().stage(Stage::Intent);
        write(&self.recorder, draft.with("from", observer::kind(&old)))?;
        let from = unlock::unlock(&old, &self.settings, &self.context)?;
        let to = unlock::make(choice, self.vault.id(), &self.settings, &self.context)?;
        let new = to.source();
        rekey(&self.vault, &from, &to)?;
        unlock::forget(&old)?;
        Ok(new)
    }

    fn open_profile(&self, entry: Entry) -> Result<Profile, OpenError> {
        let vault: Arc<dyn Vault> = Arc::<SealedVault>::clone(&self.vault);
        let recorder = match Pseudonym::new(entry.id.as_str()) {
            Ok(pseudonym) => self.recorder.for_profile(pseudonym),
            Err(_) => self.recorder.clone(),
        };
        let (settings, context) = (Arc::clone(&self.settings), self.context.clone());
        let endpoint = Arc::clone(&self.endpoint);
        Ok(Profile::new(entry, vault, settings, context, recorder, endpoint)?)
    }
}

/// Opens the log before the vault, so that a failure to unlock can be written down.
fn open_log(settings: &Settings, context: &Context) -> Result<(Recorder, KeySlot), OpenError> {
    let key: KeySlot = Arc::new(OnceLock::new());
    let clock = context.clock.clone();
    let options = LogOptions {
        clock: Arc::new(move || clock.now()),
        boot_clock: Arc::clone(&context.boot_clock),
        keys: Some(Arc::<OnceLock<Arc<ReferenceKey>>>::clone(&key) as Arc<dyn Keys>),
        tenant: Pseudonym::new(TENANT).expect("the tenant of this file is a pseudonym"),
        host: context.host.clone(),
        new_chain: ChainId::from_random(*context.entropy.bytes::<16>()),
    };
    let log = Log::open(&settings.audit_dir(), options)?;
    Ok((Recorder::new(Arc::new(log), Arc::clone(&key), context.actor.clone()), key))
}

fn options(context: &Context, recorder: &Recorder) -> Options {
    let clock = context.clock.clone();
    Options::new(context.entropy.clone(), move || clock.now())
        .observer(Arc::new(VaultObserver(recorder.clone())))
        .kdf(context.kdf)
}

/// Puts a new key in the place of `from`; one that does not come into force is removed.
fn rekey(vault: &SealedVault, from: &Unlock, to: &Unlock) -> Result<(), OpenError> {
    let rekeyed = vault.rekey(from, to).inspect_err(|_| {
        if let Err(error) = unlock::forget(&to.source()) {
            tracing::warn!(%error, "a new key could not be removed");
        }
    });
    Ok(rekeyed?)
}

/// Writes a record and waits until it is durable.
fn write(recorder: &Recorder, draft: Draft) -> Result<(), OpenError> {
    let written = recorder.record_blocking(draft, Durability::After);
    written.map(drop).map_err(|error| EventError(Arc::new(error)).into())
}

/// Writes a record about a failure that is reported anyway.
fn note(recorder: &Recorder, draft: Draft) {
    if let Err(error) = recorder.record_blocking(draft, Durability::After) {
        tracing::error!(%error, "the audit log could not be written");
    }
}

fn make_home(home: &Path) -> Result<(), OpenError> {
    let failed = |problem: String| OpenError::Home { home: home.to_owned(), problem };
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::{DirBuilderExt as _, PermissionsExt as _};
        builder.mode(0o700);
        builder.create(home).map_err(|error| failed(error.to_string()))?;
        let mode = std::fs::metadata(home)
            .map_err(|error| failed(error.to_string()))?
            .permissions()
            .mode();
        if mode & 0o022 != 0 {
            return Err(failed("others may write to it; run `chmod go-w` on it".to_owned()));
        }
    }
    #[cfg(not(unix))]
    builder.create(home).map_err(|error| failed(error.to_string()))?;
    Ok(())
}
