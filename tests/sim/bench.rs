//! A simulator and a client that asks it.

use std::ops::Deref;

use reqwest::{Client, Method, RequestBuilder, redirect};
use serde_json::{Value, json};
use spotify_sim::{Builder, Regime, Simulator};

/// The verifier and challenge of RFC 7636 appendix B.
pub(crate) const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
pub(crate) const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
pub(crate) const REDIRECT: &str = "http://127.0.0.1:4711/callback";

pub(crate) struct Bench {
    pub(crate) sim: Simulator,
    pub(crate) token: String,
    http: Client,
}

impl Deref for Bench {
    type Target = Simulator;

    fn deref(&self) -> &Simulator {
        &self.sim
    }
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: reqwest::header::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error} in {self:?}"))
    }

    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// The JSON of a success.
    pub(crate) fn ok(&self) -> Value {
        assert!((200..300).contains(&self.status), "{self:?}");
        self.json()
    }

    pub(crate) fn refused(&self, status: u16, message: &str) {
        assert_eq!(self.status, status, "{self:?}");
        assert_eq!(self.json()["error"]["message"], message, "{self:?}");
    }
}

impl Bench {
    pub(crate) async fn new(regime: Regime) -> Self {
        Self::of(Simulator::builder().regime(regime).seed(7)).await
    }

    pub(crate) async fn restricted() -> Self {
        Self::new(Regime::DevRestricted).await
    }

    /// Starts a simulator whose default user granted everything.
    pub(crate) async fn of(builder: Builder) -> Self {
        let sim = builder.start().await;
        let token = sim.grant_all().access_token;
        let http = Client::builder().redirect(redirect::Policy::none()).build().unwrap();
        Self { sim, token, http }
    }

    /// A request to the Web API with the default user's token.
    pub(crate) fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.as_token(&self.token, method, path)
    }

    pub(crate) fn as_token(&self, token: &str, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.api_url());
        let reading = method == Method::GET;
        let request = self.http.request(method, url).bearer_auth(token);
        if reading { request } else { request.header("content-length", "0") }
    }

    pub(crate) async fn get(&self, path: &str) -> Answer {
        send(self.request(Method::GET, path)).await
    }

    pub(crate) async fn get_as(&self, token: &str, path: &str) -> Answer {
        send(self.as_token(token, Method::GET, path)).await
    }

    /// Sends a JSON body with the default user's token.
    pub(crate) async fn send(&self, method: Method, path: &str, body: &Value) -> Answer {
        self.send_as(&self.token, method, path, body).await
    }

    pub(crate) async fn send_as(
        &self,
        token: &str,
        method: Method,
        path: &str,
        body: &Value,
    ) -> Answer {
        let url = format!("{}{path}", self.api_url());
        send(self.http.request(method, url).bearer_auth(token).json(body)).await
    }

    /// A plain request to any URL.
    pub(crate) fn plain(&self, method: Method, url: &str) -> RequestBuilder {
        self.http.request(method, url)
    }

    pub(crate) async fn token_request(&self, form: &[(&str, &str)]) -> Answer {
        let url = format!("{}/api/token", self.accounts_url());
        send(self.http.post(url).form(form)).await
    }

    /// A token that stands for no user.
    pub(crate) async fn client_token(&self) -> String {
        let secret = self.client_secret();
        let form = [
            ("grant_type", "client_credentials"),
            ("client_id", self.client_id()),
            ("client_secret", secret.as_str()),
        ];
        let answer = self.token_request(&form).await.ok();
        answer["access_token"].as_str().unwrap().to_owned()
    }

    pub(crate) async fn refresh(&self, refresh_token: &str) -> Answer {
        self.token_request(&[
            ("grant_type", "refresh_token"),
            ("client_id", self.client_id()),
            ("refresh_token", refresh_token),
        ])
        .await
    }

    /// An authorize URL with PKCE, changed or extended by `changes`; an empty value removes.
    pub(crate) fn authorize_url(&self, changes: &[(&str, &str)]) -> String {
        let mut query = vec![
            ("client_id", self.client_id()),
            ("response_type", "code"),
            ("redirect_uri", REDIRECT),
            ("state", "a state"),
            ("scope", "playlist-read-private"),
            ("code_challenge_method", "S256"),
            ("code_challenge", CHALLENGE),
        ];
        for change in changes {
            query.retain(|(name, _)| name != &change.0);
            if !change.1.is_empty() {
                query.push(*change);
            }
        }
        let base = format!("{}/authorize", self.accounts_url());
        url::Url::parse_with_params(&base, query).unwrap().into()
    }

    /// Approves, and returns the code.
    pub(crate) async fn code(&self) -> String {
        self.approve(&self.authorize_url(&[])).await.unwrap().code().unwrap()
    }

    /// Exchanges a code with PKCE, with changes as in [`Bench::authorize_url`].
    pub(crate) async fn exchange(&self, code: &str, changes: &[(&str, &str)]) -> Answer {
        let mut form = vec![
            ("grant_type", "authorization_code"),
            ("client_id", self.client_id()),
            ("code", code),
            ("redirect_uri", REDIRECT),
            ("code_verifier", VERIFIER),
        ];
        for change in changes {
            form.retain(|(name, _)| name != &change.0);
            if !change.1.is_empty() {
                form.push(*change);
            }
        }
        self.token_request(&form).await
    }

    /// Creates a playlist and returns its id.
    pub(crate) async fn playlist(&self, name: &str, public: bool) -> String {
        let body = json!({ "name": name, "public": public });
        let made = self.send(Method::POST, "/me/playlists", &body).await;
        assert_eq!(made.status, 201, "{made:?}");
        made.json()["id"].as_str().unwrap().to_owned()
    }

    pub(crate) fn uri(&self, title: &str) -> String {
        self.track_uri(title).unwrap_or_else(|| panic!("no track {title}"))
    }
}

pub(crate) async fn send(request: RequestBuilder) -> Answer {
    let response = request.send().await.unwrap();
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Answer { status, headers, text: response.text().await.unwrap() }
}

/// The last part of a URI.
pub(crate) fn id_of(uri: &str) -> &str {
    uri.rsplit(':').next().unwrap()
}
