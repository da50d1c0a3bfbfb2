//! `audit`.

use spotify_audit::{Entry, Order, Query, ReadError, Reader};

use self::filter::Filter;
use super::Effect;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::names::Names;
use crate::output::{Answer, Output, View};

mod filter;
mod hash_of;
mod key;
mod prove;
mod query;
mod renew_key;
mod report;
mod rows;
mod show;
mod since;
mod tail;
mod verify;

/// Show who did what, the newest last, or check that nobody changed the log
///
/// Works while the vault is locked; it then shows the profiles' ids instead of their names. With
/// `--json` the log's lines come as they stand in it, one JSON object a line.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    #[command(flatten)]
    filter: Filter,
    /// How many records at most
    #[arg(default_value_t = 20)]
    limit: u64,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    Query(Box<query::Args>),
    Tail(Box<tail::Args>),
    Verify(verify::Args),
    Key(key::Args),
    Show(show::Args),
    Prove(prove::Args),
    HashOf(hash_of::Args),
    RenewKey(renew_key::Args),
    Report(Box<report::Args>),
}

impl Args {
    /// Returns the command's name in the audit log, and whether it may change something.
    pub(super) fn described(&self) -> (&'static str, Effect) {
        let name = match self.command {
            Some(Command::RenewKey(_)) => return ("audit renew-key", Effect::Write),
            Some(Command::Query(_)) => "audit query",
            Some(Command::Tail(_)) => "audit tail",
            Some(Command::Verify(_)) => "audit verify",
            Some(Command::Key(_)) => "audit key",
            Some(Command::Show(_)) => "audit show",
            Some(Command::Prove(_)) => "audit prove",
            Some(Command::HashOf(_)) => "audit hash-of",
            Some(Command::Report(_)) => "audit report",
            None => "audit",
        };
        (name, Effect::Read)
    }

    pub(super) fn run(
        self,
        installation: &Installation,
        output: Output,
    ) -> Result<Answer, CommandError> {
        match self.command {
            Some(Command::Query(args)) => return args.run(installation, output),
            Some(Command::Tail(args)) => return args.run(installation, output),
            Some(Command::Verify(args)) => return args.run(installation),
            Some(Command::Key(args)) => return args.run(installation),
            Some(Command::Show(args)) => return args.run(installation),
            Some(Command::Prove(args)) => return args.run(installation, output),
            Some(Command::HashOf(args)) => return args.run(installation),
            Some(Command::Report(args)) => return args.run(installation, output),
            Some(Command::RenewKey(args)) => return args.run(installation),
            None => {}
        }
        let query = Query {
            order: Order::NewestFirst,
            limit: Some(self.limit),
            ..self.filter.query(installation)?
        };
        let entries = newest(installation, query, output)?;
        let names = Names::at_hand(installation);
        if !entries.is_empty() {
            names.say_if_locked(output);
        }
        let view = View::new(installation.now(), installation.terminal());
        let human = if entries.is_empty() {
            "There are no such records.\n".to_owned()
        } else {
            rows::rows(&entries, &names, view)
        };
        let lines: Vec<_> = entries.iter().map(Entry::line).collect();
        Ok(Answer::of_lines(Exit::Success, &lines, human))
    }
}

/// Reads records from the newest on, in the order they were written, and tells of lines that are
/// none.
fn newest(
    installation: &Installation,
    query: Query,
    output: Output,
) -> Result<Vec<Entry>, CommandError> {
    let mut entries = Vec::new();
    let unreadable = each(installation, query, |entry| entries.push(entry))?;
    warn_of(unreadable, output);
    entries.reverse();
    Ok(entries)
}

/// Hands each record over, and returns how many lines are none.
fn each(
    installation: &Installation,
    query: Query,
    mut take: impl FnMut(Entry),
) -> Result<u64, CommandError> {
    let mut unreadable = 0;
    for entry in Reader::open(&installation.settings().audit_dir(), query).map_err(failed)? {
        match entry {
            Ok(entry) => take(entry),
            Err(ReadError::Storage(error)) => return Err(failed(error)),
            Err(_) => unreadable += 1,
        }
    }
    Ok(unreadable)
}

fn warn_of(unreadable: u64, output: Output) {
    if unreadable > 0 {
        let lines = if unreadable == 1 { "line" } else { "lines" };
        output
            .warn(&format!("{unreadable} {lines} can't be read; run `spotify-admin audit verify`"));
    }
}

fn failed(error: impl std::error::Error + Send + Sync + 'static) -> CommandError {
    CommandError::new(Exit::Failure, "audit_log", error)
}
