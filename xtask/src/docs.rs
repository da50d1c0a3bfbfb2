//! Writes the generated tables of README and of guides, or checks that they are what they must be.

use std::fs;
use std::path::{Path, PathBuf};

use crate::report::Verdict;
use crate::workspace;

mod events;
mod promises;
mod tables;

pub(crate) use self::tables::first_sentence;

/// Write the generated tables of README and of guides
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Only tell whether the tables are what they must be
    #[arg(long)]
    check: bool,
}

/// The tables can't be made, or are stale.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum DocsError {
    /// A table is not what the code says.
    #[error("the table `{0}` is stale; run `cargo xtask docs` and commit the change")]
    Stale(&'static str),
    /// A table's place is missing.
    #[error(
        "there is no place for the table `{0}`: a line `<!-- generated: {0} -->` and, after it, a line `<!-- end -->`"
    )]
    NoPlace(&'static str),
    /// A promise names a test that does not exist.
    #[error("README promises `{promise}`, but there is no test `{test}`")]
    NoTest {
        /// What is promised.
        promise: &'static str,
        /// What should show it.
        test: &'static str,
    },
    /// A file can't be read or written.
    #[error("{doing} {}", path.display())]
    File {
        /// What was being done.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// Why it failed.
        source: std::io::Error,
    },
}

/// A page with generated tables.
struct Page {
    path: &'static str,
    tables: &'static [Table],
}

/// A generated table: its name in the page, and what makes its text.
type Table = (&'static str, fn() -> String);

const PAGES: [Page; 3] = [
    Page {
        path: "README.md",
        tables: &[
            ("tools", tables::tools),
            ("commands", tables::commands),
            ("exit-codes", tables::exit_codes),
            ("settings", tables::settings),
            ("promises", promises::table),
        ],
    },
    Page { path: "spotify-auth/docs/audit-events.md", tables: events::TABLES },
    Page { path: "spotify-auth/docs/findings.md", tables: &[("findings", tables::findings)] },
];

/// A file that is made as a whole.
const SCHEMA: &str = "spotify-auth/docs/audit-events.schema.json";

impl Args {
    pub(crate) fn run(self) -> Result<Verdict, DocsError> {
        let root = workspace::root();
        if self.check { check(&root) } else { write(&root) }
    }
}

/// Tells whether the tables are what they must be.
pub(crate) fn check(root: &Path) -> Result<Verdict, DocsError> {
    promises::check(root)?;
    for page in PAGES {
        let text = page.read(root)?;
        for (name, make) in page.tables {
            if replaced(&text, name, &make()).ok_or(DocsError::NoPlace(name))? != text {
                return Err(DocsError::Stale(name));
            }
        }
    }
    if read(&root.join(SCHEMA))? != events::schema() {
        return Err(DocsError::Stale(SCHEMA));
    }
    Ok(Verdict::Passed)
}

fn write(root: &Path) -> Result<Verdict, DocsError> {
    promises::check(root)?;
    PAGES.iter().try_for_each(|page| page.write(root))?;
    replace(&root.join(SCHEMA), &events::schema())?;
    Ok(Verdict::Passed)
}

impl Page {
    fn read(&self, root: &Path) -> Result<String, DocsError> {
        read(&root.join(self.path))
    }

    fn write(&self, root: &Path) -> Result<(), DocsError> {
        let mut text = self.read(root)?;
        for (name, make) in self.tables {
            text = replaced(&text, name, &make()).ok_or(DocsError::NoPlace(name))?;
        }
        replace(&root.join(self.path), &text)
    }
}

fn read(path: &Path) -> Result<String, DocsError> {
    fs::read_to_string(path).map_err(file("reading", path))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the pages are under version control; nothing can be lost"
)]
fn replace(path: &Path, text: &str) -> Result<(), DocsError> {
    fs::write(path, text).map_err(file("writing", path))
}

/// Returns `text` with the table `name` replaced; `None` when it has no place.
fn replaced(text: &str, name: &str, table: &str) -> Option<String> {
    let (before, rest) = text.split_once(&format!("<!-- generated: {name} -->\n"))?;
    let (_, after) = rest.split_once("<!-- end -->")?;
    Some(format!("{before}<!-- generated: {name} -->\n{table}<!-- end -->{after}"))
}

fn file(doing: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> DocsError {
    let path = path.to_owned();
    move |source| DocsError::File { doing, path, source }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_table_is_replaced_between_its_marks() {
        let text = "a\n<!-- generated: x -->\nold\n<!-- end -->\nb <!-- end -->";
        let new = replaced(text, "x", "new\n").unwrap();
        assert_eq!(new, "a\n<!-- generated: x -->\nnew\n<!-- end -->\nb <!-- end -->");
        assert_eq!(replaced(&new, "x", "new\n").unwrap(), new);
        assert!(replaced(text, "y", "").is_none());
    }
}
