//! `cargo xtask deny`: what the workspace may depend on, checked by cargo-deny.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::report::{self, Verdict};
use crate::run::{self, RunError};
use crate::tool::Tool;
use crate::{environment, workspace};

/// Older versions do not read our settings.
const CARGO_DENY: Tool = Tool { name: "cargo-deny", version: "0.20.2", at_least: (0, 20) };
const SETTINGS: &str = ".deny.toml";

/// The folder that cargo-deny expects `RustSec`'s database in: its name and a hash of its URL.
const DATABASE: &str = "advisory-db-3157b0e258782691";

/// Check licences, bans and sources of all dependencies
///
/// Needs cargo-deny: `cargo install cargo-deny --locked`. With `CI=true` it is installed into the
/// target folder when it is missing. Advisories are checked when a database is given.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Check advisories too, with this clone of `RustSec`'s advisory-db (or `XTASK_ADVISORY_DB`)
    #[arg(long, value_name = "FOLDER")]
    advisory_db: Option<PathBuf>,
}

/// Why the dependencies could not be checked.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum DenyError {
    /// Cargo does not understand the workspace.
    #[error("read the workspace's manifests")]
    Metadata(#[from] cargo_metadata::Error),
    /// The program could not be installed.
    #[error("install cargo-deny")]
    Install(#[source] RunError),
    /// The folder is not a clone of the advisory database.
    #[error("use {} as advisory database: it has no folder `crates`", .0.display())]
    NoDatabase(PathBuf),
    /// The settings for the advisory check could not be made.
    #[error("prepare the advisory check in {}", folder.display())]
    Prepare {
        /// Where.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Args {
    /// Runs the checks and says what was not checked.
    pub(crate) fn run(self) -> Result<Verdict, DenyError> {
        let database = self.advisory_db.or_else(environment::advisory_db);
        check(&workspace::root(), database.as_deref(), environment::is_ci())
    }
}

/// Checks the dependencies of the workspace at `root`.
pub(crate) fn check(root: &Path, database: Option<&Path>, ci: bool) -> Result<Verdict, DenyError> {
    let target = workspace::metadata(root)?.target_directory.into_std_path_buf();
    let Some(program) = find_or_install(&target.join("tools"), ci)? else {
        report::notice(&format!(
            "dependencies: NOT CHECKED: cargo-deny {}.{} or newer is missing; \
             install it with `cargo install cargo-deny --locked`",
            CARGO_DENY.at_least.0, CARGO_DENY.at_least.1,
        ));
        return Ok(Verdict::Skipped);
    };
    let basics = ["licenses", "bans", "sources"];
    let mut passed = succeeds(&mut deny(&program, root, Path::new(SETTINGS), &basics));
    match database {
        None => report::notice("advisories: not checked (no database given)"),
        Some(database) => {
            let settings = settings_for(root, database, &target.join("advisories"))?;
            let mut command = deny(&program, root, &settings, &["advisories"]);
            passed &= succeeds(&mut command);
        }
    }
    Ok(if passed { Verdict::Passed } else { Verdict::Failed })
}

fn succeeds(command: &mut Command) -> bool {
    let outcome = run::stream(command);
    outcome.map_err(|error| report::error(&report::chain(error))).is_ok()
}

fn deny(program: &Path, root: &Path, settings: &Path, checks: &[&str]) -> Command {
    let mut command = Command::new(program);
    command.current_dir(root).arg("--locked");
    if checks.contains(&"advisories") {
        // Otherwise it would fetch the database instead of using the one that was given.
        command.arg("--offline");
    }
    command.arg("--config").arg(settings).args(["check", "--hide-inclusion-graph"]).args(checks);
    command
}

fn find_or_install(tools: &Path, ci: bool) -> Result<Option<PathBuf>, DenyError> {
    match CARGO_DENY.find(tools) {
        None if ci => CARGO_DENY.install(tools).map(Some).map_err(DenyError::Install),
        found => Ok(found),
    }
}

/// Writes our settings with `database` as the place of the advisories into `folder`.
fn settings_for(root: &Path, database: &Path, folder: &Path) -> Result<PathBuf, DenyError> {
    let database = database.canonicalize().unwrap_or_else(|_| database.to_owned());
    if !database.join("crates").is_dir() {
        return Err(DenyError::NoDatabase(database));
    }
    let prepare = || -> io::Result<PathBuf> {
        fs::create_dir_all(folder)?;
        let link = folder.join(DATABASE);
        if link.symlink_metadata().is_ok() {
            fs::remove_file(&link)?;
        }
        link_folder(&database, &link)?;
        let settings = folder.join("deny.toml");
        let text = fs::read_to_string(root.join(SETTINGS))?;
        let text = with_database(&text, &folder.display().to_string())
            .ok_or_else(|| io::Error::other(format!("{SETTINGS} has no line `db-path = …`")))?;
        fs::File::create(&settings)?.write_all(text.as_bytes())?;
        Ok(settings)
    };
    prepare().map_err(|source| DenyError::Prepare { folder: folder.to_owned(), source })
}

#[cfg(unix)]
fn link_folder(original: &Path, link: &Path) -> io::Result<()> {
    std::os::unix::fs::symlink(original, link)
}

#[cfg(windows)]
fn link_folder(original: &Path, link: &Path) -> io::Result<()> {
    std::os::windows::fs::symlink_dir(original, link)
}

fn with_database(settings: &str, folder: &str) -> Option<String> {
    let (before, rest) = settings.split_once("\ndb-path = ")?;
    let (_, after) = rest.split_once('\n')?;
    Some(format!("{before}\ndb-path = {folder:?}\n{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_settings_take_another_database() {
        let text = fs::read_to_string(workspace::root().join(SETTINGS)).unwrap();
        let changed = with_database(&text, "elsewhere").unwrap();
        assert!(changed.contains("\ndb-path = \"elsewhere\"\n"));
        assert_eq!(changed.lines().count(), text.lines().count());
    }

    #[test]
    fn a_folder_that_is_no_advisory_database_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let error = settings_for(&workspace::root(), folder.path(), folder.path()).unwrap_err();
        assert!(matches!(error, DenyError::NoDatabase(_)), "{error}");
    }

    #[cfg(unix)]
    #[test]
    fn the_database_is_linked_where_cargo_deny_looks_for_it() {
        let folder = tempfile::tempdir().unwrap();
        let database = folder.path().join("clone");
        fs::create_dir_all(database.join("crates")).unwrap();
        let place = folder.path().join("place");
        for _ in 0..2 {
            let settings = settings_for(&workspace::root(), &database, &place).unwrap();
            assert!(fs::read_to_string(settings).unwrap().contains("place"));
            assert!(place.join(DATABASE).join("crates").is_dir());
        }
    }
}
