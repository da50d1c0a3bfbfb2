//! The secrets of OAuth, each with a type of its own.
//!
//! None of them can be printed, serialised or cloned by accident: there is no `Display`, no
//! `Serialize`, no `Clone`, `Debug` is redacted, and the memory is wiped when a value is dropped.
//! The content is reached by one method, `expose`.

use std::fmt;

use http::HeaderValue;
use hyper::body::Bytes;
use secrecy::{ExposeSecret as _, SecretString};
use sha2::{Digest as _, Sha256};
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

macro_rules! secret {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        pub struct $name(SecretString);

        impl $name {
            /// Takes the text over.
            pub fn new(text: impl Into<String>) -> Self {
                Self(SecretString::from(text.into()))
            }

            /// Returns the secret text. Each use is a place to review.
            pub fn expose(&self) -> &str {
                self.0.expose_secret()
            }

            /// Compares in time that depends on the length alone.
            pub fn matches(&self, other: &str) -> bool {
                self.expose().as_bytes().ct_eq(other.as_bytes()).into()
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(concat!(stringify!($name), "([redacted])"))
            }
        }
    )+};
}

secret! {
    /// What authorises one request at the Web API; lives an hour.
    AccessToken;
    /// What renews the access token; lives six months from the authorisation.
    RefreshToken;
    /// What the redirect carries; used once (RFC 6749, section 4.1.2).
    AuthorizationCode;
    /// The PKCE code verifier (RFC 7636, section 4.1).
    PkceVerifier;
    /// The value that ties a redirect to the sign-in that asked for it (RFC 6749, section 10.12).
    State;
    /// The secret of a confidential client. Optional: PKCE needs none.
    ClientSecret;
}

impl AccessToken {
    /// Builds the `Authorization` header, marked sensitive; `None` when the token holds a
    /// character that no header may hold.
    ///
    /// The header and its clones share one buffer, which is wiped with the last of them.
    pub fn header(&self) -> Option<HeaderValue> {
        let token = self.expose().as_bytes();
        // Sized beforehand: a buffer that grows leaves a copy behind.
        let mut text = Zeroizing::new(Vec::with_capacity(SCHEME.len() + token.len()));
        text.extend_from_slice(SCHEME);
        text.extend_from_slice(token);
        let mut header = HeaderValue::from_maybe_shared(Bytes::from_owner(text)).ok()?;
        header.set_sensitive(true);
        Some(header)
    }

    /// Returns what tells this token from others without holding it: its SHA-256.
    pub(crate) fn fingerprint(&self) -> Fingerprint {
        Fingerprint(*Sha256::digest(self.expose().as_bytes()).as_ref())
    }

    /// Whether `header` is the one that this token makes.
    pub fn made(&self, header: &HeaderValue) -> bool {
        header
            .as_bytes()
            .strip_prefix(SCHEME)
            .is_some_and(|token| token.ct_eq(self.expose().as_bytes()).into())
    }
}

/// Which token is meant. Never leaves the process.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fingerprint([u8; 32]);

/// RFC 6750, section 2.1.
const SCHEME: &[u8] = b"Bearer ";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_of_a_secret_shows_its_type_alone() {
        assert_eq!(format!("{:?}", RefreshToken::new("canary")), "RefreshToken([redacted])");
        let header = AccessToken::new("canary").header().unwrap();
        assert!(!format!("{header:?}").contains("canary"));
    }

    #[test]
    fn a_header_belongs_to_the_token_that_made_it() {
        let token = AccessToken::new("first");
        assert!(token.made(&token.header().unwrap()));
        assert!(!AccessToken::new("second").made(&token.header().unwrap()));
    }

    #[test]
    fn a_token_with_a_line_break_makes_no_header() {
        assert!(AccessToken::new("a\r\nX-Other: b").header().is_none());
    }
}
