//! The token there is, and how much life it has left.

use std::time::Duration;

use http::HeaderValue;
use jiff::Timestamp;
use subtle::ConstantTimeEq as _;

use crate::Policy;
use crate::grant::{Grant, after};
use crate::secret::{AccessToken, Fingerprint};

/// A token with less life left than this is not used: the request could arrive too late.
const SKEW: Duration = Duration::from_secs(30);
/// How far a clock may lie behind the moment a token was obtained at before it counts as set back.
const SET_BACK: Duration = Duration::from_secs(5);

/// A token as it is handed out: its header and its times.
#[derive(Clone)]
pub(super) struct Present {
    pub(super) fingerprint: Fingerprint,
    pub(super) header: HeaderValue,
    obtained_at: Timestamp,
    expires_at: Timestamp,
    /// From when on the profile's policy wants another one.
    renew_at: Timestamp,
    /// Whether the policy asks for a new sign-in.
    over: bool,
}

/// How much life a token has left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Freshness {
    Fresh,
    /// Usable, but worth renewing in the background.
    Early,
    Expired,
}

impl Present {
    /// Takes the token of a grant; `None` when it can't stand in a header.
    pub(super) fn of(
        grant: &Grant,
        policy: &Policy,
        written_at: Timestamp,
        now: Timestamp,
    ) -> Option<Self> {
        let at = |start, age: Option<Duration>| after(start, age.unwrap_or(Duration::MAX));
        let present = Self::living(&grant.access, grant.obtained_at, grant.expires_at)?;
        // A renewal seals the record anew, under a key that is drawn for it.
        let renew_at = at(grant.obtained_at, policy.renew_tokens_after)
            .min(at(written_at, policy.renew_keys_after));
        Some(Self { renew_at, over: policy.is_over(grant, now), ..present })
    }

    /// Takes a token that no policy is about.
    pub(super) fn living(
        access: &AccessToken,
        obtained_at: Timestamp,
        expires_at: Timestamp,
    ) -> Option<Self> {
        Some(Self {
            fingerprint: access.fingerprint(),
            header: access.header()?,
            obtained_at,
            expires_at,
            renew_at: Timestamp::MAX,
            over: false,
        })
    }

    /// Whether `header` is the one of this token.
    pub(super) fn made(&self, header: &HeaderValue) -> bool {
        self.header.as_bytes().ct_eq(header.as_bytes()).into()
    }

    /// Says how much life is left. `early` is when to renew in the background; a token that lives
    /// shorter than Spotify's hour has margins in proportion.
    pub(super) fn freshness(&self, now: Timestamp, early: Duration) -> Freshness {
        let life = Duration::try_from(self.expires_at.duration_since(self.obtained_at));
        let life = life.unwrap_or_default();
        // A clock that was set back makes every later moment a guess: renew.
        let before_issue = after(now, SET_BACK) < self.obtained_at;
        let ended = after(now, SKEW.min(life / 10)) >= self.expires_at;
        if self.over || before_issue || ended {
            Freshness::Expired
        } else if after(now, early.min(life / 4)) >= self.expires_at || now >= self.renew_at {
            Freshness::Early
        } else {
            Freshness::Fresh
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + seconds).unwrap()
    }

    fn present(life: i64, renew_at: i64) -> Present {
        let present = Present::living(&AccessToken::new("token"), at(0), at(life)).unwrap();
        Present { renew_at: at(renew_at), ..present }
    }

    #[test]
    fn an_hour_has_fixed_margins_and_a_shorter_life_has_them_in_proportion() {
        let early = Duration::from_secs(330);
        for (life, second, expected) in [
            (3600, 0, Freshness::Fresh),
            (3600, 3269, Freshness::Fresh),
            (3600, 3270, Freshness::Early),
            (3600, 3569, Freshness::Early),
            (3600, 3570, Freshness::Expired),
            (3600, -5, Freshness::Fresh),
            (3600, -6, Freshness::Expired),
            (100, 74, Freshness::Fresh),
            (100, 75, Freshness::Early),
            (100, 90, Freshness::Expired),
        ] {
            let found = present(life, 10_000).freshness(at(second), early);
            assert_eq!(found, expected, "{life} seconds of life, at {second}");
        }
    }

    #[test]
    fn a_policy_renews_earlier_and_ends_at_once() {
        let early = Duration::from_mins(5);
        assert_eq!(present(3600, 600).freshness(at(599), early), Freshness::Fresh);
        assert_eq!(present(3600, 600).freshness(at(600), early), Freshness::Early);
        let over = Present { over: true, ..present(3600, 600) };
        assert_eq!(over.freshness(at(0), early), Freshness::Expired);
    }
}
