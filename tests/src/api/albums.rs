//! Albums.

use serde_json::Value;

use super::{
    Answer, Cx, Done,
    items::{Item, found},
    paging::{ANY_OFFSET, Page},
    render::View,
};
use crate::{catalogue::Index, kind::Kind, regime::PageSize};

/// Albums.
#[derive(Debug)]
pub(super) enum Albums {}

impl Item for Albums {
    const KIND: Kind = Kind::Album;
    const MAX_IDS: usize = 20;

    fn full(view: &View<'_>, index: Index) -> Value {
        view.album(index)
    }
}

/// `get-an-albums-tracks`
pub(super) fn tracks(cx: &mut Cx<'_>) -> Answer {
    let index = found::<Albums>(cx)?;
    let page = Page::of(cx.call, PageSize::USUAL, ANY_OFFSET)?;
    Ok(Done::ok(cx.view().album_tracks(index, page)))
}
