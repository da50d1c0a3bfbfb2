//! What a request wants to hear.

use serde_json::{Map, Value};

use super::super::{Cx, Refusal};
use crate::{
    catalogue::Catalogue,
    kind::Kind,
    player::{Context, Session},
    playlists::Content,
    random::is_id,
};

/// Reads what the body of a play command names; `None` when it names nothing.
pub(super) fn chosen(cx: &Cx<'_>, body: &Map<String, Value>) -> Result<Option<Session>, Refusal> {
    let (context, list) = match (body.get("context_uri"), body.get("uris")) {
        (None | Some(Value::Null), None | Some(Value::Null)) => return Ok(None),
        (Some(Value::String(uri)), None | Some(Value::Null)) => {
            let (context, list) = context(cx, uri)?;
            (Some(context), list)
        }
        (None | Some(Value::Null), Some(Value::Array(uris))) => (None, items(cx, uris)?),
        _ => {
            let message = "Use either context_uri or uris".to_owned();
            return Err(Refusal::BadRequest(message));
        }
    };
    let position = offset(cx, body, context.as_ref(), &list)?;
    let now = cx.world.clock.now();
    let mut session = Session::new(context, list, position, now).ok_or(Refusal::Restriction)?;
    session.progress_ms = match body.get("position_ms") {
        None | Some(Value::Null) => 0,
        Some(position) => position
            .as_u64()
            .ok_or_else(|| Refusal::BadRequest("Invalid position_ms".to_owned()))?,
    };
    Ok(Some(session))
}

/// Finds what an item's URI plays. Local files cannot be named through the API.
pub(in crate::api) fn item(catalogue: &Catalogue, uri: &str) -> Result<Content, Refusal> {
    let invalid = || Refusal::BadRequest(format!("Invalid track uri: {uri}"));
    let (kind, id) =
        uri.strip_prefix("spotify:").and_then(|rest| rest.split_once(':')).ok_or_else(invalid)?;
    if !is_id(id) {
        return Err(invalid());
    }
    let found = match Kind::named(kind) {
        Some(kind @ Kind::Track) => catalogue.find(kind, id).map(Content::Track),
        Some(kind @ Kind::Episode) => catalogue.find(kind, id).map(Content::Episode),
        _ => return Err(invalid()),
    };
    found.ok_or_else(Refusal::unknown_id)
}

fn items(cx: &Cx<'_>, uris: &[Value]) -> Result<Vec<Content>, Refusal> {
    let uris = uris.iter().map(|uri| {
        let uri = uri.as_str().ok_or(Refusal::MissingField("uris"))?;
        item(&cx.world.catalogue, uri)
    });
    uris.collect()
}

/// Finds a context and what it plays.
fn context(cx: &Cx<'_>, uri: &str) -> Result<(Context, Vec<Content>), Refusal> {
    let parts: Vec<&str> = uri.split(':').collect();
    let (kind, id) = match parts[..] {
        ["spotify", "user", user, "collection"] => ("collection", user),
        ["spotify", "user", _, "playlist", id] => ("playlist", id),
        ["spotify", kind, id] => (kind, id),
        _ => return Err(unsupported(uri)),
    };
    let catalogue = &cx.world.catalogue;
    let find = |kind| catalogue.find(kind, id).ok_or(Refusal::NotFound);
    let (kind, list): (_, Vec<Content>) = match kind {
        "album" => {
            let tracks = &catalogue.album(find(Kind::Album)?).tracks;
            ("album", tracks.iter().copied().map(Content::Track).collect())
        }
        "artist" => {
            let tracks = catalogue.top_tracks(find(Kind::Artist)?);
            ("artist", tracks.into_iter().map(Content::Track).collect())
        }
        "show" => {
            let episodes = &catalogue.show(find(Kind::Show)?).episodes;
            ("show", episodes.iter().copied().map(Content::Episode).collect())
        }
        "playlist" => {
            let playlist = cx.world.playlists.get(id).ok_or(Refusal::NotFound)?;
            let entries = playlist.entries().iter();
            ("playlist", entries.map(|entry| entry.content.clone()).collect())
        }
        "collection" if cx.user()? == id => {
            let saved = cx.world.libraries.list(id, Kind::Track);
            let tracks = saved.filter_map(|saved| catalogue.find(Kind::Track, &saved.id));
            ("collection", tracks.map(Content::Track).collect())
        }
        _ => return Err(unsupported(uri)),
    };
    Ok((Context { kind, id: id.to_owned() }, list))
}

fn unsupported(uri: &str) -> Refusal {
    Refusal::BadRequest(format!("Unsupported context uri: {uri}"))
}

/// Reads where in the list to begin.
fn offset(
    cx: &Cx<'_>,
    body: &Map<String, Value>,
    context: Option<&Context>,
    list: &[Content],
) -> Result<usize, Refusal> {
    let offset = match body.get("offset") {
        None | Some(Value::Null) => return Ok(0),
        Some(offset) => offset,
    };
    if context.is_some_and(|context| context.kind == "artist") {
        let message = "can't have offset for context type: ARTIST".to_owned();
        return Err(Refusal::BadRequest(message));
    }
    let place = match (offset.get("position"), offset.get("uri")) {
        (Some(position), None) => position.as_u64().and_then(|place| usize::try_from(place).ok()),
        (None, Some(Value::String(uri))) => {
            let content = item(&cx.world.catalogue, uri)?;
            list.iter().position(|candidate| *candidate == content)
        }
        _ => None,
    };
    let place = place.filter(|place| *place < list.len());
    place.ok_or_else(|| Refusal::BadRequest("Invalid offset".to_owned()))
}
