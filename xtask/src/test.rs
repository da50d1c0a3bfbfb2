//! `cargo xtask test`: every test of the workspace, and what was left out.

mod component;
mod install;
mod runner;
mod shared;

use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::time::Duration;

use cargo_metadata::Metadata;

pub(crate) use self::component::COMPONENTS;
use self::component::Component;
use self::install::{Installer, Policy};
use self::runner::Runner;
use self::shared::Shared;
use crate::report::{self, Row, Verdict};
use crate::summary::Counts;
use crate::{environment, workspace};

/// Run all tests and count what was skipped
///
/// With `CI=true` this installs what the tests need (Debian, npm and Python packages), and an
/// absent component is a failure. Without it nothing outside the target folder is touched: a
/// missing component is named with the package that brings it, and its suite is skipped.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Run only the tests whose name contains this text, or the component suite of this name
    filter: Option<String>,
    /// Run only this package's tests; may be given more than once
    #[arg(short, long, value_name = "NAME")]
    package: Vec<String>,
    /// Install missing npm and Python packages into the target folder
    #[arg(long)]
    with_components: bool,
}

/// Why the tests could not be started.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum TestError {
    /// Cargo does not understand the workspace.
    #[error("read the workspace's manifests")]
    Metadata(#[from] cargo_metadata::Error),
    /// A package that does not exist was asked for.
    #[error("the workspace has no package {name}; it has {known}")]
    NoSuchPackage {
        /// The name that was given.
        name: String,
        /// The names there are.
        known: String,
    },
}

/// What a run is about.
#[derive(Debug)]
struct Session {
    root: PathBuf,
    metadata: Metadata,
    shared: Shared,
    selection: Selection,
    ci: bool,
}

/// Which tests were asked for.
#[derive(Debug, Clone, Default)]
struct Selection {
    filter: Option<String>,
    packages: Vec<String>,
}

impl Args {
    /// Runs every suite, prints the table, and ends with the line `N passed, N failed, N skipped`.
    pub(crate) fn run(self) -> Result<Verdict, TestError> {
        let root = workspace::root();
        let metadata = workspace::metadata(&root)?;
        let ci = environment::is_ci();
        let shared = Shared::find(&root, environment::shared());
        let selection = Selection { filter: self.filter, packages: self.package };
        selection.check(&metadata)?;
        let session = Session { root, metadata, shared, selection, ci };
        let policy = match (ci, self.with_components) {
            (true, _) => Policy::Everything,
            (false, true) => Policy::TargetFolder,
            (false, false) => Policy::Nothing,
        };
        Ok(conclude(&session.run(policy)))
    }
}

impl Session {
    fn run(&self, policy: Policy) -> Vec<Row> {
        let mut rows = Vec::new();
        // Where it can't be made, the first test says so.
        drop(fs::create_dir_all(self.temporary()));
        let runner = Runner::find(&self.root);
        rows.push(runner.workspace_tests(self));
        if self.packages().any(cargo_metadata::Package::has_library) {
            rows.push(runner::documentation_tests(self));
        }
        rows.extend(self.shared.row(self.ci));
        let target = self.metadata.target_directory.as_std_path();
        let mut installer = Installer::new(target.join("components"), policy);
        let selected = COMPONENTS.iter().filter(|component| self.selection.has(component));
        rows.extend(selected.map(|component| component.run(self, &mut installer)));
        rows
    }

    /// Tells a test process where the shared files are, and keeps its temporary files in the target
    /// folder.
    fn surround(&self, command: &mut Command) {
        self.shared.tell(command);
        command.env("TMPDIR", self.temporary());
    }

    fn temporary(&self) -> PathBuf {
        self.metadata.target_directory.as_std_path().join("tmp")
    }

    fn packages(&self) -> impl Iterator<Item = &cargo_metadata::Package> {
        let all = self.metadata.packages.iter();
        all.filter(|package| self.selection.has_package(&package.name))
    }
}

impl Selection {
    fn check(&self, metadata: &Metadata) -> Result<(), TestError> {
        let known = || metadata.packages.iter().map(|package| package.name.as_str());
        let unknown = self.packages.iter().find(|name| known().all(|known| known != *name));
        match unknown {
            None => Ok(()),
            Some(name) => Err(TestError::NoSuchPackage {
                name: name.clone(),
                known: known().collect::<Vec<_>>().join(", "),
            }),
        }
    }

    fn has_package(&self, name: &str) -> bool {
        self.packages.is_empty() || self.packages.iter().any(|package| package == name)
    }

    fn has(&self, component: &Component) -> bool {
        self.has_package(component.package)
            && self.filter.as_ref().is_none_or(|filter| filter == component.target)
    }

    /// The arguments that tell cargo which packages to take.
    fn package_arguments(&self) -> Vec<String> {
        if self.packages.is_empty() {
            return vec!["--workspace".to_owned()];
        }
        self.packages.iter().flat_map(|name| ["--package".to_owned(), name.clone()]).collect()
    }
}

/// What `cargo_metadata` knows about a package, asked our way.
trait HasLibrary {
    fn has_library(&self) -> bool;
}

impl HasLibrary for cargo_metadata::Package {
    fn has_library(&self) -> bool {
        self.targets.iter().any(cargo_metadata::Target::is_lib)
    }
}

/// Prints the table and the closing line.
fn conclude(rows: &[Row]) -> Verdict {
    report::table(rows);
    let mut total = Counts::default();
    for counts in rows.iter().filter_map(|row| row.counts) {
        total += counts;
    }
    let nothing_ran = total.passed == 0 && total.failed == 0;
    if nothing_ran {
        report::notice("no test ran: does the filter name one?");
    }
    report::notice(&total.to_string());
    let failed = rows.iter().any(|row| row.verdict == Verdict::Failed);
    if failed || total.failed > 0 || nothing_ran { Verdict::Failed } else { Verdict::Passed }
}

/// A suite that did not run.
fn skipped(name: &str, note: String) -> Row {
    Row {
        name: name.to_owned(),
        verdict: Verdict::Skipped,
        counts: Some(Counts::SKIPPED),
        took: Duration::ZERO,
        note,
    }
}

/// A suite that could not run although it had to, counted as one failure.
fn failed(name: &str, note: String, took: Duration) -> Row {
    Row {
        name: name.to_owned(),
        verdict: Verdict::Failed,
        counts: Some(Counts::FAILED),
        took,
        note,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(count: u64) -> Row {
        Row {
            name: "fixture".to_owned(),
            verdict: Verdict::Passed,
            counts: Some(Counts { passed: count, ..Counts::default() }),
            took: Duration::ZERO,
            note: String::new(),
        }
    }

    #[test]
    fn one_failed_suite_fails_the_run() {
        let rows = [passed(3), failed("broken", String::new(), Duration::ZERO)];
        assert_eq!(conclude(&rows), Verdict::Failed);
    }

    #[test]
    fn a_skipped_suite_does_not_fail_the_run() {
        assert_eq!(conclude(&[passed(3), skipped("absent", String::new())]), Verdict::Passed);
    }

    #[test]
    fn a_run_without_any_test_is_a_failure() {
        assert_eq!(conclude(&[passed(0)]), Verdict::Failed);
        assert_eq!(conclude(&[skipped("absent", String::new())]), Verdict::Failed);
    }

    #[test]
    fn an_unknown_package_is_refused_by_name() {
        let metadata = workspace::metadata(&workspace::root()).unwrap();
        let selection = Selection { packages: vec!["spotify-apy".to_owned()], filter: None };
        let error = selection.check(&metadata).unwrap_err().to_string();
        assert!(error.contains("spotify-apy") && error.contains("spotify-api"), "{error}");
    }
}
