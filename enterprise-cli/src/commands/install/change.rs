//! A change of one entry of a client's file: made, or only shown.

use std::path::{Path, PathBuf};

use serde::Serialize;
use similar::TextDiff;

use crate::clients::Client;
use crate::clients::entry::Entry;
use crate::clients::list::ListError;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::Answer;
use crate::text_file::{TextFile, TextFileError};

/// Which entry of which file, and whether it is written.
#[derive(Debug, clap::Args)]
pub(in crate::commands) struct Target {
    /// The entry's name in the client's list of servers
    #[arg(long, value_name = "NAME", default_value = USUAL, value_parser = parse_name)]
    pub(in crate::commands) name: String,
    /// The client's file, when it is not in its usual place
    #[arg(long, value_name = "PATH")]
    file: Option<PathBuf>,
    /// Show what would change, and change nothing
    #[arg(long)]
    pub(in crate::commands) dry_run: bool,
}

/// The entry's name, unless another one is chosen.
pub(in crate::commands) const USUAL: &str = "spotify";
/// The longest line that a difference shows, in bytes. Claude Code keeps all it knows in one line.
const LINE_MAX: usize = 400;

/// The answer as programs read it.
#[derive(Serialize)]
struct Facts<'a> {
    client: Client,
    file: &'a Path,
    name: &'a str,
    /// Whether the file is, or would be, another one.
    changed: bool,
    dry_run: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    entry: Option<&'a Entry>,
    /// Where the copy of the former file is.
    backup: Option<&'a Path>,
    difference: &'a str,
}

impl Target {
    /// Returns the entry `spotify` of the client's usual file.
    pub(in crate::commands) fn usual() -> Self {
        Self { name: USUAL.to_owned(), file: None, dry_run: false }
    }

    /// Returns the client's file.
    ///
    /// # Errors
    /// The environment may name no home.
    pub(in crate::commands) fn path(
        &self,
        client: Client,
        installation: &Installation,
    ) -> Result<PathBuf, CommandError> {
        let usual = || client.path(installation.places());
        self.file.clone().or_else(usual).ok_or_else(|| {
            let message = "the environment does not say where this user's home directory is";
            CommandError::new(Exit::Usage, "no_home", message).hint("give the file with `--file`")
        })
    }
}

/// A change of a client's file.
pub(in crate::commands) struct Change<'a> {
    pub(in crate::commands) client: Client,
    pub(in crate::commands) target: &'a Target,
    pub(in crate::commands) path: &'a Path,
    /// What is put in; `None` when the entry is taken out.
    pub(in crate::commands) entry: Option<&'a Entry>,
}

impl Change<'_> {
    /// Makes the change, unless it is only shown.
    ///
    /// # Errors
    /// The file may not be writable, or another program may write it at the same moment.
    pub(in crate::commands) fn make(
        &self,
        file: &TextFile,
        new: &str,
        installation: &Installation,
    ) -> Result<Answer, CommandError> {
        let changed = file.text() != new;
        let backup = if changed && !self.target.dry_run {
            let backup = file.copy(installation.now()).map_err(unusable)?;
            file.replace(new).map_err(unusable)?;
            backup
        } else {
            None
        };
        let difference = self.difference(file.text(), new);
        let facts = Facts {
            client: self.client,
            file: self.path,
            name: &self.target.name,
            changed,
            dry_run: self.target.dry_run,
            entry: self.entry,
            backup: backup.as_deref(),
            difference: &difference,
        };
        let human = self.human(changed, backup.as_deref(), &difference);
        Ok(Answer::new(Exit::Success, &facts, human))
    }

    /// Returns the lines that differ, as `diff` shows them, or the entry alone where the file has
    /// no lines.
    fn difference(&self, old: &str, new: &str) -> String {
        // No lines around them: other servers' entries may hold secrets.
        let lines = TextDiff::from_lines(old, new);
        let lines = lines.unified_diff().context_radius(0).missing_newline_hint(false).to_string();
        if lines.lines().all(|line| line.len() <= LINE_MAX) {
            return lines;
        }
        let place = format!("{}.{}", self.client.servers(), self.target.name);
        match self.entry.map(serde_json::to_string) {
            Some(entry) => format!("+{place} = {}\n", entry.unwrap_or_default()),
            None => format!("-{place}\n"),
        }
    }

    fn human(&self, changed: bool, backup: Option<&Path>, difference: &str) -> String {
        let (title, path, name) = (self.client.title(), self.path.display(), &self.target.name);
        if !changed {
            return format!("{title} has this entry already; {path} is as it was.\n");
        }
        if self.target.dry_run {
            return format!("This would change {path}:\n\n{difference}\nNothing was changed.\n");
        }
        let done = if self.entry.is_some() {
            "starts the server from now on"
        } else {
            "no longer starts the server"
        };
        let copy = backup.map(|path| format!("The file as it was: {}.\n", path.display()));
        format!(
            "{title} {done}: entry `{name}` of {path}.\n{}For {title} to notice: {}.\n",
            copy.unwrap_or_default(),
            self.client.reload()
        )
    }
}

/// A file that can't be read or written.
pub(in crate::commands) fn unusable(error: TextFileError) -> CommandError {
    CommandError::new(Exit::Failure, "client_file", error)
}

/// A file whose text is not what the client writes.
pub(in crate::commands) fn foreign(path: &Path, error: &ListError) -> CommandError {
    let message = format!("{}: {error}; nothing was changed", path.display());
    CommandError::new(Exit::Failure, "client_file", message)
        .hint("mend the file, or name another one with `--file`")
}

fn parse_name(text: &str) -> Result<String, String> {
    let fits = |character: char| character.is_ascii_alphanumeric() || "-_".contains(character);
    if (1..=64).contains(&text.len()) && text.chars().all(fits) {
        Ok(text.to_owned())
    } else {
        Err("a name has 1 to 64 letters, digits, `-` and `_`".to_owned())
    }
}
