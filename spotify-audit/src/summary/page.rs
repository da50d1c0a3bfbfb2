//! A summary as Markdown and as a page that needs nothing from elsewhere.

use std::fmt::{self, Write as _};

use askama::Template;

use super::chart::{self, Bar};
use super::{Summary, Table};

#[derive(Template)]
#[template(path = "summary.html")]
struct Html<'a> {
    summary: &'a Summary,
    tables: [(&'static str, &'a Table); 6],
    bars: Vec<Bar>,
    /// The highest count of a bar.
    most: u64,
    width: u64,
    height: u64,
}

#[derive(Template)]
#[template(path = "summary.md", escape = "none")]
struct Markdown<'a> {
    summary: &'a Summary,
    tables: [(&'static str, &'a Table); 6],
}

impl Markdown<'_> {
    #[expect(clippy::unused_self, reason = "a template calls its own methods")]
    fn plain<'text>(&self, text: &'text str) -> Plain<'text> {
        Plain(text)
    }
}

impl Summary {
    /// Writes the summary as Markdown (`CommonMark` with tables).
    pub fn markdown(&self) -> String {
        rendered(&Markdown { summary: self, tables: self.tables() })
    }

    /// Writes the summary as one HTML page without scripts and without anything from elsewhere.
    pub fn html(&self) -> String {
        let (most, bars) = chart::bars(self);
        rendered(&Html {
            summary: self,
            tables: self.tables(),
            bars,
            most,
            width: chart::WIDTH,
            height: chart::HEIGHT,
        })
    }

    fn tables(&self) -> [(&'static str, &Table); 6] {
        [
            ("How acts ended", &self.outcomes),
            ("How grave they were", &self.severities),
            ("Kinds", &self.kinds),
            ("Tools", &self.tools),
            ("Profiles", &self.profiles),
            ("Who acted", &self.actors),
        ]
    }
}

/// Renders into memory, which cannot fail.
fn rendered(template: &impl Template) -> String {
    template.render().unwrap_or_default()
}

/// Text from a log inside Markdown: nothing in it is markup.
struct Plain<'a>(&'a str);

impl fmt::Display for Plain<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for character in self.0.chars() {
            match character {
                '\n' | '\r' => f.write_char(' ')?,
                // Every ASCII punctuation may be escaped (CommonMark 0.31.2, section 2.4).
                '\\' | '`' | '*' | '_' | '[' | ']' | '<' | '>' | '|' | '#' | '!' | '&' | '~' => {
                    f.write_char('\\')?;
                    f.write_char(character)?;
                }
                _ => f.write_char(character)?,
            }
        }
        Ok(())
    }
}
