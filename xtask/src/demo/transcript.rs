//! What the demo prints.

use std::io::Write;

use spotify_audit::Entry;

/// Prints steps, in the order in which they happen.
pub struct Transcript {
    out: Box<dyn Write + Send>,
    step: usize,
}

impl std::fmt::Debug for Transcript {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Transcript").field("step", &self.step).finish_non_exhaustive()
    }
}

impl Transcript {
    /// Prints to standard output.
    pub fn to_stdout() -> Self {
        Self::to(std::io::stdout())
    }

    /// Prints to `out`.
    pub fn to(out: impl Write + Send + 'static) -> Self {
        Self { out: Box::new(out), step: 0 }
    }

    /// Prints the heading.
    pub fn heading(&mut self, text: &str) {
        self.line(text);
        self.line(&"─".repeat(text.chars().count()));
    }

    /// Begins a step: what a person wants.
    pub fn step(&mut self, want: &str) {
        self.step += 1;
        self.line("");
        let number = self.step;
        self.line(&format!("{number:>2}  {want}"));
    }

    /// Prints what was asked of a program or a tool.
    pub fn asked(&mut self, text: &str) {
        self.line(&format!("    ▸ {text}"));
    }

    /// Prints one line of what came back.
    pub fn came_back(&mut self, text: &str) {
        self.line(&format!("      {text}"));
    }

    /// Prints what the audit log says of the step.
    pub fn audit(&mut self, entries: &[Entry]) {
        for entry in entries {
            let stage =
                entry.stage().map(|stage| format!(" {}", stage.as_str())).unwrap_or_default();
            let outcome =
                entry.outcome().map(|outcome| format!(" {}", outcome.as_str())).unwrap_or_default();
            let what = entry.tool().map(|tool| format!(" {tool}")).unwrap_or_default();
            let reason = entry.reason().map(|reason| format!(" ({reason})")).unwrap_or_default();
            self.line(&format!(
                "      log {:>3} {} {}{what}{stage}{outcome}{reason}",
                entry.seq(),
                entry.code(),
                entry.kind()
            ));
        }
    }

    /// Prints the last lines.
    pub fn end(&mut self, text: &str) {
        self.line("");
        self.line(text);
    }

    fn line(&mut self, text: &str) {
        // A closed pipe must not end the demo: its exit code still counts.
        drop(writeln!(self.out, "{text}"));
    }
}
