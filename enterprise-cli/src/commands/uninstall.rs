//! `uninstall`.

use super::install::change::{Change, Target, foreign, unusable};
use crate::clients::Client;
use crate::clients::list::List;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::Answer;
use crate::text_file::TextFile;

/// Take the server out of the configuration of an AI client
///
/// Removes the entry that `spotify-admin install` wrote and leaves everything else of the file as it
/// is. The file is copied beside itself first. Tokens and profiles stay where they are.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The client
    #[arg(value_enum)]
    client: Client,
    #[command(flatten)]
    target: Target,
}

impl Args {
    /// Whether it changes nothing.
    pub(super) fn is_read(&self) -> bool {
        self.target.dry_run
    }

    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let path = self.target.path(self.client, installation)?;
        let file = TextFile::read(&path).map_err(unusable)?;
        let list = List::new(self.client, file.text());
        let (name, title) = (&self.target.name, self.client.title());
        match list.command(name).map_err(|error| foreign(&path, &error))? {
            Some(command) if command.is_our_server() => {}
            Some(other) => {
                let message = format!(
                    "the entry `{name}` of {title} starts `{}`, not the server",
                    other.program
                );
                return Err(CommandError::new(Exit::Refused, "entry_of_others", message)
                    .hint("name the entry with `--name`"));
            }
            None => {
                let message = format!("{title} has no entry `{name}`; nothing was changed");
                return Err(CommandError::new(Exit::NotFound, "no_entry", message)
                    .hint("`spotify-admin install --list` shows the clients that have one"));
            }
        }
        let new = list.without(name).map_err(|error| foreign(&path, &error))?;
        let change = Change { client: self.client, target: &self.target, path: &path, entry: None };
        change.make(&file, &new, installation)
    }
}
