//! Chapters of audiobooks.

use serde_json::Value;

use super::{items::Item, render::View};
use crate::{catalogue::Index, kind::Kind};

/// Chapters of audiobooks.
#[derive(Debug)]
pub(super) enum Chapters {}

impl Item for Chapters {
    const KIND: Kind = Kind::Chapter;

    fn is_sold(view: &View<'_>, index: Index) -> bool {
        view.has(view.catalogue.audiobook(view.catalogue.chapter(index).audiobook).markets)
    }

    fn full(view: &View<'_>, index: Index) -> Value {
        view.chapter(index)
    }
}
