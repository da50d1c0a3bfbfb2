//! `audit tail`.

use std::thread;
use std::time::Duration;

use spotify_audit::{Follow, Order, Query, ReadError, Reader};

use super::filter::Filter;
use super::query::Printer;
use super::{failed, newest, warn_of};
use crate::error::CommandError;
use crate::installation::Installation;
use crate::output::{Answer, Output};

/// How often the log is looked at.
const PAUSE: Duration = Duration::from_millis(250);
/// How many new records are taken at once.
const MOST: usize = 1_000;

/// Show the last records that fit, and new ones as they are written
///
/// Goes on until it is interrupted.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    #[command(flatten)]
    filter: Filter,
    /// How many records there are to begin with
    #[arg(default_value_t = 10)]
    lines: u64,
}

impl Args {
    pub(super) fn run(
        self,
        installation: &Installation,
        output: Output,
    ) -> Result<Answer, CommandError> {
        let directory = installation.settings().audit_dir();
        let query = self.filter.query(installation)?;
        let mut printer = Printer::new(installation, output);
        // The newest of all first: what is written after it is followed, and nothing in between.
        let last = Query { order: Order::NewestFirst, limit: Some(1), ..Query::default() };
        let last = Reader::open(&directory, last).map_err(failed)?.find_map(Result::ok);
        let last = last.map_or(0, |entry| entry.seq());
        let begin = Query { order: Order::NewestFirst, limit: Some(self.lines), ..query.clone() };
        let mut entries = newest(installation, begin, output)?;
        entries.retain(|entry| entry.seq() <= last);
        printer.print(&entries);
        let mut follow = Follow::after(&directory, last, query);
        loop {
            match follow.poll(MOST) {
                Ok(entries) => printer.print(&entries),
                Err(ReadError::Storage(error)) => return Err(failed(error)),
                Err(_) => warn_of(1, output),
            }
            thread::sleep(PAUSE);
        }
    }
}
