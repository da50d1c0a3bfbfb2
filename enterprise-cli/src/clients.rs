//! The AI clients that start the server, and where each keeps its list of servers: one row each.
//!
//! The sources of the rows are the clients' own pages, read in November 2026.

use std::path::PathBuf;

use clap::ValueEnum;
use serde::{Serialize, Serializer};

pub(crate) mod entry;
mod json;
pub(crate) mod list;
mod toml;

/// An AI client that starts MCP servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Client {
    /// The desktop app of Claude
    ClaudeDesktop,
    /// Claude Code, for all projects of this user
    ClaudeCode,
    /// Cursor, for all projects of this user
    Cursor,
    /// Visual Studio Code, the default profile of this user
    Vscode,
    /// Windsurf
    Windsurf,
    /// Zed
    Zed,
    /// Codex
    Codex,
    /// Gemini CLI, for all projects of this user
    GeminiCli,
}

/// Where programs of this user keep their settings, as the environment says.
#[derive(Clone, Debug, Default)]
pub(crate) struct Places {
    /// The home directory.
    pub(crate) home: Option<PathBuf>,
    /// Where desktop programs keep settings: `$XDG_CONFIG_HOME` or `~/.config`,
    /// `~/Library/Application Support`, `%APPDATA%`.
    pub(crate) applications: Option<PathBuf>,
    /// As `applications`, but on macOS `$XDG_CONFIG_HOME` or `~/.config`, too.
    pub(crate) dot_config: Option<PathBuf>,
    /// `CLAUDE_CONFIG_DIR`, where Claude Code keeps its settings when it is set.
    pub(crate) claude_code: Option<PathBuf>,
    /// `CODEX_HOME`, where Codex keeps its settings when it is set.
    pub(crate) codex: Option<PathBuf>,
}

/// How a client writes its list of servers down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Syntax {
    /// JSON; comments and trailing commas are kept where the client allows them.
    Json {
        /// Whether each entry says that it is spoken to over standard input.
        typed: bool,
    },
    /// TOML.
    Toml,
}

/// What is known of one client.
struct Row {
    word: &'static str,
    title: &'static str,
    /// The object of the file that has an entry for each server.
    servers: &'static str,
    syntax: Syntax,
    path: fn(&Places) -> Option<PathBuf>,
    /// What makes the client read the file again.
    reload: &'static str,
}

const PLAIN: Syntax = Syntax::Json { typed: false };
const TYPED: Syntax = Syntax::Json { typed: true };

impl Client {
    const fn row(self) -> Row {
        match self {
            Self::ClaudeDesktop => Row {
                word: "claude-desktop",
                title: "Claude Desktop",
                servers: "mcpServers",
                syntax: PLAIN,
                path: |places| {
                    below(places.applications.as_ref(), "Claude/claude_desktop_config.json")
                },
                reload: "quit it and start it again",
            },
            Self::ClaudeCode => Row {
                word: "claude-code",
                title: "Claude Code",
                servers: "mcpServers",
                syntax: TYPED,
                path: |places| {
                    below(places.claude_code.as_ref().or(places.home.as_ref()), ".claude.json")
                },
                reload: "start it again; `/mcp` lists its servers",
            },
            Self::Cursor => Row {
                word: "cursor",
                title: "Cursor",
                servers: "mcpServers",
                syntax: PLAIN,
                path: |places| below(places.home.as_ref(), ".cursor/mcp.json"),
                reload: "quit it and start it again",
            },
            Self::Vscode => Row {
                word: "vscode",
                title: "Visual Studio Code",
                servers: "servers",
                syntax: TYPED,
                path: |places| below(places.applications.as_ref(), "Code/User/mcp.json"),
                reload: "`MCP: List Servers` starts it",
            },
            Self::Windsurf => Row {
                word: "windsurf",
                title: "Windsurf",
                servers: "mcpServers",
                syntax: PLAIN,
                path: |places| below(places.home.as_ref(), ".codeium/windsurf/mcp_config.json"),
                reload: "press refresh in its list of MCP servers",
            },
            Self::Zed => Row {
                word: "zed",
                title: "Zed",
                servers: "context_servers",
                syntax: PLAIN,
                path: |places| below(places.dot_config.as_ref(), "zed/settings.json"),
                reload: "it reads the file again by itself",
            },
            Self::Codex => Row {
                word: "codex",
                title: "Codex",
                servers: "mcp_servers",
                syntax: Syntax::Toml,
                path: |places| match &places.codex {
                    Some(_) => below(places.codex.as_ref(), "config.toml"),
                    None => below(places.home.as_ref(), ".codex/config.toml"),
                },
                reload: "start it again; `/mcp` lists its servers",
            },
            Self::GeminiCli => Row {
                word: "gemini-cli",
                title: "Gemini CLI",
                servers: "mcpServers",
                syntax: PLAIN,
                path: |places| below(places.home.as_ref(), ".gemini/settings.json"),
                reload: "start it again; `/mcp` lists its servers",
            },
        }
    }

    /// Returns the word of the command line.
    pub(crate) fn word(self) -> &'static str {
        self.row().word
    }

    /// Returns the name that people know.
    pub(crate) fn title(self) -> &'static str {
        self.row().title
    }

    /// Says what makes the client read its file again.
    pub(crate) fn reload(self) -> &'static str {
        self.row().reload
    }

    /// Returns the object of the file that has an entry for each server.
    pub(crate) fn servers(self) -> &'static str {
        self.row().servers
    }

    /// Returns how the file is written.
    pub(crate) fn syntax(self) -> Syntax {
        self.row().syntax
    }

    /// Returns the file that lists the client's servers; `None` where the environment names no home.
    pub(crate) fn path(self, places: &Places) -> Option<PathBuf> {
        (self.row().path)(places)
    }

    /// Whether the client has been used here: its file is there, or the directory made for it.
    pub(crate) fn is_here(self, places: &Places) -> bool {
        self.path(places).is_some_and(|path| {
            let own = path.parent().filter(|parent| Some(*parent) != places.home.as_deref());
            path.exists() || own.is_some_and(std::path::Path::is_dir)
        })
    }
}

impl Serialize for Client {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

fn below(base: Option<&PathBuf>, path: &str) -> Option<PathBuf> {
    base.map(|base| base.join(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_client_is_called_on_the_command_line_as_in_its_row() {
        for client in Client::value_variants() {
            let value = client.to_possible_value().unwrap();
            assert_eq!(value.get_name(), client.word());
        }
    }

    #[test]
    fn a_client_is_here_once_its_file_or_its_own_directory_is() {
        let home = tempfile::tempdir().unwrap();
        let places = Places { home: Some(home.path().to_owned()), ..Places::default() };
        assert!(!Client::Cursor.is_here(&places) && !Client::ClaudeCode.is_here(&places));
        std::fs::create_dir(home.path().join(".cursor")).unwrap();
        drop(std::fs::File::create(home.path().join(".claude.json")).unwrap());
        assert!(Client::Cursor.is_here(&places) && Client::ClaudeCode.is_here(&places));
        assert!(!Client::Zed.is_here(&places));
    }

    #[test]
    fn a_variable_of_the_client_moves_its_file() {
        let places = Places {
            home: Some("/srv/ada".into()),
            claude_code: Some("/elsewhere".into()),
            codex: Some("/codex".into()),
            ..Places::default()
        };
        assert_eq!(
            Client::ClaudeCode.path(&places).unwrap(),
            PathBuf::from("/elsewhere/.claude.json")
        );
        assert_eq!(Client::Codex.path(&places).unwrap(), PathBuf::from("/codex/config.toml"));
        assert_eq!(Client::Zed.path(&places), None);
    }
}
