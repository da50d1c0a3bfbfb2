//! The person: who it is, and what was listened to.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use spotify_api::Scope;

use super::{
    Effect, Spec, Tool, Toolset,
    page::{List, Onward, Paging},
};

#[cfg(feature = "server")]
mod run;

/// Tells who is signed in.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetProfile {}

impl Tool for GetProfile {
    const SPEC: Spec = Spec {
        title: "Get profile",
        description: "Get the profile of the person: name, URI, and country and subscription where Spotify tells them.",
        operations: &["get-current-users-profile"],
        // No tool needs the address.
        spared_scopes: &[Scope::UserReadEmail],
        ..Spec::new("get_profile", Toolset::Personal, Effect::Read)
    };

    type Output = Profile;
}

/// Who is signed in.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Profile {
    /// The URI.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uri: Option<String>,
    /// The name; absent when Spotify gives none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// The country; not told to restricted apps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// The subscription; not told to restricted apps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub product: Option<String>,
    /// How many people follow; not told to restricted apps.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub followers: Option<u64>,
}

/// Lists what was listened to most.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetTopItems {
    /// What to list
    #[serde(default)]
    pub kind: TopKind,
    /// short: four weeks; medium: six months; long: a year
    #[serde(default)]
    pub range: Range,
    /// Which of them.
    #[serde(flatten)]
    pub paging: Paging,
}

/// A kind of things that are listened to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum TopKind {
    /// Tracks.
    #[default]
    Tracks,
    /// Artists.
    Artists,
}

/// Over how long a time listening is counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Range {
    /// About four weeks.
    Short,
    /// About six months.
    #[default]
    Medium,
    /// About a year, or longer.
    Long,
}

impl Tool for GetTopItems {
    const SPEC: Spec = Spec {
        title: "Get top items",
        description: "List the tracks or artists that the person listened to most.",
        operations: &["get-users-top-artists-and-tracks"],
        example: r#"{"kind":"artists","range":"short"}"#,
        ..Spec::new("get_top_items", Toolset::Personal, Effect::Read)
    };

    type Output = List;
}

/// Lists what was played.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetRecentlyPlayed {
    /// How many
    #[serde(default = "super::page::same::<20>")]
    #[schemars(range(min = 1, max = 50))]
    pub limit: u32,
    /// `next_cursor` of the page before
    #[serde(default)]
    #[schemars(range(min = 0, max = 99_999_999_999_999_u64))]
    pub cursor: Option<u64>,
}

impl Tool for GetRecentlyPlayed {
    const SPEC: Spec = Spec {
        title: "Get recently played",
        description: "List the tracks that were played recently, the latest first; Spotify keeps about fifty and no episodes.",
        operations: &["get-recently-played"],
        ..Spec::new("get_recently_played", Toolset::Personal, Effect::Read)
    };

    type Output = Onward;
}
