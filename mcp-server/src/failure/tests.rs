//! The whole table of failures, as a client is told them.

use std::{collections::BTreeSet, fmt::Write as _, sync::Arc};

use http::HeaderValue;
use spotify_api::{
    AuthorizeError, Client, Error, PageRequest, Scope, answer::Mismatch, error::Detail,
    id::PlaylistId, model::SnapshotId,
};
use spotify_auth::{
    endpoint::TokenError,
    grant::EndReason,
    oauth::{RedirectParseError, RedirectRefused},
    rotation::BearerError,
    session::ProfileError,
    store::{EventError, StoreError},
};

use super::*;
use crate::journal::JournalError;

const OPERATION: &str = "add-items-to-playlist";
const SUBJECT: &str = "spotify:playlist:37i9dQZF1DX0XUsuxWHRQd";

fn broken() -> Arc<std::io::Error> {
    Arc::new(std::io::Error::other("no space left on device"))
}

fn store() -> StoreError {
    StoreError::Failed { doing: "writing the vault", source: broken() }
}

fn authorize(error: BearerError) -> Error {
    let source = match error.class() {
        spotify_auth::rotation::Class::NeedsSignIn => AuthorizeError::needs_login(error),
        spotify_auth::rotation::Class::Transient(wait) => AuthorizeError::transient(wait, error),
        _ => AuthorizeError::fatal(error),
    };
    Error::Authorize { operation: OPERATION, source }
}

/// An error of a connection that nobody accepts.
async fn refused_connection() -> Error {
    let header = |_: Option<&HeaderValue>| async { Ok(HeaderValue::from_static("Bearer x")) };
    let client = Client::builder("http://127.0.0.1:1", header).jitter(|_| Duration::ZERO).build();
    let id: PlaylistId = "37i9dQZF1DX0XUsuxWHRQd".parse().unwrap();
    client.unwrap().playlist_items(id, PageRequest::first(1)).await.unwrap_err()
}

fn api() -> Vec<(&'static str, Error)> {
    let operation = OPERATION;
    let (detail, wait) = (Detail::default(), Some(Duration::from_secs(80_000)));
    let unexpected = || Error::Unexpected {
        operation,
        status: 200,
        promised: "Snapshot".to_owned(),
        mismatch: Mismatch::CutOff,
    };
    let interrupted = |source: Error| Error::Incomplete {
        done: 200,
        total: 250,
        snapshot: Some(SnapshotId::from("s".to_owned())),
        source: Box::new(source),
    };
    vec![
        ("not signed in", authorize(BearerError::NotSignedIn)),
        ("ended: six months", authorize(BearerError::Ended(EndReason::Expired))),
        ("ended: removed at Spotify", authorize(BearerError::Ended(EndReason::Revoked))),
        ("revoked here", authorize(BearerError::Revoked)),
        ("suspended here", authorize(BearerError::Suspended)),
        ("token refused when fresh", authorize(BearerError::RefusedFresh)),
        (
            "Spotify busy",
            authorize(BearerError::Spotify {
                source: Arc::new(TokenError::Busy {
                    status: http::StatusCode::SERVICE_UNAVAILABLE,
                    retry_after: Some(Duration::from_secs(7)),
                }),
                retry_after: Some(Duration::from_secs(7)),
            }),
        ),
        ("record busy", authorize(BearerError::Store(StoreError::Busy))),
        ("record unreadable", authorize(BearerError::Store(store()))),
        ("renewed token unsaved", authorize(BearerError::Unsaved(store()))),
        ("clock wrong", authorize(BearerError::Clock)),
        ("audit of a renewal", authorize(BearerError::Audit(EventError(broken())))),
        ("stopping", authorize(BearerError::Stopped)),
        ("unauthorized", Error::Unauthorized { operation, detail: detail.clone() }),
        (
            "missing scope",
            Error::MissingScope {
                operation,
                scopes: &[Scope::PlaylistModifyPrivate, Scope::PlaylistModifyPublic],
            },
        ),
        ("not allowlisted", Error::NotAllowlisted { operation }),
        ("premium required", Error::PremiumRequired { operation }),
        ("removed", Error::Removed { operation, replacement: Some("get-playlists-items") }),
        ("removed for good", Error::Removed { operation, replacement: None }),
        ("forbidden", Error::Forbidden { operation, detail: detail.clone() }),
        ("not found", Error::NotFound { operation, detail: detail.clone() }),
        ("bad request", Error::BadRequest { operation, status: 400, detail }),
        ("argument", Error::Argument { operation, problem: "an empty search text" }),
        (
            "rate limited",
            Error::RateLimited { operation, retry_after: Some(Duration::from_secs(42)) },
        ),
        ("rate limited, no end", Error::RateLimited { operation, retry_after: None }),
        ("quota", Error::QuotaExceeded { operation, retry_after: wait }),
        ("server", Error::Server { operation, status: 502, retry_after: None }),
        ("unexpected", unexpected()),
        ("too large", Error::TooLarge { operation, limit: 8 << 20 }),
        ("deadline", Error::Deadline { operation, deadline: Duration::from_secs(30), sent: true }),
        (
            "deadline before sending",
            Error::Deadline { operation, deadline: Duration::from_secs(30), sent: false },
        ),
        (
            "interrupted by quota",
            interrupted(Error::QuotaExceeded { operation, retry_after: wait }),
        ),
        ("interrupted by doubt", interrupted(unexpected())),
    ]
}

fn others() -> Vec<(&'static str, Cause)> {
    let name = "work".parse().unwrap();
    let account = |error| Cause::Account(AccountError::Profile(error));
    vec![
        ("no app", account(ProfileError::NoApp)),
        ("other app", account(ProfileError::OtherApp { variable: "SPOTIFY_CLIENT_ID", name })),
        (
            "profile revoked",
            account(ProfileError::Revoked { name: "work".parse().unwrap(), at: now() }),
        ),
        (
            "profile unreadable",
            account(ProfileError::Store { name: "work".parse().unwrap(), source: store() }),
        ),
        ("changes unreadable", Cause::Account(AccountError::Journal(JournalError::Unreadable))),
        ("stopping", Cause::Account(AccountError::Stopped)),
        ("pasted nothing", Cause::SignIn(SignInError::NotAnAnswer(RedirectParseError::Empty))),
        (
            "pasted something else",
            Cause::SignIn(SignInError::NotAnAnswer(RedirectParseError::NoAnswer)),
        ),
        ("nothing pending", Cause::SignIn(SignInError::NotPending)),
        ("several pending", Cause::SignIn(SignInError::WhichOne)),
        ("person refused", Cause::SignIn(SignInError::Refused(RedirectRefused::AccessDenied))),
        ("scope refused", Cause::SignIn(SignInError::Refused(RedirectRefused::InvalidScope))),
        ("timed out", Cause::SignIn(SignInError::TimedOut)),
        ("no refresh token", Cause::SignIn(SignInError::NoRefreshToken)),
        ("sign-in unsaved", Cause::SignIn(SignInError::Store(store()))),
        ("sign-in of a revoked profile", Cause::SignIn(SignInError::Store(StoreError::Revoked))),
        ("sign-in unrecorded", Cause::SignIn(SignInError::Audit(EventError(broken())))),
        ("sign-in stopped", Cause::SignIn(SignInError::Stopped)),
        ("unwritable", Cause::Unwritable),
        (
            "no device",
            Cause::Told(Failure::new(Code::NoDevice, "no device is active", "Name one.")),
        ),
        (
            "mistaken",
            Cause::Mistaken {
                meant: "spotify:track:x \"X\"".to_owned(),
                source: Box::new(Cause::Unwritable),
            },
        ),
        (
            "ended after the first of two",
            Cause::Partly {
                done: "the first is done".to_owned(),
                source: Box::new(Cause::Unwritable),
            },
        ),
    ]
}

fn now() -> Timestamp {
    "2026-11-21T09:00:00Z".parse().unwrap()
}

fn told(cause: &Cause, changes: bool) -> Failure {
    let granted = "playlist-modify-public user-read-private".parse().unwrap();
    Failure::of(
        cause,
        &Circumstances {
            now: now(),
            subject: Some(SUBJECT),
            changes,
            granted: Some(&granted),
            instead: "",
        },
    )
}

async fn all() -> Vec<(String, Failure)> {
    let mut all = Vec::new();
    let unreachable = ("unreachable", refused_connection().await);
    for (name, error) in api().into_iter().chain([unreachable]) {
        let cause = Cause::Api(error);
        let (read, change) = (told(&cause, false), told(&cause, true));
        if read != change {
            all.push((format!("{name}, of a change"), change));
        }
        all.push((name.to_owned(), read));
    }
    all.extend(others().iter().map(|(name, cause)| ((*name).to_owned(), told(cause, true))));
    let minute = Duration::from_mins(1);
    all.extend(
        [
            ("arguments", Failure::arguments("`query` is missing")),
            ("audit log", Failure::audit()),
            ("call's deadline", Failure::deadline(minute, Effect::Read)),
            ("call's deadline, of a change", Failure::deadline(minute, Effect::Write)),
            ("call's deadline, of a sign-in", Failure::deadline(minute, Effect::Auth)),
            ("unanswered", Failure::unanswered()),
            ("declined", Failure::declined()),
            ("unconfirmed", Failure::unconfirmed()),
            ("forbidden by the policy", Failure::forbidden_by_policy()),
            ("cancelled", Failure::cancelled()),
            ("fault", Failure::internal()),
        ]
        .map(|(name, failure)| (name.to_owned(), failure)),
    );
    all
}

#[tokio::test]
async fn every_failure_is_told_as_reviewed() {
    let mut table = String::new();
    for (name, Failure { code, message, next_step, retry_after_s }) in all().await {
        let wait = retry_after_s.map(|wait| format!(" ({wait} s)")).unwrap_or_default();
        writeln!(table, "{name}: {}{wait}\n  {message}\n  -> {next_step}", code.as_str()).unwrap();
    }
    insta::assert_snapshot!("failures", table);
}

#[tokio::test]
async fn every_class_of_failure_is_in_the_table_and_has_a_next_step() {
    let all = all().await;
    let classes: BTreeSet<Code> = all.iter().map(|(_, failure)| failure.code).collect();
    assert_eq!(classes, Code::ALL.iter().copied().collect());
    for (name, failure) in all {
        assert!(failure.next_step.ends_with('.'), "{name}");
        assert!(failure.message.len() < 400 && !failure.message.ends_with('.'), "{name}");
        let json = serde_json::to_value(&failure).unwrap();
        assert_eq!(json["code"], failure.code.as_str());
    }
}

#[tokio::test]
async fn a_change_that_may_have_happened_is_never_told_to_be_repeated_blindly() {
    for (name, error) in api() {
        let happened = error.may_have_happened();
        let failure = told(&Cause::Api(error), true);
        assert_eq!(
            failure.code == Code::OutcomeUnknown || failure.message.contains("may be done"),
            happened,
            "{name}"
        );
    }
}
