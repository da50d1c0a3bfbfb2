//! The classes of errors, for callers that need no more.

use std::time::Duration;

use super::{Error, NetworkFailure, Reason};
use crate::{
    authorize::AuthorizeErrorClass,
    endpoint::{Endpoint, Method},
    scope::Scope,
};

impl Error {
    /// Returns the operation id of the call that failed.
    pub fn operation(&self) -> &'static str {
        match self {
            Self::Authorize { operation, .. }
            | Self::Unauthorized { operation, .. }
            | Self::MissingScope { operation, .. }
            | Self::NotAllowlisted { operation }
            | Self::PremiumRequired { operation }
            | Self::Removed { operation, .. }
            | Self::Forbidden { operation, .. }
            | Self::NotFound { operation, .. }
            | Self::BadRequest { operation, .. }
            | Self::Argument { operation, .. }
            | Self::RateLimited { operation, .. }
            | Self::QuotaExceeded { operation, .. }
            | Self::Server { operation, .. }
            | Self::Unexpected { operation, .. }
            | Self::TooLarge { operation, .. }
            | Self::Network { operation, .. }
            | Self::Deadline { operation, .. } => operation,
            Self::Incomplete { source, .. } => source.operation(),
        }
    }

    /// Returns the status of Spotify's answer, if there was one.
    ///
    /// For [`Error::Removed`] it is the one that Spotify would give.
    pub fn status(&self) -> Option<u16> {
        match self {
            Self::Unauthorized { .. } => Some(401),
            Self::MissingScope { .. }
            | Self::NotAllowlisted { .. }
            | Self::PremiumRequired { .. }
            | Self::Removed { .. }
            | Self::Forbidden { .. } => Some(403),
            Self::NotFound { .. } => Some(404),
            Self::RateLimited { .. } | Self::QuotaExceeded { .. } => Some(429),
            Self::BadRequest { status, .. }
            | Self::Server { status, .. }
            | Self::Unexpected { status, .. } => Some(*status),
            Self::Incomplete { source, .. } => source.status(),
            Self::Authorize { .. }
            | Self::Argument { .. }
            | Self::TooLarge { .. }
            | Self::Network { .. }
            | Self::Deadline { .. } => None,
        }
    }

    /// Whether the same call may work later without any change.
    pub fn is_retryable(&self) -> bool {
        match self.cause() {
            Self::Unauthorized { .. }
            | Self::RateLimited { .. }
            | Self::QuotaExceeded { .. }
            | Self::Server { .. }
            | Self::Deadline { .. } => true,
            Self::Forbidden { detail, .. } => detail.reason() == Some(&Reason::RateLimited),
            Self::Network { failure, .. } => *failure != NetworkFailure::Untrusted,
            Self::Authorize { source, .. } => {
                matches!(source.class(), AuthorizeErrorClass::Transient { .. })
            }
            _ => false,
        }
    }

    /// Whether the person has to sign in again.
    pub fn needs_login(&self) -> bool {
        match self.cause() {
            Self::Authorize { source, .. } => source.class() == AuthorizeErrorClass::NeedsLogin,
            _ => false,
        }
    }

    /// How long to wait at least before the next call, if that is known.
    pub fn retry_after(&self) -> Option<Duration> {
        match self.cause() {
            Self::RateLimited { retry_after, .. }
            | Self::QuotaExceeded { retry_after, .. }
            | Self::Server { retry_after, .. } => *retry_after,
            Self::Authorize { source, .. } => match source.class() {
                AuthorizeErrorClass::Transient { retry_after } => retry_after,
                _ => None,
            },
            _ => None,
        }
    }

    /// Whether the person did not grant what the operation needs; see [`Error::missing_scopes`].
    pub fn missing_scope(&self) -> bool {
        matches!(self.cause(), Self::MissingScope { .. })
    }

    /// Whether the app's regime does not have the operation.
    pub fn not_in_this_regime(&self) -> bool {
        matches!(self.cause(), Self::Removed { .. })
    }

    /// Whether the account is not on the list of the app's users.
    pub fn not_on_the_apps_list(&self) -> bool {
        matches!(self.cause(), Self::NotAllowlisted { .. })
    }

    /// Whether the account, or that of the app's owner, needs Spotify Premium.
    pub fn needs_premium(&self) -> bool {
        matches!(self.cause(), Self::PremiumRequired { .. })
    }

    /// Whether no device is playing and none was named, or the named one is gone.
    pub fn no_active_device(&self) -> bool {
        matches!(self.cause(), Self::NotFound { detail, .. }
            if detail.reason() == Some(&Reason::NoActiveDevice)
                || detail.message() == Some("Device not found"))
    }

    /// Spotify's reason in its own code, if it gave one.
    pub fn reason(&self) -> Option<&Reason> {
        match self.cause() {
            Self::PremiumRequired { .. } => Some(&Reason::PremiumRequired),
            Self::QuotaExceeded { .. } => Some(&Reason::QuotaExceeded),
            Self::Unauthorized { detail, .. }
            | Self::Forbidden { detail, .. }
            | Self::NotFound { detail, .. }
            | Self::BadRequest { detail, .. } => detail.reason(),
            _ => None,
        }
    }

    /// The scopes of which the sign-in lacks at least one; empty if that is not the problem.
    pub fn missing_scopes(&self) -> &'static [Scope] {
        match self.cause() {
            Self::MissingScope { scopes, .. } => scopes,
            _ => &[],
        }
    }

    /// Whether Spotify may have carried out the request although the call failed.
    pub fn may_have_happened(&self) -> bool {
        match self.cause() {
            Self::Server { .. } | Self::Unexpected { .. } | Self::TooLarge { .. } => true,
            Self::Network { failure, .. } => failure.may_have_sent(),
            Self::Deadline { sent, .. } => *sent,
            _ => false,
        }
    }

    /// Whether a change was asked for and nobody knows if it was made. Look before it is repeated.
    pub fn outcome_is_unknown(&self) -> bool {
        let reads = || Endpoint::find(self.operation()).is_some_and(|e| e.method == Method::Get);
        self.may_have_happened() && !reads()
    }

    /// What stopped a change in several requests; otherwise the error itself.
    pub(super) fn cause(&self) -> &Self {
        match self {
            Self::Incomplete { source, .. } => source.cause(),
            other => other,
        }
    }

    /// Whether the answer is one that a missing endpoint gives, so that an alternative is worth
    /// trying. Nothing has been done at Spotify in that case.
    pub(crate) fn endpoint_may_be_missing(&self) -> bool {
        match self {
            Self::Removed { .. } | Self::Forbidden { .. } => true,
            Self::BadRequest { status, .. } => *status == 405,
            Self::NotFound { detail, .. } => {
                detail.message().is_none_or(|m| m == "Service not found")
            }
            _ => false,
        }
    }

    /// Whether Spotify refuses the size of a page (N54).
    pub(crate) fn is_invalid_limit(&self) -> bool {
        matches!(self, Self::BadRequest { status: 400, detail, .. }
            if detail.message().is_some_and(|message| message.eq_ignore_ascii_case("invalid limit")))
    }
}
