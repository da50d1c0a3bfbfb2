//! What a user saved and follows, by URI.

use serde_json::json;

use super::{Answer, Cx, Done, Refusal};
use crate::{kind::Kind, random::is_id};

/// The scopes of which saving and removing need one; which one depends on the URIs' types.
pub(super) const MODIFY: &[&str] =
    &["user-library-modify", "user-follow-modify", "playlist-modify-public"];
/// The scopes of which looking needs one.
pub(super) const READ: &[&str] =
    &["user-library-read", "user-follow-read", "playlist-read-private"];

/// How many URIs one request may name.
const MAX_URIS: usize = 40;

/// `save-library-items`
pub(super) fn save(cx: &mut Cx<'_>) -> Answer {
    let (user, uris) = (cx.user()?.to_owned(), uris(cx, Use::Modify)?);
    let now = cx.world.clock.now();
    for Uri { kind, id } in uris {
        match kind {
            Some(kind) => cx.world.libraries.save(&user, kind, &id, now),
            None => cx.world.playlists.save(&user, &id),
        }
    }
    Ok(Done::empty())
}

/// `remove-library-items`
pub(super) fn remove(cx: &mut Cx<'_>) -> Answer {
    let (user, uris) = (cx.user()?.to_owned(), uris(cx, Use::Modify)?);
    for Uri { kind, id } in uris {
        match kind {
            Some(kind) => cx.world.libraries.remove(&user, kind, &id),
            None => cx.world.playlists.forget(&user, &id),
        }
    }
    Ok(Done::empty())
}

/// `check-library-contains`
pub(super) fn contains(cx: &mut Cx<'_>) -> Answer {
    let (user, uris) = (cx.user()?.to_owned(), uris(cx, Use::Look)?);
    let contained = uris.iter().map(|Uri { kind, id }| match kind {
        Some(kind) => cx.world.libraries.contains(&user, *kind, id),
        None => cx.world.playlists.is_saved(&user, id),
    });
    Ok(Done::ok(json!(contained.collect::<Vec<_>>())))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Use {
    Modify,
    Look,
}

#[derive(Debug)]
struct Uri {
    /// `None` for playlists, which are kept apart.
    kind: Option<Kind>,
    id: String,
}

/// The types of URI, and the scopes to modify and to look.
///
/// Spotify's reference lists the scopes without saying which type needs which; this is the split
/// that the endpoints before 2026 had. Artists can be looked for only, as the reference says.
const TYPES: &[(&str, Option<&str>, &str)] = &[
    ("track", Some("user-library-modify"), "user-library-read"),
    ("album", Some("user-library-modify"), "user-library-read"),
    ("episode", Some("user-library-modify"), "user-library-read"),
    ("show", Some("user-library-modify"), "user-library-read"),
    ("audiobook", Some("user-library-modify"), "user-library-read"),
    ("user", Some("user-follow-modify"), "user-follow-read"),
    ("playlist", Some("playlist-modify-public"), "playlist-read-private"),
    ("artist", None, "user-follow-read"),
];

/// Reads the URIs, which stand in the query, never in the body (N52).
fn uris(cx: &Cx<'_>, using: Use) -> Result<Vec<Uri>, Refusal> {
    let text = cx.call.parameter("uris").filter(|text| !text.is_empty());
    let text = text.ok_or(Refusal::MissingField("uris"))?;
    let uris: Vec<_> = text.split(',').collect();
    if uris.len() > MAX_URIS {
        return Err(Refusal::BadRequest(format!("Too many uris: at most {MAX_URIS}")));
    }
    uris.into_iter().map(|uri| parse(cx, uri, using)).collect()
}

fn parse(cx: &Cx<'_>, text: &str, using: Use) -> Result<Uri, Refusal> {
    let invalid = || Refusal::BadRequest(format!("Invalid uri: {text}"));
    let rest = text.strip_prefix("spotify:").ok_or_else(invalid)?;
    let (kind, id) = rest.split_once(':').ok_or_else(invalid)?;
    let unsupported = || Refusal::BadRequest(format!("Unsupported uri type: {kind}"));
    let &(_, modify, look) =
        TYPES.iter().find(|(known, ..)| *known == kind).ok_or_else(unsupported)?;
    let scope = match using {
        Use::Modify => modify.ok_or_else(unsupported)?,
        Use::Look => look,
    };
    if !cx.caller.scopes.contains(scope) {
        return Err(Refusal::MissingScope);
    }
    let kind = Kind::named(kind);
    let exists = match kind {
        Some(Kind::User) => cx.world.users.contains_key(id),
        _ if !is_id(id) => return Err(invalid()),
        Some(kind) => cx.world.catalogue.has(kind, id),
        None => cx.world.playlists.get(id).is_some(),
    };
    // Looking for what does not exist is no error: it is simply not there.
    if exists || using == Use::Look { Ok(Uri { kind, id: id.to_owned() }) } else { Err(invalid()) }
}
