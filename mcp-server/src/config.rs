//! The command line and the environment: the one place that reads them.

use std::collections::BTreeMap;

use clap::Parser;
use spotify_auth::{
    ProfileName,
    session::{Problems, Settings, settings},
};

use crate::tools::{Selection, ToolName, Toolset};

/// Serve Spotify to an AI client over standard input and output
///
/// Speaks the Model Context Protocol. An MCP client starts this program by itself; put it into the
/// client's configuration. Before the first start, run `spotify-admin login` once.
#[derive(Debug, Parser)]
#[command(name = "spotify-mcp", version, after_help = AFTER_HELP)]
pub struct Arguments {
    /// The profile to act for; no tool can change it
    ///
    /// Default: `SPOTIFY_MCP_PROFILE`, else `default`.
    #[arg(long, value_name = "NAME")]
    pub profile: Option<ProfileName>,

    /// The groups of tools to offer, separated by commas
    ///
    /// Default: account, catalogue, playlists, playback, library,
    /// personal. The twelve basic tools are
    /// always there.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub toolsets: Vec<Toolset>,

    /// Further tools to offer, separated by commas
    ///
    /// Tools whose effect cannot be undone are offered only when they are named here.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub tools: Vec<ToolName>,

    /// Tools not to offer, whatever else is asked for
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub exclude_tools: Vec<ToolName>,

    /// Further tools that the person must confirm before they act, separated by commas
    ///
    /// Destructive tools are confirmed anyway, and previews never.
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    pub confirm: Vec<ToolName>,

    /// Let destructive tools act without the person's word where the client cannot ask for it
    ///
    /// A client that can ask still does. What `--confirm` names is refused all the same.
    #[arg(long)]
    pub allow_unconfirmed: bool,

    /// Offer no tool that changes anything in the account
    #[arg(long)]
    pub read_only: bool,

    /// For how many days what it takes to undo a change is kept, sealed; 0 keeps nothing
    ///
    /// Default: 30.
    #[arg(long, value_name = "DAYS", value_parser = clap::value_parser!(u32).range(..=3650))]
    pub undo_days: Option<u32>,
}

impl Arguments {
    /// Returns which tools are offered.
    pub fn selection(&self) -> Selection {
        Selection {
            toolsets: self.toolsets.iter().copied().collect(),
            tools: self.tools.iter().copied().collect(),
            excluded: self.exclude_tools.iter().copied().collect(),
            confirmed: self.confirm.iter().copied().collect(),
            allow_unconfirmed: self.allow_unconfirmed,
            read_only: self.read_only,
            undo_days: self.undo_days,
        }
    }
}

const AFTER_HELP: &str = "Settings come from the environment and from config.toml in SPOTIFY_MCP_HOME. \
Diagnostics go to standard error; LOG_LEVEL sets how much.";

/// Reads the settings: environment over file over defaults.
///
/// # Errors
/// All problems at once.
pub fn settings() -> Result<Settings, Problems> {
    Settings::load(&environment())
}

fn environment() -> BTreeMap<String, String> {
    #[expect(clippy::disallowed_methods, reason = "this is where the environment is read")]
    let value = |name: &str| std::env::var(name).ok();
    settings::names().filter_map(|name| Some((name.to_owned(), value(name)?))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tools_are_chosen_by_names_that_exist() {
        let parse =
            |arguments: &[&str]| Arguments::try_parse_from([&["spotify-mcp"], arguments].concat());
        let arguments = parse(&[
            "--toolsets",
            "account,older",
            "--exclude-tools",
            "authenticate",
            "--read-only",
            "--confirm",
            "play",
            "--allow-unconfirmed",
        ]);
        let selection = arguments.unwrap().selection();
        assert_eq!(selection.toolsets, [Toolset::Account, Toolset::Older].into());
        assert_eq!(selection.excluded, ["authenticate".parse().unwrap()].into());
        assert_eq!(selection.confirmed, ["play".parse().unwrap()].into());
        assert!(selection.read_only && selection.allow_unconfirmed);
        assert_eq!(parse(&[]).unwrap().selection(), Selection::default());
        for wrong in [["--toolsets", "music"], ["--tools", "play_all"], ["--exclude-tools", ""]] {
            assert!(parse(&wrong).is_err(), "{wrong:?}");
        }
    }

    #[test]
    fn a_profile_name_is_checked_and_nothing_else_is_taken() {
        let parse =
            |arguments: &[&str]| Arguments::try_parse_from([&["spotify-mcp"], arguments].concat());
        assert_eq!(parse(&[]).unwrap().profile, None);
        let named = parse(&["--profile", "work"]).unwrap().profile.unwrap();
        assert_eq!(named.as_str(), "work");
        for wrong in [&["--profile", "No Name"][..], &["--profile", "login"], &["serve"], &["-x"]] {
            assert!(parse(wrong).is_err(), "{wrong:?}");
        }
    }
}
