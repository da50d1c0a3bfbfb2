//! The reference files that some tests compare against, which a clone need not have.

use std::path::{Path, PathBuf};
use std::process::Command;

use super::{Row, failed, skipped};

/// The variable that tells tests where the reference files are.
const VARIABLE: &str = "XTASK_SHARED";

/// Names of tests that need the reference files contain this.
pub(super) const TEST_NAME: &str = "shared_facts";

/// A file that shows that a folder is the right one, and not just one of the same name.
const MARKER: &str = "spotify/operations.json";

const SUITE: &str = "checks against ../shared";

/// Where the reference files are.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Shared {
    /// In this folder, by its absolute path.
    At(PathBuf),
    /// Nowhere.
    Absent,
    /// Not where the user said.
    Wrong(PathBuf),
}

impl Shared {
    /// Takes the folder that the user named, else `../shared` beside the checkout at `root`.
    pub(super) fn find(root: &Path, named: Option<PathBuf>) -> Self {
        let candidate = named.clone().unwrap_or_else(|| root.join("../shared"));
        match (candidate.join(MARKER).is_file(), named) {
            (true, _) => Self::At(candidate.canonicalize().unwrap_or(candidate)),
            (false, None) => Self::Absent,
            (false, Some(named)) => Self::Wrong(named),
        }
    }

    /// Hands the folder's path to tests.
    pub(super) fn tell(&self, command: &mut Command) {
        match self {
            Self::At(folder) => command.env(VARIABLE, folder),
            Self::Absent | Self::Wrong(_) => command.env_remove(VARIABLE),
        };
    }

    /// Whether tests that need the files are left out of a run.
    pub(super) fn is_left_out(&self, ci: bool) -> bool {
        *self == Self::Absent && !ci
    }

    /// What the closing table says when the files are not there.
    pub(super) fn row(&self, ci: bool) -> Option<Row> {
        let place = format!("put them there or set {VARIABLE} to their folder");
        match self {
            Self::At(_) => None,
            Self::Absent if ci => {
                let note = format!("required with CI=true; {place}");
                Some(failed(SUITE, note, std::time::Duration::ZERO))
            }
            Self::Absent => Some(skipped(SUITE, format!("no reference files; {place}"))),
            Self::Wrong(folder) => {
                let note = format!("{VARIABLE}={} has no {MARKER}", folder.display());
                Some(failed(SUITE, note, std::time::Duration::ZERO))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;
    use crate::report::Verdict;

    fn folder_with_marker(folder: &Path) {
        let marker = folder.join(MARKER);
        fs::create_dir_all(marker.parent().unwrap()).unwrap();
        fs::File::create(marker).unwrap();
    }

    #[test]
    fn the_folder_beside_the_checkout_is_found() {
        let parent = tempfile::tempdir().unwrap();
        let root = parent.path().join("checkout");
        fs::create_dir(&root).unwrap();
        assert_eq!(Shared::find(&root, None), Shared::Absent);
        folder_with_marker(&parent.path().join("shared"));
        let expected = parent.path().join("shared").canonicalize().unwrap();
        assert_eq!(Shared::find(&root, None), Shared::At(expected));
    }

    #[test]
    fn a_folder_that_the_user_names_wins_and_must_be_right() {
        let parent = tempfile::tempdir().unwrap();
        let root = parent.path().join("checkout");
        fs::create_dir(&root).unwrap();
        folder_with_marker(&parent.path().join("shared"));
        let named = parent.path().join("elsewhere");
        assert_eq!(Shared::find(&root, Some(named.clone())), Shared::Wrong(named.clone()));
        folder_with_marker(&named);
        let expected = named.canonicalize().unwrap();
        assert_eq!(Shared::find(&root, Some(named)), Shared::At(expected));
    }

    #[test]
    fn absent_files_are_a_failure_in_ci_and_one_skip_elsewhere() {
        let row = Shared::Absent.row(true).unwrap();
        assert_eq!((row.verdict, row.counts.unwrap().failed), (Verdict::Failed, 1));
        let row = Shared::Absent.row(false).unwrap();
        assert_eq!((row.verdict, row.counts.unwrap().skipped), (Verdict::Skipped, 1));
        assert!(Shared::At(PathBuf::new()).row(true).is_none());
    }

    #[test]
    fn a_wrong_folder_is_a_failure_everywhere() {
        for ci in [true, false] {
            let row = Shared::Wrong(PathBuf::from("nowhere")).row(ci).unwrap();
            assert_eq!(row.verdict, Verdict::Failed);
            assert!(row.note.contains("nowhere"), "{}", row.note);
        }
    }
}
