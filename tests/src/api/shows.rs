//! Podcasts.

use serde_json::Value;

use super::{
    Answer, Cx, Done,
    items::{Item, found},
    paging::{ANY_OFFSET, Page},
    render::View,
};
use crate::{catalogue::Index, kind::Kind, regime::PageSize};

/// Podcasts.
#[derive(Debug)]
pub(super) enum Shows {}

impl Item for Shows {
    const KIND: Kind = Kind::Show;

    fn is_sold(view: &View<'_>, index: Index) -> bool {
        view.has(view.catalogue.show(index).markets)
    }

    fn full(view: &View<'_>, index: Index) -> Value {
        view.show(index)
    }

    fn among_several(view: &View<'_>, index: Index) -> Value {
        view.simple_show(index)
    }

    fn in_library(view: &View<'_>, index: Index) -> Value {
        view.simple_show(index)
    }
}

/// `get-a-shows-episodes`
pub(super) fn episodes(cx: &mut Cx<'_>) -> Answer {
    let index = found::<Shows>(cx)?;
    let page = Page::of(cx.call, PageSize::USUAL, ANY_OFFSET)?;
    Ok(Done::ok(cx.view().show_episodes(index, page)))
}
