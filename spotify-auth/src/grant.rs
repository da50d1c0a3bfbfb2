//! What is kept of a sign-in, and how it is written down.

use std::fmt;
use std::time::Duration;

use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize as _, Zeroizing};

use crate::ScopeSet;
use crate::app::{App, ClientId};
use crate::endpoint::{Refusal, TokenAnswer};
use crate::origins::Origins;
use crate::secret::{AccessToken, ClientSecret, RefreshToken};

/// Months that a refresh token lives from the person's approval on, whatever is refreshed
/// meanwhile (Spotify, "Refresh token expiration", 2026-06-18).
pub const GRANT_MONTHS: i64 = 6;

/// Days before the deadline at which it is told of, once each.
pub const MARKS: [u16; 4] = [30, 14, 7, 1];

/// A living grant: the tokens of one person at one app.
#[derive(Debug)]
pub struct Grant {
    /// Authorises requests until `expires_at`.
    pub access: AccessToken,
    /// Renews the access token until the deadline.
    pub refresh: RefreshToken,
    /// What the person granted.
    pub scopes: ScopeSet,
    /// When the access token was asked for.
    pub obtained_at: Timestamp,
    /// When the access token ends.
    pub expires_at: Timestamp,
    /// When the person approved.
    pub authorized_at: Timestamp,
    /// When Spotify last replaced the refresh token.
    pub rotated_at: Option<Timestamp>,
    /// The last of [`MARKS`] that was told of.
    pub marked: Option<u16>,
    /// The app that the grant belongs to, sealed with it.
    pub app: App,
    /// The only addresses that the tokens are sent to.
    pub origins: Origins,
}

/// What a profile's sealed record holds.
#[derive(Debug)]
pub enum Record {
    /// The person is signed in.
    Active(Grant),
    /// The grant is over; the tokens are gone.
    Ended(EndedGrant),
}

/// What is kept of a grant that is over, so that the same person can sign in again to the same app.
#[derive(Debug)]
pub struct EndedGrant {
    /// How it ended.
    pub ended: Ended,
    /// The app that it belonged to.
    pub app: App,
    /// The only addresses that the app's secret is sent to.
    pub origins: Origins,
}

/// How a grant ended.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Ended {
    /// When it was noticed.
    pub at: Timestamp,
    /// Why.
    pub reason: EndReason,
    /// When the person had approved.
    pub authorized_at: Timestamp,
    /// The app it belonged to.
    pub client_id: ClientId,
}

/// Why a grant is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum EndReason {
    /// Six months have passed.
    Expired,
    /// The person removed the app, or the token was replaced.
    Revoked,
    /// The profile's policy asks for a new sign-in.
    Policy,
    /// Spotify gave no reason.
    Unspecified,
}

impl From<Refusal> for EndReason {
    fn from(refusal: Refusal) -> Self {
        match refusal {
            Refusal::Expired => Self::Expired,
            Refusal::Revoked => Self::Revoked,
            _ => Self::Unspecified,
        }
    }
}

impl EndReason {
    /// Returns the reason as one word, as it stands in records.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Expired => "expired",
            Self::Revoked => "revoked",
            Self::Policy => "policy",
            Self::Unspecified => "unspecified",
        }
    }
}

impl fmt::Display for EndReason {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Expired => "its six months are over",
            Self::Revoked => "it was revoked at Spotify",
            Self::Policy => "the profile's policy asks for a new one",
            Self::Unspecified => "Spotify refused it",
        })
    }
}

impl Grant {
    /// Returns when Spotify ends the grant, and the person must sign in again.
    pub fn deadline(&self) -> Timestamp {
        deadline(self.authorized_at)
    }

    /// Returns how long the refresh token has been in use at `now`.
    pub fn refresh_age(&self, now: Timestamp) -> Duration {
        let since = self.rotated_at.unwrap_or(self.authorized_at);
        Duration::try_from(now.duration_since(since)).unwrap_or_default()
    }

    /// Returns the mark that a grant which ends at `deadline` has passed at `now`, when it was not
    /// told of yet.
    pub fn due_mark(&self, deadline: Timestamp, now: Timestamp) -> Option<u16> {
        let left = deadline.duration_since(now);
        let passed = |days: &u16| left <= jiff::SignedDuration::from_hours(24 * i64::from(*days));
        let due = MARKS.into_iter().rev().find(passed)?;
        self.marked.is_none_or(|told| due < told).then_some(due)
    }

    /// Merges the answer to a refresh: what it does not say goes on as it was (RFC 6749, section 6).
    #[must_use]
    pub fn renewed(&self, answer: TokenAnswer, asked_at: Timestamp) -> Self {
        let rotated =
            answer.refresh.as_ref().is_some_and(|token| !self.refresh.matches(token.expose()));
        Self {
            access: answer.access,
            refresh: answer.refresh.unwrap_or_else(|| RefreshToken::new(self.refresh.expose())),
            scopes: answer.scopes.unwrap_or_else(|| self.scopes.clone()),
            obtained_at: asked_at,
            expires_at: after(asked_at, answer.life),
            authorized_at: self.authorized_at,
            rotated_at: if rotated { Some(asked_at) } else { self.rotated_at },
            marked: self.marked,
            app: self.app.duplicate(),
            origins: self.origins.clone(),
        }
    }
}

/// Returns when a grant of `authorized_at` ends: [`GRANT_MONTHS`] calendar months later, in UTC.
pub fn deadline(authorized_at: Timestamp) -> Timestamp {
    let months = authorized_at.to_zoned(TimeZone::UTC).checked_add(GRANT_MONTHS.months());
    months.map_or(Timestamp::MAX, |zoned| zoned.timestamp())
}

/// Returns the moment `duration` after `start`, or the last one there is.
pub fn after(start: Timestamp, duration: Duration) -> Timestamp {
    start.checked_add(duration).unwrap_or(Timestamp::MAX)
}

/// A sealed record that can't be read as one.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum RecordError {
    /// The bytes are no record, or one of a newer version. The cause is not kept: it could quote
    /// a token.
    #[error(
        "the record is not one of version {VERSION}; it was written by a newer version, or damaged: update, or sign in again"
    )]
    Malformed,
}

const VERSION: u8 = 1;
/// A record has about 1.5 KiB; room enough that no buffer is grown, and so copied, with a token in it.
const CAPACITY: usize = 16 * 1024;

#[derive(Serialize, Deserialize)]
struct Wire<'a> {
    v: u8,
    #[serde(borrow)]
    state: WireState<'a>,
}

#[derive(Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
enum WireState<'a> {
    #[serde(borrow)]
    Active(WireGrant<'a>),
    Ended(WireEnded<'a>),
}

#[derive(Serialize, Deserialize)]
struct WireEnded<'a> {
    ended: Ended,
    client_secret: Option<Text<'a>>,
    origins: Origins,
}

#[derive(Serialize, Deserialize)]
struct WireGrant<'a> {
    access: Text<'a>,
    refresh: Text<'a>,
    scopes: String,
    obtained_at: Timestamp,
    expires_at: Timestamp,
    authorized_at: Timestamp,
    rotated_at: Option<Timestamp>,
    #[serde(default)]
    marked: Option<u16>,
    client_id: ClientId,
    client_secret: Option<Text<'a>>,
    origins: Origins,
}

/// The text of a secret on its way in or out; wiped when owned.
enum Text<'a> {
    Borrowed(&'a str),
    Owned(Zeroizing<String>),
}

impl Text<'_> {
    fn as_str(&self) -> &str {
        match self {
            Self::Borrowed(text) => text,
            Self::Owned(text) => text,
        }
    }
}

impl Serialize for Text<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

impl<'de> Deserialize<'de> for Text<'_> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(|text| Self::Owned(Zeroizing::new(text)))
    }
}

impl Record {
    /// Writes the record down, in a buffer that is wiped when dropped.
    ///
    /// # Errors
    /// None in practice: every part has a JSON form.
    pub fn encode(&self) -> Result<Zeroizing<Vec<u8>>, RecordError> {
        let state = match self {
            Self::Active(grant) => WireState::Active(WireGrant {
                access: Text::Borrowed(grant.access.expose()),
                refresh: Text::Borrowed(grant.refresh.expose()),
                scopes: grant.scopes.to_string(),
                obtained_at: grant.obtained_at,
                expires_at: grant.expires_at,
                authorized_at: grant.authorized_at,
                rotated_at: grant.rotated_at,
                marked: grant.marked,
                client_id: grant.app.id.clone(),
                client_secret: grant
                    .app
                    .secret
                    .as_ref()
                    .map(|secret| Text::Borrowed(secret.expose())),
                origins: grant.origins.clone(),
            }),
            Self::Ended(EndedGrant { ended, app, origins }) => WireState::Ended(WireEnded {
                ended: ended.clone(),
                client_secret: app.secret.as_ref().map(|secret| Text::Borrowed(secret.expose())),
                origins: origins.clone(),
            }),
        };
        let mut bytes = Zeroizing::new(Vec::with_capacity(CAPACITY));
        serde_json::to_writer(&mut *bytes, &Wire { v: VERSION, state })
            .map_err(|_| RecordError::Malformed)?;
        Ok(bytes)
    }

    /// Reads a record.
    ///
    /// # Errors
    /// Bytes that are no record of this version are refused; the error never quotes them.
    pub fn decode(bytes: &[u8]) -> Result<Self, RecordError> {
        let wire: Wire<'_> = serde_json::from_slice(bytes).map_err(|_| RecordError::Malformed)?;
        if wire.v != VERSION {
            return Err(RecordError::Malformed);
        }
        Ok(match wire.state {
            WireState::Ended(WireEnded { ended, client_secret, origins }) => {
                let app = app(ended.client_id.clone(), client_secret);
                Self::Ended(EndedGrant { ended, app, origins })
            }
            WireState::Active(mut grant) => {
                let scopes = grant.scopes.parse().map_err(|_| RecordError::Malformed)?;
                grant.scopes.zeroize();
                Self::Active(Grant {
                    access: AccessToken::new(grant.access.as_str()),
                    refresh: RefreshToken::new(grant.refresh.as_str()),
                    scopes,
                    obtained_at: grant.obtained_at,
                    expires_at: grant.expires_at,
                    authorized_at: grant.authorized_at,
                    rotated_at: grant.rotated_at,
                    marked: grant.marked,
                    app: app(grant.client_id, grant.client_secret),
                    origins: grant.origins,
                })
            }
        })
    }
}

fn app(id: ClientId, secret: Option<Text<'_>>) -> App {
    App { id, secret: secret.map(|secret| ClientSecret::new(secret.as_str())) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn grant() -> Grant {
        let at: Timestamp = "2026-08-31T12:00:00Z".parse().unwrap();
        Grant {
            access: AccessToken::new("access-1"),
            refresh: RefreshToken::new("refresh-1"),
            scopes: "user-read-private".parse().unwrap(),
            obtained_at: at,
            expires_at: after(at, Duration::from_hours(1)),
            authorized_at: at,
            rotated_at: None,
            marked: None,
            app: App { id: "client".parse().unwrap(), secret: Some(ClientSecret::new("secret-1")) },
            origins: Origins::spotify(),
        }
    }

    fn answer(refresh: Option<&str>) -> TokenAnswer {
        TokenAnswer {
            access: AccessToken::new("access-2"),
            refresh: refresh.map(RefreshToken::new),
            scopes: None,
            life: Duration::from_hours(1),
        }
    }

    #[test]
    fn a_record_is_read_back_as_it_was_written() {
        let bytes = Record::Active(grant()).encode().unwrap();
        let Record::Active(read) = Record::decode(&bytes).unwrap() else { panic!("active") };
        assert_eq!(read.access.expose(), "access-1");
        assert_eq!(read.refresh.expose(), "refresh-1");
        assert_eq!(read.app.secret.unwrap().expose(), "secret-1");
        assert_eq!(read.origins, Origins::spotify());
        assert_eq!(read.expires_at, grant().expires_at);

        let Grant { obtained_at, authorized_at, app, origins, .. } = grant();
        let ended = Ended {
            at: obtained_at,
            reason: EndReason::Expired,
            authorized_at,
            client_id: app.id.clone(),
        };
        let record = Record::Ended(EndedGrant { ended: ended.clone(), app, origins });
        let Record::Ended(read) = Record::decode(&record.encode().unwrap()).unwrap() else {
            panic!("ended")
        };
        assert_eq!(read.ended, ended);
        assert_eq!(read.app.secret.unwrap().expose(), "secret-1");
    }

    #[test]
    fn a_damaged_or_newer_record_is_refused_without_quoting_it() {
        let bytes = Record::Active(grant()).encode().unwrap();
        let text = String::from_utf8(bytes.to_vec()).unwrap();
        for wrong in [
            text.replace("\"v\":1", "\"v\":2"),
            text.trim_end_matches('}').to_owned(),
            String::new(),
        ] {
            let error = Record::decode(wrong.as_bytes()).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("refresh-1"));
        }
    }

    #[test]
    fn n41_an_absent_or_equal_refresh_token_keeps_the_old_one() {
        let at = after(grant().obtained_at, Duration::from_hours(1));
        for refresh in [None, Some("refresh-1")] {
            let renewed = grant().renewed(answer(refresh), at);
            assert_eq!(renewed.refresh.expose(), "refresh-1");
            assert_eq!(renewed.rotated_at, None);
            assert_eq!(renewed.scopes, grant().scopes);
            assert_eq!(renewed.authorized_at, grant().authorized_at);
        }
        let renewed = grant().renewed(answer(Some("refresh-2")), at);
        assert_eq!((renewed.refresh.expose(), renewed.rotated_at), ("refresh-2", Some(at)));
    }

    #[test]
    fn each_mark_is_due_once_and_a_late_look_skips_the_passed_ones() {
        let mut grant = grant();
        let deadline = grant.deadline();
        let mut told = Vec::new();
        for hours_left in (0..24 * 40).rev() {
            let now = deadline - jiff::SignedDuration::from_hours(hours_left);
            if let Some(days) = grant.due_mark(deadline, now) {
                told.push((days, hours_left));
                grant.marked = Some(days);
            }
        }
        assert_eq!(told, [(30, 720), (14, 336), (7, 168), (1, 24)]);
        grant.marked = None;
        let now = deadline - jiff::SignedDuration::from_hours(100);
        assert_eq!(grant.due_mark(deadline, now), Some(7));
    }

    #[test]
    fn a_grant_lives_six_calendar_months() {
        for (from, to) in [
            ("2026-05-21T10:00:00Z", "2026-11-21T10:00:00Z"),
            // The month six later has no 31st.
            ("2026-08-31T12:00:00Z", "2027-02-28T12:00:00Z"),
        ] {
            assert_eq!(deadline(from.parse().unwrap()), to.parse::<Timestamp>().unwrap());
        }
    }
}
