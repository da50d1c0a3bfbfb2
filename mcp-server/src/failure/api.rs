//! Failures of the Web API.

use std::{collections::BTreeSet, error::Error as _};

use spotify_api::{AuthorizeError, AuthorizeErrorClass, Error, Scope, error::Detail};
use spotify_auth::rotation::BearerError;

use super::{
    Circumstances, Code, Failure, account,
    wording::{LOOK_FIRST, SIGN_IN, TRY_AGAIN, when},
};
use crate::sanitise;

/// The most of Spotify's own words that is repeated.
const QUOTED: usize = 160;

/// Tells what an error of the Web API means.
pub(super) fn failure(error: &Error, circumstances: &Circumstances<'_>) -> Failure {
    // An interrupted change knows what is done, and says what it does not know.
    if let Error::Incomplete { done, total, source, .. } = error {
        return incomplete(*done, *total, &failure(source, circumstances));
    }
    if circumstances.changes && error.may_have_happened() {
        let message = format!("nobody knows whether the change was made: {}", what(error));
        return Failure::new(Code::OutcomeUnknown, message, LOOK_FIRST);
    }
    refused(error, circumstances).after(error.retry_after())
}

fn refused(error: &Error, circumstances: &Circumstances<'_>) -> Failure {
    match error {
        Error::Authorize { source, .. } => authorize(source),
        Error::Unauthorized { .. } => Failure::new(
            Code::TokenRefused,
            "Spotify refuses the access token, and also the one that followed it",
            "Try once more in a minute; if it happens again, call get_auth_url and ask the person to sign in.",
        ),
        Error::MissingScope { scopes, .. } => missing_scope(scopes, circumstances),
        Error::NotAllowlisted { .. } => Failure::new(
            Code::NotAllowlisted,
            "the person's Spotify account is not on the list of users of this Spotify app",
            "Ask the app's owner to add the account under User Management at https://developer.spotify.com/dashboard (at most five users); signing in again does not help.",
        ),
        Error::PremiumRequired { .. } => Failure::new(
            Code::PremiumRequired,
            "Spotify Premium is needed for this",
            "Tell the person that the account, or that of the app's owner, needs Spotify Premium; trying again does not help.",
        ),
        Error::Removed { operation, replacement } => Failure::new(
            Code::NotAvailable,
            format!("Spotify does not offer `{operation}` to this app{}", instead(*replacement)),
            match circumstances.instead {
                "" => {
                    "Do without it: Spotify closed it to newer apps. Signing in again does not help."
                }
                instead => instead,
            },
        ),
        Error::Forbidden { detail, .. } => Failure::new(
            Code::Forbidden,
            format!("Spotify forbids this{}{}", subject(circumstances), quoted(detail)),
            "A playlist can be changed only by its owner or collaborators; newer apps also see the entries of the person's own playlists only. Trying again does not help.",
        ),
        Error::NotFound { .. } => Failure::new(
            Code::NotFound,
            format!("Spotify does not find it{}", subject(circumstances)),
            "Check the id: search_tracks and get_playlists give ids that exist.",
        ),
        Error::BadRequest { status, detail, .. } => Failure::new(
            Code::Rejected,
            format!("Spotify does not take the request (status {status}){}", quoted(detail)),
            "Change the arguments; the same call will be refused again.",
        ),
        Error::Argument { problem, .. } => Failure::arguments(problem),
        Error::RateLimited { retry_after, .. } => Failure::new(
            Code::RateLimited,
            format!("too many requests in a short time; {}", when(circumstances.now, *retry_after)),
            "Wait that long, or a minute if no time is given, then call again; fewer calls at once help.",
        ),
        Error::QuotaExceeded { retry_after, .. } => Failure::new(
            Code::QuotaExceeded,
            format!(
                "the app's quota for this kind of request is used up; {}",
                when(circumstances.now, *retry_after)
            ),
            "Tell the person when it ends and do not call again before; other kinds of request may still work.",
        ),
        Error::Server { status, .. } => Failure::new(
            Code::SpotifyFault,
            format!("Spotify has a fault (status {status})"),
            TRY_AGAIN,
        ),
        Error::Unexpected { .. } | Error::TooLarge { .. } => Failure::new(
            Code::UnexpectedAnswer,
            what(error),
            "Report it with the lines on standard error; trying again may not help.",
        ),
        Error::Network { .. } => Failure::new(
            Code::Unreachable,
            what(error),
            "Check the network connection, then call again.",
        ),
        Error::Deadline { .. } => Failure::new(Code::TimedOut, what(error), TRY_AGAIN),
        _ => Failure::internal(),
    }
}

/// Returns the error's own words, which name the operation and repeat no body.
fn what(error: &Error) -> String {
    error.to_string()
}

fn incomplete(done: usize, total: usize, cause: &Failure) -> Failure {
    let certain =
        if cause.is_ambiguous() { "; the entries right after them may be done, too" } else { "" };
    Failure {
        code: Code::Incomplete,
        message: format!("{done} of {total} entries are done{certain}, then: {}", cause.message),
        next_step: format!(
            "Do not repeat the first {done} entries. {} Then go on with the entries from number {done} (counted from 0).",
            cause.next_step
        ),
        retry_after_s: cause.retry_after_s,
    }
}

fn authorize(error: &AuthorizeError) -> Failure {
    let source = error.source().and_then(|source| source.downcast_ref::<BearerError>());
    match (source, error.class()) {
        (Some(source), _) => account::of_bearer(source),
        (None, AuthorizeErrorClass::NeedsLogin) => {
            Failure::new(Code::SignInEnded, "the person has to sign in again", SIGN_IN)
        }
        (None, _) => Failure::new(Code::TokenUnavailable, "there is no access token", TRY_AGAIN),
    }
}

fn missing_scope(documented: &[Scope], circumstances: &Circumstances<'_>) -> Failure {
    let granted: BTreeSet<&str> =
        circumstances.granted.into_iter().flat_map(spotify_auth::ScopeSet::iter).collect();
    let lacking =
        documented.iter().map(|scope| scope.as_str()).filter(|name| !granted.contains(name));
    let names: Vec<&str> = lacking.collect();
    let message = if names.is_empty() {
        "the sign-in lacks a permission that this needs".to_owned()
    } else {
        format!("the sign-in lacks a permission that this needs: {}", names.join(", "))
    };
    Failure::new(
        Code::MissingScope,
        message,
        "Call get_auth_url and ask the person to sign in again and to grant it.",
    )
}

fn instead(replacement: Option<&str>) -> String {
    replacement.map(|operation| format!("; `{operation}` takes its place")).unwrap_or_default()
}

fn subject(circumstances: &Circumstances<'_>) -> String {
    circumstances.subject.map(|subject| format!(": {subject}")).unwrap_or_default()
}

/// Repeats what Spotify said, marked as its words.
fn quoted(detail: &Detail) -> String {
    let said =
        detail.message().map(|text| sanitise::line(text, QUOTED)).filter(|text| !text.is_empty());
    said.map(|text| format!("; Spotify says: \"{text}\"")).unwrap_or_default()
}
