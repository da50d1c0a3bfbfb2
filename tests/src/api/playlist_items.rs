//! What is in a playlist, under the new name (`/items`) and the old one (`/tracks`).

use serde_json::{Map, Value};

use super::{
    Answer, Cx, Done, Refusal,
    fields::select,
    paging::{ANY_OFFSET, Page},
    player::contents::item,
    playlists::{editable, snapshot, visible},
    render_playlist::Naming,
};
use crate::playlists::{Content, Unchanged};

/// How many items one request may name.
const MAX_ITEMS: usize = 100;

/// `get-playlists-items`
pub(super) fn list_items(cx: &mut Cx<'_>) -> Answer {
    list(cx, Naming::Items)
}

/// `get-playlists-tracks`
pub(super) fn list_tracks(cx: &mut Cx<'_>) -> Answer {
    list(cx, Naming::Tracks)
}

fn list(cx: &Cx<'_>, naming: Naming) -> Answer {
    let page = Page::of(cx.call, cx.caller.regime.playlist_page(), ANY_OFFSET)?;
    let playlist = visible(cx)?;
    let view = cx.view();
    if !view.shows_contents(playlist) {
        return Err(Refusal::Forbidden);
    }
    Ok(Done::ok(select(cx.call, view.playlist_page(playlist, naming, page))?))
}

/// `add-items-to-playlist`, `add-tracks-to-playlist`
pub(super) fn add(cx: &mut Cx<'_>) -> Answer {
    let body = if cx.call.body.is_empty() { Map::new() } else { cx.json()? };
    let contents = contents(cx, &uris(cx, &body)?.ok_or(Refusal::MissingField("uris"))?)?;
    let position = match cx.call.parameter("position") {
        Some(text) => {
            let number = text.parse();
            Some(number.map_err(|_| Refusal::BadRequest("Invalid position".to_owned()))?)
        }
        None => number(&body, "position")?,
    };
    let (user, now) = (cx.user()?.to_owned(), cx.world.clock.now());
    let playlist = editable(cx)?;
    playlist.add(contents, position, &user, now)?;
    Ok(Done::created(snapshot(playlist)))
}

/// `reorder-or-replace-playlists-items`, `reorder-or-replace-playlists-tracks`
pub(super) fn reorder_or_replace(cx: &mut Cx<'_>) -> Answer {
    let body = if cx.call.body.is_empty() { Map::new() } else { cx.json()? };
    if let Some(uris) = uris(cx, &body)? {
        let contents = contents(cx, &uris)?;
        let (user, now) = (cx.user()?.to_owned(), cx.world.clock.now());
        let playlist = editable(cx)?;
        playlist.replace(contents, &user, now);
        return Ok(Done::ok(snapshot(playlist)));
    }
    let start = number(&body, "range_start")?.ok_or(Refusal::MissingField("range_start"))?;
    let before = number(&body, "insert_before")?.ok_or(Refusal::MissingField("insert_before"))?;
    let length = number(&body, "range_length")?.unwrap_or(1);
    let version = version(&body)?;
    let playlist = editable(cx)?;
    playlist.reorder(start, length, before, version.as_deref())?;
    Ok(Done::ok(snapshot(playlist)))
}

/// `remove-items-playlist`
pub(super) fn remove_items(cx: &mut Cx<'_>) -> Answer {
    remove(cx, "items")
}

/// `remove-tracks-playlist`
pub(super) fn remove_tracks(cx: &mut Cx<'_>) -> Answer {
    remove(cx, "tracks")
}

fn remove(cx: &mut Cx<'_>, field: &'static str) -> Answer {
    let body = cx.json()?;
    let Some(Value::Array(items)) = body.get(field) else {
        return Err(Refusal::MissingField(field));
    };
    let uris = items.iter().map(|item| item.get("uri").and_then(Value::as_str).map(str::to_owned));
    let uris: Vec<_> = uris.collect::<Option<_>>().ok_or(Refusal::MissingField("uri"))?;
    check_count(uris.len())?;
    let contents = contents(cx, &uris)?;
    let version = version(&body)?;
    let playlist = editable(cx)?;
    playlist.remove(&contents, version.as_deref())?;
    Ok(Done::ok(snapshot(playlist)))
}

impl From<Unchanged> for Refusal {
    fn from(unchanged: Unchanged) -> Self {
        Self::BadRequest(match unchanged {
            Unchanged::UnknownSnapshot => "Invalid snapshot_id".to_owned(),
            Unchanged::OutOfBounds => "Index out of bounds.".to_owned(),
        })
    }
}

/// Reads the URIs from the query or, as is usual, the body.
fn uris(cx: &Cx<'_>, body: &Map<String, Value>) -> Result<Option<Vec<String>>, Refusal> {
    let uris: Vec<String> = match (cx.call.parameter("uris"), body.get("uris")) {
        (Some(text), _) => text.split(',').map(str::to_owned).collect(),
        (None, Some(Value::Array(uris))) => uris
            .iter()
            .map(|uri| uri.as_str().map(str::to_owned))
            .collect::<Option<_>>()
            .ok_or(Refusal::MissingField("uris"))?,
        (None, Some(_)) => return Err(Refusal::MissingField("uris")),
        (None, None) => return Ok(None),
    };
    check_count(uris.len())?;
    Ok(Some(uris))
}

fn check_count(count: usize) -> Result<(), Refusal> {
    if count > MAX_ITEMS {
        let message = format!("You can add or remove a maximum of {MAX_ITEMS} items per request.");
        return Err(Refusal::BadRequest(message));
    }
    Ok(())
}

fn contents(cx: &Cx<'_>, uris: &[String]) -> Result<Vec<Content>, Refusal> {
    uris.iter().map(|uri| item(&cx.world.catalogue, uri)).collect()
}

fn number(body: &Map<String, Value>, name: &str) -> Result<Option<usize>, Refusal> {
    match body.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(value) => value
            .as_u64()
            .and_then(|number| usize::try_from(number).ok())
            .map(Some)
            .ok_or_else(|| Refusal::BadRequest(format!("Invalid {name}"))),
    }
}

fn version(body: &Map<String, Value>) -> Result<Option<String>, Refusal> {
    match body.get("snapshot_id") {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(id)) => Ok(Some(id.clone())),
        Some(_) => Err(Refusal::from(Unchanged::UnknownSnapshot)),
    }
}
