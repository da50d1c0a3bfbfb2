//! Where the bearer header comes from.

use std::{error, fmt, sync::Arc, time::Duration};

use futures_util::future::BoxFuture;
use http::HeaderValue;

/// Gives the value of the `Authorization` header, renewing the token behind it when that is needed.
///
/// This crate never sees a token: only the whole header value, which should be marked sensitive.
/// Implemented for closures.
pub trait Authorize: Send + Sync {
    /// Returns the header value to send.
    ///
    /// `refused` is the value that Spotify just answered with 401. It lets the owner of the token
    /// tell "someone already renewed" (the current value differs) from "renew now".
    fn header(
        &self,
        refused: Option<&HeaderValue>,
    ) -> BoxFuture<'_, Result<HeaderValue, AuthorizeError>>;
}

impl<F, Fut> Authorize for F
where
    F: Fn(Option<&HeaderValue>) -> Fut + Send + Sync,
    Fut: Future<Output = Result<HeaderValue, AuthorizeError>> + Send + 'static,
{
    fn header(
        &self,
        refused: Option<&HeaderValue>,
    ) -> BoxFuture<'_, Result<HeaderValue, AuthorizeError>> {
        Box::pin(self(refused))
    }
}

/// Why there is no header value.
#[derive(Debug, Clone)]
pub struct AuthorizeError {
    class: AuthorizeErrorClass,
    source: Arc<dyn error::Error + Send + Sync>,
}

impl AuthorizeError {
    /// The person has to sign in again.
    pub fn needs_login(source: impl Into<Box<dyn error::Error + Send + Sync>>) -> Self {
        Self { class: AuthorizeErrorClass::NeedsLogin, source: source.into().into() }
    }

    /// It may work later, at the earliest after `retry_after` if that is known.
    pub fn transient(
        retry_after: Option<Duration>,
        source: impl Into<Box<dyn error::Error + Send + Sync>>,
    ) -> Self {
        Self { class: AuthorizeErrorClass::Transient { retry_after }, source: source.into().into() }
    }

    /// It will not work without a change by the operator.
    pub fn fatal(source: impl Into<Box<dyn error::Error + Send + Sync>>) -> Self {
        Self { class: AuthorizeErrorClass::Fatal, source: source.into().into() }
    }

    /// Returns the class of the error.
    pub const fn class(&self) -> AuthorizeErrorClass {
        self.class
    }
}

impl fmt::Display for AuthorizeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "get an access token: {}", self.class)
    }
}

impl error::Error for AuthorizeError {
    fn source(&self) -> Option<&(dyn error::Error + 'static)> {
        Some(&*self.source)
    }
}

/// What to do about a missing header value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AuthorizeErrorClass {
    /// The person has to sign in again.
    #[error("the person has to sign in again")]
    NeedsLogin,
    /// It may work later.
    #[error("it may work later")]
    Transient {
        /// How long to wait at least, if known.
        retry_after: Option<Duration>,
    },
    /// It will not work without a change by the operator.
    #[error("it will not work without a change of the settings")]
    Fatal,
}
