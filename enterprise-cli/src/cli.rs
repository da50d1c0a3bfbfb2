//! The command line.

use std::ffi::OsString;

use clap::{CommandFactory as _, FromArgMatches as _, Parser};

use crate::commands::{Command, Page};
use crate::exit::Exit;

/// Sign in to Spotify, look after profiles, and check who did what
///
/// Tokens are sealed in a vault on this machine, and every act stands in an audit log. Start with
/// `spotify-admin login`.
#[derive(Debug, Parser)]
#[command(name = "spotify-admin", version, max_term_width = 100, disable_help_subcommand = true)]
pub(crate) struct Cli {
    /// Print one JSON value instead of text
    #[arg(long, global = true, display_order = 900)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) asked: Asked,
}

/// What is asked for.
#[derive(Debug, clap::Subcommand)]
pub(crate) enum Asked {
    #[command(flatten)]
    Command(Command),
    #[command(flatten)]
    Page(Page),
}

/// Returns the command line's description, for parsing and for whoever prints a reference.
pub fn command() -> clap::Command {
    Cli::command().after_long_help(exit_codes())
}

/// Parses the command line.
pub(crate) fn parse(arguments: &[OsString]) -> Result<Cli, clap::Error> {
    let matches = command().try_get_matches_from(arguments)?;
    Cli::from_arg_matches(&matches).map_err(|error| error.format(&mut command()))
}

fn exit_codes() -> String {
    let rows = Exit::ALL.iter().map(|exit| format!("  {:>3}  {}", exit.code(), exit.meaning()));
    format!("Exit codes:\n{}", rows.collect::<Vec<_>>().join("\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_command_line_is_sound() {
        command().debug_assert();
    }

    #[test]
    fn every_exit_code_stands_in_the_help() {
        let help = command().render_long_help().to_string();
        for exit in Exit::ALL {
            assert!(help.contains(&format!("{:>3}  {}", exit.code(), exit.meaning())), "{help}");
        }
    }

    #[test]
    fn every_command_and_argument_says_what_it_is_for() {
        fn check(command: &clap::Command) {
            let name = command.get_name();
            let about = command.get_about().map(ToString::to_string).unwrap_or_default();
            assert!(!about.is_empty() && !about.ends_with('.'), "{name}: {about}");
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{name}: {}", argument.get_id());
            }
            command.get_subcommands().for_each(check);
        }
        check(&command());
    }
}
