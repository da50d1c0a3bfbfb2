//! `cargo xtask torture`: torture tests, for longer than a test run has.

use std::process::Command;

use crate::report::{self, Row, Verdict};
use crate::run;
use crate::workspace;

/// Torture the refresh or the audit log: many programs at once, and programs killed at any moment
///
/// The same tests are part of every test run, there for a few seconds. Nothing of it needs a
/// network.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// What to torture
    #[arg(default_value = "auth")]
    part: Part,
    /// Seconds that eight programs share a profile whose tokens live one second
    #[arg(long, default_value_t = 120)]
    seconds: u32,
    /// How many programs are killed at a random moment
    #[arg(long, default_value_t = 500)]
    kills: u32,
    /// How many changes are tried on an audit log
    #[arg(long, default_value_t = 10_000)]
    mutations: u32,
}

/// What can be tortured.
#[derive(Debug, Clone, Copy, clap::ValueEnum)]
enum Part {
    /// The refresh of a profile's tokens
    Auth,
    /// The audit log
    Audit,
}

impl Part {
    /// The package, its test binary, and the tests.
    const fn tests(self) -> (&'static str, &'static str, [&'static str; 2]) {
        match self {
            Self::Auth => (
                "spotify-auth",
                "auth",
                [
                    "torture::eight_programs_of_four_tasks_spend_each_token_once_and_no_call_fails",
                    "torture::programs_killed_at_any_moment_lose_no_grant_and_leave_no_broken_record",
                ],
            ),
            Self::Audit => (
                "spotify-audit",
                "audit",
                [
                    "mutations::every_mutation_that_must_be_caught_is",
                    "torture::killed_processes_lose_nothing_they_acknowledged",
                ],
            ),
        }
    }
}

impl Args {
    /// Runs the tests and prints a table.
    pub(crate) fn run(self) -> Verdict {
        let (package, binary, tests) = self.part.tests();
        let rows = tests.map(|test| {
            report::heading(test);
            let mut command = self.command(package, binary, test);
            let (outcome, took) = run::timed(|| run::stream(&mut command));
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

    fn command(&self, package: &str, binary: &str, test: &str) -> Command {
        // Not through nextest: it ends what takes longer than a test may.
        let mut command = run::cargo(&workspace::root());
        command.args(["test", "--locked", "--package", package, "--test", binary, "--"]);
        command.args(["--exact", test]);
        command.env("TORTURE_SECONDS", self.seconds.to_string());
        command.env("TORTURE_KILLS", self.kills.to_string());
        command.env("TORTURE_MUTATIONS", self.mutations.to_string());
        command
    }
}
