//! What a command gives back, and how it reaches the person or the program that asked.

use std::io::{self, Write as _};

use clap::builder::styling::{AnsiColor, Style};
use jiff::Timestamp;
use serde::Serialize;

use crate::config::Terminal;
use crate::error::CommandError;
use crate::exit::Exit;

pub(crate) mod printable;
pub(crate) mod recovery;
pub(crate) mod table;
pub(crate) mod when;

/// What a command gives back: the same facts for people and for programs.
#[derive(Debug)]
pub(crate) struct Answer {
    /// How the command ends.
    pub(crate) exit: Exit,
    human: String,
    json: String,
}

impl Answer {
    /// Takes `facts` for programs and `human` for people.
    pub(crate) fn new(exit: Exit, facts: &impl Serialize, human: impl Into<String>) -> Self {
        // It can only fail for maps whose keys are no text.
        let json = serde_json::to_string_pretty(facts).unwrap_or_default();
        Self { exit, human: human.into(), json }
    }

    /// Takes lines that are JSON already.
    pub(crate) fn of_lines(
        exit: Exit,
        lines: &[impl AsRef<str>],
        human: impl Into<String>,
    ) -> Self {
        let json = lines.iter().map(AsRef::as_ref).collect::<Vec<_>>().join("\n");
        Self { exit, human: human.into(), json }
    }
}

/// For whom the answer is made.
#[derive(Clone, Copy, Debug)]
pub(crate) struct View {
    /// The present, for "in 3 days".
    pub(crate) now: Timestamp,
    /// How many columns a table may have; `None` for as many as it needs.
    pub(crate) width: Option<u16>,
    colours: bool,
}

/// How a word is meant, where colours can show it.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Tone {
    /// As it should be.
    Good,
    /// Look at it.
    Attention,
    /// Something is wrong.
    Bad,
    /// Said in passing.
    Quiet,
}

impl View {
    pub(crate) fn new(now: Timestamp, terminal: Terminal) -> Self {
        Self { now, width: terminal.width, colours: terminal.colours }
    }

    /// Returns `text` in the colour of `tone`, where colours are wanted.
    pub(crate) fn paint(self, tone: Tone, text: &str) -> String {
        paint(self.colours, tone, text)
    }
}

/// The two ends: data to standard output, talk to standard error.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Output {
    json: bool,
    colours: bool,
}

impl Output {
    pub(crate) fn new(json: bool, terminal: Terminal) -> Self {
        Self { json, colours: terminal.colours_of_error }
    }

    /// Whether a program reads the answer.
    pub(crate) fn is_json(self) -> bool {
        self.json
    }

    /// Says something to the person.
    #[expect(clippy::unused_self, reason = "it is one of the two ends")]
    pub(crate) fn say(self, text: &str) {
        drop(writeln!(io::stderr(), "{text}"));
    }

    /// Says something that the person should look at.
    pub(crate) fn warn(self, text: &str) {
        let label = paint(self.colours, Tone::Attention, "warning:");
        self.say(&format!("{label} {text}"));
    }

    /// Prints what came of a command, and returns how the program ends.
    pub(crate) fn outcome(self, outcome: &Result<Answer, CommandError>) -> Exit {
        match outcome {
            Ok(answer) => {
                self.answer(answer);
                answer.exit
            }
            Err(error) => {
                self.error(error);
                error.kind()
            }
        }
    }

    /// Prints the answer. A reader that went away is not an error.
    pub(crate) fn answer(self, answer: &Answer) {
        print(if self.json { &answer.json } else { &answer.human });
    }

    /// Prints why a command failed: for programs on standard output, for people on standard error.
    pub(crate) fn error(self, error: &CommandError) {
        if self.json {
            let json = serde_json::to_string_pretty(&error.report());
            return print(&json.unwrap_or_default());
        }
        let label = paint(self.colours, Tone::Bad, "error:");
        self.say(&format!("{label} {}", error.message()));
        for hint in error.hints() {
            self.say(&format!("{} {hint}", paint(self.colours, Tone::Quiet, "hint:")));
        }
    }
}

fn print(text: &str) {
    if !text.is_empty() {
        let end = if text.ends_with('\n') { "" } else { "\n" };
        drop(write!(io::stdout().lock(), "{text}{end}"));
    }
}

fn paint(colours: bool, tone: Tone, text: &str) -> String {
    if !colours {
        return text.to_owned();
    }
    let style = match tone {
        Tone::Good => Style::new().fg_color(Some(AnsiColor::Green.into())),
        Tone::Attention => Style::new().fg_color(Some(AnsiColor::Yellow.into())),
        Tone::Bad => Style::new().fg_color(Some(AnsiColor::Red.into())).bold(),
        Tone::Quiet => Style::new().dimmed(),
    };
    format!("{style}{text}{style:#}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_terminal_there_are_no_colours() {
        let view = View::new(Timestamp::UNIX_EPOCH, Terminal::default());
        assert_eq!(view.paint(Tone::Bad, "ended"), "ended");
        let terminal = Terminal { colours: true, ..Terminal::default() };
        assert!(
            View::new(Timestamp::UNIX_EPOCH, terminal).paint(Tone::Bad, "ended").contains('\u{1b}')
        );
    }
}
