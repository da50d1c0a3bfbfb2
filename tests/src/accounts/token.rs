//! `POST /api/token`: exchanges codes, refresh tokens and client credentials for access tokens.

use base64::{
    Engine as _,
    engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD},
};
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use super::{
    grants::{DeadToken, GrantId, Rotation},
    scope::{self, Scopes},
};
use crate::{
    http::{Call, Reply, first},
    secrets::SecretKind,
    world::World,
};

/// Why no token is given: `error` and, mostly, `error_description`.
///
/// All come with status 400, also where RFC 6749 section 5.2 asks for 401.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Refusal(&'static str, Option<&'static str>);

const NO_CLIENT: Refusal = Refusal("invalid_client", None);
const INVALID_CLIENT: Refusal = Refusal("invalid_client", Some("Invalid client"));
const INVALID_CODE: Refusal = Refusal("invalid_grant", Some("Invalid authorization code"));
const INVALID_REDIRECT: Refusal = Refusal("invalid_grant", Some("Invalid redirect URI"));
const WRONG_VERIFIER: Refusal = Refusal("invalid_grant", Some("code_verifier was incorrect"));
const INVALID_SCOPE: Refusal = Refusal("invalid_scope", Some("Invalid scope"));
// The rest was not observed; the wording is this simulator's.
const NO_CODE: Refusal = Refusal("invalid_request", Some("code must be supplied"));
const NO_VERIFIER: Refusal = Refusal("invalid_request", Some("code_verifier required"));
const NO_REFRESH_TOKEN: Refusal =
    Refusal("invalid_request", Some("refresh_token must be supplied"));
const NO_GRANT_TYPE: Refusal =
    Refusal("unsupported_grant_type", Some("grant_type parameter is missing"));
const UNKNOWN_GRANT_TYPE: Refusal = Refusal(
    "unsupported_grant_type",
    Some("grant_type must be client_credentials, authorization_code or refresh_token"),
);

impl Refusal {
    fn reply(self) -> Reply {
        let Self(error, description) = self;
        let mut body = Map::from_iter([("error".to_owned(), json!(error))]);
        if let Some(description) = description {
            body.insert("error_description".to_owned(), json!(description));
        }
        Reply::json(400, &Value::Object(body))
    }
}

impl From<DeadToken> for Refusal {
    fn from(dead: DeadToken) -> Self {
        let description = match dead {
            DeadToken::Unknown => "Invalid refresh token",
            DeadToken::Revoked => "Refresh token revoked",
            DeadToken::Expired => "Refresh token expired",
        };
        Self("invalid_grant", Some(description))
    }
}

/// Answers `POST /api/token`.
pub(super) fn answer(world: &mut World, call: &Call) -> Reply {
    let form = call.form();
    remember_secrets(world, &form);
    let issued = client(world, call, &form).and_then(|client| match first(&form, "grant_type") {
        Some("authorization_code") => exchange_code(world, &client, &form),
        Some("refresh_token") => refresh(world, &client, &form),
        Some("client_credentials") => client_credentials(world, &client, &form),
        Some(_) => Err(UNKNOWN_GRANT_TYPE),
        None => Err(NO_GRANT_TYPE),
    });
    match issued {
        Ok(body) => Reply::json(200, &body).with("cache-control", "no-store".to_owned()),
        Err(refusal) => refusal.reply(),
    }
}

fn remember_secrets(world: &mut World, form: &[(String, String)]) {
    for (parameter, kind) in [
        ("code", SecretKind::Code),
        ("code_verifier", SecretKind::Verifier),
        ("refresh_token", SecretKind::RefreshToken),
        ("client_secret", SecretKind::ClientSecret),
    ] {
        if let Some(value) = first(form, parameter) {
            world.secrets.remember(kind, value);
        }
    }
}

/// A client that named itself, and perhaps proved it.
struct Client {
    id: String,
    /// Whether it sent its secret.
    confidential: bool,
}

fn client(world: &mut World, call: &Call, form: &[(String, String)]) -> Result<Client, Refusal> {
    let (id, secret) = match call.header("authorization") {
        Some(header) => {
            let (id, secret) = basic(header).ok_or(INVALID_CLIENT)?;
            world.secrets.remember(SecretKind::ClientSecret, &secret);
            (id, Some(secret))
        }
        None => (
            first(form, "client_id").ok_or(NO_CLIENT)?.to_owned(),
            first(form, "client_secret").map(str::to_owned),
        ),
    };
    let app = world.apps.get(&id).ok_or(INVALID_CLIENT)?;
    if secret.as_ref().is_some_and(|secret| *secret != app.client_secret) {
        return Err(INVALID_CLIENT);
    }
    Ok(Client { id, confidential: secret.is_some() })
}

fn basic(header: &str) -> Option<(String, String)> {
    let encoded = header.strip_prefix("Basic ")?;
    let decoded = String::from_utf8(STANDARD.decode(encoded.trim()).ok()?).ok()?;
    let (id, secret) = decoded.split_once(':')?;
    Some((id.to_owned(), secret.to_owned()))
}

fn exchange_code(
    world: &mut World,
    client: &Client,
    form: &[(String, String)],
) -> Result<Value, Refusal> {
    let now = world.clock.now();
    let code = first(form, "code").ok_or(NO_CODE)?;
    let pending = world.grants.take_code(code, now).ok_or(INVALID_CODE)?;
    if pending.client_id != client.id {
        return Err(INVALID_CODE);
    }
    if first(form, "redirect_uri") != Some(&pending.redirect_uri) {
        return Err(INVALID_REDIRECT);
    }
    let verifier = first(form, "code_verifier");
    match (&pending.challenge, verifier) {
        (Some(challenge), Some(verifier)) if verifies(challenge, verifier) => {}
        (_, Some(_)) => return Err(WRONG_VERIFIER),
        (Some(_), None) => return Err(NO_VERIFIER),
        (None, None) if client.confidential => {}
        (None, None) => return Err(INVALID_CLIENT),
    }
    let pkce = pending.challenge.is_some();
    let grant = world.grants.add(client.id.clone(), Some(pending.user), pending.scopes, pkce, now);
    let refresh_token = world.issue_refresh_token(grant);
    Ok(token_response(world, grant, Some(refresh_token)))
}

/// RFC 7636 section 4.6, with the length that section 4.1 asks for.
fn verifies(challenge: &str, verifier: &str) -> bool {
    (43..=128).contains(&verifier.len())
        && URL_SAFE_NO_PAD.encode(Sha256::digest(verifier.as_bytes())) == challenge
}

fn refresh(
    world: &mut World,
    client: &Client,
    form: &[(String, String)],
) -> Result<Value, Refusal> {
    let token = first(form, "refresh_token").ok_or(NO_REFRESH_TOKEN)?;
    let now = world.clock.now();
    world.grants.note_reuse(token, world.rotation == Rotation::Strict);
    let grant = world.grants.by_refresh_token(token, &client.id, now)?;
    if !world.grants.get(grant).pkce && !client.confidential {
        return Err(INVALID_CLIENT);
    }
    let refresh_token = match world.rotation {
        Rotation::Never => None,
        Rotation::Same => Some(token.to_owned()),
        Rotation::Empty => Some(String::new()),
        Rotation::Grace => Some(world.issue_refresh_token(grant)),
        Rotation::Always | Rotation::Strict => {
            world.grants.revoke_refresh_token(token);
            Some(world.issue_refresh_token(grant))
        }
    };
    Ok(token_response(world, grant, refresh_token))
}

fn client_credentials(
    world: &mut World,
    client: &Client,
    form: &[(String, String)],
) -> Result<Value, Refusal> {
    if !client.confidential {
        return Err(INVALID_CLIENT);
    }
    if first(form, "scope").is_some_and(|scope| !scope.is_empty()) {
        return Err(INVALID_SCOPE);
    }
    let now = world.clock.now();
    let grant = world.grants.add(client.id.clone(), None, Scopes::new(), false, now);
    Ok(token_response(world, grant, None))
}

fn token_response(world: &mut World, grant: GrantId, refresh_token: Option<String>) -> Value {
    let access_token = world.issue_access_token(grant);
    let scopes = scope::join(&world.grants.get(grant).scopes);
    let mut body = Map::new();
    body.insert("access_token".to_owned(), json!(access_token));
    body.insert("token_type".to_owned(), json!("Bearer"));
    body.insert("expires_in".to_owned(), json!(world.access_token_life.as_secs()));
    if let Some(refresh_token) = refresh_token {
        body.insert("refresh_token".to_owned(), json!(refresh_token));
    }
    if !scopes.is_empty() {
        body.insert("scope".to_owned(), json!(scopes));
    }
    Value::Object(body)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_vector_of_rfc_7636_appendix_b_verifies() {
        let challenge = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";
        assert!(verifies(challenge, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"));
        assert!(!verifies(challenge, "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXK"));
    }
}
