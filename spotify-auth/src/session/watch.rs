//! Learning of a revocation by another program while nothing is asked.
//!
//! Each request looks for itself whether its profile was revoked. An idle server would keep what it
//! has in memory until then, so it looks twice a second at the one small file that a revocation
//! leaves. That works on every system and file system, without a notification service, and costs
//! one look at a name that is mostly absent.

use std::fmt;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use spotify_audit::{Durability, Outcome};

use super::events::ProfileEvent;
use super::graves::Graves;
use super::revocation::{erase_elsewhere, note_left};
use super::{Copy, Eraser, Profile, Recorder, Session};
use crate::ProfileId;
use crate::blocking::blocking;

/// How long a revocation stays unnoticed at most.
const EVERY: Duration = Duration::from_millis(500);

/// Waits for the revocation of one profile.
pub struct RevocationWatch {
    profile: ProfileId,
    graves: Graves,
    recorder: Recorder,
    erasers: Arc<Mutex<Vec<Arc<dyn Eraser>>>>,
}

impl Session {
    /// Begins to watch a profile.
    pub fn watch(&self, profile: &Profile) -> RevocationWatch {
        RevocationWatch {
            profile: profile.id().clone(),
            graves: self.graves.clone(),
            recorder: profile.recorder().clone(),
            erasers: Arc::clone(&self.erasers),
        }
    }
}

impl RevocationWatch {
    /// Waits until the profile is revoked, by whatever program, which is noticed within half a
    /// second; then has the erasers of this session called, and tells what each came to.
    pub async fn revoked(&self) -> Vec<Copy> {
        while !self.is_revoked().await {
            tokio::time::sleep(EVERY).await;
        }
        let (erasers, profile) = (Arc::clone(&self.erasers), self.profile.clone());
        let recorder = self.recorder.clone();
        let erased = blocking(move || {
            let copies = erase_elsewhere(&erasers, &profile);
            note_left(&recorder, &copies);
            let done = ProfileEvent::Forgotten {}.draft().outcome(Outcome::Ok);
            if let Err(error) = recorder.record_blocking(done, Durability::After) {
                tracing::error!(%error, "the audit log could not be written");
            }
            copies
        });
        erased.await.unwrap_or_default()
    }

    /// Whether it is known that the profile was revoked. One of which that can't be known is
    /// refused at each request, so there is nothing to do here.
    async fn is_revoked(&self) -> bool {
        let (graves, profile) = (self.graves.clone(), self.profile.clone());
        matches!(blocking(move || graves.of_profile(&profile)).await, Ok(Ok(Some(_))))
    }
}

impl fmt::Debug for RevocationWatch {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RevocationWatch").field("profile", &self.profile).finish_non_exhaustive()
    }
}
