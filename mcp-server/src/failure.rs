//! Why a call came to nothing, in words that a model can act on.
//!
//! A [`Cause`] is what the tool met; a [`Failure`] is what the client is told: a stable code, what
//! happened, and the next step. No failure holds a token, code or verifier, and what Spotify wrote
//! in an error is cleaned and cut before it is repeated.

use std::time::Duration;

use jiff::Timestamp;
use serde::Serialize;
use spotify_auth::{ScopeSet, sign_in::SignInError};

use crate::{account::AccountError, offer::Fault, tools::Effect};

mod account;
mod api;
mod wording;

/// What a tool met.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Cause {
    /// The Web API.
    #[error(transparent)]
    Api(#[from] spotify_api::Error),
    /// The profile.
    #[error(transparent)]
    Account(#[from] AccountError),
    /// The sign-in.
    #[error(transparent)]
    SignIn(#[from] SignInError),
    /// A result that cannot be written down.
    #[error("write the result down")]
    Unwritable,
    /// Something that is no part of Spotify.
    #[error(transparent)]
    Fault(#[from] Fault),
    /// What the tool itself found out, in the words for the client.
    #[error("{}", .0.message)]
    Told(Failure),
    /// A thing that is not there, and what may have been meant.
    #[error("it is not there, but {meant} is")]
    Mistaken {
        /// The URI and name.
        meant: String,
        /// That it is not there.
        source: Box<Self>,
    },
    /// What ended a call of several changes after the first of them.
    #[error("{done}")]
    Partly {
        /// What is done.
        done: String,
        /// What ended the rest.
        source: Box<Self>,
    },
}

/// What the client is told.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Failure {
    /// The class.
    pub(crate) code: Code,
    /// What happened.
    pub(crate) message: String,
    /// What to do now.
    pub(crate) next_step: String,
    /// How many seconds to wait at least before trying again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) retry_after_s: Option<u64>,
}

/// What is known besides the cause.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Circumstances<'a> {
    /// The present moment.
    pub(crate) now: Timestamp,
    /// The thing that a "not found" means.
    pub(crate) subject: Option<&'a str>,
    /// Whether the tool changes something.
    pub(crate) changes: bool,
    /// What the person has granted, where that is known.
    pub(crate) granted: Option<&'a ScopeSet>,
    /// What to do where the app lacks the tool's operations; empty where nothing is known.
    pub(crate) instead: &'static str,
}

macro_rules! codes {
    ($($(#[doc = $doc:literal])+ $name:ident = $word:literal,)+) => {
        /// The class of a failure; also the reason in the audit log.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        pub(crate) enum Code {
            $($(#[doc = $doc])+ #[serde(rename = $word)] $name,)+
        }

        impl Code {
            /// Returns the class as one word.
            pub(crate) const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            /// All classes.
            #[cfg(test)]
            const ALL: &[Self] = &[$(Self::$name),+];
        }
    };
}

codes! {
    /// The arguments are not what the tool takes.
    InvalidArguments = "invalid_arguments",
    /// Nobody has signed in yet.
    NotSignedIn = "not_signed_in",
    /// The sign-in is over.
    SignInEnded = "sign_in_ended",
    /// A sign-in did not work.
    SignInFailed = "sign_in_failed",
    /// The profile was revoked.
    Revoked = "revoked",
    /// Access is suspended for now.
    Suspended = "suspended",
    /// The settings do not fit the profile.
    Configuration = "configuration",
    /// The vault could not be used.
    Vault = "vault_unavailable",
    /// The audit log could not be written.
    Audit = "audit_unavailable",
    /// No access token could be had for now.
    TokenUnavailable = "token_unavailable",
    /// Spotify refuses a fresh token.
    TokenRefused = "token_refused",
    /// The person did not grant what is needed.
    MissingScope = "missing_scope",
    /// The person is not on the app's list of users.
    NotAllowlisted = "not_allowlisted",
    /// Spotify Premium is needed.
    PremiumRequired = "premium_required",
    /// Not available to this app.
    NotAvailable = "not_available",
    /// Not allowed.
    Forbidden = "forbidden",
    /// Not there.
    NotFound = "not_found",
    /// Spotify does not take it.
    Rejected = "rejected",
    /// No device to command, or several.
    NoDevice = "no_device",
    /// Too many requests for the moment.
    RateLimited = "rate_limited",
    /// Too many requests for the day.
    QuotaExceeded = "quota_exceeded",
    /// Spotify has a fault.
    SpotifyFault = "spotify_fault",
    /// Spotify's answer is not what it promises.
    UnexpectedAnswer = "unexpected_answer",
    /// Spotify cannot be reached.
    Unreachable = "unreachable",
    /// It took too long.
    TimedOut = "timed_out",
    /// A change that nobody knows the outcome of.
    OutcomeUnknown = "outcome_unknown",
    /// A change that stopped in the middle.
    Incomplete = "incomplete",
    /// The person was asked and did not answer.
    Unanswered = "unanswered",
    /// The person was asked and said no.
    Declined = "declined",
    /// The person has to be asked and can't be.
    Unconfirmed = "unconfirmed",
    /// The client took the call back.
    Cancelled = "cancelled",
    /// A fault of this program.
    Internal = "internal",
}

impl Failure {
    /// Makes a failure that no wait is known for.
    pub(crate) fn new(
        code: Code,
        message: impl Into<String>,
        next_step: impl Into<String>,
    ) -> Self {
        Self { code, message: message.into(), next_step: next_step.into(), retry_after_s: None }
    }

    /// Says how long to wait at least.
    fn after(mut self, wait: Option<Duration>) -> Self {
        self.retry_after_s = wait.map(wording::seconds);
        self
    }

    /// The arguments are not what the tool takes.
    pub(crate) fn arguments(problems: &str) -> Self {
        Self::new(
            Code::InvalidArguments,
            format!("the arguments are not right: {problems}"),
            "Correct the named arguments and call again; nothing was done.",
        )
    }

    /// Says what may have been meant, if anything.
    pub(crate) fn meaning(self, meant: Option<&str>) -> Self {
        let Some(meant) = meant else { return self };
        Self { message: format!("{}; did you mean {meant}?", self.message), ..self }
    }

    /// The audit log could not be written, so nothing was done.
    pub(crate) fn audit() -> Self {
        Self::new(
            Code::Audit,
            "the audit log cannot be written, so the call was not made",
            "Ask the person to look at `spotify-admin audit verify` and at the free disk space.",
        )
    }

    /// The deadline of a call has passed.
    pub(crate) fn deadline(deadline: Duration, effect: Effect) -> Self {
        let message = format!("the call was not finished within {}", wording::span(deadline));
        let (code, next_step) = match effect {
            Effect::Read => (Code::TimedOut, wording::TRY_AGAIN),
            Effect::Write | Effect::Destructive => (Code::OutcomeUnknown, wording::LOOK_FIRST),
            Effect::Auth => (Code::OutcomeUnknown, wording::LOOK_AT_STATUS),
        };
        Self::new(code, message, next_step)
    }

    /// The client took the call back.
    pub(crate) fn cancelled() -> Self {
        Self::new(Code::Cancelled, "the call was cancelled", "Nothing is left to do.")
    }

    /// The person was asked, and no answer came.
    pub(crate) fn unanswered() -> Self {
        Self::new(
            Code::Unanswered,
            "the person was asked, and no answer came; nothing was done",
            "Ask the person in the conversation, then call again.",
        )
    }

    /// The person was asked to agree, and did not.
    pub(crate) fn declined() -> Self {
        Self::new(
            Code::Declined,
            "the person was asked and did not agree; nothing was done",
            "Do not call again unless the person asks for it.",
        )
    }

    /// The person has to agree, and this client can't ask.
    pub(crate) fn unconfirmed() -> Self {
        Self::new(
            Code::Unconfirmed,
            "the person has to confirm this call, and this client cannot ask; nothing was done",
            "Call with dry_run to show what would happen. Tell the person: a client with elicitation asks by itself; else `--allow-unconfirmed` lets the server go on without.",
        )
    }

    /// The operator's policy for the profile forbids acts of this kind.
    pub(crate) fn forbidden_by_policy() -> Self {
        Self::new(
            Code::Forbidden,
            "the operator's policy for this profile forbids such changes; nothing was done",
            "Do without it. Tell the person: `spotify-admin policy set` with `--destructive` or `--writes` changes that, and the server follows at once.",
        )
    }

    /// What a profile that can't be used means.
    pub(crate) fn of_account(error: &AccountError) -> Self {
        account::of_account(error)
    }

    /// A fault of this program.
    pub(crate) fn internal() -> Self {
        Self::new(
            Code::Internal,
            "the server has a fault; the call ended, the server goes on",
            "Report it with the lines on standard error; trying again may not help.",
        )
    }

    /// Tells what a cause means under the circumstances.
    pub(crate) fn of(cause: &Cause, circumstances: &Circumstances<'_>) -> Self {
        match cause {
            Cause::Api(error) => api::failure(error, circumstances),
            Cause::Account(error) => Self::of_account(error),
            Cause::SignIn(error) => account::of_sign_in(error),
            Cause::Unwritable | Cause::Fault(_) => Self::internal(),
            Cause::Told(failure) => failure.clone(),
            Cause::Mistaken { meant, source } => {
                Self::of(source, circumstances).meaning(Some(meant))
            }
            Cause::Partly { done, source } => Self::of(source, circumstances).after_all(done),
        }
    }

    /// Says what was done before it.
    fn after_all(self, done: &str) -> Self {
        Self {
            code: Code::Incomplete,
            message: format!("{done}; then: {}", self.message),
            next_step: format!("Do not repeat what is done. {}", self.next_step),
            ..self
        }
    }

    /// Whether the change may have happened all the same.
    pub(crate) const fn is_ambiguous(&self) -> bool {
        matches!(self.code, Code::OutcomeUnknown | Code::Incomplete)
    }
}

#[cfg(test)]
mod tests;
