//! Writing what was earned, also when the disk does not take it at once.
//!
//! A refresh token that replaced another one exists in this process alone until it is written: the
//! old one is spent. So it is never dropped for a failed write. It stays in memory with its lease,
//! which keeps every other process from spending the old token, and it is served from there.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::sleep;

use super::present::Present;
use super::{BearerError, Source, lock};
use crate::Policy;
use crate::blocking::{blocking, note};
use crate::grant::{Grant, Record};
use crate::store::{Event, StoreError, Stored, TokenLease};

/// How often a write is tried before the token is kept in memory.
const TRIES: u32 = 3;
/// The first pause between two tries; it doubles.
const PAUSE: Duration = Duration::from_millis(50);
/// How long a new lease is waited for when the old one is of no more use.
const LEASE_WAIT: Duration = Duration::from_secs(25);

/// A renewed grant that is to be written.
pub(super) struct Unsaved {
    /// `None` while a lost one is taken anew.
    pub(super) lease: Option<Box<dyn TokenLease>>,
    /// What is written now.
    pub(super) old: Grant,
    /// What is to be written: the renewed grant.
    pub(super) record: Record,
    pub(super) policy: Policy,
    /// How many requests it took.
    pub(super) attempts: u32,
    /// From the first request to the answer.
    pub(super) took: Duration,
    /// Whether its being kept in memory was told.
    pub(super) told: bool,
}

impl Unsaved {
    fn grant(&self) -> Option<&Grant> {
        match &self.record {
            Record::Active(grant) => Some(grant),
            Record::Ended(_) => None,
        }
    }
}

/// What writing came to.
enum Written {
    /// The new grant is written.
    Ours(u64, Unsaved),
    /// Somebody else has written another one.
    Theirs,
    /// It is still in memory only.
    Not(StoreError, Unsaved),
}

/// Writes the grant that is only in memory, if there is one.
pub(super) async fn write_down(source: &Arc<Source>) -> Result<(), BearerError> {
    let mut slot = source.unsaved.lock().await;
    match slot.take() {
        Some(kept) => save(source, &mut slot, kept).await,
        None => Ok(()),
    }
}

/// Writes the grant and tells of it. On failure it stays in `slot`, and is served from memory.
pub(super) async fn save(
    source: &Arc<Source>,
    slot: &mut Option<Unsaved>,
    kept: Unsaved,
) -> Result<(), BearerError> {
    match write(source, kept).await? {
        Written::Theirs => *lock(&source.authority) = None,
        Written::Ours(generation, kept) => {
            *lock(&source.authority) = None;
            tell(source, generation, kept).await?;
        }
        // Revoked meanwhile: the revocation wins, and the new token is wiped.
        Written::Not(StoreError::Revoked, _) => {
            *lock(&source.authority) = None;
            return Err(BearerError::Revoked);
        }
        Written::Not(error, kept) => {
            hold(source, slot, kept).await?;
            return Err(BearerError::Unsaved(error));
        }
    }
    Ok(())
}

async fn write(source: &Arc<Source>, mut kept: Unsaved) -> Result<Written, BearerError> {
    let mut pause = PAUSE;
    let mut tries = 0;
    loop {
        let (returned, outcome) = blocking(move || {
            let outcome = match &mut kept.lease {
                Some(lease) => lease.commit(&kept.record),
                None => Err(StoreError::Conflict),
            };
            (kept, outcome)
        })
        .await?;
        kept = returned;
        tries += 1;
        let error = match outcome {
            Ok(generation) => return Ok(Written::Ours(generation, kept)),
            Err(error) => error,
        };
        if error.is_final() || tries == TRIES {
            return Ok(Written::Not(error, kept));
        }
        if matches!(error, StoreError::Conflict) {
            // It may be the very lock that the new lease needs.
            kept.lease = None;
            match lease_again(source, &kept.old).await {
                Ok(Some(lease)) => kept.lease = Some(lease),
                Ok(None) => return Ok(Written::Theirs),
                Err(error) => return Ok(Written::Not(error, kept)),
            }
        } else {
            sleep(pause).await;
            pause = pause.saturating_mul(2);
        }
    }
}

/// Takes a new lease where the old one was lost, with its lock file for example. `None` when the
/// record is no longer the one that was renewed: what stands there now counts.
async fn lease_again(
    source: &Arc<Source>,
    old: &Grant,
) -> Result<Option<Box<dyn TokenLease>>, StoreError> {
    let (store, old) = (Arc::clone(&source.store), old.access.fingerprint());
    let taken = blocking(move || {
        let mut lease = store.lease(LEASE_WAIT)?;
        let same = match lease.load()? {
            Some(Stored { record: Record::Active(grant), .. }) => grant.access.fingerprint() == old,
            _ => false,
        };
        Ok(same.then_some(lease))
    });
    taken.await.unwrap_or(Err(StoreError::Conflict))
}

/// Keeps what could not be written, and serves it.
async fn hold(
    source: &Arc<Source>,
    slot: &mut Option<Unsaved>,
    mut kept: Unsaved,
) -> Result<(), BearerError> {
    let now = source.clock.now();
    let present = kept.grant().and_then(|grant| Present::of(grant, &kept.policy, now, now));
    *lock(&source.authority) = present.map(|present| (kept.old.access.fingerprint(), present));
    let told = std::mem::replace(&mut kept.told, true);
    if told {
        *slot = Some(kept);
        return Ok(());
    }
    let events = Arc::clone(&source.events);
    let (kept, noted) = blocking(move || {
        let noted = kept.grant().map_or(Ok(()), |grant| {
            let rotated = !kept.old.refresh.matches(grant.refresh.expose());
            events.note(&Event::Unsaved { grant, rotated })
        });
        (kept, noted)
    })
    .await?;
    *slot = Some(kept);
    Ok(noted?)
}

/// Tells of a refresh, and of the mark before the deadline that it passed.
async fn tell(source: &Arc<Source>, generation: u64, kept: Unsaved) -> Result<(), BearerError> {
    Ok(note(&source.events, move |events| {
        let Some(new) = kept.grant() else { return Ok(()) };
        let Unsaved { old, policy, attempts, took, .. } = &kept;
        let (attempts, took, rotation) = (*attempts, *took, policy.rotation);
        events.note(&Event::Refreshed { old, new, generation, attempts, took, rotation })?;
        match new.marked.filter(|_| new.marked != old.marked) {
            Some(days) => {
                let deadline = policy.deadline(new);
                events.note(&Event::DeadlineNears { grant: new, days, deadline })
            }
            None => Ok(()),
        }
    })
    .await??)
}
