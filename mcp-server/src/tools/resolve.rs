//! Many lines as people write them, resolved to tracks with few requests.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Effect, Spec, Tool, Toolset};

#[cfg(feature = "server")]
pub(in crate::tools) mod choose;
#[cfg(feature = "server")]
mod compare;
#[cfg(feature = "server")]
mod line;
#[cfg(feature = "server")]
pub(crate) mod run;

/// Resolves lines to tracks.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct ResolveTracks {
    /// Lines such as "Artist - Title", up to 200
    #[schemars(length(min = 1, max = 200), inner(length(max = 300)))]
    pub lines: Vec<String>,
    /// The most searches to spend
    #[serde(default = "hundred")]
    #[schemars(range(min = 1, max = 400))]
    pub max_requests: u32,
    /// Only tell how many it takes
    #[serde(default)]
    pub dry_run: bool,
}

const fn hundred() -> u32 {
    100
}

impl Tool for ResolveTracks {
    const SPEC: Spec = Spec {
        title: "Resolve tracks",
        description: "Resolve many lines as people write them to tracks, with few searches.",
        operations: &["search"],
        example: r#"{"lines":["The Paper Lanterns - Midnight Ferry","northbound by paper lanterns (2019)"]}"#,
        ..Spec::new("resolve_tracks", Toolset::Catalogue, Effect::Read)
    };

    type Output = Resolved;
}

/// Lines that were resolved.
#[derive(Debug, Default, Serialize, JsonSchema)]
pub struct Resolved {
    /// How many lines have a track.
    pub found: usize,
    /// How many searches were made, or would be with `dry_run`.
    pub requests: u32,
    /// The lines, in their order.
    pub lines: Vec<ResolvedLine>,
    /// Places of lines that were not searched for, because the searches were used up.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub left_open: Vec<usize>,
}

/// What a line came to.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct ResolvedLine {
    /// Its place, from 0.
    pub line: usize,
    /// The best match; absent when nothing is like the line.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub best: Option<Match>,
    /// The next best, where it is nearly as good or the best is not good enough.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runner_up: Option<Match>,
}

/// A track that a line may mean.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Match {
    /// The URI.
    pub uri: String,
    /// Title and artists.
    pub track: String,
    /// How sure it is, 0 to 100 percent.
    pub confidence: u8,
}

/// Lines that named no track for sure. Nothing was done about them.
#[derive(Debug, Clone, Default, PartialEq, Serialize, JsonSchema)]
pub struct Doubts {
    /// Lines by their places among the tracks, with what is most like them.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_added: Vec<ResolvedLine>,
    /// Places of lines that were not searched for, because the searches were used up.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub not_searched: Vec<usize>,
}
