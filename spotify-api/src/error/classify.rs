//! From an answer that is no success to an error.

use std::time::{Duration, SystemTime};

use http::{
    HeaderMap, StatusCode,
    header::{DATE, HeaderName, RETRY_AFTER},
};
use jiff::Timestamp;
use serde_json::Value;

use super::{Detail, Error};
use crate::endpoint::{Endpoint, Status};

/// An answer that is no success.
pub(crate) struct Refusal<'a> {
    pub(crate) endpoint: &'a Endpoint,
    pub(crate) status: StatusCode,
    pub(crate) headers: &'a HeaderMap,
    pub(crate) body: &'a [u8],
    /// The header value that was sent, which must not be repeated.
    pub(crate) secret: &'a str,
    /// The time by the caller's clock.
    pub(crate) now: Option<Timestamp>,
}

/// Tells what a refusal means.
pub(crate) fn classify(refusal: &Refusal<'_>) -> Error {
    let Refusal { endpoint, status, headers, body, secret, now } = refusal;
    let said = Said::read(body);
    let detail = Detail::new(said.message.as_deref(), said.reason.as_deref(), secret);
    let operation = endpoint.operation;
    let retry_after = retry_after(headers, *now);
    match status.as_u16() {
        401 => Error::Unauthorized { operation, detail },
        403 => forbidden(endpoint, &said, detail),
        404 if endpoint.status == Status::Closed2024 => removed(endpoint),
        404 => Error::NotFound { operation, detail },
        429 if said.is_quota() || retry_after.is_some_and(|wait| wait >= QUOTA_WAIT) => {
            Error::QuotaExceeded { operation, retry_after }
        }
        429 => Error::RateLimited { operation, retry_after },
        status @ 500.. => Error::Server { operation, status, retry_after },
        status => Error::BadRequest { operation, status, detail },
    }
}

fn forbidden(endpoint: &Endpoint, said: &Said, detail: Detail) -> Error {
    let operation = endpoint.operation;
    let text = said.message.as_deref().unwrap_or_default().to_ascii_lowercase();
    if text.contains("insufficient client scope") {
        Error::MissingScope { operation, scopes: endpoint.scopes }
    } else if ["not registered", "not approved for app"].iter().any(|known| text.contains(known)) {
        Error::NotAllowlisted { operation }
    } else if said.reason.as_deref() == Some("PREMIUM_REQUIRED")
        || text.contains("premium required")
    {
        Error::PremiumRequired { operation }
    } else if matches!(endpoint.status, Status::Removed2026 | Status::Closed2024)
        && (text == "forbidden" || text.is_empty())
    {
        removed(endpoint)
    } else {
        Error::Forbidden { operation, detail }
    }
}

fn removed(endpoint: &Endpoint) -> Error {
    Error::Removed { operation: endpoint.operation, replacement: endpoint.replacement }
}

/// Reads `Retry-After`, seconds or a date (RFC 9110, section 10.2.3).
///
/// A date is compared with the caller's clock; without one with the answer's own `Date`.
fn retry_after(headers: &HeaderMap, now: Option<Timestamp>) -> Option<Duration> {
    let text = headers.get(RETRY_AFTER)?.to_str().ok()?.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More seconds than can be counted are no reason to come back early.
        return Some(Duration::from_secs(text.parse().unwrap_or(u64::MAX)));
    }
    let until = httpdate::parse_http_date(text).ok()?;
    let now = now.map(SystemTime::from).or_else(|| date(headers, &DATE))?;
    // A moment that is over leaves nothing to wait for.
    Some(until.duration_since(now).unwrap_or_default())
}

fn date(headers: &HeaderMap, name: &HeaderName) -> Option<SystemTime> {
    httpdate::parse_http_date(headers.get(name)?.to_str().ok()?.trim()).ok()
}

/// A wait of this length cannot come from the rolling window of 30 seconds.
const QUOTA_WAIT: Duration = Duration::from_hours(1);

/// What an error's body says, in whichever of its shapes it came.
#[derive(Debug, Default, PartialEq, Eq)]
struct Said {
    message: Option<String>,
    reason: Option<String>,
}

impl Said {
    fn read(body: &[u8]) -> Self {
        let Ok(value) = serde_json::from_slice::<Value>(body) else {
            return Self { message: plain(body), reason: None };
        };
        match value.get("error") {
            Some(Value::String(code)) => Self {
                message: text(&value, "error_description").or_else(|| Some(code.clone())),
                reason: None,
            },
            Some(error) => Self {
                message: text(error, "message").or_else(|| text(error, "description")),
                reason: text(error, "reason").or_else(|| text(error, "type")),
            },
            None => Self::default(),
        }
    }

    fn is_quota(&self) -> bool {
        self.reason.as_deref() == Some("QUOTA_EXCEEDED")
    }
}

fn text(object: &Value, key: &str) -> Option<String> {
    object.get(key)?.as_str().map(str::to_owned)
}

/// Takes a body that is no JSON, unless it is a web page.
fn plain(body: &[u8]) -> Option<String> {
    let text = std::str::from_utf8(body).ok()?.trim();
    (!text.is_empty() && !text.starts_with('<')).then(|| text.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::endpoints;

    const TRACK: &Endpoint = endpoints::tracks::TRACK.endpoint();
    const REMOVED: &Endpoint = endpoints::playlists::ITEMS_OLD.endpoint();

    fn refused(endpoint: &Endpoint, status: u16, wait: Option<&str>, body: &str) -> Error {
        let mut headers = HeaderMap::new();
        if let Some(wait) = wait {
            headers.insert(RETRY_AFTER, wait.parse().unwrap());
        }
        let status = StatusCode::from_u16(status).unwrap();
        classify(&Refusal {
            endpoint,
            status,
            headers: &headers,
            body: body.as_bytes(),
            secret: "Bearer canary",
            now: None,
        })
    }

    #[test]
    fn n38_plain_text_says_that_the_account_is_not_on_the_list() {
        for text in [
            "The user is not registered for this application. Please check your settings on https://developer.spotify.com/dashboard.",
            "User not registered in the Developer Dashboard",
            "User not approved for app",
        ] {
            let error = refused(TRACK, 403, None, text);
            assert!(matches!(error, Error::NotAllowlisted { .. }), "{text}");
        }
    }

    #[test]
    fn n37_an_error_without_a_message_is_read() {
        let error = refused(TRACK, 403, None, r#"{"error":{"status":403}}"#);
        assert!(matches!(&error, Error::Forbidden { detail, .. } if detail.message().is_none()));
        let error = refused(REMOVED, 403, None, r#"{"error":{"status":403}}"#);
        assert!(matches!(error, Error::Removed { .. }));
    }

    #[test]
    fn n39_the_very_old_shape_of_an_error_is_read() {
        let error =
            refused(TRACK, 400, None, r#"{"error":{"type":"bad_field","description":"limit"}}"#);
        assert_eq!(
            error.to_string(),
            "get-track: Spotify does not take the request (status 400): limit (bad_field)"
        );
    }

    #[test]
    fn n40_an_oauth_error_without_description_is_read() {
        let said = Said::read(br#"{"error":"invalid_client"}"#);
        assert_eq!(said.message.as_deref(), Some("invalid_client"));
        let said =
            Said::read(br#"{"error":"invalid_client","error_description":"Invalid client"}"#);
        assert_eq!(said.message.as_deref(), Some("Invalid client"));
    }

    #[test]
    fn n50_web_pages_and_empty_bodies_are_not_repeated() {
        for body in ["<html><body>502 Bad Gateway</body></html>", "", "null", "[]", "{}"] {
            let error = refused(TRACK, 404, None, body);
            assert_eq!(error.to_string(), "get-track: not found", "{body}");
        }
        assert!(matches!(refused(TRACK, 411, None, ""), Error::BadRequest { status: 411, .. }));
        assert!(matches!(refused(TRACK, 502, None, "<html>"), Error::Server { status: 502, .. }));
    }

    #[test]
    fn the_rate_limit_is_told_from_the_quota() {
        let short = r#"{"error":{"status":429,"message":"API rate limit exceeded"}}"#;
        let quota =
            r#"{"error":{"status":429,"message":"Too many requests","reason":"QUOTA_EXCEEDED"}}"#;
        let error = refused(TRACK, 429, Some("7"), short);
        assert!(matches!(error, Error::RateLimited { .. }));
        assert_eq!(error.retry_after(), Some(Duration::from_secs(7)));
        assert!(matches!(refused(TRACK, 429, Some("86207"), quota), Error::QuotaExceeded { .. }));
        assert!(matches!(refused(TRACK, 429, None, quota), Error::QuotaExceeded { .. }));
        assert!(matches!(refused(TRACK, 429, Some("61389"), short), Error::QuotaExceeded { .. }));
        assert_eq!(
            refused(TRACK, 429, Some("Wed, 21 Oct 2026 07:28:00 GMT"), "").retry_after(),
            None
        );
        assert_eq!(refused(TRACK, 429, Some("-5"), "").retry_after(), None);
    }

    #[test]
    fn a_date_to_wait_for_is_compared_with_the_clock_or_the_answers_own_date() {
        let wait = |until: &str, date: Option<&str>, now: Option<&str>| {
            let mut headers = HeaderMap::new();
            headers.insert(RETRY_AFTER, until.parse().unwrap());
            if let Some(date) = date {
                headers.insert(DATE, date.parse().unwrap());
            }
            retry_after(&headers, now.map(|now| now.parse().unwrap())).map(|wait| wait.as_secs())
        };
        let (date, later) = ("Wed, 21 Oct 2026 07:28:00 GMT", "Wed, 21 Oct 2026 07:28:09 GMT");
        assert_eq!(wait(later, None, None), None);
        assert_eq!(wait(later, Some(date), None), Some(9));
        assert_eq!(wait(later, Some("today"), None), None);
        assert_eq!(wait(later, Some(date), Some("2026-10-21T07:28:02Z")), Some(7));
        assert_eq!(wait(date, None, Some("2026-10-21T07:28:02Z")), Some(0));
        for until in ["Wednesday, 21-Oct-26 07:28:09 GMT", "Wed Oct 21 07:28:09 2026"] {
            assert_eq!(wait(until, Some(date), None), Some(9), "{until}");
        }
        assert_eq!(wait("99999999999999999999999", None, None), Some(u64::MAX));
        assert_eq!(wait("soon", Some(date), None), None);
        assert_eq!(wait("1.5", Some(date), None), None);
    }

    #[test]
    fn a_bare_forbidden_means_removed_only_for_a_removed_operation() {
        let body = r#"{"error":{"status":403,"message":"Forbidden"}}"#;
        assert!(matches!(refused(REMOVED, 403, None, body), Error::Removed { .. }));
        assert!(matches!(refused(TRACK, 403, None, body), Error::Forbidden { .. }));
    }

    #[test]
    fn scope_and_premium_are_told_from_other_refusals() {
        let scope = r#"{"error":{"status":403,"message":"Insufficient client scope"}}"#;
        assert!(matches!(refused(REMOVED, 403, None, scope), Error::MissingScope { .. }));
        let premium = r#"{"error":{"status":403,"message":"Player command failed: Premium required","reason":"PREMIUM_REQUIRED"}}"#;
        assert!(matches!(refused(TRACK, 403, None, premium), Error::PremiumRequired { .. }));
    }
}
