//! Signing in, and what is known of the sign-in.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Effect, Spec, Tool, Toolset};

#[cfg(feature = "server")]
pub(in crate::tools) mod run;

/// Begins a sign-in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetAuthUrl {}

impl Tool for GetAuthUrl {
    const SPEC: Spec = Spec {
        title: "Begin Spotify sign-in",
        description: "Begin a Spotify sign-in: returns a link for the person to open within 5 minutes. Where `answer` is `paste`, authenticate takes the address the browser ends at.",
        core: true,
        ..Spec::new("get_auth_url", Toolset::Account, Effect::Auth)
    };

    type Output = Begun;
}

/// A sign-in that waits for the person.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Begun {
    /// The address to open in a browser.
    pub url: String,
    /// How the answer comes back.
    pub answer: Answer,
    /// When the sign-in ends unanswered.
    pub expires_at: String,
}

/// How the answer of a sign-in comes back.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Answer {
    /// This program takes it from the browser.
    Automatic,
    /// The person pastes it.
    Paste,
}

/// Tells what is known of the sign-in.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GetAuthStatus {}

impl Tool for GetAuthStatus {
    const SPEC: Spec = Spec {
        title: "Spotify sign-in status",
        description: "Get the state of the Spotify sign-in: granted and missing scopes, days left, and what Spotify's limits close until when.",
        core: true,
        ..Spec::new("get_auth_status", Toolset::Account, Effect::Read)
    };

    type Output = AuthStatus;
}

/// What is known of the sign-in.
#[derive(Debug, Serialize, JsonSchema)]
pub struct AuthStatus {
    /// The profile that this server was started for.
    pub profile: String,
    /// Whether somebody is signed in.
    pub state: SignInState,
    /// What was granted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scopes: Vec<String>,
    /// What the tools need but was not granted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing_scopes: Vec<String>,
    /// The day by which the person must sign in again.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub deadline: Option<String>,
    /// Days until then.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub days_left: Option<i64>,
    /// When the access token ends; it is renewed by itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_expires_at: Option<String>,
    /// Why the sign-in has ended.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ended: Option<String>,
    /// Which of Spotify's regimes is assumed; `auto` learns from the answers.
    pub regime: String,
    /// What Spotify's limits close for now. Spotify publishes no numbers, so nothing else is known.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub closed: Vec<Closed>,
    /// Operations that the app seems to lack.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_offered: Vec<String>,
    /// Operations whose pages are small for the app.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub small_pages: Vec<String>,
    /// How many sign-ins wait for an answer.
    pub pending: usize,
    /// Where the person can take the access away at Spotify.
    pub manage_url: String,
}

/// A kind of requests that Spotify takes no more of for now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Closed {
    /// The path of the Web API, or `all`.
    pub what: String,
    /// `rate_limit`, or `quota` of the day.
    pub why: String,
    /// When it opens again.
    pub until: String,
}

/// Whether somebody is signed in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum SignInState {
    /// Nobody has signed in yet.
    NotSignedIn,
    /// Somebody is signed in.
    SignedIn,
    /// The sign-in has ended.
    Ended,
    /// The profile is suspended.
    Suspended,
    /// The profile was revoked.
    Revoked,
}

/// Completes a sign-in by hand.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Authenticate {
    /// The whole address the browser ended at, e.g. `http://127.0.0.1:8080/callback?code=...&state=...`
    #[schemars(length(min = 1, max = 4096))]
    pub redirect: String,
}

impl Tool for Authenticate {
    const SPEC: Spec = Spec {
        title: "Complete Spotify sign-in",
        description: "Complete a sign-in that get_auth_url began, where it does not complete by itself.",
        core: true,
        example: r#"{"redirect":"http://127.0.0.1:8080/callback?code=old&state=old"}"#,
        ..Spec::new("authenticate", Toolset::Account, Effect::Auth)
    };

    type Output = SignedIn;
}

/// The code in it is worth a token.
impl std::fmt::Debug for Authenticate {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Authenticate(..)")
    }
}

/// A sign-in that worked.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SignedIn {
    /// What was granted.
    pub scopes: Vec<String>,
    /// What was asked for, but not granted.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub missing_scopes: Vec<String>,
    /// The day by which the person must sign in again.
    pub deadline: String,
    /// Days until then.
    pub days_left: i64,
}
