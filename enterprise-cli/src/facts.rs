//! What is told of a profile, without any secret.

use jiff::Timestamp;
use serde::Serialize;
use spotify_auth::grant::EndReason;
use spotify_auth::session::{Profile, ProfileError, Status};

use crate::error::CommandError;
use crate::output::{Tone, View, when};

/// A profile as programs read it. Times are RFC 3339 in UTC; what does not apply is `null`.
#[derive(Debug, Serialize)]
pub(crate) struct ProfileFacts {
    pub(crate) name: String,
    /// Whether commands and the server use it when none is named.
    pub(crate) default: bool,
    pub(crate) state: State,
    /// What is wrong, when the record can't be read.
    pub(crate) problem: Option<String>,
    pub(crate) client_id: Option<String>,
    pub(crate) scopes: Vec<String>,
    pub(crate) access_expires_at: Option<Timestamp>,
    pub(crate) authorized_at: Option<Timestamp>,
    pub(crate) deadline: Option<Timestamp>,
    pub(crate) deadline_days: Option<i64>,
    /// When Spotify last replaced the refresh token.
    pub(crate) rotated_at: Option<Timestamp>,
    pub(crate) ended_at: Option<Timestamp>,
    pub(crate) end_reason: Option<EndReason>,
    pub(crate) suspended_at: Option<Timestamp>,
    pub(crate) revoked_at: Option<Timestamp>,
    pub(crate) created_at: Timestamp,
    /// How often the sealed record was written.
    pub(crate) generation: Option<u64>,
}

/// Where a profile stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum State {
    SignedIn,
    NotSignedIn,
    Ended,
    Suspended,
    Revoked,
    Unreadable,
}

impl State {
    /// Returns the state as people read it.
    pub(crate) fn words(self) -> &'static str {
        match self {
            Self::SignedIn => "signed in",
            Self::NotSignedIn => "not signed in",
            Self::Ended => "ended",
            Self::Suspended => "suspended",
            Self::Revoked => "revoked",
            Self::Unreadable => "unreadable",
        }
    }

    /// Returns how the state is meant.
    pub(crate) fn tone(self) -> Tone {
        match self {
            Self::SignedIn => Tone::Good,
            Self::NotSignedIn | Self::Ended | Self::Suspended => Tone::Attention,
            Self::Revoked => Tone::Quiet,
            Self::Unreadable => Tone::Bad,
        }
    }
}

impl ProfileFacts {
    /// Reads what is known of a profile. A record that can't be read is a state, so that it hides
    /// no other profile.
    pub(crate) fn of(profile: &Profile, default: bool, now: Timestamp) -> Self {
        let facts = Self {
            name: profile.name().to_string(),
            default,
            state: State::NotSignedIn,
            problem: None,
            client_id: None,
            scopes: Vec::new(),
            access_expires_at: None,
            authorized_at: None,
            deadline: None,
            deadline_days: None,
            rotated_at: None,
            ended_at: None,
            end_reason: None,
            suspended_at: None,
            revoked_at: None,
            created_at: profile.created_at(),
            generation: None,
        };
        facts.with(profile.status(), now)
    }

    fn with(self, status: Result<Status, ProfileError>, now: Timestamp) -> Self {
        match status {
            Ok(Status::SignedIn(status)) => Self {
                state: State::SignedIn,
                client_id: Some(status.client_id.to_string()),
                scopes: status.scopes.iter().map(str::to_owned).collect(),
                access_expires_at: Some(status.expires_at),
                authorized_at: Some(status.authorized_at),
                deadline: Some(status.deadline),
                deadline_days: Some(when::days_left(status.deadline, now)),
                rotated_at: status.rotated_at,
                generation: Some(status.generation),
                ..self
            },
            Ok(Status::Ended(ended)) => Self {
                state: State::Ended,
                client_id: Some(ended.client_id.to_string()),
                authorized_at: Some(ended.authorized_at),
                ended_at: Some(ended.at),
                end_reason: Some(ended.reason),
                ..self
            },
            Ok(Status::Suspended { at }) => {
                Self { state: State::Suspended, suspended_at: Some(at), ..self }
            }
            Ok(Status::Revoked { at }) => {
                Self { state: State::Revoked, revoked_at: Some(at), ..self }
            }
            Ok(_) => self,
            Err(error) => {
                let problem = Some(CommandError::from(error).message());
                Self { state: State::Unreadable, problem, ..self }
            }
        }
    }

    /// Says when the access token ends.
    pub(crate) fn access(&self, now: Timestamp) -> String {
        match self.access_expires_at {
            Some(at) if at > now => format!("ends {}", when::relative(at, now)),
            Some(_) => "ended, renewed when needed".to_owned(),
            None => "-".to_owned(),
        }
    }

    /// Says by when the person must sign in again.
    pub(crate) fn due(&self, view: View) -> String {
        match self.deadline {
            Some(deadline) => when::day_and_distance(deadline, view.now),
            None => "-".to_owned(),
        }
    }
}
