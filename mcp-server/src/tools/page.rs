//! Which part of a list a result holds.

use schemars::JsonSchema;
use serde::Serialize;

/// Which part of a list a result holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
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
}
