//! Whether what the server needs is in order.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Effect, Spec, Tool, Toolset};

#[cfg(feature = "server")]
pub(in crate::tools) mod run;

/// Checks the setup.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CheckSetup {}

impl Tool for CheckSetup {
    const SPEC: Spec = Spec {
        title: "Check the setup",
        description: "Check what this server needs to work: settings, rights on files, audit log, sign-in, Spotify's services, clock and limits. Tells what is wrong and what the person can do.",
        ..Spec::new("check_setup", Toolset::Records, Effect::Read)
    };

    type Output = Setup;
}

/// How the setup stands.
#[derive(Debug, Serialize, JsonSchema)]
pub struct Setup {
    /// Whether nothing is to be done; there may be advice.
    pub sound: bool,
    /// Each thing that was looked at.
    pub checks: Vec<SetupCheck>,
}

/// One thing that was looked at.
#[derive(Debug, Serialize, JsonSchema)]
pub struct SetupCheck {
    /// Which, as a word.
    pub check: String,
    /// `ok`, `found` or `skipped`.
    pub state: String,
    /// What was seen.
    pub seen: String,
    /// What is wrong, or could be better.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub findings: Vec<SetupFinding>,
}

/// Something that is wrong, or could be better.
#[derive(Debug, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SetupFinding {
    /// Its name, the same as with `spotify-admin doctor`.
    pub code: String,
    /// `error`, `warning` or `advice`.
    pub severity: String,
    /// What was found.
    pub reason: String,
    /// What the person can do.
    pub fix: String,
}
