//! What this server did for the person lately.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Effect, Spec, Tool, Toolset};

#[cfg(feature = "server")]
mod run;

/// Lists calls of tools.
#[derive(Debug, Deserialize, JsonSchema)]
pub struct GetActivity {
    /// How many
    #[serde(default = "super::page::same::<20>")]
    #[schemars(range(min = 1, max = 100))]
    pub limit: u32,
}

impl Tool for GetActivity {
    const SPEC: Spec = Spec {
        title: "Get activity",
        description: "Get what these tools did for the person lately, newest first, from the audit log.",
        ..Spec::new("get_activity", Toolset::Records, Effect::Read)
    };

    type Output = Activity;
}

/// What was done.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Activity {
    /// The calls, newest first.
    pub calls: Vec<Act>,
}

/// A call of a tool, as the audit log has it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Act {
    /// When it ended.
    pub at: String,
    /// The tool.
    pub tool: String,
    /// How it ended: ok, refused, failed or unknown.
    pub outcome: String,
    /// The code of the failure.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// How many requests Spotify was asked.
    pub requests: u64,
    /// The first things that it was about, three at most.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub about: Vec<String>,
    /// The AI client, as it names itself.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
}
