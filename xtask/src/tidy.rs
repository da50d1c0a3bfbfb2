//! `cargo xtask tidy`: rules about the repository that no compiler checks.

mod credentials;
mod edges;
mod features;
mod files;
mod lines;
mod tracked;

use std::fmt;
use std::path::Path;

use self::tracked::TrackedFile;
use crate::report::{self, Verdict};
use crate::run::RunError;
use crate::workspace;

/// Check crate edges and the tracked files
///
/// Looks for dependencies between our crates that the architecture does not have, features that a
/// library's documentation does not list, anything shaped like a credential, paths of one machine, settings of a private registry, unfinished code, and
/// wrong file modes.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// Why the rules could not be checked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum TidyError {
    /// Cargo does not understand the workspace.
    #[error("read the workspace's manifests")]
    Metadata(#[from] cargo_metadata::Error),
    /// Git does not list the tracked files.
    #[error("list the tracked files")]
    List(#[from] RunError),
    /// A rule's pattern is wrong.
    #[error("compile the pattern of a rule")]
    Pattern(#[from] regex::Error),
}

/// One thing that is not as it must be.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Finding {
    /// The file, from the root of the repository.
    path: String,
    /// The line, from 1, where there is one.
    line: Option<usize>,
    /// What is wrong, and after a semicolon what to do. Never holds what looks like a credential.
    what: String,
    severity: Severity,
}

/// Whether a finding fails the check.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Severity {
    Error,
    Warning,
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.severity == Severity::Warning {
            write!(f, "warning: ")?;
        }
        write!(f, "{}", self.path)?;
        if let Some(line) = self.line {
            write!(f, ":{line}")?;
        }
        write!(f, ": {}", self.what)
    }
}

impl Args {
    /// Prints each finding on a line.
    #[expect(clippy::unused_self, reason = "each command has the same form")]
    pub(crate) fn run(self) -> Result<Verdict, TidyError> {
        check(&workspace::root())
    }
}

/// Checks the repository at `root`; warnings do not fail it.
pub(crate) fn check(root: &Path) -> Result<Verdict, TidyError> {
    let files = tracked::list(root)?;
    let metadata = workspace::metadata(root)?;
    let mut findings = edges::check(&metadata);
    findings.extend(features::check(&metadata, &files));
    findings.extend(of_files(&files)?);
    for finding in &findings {
        report::notice(&finding.to_string());
    }
    let errors = findings.iter().filter(|finding| finding.severity == Severity::Error).count();
    report::notice(&format!("{} tracked files, {errors} findings", files.len()));
    Ok(if errors == 0 { Verdict::Passed } else { Verdict::Failed })
}

fn of_files(files: &[TrackedFile]) -> Result<Vec<Finding>, TidyError> {
    let credentials = credentials::Rules::new()?;
    let lines = lines::Rules::new()?;
    let mut findings = Vec::new();
    for file in files {
        findings.extend(files::check(file));
        if let Some(text) = file.text() {
            findings.extend(credentials.check(&file.path, text));
            findings.extend(lines.check(&file.path, text));
        }
    }
    Ok(findings)
}
