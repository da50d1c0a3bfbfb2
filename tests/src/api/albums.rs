//! Albums.

use serde_json::{Value, json};

use super::{
    Answer, Cx, Done, Refusal,
    paging::{ANY_OFFSET, Page},
    tracks::ids,
};
use crate::{catalogue::Index, regime::PageSize};

/// `get-an-album`
pub(super) fn one(cx: &mut Cx<'_>) -> Answer {
    let index = find(cx)?;
    Ok(Done::ok(cx.view().album(index)))
}

/// `get-multiple-albums`
pub(super) fn several(cx: &mut Cx<'_>) -> Answer {
    let ids = ids(cx, 20)?;
    let view = cx.view();
    let albums = ids.iter().map(|id| view.catalogue.find_album(id).map(|index| view.album(index)));
    Ok(Done::ok(json!({ "albums": albums.collect::<Vec<Option<Value>>>() })))
}

/// `get-an-albums-tracks`
pub(super) fn tracks(cx: &mut Cx<'_>) -> Answer {
    let index = find(cx)?;
    let page = Page::of(cx.call, PageSize::USUAL, ANY_OFFSET)?;
    Ok(Done::ok(cx.view().album_tracks(index, page)))
}

fn find(cx: &Cx<'_>) -> Result<Index, Refusal> {
    cx.world.catalogue.find_album(&cx.id()?).ok_or(Refusal::NotFound)
}
