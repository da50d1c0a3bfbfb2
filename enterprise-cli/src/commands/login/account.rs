//! Whose account it is, asked once right after the sign-in: an account that the app may not serve
//! signs in without any error.

use std::fmt;
use std::time::Duration;

use http::HeaderValue;
use serde::Serialize;
use spotify_api::{AuthorizeError, Client, Error};
use spotify_auth::TokenSource;
use spotify_auth::session::Profile;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::printable::printable;

/// How long the check may take. The sign-in is sealed whatever comes of it.
const DEADLINE: Duration = Duration::from_secs(10);

/// A Spotify account.
#[derive(Debug, Serialize)]
pub(in crate::commands) struct Account {
    id: String,
    name: Option<String>,
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.name {
            Some(name) => write!(f, "{name} ({})", self.id),
            None => f.write_str(&self.id),
        }
    }
}

impl Account {
    /// Writes to the audit log that somebody signed in with it, readable with the profile's key only.
    ///
    /// # Errors
    /// What keeps it from being written, as a sentence without a full stop.
    pub(super) fn noted(self, profile: &Profile) -> Result<Self, String> {
        profile.note_account(&self.id, self.name.as_deref()).map_err(told)?;
        Ok(self)
    }
}

/// Why an account can't be used.
#[derive(Debug, thiserror::Error)]
pub(in crate::commands) enum Unusable {
    #[error("{0}")]
    Tokens(String),
    #[error(
        "it is not on your app's list of users; add it under \"User Management\" at https://developer.spotify.com/dashboard"
    )]
    NotAllowlisted,
    #[error("{0}")]
    Closed(String),
    #[error("{0}")]
    Refused(String),
    #[error("Spotify's answer does not say whose account it is")]
    Nobody,
}

impl From<Error> for Unusable {
    fn from(error: Error) -> Self {
        match error {
            Error::NotAllowlisted { .. } => Self::NotAllowlisted,
            Error::RateLimited { .. } | Error::QuotaExceeded { .. } => Self::Closed(told(error)),
            error => Self::Refused(told(error)),
        }
    }
}

/// Asks the Web API at `base` whose account it is.
///
/// # Errors
/// What keeps the account from being used, as a sentence without a full stop.
pub(in crate::commands) async fn check(
    profile: &Profile,
    base: &url::Url,
) -> Result<Account, String> {
    ask(profile, base).await.map_err(|unusable| unusable.to_string())
}

/// As [`check`], with the kind of what is in the way.
///
/// # Errors
/// See [`Unusable`].
pub(in crate::commands) async fn ask(
    profile: &Profile,
    base: &url::Url,
) -> Result<Account, Unusable> {
    let tokens = profile.tokens();
    let tokens = tokens.map_err(|error| Unusable::Tokens(CommandError::from(error).message()))?;
    let authorize = move |refused: Option<&HeaderValue>| bearer(tokens.clone(), refused.cloned());
    let client = Client::builder(base.as_str(), authorize)
        .deadline(DEADLINE)
        .longest_wait(Duration::ZERO)
        .build()
        .map_err(|error| Unusable::Refused(told(error)))?;
    let user = client.me().await?;
    let id = user.id.ok_or(Unusable::Nobody)?;
    Ok(Account {
        id: printable(id.as_str()),
        name: user.display_name.as_deref().map(printable).filter(|name| !name.is_empty()),
    })
}

async fn bearer(
    tokens: TokenSource,
    refused: Option<HeaderValue>,
) -> Result<HeaderValue, AuthorizeError> {
    tokens.bearer(refused.as_ref()).await.map_err(AuthorizeError::fatal)
}

fn told(error: impl std::error::Error + Send + Sync + 'static) -> String {
    CommandError::new(Exit::Failure, "account", error).message()
}
