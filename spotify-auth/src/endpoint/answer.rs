//! What a token answer says, and what is made of one that says less or something odd.

use std::time::Duration;

use oauth2::basic::{BasicErrorResponse, BasicErrorResponseType, BasicTokenType};
use oauth2::{RequestTokenError, Scope, TokenResponse};
use serde::{Deserialize, Deserializer, Serialize};

use super::{AppFault, HttpError, Refusal, TokenAnswer, TokenError};
use crate::ScopeSet;
use crate::secret::{AccessToken, RefreshToken};

/// What an access token lives when the answer does not say (Spotify's documented value).
const DEFAULT_LIFE: Duration = Duration::from_hours(1);
/// The longest life that is believed; anything more is a fault of the answer.
const LONGEST_LIFE: Duration = Duration::from_hours(24);

/// A token answer (RFC 6749, section 5.1). Only the access token must be there: an answer that is
/// refused for a detail may have spent the refresh token.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Answer {
    access_token: oauth2::AccessToken,
    #[serde(skip, default = "bearer")]
    token_type: BasicTokenType,
    #[serde(default, deserialize_with = "life")]
    expires_in: Option<u64>,
    #[serde(default)]
    refresh_token: Option<oauth2::RefreshToken>,
    #[serde(default)]
    scope: Option<String>,
}

fn bearer() -> BasicTokenType {
    BasicTokenType::Bearer
}

/// Reads a number of seconds; what is none, or less than one, says nothing.
fn life<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<u64>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Life {
        Seconds(u64),
        Text(String),
        Fraction(f64),
        Other(serde::de::IgnoredAny),
    }
    let seconds = match Life::deserialize(deserializer)? {
        Life::Seconds(seconds) => Some(seconds),
        Life::Text(text) => text.trim().parse().ok(),
        // A huge or fractional number of seconds; below zero there is no duration.
        Life::Fraction(seconds) => {
            Duration::try_from_secs_f64(seconds).ok().map(|life| life.as_secs())
        }
        Life::Other(_) => None,
    };
    Ok(seconds.filter(|seconds| *seconds > 0))
}

impl TokenResponse for Answer {
    type TokenType = BasicTokenType;

    fn access_token(&self) -> &oauth2::AccessToken {
        &self.access_token
    }

    fn token_type(&self) -> &BasicTokenType {
        &self.token_type
    }

    fn expires_in(&self) -> Option<Duration> {
        self.expires_in.map(Duration::from_secs)
    }

    fn refresh_token(&self) -> Option<&oauth2::RefreshToken> {
        self.refresh_token.as_ref()
    }

    fn scopes(&self) -> Option<&Vec<Scope>> {
        // The text itself is read, see `Answer::checked`.
        None
    }
}

impl Answer {
    fn checked(&self) -> Result<TokenAnswer, TokenError> {
        let access = AccessToken::new(self.access_token.secret().as_str());
        if access.expose().is_empty() || access.header().is_none() {
            return Err(TokenError::Unknown("the answer has no usable access token"));
        }
        let refresh = self.refresh_token.as_ref().map(oauth2::RefreshToken::secret);
        let scopes = self.scope.as_deref().map(str::parse::<ScopeSet>).transpose();
        let scopes =
            scopes.map_err(|_| TokenError::Unknown("the answer names an invalid scope"))?;
        Ok(TokenAnswer {
            access,
            refresh: refresh
                .filter(|text| !text.is_empty())
                .map(|text| RefreshToken::new(text.as_str())),
            scopes: scopes.filter(|scopes| !scopes.is_empty()),
            life: self.expires_in().unwrap_or(DEFAULT_LIFE).min(LONGEST_LIFE),
        })
    }
}

/// Reads the body of a successful token answer.
///
/// # Errors
/// A body without a usable access token is [`TokenError::Unknown`]. The error never quotes it.
pub fn parse_answer(body: &[u8]) -> Result<TokenAnswer, TokenError> {
    let answer: Answer = serde_json::from_slice(body)
        .map_err(|_| TokenError::Unknown("the answer is not the promised JSON"))?;
    answer.checked()
}

type Failure = RequestTokenError<HttpError, BasicErrorResponse>;

/// Reads what a request came to.
pub(super) fn read(answer: Result<Answer, Failure>) -> Result<TokenAnswer, TokenError> {
    answer.map_err(classify)?.checked()
}

fn classify(error: Failure) -> TokenError {
    match error {
        RequestTokenError::Request(HttpError::Busy { status, retry_after }) => {
            TokenError::Busy { status, retry_after }
        }
        RequestTokenError::Request(HttpError::NotSent(source)) => TokenError::NotSent(source),
        RequestTokenError::Request(HttpError::Unknown(what)) => TokenError::Unknown(what),
        RequestTokenError::ServerResponse(response) => match response.error() {
            BasicErrorResponseType::InvalidGrant => {
                TokenError::Refused(refusal(response.error_description().map(String::as_str)))
            }
            BasicErrorResponseType::InvalidClient => TokenError::App(AppFault::InvalidClient),
            BasicErrorResponseType::UnauthorizedClient => {
                TokenError::App(AppFault::UnauthorizedClient)
            }
            BasicErrorResponseType::InvalidScope => TokenError::App(AppFault::InvalidScope),
            _ => TokenError::App(AppFault::InvalidRequest),
        },
        // Both carry the body, or a piece of it: dropped here.
        RequestTokenError::Parse(..) => TokenError::Unknown("the answer is not the promised JSON"),
        RequestTokenError::Other(_) => TokenError::Unknown("the answer is empty or not JSON"),
    }
}

fn refusal(description: Option<&str>) -> Refusal {
    match description {
        Some("Refresh token expired") => Refusal::Expired,
        Some("Refresh token revoked" | "Invalid refresh token") => Refusal::Revoked,
        Some("Invalid authorization code" | "Authorization code expired") => Refusal::Code,
        Some("code_verifier was incorrect") => Refusal::Verifier,
        Some("Invalid redirect URI") => Refusal::RedirectUri,
        _ => Refusal::Unspecified,
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_life_that_is_absent_zero_negative_or_huge_is_a_life_all_the_same() {
        let hour = Duration::from_hours(1);
        for (given, life) in [
            ("", hour),
            (",\"expires_in\":3600", hour),
            (",\"expires_in\":1", Duration::from_secs(1)),
            (",\"expires_in\":0", hour),
            (",\"expires_in\":-5", hour),
            (",\"expires_in\":null", hour),
            (",\"expires_in\":\"60\"", Duration::from_mins(1)),
            (",\"expires_in\":{}", hour),
            (",\"expires_in\":99.9", Duration::from_secs(99)),
            (",\"expires_in\":18446744073709551615", LONGEST_LIFE),
            (",\"expires_in\":1e30", hour),
        ] {
            let body = format!("{{\"access_token\":\"a\"{given}}}");
            assert_eq!(parse_answer(body.as_bytes()).unwrap().life, life, "{body}");
        }
    }

    #[test]
    fn an_empty_refresh_token_or_scope_is_none() {
        let body = br#"{"access_token":"a","refresh_token":"","scope":""}"#;
        let answer = parse_answer(body).unwrap();
        assert!(answer.refresh.is_none() && answer.scopes.is_none());
    }

    #[test]
    fn an_answer_without_a_token_that_can_be_sent_is_refused_without_quoting_it() {
        for body in [
            "{}",
            "[]",
            "canary",
            r#"{"access_token":""}"#,
            r#"{"access_token":"canary\n"}"#,
            r#"{"access_token":"a","scope":"canary\""}"#,
        ] {
            let error = parse_answer(body.as_bytes()).unwrap_err();
            assert!(matches!(error, TokenError::Unknown(_)), "{body}: {error:?}");
            assert!(!format!("{error} {error:?}").contains("canary"));
        }
    }

    proptest! {
        #[test]
        fn any_body_is_read_or_refused_without_a_panic(body in proptest::collection::vec(any::<u8>(), 0..300)) {
            drop(parse_answer(&body));
        }
    }
}
