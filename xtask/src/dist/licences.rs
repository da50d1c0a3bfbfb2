//! The licences of everything that is linked into the programs.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

use super::crates::{self, Name};
use super::source::Source;
use super::{DistError, file};

/// How the names of files with a licence or a notice begin.
const BEGINNINGS: &[&str] = &["license", "licence", "copying", "copyright", "notice", "unlicense"];

/// How deep below a crate's folder C code brings licences of its own.
const DEPTH: usize = 3;

/// Writes which crate has which licence, and each text once.
pub(super) fn notices(source: &Source) -> Result<String, DistError> {
    let crates = crates::linked(source)?;
    let foreign = || crates.iter().filter(|(_, krate)| krate.is_foreign);
    let mut texts = BTreeMap::<String, Vec<&Name>>::new();
    for (name, krate) in foreign() {
        let mut found = Vec::new();
        collect(&krate.folder, DEPTH, &mut found)?;
        found.sort();
        found.dedup();
        for text in found {
            texts.entry(text).or_default().push(name);
        }
    }
    let mut page = "The programs contain these crates. Their licences follow below; of a crate \
        without a text of its own, the licence named here counts.\n\n"
        .to_owned();
    page.extend(
        foreign().map(|((name, version), krate)| format!("{name} {version}: {}\n", krate.licence)),
    );
    for (text, names) in texts {
        let names = names.iter().map(|(name, version)| format!("{name} {version}"));
        let names = names.collect::<Vec<_>>().join(", ");
        page.extend(["\n", &"=".repeat(80), "\n", &names, "\n\n", &text, "\n"]);
    }
    Ok(page)
}

/// Collects the texts below a folder, without the differences of white space at the ends of lines.
fn collect(folder: &Path, depth: usize, found: &mut Vec<String>) -> Result<(), DistError> {
    for entry in fs::read_dir(folder).map_err(file("list", folder))? {
        let entry = entry.map_err(file("list", folder))?;
        let kind = entry.file_type().map_err(file("look at", folder))?;
        let path = entry.path();
        if kind.is_dir() && depth > 0 {
            collect(&path, depth - 1, found)?;
        } else if kind.is_file() && is_licence(&entry.file_name().to_string_lossy()) {
            let text = fs::read(&path).map_err(file("read", &path))?;
            let text = String::from_utf8_lossy(&text);
            found.push(text.lines().map(str::trim_end).collect::<Vec<_>>().join("\n"));
        }
    }
    Ok(())
}

fn is_licence(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let code = [".rs", ".c", ".h", ".py", ".go", ".json"].iter().any(|end| name.ends_with(end));
    !code && BEGINNINGS.iter().any(|beginning| name.starts_with(beginning))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn licences_are_found_by_their_names() {
        for name in ["LICENSE", "LICENSE-MIT", "license.txt", "COPYING", "NOTICE.md", "UNLICENSE"] {
            assert!(is_licence(name), "{name}");
        }
        for name in ["lib.rs", "licenses.json", "notice.rs", "README.md"] {
            assert!(!is_licence(name), "{name}");
        }
    }
}
