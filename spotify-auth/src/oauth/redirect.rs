//! What comes back from the accounts service: a redirect, or what a person pasted of it.

use url::{Url, form_urlencoded};

use crate::secret::{AuthorizationCode, State};

/// The longest text that is looked at; Spotify's redirects have a few hundred characters.
const TEXT_MAX: usize = 8 * 1024;

/// The answer to one authorization request (RFC 6749, section 4.1.2).
#[derive(Debug)]
pub enum Redirect {
    /// The person approved.
    Approved {
        /// What to exchange for tokens.
        code: AuthorizationCode,
        /// Which sign-in this answers; missing when only the code was pasted.
        state: Option<State>,
    },
    /// The person refused, or Spotify did.
    Refused {
        /// Which sign-in this answers.
        state: Option<State>,
        /// Why.
        reason: RedirectRefused,
    },
}

/// Why an authorization request was refused (RFC 6749, section 4.1.2.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedirectRefused {
    /// The person chose not to approve.
    #[error("the sign-in was refused on Spotify's page")]
    AccessDenied,
    /// Spotify does not know one of the scopes.
    #[error("Spotify refused a scope of the request")]
    InvalidScope,
    /// Spotify answered with another error.
    #[error(
        "Spotify refused the request; check the client id and the redirect address of your app"
    )]
    Other,
}

/// Why a text is no answer to a sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedirectParseError {
    /// Nothing was given.
    #[error("nothing was pasted; paste the whole address that the browser ended at, or its `code`")]
    Empty,
    /// The text is too long.
    #[error(
        "the pasted text is longer than {TEXT_MAX} characters; paste only the address that the browser ended at"
    )]
    TooLong,
    /// The text has neither a code nor an error.
    #[error(
        "the pasted text has neither `code` nor `error`; paste the whole address that the browser ended at"
    )]
    NoAnswer,
    /// A parameter stands there twice.
    #[error("a parameter of the redirect stands there twice; start the sign-in again")]
    Repeated,
}

/// Reads a redirect address, its query, or a bare code.
///
/// # Errors
/// A text that is none of these is refused. The error never repeats the text.
pub fn parse_redirect(text: &str) -> Result<Redirect, RedirectParseError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(RedirectParseError::Empty);
    }
    if text.len() > TEXT_MAX {
        return Err(RedirectParseError::TooLong);
    }
    if let Some(query) = query_of(text) {
        return parse_query(&query);
    }
    let code = |c: char| c.is_ascii_alphanumeric() || "-_.~".contains(c);
    if text.chars().all(code) {
        return Ok(Redirect::Approved { code: AuthorizationCode::new(text), state: None });
    }
    Err(RedirectParseError::NoAnswer)
}

fn query_of(text: &str) -> Option<String> {
    if let Ok(url) = Url::parse(text) {
        return Some(url.query().unwrap_or_default().to_owned());
    }
    if let Some((_, query)) = text.split_once('?') {
        return Some(query.to_owned());
    }
    text.contains('=').then(|| text.to_owned())
}

fn parse_query(query: &str) -> Result<Redirect, RedirectParseError> {
    let code = single(query, "code")?;
    let state = single(query, "state")?.map(State::new);
    let error = single(query, "error")?;
    if let Some(error) = error {
        let reason = match error.as_str() {
            "access_denied" => RedirectRefused::AccessDenied,
            "invalid_scope" => RedirectRefused::InvalidScope,
            _ => RedirectRefused::Other,
        };
        return Ok(Redirect::Refused { state, reason });
    }
    match code {
        Some(code) if !code.is_empty() => {
            Ok(Redirect::Approved { code: AuthorizationCode::new(code), state })
        }
        _ => Err(RedirectParseError::NoAnswer),
    }
}

/// Returns the one value of a parameter. A second one is refused: two readers of one address must
/// not see two different codes.
fn single(query: &str, name: &str) -> Result<Option<String>, RedirectParseError> {
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(key, _)| key == name);
    let value = values.next().map(|(_, value)| value.into_owned());
    if values.next().is_some() { Err(RedirectParseError::Repeated) } else { Ok(value) }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn approved(text: &str) -> (String, Option<String>) {
        match parse_redirect(text) {
            Ok(Redirect::Approved { code, state }) => {
                (code.expose().to_owned(), state.map(|state| state.expose().to_owned()))
            }
            other => panic!("{text}: {other:?}"),
        }
    }

    #[test]
    fn an_address_its_query_and_a_bare_code_are_read() {
        let both = ("AQ-x_1".to_owned(), Some("s1".to_owned()));
        assert_eq!(approved("http://127.0.0.1:4711/callback?code=AQ-x_1&state=s1"), both);
        assert_eq!(approved("  https://example.org/cb?state=s1&code=AQ-x_1 \n"), both);
        assert_eq!(approved("/callback?code=AQ-x_1&state=s1"), both);
        assert_eq!(approved("code=AQ-x_1&state=s1"), both);
        assert_eq!(approved("AQ-x_1"), ("AQ-x_1".to_owned(), None));
    }

    #[test]
    fn a_refusal_carries_its_reason() {
        let Ok(Redirect::Refused { state, reason }) =
            parse_redirect("http://127.0.0.1/?error=access_denied&state=s1")
        else {
            panic!("a refusal");
        };
        assert_eq!(reason, RedirectRefused::AccessDenied);
        assert_eq!(state.unwrap().expose(), "s1");
    }

    #[test]
    fn what_is_no_answer_is_refused() {
        for (text, error) in [
            ("", RedirectParseError::Empty),
            ("http://127.0.0.1/callback", RedirectParseError::NoAnswer),
            ("http://127.0.0.1/callback?code=", RedirectParseError::NoAnswer),
            ("I pasted the wrong thing", RedirectParseError::NoAnswer),
            ("http://127.0.0.1/?code=a&code=b", RedirectParseError::Repeated),
            ("http://127.0.0.1/?code=a&state=b&state=c", RedirectParseError::Repeated),
        ] {
            assert_eq!(parse_redirect(text).unwrap_err(), error, "{text}");
        }
        assert_eq!(
            parse_redirect(&"a".repeat(TEXT_MAX + 1)).unwrap_err(),
            RedirectParseError::TooLong
        );
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused_without_a_panic(text in ".{0,300}") {
            drop(parse_redirect(&text));
        }

        #[test]
        fn no_error_repeats_the_text(canary in "[a-z]{24}") {
            if let Err(error) = parse_redirect(&format!("http://127.0.0.1/?code={canary}&code={canary}")) {
                prop_assert!(!error.to_string().contains(&canary));
            }
        }
    }
}
