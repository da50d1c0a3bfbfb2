//! Which redirect URIs an app may have, and which it may ask for.
//!
//! Source: Spotify, documentation, "Redirect URIs": https anywhere; http on the loopback literals
//! 127.0.0.1 and `[::1]` only; a loopback URI registered without a port matches any port.

use url::{Host, Url};

/// Returns whether Spotify's dashboard would accept the redirect URI.
pub fn is_allowed(uri: &str) -> bool {
    let Ok(url) = Url::parse(uri) else { return false };
    match url.scheme() {
        "https" => url.host_str().is_some_and(|host| host != "localhost"),
        "http" => is_loopback_literal(&url),
        _ => false,
    }
}

/// Returns whether a requested URI is the registered one.
pub(crate) fn matches(registered: &str, requested: &str) -> bool {
    if registered == requested {
        return true;
    }
    let Ok(url) = Url::parse(requested) else { return false };
    if url.scheme() != "http" || !is_loopback_literal(&url) {
        return false;
    }
    // The port is cut out of the text rather than unset in the parsed URL, which would also
    // normalise what has to match exactly.
    let Some(port) = url.port() else { return false };
    let without = requested.replacen(&format!(":{port}"), "", 1);
    registered == without
}

fn is_loopback_literal(url: &Url) -> bool {
    match url.host() {
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        Some(Host::Domain(_)) | None => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_https_and_loopback_literals_can_be_registered() {
        for (uri, allowed) in [
            ("https://example.com/callback", true),
            ("http://127.0.0.1/callback", true),
            ("http://127.0.0.1:8888/callback", true),
            ("http://[::1]/callback", true),
            ("http://localhost/callback", false),
            ("https://localhost/callback", false),
            ("http://example.com/callback", false),
            ("myapp:/callback", false),
            ("callback", false),
        ] {
            assert_eq!(is_allowed(uri), allowed, "{uri}");
        }
    }

    #[test]
    fn a_loopback_uri_without_a_port_matches_any_port_and_nothing_else() {
        for (registered, requested, expected) in [
            ("http://127.0.0.1/callback", "http://127.0.0.1:4711/callback", true),
            ("http://[::1]/callback", "http://[::1]:4711/callback", true),
            ("http://127.0.0.1/callback", "http://127.0.0.1:4711/Callback", false),
            ("http://127.0.0.1/callback", "http://127.0.0.1:4711/callback/", false),
            ("http://127.0.0.1/callback", "http://[::1]:4711/callback", false),
            ("http://127.0.0.1:1/callback", "http://127.0.0.1:2/callback", false),
            ("https://example.com/callback", "https://example.com:444/callback", false),
            ("https://example.com/callback", "https://example.com/callback", true),
        ] {
            assert_eq!(matches(registered, requested), expected, "{registered} {requested}");
        }
    }
}
