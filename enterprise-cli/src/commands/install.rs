//! `install`.

use std::path::PathBuf;

use mcp_server::tools::Toolset;
use spotify_auth::ProfileName;

use crate::clients::Client;
use crate::clients::entry::Entry;
use crate::clients::list::List;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::Answer;
use crate::text_file::TextFile;

pub(super) use self::listing::starts_the_server;

use self::change::{Change, Target, foreign, unusable};

pub(super) mod change;
mod listing;

/// Put the server into the configuration of an AI client
///
/// Writes one entry into the client's own list of servers and leaves everything else of the file as
/// it is, byte for byte. The file is copied beside itself first. `spotify-admin uninstall` takes the
/// entry out again.
#[derive(Debug, clap::Args)]
#[command(after_help = "Examples:\n  \
    spotify-admin install --list\n  \
    spotify-admin install claude-desktop\n  \
    spotify-admin install cursor --profile work --read-only --dry-run")]
pub(crate) struct Args {
    /// The client
    #[arg(value_enum, required_unless_present = "list")]
    client: Option<Client>,
    /// Show which clients are on this machine, and which of them start the server
    #[arg(long)]
    list: bool,
    /// The profile that the client acts for
    #[arg(long, value_name = "NAME")]
    profile: Option<ProfileName>,
    /// The groups of tools to offer, separated by commas, instead of the default ones
    #[arg(long, value_name = "NAMES", value_delimiter = ',')]
    toolsets: Vec<Toolset>,
    /// Offer no tool that changes anything in the account
    #[arg(long)]
    read_only: bool,
    /// Let the server act without asking the person first, for a client that can't ask
    ///
    /// What removes something is refused otherwise: the server asks through the client, and not
    /// every client can.
    #[arg(long)]
    allow_unconfirmed: bool,
    /// The server's program, when it does not lie beside this one
    #[arg(long, value_name = "PATH")]
    server: Option<PathBuf>,
    /// Take over an entry of this name that starts another server
    #[arg(long)]
    replace: bool,
    #[command(flatten)]
    target: Target,
}

/// Puts the server into a client's usual file, under its usual name, unless it is there.
///
/// # Errors
/// The file may not be readable or writable, or the name may be another server's.
pub(super) fn into_client(
    client: Client,
    profile: &ProfileName,
    toolsets: &[Toolset],
    installation: &Installation,
) -> Result<(), CommandError> {
    let args = Args {
        client: Some(client),
        list: false,
        profile: Some(profile.clone()),
        toolsets: toolsets.to_vec(),
        read_only: false,
        allow_unconfirmed: false,
        server: None,
        replace: false,
        target: Target::usual(),
    };
    args.run(installation).map(drop)
}

impl Args {
    /// Whether it changes nothing.
    pub(super) fn is_read(&self) -> bool {
        self.list || self.target.dry_run
    }

    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let Some(client) = self.client else { return Ok(listing::list(installation)) };
        let entry = self.entry(installation)?;
        let path = self.target.path(client, installation)?;
        let file = TextFile::read(&path).map_err(unusable)?;
        let list = List::new(client, file.text());
        let name = &self.target.name;
        let present = list.command(name).map_err(|error| foreign(&path, &error))?;
        if let Some(other) = present.filter(|other| !self.replace && !other.is_our_server()) {
            return Err(CommandError::new(
                Exit::Refused,
                "entry_exists",
                format!("{} has an entry `{name}` that starts `{}`", client.title(), other.program),
            )
            .hint("choose another name with `--name`, or take this one over with `--replace`"));
        }
        let new = list.with(name, &entry).map_err(|error| foreign(&path, &error))?;
        let change = Change { client, target: &self.target, path: &path, entry: Some(&entry) };
        change.make(&file, &new, installation)
    }

    fn entry(&self, installation: &Installation) -> Result<Entry, CommandError> {
        let profile = installation.settings().chosen(self.profile.as_ref());
        let mut entry = Entry::new(installation, &profile);
        // Desktop programs have another search path than a shell.
        if let Some(path) = &self.server {
            let found = path.canonicalize().map_err(|error| {
                let message = format!("`{}` is not the server's program: {error}", path.display());
                CommandError::new(Exit::Usage, "no_server", message)
            })?;
            entry.command = found.to_string_lossy().into_owned();
        } else if installation.server().is_none() {
            let message = "the server, `spotify-mcp`, does not lie beside this program";
            return Err(CommandError::new(Exit::NotFound, "no_server", message)
                .hint("say where it is with `--server PATH`"));
        }
        if !self.toolsets.is_empty() {
            let names: Vec<_> = self.toolsets.iter().map(|toolset| toolset.as_str()).collect();
            entry.args.extend(["--toolsets".to_owned(), names.join(",")]);
        }
        if self.read_only {
            entry.args.push("--read-only".to_owned());
        }
        if self.allow_unconfirmed {
            entry.args.push("--allow-unconfirmed".to_owned());
        }
        Ok(entry)
    }
}
