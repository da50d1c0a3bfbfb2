//! One refresh, from the lease to the sealed answer.

use std::sync::Arc;
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::{BearerError, Freshness, Source, Unsaved, freshness};
use crate::blocking::{blocking, note};
use crate::endpoint::{Refusal, TokenAnswer, TokenError};
use crate::grant::{EndReason, Ended, EndedGrant, Grant, Record};
use crate::store::{Event, StoreError, Stored, TokenLease};

/// How long another process may hold the lease before this one gives up.
const LEASE_WAIT: Duration = Duration::from_secs(25);
/// Requests per refresh, the first included.
const ATTEMPTS_MAX: u32 = 4;
/// A longer `Retry-After` is handed to the caller instead of waited for.
const WAIT_MAX: Duration = Duration::from_secs(10);
/// The first pause between attempts; it doubles, and a random part of it is waited.
const BACKOFF: Duration = Duration::from_millis(500);

/// Renews the token unless the record has moved on from `seen`.
pub(super) async fn run(source: Arc<Source>, seen: u64) -> Result<(), BearerError> {
    let mut unsaved = source.unsaved.lock().await;
    if let Some(kept) = unsaved.take() {
        return save(&mut unsaved, kept).await.map(drop);
    }
    let store = Arc::clone(&source.store);
    let mut lease = blocking(move || store.lease(LEASE_WAIT)).await??;
    let (returned, stored) = blocking(move || {
        let stored = lease.load();
        (lease, stored)
    })
    .await?;
    lease = returned;
    let Some(Stored { generation, record }) = stored? else { return Err(BearerError::NotSignedIn) };
    let grant = match record {
        Record::Active(grant) => grant,
        Record::Ended(ended) => return Err(BearerError::Ended(ended.ended.reason)),
    };
    grant.origins.check(source.endpoint.origins())?;
    let now = source.clock.now();
    if generation != seen && !matches!(freshness(&grant, now, source.early), Freshness::Expired) {
        // Someone else has renewed it while we waited: theirs is ours.
        return Ok(());
    }
    let (returned, prepared) = blocking(move || {
        let prepared = lease.prepare();
        (lease, prepared)
    })
    .await?;
    prepared?;
    let started = Instant::now();
    match request(&source, &grant).await {
        (Ok(answer), attempts) => {
            let new = grant.renewed(answer, now);
            let kept = Unsaved { lease: returned, record: Record::Active(new) };
            let (generation, record) = save(&mut unsaved, kept).await?;
            let took = started.elapsed();
            Ok(note(&source.events, move |events| {
                let Record::Active(new) = &record else { return Ok(()) };
                events.note(&Event::Refreshed { old: &grant, new, generation, attempts, took })
            })
            .await??)
        }
        (Err(TokenError::Refused(refusal)), _) => end(&source, returned, grant, refusal).await,
        (Err(error), attempts) => {
            let failure = failure(error);
            let reason = reason(&failure);
            note(&source.events, move |events| {
                events.note(&Event::RefreshFailed { grant: &grant, reason, attempts })
            })
            .await??;
            Err(failure)
        }
    }
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

/// Writes the new record. On failure it stays in memory together with its lease, so that the old
/// refresh token, which may be spent, is used by nobody.
async fn save(slot: &mut Option<Unsaved>, kept: Unsaved) -> Result<(u64, Record), BearerError> {
    let Unsaved { mut lease, record } = kept;
    let (lease, record, outcome) = blocking(move || {
        let outcome = lease.commit(&record);
        (lease, record, outcome)
    })
    .await?;
    match outcome {
        Ok(generation) => Ok((generation, record)),
        // Revoked meanwhile: the revocation wins, and the new token is wiped.
        Err(StoreError::Revoked) => Err(BearerError::Revoked),
        Err(error) => {
            *slot = Some(Unsaved { lease, record });
            Err(BearerError::Unsaved(error))
        }
    }
}

/// Erases the tokens of a grant that Spotify refused.
async fn end(
    source: &Arc<Source>,
    mut lease: Box<dyn TokenLease>,
    grant: Grant,
    refusal: Refusal,
) -> Result<(), BearerError> {
    let at = source.clock.now();
    let reason = EndReason::from(refusal);
    let ended =
        Ended { at, reason, authorized_at: grant.authorized_at, client_id: grant.app.id.clone() };
    let (app, origins) = (grant.app.duplicate(), grant.origins.clone());
    let record = Record::Ended(EndedGrant { ended, app, origins });
    blocking(move || lease.commit(&record)).await??;
    let early = at < grant.deadline();
    note(&source.events, move |events| {
        events.note(&Event::GrantEnded { grant: &grant, reason, early })
    })
    .await??;
    Err(BearerError::Ended(reason))
}

fn failure(error: TokenError) -> BearerError {
    let retry_after = match &error {
        TokenError::Busy { retry_after, .. } => *retry_after,
        TokenError::App(_) => return BearerError::App(Arc::new(error)),
        _ => None,
    };
    BearerError::Spotify { source: Arc::new(error), retry_after }
}

fn reason(failure: &BearerError) -> &'static str {
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
