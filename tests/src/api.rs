//! The Web API.
//!
//! Each request passes the same gates in the same order: route, length, token, app and user,
//! limits, regime, scope. Only then comes the operation's own work.

use serde_json::Value;

use crate::{
    accounts::scope::Scopes,
    http::{Call, Reply},
    regime::Regime,
    usage::TooMany,
    world::World,
};

mod albums;
mod artists;
mod audio;
mod audiobooks;
mod browse;
mod caching;
mod chapters;
mod episodes;
mod fields;
mod followers;
mod following;
mod ids;
mod images;
pub(crate) mod irregular;
mod items;
mod library;
mod me;
mod paging;
mod player;
mod playlist_items;
mod playlists;
mod recommendations;
mod refusal;
mod render;
mod render_playlist;
mod render_spoken;
pub(crate) mod routes;
mod saved;
mod search;
mod shows;
mod top;
mod tracks;
mod users;

pub(crate) use refusal::Refusal;
use render::View;
use routes::{Found, Needs};

/// What an operation answers.
type Answer = Result<Done, Refusal>;

/// A success.
#[derive(Debug)]
struct Done {
    status: u16,
    body: Body,
}

#[derive(Debug)]
enum Body {
    Nothing,
    Json(Value),
    Text(String),
}

impl Done {
    const fn ok(body: Value) -> Self {
        Self { status: 200, body: Body::Json(body) }
    }

    const fn created(body: Value) -> Self {
        Self { status: 201, body: Body::Json(body) }
    }

    const fn accepted() -> Self {
        Self { status: 202, body: Body::Nothing }
    }

    const fn text(body: String) -> Self {
        Self { status: 200, body: Body::Text(body) }
    }

    const fn empty() -> Self {
        Self { status: 200, body: Body::Nothing }
    }

    const fn no_content() -> Self {
        Self { status: 204, body: Body::Nothing }
    }
}

/// Who calls.
#[derive(Debug)]
struct Caller {
    client_id: String,
    regime: Regime,
    /// `None` with a token from client credentials.
    user: Option<String>,
    scopes: Scopes,
}

/// What an operation works with.
#[derive(Debug)]
struct Cx<'a> {
    world: &'a mut World,
    call: &'a Call,
    caller: Caller,
    /// What stands in the place of the path template's parameters.
    parameters: Vec<String>,
}

impl Cx<'_> {
    fn view(&self) -> View<'_> {
        View {
            regime: self.caller.regime,
            api: &self.world.api_url,
            catalogue: &self.world.catalogue,
            users: &self.world.users,
            viewer: self.caller.user.as_deref(),
            market: self.market(),
            in_market: self.call.parameter("market").is_some(),
            episodes_asked: self
                .call
                .parameter("additional_types")
                .is_some_and(|types| types.split(',').any(|kind| kind == "episode")),
            positions: self
                .need("user-read-playback-position")
                .ok()
                .and(self.caller.user.as_ref())
                .and_then(|user| self.world.players.get(user))
                .map(|player| &player.positions),
        }
    }

    /// Returns where the caller is. A user's country wins over what the request says.
    fn market(&self) -> Option<&str> {
        let user = self.caller.user.as_ref().and_then(|user| self.world.users.get(user));
        user.map(|user| user.country.as_str()).or(self.call.parameter("market"))
    }

    /// Returns the first parameter of the path.
    fn parameter(&self) -> &str {
        self.parameters.first().map_or("", String::as_str)
    }

    /// Returns the first parameter of the path as a well-formed id.
    fn id(&self) -> Result<String, Refusal> {
        let id = self.parameter();
        if crate::random::is_id(id) { Ok(id.to_owned()) } else { Err(Refusal::InvalidId) }
    }

    fn user(&self) -> Result<&str, Refusal> {
        self.caller.user.as_deref().ok_or(Refusal::UserRequired)
    }

    fn need(&self, scope: &'static str) -> Result<(), Refusal> {
        if self.caller.scopes.contains(scope) { Ok(()) } else { Err(Refusal::MissingScope) }
    }

    /// Returns the JSON object in the request's body.
    fn json(&self) -> Result<serde_json::Map<String, Value>, Refusal> {
        match serde_json::from_slice(&self.call.body) {
            Ok(Value::Object(object)) => Ok(object),
            _ => Err(Refusal::BadRequest("Error parsing JSON.".to_owned())),
        }
    }
}

/// Answers one request to the API host.
pub(crate) fn answer(world: &mut World, call: &Call) -> Reply {
    let found = match routes::find(&call.method, &call.segments) {
        Ok(found) => found,
        Err(refusal) => return refusal.reply(),
    };
    let route = found.route;
    match admit(world, call, found) {
        Ok(Done { status, body }) => match body {
            Body::Nothing => Reply::empty(status),
            Body::Text(text) => Reply::text(status, &text),
            Body::Json(mut body) => {
                irregular::distort(&world.irregularities, route.operation_id, &mut body);
                let reply = Reply::json(status, &body);
                if world.etags { caching::validate(route, call, reply) } else { reply }
            }
        },
        Err(refusal) => refusal.reply(),
    }
}

fn admit(world: &mut World, call: &Call, found: Found) -> Answer {
    let Found { route, parameters } = found;
    if matches!(call.method.as_str(), "PUT" | "POST") && !call.has_length() {
        return Err(Refusal::LengthRequired);
    }
    let caller = authenticate(world, call)?;
    let bucket = caller.regime.is_development().then_some(route.path);
    let now = world.clock.now();
    world.usage.count(&caller.client_id, bucket, now).map_err(|early| match early {
        TooMany::InWindow { retry_after } => {
            Refusal::RateLimited { retry_after: Some(retry_after) }
        }
        TooMany::InQuota { retry_after } => Refusal::QuotaExceeded { retry_after },
    })?;
    if !route.availability.is_open_to(caller.regime) {
        return Err(route.closed());
    }
    check_needs(&caller, route.needs)?;
    if let Some(player) = caller.user.as_ref().and_then(|user| world.players.get_mut(user)) {
        player.catch_up(&world.catalogue, now);
    }
    if call.parameter("market").is_some_and(|market| !is_market(market)) {
        return Err(Refusal::BadRequest("Invalid market code".to_owned()));
    }
    (route.handler)(&mut Cx { world, call, caller, parameters })
}

/// Finds out who calls, and whether the app may serve them at all.
fn authenticate(world: &World, call: &Call) -> Result<Caller, Refusal> {
    let header = call.header("authorization").ok_or(Refusal::MissingToken)?;
    let token = header.strip_prefix("Bearer ").ok_or(Refusal::InvalidToken)?;
    let grant =
        world.grants.by_access_token(token, world.clock.now()).ok_or(Refusal::InvalidToken)?;
    let app = world.apps.get(&grant.client_id).ok_or(Refusal::InvalidToken)?;
    if app.regime.is_development() && !app.owner_premium {
        return Err(Refusal::OwnerWithoutPremium);
    }
    if grant.user.as_ref().is_some_and(|user| !app.serves(user)) {
        return Err(Refusal::NotAllowlisted);
    }
    Ok(Caller {
        client_id: grant.client_id.clone(),
        regime: app.regime,
        user: grant.user.clone(),
        scopes: grant.scopes.clone(),
    })
}

fn check_needs(caller: &Caller, needs: Needs) -> Result<(), Refusal> {
    match needs {
        Needs::User(_) if caller.user.is_none() => Err(Refusal::UserRequired),
        Needs::Token | Needs::User([]) => Ok(()),
        Needs::User(scopes) if scopes.iter().any(|scope| caller.scopes.contains(scope)) => Ok(()),
        Needs::User(_) => Err(Refusal::MissingScope),
    }
}

/// ISO 3166-1 alpha-2, or the special `from_token`.
fn is_market(text: &str) -> bool {
    text == "from_token" || (text.len() == 2 && text.bytes().all(|b| b.is_ascii_alphabetic()))
}
