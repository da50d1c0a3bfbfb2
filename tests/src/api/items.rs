//! What every kind of catalogue item has: an endpoint for one and an endpoint for several.

use serde_json::{Value, json};

use super::{Answer, Cx, Done, Refusal, ids, render::View};
use crate::{catalogue::Index, kind::Kind};

/// A kind of catalogue item.
pub(super) trait Item {
    const KIND: Kind;
    /// How many ids a query may hold.
    const MAX_IDS: usize = 50;

    /// Returns whether an item can be had where the caller is.
    ///
    /// Tracks, albums and artists are shown everywhere; tracks then say whether they are playable.
    fn is_sold(_: &View<'_>, _: Index) -> bool {
        true
    }

    /// Shows an item with all that there is about it.
    fn full(view: &View<'_>, index: Index) -> Value;

    /// Shows an item as one of several.
    fn among_several(view: &View<'_>, index: Index) -> Value {
        Self::full(view, index)
    }

    /// Shows an item in a library.
    fn in_library(view: &View<'_>, index: Index) -> Value {
        Self::full(view, index)
    }
}

/// Finds an item that the caller can have.
pub(super) fn find<I: Item>(view: &View<'_>, id: &str) -> Option<Index> {
    view.catalogue.find(I::KIND, id).filter(|&index| I::is_sold(view, index))
}

/// `GET /{kind}s/{id}`
pub(super) fn one<I: Item>(cx: &mut Cx<'_>) -> Answer {
    let index = found::<I>(cx)?;
    Ok(Done::ok(I::full(&cx.view(), index)))
}

/// `GET /{kind}s`
pub(super) fn several<I: Item>(cx: &mut Cx<'_>) -> Answer {
    let ids = ids::well_formed(ids::in_query(cx, I::MAX_IDS)?)?;
    let view = cx.view();
    let items =
        ids.iter().map(|id| find::<I>(&view, id).map(|index| I::among_several(&view, index)));
    let items: Vec<Option<Value>> = items.collect();
    Ok(Done::ok(json!({ format!("{}s", I::KIND.as_str()): items })))
}

/// Finds the item that the path names.
pub(super) fn found<I: Item>(cx: &Cx<'_>) -> Result<Index, Refusal> {
    let id = cx.id()?;
    find::<I>(&cx.view(), &id).ok_or(Refusal::NotFound)
}
