//! Which part of a list is asked for, and which a result holds.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde::{Deserialize, Serialize};

use super::rows::{Columns, Row};

/// Which part of a list is asked for: `LIMIT` rows unless the caller says otherwise, `MOST` at most.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Paging<const LIMIT: u32 = 20, const MOST: u32 = 50> {
    /// How many rows.
    #[serde(default = "same::<LIMIT>")]
    pub limit: u32,
    /// How many rows to leave out at the start.
    #[serde(default)]
    pub offset: u32,
    /// Which columns.
    #[serde(default)]
    pub fields: Columns,
}

pub(super) const fn same<const NUMBER: u32>() -> u32 {
    NUMBER
}

impl<const LIMIT: u32, const MOST: u32> JsonSchema for Paging<LIMIT, MOST> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        "Paging".into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "type": "object",
            "properties": {
                "limit": {
                    "type": "integer", "minimum": 1, "maximum": MOST, "default": LIMIT,
                    "description": "How many",
                },
                "offset": {
                    "type": "integer", "minimum": 0, "maximum": 100_000,
                    "description": "Rows to skip",
                },
                "fields": {
                    "type": "string", "maxLength": 120,
                    "description": "Columns: all, or e.g. name,isrc",
                },
            },
        })
    }
}

/// Which part of a list a result holds.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, JsonSchema)]
pub struct PageInfo {
    /// How many entries were left out at the start.
    pub offset: u32,
    /// How many rows there are.
    pub returned: u32,
    /// How many entries the list has, as Spotify counts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub total: Option<u32>,
    /// The offset to ask for next; absent at the end of the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_offset: Option<u32>,
    /// How many rows were asked for but left out, because the result would have become too long.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub left_out: Option<u32>,
}

/// A part of a list.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct List {
    /// What the rows are, for the heading.
    #[serde(skip)]
    pub what: &'static str,
    /// The rows.
    pub items: Vec<Row>,
    /// Places, from 0, of entries in this part that Spotify does not show.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub unavailable_at: Vec<u32>,
    /// Which part of the list this is.
    pub page: PageInfo,
}

/// A part of a list that is walked by cursors.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Onward {
    /// The part; places are counted within it.
    #[serde(flatten)]
    pub list: List,
    /// The cursor to ask for next; absent at the end of the list.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub next_cursor: Option<String>,
}

impl Onward {
    /// Makes a part of a list of so many entries, as Spotify counts.
    pub const fn new(mut list: List, total: Option<u32>, next_cursor: Option<String>) -> Self {
        list.page.total = total;
        Self { list, next_cursor }
    }
}
