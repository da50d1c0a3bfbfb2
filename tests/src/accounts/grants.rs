//! What users granted to apps: codes, access tokens, refresh tokens and how they end.

use std::{
    collections::{BTreeMap, BTreeSet},
    str,
    time::Duration,
};

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use super::scope::Scopes;
use crate::clock::six_months_after;

/// How long an access token lives.
pub(crate) const ACCESS_TOKEN_LIFE: Duration = Duration::from_hours(1);
/// How long an authorization code lives. Spotify publishes no number; RFC 6749 section 4.1.2
/// recommends ten minutes at most.
pub(crate) const CODE_LIFE: Duration = Duration::from_mins(10);

/// What the accounts service does about the refresh token when it is used.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize,
)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Rotation {
    /// The answer has no `refresh_token`; the old one stays good. Spotify's usual answer since
    /// mid-2026.
    #[default]
    Never,
    /// The answer repeats the same refresh token.
    Same,
    /// The answer has a new refresh token, and the old one is revoked at once. Spotify's answer to
    /// PKCE clients before mid-2026.
    Always,
    /// The answer has `"refresh_token": ""`; the old one stays good.
    Empty,
    /// The answer has a new refresh token, and the old one stays good as well: a grace period that
    /// does not end.
    Grace,
    /// As [`Rotation::Always`], and a replaced token that is used again ends the whole grant, as
    /// RFC 9700 section 4.14.2 asks of servers that detect reuse. Spotify was not seen doing so.
    Strict,
}

impl Rotation {
    /// All modes.
    pub const ALL: [Self; 6] =
        [Self::Never, Self::Same, Self::Always, Self::Empty, Self::Grace, Self::Strict];

    /// Returns the name that command lines use.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Same => "same",
            Self::Always => "always",
            Self::Empty => "empty",
            Self::Grace => "grace",
            Self::Strict => "strict",
        }
    }
}

impl str::FromStr for Rotation {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|mode| mode.as_str() == text);
        found.ok_or_else(|| {
            let known = Self::ALL.map(Self::as_str).join(", ");
            format!("unknown rotation {text:?}: use one of {known}")
        })
    }
}

/// A position in the list of grants.
pub(crate) type GrantId = usize;

/// One authorization of one app.
#[derive(Debug, Clone)]
pub(crate) struct Grant {
    pub(crate) client_id: String,
    /// `None` for client credentials.
    pub(crate) user: Option<String>,
    pub(crate) scopes: Scopes,
    authorized_at: Timestamp,
    /// Whether the app proved itself with PKCE and may refresh without a secret.
    pub(crate) pkce: bool,
    removed: bool,
}

/// What an authorization code stands for until it is exchanged.
#[derive(Debug, Clone)]
pub(crate) struct Pending {
    pub(crate) client_id: String,
    pub(crate) user: String,
    pub(crate) scopes: Scopes,
    pub(crate) redirect_uri: String,
    pub(crate) challenge: Option<String>,
    expires_at: Timestamp,
}

impl Pending {
    pub(crate) fn new(
        client_id: String,
        user: String,
        scopes: Scopes,
        redirect_uri: String,
        challenge: Option<String>,
    ) -> Self {
        // The end is set when the code is issued.
        let expires_at = Timestamp::MIN;
        Self { client_id, user, scopes, redirect_uri, challenge, expires_at }
    }
}

/// Why a refresh token is no longer good.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum DeadToken {
    /// It was never issued, or to another app.
    Unknown,
    /// The user removed the app, or a newer token replaced it.
    Revoked,
    /// Six months are over.
    Expired,
}

/// All grants and everything issued for them.
#[derive(Debug, Default)]
pub(crate) struct Grants {
    all: Vec<Grant>,
    codes: BTreeMap<String, Pending>,
    access: BTreeMap<String, (GrantId, Timestamp)>,
    refresh: BTreeMap<String, GrantId>,
    revoked: BTreeSet<String>,
    /// How often a replaced token was used again.
    pub(crate) reused: usize,
}

impl Grants {
    pub(crate) fn add_code(&mut self, code: String, pending: Pending, now: Timestamp) {
        let expires_at = now.checked_add(CODE_LIFE).unwrap_or(Timestamp::MAX);
        self.codes.insert(code, Pending { expires_at, ..pending });
    }

    /// Takes a code out: it is good for one use, successful or not.
    pub(crate) fn take_code(&mut self, code: &str, now: Timestamp) -> Option<Pending> {
        self.codes.remove(code).filter(|pending| now < pending.expires_at)
    }

    pub(crate) fn add(
        &mut self,
        client_id: String,
        user: Option<String>,
        scopes: Scopes,
        pkce: bool,
        now: Timestamp,
    ) -> GrantId {
        let authorized_at = now;
        self.all.push(Grant { client_id, user, scopes, authorized_at, pkce, removed: false });
        self.all.len() - 1
    }

    pub(crate) fn get(&self, id: GrantId) -> &Grant {
        self.all.get(id).expect("grants are never removed from the list")
    }

    pub(crate) fn add_access_token(
        &mut self,
        token: String,
        grant: GrantId,
        now: Timestamp,
        life: Duration,
    ) {
        let expires_at = now.checked_add(life).unwrap_or(Timestamp::MAX);
        self.access.insert(token, (grant, expires_at));
    }

    pub(crate) fn add_refresh_token(&mut self, token: String, grant: GrantId) {
        self.refresh.insert(token, grant);
    }

    /// Returns the grant of a live access token.
    ///
    /// A token outlives the removal of the app by the user: only refresh tokens die at once.
    pub(crate) fn by_access_token(&self, token: &str, now: Timestamp) -> Option<&Grant> {
        let (grant, expires_at) = self.access.get(token)?;
        (now < *expires_at).then(|| self.get(*grant))
    }

    /// Returns the grant of a live refresh token that belongs to the app.
    pub(crate) fn by_refresh_token(
        &self,
        token: &str,
        client_id: &str,
        now: Timestamp,
    ) -> Result<GrantId, DeadToken> {
        let id = *self.refresh.get(token).ok_or(DeadToken::Unknown)?;
        let grant = self.get(id);
        if grant.client_id != client_id {
            return Err(DeadToken::Unknown);
        }
        if grant.removed || self.revoked.contains(token) {
            return Err(DeadToken::Revoked);
        }
        if now >= six_months_after(grant.authorized_at) {
            return Err(DeadToken::Expired);
        }
        Ok(id)
    }

    /// Takes note of a replaced token that is used again, and ends its grant when `strict`.
    pub(crate) fn note_reuse(&mut self, token: &str, strict: bool) {
        if !self.revoked.contains(token) {
            return;
        }
        self.reused += 1;
        if let Some(id) = self.refresh.get(token).copied().filter(|_| strict)
            && let Some(grant) = self.all.get_mut(id)
        {
            grant.removed = true;
        }
    }

    pub(crate) fn revoke_refresh_token(&mut self, token: &str) {
        self.revoked.insert(token.to_owned());
    }

    /// Ends all grants of a user, as removing the apps on the account page does.
    pub(crate) fn remove_user(&mut self, user: &str) {
        for grant in &mut self.all {
            if grant.user.as_deref() == Some(user) {
                grant.removed = true;
            }
        }
    }

    /// Ends all live access tokens at once.
    pub(crate) fn expire_access_tokens(&mut self, now: Timestamp) {
        for (_, expires_at) in self.access.values_mut() {
            *expires_at = now.min(*expires_at);
        }
    }
}
