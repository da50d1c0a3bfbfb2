//! One refresh, from the lease to the sealed answer.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::flight::Landing;
use super::keep::{self, Unsaved};
use super::present::{Freshness, Present};
use super::{BearerError, Source};
use crate::blocking::{blocking, note};
use crate::endpoint::{TokenAnswer, TokenError};
use crate::grant::{EndReason, Ended, EndedGrant, Grant, Record};
use crate::secret::Fingerprint;
use crate::store::{Event, Stored, TokenLease};

/// How long another process may hold the lease before this one gives up.
const LEASE_WAIT: Duration = Duration::from_secs(25);
/// Requests per refresh, the first included.
const ATTEMPTS_MAX: u32 = 4;
/// A longer `Retry-After` is handed to the caller instead of waited for.
const WAIT_MAX: Duration = Duration::from_secs(10);
/// The first pause between attempts; it doubles, and a random part of it is waited.
const BACKOFF: Duration = Duration::from_millis(500);
/// How often, and how far apart, the record is read again before a grant counts as refused: a
/// winner that holds no lease needs a moment to reach the disk.
const SECOND_LOOKS: u32 = 4;
const SECOND_LOOK: Duration = Duration::from_millis(500);

/// Renews a token unless the record has moved on from it, and tells everyone who waits.
pub(super) async fn run(source: Arc<Source>, landing: Landing) {
    let outcome = attempt(&source, landing.of()).await;
    landing.land(outcome, source.clock.now(), &source.entropy);
}

async fn attempt(source: &Arc<Source>, seen: Fingerprint) -> Result<(), BearerError> {
    let mut unsaved = source.unsaved.lock().await;
    if let Some(kept) = unsaved.take() {
        return keep::save(source, &mut unsaved, kept).await;
    }
    let _turn = source.endpoint.turn().await;
    let store = Arc::clone(&source.store);
    let (lease, stored) = blocking(move || {
        let mut lease = store.lease(LEASE_WAIT)?;
        let stored = lease.load();
        Ok::<_, BearerError>((lease, stored))
    })
    .await??;
    let Some(Stored { written_at, record, policy, .. }) = stored? else {
        return Err(BearerError::NotSignedIn);
    };
    let grant = match record {
        Record::Active(grant) => grant,
        Record::Ended(ended) => return Err(BearerError::Ended(ended.ended.reason)),
    };
    grant.origins.check(source.endpoint.origins())?;
    let now = source.clock.now();
    if policy.is_over(&grant, now) {
        return end(source, lease, grant, EndReason::Policy).await;
    }
    let moved_on = grant.access.fingerprint() != seen;
    let present = Present::of(&grant, &policy, written_at, now).ok_or(BearerError::Unusable)?;
    if moved_on && present.freshness(now, source.early) != Freshness::Expired {
        // Someone else has renewed it while we waited: theirs is ours.
        return Ok(());
    }
    let mut lease = prepared(lease).await?;
    let started = Instant::now();
    match request(source, &grant).await {
        (Ok(answer), attempts) => {
            let mut new = grant.renewed(answer, now);
            let deadline = policy.deadline(&new);
            new.marked = new.due_mark(deadline, now).or(new.marked);
            let took = started.elapsed();
            let record = Record::Active(new);
            let lease = Some(lease);
            let kept = Unsaved { lease, old: grant, record, policy, attempts, took, told: false };
            keep::save(source, &mut unsaved, kept).await
        }
        (Err(TokenError::Refused(refusal)), _) => {
            (lease, _) = match moved(lease, &grant).await? {
                (_, true) => return Ok(()),
                same => same,
            };
            end(source, lease, grant, EndReason::from(refusal)).await
        }
        (Err(error), attempts) => {
            drop(lease);
            let failure = failure(error);
            let reason = word(&failure);
            note(&source.events, move |events| {
                events.note(&Event::RefreshFailed { grant: &grant, reason, attempts })
            })
            .await??;
            Err(failure)
        }
    }
}

/// Makes sure that the answer will find room, before the refresh token is spent.
async fn prepared(mut lease: Box<dyn TokenLease>) -> Result<Box<dyn TokenLease>, BearerError> {
    blocking(move || {
        lease.prepare()?;
        Ok(lease)
    })
    .await?
}

/// Asks until there is an answer, the grant is refused, or the patience ends. The lease is held
/// all the while, so that nobody else spends the token.
async fn request(source: &Source, grant: &Grant) -> (Result<TokenAnswer, TokenError>, u32) {
    let mut pause = BACKOFF;
    let mut attempts = 1;
    loop {
        let error = match source.endpoint.refresh(&grant.app, &grant.refresh).await {
            Ok(answer) => return (Ok(answer), attempts),
            Err(error) => error,
        };
        let asked = match &error {
            TokenError::Busy { retry_after, .. } => *retry_after,
            _ => None,
        };
        if !error.is_retryable()
            || attempts == ATTEMPTS_MAX
            || asked.is_some_and(|wait| wait > WAIT_MAX)
        {
            return (Err(error), attempts);
        }
        let jitter = Duration::from_millis(
            source.entropy.below(u64::try_from(pause.as_millis()).unwrap_or(u64::MAX)),
        );
        sleep(asked.unwrap_or(jitter)).await;
        pause = pause.saturating_mul(2);
        attempts += 1;
    }
}

/// Whether somebody who does not hold the lease has written another token.
async fn moved(
    mut lease: Box<dyn TokenLease>,
    old: &Grant,
) -> Result<(Box<dyn TokenLease>, bool), BearerError> {
    for look in 0..=SECOND_LOOKS {
        if look > 0 {
            sleep(SECOND_LOOK).await;
        }
        let (returned, stored) = blocking(move || {
            let stored = lease.load();
            (lease, stored)
        })
        .await?;
        lease = returned;
        if let Some(Stored { record: Record::Active(grant), .. }) = stored?
            && grant.access.fingerprint() != old.access.fingerprint()
        {
            return Ok((lease, true));
        }
    }
    Ok((lease, false))
}

/// Erases the tokens of a grant that is over.
async fn end(
    source: &Arc<Source>,
    mut lease: Box<dyn TokenLease>,
    grant: Grant,
    reason: EndReason,
) -> Result<(), BearerError> {
    let at = source.clock.now();
    let ended =
        Ended { at, reason, authorized_at: grant.authorized_at, client_id: grant.app.id.clone() };
    let (app, origins) = (grant.app.duplicate(), grant.origins.clone());
    let record = Record::Ended(EndedGrant { ended, app, origins });
    blocking(move || lease.commit(&record)).await??;
    let early = reason != EndReason::Policy && at < grant.deadline();
    note(&source.events, move |events| {
        events.note(&Event::GrantEnded { grant: &grant, reason, early })
    })
    .await??;
    Err(BearerError::Ended(reason))
}

/// Says what a failed request means for whoever wanted a token.
pub(super) fn failure(error: TokenError) -> BearerError {
    let retry_after = match &error {
        TokenError::Busy { retry_after, .. } => *retry_after,
        TokenError::App(_) => return BearerError::App(Arc::new(error)),
        _ => None,
    };
    BearerError::Spotify { source: Arc::new(error), retry_after }
}

fn word(failure: &BearerError) -> &'static str {
    match failure {
        BearerError::App(_) => "app_refused",
        BearerError::Spotify { source, .. } => match source.as_ref() {
            TokenError::Busy { .. } => "spotify_busy",
            TokenError::NotSent(_) => "not_reachable",
            _ => "outcome_unknown",
        },
        _ => "failed",
    }
}
