//! A proxy between the client and Spotify.

use std::{fmt, str::FromStr};

use url::Url;

/// A proxy that the operator named. The client takes none from the environment.
///
/// It tunnels TLS to Spotify and sees neither tokens nor answers. Requests without TLS, which go to
/// loopback addresses only, are never sent through it.
///
/// ```
/// use spotify_api::client::Proxy;
///
/// let proxy: Proxy = "http://proxy.example:3128".parse()?;
/// let proxy = proxy.except("127.0.0.1, .internal.example");
/// # Ok::<(), spotify_api::client::ProxyError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Proxy {
    url: Url,
    except: Option<String>,
}

/// Why a text names no proxy. Repeats nothing of it, for it may hold a password.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProxyError {
    /// The text is no URL.
    #[error("it is no URL; it must look like http://proxy.example:3128")]
    NotAUrl,
    /// The proxy speaks something else.
    #[error("its scheme must be one of {}", SCHEMES.join(", "))]
    Scheme,
    /// The URL has a path, query or fragment.
    #[error("it must have no path, query or fragment")]
    Decorated,
}

impl Proxy {
    /// Leaves out these hosts: names, `.domains` with all below them, addresses and networks like
    /// `10.0.0.0/8`, separated by commas, as `NO_PROXY` is written.
    #[must_use]
    pub fn except(mut self, hosts: impl Into<String>) -> Self {
        self.except = Some(hosts.into());
        self
    }

    pub(super) fn to_reqwest(&self) -> reqwest::Result<reqwest::Proxy> {
        let except = self.except.as_deref().and_then(reqwest::NoProxy::from_string);
        Ok(reqwest::Proxy::https(self.url.clone())?.no_proxy(except))
    }
}

/// Reads `scheme://host[:port]`, with `user:password@` before the host if the proxy asks for them.
/// The scheme is `http`, `https`, `socks5`, or
/// `socks5h`, which leaves the name's resolution to the proxy.
impl FromStr for Proxy {
    type Err = ProxyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let url = Url::parse(text).map_err(|_| ProxyError::NotAUrl)?;
        if !SCHEMES.contains(&url.scheme()) {
            return Err(ProxyError::Scheme);
        }
        if url.host_str().is_none_or(str::is_empty) {
            return Err(ProxyError::NotAUrl);
        }
        let plain = matches!(url.path(), "" | "/") && url.query().is_none();
        if !plain || url.fragment().is_some() {
            return Err(ProxyError::Decorated);
        }
        Ok(Self { url, except: None })
    }
}

/// Without user and password.
impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let port = self.url.port().map(|port| format!(":{port}")).unwrap_or_default();
        let host = self.url.host_str().unwrap_or_default();
        write!(f, "Proxy({}://{host}{port})", self.url.scheme())
    }
}

const SCHEMES: [&str; 4] = ["http", "https", "socks5", "socks5h"];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_is_read_and_shown_without_its_password() {
        for scheme in SCHEMES {
            let proxy: Proxy = format!("{scheme}://user:canary@[::1]:3128").parse().unwrap();
            assert!(proxy.to_reqwest().is_ok());
            assert_eq!(format!("{proxy:?}"), format!("Proxy({scheme}://[::1]:3128)"));
        }
    }

    #[test]
    fn what_is_no_proxy_is_refused_with_a_reason() {
        for (text, error) in [
            ("proxy.example:3128", ProxyError::Scheme),
            ("//proxy.example", ProxyError::NotAUrl),
            ("socks5://", ProxyError::NotAUrl),
            ("socks4://proxy.example", ProxyError::Scheme),
            ("ftp://proxy.example", ProxyError::Scheme),
            ("http://proxy.example/path", ProxyError::Decorated),
            ("http://proxy.example?x", ProxyError::Decorated),
            ("http://proxy.example#x", ProxyError::Decorated),
        ] {
            assert_eq!(text.parse::<Proxy>(), Err(error), "{text}");
        }
    }
}
