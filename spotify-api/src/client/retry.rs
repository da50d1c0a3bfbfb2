//! What may be repeated, how often and after what wait.

use std::{
    hash::{BuildHasher as _, Hasher as _, RandomState},
    time::Duration,
};

use crate::{
    endpoint::{Endpoint, Method},
    error::{Error, NetworkFailure},
};

/// Chooses an extra wait between zero and the given duration.
pub(super) type Jitter = Box<dyn Fn(Duration) -> Duration + Send + Sync>;

/// What to do after a failed attempt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Decision {
    /// Give the error to the caller.
    Fail,
    /// Repeat with a header value that replaces the refused one.
    Renew,
    /// Repeat after a wait, to which jitter of at most the second duration is added.
    Repeat(Duration, Duration),
}

/// What happened so far in a call.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct History {
    /// How many attempts were made, with the one that just failed.
    pub(super) attempts: u32,
    /// Whether the header value was already replaced.
    pub(super) renewed: bool,
    /// Whether a refusal that may be spurious was already put to the test.
    pub(super) doubted: bool,
}

/// How long the client waits.
#[derive(Debug, Clone, Copy)]
pub(super) struct Patience {
    /// The longest wait that Spotify may ask for.
    pub(super) longest_wait: Duration,
    /// The wait before the first repetition that Spotify did not ask for.
    pub(super) backoff: Duration,
}

/// Decides about a failed attempt.
pub(super) fn decide(
    endpoint: &Endpoint,
    error: &Error,
    history: History,
    patience: Patience,
) -> Decision {
    let Patience { longest_wait, backoff } = patience;
    let reads = endpoint.method == Method::Get;
    let backoff = backoff.saturating_mul(1 << history.attempts.saturating_sub(1).min(6));
    if history.attempts >= ATTEMPTS {
        return Decision::Fail;
    }
    match error {
        // Also for changes: a request with a refused token was not carried out.
        Error::Unauthorized { .. } if !history.renewed => Decision::Renew,
        // Also for changes: a request over the limit was not carried out.
        Error::RateLimited { retry_after: Some(wait), .. } if *wait <= longest_wait => {
            Decision::Repeat(*wait, LIMIT_JITTER)
        }
        // Seen on valid requests (N46).
        Error::PremiumRequired { .. } if reads && !history.doubted => {
            Decision::Repeat(Duration::ZERO, backoff)
        }
        Error::Server { retry_after, .. } if endpoint.repeatable => match retry_after {
            Some(wait) if *wait > longest_wait => Decision::Fail,
            Some(wait) => Decision::Repeat(*wait, LIMIT_JITTER),
            None => Decision::Repeat(backoff, backoff / 2),
        },
        Error::Network { failure: NetworkFailure::Untrusted, .. } => Decision::Fail,
        Error::Network { failure, .. }
            if endpoint.repeatable || *failure == NetworkFailure::Connect =>
        {
            Decision::Repeat(backoff, backoff / 2)
        }
        _ => Decision::Fail,
    }
}

/// Chooses a random duration up to `most`.
///
/// The standard library's hasher keys are random, which is enough to keep clients apart in time.
pub(super) fn spread(most: Duration) -> Duration {
    let random = RandomState::new().build_hasher().finish();
    let thousandths = u32::try_from(random % 1001).unwrap_or_default();
    most * thousandths / 1000
}

/// How many attempts a call makes at most.
const ATTEMPTS: u32 = 4;

/// Added to a wait that Spotify asked for, so that many callers do not come back at once.
const LIMIT_JITTER: Duration = Duration::from_millis(250);

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        catalogue,
        endpoints::{playlists::ADD_ITEMS, tracks::TRACK},
        error::Detail,
    };

    const WAIT: Patience =
        Patience { longest_wait: Duration::from_secs(10), backoff: Duration::from_millis(200) };

    fn first(endpoint: &Endpoint, error: &Error) -> Decision {
        decide(endpoint, error, History { attempts: 1, ..History::default() }, WAIT)
    }

    fn limited(seconds: u64) -> Error {
        Error::RateLimited { operation: "x", retry_after: Some(Duration::from_secs(seconds)) }
    }

    #[test]
    fn only_short_waits_are_waited_and_never_shortened() {
        for endpoint in [TRACK.endpoint(), ADD_ITEMS.endpoint()] {
            let wait = Duration::from_secs(10);
            assert_eq!(first(endpoint, &limited(10)), Decision::Repeat(wait, LIMIT_JITTER));
            assert_eq!(first(endpoint, &limited(11)), Decision::Fail);
            let unknown = Error::RateLimited { operation: "x", retry_after: None };
            assert_eq!(first(endpoint, &unknown), Decision::Fail);
            let quota = Error::QuotaExceeded { operation: "x", retry_after: Some(Duration::ZERO) };
            assert_eq!(first(endpoint, &quota), Decision::Fail);
        }
    }

    #[test]
    fn faults_of_the_server_are_repeated_where_twice_is_like_once_and_not_forever() {
        let fault = Error::Server { operation: "x", status: 502, retry_after: None };
        for endpoint in catalogue() {
            let repeated = matches!(first(endpoint, &fault), Decision::Repeat(..));
            assert_eq!(repeated, endpoint.repeatable, "{}", endpoint.operation);
        }
        assert_eq!(first(ADD_ITEMS.endpoint(), &fault), Decision::Fail);
        let third = History { attempts: 3, ..History::default() };
        let wait = Duration::from_millis(800);
        assert_eq!(decide(TRACK.endpoint(), &fault, third, WAIT), Decision::Repeat(wait, wait / 2));
        let spent = History { attempts: ATTEMPTS, ..History::default() };
        assert_eq!(decide(TRACK.endpoint(), &fault, spent, WAIT), Decision::Fail);
    }

    #[test]
    fn n46_a_refused_token_is_renewed_once_and_a_doubtful_refusal_repeated_once() {
        let refused = Error::Unauthorized { operation: "x", detail: Detail::default() };
        assert_eq!(first(ADD_ITEMS.endpoint(), &refused), Decision::Renew);
        let again = History { attempts: 2, renewed: true, doubted: true };
        assert_eq!(decide(TRACK.endpoint(), &refused, again, WAIT), Decision::Fail);
        let premium = Error::PremiumRequired { operation: "x" };
        assert!(matches!(first(TRACK.endpoint(), &premium), Decision::Repeat(..)));
        assert_eq!(first(ADD_ITEMS.endpoint(), &premium), Decision::Fail);
        assert_eq!(decide(TRACK.endpoint(), &premium, again, WAIT), Decision::Fail);
    }

    #[test]
    fn jitter_stays_within_its_bound() {
        for _ in 0..100 {
            assert!(spread(LIMIT_JITTER) <= LIMIT_JITTER);
        }
        assert_eq!(spread(Duration::ZERO), Duration::ZERO);
    }
}
