//! What can go wrong in a call, and what its caller can do about it.

mod advice;
mod class;
mod classify;
mod detail;
mod reason;

use std::{sync::Arc, time::Duration};

pub(crate) use self::classify::{Refusal, classify};
pub use self::{detail::Detail, reason::Reason};
use crate::{
    answer::Mismatch, authorize::AuthorizeError, endpoint::Endpoint, model::SnapshotId,
    scope::Scope,
};

/// Why a call failed.
///
/// Every variant names the operation by its id. Callers that only need the class ask a method:
/// [`Error::status`], [`Error::is_retryable`], [`Error::needs_login`] and so on. `Display` is for
/// logs, [`Error::for_people`] for a person or a model. No variant holds a token, and none more of
/// an answer's body than a short [`Detail`].
#[derive(Debug, Clone, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// There is no access token: [`crate::Authorize`] gave none. Nothing was sent.
    #[error("{operation}: no access token")]
    Authorize {
        /// The operation.
        operation: &'static str,
        /// Why there is none.
        #[source]
        source: AuthorizeError,
    },
    /// Spotify refused the token, and the one that followed it (401).
    ///
    /// Spotify was seen to refuse valid tokens for a while (N46): this alone is no reason to throw
    /// the refresh token away.
    #[error("{operation}: Spotify refuses the access token{detail}")]
    Unauthorized {
        /// The operation.
        operation: &'static str,
        /// What Spotify said.
        detail: Detail,
    },
    /// The person did not grant what the operation needs (403).
    #[error("{operation}: the sign-in lacks a scope out of {}", names(scopes))]
    MissingScope {
        /// The operation.
        operation: &'static str,
        /// The scopes that Spotify documents for the operation.
        scopes: &'static [Scope],
    },
    /// The account is not on the list of the app's users (403).
    #[error("{operation}: the account is not on the app's list of users")]
    NotAllowlisted {
        /// The operation.
        operation: &'static str,
    },
    /// The operation needs Spotify Premium (403).
    #[error("{operation}: Spotify Premium is needed")]
    PremiumRequired {
        /// The operation.
        operation: &'static str,
    },
    /// The app's regime does not have the operation: Spotify refused it as removed (403 `Forbidden`
    /// or without a message, 404), or is known to do so, and nothing was sent.
    #[error("{operation}: not available to this app{}", instead(*replacement))]
    Removed {
        /// The operation.
        operation: &'static str,
        /// The operation id of what to use instead, if there is anything.
        replacement: Option<&'static str>,
    },
    /// Spotify refuses for a reason that it does not give, or another one (403): somebody else's
    /// playlist, a player command that is not possible just now.
    #[error("{operation}: Spotify forbids it{detail}")]
    Forbidden {
        /// The operation.
        operation: &'static str,
        /// What Spotify said.
        detail: Detail,
    },
    /// There is no such resource, or not for this account, or no device to command (404).
    #[error("{operation}: not found{detail}")]
    NotFound {
        /// The operation.
        operation: &'static str,
        /// What Spotify said.
        detail: Detail,
    },
    /// Spotify does not take the request (another status that is no success): a malformed id, a limit
    /// above the maximum, a redirect.
    #[error("{operation}: Spotify does not take the request (status {status}){detail}")]
    BadRequest {
        /// The operation.
        operation: &'static str,
        /// The status of the answer.
        status: u16,
        /// What Spotify said.
        detail: Detail,
    },
    /// An argument cannot be sent; nothing was sent.
    #[error("{operation}: {problem} cannot be sent as given")]
    Argument {
        /// The operation.
        operation: &'static str,
        /// What is wrong.
        problem: &'static str,
    },
    /// Too many calls in 30 seconds (429). Affects all operations of the app.
    #[error("{operation}: rate limited{}", after(*retry_after))]
    RateLimited {
        /// The operation.
        operation: &'static str,
        /// How long to wait at least; `None` when Spotify does not say.
        retry_after: Option<Duration>,
    },
    /// The app's quota for a group of operations is used up, usually until the next day (429).
    #[error("{operation}: quota used up{}", after(*retry_after))]
    QuotaExceeded {
        /// The operation.
        operation: &'static str,
        /// How long to wait at least; `None` when Spotify does not say.
        retry_after: Option<Duration>,
    },
    /// Spotify has a fault (5xx), also after the repetitions where twice is like once.
    #[error("{operation}: Spotify has a fault (status {status})")]
    Server {
        /// The operation.
        operation: &'static str,
        /// The status of the answer.
        status: u16,
        /// How long Spotify asks to wait, if it does.
        retry_after: Option<Duration>,
    },
    /// The answer is not what the operation promises.
    #[error("{operation}: the answer (status {status}) was to be {promised}, but is {mismatch}")]
    Unexpected {
        /// The operation.
        operation: &'static str,
        /// The status of the answer.
        status: u16,
        /// The type that was promised.
        promised: String,
        /// How the answer differs from it.
        mismatch: Mismatch,
    },
    /// The answer is larger than this client takes.
    #[error("{operation}: the answer has more than {limit} bytes")]
    TooLarge {
        /// The operation.
        operation: &'static str,
        /// The limit in bytes.
        limit: usize,
    },
    /// No answer, or only a part of one, also after the repetitions where twice is like once.
    #[error("{operation}: {failure}")]
    Network {
        /// The operation.
        operation: &'static str,
        /// At which step it failed.
        failure: NetworkFailure,
        /// The cause, without the URL.
        #[source]
        source: Arc<dyn std::error::Error + Send + Sync>,
    },
    /// The call took longer than allowed.
    #[error("{operation}: not finished within {} s", deadline.as_secs_f32())]
    Deadline {
        /// The operation.
        operation: &'static str,
        /// How long the call was allowed to take.
        deadline: Duration,
        /// Whether the last request may have reached Spotify.
        sent: bool,
    },
    /// A change in several requests stopped in the middle.
    ///
    /// `done` entries are done for certain. Of the request after them see
    /// [`Error::may_have_happened`].
    #[error("stopped after {done} of {total} entries")]
    Incomplete {
        /// How many entries are done.
        done: usize,
        /// How many were to be done.
        total: usize,
        /// The playlist's version after the last request that worked, if it is about a playlist.
        snapshot: Option<SnapshotId>,
        /// What stopped it.
        #[source]
        source: Box<Self>,
    },
}

/// At which step a connection failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NetworkFailure {
    /// No connection: nothing was sent.
    #[error("cannot connect to Spotify")]
    Connect,
    /// The server did not prove by TLS that it is Spotify, or does not speak TLS 1.2 or newer:
    /// nothing was sent.
    #[error("the server does not prove that it is Spotify")]
    Untrusted,
    /// The answer did not come in time.
    #[error("Spotify does not answer in time")]
    Timeout,
    /// The connection broke before or in the answer.
    #[error("the connection to Spotify broke")]
    Broken,
}

impl NetworkFailure {
    /// Whether the request may have reached Spotify.
    const fn may_have_sent(self) -> bool {
        matches!(self, Self::Timeout | Self::Broken)
    }
}

impl Error {
    /// An answer that lacks the one field that matters.
    pub(crate) fn lacks(endpoint: &Endpoint, promised: &str, field: &str) -> Self {
        Self::Unexpected {
            operation: endpoint.operation,
            status: endpoint.success.first().copied().unwrap_or(200),
            promised: promised.to_owned(),
            mismatch: Mismatch::Shape {
                expected: Some(format!("field {field}")),
                line: 1,
                column: 1,
            },
        }
    }

    /// Tells how far a change in several requests came before this error.
    pub(crate) fn after(self, done: usize, total: usize, snapshot: Option<SnapshotId>) -> Self {
        match done {
            0 => self,
            _ => Self::Incomplete { done, total, snapshot, source: Box::new(self) },
        }
    }
}

fn names(scopes: &[Scope]) -> String {
    let names: Vec<&str> = scopes.iter().map(|scope| scope.as_str()).collect();
    if names.is_empty() { "those it was given".to_owned() } else { names.join(", ") }
}

fn instead(replacement: Option<&str>) -> String {
    replacement.map_or_else(String::new, |operation| format!("; use {operation} instead"))
}

fn after(wait: Option<Duration>) -> String {
    wait.map_or_else(String::new, |wait| format!(", for {} s", wait.as_secs()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_scope_names_the_scopes_of_the_operation() {
        let error = Error::MissingScope {
            operation: "create-playlist",
            scopes: &[Scope::PlaylistModifyPrivate, Scope::PlaylistModifyPublic],
        };
        assert_eq!(
            error.to_string(),
            "create-playlist: the sign-in lacks a scope out of playlist-modify-private, playlist-modify-public"
        );
        assert_eq!(error.missing_scopes().len(), 2);
    }

    #[test]
    fn a_removed_operation_names_what_to_use_instead() {
        let error =
            Error::Removed { operation: "get-several-tracks", replacement: Some("get-track") };
        assert_eq!(
            error.to_string(),
            "get-several-tracks: not available to this app; use get-track instead"
        );
    }

    #[test]
    fn an_interrupted_change_has_the_class_of_its_cause() {
        let wait = Some(Duration::from_secs(86_207));
        let error = Error::Incomplete {
            done: 100,
            total: 250,
            snapshot: Some(SnapshotId::from("s".to_owned())),
            source: Box::new(Error::QuotaExceeded {
                operation: "add-items-to-playlist",
                retry_after: wait,
            }),
        };
        assert_eq!(error.to_string(), "stopped after 100 of 250 entries");
        assert_eq!((error.status(), error.retry_after()), (Some(429), wait));
        assert!(error.is_retryable() && !error.needs_login() && !error.may_have_happened());
        assert_eq!(error.operation(), "add-items-to-playlist");
    }
}
