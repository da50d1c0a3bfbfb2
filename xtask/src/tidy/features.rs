//! The features of a library stand in the table of its documentation, each once, and no others.

use std::collections::BTreeSet;

use cargo_metadata::Metadata;

use super::tracked::TrackedFile;
use super::{Finding, Severity};

/// The libraries that others may use.
const LIBRARIES: [&str; 4] = ["spotify-api", "spotify-audit", "spotify-auth", "spotify-vault"];

/// What stands before a table of features.
const HEAD: &str = "//! | feature |";

/// Compares manifests and documentation.
pub(super) fn check(metadata: &Metadata, files: &[TrackedFile]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for library in LIBRARIES {
        let package = metadata.packages.iter().find(|package| package.name == library);
        let path = format!("{library}/src/lib.rs");
        let text = files.iter().find(|file| file.path == path).and_then(TrackedFile::text);
        let (Some(package), Some(text)) = (package, text) else { continue };
        let features: BTreeSet<_> =
            package.features.keys().map(String::as_str).filter(|name| *name != "default").collect();
        findings.extend(compare(&path, &features, &String::from_utf8_lossy(text)));
    }
    findings
}

fn compare(path: &str, features: &BTreeSet<&str>, text: &str) -> Vec<Finding> {
    let listed: BTreeSet<_> = listed(text).collect();
    let missing = features.difference(&listed);
    let missing = missing.map(|name| format!("the table of features has no `{name}`; add it"));
    let gone = listed.difference(features);
    let gone = gone.map(|name| format!("there is no feature `{name}`; take it out of the table"));
    let finding =
        |what| Finding { path: path.to_owned(), line: None, what, severity: Severity::Error };
    missing.chain(gone).map(finding).collect()
}

/// Returns the names in the first column of the table.
fn listed(text: &str) -> impl Iterator<Item = &str> {
    let rows = text.lines().skip_while(|line| !line.starts_with(HEAD)).skip(2);
    let rows = rows.map_while(|line| line.strip_prefix("//! | `"));
    rows.filter_map(|row| row.split_once('`').map(|(name, _)| name))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_feature_that_is_not_listed_and_one_that_is_gone_are_named() {
        let text = "//! Words.\n//! | feature | adds |\n//! | --- | --- |\n//! | `old` | x |\n//! | `kept` | y |\n//!\n//! | `no` | row |\n";
        let found = compare("lib.rs", &BTreeSet::from(["kept", "new"]), text);
        let found: Vec<_> = found.iter().map(|finding| finding.what.as_str()).collect();
        assert_eq!(
            found,
            [
                "the table of features has no `new`; add it",
                "there is no feature `old`; take it out of the table",
            ]
        );
        assert!(compare("lib.rs", &BTreeSet::new(), "//! No features.\n").is_empty());
    }
}
