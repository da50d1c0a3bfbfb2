//! Spotify's token endpoint over HTTP.
//!
//! Every answer is classified by what it says of the grant: whether it still lives, whether the
//! request reached Spotify, and when to ask again. No answer's body ever enters an error.

use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;
use http::header::RETRY_AFTER;
use http::{HeaderMap, StatusCode};
use oauth2::basic::{
    BasicErrorResponse, BasicRevocationErrorResponse, BasicTokenIntrospectionResponse,
};
use oauth2::{
    AsyncHttpClient, AuthType, HttpRequest, HttpResponse, PkceCodeVerifier, RedirectUrl,
    StandardRevocableToken, TokenUrl,
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use url::Url;

use crate::ScopeSet;
use crate::app::App;
use crate::origins::Origins;
use crate::secret::{AccessToken, AuthorizationCode, PkceVerifier, RefreshToken};

mod answer;

pub use answer::parse_answer;
use answer::{Answer, read};

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const TOTAL_TIMEOUT: Duration = Duration::from_secs(20);
/// Spotify's token answers have about 600 bytes.
const BODY_MAX: usize = 256 * 1024;
/// How many renewals run at once; more wait. Thousands of tokens may end together.
pub const RENEWALS_MAX: usize = 16;

/// The token endpoint of one accounts service. Clones share connections and the limit on renewals.
#[derive(Clone, Debug)]
pub struct TokenEndpoint {
    http: reqwest::Client,
    origins: Origins,
    renewals: Arc<Semaphore>,
}

/// What a successful request brings.
#[derive(Debug)]
pub struct TokenAnswer {
    /// The new access token.
    pub access: AccessToken,
    /// The new refresh token; missing (or sent empty) means that the old one goes on.
    pub refresh: Option<RefreshToken>,
    /// What was granted; missing means what was granted before.
    pub scopes: Option<ScopeSet>,
    /// How long the access token lives from the request on.
    pub life: Duration,
}

/// Why a request for tokens failed.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum TokenError {
    /// The grant is over (`invalid_grant`): do not repeat, sign in again.
    #[error("Spotify refused the grant: {0}")]
    Refused(Refusal),
    /// The app or the request is wrong; the grant may be in order.
    #[error("Spotify refused the app: {0}; check the client id and secret")]
    App(AppFault),
    /// Spotify can't answer now; the request took no effect.
    #[error("Spotify answered {status} to the token request")]
    Busy {
        /// The HTTP status, 429 or 5xx.
        status: StatusCode,
        /// What `Retry-After` asked for.
        retry_after: Option<Duration>,
    },
    /// The request never reached Spotify.
    #[error("the accounts service could not be reached")]
    NotSent(#[source] reqwest::Error),
    /// The request was sent, but its outcome is not known.
    #[error("the outcome of the token request is not known: {0}")]
    Unknown(&'static str),
    /// The HTTP client could not be set up.
    #[error("setting up the HTTP client")]
    Client(#[source] reqwest::Error),
}

/// Spotify's words for a dead grant (observed descriptions of `invalid_grant`).
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Refusal {
    /// Six months have passed since the person signed in.
    #[error("the refresh token is past its six months")]
    Expired,
    /// The person removed the app, or the token was replaced by a newer one.
    #[error("the refresh token was revoked")]
    Revoked,
    /// The code was used, is too old, or was never given.
    #[error("the authorization code is not valid")]
    Code,
    /// The verifier does not belong to the code.
    #[error("the code verifier does not belong to the code")]
    Verifier,
    /// The redirect address differs from the one asked with.
    #[error("the redirect address differs from the request's")]
    RedirectUri,
    /// Spotify said no more than `invalid_grant`, or something new.
    #[error("it is not valid any more")]
    Unspecified,
}

/// What is wrong with the app or the request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum AppFault {
    /// `invalid_client`.
    #[error("unknown client id or wrong secret")]
    InvalidClient,
    /// `unauthorized_client`.
    #[error("the app may not use this flow")]
    UnauthorizedClient,
    /// `invalid_scope`.
    #[error("a scope is not allowed")]
    InvalidScope,
    /// Any other error code.
    #[error("the request is not valid")]
    InvalidRequest,
    /// The flow needs the app's secret, and there is none.
    #[error("this needs the app's secret: set `SPOTIFY_CLIENT_SECRET`")]
    NoSecret,
}

impl TokenError {
    /// Whether the same request may be sent again.
    pub fn is_retryable(&self) -> bool {
        matches!(self, Self::Busy { .. } | Self::NotSent(_) | Self::Unknown(_))
    }
}

/// What every request to the accounts service is made with.
pub(crate) fn http() -> reqwest::ClientBuilder {
    reqwest::Client::builder()
        .user_agent(concat!("spotify-auth/", env!("CARGO_PKG_VERSION")))
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(CONNECT_TIMEOUT)
        .timeout(TOTAL_TIMEOUT)
        .retry(reqwest::retry::never())
}

impl TokenEndpoint {
    /// Prepares requests to the accounts service of `origins`.
    ///
    /// # Errors
    /// The HTTP client may fail to start, for example without TLS roots.
    pub fn new(origins: Origins) -> Result<Self, TokenError> {
        Self::with(http(), origins)
    }

    fn with(http: reqwest::ClientBuilder, origins: Origins) -> Result<Self, TokenError> {
        let http = http.build().map_err(TokenError::Client)?;
        Ok(Self { http, origins, renewals: Arc::new(Semaphore::new(RENEWALS_MAX)) })
    }

    /// Returns the addresses that this endpoint belongs to.
    pub fn origins(&self) -> &Origins {
        &self.origins
    }

    /// Exchanges a code for tokens (RFC 6749, section 4.1.3; RFC 7636, section 4.5).
    ///
    /// # Errors
    /// See [`TokenError`]. The code is spent whatever the answer.
    pub fn exchange(
        &self,
        app: &App,
        code: &AuthorizationCode,
        verifier: &PkceVerifier,
        redirect: &Url,
    ) -> BoxFuture<'static, Result<TokenAnswer, TokenError>> {
        let client = self.client(app).set_redirect_uri(RedirectUrl::from_url(redirect.clone()));
        let code = oauth2::AuthorizationCode::new(code.expose().to_owned());
        let verifier = PkceCodeVerifier::new(verifier.expose().to_owned());
        let http = Http(self.http.clone());
        Box::pin(async move {
            read(client.exchange_code(code).set_pkce_verifier(verifier).request_async(&http).await)
        })
    }

    /// Renews the access token (RFC 6749, section 6).
    ///
    /// # Errors
    /// See [`TokenError`].
    pub fn refresh(
        &self,
        app: &App,
        token: &RefreshToken,
    ) -> BoxFuture<'static, Result<TokenAnswer, TokenError>> {
        let client = self.client(app);
        let token = oauth2::RefreshToken::new(token.expose().to_owned());
        let http = Http(self.http.clone());
        Box::pin(
            async move { read(client.exchange_refresh_token(&token).request_async(&http).await) },
        )
    }

    /// Asks for a token that stands for the app and no person (RFC 6749, section 4.4).
    ///
    /// # Errors
    /// See [`TokenError`]; an app without a secret is refused before any request.
    pub fn client_credentials(
        &self,
        app: &App,
    ) -> BoxFuture<'static, Result<TokenAnswer, TokenError>> {
        if app.secret.is_none() {
            return Box::pin(async { Err(TokenError::App(AppFault::NoSecret)) });
        }
        let client = self.client(app);
        let http = Http(self.http.clone());
        Box::pin(
            async move { read(client.exchange_client_credentials().request_async(&http).await) },
        )
    }

    /// Waits for a place among [`RENEWALS_MAX`].
    pub(crate) async fn turn(&self) -> Option<OwnedSemaphorePermit> {
        Arc::clone(&self.renewals).acquire_owned().await.ok()
    }

    fn client(&self, app: &App) -> TokenClient {
        let client = oauth2::Client::new(oauth2::ClientId::new(app.id.to_string()))
            .set_auth_type(AuthType::BasicAuth)
            .set_token_uri(TokenUrl::from_url(self.origins.accounts_path("/api/token")));
        match &app.secret {
            Some(secret) => {
                client.set_client_secret(oauth2::ClientSecret::new(secret.expose().to_owned()))
            }
            None => client,
        }
    }
}

type TokenClient = oauth2::Client<
    BasicErrorResponse,
    Answer,
    BasicTokenIntrospectionResponse,
    StandardRevocableToken,
    BasicRevocationErrorResponse,
    oauth2::EndpointNotSet,
    oauth2::EndpointNotSet,
    oauth2::EndpointNotSet,
    oauth2::EndpointNotSet,
    oauth2::EndpointSet,
>;

/// Lets `oauth2` use our client: no redirects, bounded time and size, and the statuses that say
/// nothing of the grant turned into errors before anything is parsed.
struct Http(reqwest::Client);

#[derive(Debug, thiserror::Error)]
enum HttpError {
    #[error("busy")]
    Busy { status: StatusCode, retry_after: Option<Duration> },
    #[error("not sent")]
    NotSent(#[source] reqwest::Error),
    #[error("{0}")]
    Unknown(&'static str),
}

impl<'c> AsyncHttpClient<'c> for Http {
    type Error = HttpError;
    type Future = BoxFuture<'c, Result<HttpResponse, HttpError>>;

    fn call(&'c self, request: HttpRequest) -> Self::Future {
        Box::pin(send(&self.0, request))
    }
}

async fn send(http: &reqwest::Client, request: HttpRequest) -> Result<HttpResponse, HttpError> {
    let request =
        request.try_into().map_err(|_| HttpError::Unknown("the request could not be built"))?;
    let mut response = http.execute(request).await.map_err(not_answered)?;
    let status = response.status();
    if status == StatusCode::TOO_MANY_REQUESTS || status.is_server_error() {
        return Err(HttpError::Busy { status, retry_after: retry_after(response.headers()) });
    }
    let headers = std::mem::take(response.headers_mut());
    let mut body = Vec::with_capacity(4 * 1024);
    while let Some(chunk) =
        response.chunk().await.map_err(|_| HttpError::Unknown("the answer broke off"))?
    {
        if body.len() + chunk.len() > BODY_MAX {
            return Err(HttpError::Unknown("the answer is too long"));
        }
        body.extend_from_slice(&chunk);
    }
    let mut answer = HttpResponse::new(body);
    *answer.status_mut() = status;
    *answer.headers_mut() = headers;
    Ok(answer)
}

fn not_answered(error: reqwest::Error) -> HttpError {
    let error = error.without_url();
    if error.is_connect() {
        HttpError::NotSent(error)
    } else if error.is_timeout() {
        HttpError::Unknown("no answer came in time")
    } else {
        HttpError::Unknown("the connection broke before an answer")
    }
}

fn retry_after(headers: &HeaderMap) -> Option<Duration> {
    headers.get(RETRY_AFTER)?.to_str().ok()?.trim().parse().ok().map(Duration::from_secs)
}

#[cfg(test)]
mod tests;
