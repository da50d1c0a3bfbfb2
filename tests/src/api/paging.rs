//! Pages of lists, with links as irregular as the real ones.

use serde_json::{Value, json};
use url::form_urlencoded::Serializer;

use super::Refusal;
use crate::{http::Call, regime::PageSize};

/// Which part of a list was asked for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Page {
    pub(super) limit: usize,
    pub(super) offset: usize,
}

impl Page {
    /// Reads `limit` and `offset`.
    pub(super) fn of(call: &Call, size: PageSize, last_offset: usize) -> Result<Self, Refusal> {
        let number = |name| call.parameter(name).map(str::parse::<usize>).transpose();
        let limit = number("limit").map_err(|_| Refusal::InvalidLimit)?.unwrap_or(size.default);
        if !(1..=size.max).contains(&limit) {
            return Err(Refusal::InvalidLimit);
        }
        let invalid_offset = || Refusal::BadRequest("Invalid offset".to_owned());
        let offset = number("offset").map_err(|_| invalid_offset())?.unwrap_or(0);
        if offset > last_offset {
            return Err(invalid_offset());
        }
        Ok(Self { limit, offset })
    }

    /// The page that stands inside of a larger object.
    pub(super) const fn first(limit: usize) -> Self {
        Self { limit, offset: 0 }
    }

    /// Returns the paging object of a list, rendering only what is on the page.
    ///
    /// `base` is the URL of the links, `extra` their parameters beyond `offset` and `limit`.
    pub(super) fn render<T>(
        self,
        all: impl ExactSizeIterator<Item = T>,
        base: &str,
        extra: &[(&str, &str)],
        render: impl FnMut(T) -> Value,
    ) -> Value {
        let Self { limit, offset } = self;
        let total = all.len();
        let items: Vec<_> = all.skip(offset).take(limit).map(render).collect();
        let link = |offset: usize| {
            let mut query = Serializer::new(String::new());
            query.append_pair("offset", &offset.to_string());
            query.append_pair("limit", &limit.to_string());
            query.extend_pairs(extra);
            format!("{base}?{}", query.finish())
        };
        let next = (offset + limit < total).then(|| link(offset + limit));
        let previous = (offset > 0).then(|| link(offset.saturating_sub(limit)));
        json!({
            "href": link(offset),
            "limit": limit,
            "next": next,
            "offset": offset,
            "previous": previous,
            "total": total,
            "items": items,
        })
    }
}

/// No documented end of the offsets.
pub(super) const ANY_OFFSET: usize = usize::MAX / 2;
