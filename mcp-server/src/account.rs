//! The one profile that this server acts for: its client of the Web API and its sign-ins.

use std::{
    collections::BTreeSet,
    error::Error,
    fmt,
    path::PathBuf,
    sync::{self, Arc, PoisonError},
    time::Duration,
};

use http::HeaderValue;
use jiff::Timestamp;
use serde_json::Value;
use spotify_api::{
    AuthorizeError, Client, Learned, LearnedState, LimitState, Regime, Scope, client::BuildError,
};
use spotify_audit::StorageError;
use spotify_auth::{
    Clock, Policy, ProfileId, ScopeSet, TokenSource,
    rotation::{BearerError, Class},
    session::{Eraser, Profile, ProfileError, Session, Status},
    sign_in::SignIns,
};
use tokio::sync::{Mutex, MutexGuard, OnceCell};

use crate::{
    dispatch::{chain, operations},
    journal::{Change, Journal, JournalError},
    tools::Selection,
};

mod activity;
mod remembered;
mod seen;
mod setup;
mod suggestions;

use self::{remembered::Remembered, seen::Seen, suggestions::Suggestions};

/// What the server calls itself at Spotify.
const PROGRAM: &str = concat!("spotify-mcp/", env!("CARGO_PKG_VERSION"));
/// How many requests are under way at once: a client's ten calls at a time take one turn. Spotify
/// counts the requests of thirty seconds, not those under way.
const REQUESTS: usize = 10;

/// The profile that this server acts for.
pub(crate) struct Account {
    profile: Profile,
    api: String,
    regime: Regime,
    scopes: ScopeSet,
    retention: Duration,
    clock: Clock,
    creating: Mutex<()>,
    /// Replaced by an empty one when the profile is revoked.
    access: sync::Mutex<Arc<OnceCell<Access>>>,
    sign_ins: OnceCell<SignIns>,
    seen: Seen,
    suggestions: Suggestions,
    log: PathBuf,
}

/// What requests are made with.
#[derive(Debug)]
struct Access {
    client: Client,
    tokens: TokenSource,
    /// What an earlier run left.
    remembered: Remembered,
}

/// The account cannot be used.
#[derive(Debug, thiserror::Error)]
pub(crate) enum AccountError {
    /// The profile cannot be used.
    #[error(transparent)]
    Profile(#[from] ProfileError),
    /// The changes that can be undone cannot be used.
    #[error(transparent)]
    Journal(#[from] JournalError),
    /// The audit log cannot be read.
    #[error("read the audit log")]
    Log(#[source] StorageError),
    /// The client of the Web API cannot be set up.
    #[error("prepare requests to the Web API")]
    Client(#[source] BuildError),
    /// The program is stopping.
    #[error("the program is stopping")]
    Stopped,
}

impl Account {
    /// Takes a profile of a session for a selection of the tools. Makes no request.
    pub(crate) fn new(session: &Session, profile: Profile, selection: &Selection) -> Self {
        let api = session.settings().origins.api().as_str().to_owned();
        // Both sides have the same four words; spotify-auth knows nothing of the Web API.
        let regime = session.settings().api_regime.as_str().parse().unwrap_or_default();
        let scopes = scope_set(selection.scopes(regime));
        let retention = Duration::from_hours(24 * u64::from(selection.undo_days()));
        Self {
            profile,
            api,
            regime,
            scopes,
            retention,
            clock: session.context().clock.clone(),
            creating: Mutex::new(()),
            access: sync::Mutex::default(),
            sign_ins: OnceCell::new(),
            seen: Seen::default(),
            suggestions: Suggestions::default(),
            log: session.settings().audit_dir(),
        }
    }

    /// Waits until nobody else creates something by a key.
    pub(crate) async fn alone(&self) -> MutexGuard<'_, ()> {
        self.creating.lock().await
    }

    /// Returns the changes that can be undone.
    pub(crate) async fn journal(&self) -> Result<Journal, AccountError> {
        self.blocking(|profile| Ok(Journal::read(&profile)?)).await
    }

    /// Keeps what it takes to undo a change; `None` where the operator wants none kept, or it fails.
    pub(crate) async fn keep(
        &self,
        now: Timestamp,
        tool: &'static str,
        change: Change,
    ) -> Option<u64> {
        let retention = self.retention;
        if retention.is_zero() {
            return None;
        }
        let kept =
            self.blocking(move |profile| Ok(Journal::add(&profile, now, retention, tool, change)?));
        match kept.await {
            Ok(number) => Some(number),
            Err(error) => {
                tracing::warn!(error = %chain(&error), "what it takes to undo a change is not kept");
                None
            }
        }
    }

    /// Records that a change was undone.
    pub(crate) async fn undone(&self, number: u64) {
        if let Err(error) =
            self.blocking(move |profile| Ok(Journal::undone(&profile, number)?)).await
        {
            tracing::warn!(error = %chain(&error), "that a change was undone is not kept");
        }
    }

    /// Returns what a sign-in asks for: what the offered tools need, and no more.
    pub(crate) const fn scopes(&self) -> &ScopeSet {
        &self.scopes
    }

    /// Returns the profile's name.
    pub(crate) fn name(&self) -> &str {
        self.profile.name().as_str()
    }

    /// Returns what the operator asks of the profile now.
    pub(crate) async fn policy(&self) -> Result<Policy, AccountError> {
        self.blocking(|profile| Ok(profile.policy()?)).await
    }

    /// Returns the regime that is assumed.
    pub(crate) fn regime(&self) -> Regime {
        self.access().get().map_or(self.regime, |access| access.client.regime())
    }

    /// Returns the client of the Web API, which asks for a token with each request.
    pub(crate) async fn client(&self) -> Result<Client, AccountError> {
        let access = self.access();
        let made = access.get_or_try_init(async || {
            let (api, regime, clock) = (self.api.clone(), self.regime, self.clock.clone());
            self.blocking(move |profile| Access::new(api, regime, clock, &profile)).await
        });
        Ok(made.await?.client.clone())
    }

    /// Remembers what a result shows.
    pub(crate) fn showed(&self, result: &Value) {
        self.seen.learn(result);
    }

    /// Returns what completions were made of lately.
    pub(crate) const fn suggestions(&self) -> &Suggestions {
        &self.suggestions
    }

    /// Finds what a wrong URI, link or id may have been meant to be.
    pub(crate) fn meant(&self, wrong: &str) -> Option<String> {
        self.seen.meant(wrong)
    }

    /// Returns what Spotify's limits close, and what was learned about the app, if anything can be
    /// known yet.
    pub(crate) async fn limits(&self) -> Option<(LimitState, LearnedState)> {
        let client = self.client().await.ok()?;
        Some((client.limits()?, client.learned().state(self.clock.now())))
    }

    /// Returns where the person signs in.
    ///
    /// A profile that was revoked or suspended since is refused now, not when the person has approved in vain.
    pub(crate) async fn sign_ins(&self) -> Result<&SignIns, AccountError> {
        let name = || self.profile.name().clone();
        match self.status().await? {
            Status::Revoked { at } => {
                return Err(ProfileError::Revoked { name: name(), at }.into());
            }
            Status::Suspended { at } => {
                return Err(ProfileError::Suspended { name: name(), at }.into());
            }
            _ => {}
        }
        self.sign_ins
            .get_or_try_init(async || {
                let scopes = self.scopes.clone();
                self.blocking(move |profile| Ok(profile.sign_ins(scopes)?)).await
            })
            .await
    }

    /// Returns how many sign-ins wait for an answer.
    pub(crate) async fn pending(&self) -> usize {
        match self.sign_ins.get() {
            Some(sign_ins) => sign_ins.pending().await,
            None => 0,
        }
    }

    /// Returns what is known of the sign-in.
    pub(crate) async fn status(&self) -> Result<Status, AccountError> {
        self.blocking(|profile| Ok(profile.status()?)).await
    }

    /// Ends what was begun: a token that is being renewed is still sealed, for the old one may be
    /// spent already; a browser that is being answered still gets its page.
    pub(crate) async fn close(&self) {
        if let Some(sign_ins) = self.sign_ins.get() {
            sign_ins.close().await;
        }
        if let Some(access) = self.access().get() {
            access.tokens.settled().await;
            self.remember(access).await;
        }
    }

    fn access(&self) -> Arc<OnceCell<Access>> {
        Arc::clone(&self.lock())
    }

    /// A place for an access has no invariant that a panic elsewhere could have broken.
    fn lock(&self) -> sync::MutexGuard<'_, Arc<OnceCell<Access>>> {
        self.access.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Keeps what the next run should know, when that is something new.
    async fn remember(&self, access: &Access) {
        let known = Remembered::of(&access.client, self.clock.now());
        if known != access.remembered {
            let kept = self.blocking(move |profile| {
                known.write(&profile);
                Ok(())
            });
            // What could not be kept was told where it failed.
            drop(kept.await);
        }
    }

    /// Reads the profile's files on a thread that may block.
    async fn blocking<T: Send + 'static>(
        &self,
        work: impl FnOnce(Profile) -> Result<T, AccountError> + Send + 'static,
    ) -> Result<T, AccountError> {
        let profile = self.profile.clone();
        let done = tokio::task::spawn_blocking(move || work(profile)).await;
        done.unwrap_or(Err(AccountError::Stopped))
    }
}

/// Answers of Spotify that are kept in memory, and the token of a renewal that is not written yet.
impl Eraser for Account {
    fn place(&self) -> &'static str {
        "memory of the server"
    }

    fn erase(&self, profile: &ProfileId) -> Result<usize, Box<dyn Error + Send + Sync>> {
        if profile != self.profile.id() {
            return Ok(0);
        }
        self.seen.forget();
        self.suggestions.forget();
        let erased = std::mem::take(&mut *self.lock());
        Ok(usize::from(erased.initialized()))
    }
}

impl fmt::Debug for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Account").field("profile", &self.name()).finish_non_exhaustive()
    }
}

fn scope_set(scopes: BTreeSet<Scope>) -> ScopeSet {
    let names: Vec<&str> = scopes.into_iter().map(Scope::as_str).collect();
    names.join(" ").parse().expect("the names of Spotify's scopes are scope tokens")
}

impl Access {
    /// Blocks on files.
    fn new(
        api: String,
        regime: Regime,
        clock: Clock,
        profile: &Profile,
    ) -> Result<Self, AccountError> {
        let tokens = profile.tokens()?;
        let remembered = Remembered::read(profile);
        let learned = Learned::default();
        learned.restore(&remembered.learned, clock.now());
        let source = tokens.clone();
        let authorize = move |refused: Option<&HeaderValue>| {
            let (source, refused) = (source.clone(), refused.cloned());
            async move { source.bearer(refused.as_ref()).await.map_err(authorize_error) }
        };
        let client = Client::builder(api, authorize)
            .regime(regime)
            .program(PROGRAM)
            .clock(move || clock.now())
            .concurrency(REQUESTS)
            .limits(remembered.limits.clone())
            .share_learned(&learned)
            .observe(|attempt| operations::note(attempt.operation))
            .build()
            .map_err(AccountError::Client)?;
        Ok(Self { client, tokens, remembered })
    }
}

fn authorize_error(error: BearerError) -> AuthorizeError {
    match error.class() {
        Class::NeedsSignIn => AuthorizeError::needs_login(error),
        Class::Transient(retry_after) => AuthorizeError::transient(retry_after, error),
        _ => AuthorizeError::fatal(error),
    }
}
