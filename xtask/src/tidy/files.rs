//! Rules about whole files: their modes and their length.

use std::path::Path;

use super::tracked::TrackedFile;
use super::{Finding, Severity};

/// A file with more lines usually holds two ideas.
const LONG: usize = 900;

/// Checks one file's modes and length.
pub(super) fn check(file: &TrackedFile) -> Vec<Finding> {
    let text = file.text().unwrap_or_default();
    let lines = text.split(|byte| *byte == b'\n').count().saturating_sub(1);
    let long = format!("{lines} lines; split it by ideas");
    let rules = [
        (file.world_writable, Severity::Error, "everybody may write it; `chmod o-w` it"),
        (
            file.executable && !text.starts_with(b"#!"),
            Severity::Error,
            "executable without being a script; `git update-index --chmod=-x` it",
        ),
        (is_source(&file.path) && lines > LONG, Severity::Warning, &long),
    ];
    let broken = rules.into_iter().filter(|(is_broken, ..)| *is_broken);
    broken
        .map(|(_, severity, what)| Finding {
            path: file.path.clone(),
            line: None,
            what: what.to_owned(),
            severity,
        })
        .collect()
}

fn is_source(path: &str) -> bool {
    Path::new(path).extension().is_some_and(|extension| extension == "rs")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_scripts_are_executable() {
        let script = TrackedFile { executable: true, ..TrackedFile::with("run", "#!/bin/sh\n") };
        assert_eq!(check(&script), []);
        let text = TrackedFile { executable: true, ..TrackedFile::with("a.md", "words\n") };
        assert_eq!(check(&text).len(), 1);
    }

    #[test]
    fn a_file_that_everybody_may_write_is_named() {
        let file = TrackedFile { world_writable: true, ..TrackedFile::with("a.md", "words\n") };
        assert_eq!(check(&file).len(), 1);
    }

    #[test]
    fn a_long_source_file_is_a_warning_and_a_long_table_is_not() {
        let findings = check(&TrackedFile::with("a.rs", &"x\n".repeat(LONG + 1)));
        assert_eq!(findings.first().map(|finding| finding.severity), Some(Severity::Warning));
        assert_eq!(check(&TrackedFile::with("a.rs", &"x\n".repeat(LONG))), []);
        assert_eq!(check(&TrackedFile::with("a.json", &"x\n".repeat(LONG + 1))), []);
    }
}
