//! One installation: its settings, its vault, its audit log and its profiles. Both programs open
//! the vault and the log here and nowhere else.

use std::path::PathBuf;
use std::sync::{Arc, Mutex};

use spotify_audit::{
    ChainId, Draft, Durability, Keys, Log, LogOptions, Outcome, Pseudonym, Reference, Rotation,
};
use spotify_vault::{
    KeySource, Options, RecoveryCode, SealedVault, SecretBytes, Unlock, Vault, VaultId,
};

use crate::ProfileName;
use crate::app::App;
use crate::rotation::AppTokens;
use crate::store::EventError;

mod account;
mod adopting;
mod agreement;
pub mod alerts;
#[cfg(feature = "backup")]
mod backup;
mod context;
mod control;
pub mod doctor;
mod error;
pub mod events;
#[cfg(feature = "export")]
mod exports;
mod given;
mod graves;
mod home;
mod observer;
mod process;
mod profile;
mod recorder;
mod records;
pub mod registry;
mod renaming;
mod revocation;
pub mod settings;
mod signing;
mod steering;
mod store;
mod unlock;
mod upkeep;
mod watch;

pub use adopting::{AdoptError, Adopted};
pub use agreement::AgreementError;
pub use context::{AskSecret, Asked, Context};
pub use control::ControlError;
pub use error::OpenError;
#[cfg(feature = "export")]
pub use exports::{Exports, ExportsError};
pub use process::protect;
pub use profile::{Profile, ProfileError, SignedInStatus, Status};
pub use recorder::Recorder;
pub use registry::{Entry, Profiles, RegistryError};
pub use revocation::{Copy, Eraser, Revoked};
pub use settings::{Problems, Settings};
pub use signing::{Upkeep, UpkeepError};
pub use steering::Steered;
pub use unlock::{KEYCHAIN_SERVICE, KeyChoice, read_passphrase};
pub use watch::RevocationWatch;

use events::{ProfileEvent, VaultEvent};
use given::GivenStore;
use graves::Graves;
use observer::VaultObserver;
use profile::SharedEndpoint;
use signing::LogKeys;
use store::{ProfileStore, VaultStore};
use upkeep::intend;

/// The tenant of a single person's log.
const TENANT: &str = "t_1";

/// An open installation.
#[derive(Debug)]
pub struct Session {
    settings: Arc<Settings>,
    context: Context,
    backing: Backing,
    recorder: Recorder,
    endpoint: SharedEndpoint,
    graves: Graves,
    erasers: Arc<Mutex<Vec<Arc<dyn Eraser>>>>,
    /// The passphrase that somebody just typed, so that nobody is asked twice.
    typed: Option<Unlock>,
}

/// What is done with the settings file when a vault is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SettingsFile {
    /// One that is sealed and was changed is refused.
    Check,
    /// It is sealed as it is: from now on a changed one is refused.
    Seal,
    /// Its seal is given up.
    Unseal,
}

/// Where grants are.
#[derive(Debug)]
enum Backing {
    Sealed(Arc<SealedVault>),
    /// One, in the environment.
    Given(Box<Profile>),
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
        Self::open_as(settings, context, SettingsFile::Check)
    }

    /// Opens the vault as [`open`](Self::open) does, and does as told with the settings file. It is
    /// the way in when a sealed file was changed on purpose.
    ///
    /// # Errors
    /// As [`open`](Self::open).
    pub fn open_as(
        mut settings: Settings,
        context: Context,
        file: SettingsFile,
    ) -> Result<Self, OpenError> {
        let directory = settings.vault_dir();
        let pinned = SealedVault::pinned(&directory)?;
        if settings.refresh_token.is_some() {
            return match pinned {
                None if file != SettingsFile::Check => Err(OpenError::ReadOnly),
                None => Self::given(settings, context),
                Some(_) => Err(OpenError::GivenAndVault { home: settings.home }),
            };
        }
        let Some(pinned) = pinned else {
            return Err(OpenError::NoVault { home: settings.home });
        };
        home::check(&settings.home)?;
        let (recorder, keys) = open_log(&settings, &context)?;
        let unlock = unlock::unlock(&pinned, &settings, &context).inspect_err(|_| {
            let event = VaultEvent::Refused {
                key_source: Some(observer::kind(&pinned)),
                // The log's key is sealed in the vault.
                signed: Some(false),
                damaged: None,
            };
            note(&recorder, event.draft().outcome(Outcome::Failed).reason("no_key"));
        })?;
        let vault = SealedVault::open(&directory, &unlock, options(&context, &recorder))?;
        match file {
            SettingsFile::Check => drop(vault.check_file(&settings.file)?),
            SettingsFile::Seal => vault.seal_file(&settings.file)?,
            SettingsFile::Unseal => vault.unseal_file()?,
        }
        settings.fetch(Some(&vault))?;
        let asked = |file: &Option<PathBuf>| file.is_none() && context.ask.is_some();
        let typed = Some(unlock).filter(|unlock| match unlock {
            Unlock::Passphrase(_) => asked(&settings.passphrase_file),
            Unlock::Pkcs11 { .. } => asked(&settings.token.pin_file),
            // It can't be read again.
            Unlock::Descriptor(_) => true,
            _ => false,
        });
        let mut session = Self::assemble(settings, context, vault, recorder, &keys);
        session.typed = typed;
        session.keep_buried();
        Ok(session)
    }

    /// Serves the grant that the settings hold. Nothing but the log is written.
    fn given(settings: Settings, context: Context) -> Result<Self, OpenError> {
        let (Some(app), Some(token)) = (&settings.app, &settings.refresh_token) else {
            return Err(OpenError::Profile(ProfileError::NoApp));
        };
        home::make(&settings.home)?;
        let (recorder, _) = open_log(&settings, &context)?;
        let entry = given::entry(&settings, app, context.clock.now());
        let recorder_of_profile = recorder.for_id(&entry.id);
        let (id, clock) = (entry.id.clone(), context.clock.clone());
        let store = GivenStore::new(&settings, app, token, id, recorder_of_profile.clone(), clock)
            .map_err(|source| ProfileError::Store { name: entry.name.clone(), source })?;
        let (settings, endpoint) = (Arc::new(settings), SharedEndpoint::default());
        let profile = Profile::new(
            entry,
            ProfileStore::Given(store),
            Arc::clone(&settings),
            context.clone(),
            recorder_of_profile,
            Arc::clone(&endpoint),
        );
        let (graves, erasers) = (Graves::of(&settings.home), Arc::default());
        let backing = Backing::Given(Box::new(profile));
        Ok(Self { settings, context, backing, recorder, endpoint, graves, erasers, typed: None })
    }

    /// Opens the audit log alone, for what must be written down while the vault stays locked. Its
    /// records hold no references to tokens.
    ///
    /// # Errors
    /// The log may not open.
    pub fn log(settings: &Settings, context: &Context) -> Result<Recorder, OpenError> {
        home::check(&settings.home)?;
        Ok(open_log(settings, context)?.0)
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
        home::make(&settings.home)?;
        let (recorder, keys) = open_log(&settings, &context)?;
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
        Ok((Self::assemble(settings, context, vault, recorder, &keys), recovery))
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
        let (recorder, keys) = open_log(&settings, &context)?;
        let from = Unlock::Recovery(code);
        let vault = SealedVault::open(&directory, &from, options(&context, &recorder))?;
        intend(&recorder, VaultEvent::Rekeying { from: observer::kind(&from.source()) })?;
        let to = unlock::make(choice, vault.id(), &settings, &context)?;
        rekey(&vault, &from, &to)?;
        Ok(Self::assemble(settings, context, vault, recorder, &keys))
    }

    fn assemble(
        settings: Settings,
        context: Context,
        vault: SealedVault,
        recorder: Recorder,
        keys: &LogKeys,
    ) -> Self {
        let graves = Graves::of(&settings.home);
        let (endpoint, erasers) = (SharedEndpoint::default(), Arc::default());
        let (settings, vault) = (Arc::new(settings), Arc::new(vault));
        keys.unlock(&vault);
        let backing = Backing::Sealed(vault);
        let session =
            Self { settings, context, backing, recorder, endpoint, graves, erasers, typed: None };
        if let Err(error) = session.tend() {
            tracing::error!(%error, "the audit log is written, but not looked after");
        }
        session
    }

    /// Looks after the audit log: gives it its first signing key, replaces one after a day or a
    /// million records, and then packs and removes what is old. Opening a session does so. Quick
    /// when nothing is due.
    ///
    /// # Errors
    /// See [`UpkeepError`]. What was begun is completed the next time.
    pub fn tend(&self) -> Result<(), UpkeepError> {
        self.upkeep().map_or(Ok(()), |upkeep| upkeep.run())
    }

    /// Returns what a program that runs for longer does now and then, as [`tend`](Self::tend).
    /// `None` where there is no vault.
    pub fn upkeep(&self) -> Option<Upkeep> {
        let vault = Arc::clone(self.sealed().ok()?);
        Some(Upkeep::new(vault, &self.recorder, &self.context, &self.settings))
    }

    /// Returns the key to check the audit log with, for an auditor who gets it apart from the log:
    /// the log's first one, which leads to all later ones. A C2SP verifier key. `None` where there
    /// is no vault, and so no signature.
    ///
    /// # Errors
    /// See [`UpkeepError`].
    pub fn log_key(&self) -> Result<Option<String>, UpkeepError> {
        match &self.backing {
            Backing::Given(_) => Ok(None),
            Backing::Sealed(vault) => signing::root(vault),
        }
    }

    /// Returns what stands in the audit log for a token, so that one that was seen elsewhere can
    /// be looked for there. `None` where there is no vault, and so no key.
    pub fn reference_to(&self, token: &[u8]) -> Option<Reference> {
        self.recorder.log().reference(token)
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

    /// Returns the vault.
    fn sealed(&self) -> Result<&Arc<SealedVault>, OpenError> {
        match &self.backing {
            Backing::Sealed(vault) => Ok(vault),
            Backing::Given(_) => Err(OpenError::ReadOnly),
        }
    }

    /// Seals a secret for one key of the settings file, `client_secret` for example. The text goes
    /// into the file.
    ///
    /// # Errors
    /// See [`OpenError`].
    pub fn seal_setting(&self, key: &str, value: &SecretBytes) -> Result<String, OpenError> {
        Ok(self.sealed()?.seal_setting(key, value)?)
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
        if let Backing::Given(profile) = &self.backing {
            return Ok(vec![Profile::clone(profile)]);
        }
        let profiles = Profiles::read(self.sealed()?.as_ref(), &self.graves)?;
        profiles.entries().iter().map(|entry| self.open_profile(entry.clone())).collect()
    }

    /// Opens a profile: the named one, else the one of the settings, else `default`.
    ///
    /// # Errors
    /// There may be no such profile.
    pub fn profile(&self, name: Option<&ProfileName>) -> Result<Profile, OpenError> {
        let name = self.settings.chosen(name);
        if let Backing::Given(profile) = &self.backing {
            let found = (*profile.name() == name).then(|| Profile::clone(profile));
            return Ok(found.ok_or(RegistryError::Unknown(name))?);
        }
        let entry = Profiles::read(self.sealed()?.as_ref(), &self.graves)?.find(&name).cloned();
        self.open_profile(entry.ok_or(RegistryError::Unknown(name))?)
    }

    /// Makes a profile.
    ///
    /// # Errors
    /// A living profile may have the name.
    pub fn create_profile(&self, name: &ProfileName) -> Result<Profile, OpenError> {
        let now = self.context.clock.now();
        let (vault, entropy) = (self.sealed()?.as_ref(), &self.context.entropy);
        let entry = Profiles::add(vault, &self.graves, name, now, entropy)?;
        let profile = self.open_profile(entry)?;
        let event = ProfileEvent::Created { subject: revocation::subject_in(vault, profile.id())? };
        write(profile.recorder(), event.draft().outcome(Outcome::Ok))?;
        Ok(profile)
    }

    /// Moves the vault's key to another source and removes it from the old one.
    ///
    /// # Errors
    /// See [`OpenError`]. The vault keeps one working source at every moment; when only the
    /// removal of the old key fails, the error says so.
    pub fn rekey(&self, choice: KeyChoice) -> Result<KeySource, OpenError> {
        let vault = self.sealed()?;
        let old = self.key_source()?;
        intend(&self.recorder, VaultEvent::Rekeying { from: observer::kind(&old) })?;
        let fetched = match &self.typed {
            Some(typed) if typed.source() == old => None,
            _ => Some(unlock::unlock(&old, &self.settings, &self.context)?),
        };
        let to = unlock::make(choice, vault.id(), &self.settings, &self.context)?;
        let new = to.source();
        if let Some(from) = fetched.as_ref().or(self.typed.as_ref()) {
            rekey(vault, from, &to)?;
        }
        unlock::forget(&old)?;
        Ok(new)
    }

    /// Returns where an app's own token comes from (Client Credentials): Spotify's catalogue, and
    /// nothing of anybody's account. Nothing of it is kept.
    ///
    /// # Errors
    /// [`ProfileError::NoAppSecret`] when no app with its secret is configured.
    pub fn app_tokens(&self) -> Result<AppTokens, ProfileError> {
        let app = self.settings.app.as_ref().filter(|app| app.secret.is_some());
        let app = app.map(App::duplicate).ok_or(ProfileError::NoAppSecret)?;
        let endpoint = profile::endpoint(&self.endpoint, &self.settings)?;
        let (clock, entropy) = (self.context.clock.clone(), self.context.entropy.clone());
        Ok(AppTokens::new(app, endpoint, clock, entropy))
    }

    fn open_profile(&self, entry: Entry) -> Result<Profile, OpenError> {
        let vault: Arc<dyn Vault> = Arc::<SealedVault>::clone(self.sealed()?);
        let recorder = self.recorder.for_id(&entry.id);
        let (settings, context) = (Arc::clone(&self.settings), self.context.clone());
        let endpoint = Arc::clone(&self.endpoint);
        let store = VaultStore::new(vault, &entry.id, self.graves.clone())?;
        let store = ProfileStore::Vault(Arc::new(store));
        Ok(Profile::new(entry, store, settings, context, recorder, endpoint))
    }
}

impl Drop for Session {
    /// Signs the log while there is a key to sign it with.
    fn drop(&mut self) {
        if let Backing::Sealed(_) = self.backing
            && let Err(error) = self.recorder.log().checkpoint()
        {
            tracing::warn!(%error, "the audit log's last records are not signed");
        }
    }
}

/// Opens the log before the vault, so that a failure to unlock can be written down.
fn open_log(settings: &Settings, context: &Context) -> Result<(Recorder, Arc<LogKeys>), OpenError> {
    let keys = Arc::<LogKeys>::default();
    let clock = context.clock.clone();
    let options = LogOptions {
        clock: Arc::new(move || clock.now()),
        boot_clock: Arc::clone(&context.boot_clock),
        keys: Some(Arc::<LogKeys>::clone(&keys) as Arc<dyn Keys>),
        tenant: Pseudonym::new(TENANT).expect("the tenant of this file is a pseudonym"),
        host: context.host.clone(),
        new_chain: ChainId::from_random(*context.entropy.bytes::<16>()),
        rotation: Rotation::default(),
    };
    let log = Log::open(&settings.audit_dir(), options)?;
    let actor = context.actor.clone();
    Ok((Recorder::new(Arc::new(log), Arc::clone(&keys), actor, settings.on_failure), keys))
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
    written.map_err(|error| EventError(Arc::new(error)).into())
}

/// Writes a record about a failure that is reported anyway.
fn note(recorder: &Recorder, draft: Draft) {
    if let Err(error) = recorder.record_blocking(draft, Durability::After) {
        tracing::error!(%error, "the audit log could not be written");
    }
}
