//! `cargo xtask ci`: what must pass before a change lands.

use std::io;
use std::path::Path;
use std::process::Command;

use crate::report::{self, Verdict};
use crate::run::{self, RunError};
use crate::{environment, workspace};

/// What continuous integration runs, from the root of a checkout.
const SCRIPT: &str = ".ci/run";

/// Run what must pass before a change lands (`.ci/run`), with `CI=true`
///
/// It installs what the tests need.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Run in a fresh clone of HEAD with no target folder, in the folder for temporary files
    #[arg(long)]
    clean: bool,
}

/// Why it could not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum CiError {
    /// There is no place for the clone.
    #[error("make a folder for the clone")]
    Folder(#[from] io::Error),
    /// Git failed.
    #[error("clone the checkout")]
    Clone(#[from] RunError),
}

impl Args {
    /// Runs the script with its output shown.
    pub(crate) fn run(self) -> Result<Verdict, CiError> {
        let root = workspace::root();
        if self.clean { in_clone(&root) } else { Ok(script(&root, &root)) }
    }
}

/// Runs the script in a clone that is gone afterwards.
fn in_clone(root: &Path) -> Result<Verdict, CiError> {
    let mut status = Command::new("git");
    let changes = run::capture(status.current_dir(root).args(["status", "--porcelain"]))?;
    let count = changes.split(|byte| *byte == b'\n').filter(|line| !line.is_empty()).count();
    if count > 0 {
        report::notice(&format!("{count} changes are not committed and not part of the clone"));
    }
    let folder = tempfile::Builder::new().prefix("ci-").tempdir()?;
    let clone = folder.path().join("clone");
    let mut git = Command::new("git");
    run::stream(git.args(["clone", "--quiet", "--no-hardlinks"]).arg(root).arg(&clone))?;
    report::notice(&format!("running in {}", clone.display()));
    let verdict = script(&clone, root);
    folder.close()?;
    Ok(verdict)
}

/// Runs the script of `checkout`; reference files are looked for beside `origin`.
fn script(checkout: &Path, origin: &Path) -> Verdict {
    let mut command = Command::new(checkout.join(SCRIPT));
    command.current_dir(checkout).env("CI", "true");
    for variable in environment::of_this_package() {
        command.env_remove(variable);
    }
    if checkout != origin {
        command.env("CARGO_TARGET_DIR", checkout.join("target"));
    }
    let shared = environment::shared().unwrap_or_else(|| origin.join("../shared"));
    if let Ok(shared) = shared.canonicalize() {
        command.env("XTASK_SHARED", shared);
    }
    match run::stream(&mut command) {
        Ok(()) => Verdict::Passed,
        Err(error) => {
            report::error(&report::chain(error));
            Verdict::Failed
        }
    }
}
