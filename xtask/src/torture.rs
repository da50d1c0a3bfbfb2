//! `cargo xtask torture`: the torture tests of spotify-auth, for longer than a test run has.

use std::process::Command;

use crate::report::{self, Row, Verdict};
use crate::run;
use crate::workspace;

/// Torture the refresh: many programs on one profile, and programs killed at any moment
///
/// The same two tests are part of every test run, there for a few seconds. Nothing of it needs a
/// network.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Seconds that eight programs share a profile whose tokens live one second
    #[arg(long, default_value_t = 120)]
    seconds: u32,
    /// How many programs are killed at a random moment
    #[arg(long, default_value_t = 300)]
    kills: u32,
}

/// The tests, and what each is told.
const TESTS: [&str; 2] = [
    "torture::eight_programs_of_four_tasks_spend_each_token_once_and_no_call_fails",
    "torture::programs_killed_at_any_moment_lose_no_grant_and_leave_no_broken_record",
];

impl Args {
    /// Runs both tests and prints a table.
    pub(crate) fn run(self) -> Verdict {
        let rows = TESTS.map(|test| {
            report::heading(test);
            let (outcome, took) = run::timed(|| run::stream(&mut self.command(test)));
            let (verdict, note) = match outcome {
                Ok(()) => (Verdict::Passed, String::new()),
                Err(error) => (Verdict::Failed, report::chain(error)),
            };
            Row { name: test.to_owned(), verdict, counts: None, took, note }
        });
        report::table(&rows);
        let failed = rows.iter().any(|row| row.verdict == Verdict::Failed);
        if failed { Verdict::Failed } else { Verdict::Passed }
    }

    fn command(&self, test: &str) -> Command {
        // Not through nextest: it ends what takes longer than a test may.
        let mut command = run::cargo(&workspace::root());
        command.args(["test", "--locked", "--package", "spotify-auth", "--test", "auth", "--"]);
        command.args(["--exact", test]);
        command.env("TORTURE_SECONDS", self.seconds.to_string());
        command.env("TORTURE_KILLS", self.kills.to_string());
        command
    }
}
