//! `cargo xtask check`: format, lints, documentation, repository rules, dependencies.

use std::path::Path;
use std::process::Command;

use crate::report::{self, Row, Verdict};
use crate::test::COMPONENTS;
use crate::{deny, docs, environment, packages, run, tidy, workspace};

/// Check format, lints, documentation, repository rules and dependencies
///
/// Runs every step even when one fails, and names the failed ones at the end.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// One step: its name and what it does in the workspace's root.
struct Step {
    name: &'static str,
    work: fn(&Path) -> Result<Verdict, String>,
}

/// Every step, quick ones first. A new check of the whole workspace is one line here.
const STEPS: &[Step] = &[
    Step { name: "format", work: format },
    Step { name: "tidy", work: |root| tidy::check(root).map_err(report::chain) },
    Step { name: "lints", work: lints },
    Step { name: "lints of component suites", work: component_lints },
    Step { name: "spotify-auth without session", work: auth_alone },
    Step { name: "mcp-server with catalogue only", work: catalogue_alone },
    Step { name: "fuzz targets", work: fuzz_targets },
    Step { name: "rustdoc", work: rustdoc },
    Step { name: "generated tables", work: |root| docs::check(root).map_err(report::chain) },
    Step { name: "dependencies", work: dependencies },
    Step { name: "packages", work: packages::check },
];

impl Args {
    /// Runs all steps and prints the table.
    #[expect(clippy::unused_self, reason = "each command has the same form")]
    pub(crate) fn run(self) -> Verdict {
        let root = workspace::root();
        let rows: Vec<Row> = STEPS.iter().map(|step| step.run(&root)).collect();
        report::table(&rows);
        let failed = rows.iter().filter(|row| row.verdict == Verdict::Failed);
        let failed: Vec<&str> = failed.map(|row| row.name.as_str()).collect();
        if failed.is_empty() {
            return Verdict::Passed;
        }
        report::notice(&format!("failed: {}", failed.join(", ")));
        Verdict::Failed
    }
}

impl Step {
    fn run(&self, root: &Path) -> Row {
        report::heading(self.name);
        let (outcome, took) = run::timed(|| (self.work)(root));
        let (verdict, note) = match outcome {
            Ok(Verdict::Skipped) => (Verdict::Skipped, "see above".to_owned()),
            Ok(verdict) => (verdict, String::new()),
            Err(error) => {
                report::error(&error);
                (Verdict::Failed, String::new())
            }
        };
        Row { name: self.name.to_owned(), verdict, counts: None, took, note }
    }
}

fn cargo(root: &Path, arguments: &[&str]) -> Result<Verdict, String> {
    finish(run::cargo(root).args(arguments))
}

fn finish(command: &mut Command) -> Result<Verdict, String> {
    run::stream(command).map(|()| Verdict::Passed).map_err(report::chain)
}

fn format(root: &Path) -> Result<Verdict, String> {
    cargo(root, &["fmt", "--all", "--check"])
}

fn lints(root: &Path) -> Result<Verdict, String> {
    let all = ["clippy", "--workspace", "--all-targets", "--locked", "--", "-D", "warnings"];
    cargo(root, &all)
}

/// `--all-targets` leaves out targets with `test = false`.
fn component_lints(root: &Path) -> Result<Verdict, String> {
    let mut command = run::cargo(root);
    command.args(["clippy", "--workspace", "--locked"]);
    command.args(COMPONENTS.iter().flat_map(|component| ["--test", component.target]));
    finish(command.args(["--", "-D", "warnings"]))
}

/// The sign-in and rotation logic must be usable without our vault and audit log.
fn auth_alone(root: &Path) -> Result<Verdict, String> {
    cargo(root, &["check", "--locked", "--package", "spotify-auth", "--no-default-features"])
}

/// The admin program takes the server's tables and nothing else.
fn catalogue_alone(root: &Path) -> Result<Verdict, String> {
    let features = ["--no-default-features", "--features", "catalogue"];
    let package = ["check", "--locked", "--package", "mcp-server"];
    cargo(root, &[&package[..], &features[..]].concat())
}

/// They stand outside of the workspace, so that nothing else here would notice their breaking.
fn fuzz_targets(root: &Path) -> Result<Verdict, String> {
    let target = workspace::metadata(root).map_err(report::chain)?.target_directory;
    let manifest = ["check", "--manifest-path", "tests/fuzz/Cargo.toml", "--target-dir"];
    let mut command = run::cargo(root);
    command.args(manifest).arg(target.join("fuzz/check"));
    // As cargo-fuzz does: some crates show the readers of their formats only then.
    finish(command.env("RUSTFLAGS", "--cfg fuzzing"))
}

fn rustdoc(root: &Path) -> Result<Verdict, String> {
    let mut command = run::cargo(root);
    command.args(["doc", "--workspace", "--no-deps", "--locked", "--quiet"]);
    finish(command.env("RUSTDOCFLAGS", "-D warnings"))
}

fn dependencies(root: &Path) -> Result<Verdict, String> {
    let database = environment::advisory_db();
    deny::check(root, database.as_deref(), environment::is_ci()).map_err(report::chain)
}
