//! Tracks.

use serde_json::{Value, json};

use super::{Answer, Cx, Done, Refusal};
use crate::random::is_id;

/// `get-track`
pub(super) fn one(cx: &mut Cx<'_>) -> Answer {
    let id = cx.id()?;
    let index = cx.world.catalogue.find_track(&id).ok_or(Refusal::NotFound)?;
    Ok(Done::ok(cx.view().track(index)))
}

/// `get-several-tracks`
pub(super) fn several(cx: &mut Cx<'_>) -> Answer {
    let ids = ids(cx, 50)?;
    let view = cx.view();
    let tracks = ids.iter().map(|id| view.catalogue.find_track(id).map(|index| view.track(index)));
    Ok(Done::ok(json!({ "tracks": tracks.collect::<Vec<Option<Value>>>() })))
}

/// Reads the query parameter `ids`; an id that nothing has gives null in the answer.
pub(super) fn ids(cx: &Cx<'_>, max: usize) -> Result<Vec<String>, Refusal> {
    let text = cx.call.parameter("ids").filter(|text| !text.is_empty());
    let text = text.ok_or(Refusal::MissingField("ids"))?;
    let ids: Vec<_> = text.split(',').map(str::to_owned).collect();
    if ids.len() > max {
        return Err(Refusal::BadRequest("Too many ids requested".to_owned()));
    }
    if ids.iter().all(|id| is_id(id)) { Ok(ids) } else { Err(Refusal::InvalidId) }
}
