//! Episodes of podcasts.

use serde_json::Value;

use super::{items::Item, render::View};
use crate::{catalogue::Index, kind::Kind};

/// Episodes of podcasts.
#[derive(Debug)]
pub(super) enum Episodes {}

impl Item for Episodes {
    const KIND: Kind = Kind::Episode;

    fn is_sold(view: &View<'_>, index: Index) -> bool {
        view.has(view.catalogue.show(view.catalogue.episode(index).show).markets)
    }

    fn full(view: &View<'_>, index: Index) -> Value {
        view.episode(index)
    }
}
