//! The accounts service: who may use which app for what.

use crate::{
    http::{Call, Reply},
    world::World,
};

pub(crate) mod app;
pub(crate) mod authorize;
pub(crate) mod grants;
mod page;
pub(crate) mod redirect_uri;
pub(crate) mod scope;
pub(crate) mod token;
pub(crate) mod user;

/// Returns the name under which the journal notes a request.
pub(crate) fn operation(call: &Call) -> Option<&'static str> {
    match call.path.as_str() {
        "/authorize" => Some("authorize"),
        "/api/token" => Some("token"),
        _ => None,
    }
}

/// Answers one request to the accounts host.
pub(crate) fn answer(world: &mut World, call: &Call) -> Reply {
    match (call.method.as_str(), call.path.as_str()) {
        ("GET", "/authorize") => authorize::show(world, call),
        ("POST", "/authorize") => authorize::submit(world, call),
        ("POST", "/api/token") => token::answer(world, call),
        (_, "/authorize" | "/api/token") => Reply::empty(405),
        _ => Reply::empty(404),
    }
}
