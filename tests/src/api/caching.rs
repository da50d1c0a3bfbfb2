//! Validators and lifetimes of answers.
//!
//! Spotify documents conditional requests, but clients have seen `ETag` on playlists only and
//! `Cache-Control` on a few operations. So there are neither unless a test wants them, and then on
//! everything that is no user's own. The lifetime of search was seen; the other is this
//! simulator's.

use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use sha2::{Digest as _, Sha256};

use super::routes::Route;
use crate::http::{Call, Reply};

/// Adds a validator and a lifetime to an answer, or leaves only them when the client has it.
pub(super) fn validate(route: &Route, call: &Call, reply: Reply) -> Reply {
    if route.method != "GET" || reply.status != 200 || route.path.starts_with("/me") {
        return reply;
    }
    let digest = Sha256::digest(&reply.body);
    let tag = format!("\"{}\"", URL_SAFE_NO_PAD.encode(digest));
    let known = call.header("if-none-match").is_some_and(|tags| {
        tags.split(',').any(|known| known.trim().trim_start_matches("W/") == tag)
    });
    let lifetime = if route.path == "/search" { 120 } else { 0 };
    let reply = if known { Reply::empty(304) } else { reply };
    reply.with("etag", tag).with("cache-control", format!("private, max-age={lifetime}"))
}
