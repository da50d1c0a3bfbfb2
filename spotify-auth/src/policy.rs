//! What an operator asks of one profile, beyond what Spotify asks of everybody.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::grant::{Grant, after};

/// What an operator asks of one profile. The default asks for nothing.
///
/// ```
/// use std::time::Duration;
/// use spotify_auth::policy::{Environment, Policy};
///
/// let policy = Policy {
///     sign_in_every: Some(Duration::from_hours(24 * 30)),
///     environment: Environment::Production,
///     ..Policy::default()
/// };
/// assert!(policy.check().is_ok());
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Policy {
    /// An access token is renewed at this age, when it does not end earlier.
    #[serde(default, with = "seconds")]
    pub renew_tokens_after: Option<Duration>,
    /// A record is sealed anew, under fresh keys, at this age. Each renewal of a token does it too.
    #[serde(default, with = "seconds")]
    pub renew_keys_after: Option<Duration>,
    /// The person must sign in again this long after the last time; Spotify's six months stand
    /// above it.
    #[serde(default, with = "seconds")]
    pub sign_in_every: Option<Duration>,
    /// Whether each refresh must bring another refresh token.
    #[serde(default)]
    pub rotation: TokenRotation,
    /// What the profile is for.
    #[serde(default)]
    pub environment: Environment,
    /// What becomes of an act that an AI client wants and that removes or replaces something.
    #[serde(default)]
    pub destructive: Acts,
    /// What becomes of an act that changes anything, a removal included.
    #[serde(default)]
    pub writes: Acts,
}

/// What becomes of acts that an AI client wants. Each asks for more than the one before it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Acts {
    /// What the server's own settings say.
    #[default]
    Usual,
    /// A person agrees to each, whatever the server's settings say.
    Confirm,
    /// None is done.
    Forbid,
}

/// Whether a refresh must bring another refresh token (RFC 9700 section 4.14.2). Spotify decides
/// that; a refresh without, where it is required, is a finding, and the token is used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum TokenRotation {
    /// As Spotify likes.
    #[default]
    Any,
    /// Each refresh must.
    Required,
}

/// What a profile is for. It is shown, and rules may test it; by itself it changes nothing.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Environment {
    /// Trying things out.
    #[default]
    Dev,
    /// The last step before production.
    Staging,
    /// Where others depend on it.
    Production,
}

/// A policy that can't be kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PolicyError {
    /// Tokens would be renewed all the time.
    #[error("tokens can be renewed every minute at most")]
    RenewTokensAfter,
    /// Records would be sealed anew all the time.
    #[error("records can be sealed anew every minute at most")]
    RenewKeysAfter,
    /// Nobody could work between two sign-ins.
    #[error("a new sign-in can be asked for every hour at most")]
    SignInEvery,
    /// The text is no environment.
    #[error("it is none of `dev`, `staging` and `production`")]
    Environment,
    /// The text says nothing about rotation.
    #[error("it is none of `any` and `required`")]
    Rotation,
    /// The text does not say what becomes of acts.
    #[error("it is none of `usual`, `confirm` and `forbid`")]
    Acts,
}

const MINUTE: Duration = Duration::from_mins(1);
const HOUR: Duration = Duration::from_hours(1);

impl Policy {
    /// Checks that the policy can be kept.
    ///
    /// # Errors
    /// See [`PolicyError`].
    pub fn check(&self) -> Result<(), PolicyError> {
        let shorter = |given: Option<Duration>, least| given.is_some_and(|given| given < least);
        if shorter(self.renew_tokens_after, MINUTE) {
            return Err(PolicyError::RenewTokensAfter);
        }
        if shorter(self.renew_keys_after, MINUTE) {
            return Err(PolicyError::RenewKeysAfter);
        }
        if shorter(self.sign_in_every, HOUR) {
            return Err(PolicyError::SignInEvery);
        }
        Ok(())
    }

    /// Returns by when the person must sign in again: what comes first of Spotify's six months and
    /// this policy.
    pub fn deadline(&self, grant: &Grant) -> Timestamp {
        let asked = self.sign_in_every.map(|every| after(grant.authorized_at, every));
        asked.unwrap_or(Timestamp::MAX).min(grant.deadline())
    }

    /// Returns what becomes of acts that remove or replace something: what is asked of all changes is
    /// asked of them, too.
    pub fn of_destructive(&self) -> Acts {
        self.destructive.max(self.writes)
    }

    /// Whether it asks for less than another policy in any point.
    pub fn is_weaker_than(&self, other: &Self) -> bool {
        let later = |this: Option<Duration>, other: Option<Duration>| {
            this.unwrap_or(Duration::MAX) > other.unwrap_or(Duration::MAX)
        };
        later(self.renew_tokens_after, other.renew_tokens_after)
            || later(self.renew_keys_after, other.renew_keys_after)
            || later(self.sign_in_every, other.sign_in_every)
            || self.rotation < other.rotation
            || self.environment < other.environment
            || self.of_destructive() < other.of_destructive()
            || self.writes < other.writes
    }

    /// Whether the policy, and not Spotify, asks for a new sign-in at `now`.
    pub(crate) fn is_over(&self, grant: &Grant, now: Timestamp) -> bool {
        self.sign_in_every.is_some_and(|every| after(grant.authorized_at, every) <= now)
    }
}

impl Environment {
    /// Returns the environment as one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Dev => "dev",
            Self::Staging => "staging",
            Self::Production => "production",
        }
    }
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Environment {
    type Err = PolicyError;

    fn from_str(text: &str) -> Result<Self, PolicyError> {
        let all = [Self::Dev, Self::Staging, Self::Production];
        all.into_iter().find(|one| one.as_str() == text).ok_or(PolicyError::Environment)
    }
}

impl TokenRotation {
    /// Returns what is asked for as one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Any => "any",
            Self::Required => "required",
        }
    }
}

impl fmt::Display for TokenRotation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for TokenRotation {
    type Err = PolicyError;

    fn from_str(text: &str) -> Result<Self, PolicyError> {
        let all = [Self::Any, Self::Required];
        all.into_iter().find(|one| one.as_str() == text).ok_or(PolicyError::Rotation)
    }
}

impl Acts {
    /// Returns it as one word.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Usual => "usual",
            Self::Confirm => "confirm",
            Self::Forbid => "forbid",
        }
    }
}

impl fmt::Display for Acts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl FromStr for Acts {
    type Err = PolicyError;

    fn from_str(text: &str) -> Result<Self, PolicyError> {
        let all = [Self::Usual, Self::Confirm, Self::Forbid];
        all.into_iter().find(|one| one.as_str() == text).ok_or(PolicyError::Acts)
    }
}

/// A duration as whole seconds.
mod seconds {
    use std::time::Duration;

    use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer};

    #[expect(clippy::ref_option, reason = "serde passes the field so")]
    pub(super) fn serialize<S: Serializer>(
        duration: &Option<Duration>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        duration.map(|duration| duration.as_secs()).serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<Duration>, D::Error> {
        Ok(Option::<u64>::deserialize(deserializer)?.map(Duration::from_secs))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_policy_that_nobody_could_live_with_is_refused() {
        assert_eq!(Policy::default().check(), Ok(()));
        let short = Some(Duration::from_secs(1));
        for (policy, error) in [
            (
                Policy { renew_tokens_after: short, ..Policy::default() },
                PolicyError::RenewTokensAfter,
            ),
            (Policy { renew_keys_after: short, ..Policy::default() }, PolicyError::RenewKeysAfter),
            (Policy { sign_in_every: short, ..Policy::default() }, PolicyError::SignInEvery),
        ] {
            assert_eq!(policy.check(), Err(error));
        }
    }

    #[test]
    fn a_policy_that_asks_less_often_in_any_point_is_weaker() {
        let hours = |hours| Some(Duration::from_hours(hours));
        let policy = Policy { sign_in_every: hours(24), ..Policy::default() };
        assert!(!policy.is_weaker_than(&policy) && !policy.is_weaker_than(&Policy::default()));
        assert!(Policy::default().is_weaker_than(&policy));
        let other = Policy { sign_in_every: hours(48), renew_keys_after: hours(1), ..policy };
        assert!(other.is_weaker_than(&policy), "though it asks for more elsewhere");
        let rotated = Policy { rotation: TokenRotation::Required, ..policy };
        assert!(policy.is_weaker_than(&rotated) && !rotated.is_weaker_than(&policy));
        let production = Policy { environment: Environment::Production, ..policy };
        assert!(policy.is_weaker_than(&production));
        let acts = |destructive, writes| Policy { destructive, writes, ..policy };
        assert!(policy.is_weaker_than(&acts(Acts::Confirm, Acts::Usual)));
        assert!(acts(Acts::Forbid, Acts::Usual).is_weaker_than(&acts(Acts::Usual, Acts::Confirm)));
        let all = acts(Acts::Usual, Acts::Forbid);
        assert!(!all.is_weaker_than(&acts(Acts::Forbid, Acts::Confirm)), "removals are changes");
        assert_eq!(all.of_destructive(), Acts::Forbid);
    }

    #[test]
    fn a_policy_is_read_back_and_an_unknown_rule_is_refused() {
        let policy = Policy {
            renew_tokens_after: Some(Duration::from_mins(10)),
            renew_keys_after: None,
            sign_in_every: Some(Duration::from_hours(24)),
            rotation: "required".parse().unwrap(),
            environment: "staging".parse().unwrap(),
            destructive: "forbid".parse().unwrap(),
            writes: "confirm".parse().unwrap(),
        };
        let text = serde_json::to_string(&policy).unwrap();
        assert_eq!(serde_json::from_str::<Policy>(&text).unwrap(), policy);
        assert_eq!(serde_json::from_str::<Policy>("{}").unwrap(), Policy::default());
        assert!(serde_json::from_str::<Policy>("{\"allow_all\":1}").is_err());
        assert!("always".parse::<TokenRotation>().is_err());
        assert!("prod".parse::<Environment>().is_err() && "ask".parse::<Acts>().is_err());
    }
}
