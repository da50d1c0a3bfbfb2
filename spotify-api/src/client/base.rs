//! Which addresses the client may send a token to.

use url::{Host, Url};

/// Why an address cannot be the Web API's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BaseUrlError {
    /// The text is no URL.
    #[error("it is no URL; it must look like https://api.spotify.com/v1")]
    NotAUrl,
    /// The token would travel in the clear.
    #[error("it must be https, or http on a loopback literal like http://127.0.0.1:8080/v1")]
    Insecure,
    /// The token would go to somebody else.
    #[error(
        "it must be https://api.spotify.com or a loopback literal; a gateway is set as a proxy"
    )]
    Foreign,
    /// The URL has a user, password, query or fragment.
    #[error("it must have no user, password, query or fragment")]
    Decorated,
}

/// Reads the Web API's address: Spotify's own by https, or a loopback literal by https or http.
///
/// Who has to send everything through a gateway names it as a proxy, and its certificate as the
/// extra one; the address stays Spotify's.
pub(super) fn parse(text: &str) -> Result<Url, BaseUrlError> {
    let url = Url::parse(text).map_err(|_| BaseUrlError::NotAUrl)?;
    let (loopback, spotify) = match url.host() {
        Some(Host::Ipv4(address)) => (address.is_loopback(), false),
        Some(Host::Ipv6(address)) => (address.is_loopback(), false),
        Some(Host::Domain(name)) => (false, name == SPOTIFY && url.port().is_none()),
        None => return Err(BaseUrlError::NotAUrl),
    };
    if url.scheme() != "https" && !(url.scheme() == "http" && loopback) {
        return Err(BaseUrlError::Insecure);
    }
    if !(loopback || spotify) {
        return Err(BaseUrlError::Foreign);
    }
    let plain = url.username().is_empty()
        && url.password().is_none()
        && url.query().is_none()
        && url.fragment().is_none();
    plain.then_some(url).ok_or(BaseUrlError::Decorated)
}

const SPOTIFY: &str = "api.spotify.com";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spotify_and_loopback_literals_are_taken() {
        for text in [
            "https://api.spotify.com/v1",
            "https://API.spotify.com:443/v1/",
            "http://127.0.0.1:8080/v1",
            "https://127.0.0.2:8443/v1",
            "http://[::1]:80/v1/",
        ] {
            assert!(parse(text).is_ok(), "{text}");
        }
    }

    #[test]
    fn a_token_is_never_sent_in_the_clear() {
        for text in [
            "http://api.spotify.com/v1",
            "http://localhost/v1",
            "http://127.0.0.1.evil.test/v1",
            "http://10.0.0.1/v1",
            "ftp://127.0.0.1/v1",
        ] {
            assert_eq!(parse(text), Err(BaseUrlError::Insecure), "{text}");
        }
    }

    #[test]
    fn a_token_is_never_sent_to_somebody_else() {
        for text in [
            "https://accounts.spotify.com/v1",
            "https://api.spotify.com.evil.test/v1",
            "https://evil.test/api.spotify.com/v1",
            "https://api.spotify.com./v1",
            "https://api.spotify.com:8443/v1",
            "https://localhost/v1",
            "https://10.0.0.1/v1",
            "https://[::ffff:10.0.0.1]/v1",
        ] {
            assert_eq!(parse(text), Err(BaseUrlError::Foreign), "{text}");
        }
    }

    #[test]
    fn decorated_addresses_are_refused() {
        for text in [
            "https://u:p@api.spotify.com/v1",
            "https://api.spotify.com/v1?x=1",
            "https://api.spotify.com/#x",
        ] {
            assert_eq!(parse(text), Err(BaseUrlError::Decorated), "{text}");
        }
        assert_eq!(parse("api.spotify.com"), Err(BaseUrlError::NotAUrl));
        assert_eq!(parse("https://api.spotify.com@evil.test/"), Err(BaseUrlError::Foreign));
    }
}
