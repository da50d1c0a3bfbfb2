//! What an AI client needs to start the server.

use std::collections::BTreeMap;
use std::path::Path;

use serde::Serialize;
use spotify_auth::ProfileName;

use crate::installation::Installation;

/// How a client starts a server: the fields that all clients share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Entry {
    pub(crate) command: String,
    pub(crate) args: Vec<String>,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub(crate) env: BTreeMap<String, String>,
}

impl Entry {
    /// Returns an entry that starts the server for a profile. It names the server that lies beside
    /// this program, or leaves it to the search path.
    pub(crate) fn new(installation: &Installation, profile: &ProfileName) -> Self {
        let beside = installation.server().map(|path| path.to_string_lossy().into_owned());
        let home = installation.chosen_home();
        Self {
            command: beside.unwrap_or_else(|| "spotify-mcp".to_owned()),
            args: vec!["--profile".to_owned(), profile.to_string()],
            env: home
                .map(|home| ("SPOTIFY_MCP_HOME".to_owned(), home.to_owned()))
                .into_iter()
                .collect(),
        }
    }

    /// Returns the entry as the clients' configuration has it, under the name `spotify`.
    pub(crate) fn configuration(&self) -> impl Serialize {
        BTreeMap::from([("mcpServers", BTreeMap::from([("spotify", self)]))])
    }
}

/// What an entry of a client's list starts; empty where the entry says nothing of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Command {
    pub(crate) program: String,
    pub(crate) args: Vec<String>,
}

impl Command {
    /// Whether it is this project's server, wherever it lies.
    pub(crate) fn is_our_server(&self) -> bool {
        Path::new(&self.program).file_stem().is_some_and(|stem| stem == "spotify-mcp")
    }

    /// Returns the profile that the server is started for; `None` for the default one.
    pub(crate) fn profile(&self) -> Option<&str> {
        let mut args = self.args.iter();
        args.find(|arg| arg.as_str() == "--profile")?;
        args.next().map(String::as_str)
    }
}
