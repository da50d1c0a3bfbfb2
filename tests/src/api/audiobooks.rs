//! Audiobooks.

use serde_json::Value;

use super::{
    Answer, Cx, Done,
    items::{Item, found},
    paging::{ANY_OFFSET, Page},
    render::View,
};
use crate::{catalogue::Index, kind::Kind, regime::PageSize};

/// Audiobooks.
#[derive(Debug)]
pub(super) enum Audiobooks {}

impl Item for Audiobooks {
    const KIND: Kind = Kind::Audiobook;

    fn is_sold(view: &View<'_>, index: Index) -> bool {
        view.has(view.catalogue.audiobook(index).markets)
    }

    fn full(view: &View<'_>, index: Index) -> Value {
        view.audiobook(index)
    }

    fn in_library(view: &View<'_>, index: Index) -> Value {
        view.simple_audiobook(index)
    }
}

/// `get-audiobook-chapters`
pub(super) fn chapters(cx: &mut Cx<'_>) -> Answer {
    let index = found::<Audiobooks>(cx)?;
    let page = Page::of(cx.call, PageSize::USUAL, ANY_OFFSET)?;
    Ok(Done::ok(cx.view().audiobook_chapters(index, page)))
}
