//! `audit query`.

use spotify_audit::{Entry, Query};

use super::filter::Filter;
use super::{each, rows, warn_of};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::names::Names;
use crate::output::{Answer, Output, View};

/// How many records stand in one table: the columns are as wide as its rows need.
const ROWS: usize = 1_000;

/// Show all records that fit, the oldest first
///
/// Reads as it prints, so that a log of any length can be searched. With `--json` the log's lines
/// come as they stand in it, one JSON object a line.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    filter: Filter,
    /// How many records at most
    #[arg(long)]
    limit: Option<u64>,
}

impl Args {
    pub(super) fn run(
        self,
        installation: &Installation,
        output: Output,
    ) -> Result<Answer, CommandError> {
        let query = Query { limit: self.limit, ..self.filter.query(installation)? };
        let mut printer = Printer::new(installation, output);
        let mut chunk = Vec::new();
        let unreadable = each(installation, query, |entry| {
            chunk.push(entry);
            if chunk.len() == ROWS {
                printer.print(&chunk);
                chunk.clear();
            }
        })?;
        printer.print(&chunk);
        warn_of(unreadable, output);
        Ok(printer.ended())
    }
}

/// Prints records as they come.
pub(super) struct Printer {
    names: Names,
    view: View,
    output: Output,
    printed: bool,
}

impl Printer {
    pub(super) fn new(installation: &Installation, output: Output) -> Self {
        let names = Names::at_hand(installation);
        if !output.is_json() {
            names.say_if_locked(output);
        }
        let view = View::new(installation.now(), installation.terminal());
        Self { names, view, output, printed: false }
    }

    pub(super) fn print(&mut self, entries: &[Entry]) {
        if entries.is_empty() {
            return;
        }
        self.printed = true;
        let lines: Vec<_> = entries.iter().map(Entry::line).collect();
        let human = rows::rows(entries, &self.names, self.view);
        self.output.answer(&Answer::of_lines(Exit::Success, &lines, human));
    }

    /// Returns the answer when all is printed.
    pub(super) fn ended(self) -> Answer {
        let human = if self.printed { "" } else { "There are no such records.\n" };
        Answer::of_lines(Exit::Success, &[""; 0], human)
    }
}
