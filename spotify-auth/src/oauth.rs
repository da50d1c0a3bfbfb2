//! Authorization Code with PKCE, without I/O: the address to open and the redirect that comes back.
//!
//! Sources: RFC 6749 section 4.1, RFC 7636, RFC 8252, Spotify's page "Authorization Code with PKCE
//! Flow".

use std::fmt;

use oauth2::basic::BasicClient;
use oauth2::{AuthUrl, CsrfToken, PkceCodeChallenge, PkceCodeVerifier, RedirectUrl, Scope};
use url::Url;

use crate::app::App;
use crate::origins::Origins;
use crate::secret::{PkceVerifier, State};
use crate::{Entropy, ScopeSet};

mod redirect;

pub use redirect::{Redirect, RedirectParseError, RedirectRefused, parse_redirect};

/// The page where the person approves, as an address to open in a browser.
///
/// It holds the state and the PKCE challenge, but no verifier: whoever reads it can't finish the
/// sign-in.
#[derive(Clone, PartialEq, Eq)]
pub struct AuthorizeUrl(Url);

impl AuthorizeUrl {
    /// Returns the address as text.
    pub fn as_str(&self) -> &str {
        self.0.as_str()
    }
}

impl fmt::Display for AuthorizeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for AuthorizeUrl {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AuthorizeUrl(..)")
    }
}

/// One sign-in that was asked for: the address, and what the answer must match.
#[derive(Debug)]
pub struct Request {
    /// The address to open.
    pub url: AuthorizeUrl,
    /// What the redirect must carry.
    pub state: State,
    /// What the exchange must show (RFC 7636, section 4.5).
    pub verifier: PkceVerifier,
    /// Where the answer goes; the exchange must name the same.
    pub redirect: Url,
}

impl Request {
    /// Asks for `scopes`, with a fresh state and verifier of 256 bits each.
    pub fn new(
        app: &App,
        origins: &Origins,
        redirect: Url,
        scopes: &ScopeSet,
        entropy: &Entropy,
    ) -> Self {
        let state = State::new(entropy.token().as_str());
        let verifier = PkceVerifier::new(entropy.token().as_str());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&PkceCodeVerifier::new(
            verifier.expose().to_owned(),
        ));
        let echoed = state.expose().to_owned();
        let (url, _) = BasicClient::new(oauth2::ClientId::new(app.id.to_string()))
            .set_auth_uri(AuthUrl::from_url(origins.accounts_path("/authorize")))
            .set_redirect_uri(RedirectUrl::from_url(redirect.clone()))
            .authorize_url(move || CsrfToken::new(echoed))
            .add_scopes(scopes.iter().map(|scope| Scope::new(scope.to_owned())))
            .set_pkce_challenge(challenge)
            .url();
        Self { url: AuthorizeUrl(url), state, verifier, redirect }
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;

    fn entropy() -> Entropy {
        Entropy::new(rand_core::UnwrapErr(getrandom::SysRng))
    }

    #[test]
    fn the_address_asks_for_a_code_with_s256_and_shows_no_verifier() {
        let app = App { id: "client".parse().unwrap(), secret: None };
        let redirect = Url::parse("http://127.0.0.1:4711/callback").unwrap();
        let scopes: ScopeSet = "user-read-private playlist-modify-private".parse().unwrap();
        let request = Request::new(&app, &Origins::spotify(), redirect, &scopes, &entropy());

        let url = Url::parse(request.url.as_str()).unwrap();
        let query: BTreeMap<_, _> = url.query_pairs().into_owned().collect();
        assert_eq!(url.origin().ascii_serialization(), "https://accounts.spotify.com");
        assert_eq!(url.path(), "/authorize");
        assert_eq!(query["response_type"], "code");
        assert_eq!(query["client_id"], "client");
        assert_eq!(query["redirect_uri"], "http://127.0.0.1:4711/callback");
        assert_eq!(query["scope"], "playlist-modify-private user-read-private");
        assert_eq!(query["code_challenge_method"], "S256");
        assert_eq!(query["state"], request.state.expose());
        assert_eq!(query["code_challenge"].len(), 43);
        assert!(!request.url.as_str().contains(request.verifier.expose()));
    }

    #[test]
    fn the_challenge_is_that_of_rfc_7636_appendix_b() {
        let verifier =
            PkceCodeVerifier::new("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk".to_owned());
        let challenge = PkceCodeChallenge::from_code_verifier_sha256(&verifier);
        assert_eq!(challenge.as_str(), "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM");
    }

    #[test]
    fn state_and_verifier_are_new_each_time() {
        let app = App { id: "client".parse().unwrap(), secret: None };
        let redirect = Url::parse("http://127.0.0.1/callback").unwrap();
        let ask = || {
            Request::new(
                &app,
                &Origins::spotify(),
                redirect.clone(),
                &ScopeSet::default(),
                &entropy(),
            )
        };
        let (first, second) = (ask(), ask());
        assert_ne!(first.state.expose(), second.state.expose());
        assert_ne!(first.verifier.expose(), second.verifier.expose());
        assert_ne!(first.verifier.expose(), first.state.expose());
    }
}
