//! The token of an app without a person (Client Credentials): Spotify's catalogue, and nothing of
//! anybody's account.
//!
//! Such a token needs no refresh token and no sealed record: whoever has the app's secret gets
//! another one at any time. So it lives in memory, one request per life, early renewal and all.

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use http::HeaderValue;
use jiff::Timestamp;
use tokio::sync::Mutex;

use super::pause::Pause;
use super::present::{Freshness, Present};
use super::{BearerError, EARLY, EARLY_JITTER_SECONDS, FORCED, transaction};
use crate::app::App;
use crate::endpoint::TokenEndpoint;
use crate::grant::after;
use crate::secret::AccessToken;
use crate::{Clock, Entropy};

/// Hands out the bearer token of an app and keeps it fresh.
///
/// Clones share one token, and however many tasks ask, one of them fetches it.
#[derive(Clone)]
pub struct AppTokens(Arc<Source>);

struct Source {
    app: App,
    endpoint: TokenEndpoint,
    clock: Clock,
    entropy: Entropy,
    early: Duration,
    held: Mutex<Held>,
}

#[derive(Default)]
struct Held {
    token: Option<Present>,
    pause: Option<Pause>,
    /// When a refusal last led to a request.
    forced: Option<Timestamp>,
}

impl AppTokens {
    /// Serves tokens of `app` from `endpoint`. The app needs its secret.
    pub fn new(app: App, endpoint: TokenEndpoint, clock: Clock, entropy: Entropy) -> Self {
        let early = EARLY + Duration::from_secs(entropy.below(EARLY_JITTER_SECONDS));
        Self(Arc::new(Source { app, endpoint, clock, entropy, early, held: Mutex::default() }))
    }

    /// Returns an `Authorization` header, fetching a token first when there is none that lives.
    ///
    /// `refused` is the header that Spotify just answered 401 to, if any.
    ///
    /// # Errors
    /// See [`BearerError`]. A refused app is not asked for again within a minute.
    pub async fn bearer(&self, refused: Option<&HeaderValue>) -> Result<HeaderValue, BearerError> {
        let source = &self.0;
        let mut held = source.held.lock().await;
        let now = source.clock.now();
        let mut living = None;
        if let Some(present) = &held.token {
            let refused = refused.is_some_and(|header| present.made(header));
            match present.freshness(now, source.early) {
                Freshness::Fresh if !refused => return Ok(present.header.clone()),
                Freshness::Early if !refused => living = Some(present.header.clone()),
                _ if refused && !held.may_force(now) => return Err(BearerError::RefusedFresh),
                _ => {}
            }
            if refused {
                held.forced = Some(now);
            }
        }
        // The lock is held across the request: who waits here wants its outcome.
        match (source.fetch(&mut held, now).await, living) {
            (Ok(header), _) | (Err(_), Some(header)) => Ok(header),
            (Err(error), None) => Err(error),
        }
    }
}

impl Held {
    fn may_force(&self, now: Timestamp) -> bool {
        !self.forced.is_some_and(|last| last <= now && now < after(last, FORCED))
    }
}

impl Source {
    async fn fetch(&self, held: &mut Held, now: Timestamp) -> Result<HeaderValue, BearerError> {
        // There is one token, so one name for whatever is paused.
        let of = AccessToken::new("").fingerprint();
        if let Some(error) = held.pause.as_ref().and_then(|pause| pause.bars(of, now)) {
            return Err(error);
        }
        let _turn = self.endpoint.turn().await;
        match self.endpoint.client_credentials(&self.app).await {
            Ok(answer) => {
                let ends_at = after(now, answer.life);
                let present = Present::living(&answer.access, now, ends_at);
                let header = present.as_ref().map(|present| present.header.clone());
                (held.token, held.pause) = (present, None);
                header.ok_or(BearerError::Unusable)
            }
            Err(error) => {
                let error = transaction::failure(error);
                held.pause = Pause::after(&error, of, held.pause.as_ref(), now, &self.entropy);
                Err(error)
            }
        }
    }
}

impl fmt::Debug for AppTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AppTokens")
    }
}
