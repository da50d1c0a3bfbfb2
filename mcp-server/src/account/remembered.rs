//! What Spotify's limits closed, and what was learned about the app, from one run to the next.
//!
//! A spent quota can be closed for a day: a server that is started anew must not find that out by
//! asking again. It is no secret, but it is sealed with the profile, where it is erased with it,
//! and where two servers do not write over each other's halves. It is written when the server ends
//! in order; one that is killed forgets, and asks once more.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use spotify_api::{Client, LearnedState, LimitState};
use spotify_auth::session::Profile;

use crate::dispatch::chain;

/// The name of the sealed record.
const RECORD: &str = "limits";

/// What is kept.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Remembered {
    pub(super) limits: LimitState,
    pub(super) learned: LearnedState,
}

impl Remembered {
    /// Takes what a client knows at `now`.
    pub(super) fn of(client: &Client, now: Timestamp) -> Self {
        let limits = client.limits().unwrap_or_default();
        Self { limits, learned: client.learned().state(now) }
    }

    /// Reads what was kept. Without it the server only asks more often. Blocks on files.
    pub(super) fn read(profile: &Profile) -> Self {
        match profile.read_record(RECORD) {
            Ok(Some(bytes)) => serde_json::from_slice(&bytes).unwrap_or_default(),
            Ok(None) => Self::default(),
            Err(error) => {
                tracing::debug!(error = %chain(&error), "limits of an earlier run can't be read");
                Self::default()
            }
        }
    }

    /// Keeps it for the next run. Blocks on files.
    pub(super) fn write(&self, profile: &Profile) {
        let Ok(bytes) = serde_json::to_vec(self) else { return };
        if let Err(error) = profile.update_record(RECORD, |_| bytes) {
            tracing::debug!(error = %chain(&error), "limits are not kept for the next run");
        }
    }
}
