//! An installation in a temporary directory, and a local Spotify to sign in to.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use spotify_audit::{Entry, Query, Reader};
use spotify_auth::session::{
    Context, KeyChoice, OpenError, Problems, Profile, Session, Settings, SettingsFile,
};
use spotify_auth::sign_in::{SignInError, SignIns, SignedIn};
use spotify_auth::{Clock, ScopeSet};
use spotify_sim::{Builder, Simulator};
use tempfile::TempDir;

use crate::schema::CheckedLog;

/// The scopes that the tests ask for.
pub(crate) const SCOPES: &str = "playlist-modify-private user-read-private";
/// 2026-11-02T09:00:00Z, where the simulator's clock starts, too.
const START: i64 = 1_793_610_000;

/// The vault's key in the environment.
pub(crate) const MASTER_KEY: &str = "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urqwE=";

pub(crate) struct Bench {
    pub(crate) sim: Simulator,
    _log: CheckedLog,
    pub(crate) home: TempDir,
    pub(crate) extra: Mutex<BTreeMap<String, String>>,
    now: Arc<AtomicI64>,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::with(Simulator::builder()).await
    }

    pub(crate) async fn with(builder: Builder) -> Self {
        let home = tempfile::tempdir().unwrap();
        let (extra, now) = (Mutex::default(), Arc::new(AtomicI64::new(START)));
        let log = CheckedLog::of(home.path());
        Self { sim: builder.start().await, _log: log, home, extra, now }
    }

    /// Moves the installation's clock and Spotify's.
    pub(crate) fn advance(&self, by: Duration) {
        self.sim.advance(by);
        self.advance_here(by);
    }

    /// Moves the installation's clock alone.
    pub(crate) fn advance_here(&self, by: Duration) {
        self.now.fetch_add(i64::try_from(by.as_secs()).unwrap(), Ordering::SeqCst);
    }

    pub(crate) fn now(&self) -> Timestamp {
        Timestamp::from_second(self.now.load(Ordering::SeqCst)).unwrap()
    }

    pub(crate) fn set(&self, name: &str, value: &str) {
        self.extra.lock().unwrap().insert(name.to_owned(), value.to_owned());
    }

    pub(crate) fn settings(&self) -> Settings {
        self.try_settings().unwrap()
    }

    pub(crate) fn try_settings(&self) -> Result<Settings, Problems> {
        let mut environment = BTreeMap::from(
            [
                ("SPOTIFY_MCP_HOME", self.home.path().to_str().unwrap()),
                ("SPOTIFY_CLIENT_ID", self.sim.client_id()),
                ("SPOTIFY_ACCOUNTS_URL", self.sim.accounts_url()),
                ("SPOTIFY_API_URL", self.sim.api_url()),
                ("SPOTIFY_MCP_MASTER_KEY", MASTER_KEY),
            ]
            .map(|(name, value)| (name.to_owned(), value.to_owned())),
        );
        environment.extend(self.extra.lock().unwrap().clone());
        environment.retain(|_, value| !value.is_empty());
        Settings::load(&environment)
    }

    pub(crate) fn context(&self) -> Context {
        let (now, since_boot) = (Arc::clone(&self.now), Arc::clone(&self.now));
        Context {
            clock: Clock::new(move || Timestamp::from_second(now.load(Ordering::SeqCst)).unwrap()),
            boot_clock: Arc::new(move || {
                Duration::from_secs(since_boot.load(Ordering::SeqCst).abs_diff(START) + 60)
            }),
            ..Context::system("spotify-auth-tests", "0.0.0", None)
        }
    }

    /// Makes the vault with its key in the environment.
    pub(crate) fn create(&self) -> Session {
        Session::create(self.settings(), self.context(), KeyChoice::Environment).unwrap().0
    }

    pub(crate) fn open(&self) -> Result<Session, OpenError> {
        Session::open(self.settings(), self.context())
    }

    pub(crate) fn open_as(&self, file: SettingsFile) -> Result<Session, OpenError> {
        Session::open_as(self.settings(), self.context(), file)
    }

    /// Makes the vault and a profile.
    pub(crate) fn with_profile(&self) -> (Session, Profile) {
        let session = self.create();
        let profile = session.create_profile(&"work".parse().unwrap()).unwrap();
        (session, profile)
    }

    /// Makes the vault and a profile, and signs in.
    pub(crate) async fn signed_in(&self) -> (Session, Profile) {
        let (session, profile) = self.with_profile();
        self.sign_in(&profile).await.unwrap();
        (session, profile)
    }

    /// Signs in as a person with a browser does: opens the address, approves, follows the redirect.
    pub(crate) async fn sign_in(&self, profile: &Profile) -> Result<SignedIn, SignInError> {
        let desk = desk(profile);
        let begun = desk.begin().await?;
        let redirect = self.sim.approve(begun.url.as_str()).await.unwrap();
        redirect.follow().await.unwrap();
        begun.finished().await
    }

    /// Returns the records of the audit log.
    pub(crate) fn log(&self) -> Vec<Entry> {
        let reader = Reader::open(&self.home.path().join("audit"), Query::default()).unwrap();
        reader.map(|entry| entry.unwrap()).collect()
    }

    /// Returns how often a code stands in the audit log.
    pub(crate) fn logged(&self, code: &str) -> usize {
        self.log().iter().filter(|entry| entry.code() == code).count()
    }
}

pub(crate) fn desk(profile: &Profile) -> SignIns {
    profile.sign_ins(SCOPES.parse::<ScopeSet>().unwrap()).unwrap()
}

/// Returns every file below a directory, with its content.
pub(crate) fn files(directory: &Path) -> Vec<(String, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else {
            found.push((path.display().to_string(), std::fs::read(&path).unwrap()));
        }
    }
    found
}

/// Copies a directory with all that is in it.
pub(crate) fn copy_directory(from: &Path, to: &Path) {
    std::fs::create_dir(to).unwrap();
    std::fs::set_permissions(to, std::fs::metadata(from).unwrap().permissions()).unwrap();
    for entry in std::fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy_directory(&path, &target);
        } else {
            std::fs::copy(&path, &target).unwrap();
        }
    }
}

/// Writes a file that only its owner may use.
#[expect(clippy::disallowed_methods, reason = "a test writes what a person or an intruder would")]
pub(crate) fn write_private(path: &Path, bytes: &[u8]) {
    std::fs::write(path, bytes).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
}
