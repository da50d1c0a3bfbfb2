//! An open profile: its grant, its sign-ins, its records in the audit log.

use std::sync::{Arc, OnceLock};

use jiff::Timestamp;

use super::control::Control;
use super::registry::Entry;
use super::store::ProfileStore;
use super::{Context, Recorder, Settings};
use crate::app::{App, ClientId};
use crate::endpoint::{TokenEndpoint, TokenError};
use crate::grant::{Ended, EndedGrant, Grant, Record};
use crate::sign_in::{Parts, SignIns};
use crate::store::{StoreError, Stored, TokenStore};
use crate::{Policy, ProfileId, ProfileName, ScopeSet, TokenSource};

/// An open profile.
#[derive(Clone, Debug)]
pub struct Profile {
    entry: Entry,
    pub(super) store: ProfileStore,
    pub(super) settings: Arc<Settings>,
    pub(super) context: Context,
    recorder: Recorder,
    endpoint: SharedEndpoint,
}

/// What is known of a profile, without any secret.
#[derive(Clone, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Status {
    /// Nobody has signed in yet.
    NotSignedIn,
    /// Somebody is signed in.
    SignedIn(SignedInStatus),
    /// The sign-in has ended.
    Ended(Ended),
    /// The profile is suspended; its grant is untouched.
    Suspended {
        /// Since when.
        at: Timestamp,
    },
    /// The profile was revoked.
    Revoked {
        /// When.
        at: Timestamp,
    },
}

/// What is known of a living grant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedInStatus {
    /// What was granted.
    pub scopes: ScopeSet,
    /// The app it belongs to.
    pub client_id: ClientId,
    /// When the access token was obtained.
    pub obtained_at: Timestamp,
    /// When the access token ends; it is renewed by itself.
    pub expires_at: Timestamp,
    /// When the person approved.
    pub authorized_at: Timestamp,
    /// When the person must sign in again.
    pub deadline: Timestamp,
    /// When Spotify last replaced the refresh token.
    pub rotated_at: Option<Timestamp>,
    /// How often the record was written.
    pub generation: u64,
}

/// A profile can't be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// The profile was revoked.
    #[error("the profile `{name}` was revoked on {}; make a new one with `spotify-admin login --profile {name}`", at.strftime("%Y-%m-%d"))]
    Revoked {
        /// Its name.
        name: ProfileName,
        /// When.
        at: Timestamp,
    },
    /// The profile is suspended.
    #[error("the profile `{name}` is suspended since {}; `spotify-admin resume {name}` ends that", at.strftime("%Y-%m-%d"))]
    Suspended {
        /// Its name.
        name: ProfileName,
        /// Since when.
        at: Timestamp,
    },
    /// The grant stands in the environment.
    #[error(
        "the grant stands in `SPOTIFY_REFRESH_TOKEN`: nobody can sign in here; sign in where there is a vault, and set the variable anew"
    )]
    Given,
    /// No app is configured, and the profile has none yet.
    #[error(
        "`SPOTIFY_CLIENT_ID` is not set; make an app at https://developer.spotify.com/dashboard with the redirect address `http://127.0.0.1/callback`, and set the variable to its client id"
    )]
    NoApp,
    /// No app with its secret is configured.
    #[error(
        "`SPOTIFY_CLIENT_ID` and `SPOTIFY_CLIENT_SECRET` are needed to use Spotify's catalogue without a person"
    )]
    NoAppSecret,
    /// The configured app is not the profile's.
    #[error(
        "`{variable}` differs from what the profile `{name}` was signed in with; unset it, or use another profile"
    )]
    OtherApp {
        /// The variable that differs.
        variable: &'static str,
        /// The profile's name.
        name: ProfileName,
    },
    /// The grant belongs to another address.
    #[error(transparent)]
    Origin(#[from] crate::origins::OriginMismatch),
    /// The record can't be read.
    #[error("reading the profile `{name}`")]
    Store {
        /// The profile's name.
        name: ProfileName,
        /// Why.
        #[source]
        source: StoreError,
    },
    /// The HTTP client could not be set up.
    #[error("preparing requests to Spotify's accounts service")]
    Endpoint(#[source] TokenError),
}

impl Profile {
    pub(super) fn new(
        entry: Entry,
        store: ProfileStore,
        settings: Arc<Settings>,
        context: Context,
        recorder: Recorder,
        endpoint: SharedEndpoint,
    ) -> Self {
        Self { entry, store, settings, context, recorder, endpoint }
    }

    /// Returns what the list of profiles says.
    pub(super) fn entry(&self) -> &Entry {
        &self.entry
    }

    /// Returns the profile's id.
    pub fn id(&self) -> &ProfileId {
        &self.entry.id
    }

    /// Returns the profile's name.
    pub fn name(&self) -> &ProfileName {
        &self.entry.name
    }

    /// Returns the settings that it was opened with.
    pub fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns when the profile was made.
    pub fn created_at(&self) -> Timestamp {
        self.entry.created_at
    }

    /// Returns a recorder whose records name this profile.
    pub fn recorder(&self) -> &Recorder {
        &self.recorder
    }

    /// Returns what is known of the profile. May block on files.
    ///
    /// # Errors
    /// The record may be unreadable.
    pub fn status(&self) -> Result<Status, ProfileError> {
        if let Some(at) = self.entry.revoked_at {
            return Ok(Status::Revoked { at });
        }
        Ok(match self.load() {
            // Another process revoked it since the list was read.
            Err(ProfileError::Store { source: StoreError::Revoked, .. }) => {
                Status::Revoked { at: self.context.clock.now() }
            }
            Err(ProfileError::Suspended { at, .. }) => Status::Suspended { at },
            Err(error) => return Err(error),
            Ok(None) => Status::NotSignedIn,
            Ok(Some(Stored { record: Record::Ended(ended), .. })) => Status::Ended(ended.ended),
            Ok(Some(Stored { generation, record: Record::Active(grant), policy, .. })) => {
                Status::SignedIn(SignedInStatus::of(&grant, &policy, generation))
            }
        })
    }

    /// Returns where requests get their tokens. May block on files.
    ///
    /// # Errors
    /// A profile that was revoked, or belongs to another app or address than the configured ones,
    /// is refused before any request.
    pub fn tokens(&self) -> Result<TokenSource, ProfileError> {
        self.tokens_with(|store| store)
    }

    /// As [`tokens`](Self::tokens), over a store that `wrap` puts around the profile's own: to watch
    /// or to break what a refresh does.
    ///
    /// # Errors
    /// As [`tokens`](Self::tokens).
    pub fn tokens_with(
        &self,
        wrap: impl FnOnce(Arc<dyn TokenStore>) -> Arc<dyn TokenStore>,
    ) -> Result<TokenSource, ProfileError> {
        self.check_living()?;
        if let Some(Stored { record: Record::Active(grant), .. }) = self.load()? {
            grant.origins.check(&self.settings.origins)?;
            self.check_app(&grant.app)?;
        }
        Ok(TokenSource::new(
            wrap(self.store.shared()),
            self.endpoint()?,
            Arc::new(self.recorder.clone()),
            self.context.clock.clone(),
            self.context.entropy.clone(),
        ))
    }

    /// Returns where people sign in. May block on files.
    ///
    /// # Errors
    /// As [`tokens`](Self::tokens); and a profile that nobody signed in to yet needs a configured
    /// app.
    pub fn sign_ins(&self, scopes: ScopeSet) -> Result<SignIns, ProfileError> {
        self.check_living()?;
        if matches!(self.store, ProfileStore::Given(_)) {
            return Err(ProfileError::Given);
        }
        let sealed = self.load()?.map(|stored| match stored.record {
            Record::Active(Grant { app, origins, .. })
            | Record::Ended(EndedGrant { app, origins, .. }) => (app, origins),
        });
        let app = match sealed {
            Some((app, origins)) => {
                origins.check(&self.settings.origins)?;
                self.check_app(&app)?;
                app
            }
            None => self.settings.app.as_ref().map(App::duplicate).ok_or(ProfileError::NoApp)?,
        };
        Ok(SignIns::new(Parts {
            app,
            redirect: self.settings.redirect.clone(),
            scopes,
            endpoint: self.endpoint()?,
            store: self.store.shared(),
            events: Arc::new(self.recorder.clone()),
            clock: self.context.clock.clone(),
            entropy: self.context.entropy.clone(),
        }))
    }

    /// Returns what the operator asks of the profile. May block on files.
    ///
    /// # Errors
    /// The record may be unreadable.
    pub fn policy(&self) -> Result<Policy, ProfileError> {
        Ok(self.control()?.policy)
    }

    fn control(&self) -> Result<Control, ProfileError> {
        self.store.control().map_err(|source| self.unusable(source))
    }

    fn load(&self) -> Result<Option<Stored>, ProfileError> {
        match self.store.shared().load() {
            Err(StoreError::Suspended) => {
                let at = self.control()?.suspended_at.unwrap_or_else(|| self.context.clock.now());
                Err(ProfileError::Suspended { name: self.entry.name.clone(), at })
            }
            other => other.map_err(|source| self.unusable(source)),
        }
    }

    pub(super) fn unusable(&self, source: StoreError) -> ProfileError {
        ProfileError::Store { name: self.entry.name.clone(), source }
    }

    fn check_living(&self) -> Result<(), ProfileError> {
        match self.entry.revoked_at {
            Some(at) => Err(ProfileError::Revoked { name: self.entry.name.clone(), at }),
            None => Ok(()),
        }
    }

    /// The app that is sealed with a grant stands; what the environment says must agree with it.
    fn check_app(&self, sealed: &App) -> Result<(), ProfileError> {
        let Some(configured) = &self.settings.app else { return Ok(()) };
        let same_secret = match (&configured.secret, &sealed.secret) {
            (None, _) => true,
            (Some(given), Some(kept)) => kept.matches(given.expose()),
            (Some(_), None) => false,
        };
        let variable = match (configured.id == sealed.id, same_secret) {
            (true, true) => return Ok(()),
            (true, false) => "SPOTIFY_CLIENT_SECRET",
            (false, _) => "SPOTIFY_CLIENT_ID",
        };
        Err(ProfileError::OtherApp { variable, name: self.entry.name.clone() })
    }

    fn endpoint(&self) -> Result<TokenEndpoint, ProfileError> {
        endpoint(&self.endpoint, &self.settings)
    }
}

/// The token endpoint that all profiles of a session share, made at the first use.
pub(super) type SharedEndpoint = Arc<OnceLock<TokenEndpoint>>;

/// Returns the session's endpoint.
pub(super) fn endpoint(
    shared: &SharedEndpoint,
    settings: &Settings,
) -> Result<TokenEndpoint, ProfileError> {
    if let Some(endpoint) = shared.get() {
        return Ok(endpoint.clone());
    }
    let made = TokenEndpoint::new(settings.origins.clone()).map_err(ProfileError::Endpoint)?;
    Ok(shared.get_or_init(|| made).clone())
}

impl SignedInStatus {
    fn of(grant: &Grant, policy: &Policy, generation: u64) -> Self {
        Self {
            scopes: grant.scopes.clone(),
            client_id: grant.app.id.clone(),
            obtained_at: grant.obtained_at,
            expires_at: grant.expires_at,
            authorized_at: grant.authorized_at,
            deadline: policy.deadline(grant),
            rotated_at: grant.rotated_at,
            generation,
        }
    }
}
