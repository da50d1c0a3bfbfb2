//! The workspace's own commands, run as `cargo xtask <command>`.
//!
//! One module per command; [`run`] starts processes, [`report`] prints what came of them, and
//! [`environment`] is the only reader of environment variables.

mod bench;
mod check;
mod ci;
pub mod demo;
mod deny;
mod dist;
mod docs;
mod environment;
mod fuzz;
mod packages;
mod report;
mod run;
mod summary;
mod test;
mod tidy;
mod tool;
mod torture;
mod workspace;

use std::process::ExitCode;

use clap::{Parser as _, Subcommand};

use self::report::Verdict;

/// Commands of the workspace
#[derive(Debug, clap::Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask")]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Demo(demo::Args),
    Test(test::Args),
    Check(check::Args),
    Tidy(tidy::Args),
    Deny(deny::Args),
    Docs(docs::Args),
    Fuzz(fuzz::Args),
    Torture(torture::Args),
    Bench(bench::Args),
    Dist(dist::Args),
    Ci(ci::Args),
}

/// Runs the command of the command line.
pub fn main() -> ExitCode {
    let outcome = match Cli::parse().command {
        Command::Demo(args) => args.run().map(|()| Verdict::Passed).map_err(report::chain),
        Command::Test(args) => args.run().map_err(report::chain),
        Command::Check(args) => Ok(args.run()),
        Command::Tidy(args) => args.run().map_err(report::chain),
        Command::Deny(args) => args.run().map_err(report::chain),
        Command::Docs(args) => args.run().map_err(report::chain),
        Command::Bench(args) => args.run().map_err(report::chain),
        Command::Fuzz(args) => args.run().map_err(report::chain),
        Command::Torture(args) => Ok(args.run()),
        Command::Dist(args) => args.run().map_err(report::chain),
        Command::Ci(args) => args.run().map_err(report::chain),
    };
    match outcome {
        Ok(Verdict::Passed | Verdict::Skipped) => ExitCode::SUCCESS,
        // The report has said what failed.
        Ok(Verdict::Failed) => ExitCode::FAILURE,
        Err(message) => {
            report::error(&message);
            ExitCode::FAILURE
        }
    }
}
