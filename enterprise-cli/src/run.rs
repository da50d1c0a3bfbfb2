//! From the surroundings to the exit code.

use clap::error::ErrorKind;

use crate::cli::Asked;
use crate::config::Surroundings;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::Output;
use crate::{cli, commands, logging};

/// Runs one command. A process that could not be `protected` is told of and goes on.
pub fn run(surroundings: Surroundings, protected: std::io::Result<()>) -> Exit {
    let terminal = surroundings.terminal;
    let cli = match cli::parse(&surroundings.arguments) {
        Ok(cli) => cli,
        Err(error) => {
            let json = surroundings.arguments.iter().any(|argument| argument == "--json");
            return not_understood(&error, Output::new(json, terminal));
        }
    };
    let output = Output::new(cli.json, terminal);
    let command = match cli.asked {
        Asked::Command(command) => command,
        Asked::Page(page) => return output.outcome(&page.make()),
    };
    let installation = if command.tells_problems() {
        Installation::despite_problems(surroundings)
    } else {
        Installation::new(surroundings)
    };
    match installation {
        Ok(installation) => {
            logging::start(installation.settings().log_level, terminal.colours_of_error);
            if let Err(error) = protected {
                tracing::warn!(%error, "the process is not closed to debuggers and core files");
            }
            commands::dispatch(command, &installation, output)
        }
        Err(error) => {
            output.error(&error);
            error.kind()
        }
    }
}

/// Prints the help or version that was asked for, or what is wrong with the command line.
fn not_understood(error: &clap::Error, output: Output) -> Exit {
    let asked_for = matches!(error.kind(), ErrorKind::DisplayHelp | ErrorKind::DisplayVersion);
    if asked_for || !output.is_json() {
        // A reader that went away is not an error.
        drop(error.print());
    } else {
        output.error(&usage(&error.to_string()));
    }
    if asked_for { Exit::Success } else { Exit::Usage }
}

/// Keeps the first paragraph of what the parser says, which tells what is wrong.
fn usage(text: &str) -> CommandError {
    let first = text.split("\n\n").next().unwrap_or(text);
    let first = first.strip_prefix("error: ").unwrap_or(first).trim_end();
    CommandError::new(Exit::Usage, "usage", first).hint("run `spotify-admin --help`")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_wrong_with_a_command_line_is_one_paragraph() {
        let error = usage("error: unexpected argument '--x' found\n\nUsage: spotify-admin\n");
        assert_eq!(error.message(), "unexpected argument '--x' found");
        assert_eq!(error.kind(), Exit::Usage);
    }
}
