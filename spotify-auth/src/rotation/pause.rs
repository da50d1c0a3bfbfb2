//! Who waits how long after a failure, so that a broken service or setting is not asked in a loop.

use std::time::Duration;

use jiff::Timestamp;

use super::BearerError;
use crate::Entropy;
use crate::grant::after;
use crate::secret::Fingerprint;

/// The longest pause that is drawn; a `Retry-After` may be longer.
const LONGEST: Duration = Duration::from_mins(1);
/// How long an app that Spotify refused is not asked for again: somebody must change it first.
const APP: Duration = Duration::from_mins(1);

/// No refresh of one token before a moment.
pub(super) struct Pause {
    of: Fingerprint,
    until: Timestamp,
    failures: u32,
    error: BearerError,
}

impl Pause {
    /// Begins a pause after `error`, longer than the one `before` it when it is for the same token.
    /// `None` when another try may work at once.
    pub(super) fn after(
        error: &BearerError,
        of: Fingerprint,
        before: Option<&Self>,
        now: Timestamp,
        entropy: &Entropy,
    ) -> Option<Self> {
        let failures = 1 + before.filter(|before| before.of == of).map_or(0, |last| last.failures);
        let wait = match error {
            BearerError::Spotify { retry_after: Some(asked), .. } => *asked,
            BearerError::Spotify { .. } | BearerError::Unsaved(_) => drawn(failures, entropy),
            BearerError::App(_) => APP,
            _ => return None,
        };
        Some(Self { of, until: after(now, wait), failures, error: error.clone() })
    }

    /// Returns why a token may not be renewed now.
    pub(super) fn bars(&self, of: Fingerprint, now: Timestamp) -> Option<BearerError> {
        let left = Duration::try_from(self.until.duration_since(now)).ok()?;
        if self.of != of || left.is_zero() {
            return None;
        }
        Some(match &self.error {
            BearerError::Spotify { source, .. } => {
                BearerError::Spotify { source: source.clone(), retry_after: Some(left) }
            }
            error => error.clone(),
        })
    }
}

/// Full jitter: a random part of half a second, doubled with each failure.
fn drawn(failures: u32, entropy: &Entropy) -> Duration {
    let most = Duration::from_millis(500).saturating_mul(2_u32.saturating_pow(failures.min(16)));
    let most = u64::try_from(most.min(LONGEST).as_millis()).unwrap_or(u64::MAX);
    Duration::from_millis(1 + entropy.below(most))
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::endpoint::{AppFault, TokenError};
    use crate::secret::AccessToken;

    fn entropy() -> Entropy {
        Entropy::new(rand_core::UnwrapErr(getrandom::SysRng))
    }

    fn failed(retry_after: Option<Duration>) -> BearerError {
        BearerError::Spotify { source: Arc::new(TokenError::Unknown("test")), retry_after }
    }

    #[test]
    fn what_spotify_asks_for_stands_and_the_rest_is_drawn_up_to_a_minute() {
        let (now, of) = (Timestamp::UNIX_EPOCH, AccessToken::new("a").fingerprint());
        let pause = |error: &BearerError, before: Option<&Pause>| {
            Pause::after(error, of, before, now, &entropy())
        };
        let asked = pause(&failed(Some(Duration::from_hours(23))), None).unwrap();
        assert_eq!(asked.until, after(now, Duration::from_hours(23)));
        let mut last = pause(&failed(None), None).unwrap();
        for _ in 0..40 {
            last = pause(&failed(None), Some(&last)).unwrap();
            assert!(last.until > now && last.until <= after(now, LONGEST + LONGEST));
        }
        assert_eq!(last.failures, 41);
        let app = BearerError::App(Arc::new(TokenError::App(AppFault::InvalidClient)));
        assert_eq!(pause(&app, None).unwrap().until, after(now, APP));
        assert!(pause(&BearerError::RefusedFresh, None).is_none());
    }

    #[test]
    fn a_pause_is_for_one_token_and_tells_what_is_left_of_it() {
        let (now, of) = (Timestamp::UNIX_EPOCH, AccessToken::new("a").fingerprint());
        let wait = Duration::from_mins(1);
        let pause = Pause::after(&failed(Some(wait)), of, None, now, &entropy()).unwrap();
        let error = pause.bars(of, after(now, Duration::from_secs(20))).unwrap();
        assert!(
            matches!(error, BearerError::Spotify { retry_after: Some(left), .. } if left == Duration::from_secs(40))
        );
        assert!(pause.bars(AccessToken::new("b").fingerprint(), now).is_none());
        assert!(pause.bars(of, after(now, wait)).is_none());
    }
}
