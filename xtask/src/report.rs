//! What the commands print.

#![expect(clippy::print_stdout, clippy::print_stderr, reason = "a command's report is its product")]

use std::error::Error;
use std::iter;
use std::time::Duration;

use crate::summary::Counts;

/// One line of a closing table.
#[derive(Debug)]
pub(crate) struct Row {
    /// What ran.
    pub(crate) name: String,
    /// How it ended.
    pub(crate) verdict: Verdict,
    /// The tests it ran, for a test suite.
    pub(crate) counts: Option<Counts>,
    /// How long it took.
    pub(crate) took: Duration,
    /// Why it was skipped, or what failed.
    pub(crate) note: String,
}

/// How a step ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verdict {
    /// It did what it should.
    Passed,
    /// It did not.
    Failed,
    /// It could not run, and nobody required it.
    Skipped,
}

/// Says what starts now.
pub(crate) fn heading(text: &str) {
    println!("\n==> {text}");
}

/// Says something the reader must not miss.
pub(crate) fn notice(text: &str) {
    println!("{text}");
}

/// Says why the command failed.
pub(crate) fn error(message: &str) {
    eprintln!("error: {message}");
}

/// Prints the closing table.
pub(crate) fn table(rows: &[Row]) {
    println!("\n{}", render(rows));
}

/// An error and its causes on one line.
pub(crate) fn chain(error: impl Error + 'static) -> String {
    let first: &(dyn Error + 'static) = &error;
    let causes = iter::successors(Some(first), |error| (*error).source());
    causes.map(ToString::to_string).collect::<Vec<_>>().join(": ")
}

fn render(rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0);
    rows.iter().map(|row| row.render(width) + "\n").collect()
}

impl Row {
    fn render(&self, width: usize) -> String {
        let verdict = match self.verdict {
            Verdict::Passed => "ok",
            Verdict::Failed => "FAILED",
            Verdict::Skipped => "SKIPPED",
        };
        let seconds = self.took.as_secs_f64();
        let mut cells = vec![format!("{:width$}  {verdict:7}  {seconds:6.1} s", self.name)];
        cells.extend(self.counts.map(|counts| counts.to_string()));
        cells.extend(Some(self.note.clone()).filter(|note| !note.is_empty()));
        cells.join("  ")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_aligns_names_and_carries_notes() {
        let rows = [
            Row {
                name: "workspace".to_owned(),
                verdict: Verdict::Failed,
                counts: Some(Counts { passed: 3, failed: 1, skipped: 0 }),
                took: Duration::from_millis(1250),
                note: String::new(),
            },
            Row {
                name: "keychain".to_owned(),
                verdict: Verdict::Skipped,
                counts: None,
                took: Duration::ZERO,
                note: "gnome-keyring-daemon is missing".to_owned(),
            },
        ];
        assert_eq!(
            render(&rows),
            "workspace  FAILED      1.2 s  3 passed, 1 failed, 0 skipped\n\
             keychain   SKIPPED     0.0 s  gnome-keyring-daemon is missing\n",
        );
    }
}
