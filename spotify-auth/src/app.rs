//! The Spotify app that a person or a company registered.

use std::str::FromStr;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

use crate::origins::is_loopback;
use crate::secret::ClientSecret;
use crate::text::checked_text;

/// The public id of a Spotify app: 1 to 128 letters, digits, `-` and `_` (Spotify's are 32
/// hexadecimal digits).
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ClientId(String);

/// A text that is no client id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a client id is 1 to 128 letters, digits, `-` and `_`; copy it from your app at https://developer.spotify.com/dashboard, for example `0123456789abcdef0123456789abcdef`"
)]
pub struct ClientIdError;

impl FromStr for ClientId {
    type Err = ClientIdError;

    fn from_str(text: &str) -> Result<Self, ClientIdError> {
        let allowed = |c: char| c.is_ascii_alphanumeric() || c == '-' || c == '_';
        if (1..=128).contains(&text.len()) && text.chars().all(allowed) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ClientIdError)
        }
    }
}

checked_text!(ClientId, ClientIdError);

/// A Spotify app: its id and, for a confidential client, its secret.
#[derive(Debug)]
pub struct App {
    /// The app's public id.
    pub id: ClientId,
    /// The app's secret; PKCE needs none.
    pub secret: Option<ClientSecret>,
}

impl App {
    /// Copies the app. Deliberate, because it copies the secret.
    #[must_use]
    pub fn duplicate(&self) -> Self {
        let secret = self.secret.as_ref().map(|secret| ClientSecret::new(secret.expose()));
        Self { id: self.id.clone(), secret }
    }
}

/// How the answer of a sign-in comes back.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum RedirectPolicy {
    /// A loopback address without a port: the listener takes any free one (RFC 8252, section 7.3).
    AnyPort(Url),
    /// A loopback address with a port: the listener takes that one.
    Port(Url),
    /// Any other address: the person pastes the address that the browser ended at.
    PasteOnly(Url),
}

/// Why a redirect address is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RedirectError {
    /// Spotify refuses the name `localhost`.
    #[error(
        "Spotify refuses `localhost`; write `http://127.0.0.1/callback` and register the same in your app"
    )]
    Localhost,
    /// Spotify refuses plain `http` elsewhere than on a loopback address.
    #[error(
        "Spotify takes `http` on 127.0.0.1 or [::1] and `https` elsewhere, without fragment or user, for example `http://127.0.0.1/callback`"
    )]
    Scheme,
    /// The text is no address.
    #[error("it is no address, for example `http://127.0.0.1/callback`")]
    NotAnAddress,
}

impl RedirectPolicy {
    /// The address used when nobody chose one: register it in the app as it stands, without a port.
    pub const DEFAULT: &'static str = "http://127.0.0.1/callback";

    /// Returns the address as it is registered in the app.
    pub fn registered(&self) -> &Url {
        match self {
            Self::AnyPort(url) | Self::Port(url) | Self::PasteOnly(url) => url,
        }
    }
}

impl FromStr for RedirectPolicy {
    type Err = RedirectError;

    fn from_str(text: &str) -> Result<Self, RedirectError> {
        let url = Url::parse(text).map_err(|_| RedirectError::NotAnAddress)?;
        if matches!(url.host(), Some(Host::Domain("localhost"))) {
            return Err(RedirectError::Localhost);
        }
        if is_loopback(&url) {
            // `Url` drops a port that is the scheme's own, so `:80` must be looked for in the text.
            let explicit = url.port().is_some() || text.contains(":80/") || text.ends_with(":80");
            return Ok(if explicit { Self::Port(url) } else { Self::AnyPort(url) });
        }
        let plain =
            url.username().is_empty() && url.password().is_none() && url.fragment().is_none();
        if url.scheme() == "https" && url.has_host() && plain {
            return Ok(Self::PasteOnly(url));
        }
        Err(RedirectError::Scheme)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_redirect_address_fixes_how_the_answer_comes_back() {
        let policy = |text: &str| text.parse::<RedirectPolicy>();
        assert!(matches!(policy(RedirectPolicy::DEFAULT), Ok(RedirectPolicy::AnyPort(_))));
        assert!(matches!(policy("http://[::1]/callback"), Ok(RedirectPolicy::AnyPort(_))));
        assert!(matches!(policy("http://127.0.0.1:8888/callback"), Ok(RedirectPolicy::Port(_))));
        assert!(matches!(policy("http://127.0.0.1:80/callback"), Ok(RedirectPolicy::Port(_))));
        assert!(matches!(policy("https://example.org/callback"), Ok(RedirectPolicy::PasteOnly(_))));
        assert_eq!(policy("http://localhost:8888/callback"), Err(RedirectError::Localhost));
        assert_eq!(policy("http://example.org/callback"), Err(RedirectError::Scheme));
        assert_eq!(policy("spotify-mcp:callback"), Err(RedirectError::Scheme));
        assert_eq!(policy("callback"), Err(RedirectError::NotAnAddress));
    }

    #[test]
    fn a_client_id_is_letters_digits_and_dashes() {
        assert!("0123456789abcdef0123456789abcdef".parse::<ClientId>().is_ok());
        for wrong in ["", "a b", "a\"b", "é"] {
            assert_eq!(wrong.parse::<ClientId>(), Err(ClientIdError), "{wrong}");
        }
    }
}
