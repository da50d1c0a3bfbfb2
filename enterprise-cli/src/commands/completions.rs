//! `completions`.

use clap_complete::Shell;
use serde::Serialize;

use crate::exit::Exit;
use crate::output::Answer;

/// Print a script that lets a shell complete commands and arguments
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    spotify-admin completions bash > ~/.local/share/bash-completion/completions/spotify-admin\n  \
    spotify-admin completions fish > ~/.config/fish/completions/spotify-admin.fish")]
pub(crate) struct Args {
    /// The shell
    shell: Shell,
}

/// The answer as programs read it.
#[derive(Serialize)]
struct Facts<'a> {
    shell: String,
    script: &'a str,
}

impl Args {
    pub(super) fn run(self) -> Answer {
        let mut command = crate::cli::command();
        let name = command.get_name().to_owned();
        let mut script = Vec::new();
        clap_complete::generate(self.shell, &mut command, name, &mut script);
        let script = String::from_utf8_lossy(&script);
        let facts = Facts { shell: self.shell.to_string(), script: &script };
        Answer::new(Exit::Success, &facts, script.as_ref())
    }
}
