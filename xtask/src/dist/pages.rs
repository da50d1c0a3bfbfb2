//! Completions and manual pages, made of the command lines themselves.

use clap::CommandFactory as _;
use clap_complete::Shell;
use mcp_server::config::Arguments;

use super::tree::Tree;
use super::{DistError, archive};

/// Where each shell looks for the completions of a program.
const SHELLS: &[(Shell, &str, &str)] = &[
    (Shell::Bash, "share/bash-completion/completions/", ""),
    (Shell::Zsh, "share/zsh/vendor-completions/_", ""),
    (Shell::Fish, "share/fish/vendor_completions.d/", ".fish"),
];

/// Adds them for both programs.
pub(super) fn add(tree: &mut Tree) -> Result<(), DistError> {
    for mut command in [Arguments::command(), enterprise_cli::command()] {
        let name = command.get_name().to_owned();
        for (shell, folder, ending) in SHELLS {
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut command, &name, &mut script);
            tree.add(&format!("{folder}{name}{ending}"), 0o644, script);
        }
        command.build();
        manual(tree, &command)?;
    }
    Ok(())
}

/// Adds the page of a command and of those below it: `spotify-admin-vault-rotate.1.gz`.
fn manual(tree: &mut Tree, command: &clap::Command) -> Result<(), DistError> {
    let page = clap_mangen::Man::new(command.clone());
    let name = page.get_filename();
    let mut text = Vec::new();
    let rendered = page.render(&mut text);
    rendered.map_err(|error| DistError::Unfit(format!("the manual page {name}: {error}")))?;
    tree.add(&format!("share/man/man1/{name}.gz"), 0o644, archive::gzip(&text)?);
    for below in command.get_subcommands().filter(|below| !below.is_hide_set()) {
        manual(tree, below)?;
    }
    Ok(())
}
