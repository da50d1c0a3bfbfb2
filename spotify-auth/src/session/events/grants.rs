//! Signing in, and what becomes of a grant.

use std::sync::Arc;

use jiff::Timestamp;
use spotify_audit::{Draft, Id, Outcome, Personal, Reference, ReferenceKey, events};

use crate::grant::Grant;
use crate::policy::TokenRotation;
use crate::store::Event;

events! {
    /// Signing in.
    pub enum SignInEvent {
        SIGN_IN_STARTED = "SM1001I" "signin.start" {
            /// A person asked to sign in.
            Started {}
        }
        SIGNED_IN = "SM1002I" "signin.done" {
            /// A person signed in; the grant is sealed.
            SignedIn {
                /// How often the grant's record was written.
                generation: u64,
                /// When the person approved.
                authorized_at: Timestamp,
                /// By when the person must sign in again.
                deadline: Timestamp,
                /// How many scopes were granted.
                scopes: u64,
                /// Which.
                granted: Vec<Id>,
            }
        }
        SIGN_IN_FAILED = "SM1003W" "signin.fail" {
            /// A sign-in came to nothing.
            Failed {}
        }
        ACCOUNT = "SM1004I" "signin.account" {
            /// Whose account a person signed in with; readable with the profile's key only, which a
            /// revocation erases.
            Account {
                /// Spotify's id of the person.
                user: Option<Personal>,
                /// The name that the person shows.
                name: Option<Personal>,
            }
        }
        ADOPTED = "SM1005I" "signin.adopt" {
            /// A grant that another program had was sealed and read back.
            Adopted {}
        }
    }
}

events! {
    /// What happens to a grant after the sign-in.
    pub enum TokenEvent {
        REFRESHED = "SM1101I" "token.refresh" {
            /// An access token was renewed and sealed.
            Refreshed {
                /// Whether Spotify replaced the refresh token.
                rotated: bool,
                /// How often the grant's record was written.
                generation: u64,
                /// How old the refresh token was that was presented.
                age_s: u64,
                /// How many requests it took.
                attempts: u32,
                /// By when the person must sign in again.
                deadline: Timestamp,
                /// The refresh token that was replaced.
                replaced: Option<Reference>,
                /// Whether the policy asks for another refresh token each time; absent where not.
                required: Option<bool>,
            }
        }
        REFRESH_FAILED = "SM1102W" "token.refresh" {
            /// An access token could not be renewed; the grant may be in order.
            RefreshFailed {
                /// By when the person must sign in again.
                deadline: Timestamp,
                /// How many requests were made.
                attempts: u32,
            }
        }
        GRANT_ENDED = "SM1103W" "token.end" {
            /// Spotify refused the grant; its tokens were erased.
            Ended {
                /// By when the person would have had to sign in again.
                deadline: Timestamp,
                /// Whether it ended before its six months were over.
                early: bool,
            }
        }
        REVOKED_USE = "SM1104E" "token.revoked_use" {
            /// A token was asked for, but the profile is revoked.
            RevokedUse {}
        }
        REFRESH_UNSAVED = "SM1105E" "token.unsaved" {
            /// A renewed token could not be sealed; it is served from memory until it is.
            Unsaved {
                /// By when the person must sign in again.
                deadline: Timestamp,
                /// Whether Spotify replaced the refresh token, so that the sealed one is spent.
                rotated: bool,
            }
        }
        DEADLINE_NEARS = "SM1106W" "token.deadline" {
            /// A grant nears the day by which the person must sign in again; told once at 30, 14, 7
            /// and 1 days.
            DeadlineNears {
                /// At most this many days are left.
                days: u16,
                /// The day itself.
                deadline: Timestamp,
            }
        }
        ROLLED_BACK = "SM1107E" "token.rollback" {
            /// A grant's record is older than one that was read before: a copy was put back.
            RolledBack {
                /// The generation that was read before.
                seen: u64,
                /// The generation that is there now.
                generation: u64,
            }
        }
        SUSPENDED_USE = "SM1108W" "token.suspended_use" {
            /// A token was asked for, but the profile is suspended.
            SuspendedUse {}
        }
        NOT_KEPT = "SM1109W" "token.not_kept" {
            /// Spotify replaced a refresh token that stands in the environment: the next start needs
            /// another.
            NotKept {
                /// By when the person must sign in again.
                deadline: Timestamp,
            }
        }
    }
}

/// Writes an event of a grant as a record. Tokens become keyed references; without a key they are
/// left out.
pub(crate) fn token_event(event: &Event<'_>, key: Option<&Arc<ReferenceKey>>) -> Draft {
    let reference = |secret: &str| key.map(|key| key.reference(secret.as_bytes()));
    let of = |grant: &Grant| reference(grant.refresh.expose());
    let failed = |event: TokenEvent, grant, reason: &'static str| {
        event.draft().outcome(Outcome::Failed).reason(reason).token(of(grant))
    };
    let refused = |event: TokenEvent| event.draft().outcome(Outcome::Refused);
    match event {
        Event::SignInStarted => SignInEvent::Started {}.draft(),
        Event::SignedIn { grant, generation, took } => {
            let granted = grant.scopes.iter().filter_map(|scope| Id::new(scope).ok()).collect();
            let event = SignInEvent::SignedIn {
                generation: *generation,
                authorized_at: grant.authorized_at,
                deadline: grant.deadline(),
                scopes: grant.scopes.iter().count() as u64,
                granted,
            };
            event.draft().outcome(Outcome::Ok).token(of(grant)).latency(*took)
        }
        Event::SignInFailed { reason } => {
            SignInEvent::Failed {}.draft().outcome(Outcome::Failed).reason(*reason)
        }
        Event::Refreshed { old, new, generation, attempts, took, rotation } => {
            let rotated = !old.refresh.matches(new.refresh.expose());
            let event = TokenEvent::Refreshed {
                rotated,
                generation: *generation,
                age_s: old.refresh_age(new.obtained_at).as_secs(),
                attempts: *attempts,
                deadline: new.deadline(),
                replaced: of(old).filter(|_| rotated),
                required: (*rotation == TokenRotation::Required).then_some(true),
            };
            event.draft().outcome(Outcome::Ok).token(of(new)).latency(*took)
        }
        Event::RefreshFailed { grant, reason, attempts } => {
            let deadline = grant.deadline();
            failed(TokenEvent::RefreshFailed { deadline, attempts: *attempts }, grant, reason)
        }
        Event::GrantEnded { grant, reason, early } => {
            let deadline = grant.deadline();
            failed(TokenEvent::Ended { deadline, early: *early }, grant, reason.as_str())
        }
        Event::Unsaved { grant, rotated } => {
            let deadline = grant.deadline();
            failed(TokenEvent::Unsaved { deadline, rotated: *rotated }, grant, "not_written")
        }
        Event::NotKept { grant } => {
            failed(TokenEvent::NotKept { deadline: grant.deadline() }, grant, "read_only")
        }
        Event::DeadlineNears { grant, days, deadline } => {
            let event = TokenEvent::DeadlineNears { days: *days, deadline: *deadline };
            event.draft().token(of(grant))
        }
        Event::RolledBack { seen, found } => {
            let event = TokenEvent::RolledBack { seen: *seen, generation: *found };
            event.draft().outcome(Outcome::Failed)
        }
        Event::SuspendedUse => refused(TokenEvent::SuspendedUse {}).reason("suspended"),
        Event::RevokedUse => refused(TokenEvent::RevokedUse {}).reason("revoked"),
    }
}
