//! What an AI client needs to start the server for a profile.

use std::borrow::Cow;

use serde::Serialize;
use spotify_auth::ProfileName;

use crate::installation::Installation;

/// The entry that MCP clients take in their configuration.
#[derive(Debug, Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct ClientConfiguration<'a> {
    mcp_servers: Servers<'a>,
}

#[derive(Debug, Serialize)]
struct Servers<'a> {
    spotify: Server<'a>,
}

#[derive(Debug, Serialize)]
struct Server<'a> {
    command: Cow<'a, str>,
    args: [&'a str; 2],
    #[serde(skip_serializing_if = "Option::is_none")]
    env: Option<Environment<'a>>,
}

#[derive(Debug, Serialize)]
struct Environment<'a> {
    #[serde(rename = "SPOTIFY_MCP_HOME")]
    home: &'a str,
}

impl<'a> ClientConfiguration<'a> {
    /// Names the server that lies beside this program, or leaves it to the search path.
    pub(super) fn new(installation: &'a Installation, profile: &'a ProfileName) -> Self {
        let beside = installation.server().map(|path| path.to_string_lossy());
        let spotify = Server {
            command: beside.unwrap_or(Cow::Borrowed("spotify-mcp")),
            args: ["--profile", profile.as_str()],
            env: installation.chosen_home().map(|home| Environment { home }),
        };
        Self { mcp_servers: Servers { spotify } }
    }
}
