//! `man`.

use serde::Serialize;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Answer;

/// Print the manual page of the program, or of one command, for `man`
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    spotify-admin man | man -l -\n  \
    spotify-admin man vault rotate | man -l -")]
pub(crate) struct Args {
    /// The command, as words; the program's own page without any
    #[arg(value_name = "COMMAND")]
    words: Vec<String>,
}

/// The answer as programs read it.
#[derive(Serialize)]
struct Facts<'a> {
    command: String,
    page: &'a str,
}

impl Args {
    pub(super) fn run(self) -> Result<Answer, CommandError> {
        let mut command = crate::cli::command();
        command.build();
        let mut name = command.get_name().to_owned();
        for word in &self.words {
            let Some(below) = command.find_subcommand(word).cloned() else {
                let message = format!("there is no command `{name} {word}`");
                return Err(CommandError::new(Exit::Usage, "no_command", message)
                    .hint(format!("`{name} --help` lists the commands")));
            };
            name = format!("{name} {word}");
            command = below;
        }
        let mut page = Vec::new();
        let made = clap_mangen::Man::new(command).render(&mut page);
        made.map_err(|error| CommandError::new(Exit::Failure, "page", error))?;
        let page = String::from_utf8_lossy(&page);
        Ok(Answer::new(Exit::Success, &Facts { command: name, page: &page }, page.as_ref()))
    }
}
