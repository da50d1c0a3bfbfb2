//! Tracks.

use serde_json::Value;

use super::{items::Item, render::View};
use crate::{catalogue::Index, kind::Kind};

/// Tracks.
#[derive(Debug)]
pub(super) enum Tracks {}

impl Item for Tracks {
    const KIND: Kind = Kind::Track;

    fn full(view: &View<'_>, index: Index) -> Value {
        view.track(index)
    }
}
