//! Failures of the profile: its sign-in, its token, its vault.

use spotify_auth::{
    rotation::{BearerError, Class},
    session::ProfileError,
    sign_in::SignInError,
    store::StoreError,
};

use super::{
    Code, Failure,
    wording::{SIGN_IN, TRY_AGAIN, with_cause},
};
use crate::{account::AccountError, journal::JournalError};

/// The next step when only the operator can help.
const SETTINGS: &str =
    "Tell the person: the server's settings have to be corrected, then the server started again.";
/// The next step when the vault does not work.
const VAULT: &str = "Ask the person to look at `spotify-admin status` and at the free disk space.";
/// The next step when the changes that can be undone cannot be read.
const CHANGES: &str = "Tell the person: nothing was overwritten. Update this program; where that does not help, only `spotify-admin revoke` gives the record up, with the sign-in.";
/// The next step when the audit log cannot be read.
const LOG: &str = "Ask the person to look at `spotify-admin audit verify`.";
/// The next step while a profile is suspended.
const RESUME: &str = "Tell the person: access was suspended on purpose, and nothing is lost. `spotify-admin resume` ends that; the server follows at once.";
/// The next step after a revocation.
const NEW_PROFILE: &str = "Tell the person: access was taken away on purpose. `spotify-admin login` makes a new profile; then the server must be started again.";

/// Tells why there is no token.
pub(super) fn of_bearer(error: &BearerError) -> Failure {
    let wait = match error.class() {
        Class::Transient(wait) => wait,
        _ => None,
    };
    let failure = match error {
        BearerError::NotSignedIn => {
            Failure::new(Code::NotSignedIn, "nobody has signed in to Spotify yet", SIGN_IN)
        }
        BearerError::Revoked => revoked(),
        BearerError::Suspended => suspended(),
        BearerError::Ended(_) | BearerError::Unusable => {
            Failure::new(Code::SignInEnded, with_cause(error), SIGN_IN)
        }
        BearerError::Origin(_) | BearerError::App(_) | BearerError::Clock => {
            Failure::new(Code::Configuration, with_cause(error), SETTINGS)
        }
        BearerError::Store(StoreError::Busy) => {
            Failure::new(Code::TokenUnavailable, with_cause(error), TRY_AGAIN)
        }
        BearerError::Store(_) => Failure::new(Code::Vault, with_cause(error), VAULT),
        BearerError::Audit(_) => Failure::audit(),
        _ => Failure::new(Code::TokenUnavailable, with_cause(error), TRY_AGAIN),
    };
    failure.after(wait)
}

/// Tells why the profile cannot be used.
pub(super) fn of_account(error: &AccountError) -> Failure {
    match error {
        AccountError::Profile(problem) | AccountError::Journal(JournalError::Profile(problem)) => {
            of_profile(problem)
        }
        AccountError::Journal(JournalError::Unreadable) => {
            Failure::new(Code::Vault, error.to_string(), CHANGES)
        }
        AccountError::Client(_) => Failure::new(Code::Configuration, with_cause(error), SETTINGS),
        AccountError::Log(_) => Failure::new(Code::Audit, with_cause(error), LOG),
        AccountError::Stopped => Failure::new(Code::Cancelled, with_cause(error), TRY_AGAIN),
    }
}

fn of_profile(error: &ProfileError) -> Failure {
    match error {
        ProfileError::Revoked { .. } | ProfileError::Store { source: StoreError::Revoked, .. } => {
            revoked()
        }
        ProfileError::Suspended { .. } => suspended(),
        ProfileError::Store { .. } => Failure::new(Code::Vault, with_cause(error), VAULT),
        _ => Failure::new(Code::Configuration, with_cause(error), SETTINGS),
    }
}

/// Tells why a sign-in came to nothing.
pub(super) fn of_sign_in(error: &SignInError) -> Failure {
    match error {
        SignInError::Store(StoreError::Revoked) => revoked(),
        SignInError::Store(StoreError::Suspended) => suspended(),
        SignInError::Store(_) => Failure::new(Code::Vault, error.to_string(), VAULT),
        SignInError::Audit(_) => Failure::audit(),
        SignInError::WhichOne | SignInError::NotAnAnswer(_) => Failure::new(
            Code::SignInFailed,
            error.to_string(),
            "Ask the person for the whole address the browser ended at, and call authenticate with it.",
        ),
        SignInError::Stopped => Failure::new(Code::Cancelled, error.to_string(), TRY_AGAIN),
        SignInError::Listener(_) => Failure::new(
            Code::SignInFailed,
            error.to_string(),
            "Ask the person to end the program that uses the port, or to set SPOTIFY_REDIRECT_URI to another address that is registered in the Spotify app.",
        ),
        _ => Failure::new(
            Code::SignInFailed,
            error.to_string(),
            "Call get_auth_url for a new link; the old one is used up.",
        ),
    }
}

fn suspended() -> Failure {
    Failure::new(Code::Suspended, "the profile is suspended", RESUME)
}

fn revoked() -> Failure {
    Failure::new(Code::Revoked, "the profile was revoked", NEW_PROFILE)
}
