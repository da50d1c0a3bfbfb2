//! The apps that developers registered.

use std::collections::BTreeSet;

use super::{redirect_uri, scope};
use crate::regime::Regime;

/// The client id of the app that every simulator has.
pub const DEFAULT_CLIENT_ID: &str = "5f0c1e7d3a9b48e2b6d47c1f90ae3512";

/// How many users an app in Development Mode may allowlist.
pub(crate) const ALLOWLIST_LIMIT: usize = 5;

/// An app, as its developer sees it in the dashboard.
#[derive(Debug, Clone)]
pub struct App {
    pub(crate) client_id: String,
    /// Chosen by the simulator when empty.
    pub(crate) client_secret: String,
    pub(crate) name: String,
    pub(crate) regime: Regime,
    pub(crate) redirect_uris: Vec<String>,
    pub(crate) owner_premium: bool,
    pub(crate) unknown_scopes: scope::Unknown,
    pub(crate) allowlist: BTreeSet<String>,
}

impl App {
    /// Creates an app under the rules of `regime`.
    ///
    /// Its redirect URIs are `http://127.0.0.1/callback` and `http://[::1]/callback`, so that any
    /// port may be asked for. Under [`Regime::DevRestricted`] an unknown scope fails the whole
    /// authorization, under the others it is ignored.
    pub fn new(client_id: impl Into<String>, regime: Regime) -> Self {
        Self {
            client_id: client_id.into(),
            client_secret: String::new(),
            name: "Simulated app".to_owned(),
            regime,
            redirect_uris: vec![
                "http://127.0.0.1/callback".to_owned(),
                "http://[::1]/callback".to_owned(),
            ],
            owner_premium: true,
            unknown_scopes: match regime {
                Regime::DevRestricted => scope::Unknown::Refuse,
                Regime::DevLegacy | Regime::Extended => scope::Unknown::Ignore,
            },
            allowlist: BTreeSet::new(),
        }
    }

    /// Sets the client secret instead of a generated one.
    #[must_use]
    pub fn client_secret(mut self, secret: impl Into<String>) -> Self {
        self.client_secret = secret.into();
        self
    }

    /// Sets the name that the consent page shows.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.name = name.into();
        self
    }

    /// Registers a further redirect URI.
    ///
    /// # Panics
    ///
    /// When Spotify's dashboard would refuse it, as it does `localhost`, http outside the loopback
    /// literals, and custom schemes.
    #[must_use]
    pub fn redirect_uri(mut self, uri: impl Into<String>) -> Self {
        let uri = uri.into();
        assert!(redirect_uri::is_allowed(&uri), "the dashboard refuses the redirect URI {uri:?}");
        self.redirect_uris.push(uri);
        self
    }

    /// Sets whether the app's owner has Premium; without it an app in Development Mode stops.
    #[must_use]
    pub const fn owner_premium(mut self, premium: bool) -> Self {
        self.owner_premium = premium;
        self
    }

    /// Sets whether an unknown scope fails the whole authorization.
    #[must_use]
    pub const fn strict_scopes(mut self, strict: bool) -> Self {
        self.unknown_scopes = if strict { scope::Unknown::Refuse } else { scope::Unknown::Ignore };
        self
    }

    /// Returns whether the app may use the Web API for a user.
    pub(crate) fn serves(&self, user: &str) -> bool {
        !self.regime.is_development() || self.allowlist.contains(user)
    }

    /// Adds a user to the allowlist; false when it is full.
    pub(crate) fn allow(&mut self, user: &str) -> bool {
        if self.allowlist.len() >= ALLOWLIST_LIMIT && !self.allowlist.contains(user) {
            return false;
        }
        self.allowlist.insert(user.to_owned());
        true
    }
}
