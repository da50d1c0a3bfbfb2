//! `GET /authorize`: checks a request for authorization and takes the user's answer.

use serde::{Deserialize, Serialize};
use url::Url;

use super::{
    grants::Pending,
    page::{self, Question},
    redirect_uri,
    scope::{self, Scopes},
    user::DEFAULT_USER,
};
use crate::{
    http::{Call, Reply, first},
    secrets::SecretKind,
    world::World,
};

/// What a user answers to an authorization request.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Decision {
    /// The app gets what it asks for.
    Approve,
    /// The app gets `error=access_denied`.
    Refuse,
}

/// A request that may be shown to the user.
#[derive(Debug)]
struct AuthorizationRequest {
    client_id: String,
    redirect_uri: String,
    state: Option<String>,
    scopes: Scopes,
    challenge: Option<String>,
}

/// Why the user is not asked.
#[derive(Debug)]
enum Rejection {
    /// The client or its redirect URI is wrong, so the browser must not be sent anywhere.
    Shown(&'static str),
    /// The client learns of it through a redirect.
    Redirected(String),
}

impl Rejection {
    fn reply(self) -> Reply {
        match self {
            Self::Shown(message) => page::problem(message),
            Self::Redirected(location) => Reply::redirect(302, location),
        }
    }
}

/// Answers `GET /authorize`.
///
/// A test without a browser sends the headers `x-sim-consent: approve|refuse` and, if it wants
/// another than the default user, `x-sim-user`, and is redirected at once.
pub(super) fn show(world: &mut World, call: &Call) -> Reply {
    let request = match check(world, &call.query) {
        Ok(request) => request,
        Err(rejection) => return rejection.reply(),
    };
    let asked = match call.header("x-sim-consent") {
        Some("approve") => Some(Decision::Approve),
        Some("refuse") => Some(Decision::Refuse),
        Some(_) => return page::problem("x-sim-consent must be approve or refuse"),
        None => world.consent,
    };
    let Some(decision) = asked else {
        return consent_page(world, &request, &call.query);
    };
    // Header values are bytes; a user id may hold more than ASCII.
    let user = call
        .headers
        .get("x-sim-user")
        .map_or(DEFAULT_USER.into(), |value| String::from_utf8_lossy(value.as_bytes()));
    redirect(decide(world, request, &user, decision))
}

/// Answers the form of the consent page.
pub(super) fn submit(world: &mut World, call: &Call) -> Reply {
    let form = call.form();
    let request = match check(world, &form) {
        Ok(request) => request,
        Err(rejection) => return rejection.reply(),
    };
    let decision = match first(&form, "sim_decision") {
        Some("approve") => Decision::Approve,
        Some("refuse") => Decision::Refuse,
        _ => return page::problem("the form says neither approve nor refuse"),
    };
    let user = first(&form, "sim_user").unwrap_or(DEFAULT_USER).to_owned();
    redirect(decide(world, request, &user, decision))
}

fn redirect(location: Result<String, &'static str>) -> Reply {
    match location {
        Ok(location) => Reply::redirect(302, location),
        Err(message) => page::problem(message),
    }
}

fn consent_page(
    world: &World,
    request: &AuthorizationRequest,
    fields: &[(String, String)],
) -> Reply {
    let app = world.apps.get(&request.client_id).map_or("", |app| app.name.as_str());
    let mut users: Vec<_> =
        world.users.values().map(|user| (user.id.as_str(), user.display_name.as_str())).collect();
    users.sort_by_key(|(id, _)| *id != DEFAULT_USER);
    page::consent(&Question { app, scopes: &request.scopes, users, fields })
}

/// Checks a request in the order in which Spotify does: client, redirect URI, then the rest.
fn check(world: &World, query: &[(String, String)]) -> Result<AuthorizationRequest, Rejection> {
    let client_id = first(query, "client_id").unwrap_or_default();
    let app =
        world.apps.get(client_id).ok_or(Rejection::Shown("INVALID_CLIENT: Invalid client"))?;
    let redirect_uri = first(query, "redirect_uri").unwrap_or_default();
    if !app.redirect_uris.iter().any(|known| redirect_uri::matches(known, redirect_uri)) {
        let insecure = !redirect_uri.is_empty() && !redirect_uri::is_allowed(redirect_uri);
        return Err(Rejection::Shown(if insecure {
            "INVALID_CLIENT: Insecure redirect URI"
        } else {
            "INVALID_CLIENT: Invalid redirect URI"
        }));
    }
    let state = first(query, "state");
    let rejected = |error: &str, description: &str| {
        let mut answer = vec![("error", error)];
        if !description.is_empty() {
            answer.push(("error_description", description));
        }
        Rejection::Redirected(location(redirect_uri, &answer, state))
    };
    if first(query, "response_type") != Some("code") {
        return Err(rejected("unsupported_response_type", "response_type must be code"));
    }
    let challenge = first(query, "code_challenge");
    if let Some(challenge) = challenge {
        if first(query, "code_challenge_method") != Some("S256") {
            return Err(rejected("invalid_request", "code_challenge_method must be S256"));
        }
        // An S256 challenge is 32 bytes in base64url without padding (RFC 7636 section 4.2).
        if challenge.len() != 43 {
            return Err(rejected("invalid_request", "code_challenge must have 43 characters"));
        }
    }
    let scopes = scope::parse(first(query, "scope").unwrap_or_default(), app.unknown_scopes)
        .ok_or_else(|| rejected("invalid_scope", ""))?;
    Ok(AuthorizationRequest {
        client_id: client_id.to_owned(),
        redirect_uri: redirect_uri.to_owned(),
        state: state.map(str::to_owned),
        scopes,
        challenge: challenge.map(str::to_owned),
    })
}

/// Carries out the user's answer and returns where the browser goes next.
fn decide(
    world: &mut World,
    request: AuthorizationRequest,
    user: &str,
    decision: Decision,
) -> Result<String, &'static str> {
    if !world.users.contains_key(user) {
        return Err("nobody has this account");
    }
    let AuthorizationRequest { client_id, redirect_uri, state, scopes, challenge } = request;
    let state = state.as_deref();
    if decision == Decision::Refuse {
        return Ok(location(&redirect_uri, &[("error", "access_denied")], state));
    }
    let code = world.new_secret(SecretKind::Code);
    let destination = location(&redirect_uri, &[("code", &code)], state);
    let pending = Pending::new(client_id, user.to_owned(), scopes, redirect_uri, challenge);
    let now = world.clock.now();
    world.grants.add_code(code, pending, now);
    Ok(destination)
}

fn location(redirect_uri: &str, answer: &[(&str, &str)], state: Option<&str>) -> String {
    let Ok(mut url) = Url::parse(redirect_uri) else { return redirect_uri.to_owned() };
    let state = state.map(|state| ("state", state));
    url.query_pairs_mut().extend_pairs(answer.iter().copied().chain(state));
    url.into()
}
