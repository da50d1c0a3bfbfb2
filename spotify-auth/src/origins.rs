//! Where Spotify is, and where a token may be sent.

use std::fmt;
use std::net::IpAddr;

use serde::{Deserialize, Serialize};
use url::{Host, Url};

/// Spotify's accounts service.
pub const SPOTIFY_ACCOUNTS: &str = "https://accounts.spotify.com";
/// Spotify's Web API.
pub const SPOTIFY_API: &str = "https://api.spotify.com/v1";

/// The accounts service and the Web API that belong together.
///
/// Each grant carries the origins it was made with; it is sent nowhere else.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origins {
    accounts: Url,
    api: Url,
}

/// Why an address other than Spotify's is refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "only `http` on a loopback address is accepted here, without query, fragment or user, for example `http://127.0.0.1:8080`"
)]
pub struct NotLoopback;

/// A grant met an address that it does not belong to.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "the profile was signed in at {granted}, but {configured} is configured; a token is sent only where it came from: restore the address or sign in again"
)]
pub struct OriginMismatch {
    granted: String,
    configured: String,
}

impl Origins {
    /// Returns Spotify's own addresses.
    #[expect(clippy::missing_panics_doc, reason = "two constants of this file are parsed")]
    pub fn spotify() -> Self {
        let url = |text: &str| Url::parse(text).expect("a constant of this file is an address");
        Self { accounts: url(SPOTIFY_ACCOUNTS), api: url(SPOTIFY_API) }
    }

    /// Takes the addresses of a local Spotify.
    ///
    /// # Errors
    /// Anything but `http` on a loopback literal is refused, so that no setting can send a token
    /// to another machine.
    pub fn loopback(accounts: Url, api: Url) -> Result<Self, NotLoopback> {
        if is_loopback(&accounts) && is_loopback(&api) {
            Ok(Self { accounts, api })
        } else {
            Err(NotLoopback)
        }
    }

    /// Returns the accounts service's base address.
    pub fn accounts(&self) -> &Url {
        &self.accounts
    }

    /// Returns the Web API's base address.
    pub fn api(&self) -> &Url {
        &self.api
    }

    /// Whether these are Spotify's own addresses.
    pub fn is_spotify(&self) -> bool {
        *self == Self::spotify()
    }

    /// Returns an address below the accounts service.
    pub fn accounts_path(&self, path: &str) -> Url {
        let mut url = self.accounts.clone();
        url.set_path(&format!("{}{path}", url.path().trim_end_matches('/')));
        url
    }

    /// Checks that a grant made at `self` may be used where `configured` points.
    ///
    /// # Errors
    /// Any difference is refused.
    pub fn check(&self, configured: &Self) -> Result<(), OriginMismatch> {
        if self == configured {
            return Ok(());
        }
        Err(OriginMismatch { granted: self.to_string(), configured: configured.to_string() })
    }
}

impl fmt::Display for Origins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} and {}", self.accounts.as_str().trim_end_matches('/'), self.api)
    }
}

impl fmt::Debug for Origins {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Origins({self})")
    }
}

/// Whether `url` is plain `http` on an address that never leaves this machine. A name such as
/// `localhost` does not count: a resolver may answer anything for it.
pub fn is_loopback(url: &Url) -> bool {
    let host = match url.host() {
        Some(Host::Ipv4(address)) => IpAddr::V4(address),
        Some(Host::Ipv6(address)) => IpAddr::V6(address),
        Some(Host::Domain(_)) | None => return false,
    };
    url.scheme() == "http"
        && host.is_loopback()
        && url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_http_on_a_loopback_literal_is_local() {
        for (text, local) in [
            ("http://127.0.0.1:8080", true),
            ("http://127.9.9.9/x", true),
            ("http://[::1]:8080/v1", true),
            ("https://127.0.0.1:8080", false),
            ("http://localhost:8080", false),
            ("http://10.0.0.1:8080", false),
            ("http://127.0.0.1.example.org", false),
            ("http://user@127.0.0.1", false),
            ("http://127.0.0.1/?a", false),
        ] {
            assert_eq!(is_loopback(&Url::parse(text).unwrap()), local, "{text}");
        }
    }

    #[test]
    fn a_grant_of_one_origin_is_refused_at_another() {
        let local = Origins::loopback(
            Url::parse("http://127.0.0.1:1").unwrap(),
            Url::parse("http://127.0.0.1:2/v1").unwrap(),
        )
        .unwrap();
        assert!(local.check(&local).is_ok());
        let error = Origins::spotify().check(&local).unwrap_err().to_string();
        assert!(
            error.contains("https://accounts.spotify.com") && error.contains("127.0.0.1:1"),
            "{error}"
        );
    }
}
