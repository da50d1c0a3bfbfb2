//! A grant that the program was started with, for containers without a vault.
//!
//! Nothing of it is kept: what a refresh brings lives in this process. When Spotify replaces the
//! refresh token, the one in the environment is spent, and the next start needs another. That is
//! told, in the log and on standard error, when it happens.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use super::graves::Graves;
use super::registry::Entry;
use super::{Recorder, Settings, store};
use crate::app::App;
use crate::grant::{Grant, Record};
use crate::secret::{AccessToken, RefreshToken};
use crate::store::{Event, Events as _, StoreError, Stored, TokenLease, TokenStore};
use crate::{Clock, Policy, ProfileId, ProfileName};

/// Keeps a given grant in memory.
#[derive(Clone, Debug)]
pub(super) struct GivenStore(Arc<Shared>);

#[derive(Debug)]
struct Shared {
    kept: Mutex<Kept>,
    freed: Condvar,
    given: RefreshToken,
    recorder: Recorder,
    clock: Clock,
    profile: ProfileId,
    graves: Graves,
}

#[derive(Debug)]
struct Kept {
    generation: u64,
    written_at: Timestamp,
    bytes: zeroize::Zeroizing<Vec<u8>>,
    leased: bool,
}

/// Returns the one profile of a given grant. Its id is the same at each start.
pub(super) fn entry(settings: &Settings, app: &App, now: Timestamp) -> Entry {
    let name = settings.profile.clone().unwrap_or_else(ProfileName::fallback);
    let hash = Sha256::new()
        .chain_update(app.id.as_str())
        .chain_update([0])
        .chain_update(name.as_str())
        .finalize();
    let id = hash.iter().take(16).fold("p_".to_owned(), |id, byte| format!("{id}{byte:02x}"));
    let id = id.parse().expect("32 hexadecimal digits make an id");
    Entry { id, name, created_at: now, revoked_at: None }
}

impl GivenStore {
    /// Takes the grant of the settings over. Nobody says when the person approved, so the deadline
    /// that is told is the latest possible one.
    pub(super) fn new(
        settings: &Settings,
        app: &App,
        token: &RefreshToken,
        profile: ProfileId,
        recorder: Recorder,
        clock: Clock,
    ) -> Result<Self, StoreError> {
        let now = clock.now();
        let grant = Grant {
            access: AccessToken::new("none-yet"),
            refresh: RefreshToken::new(token.expose()),
            scopes: crate::ScopeSet::default(),
            obtained_at: now,
            // It has ended: the first use fetches one.
            expires_at: now,
            authorized_at: now,
            rotated_at: None,
            marked: None,
            app: app.duplicate(),
            origins: settings.origins.clone(),
        };
        let bytes = Record::Active(grant).encode()?;
        Ok(Self(Arc::new(Shared {
            kept: Mutex::new(Kept { generation: 1, written_at: now, bytes, leased: false }),
            freed: Condvar::new(),
            given: RefreshToken::new(token.expose()),
            recorder,
            clock,
            profile,
            graves: Graves::of(&settings.home),
        })))
    }

    fn kept(&self) -> MutexGuard<'_, Kept> {
        // Each change is whole before the lock is given back.
        self.0.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl TokenStore for GivenStore {
    fn load(&self) -> Result<Option<Stored>, StoreError> {
        store::check_grave(&self.0.graves, &self.0.profile)?;
        let kept = self.kept();
        let record = Record::decode(&kept.bytes)?;
        let (generation, written_at) = (kept.generation, kept.written_at);
        Ok(Some(Stored { generation, written_at, record, policy: Policy::default() }))
    }

    fn lease(&self, wait: Duration) -> Result<Box<dyn TokenLease>, StoreError> {
        let waited = self.0.freed.wait_timeout_while(self.kept(), wait, |kept| kept.leased);
        let (mut kept, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() {
            return Err(StoreError::Busy);
        }
        kept.leased = true;
        Ok(Box::new(GivenLease(self.clone())))
    }
}

struct GivenLease(GivenStore);

impl TokenLease for GivenLease {
    fn load(&mut self) -> Result<Option<Stored>, StoreError> {
        self.0.load()
    }

    fn prepare(&mut self) -> Result<(), StoreError> {
        Ok(())
    }

    fn commit(&mut self, record: &Record) -> Result<u64, StoreError> {
        let shared = &self.0.0;
        store::check_grave(&shared.graves, &shared.profile)?;
        let bytes = record.encode()?;
        let generation = {
            let mut kept = self.0.kept();
            kept.generation += 1;
            kept.written_at = shared.clock.now();
            kept.bytes = bytes;
            kept.generation
        };
        if let Record::Active(grant) = record
            && !shared.given.matches(grant.refresh.expose())
        {
            tracing::warn!(
                "Spotify replaced the refresh token: the one in SPOTIFY_REFRESH_TOKEN is spent, and the next start needs another"
            );
            // The token is in memory; a log that fails stops the next use of it.
            if let Err(error) = shared.recorder.note(&Event::NotKept { grant }) {
                tracing::error!(%error, "the audit log could not be written");
            }
        }
        Ok(generation)
    }
}

impl Drop for GivenLease {
    fn drop(&mut self) {
        self.0.kept().leased = false;
        self.0.0.freed.notify_one();
    }
}
