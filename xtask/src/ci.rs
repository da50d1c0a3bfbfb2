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

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;
    use std::os::unix::fs::PermissionsExt as _;

    use super::*;

    /// A repository whose script passes only in a clone, told what a clone must be told.
    fn repository(script: &str) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let put = |name: &str, text: &str| {
            let path = folder.path().join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let mut file = fs::File::create(path).unwrap();
            file.write_all(text.as_bytes()).unwrap();
            file.set_permissions(fs::Permissions::from_mode(0o755)).unwrap();
        };
        let git = |arguments: &[&str]| {
            let identity = ["-c", "user.name=Test", "-c", "user.email=test@example.com"];
            let mut command = Command::new("git");
            run::capture(command.current_dir(folder.path()).args(identity).args(arguments)).unwrap()
        };
        git(&["init", "--quiet"]);
        put(SCRIPT, script);
        git(&["add", "."]);
        git(&["commit", "--quiet", "--message", "first"]);
        put("not-committed", "");
        folder
    }

    #[test]
    fn a_clean_run_has_a_clone_with_a_target_folder_of_its_own() {
        let repository = repository(
            "#!/bin/sh\n\
             test \"$CI\" = true && test \"$CARGO_TARGET_DIR\" = \"$PWD/target\" &&\n\
             test ! -e not-committed && test -z \"$CARGO_PKG_NAME\"\n",
        );
        assert_eq!(in_clone(repository.path()).unwrap(), Verdict::Passed);
        assert_eq!(script(repository.path(), repository.path()), Verdict::Failed);
    }

    #[test]
    fn a_script_that_fails_fails_the_run() {
        let repository = repository("#!/bin/sh\nexit 3\n");
        assert_eq!(in_clone(repository.path()).unwrap(), Verdict::Failed);
    }
}
