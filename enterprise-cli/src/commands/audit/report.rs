//! `audit report`.

use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};

use serde::Serialize;
use spotify_audit::{Query, Summarizer, Summary};

use super::since::Since;
use super::{each, failed, verify};
use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::names::Names;
use crate::output::{Answer, Output};

/// Summarise a period: what was done, by whom, how it ended, what needs a look
///
/// Checks the whole log first and says what came of it; ends with 0 all the same, because a report
/// of a log that was changed is wanted, too. With `--json` the report comes as JSON.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// The beginning: `2026-11-02`, `2026-11-02T09:00:00Z`, or an age such as `30d`
    #[arg(long, value_name = "TIME", default_value = "30d")]
    since: Since,
    /// The end, given like the beginning; the present when it is left out
    #[arg(long, value_name = "TIME")]
    until: Option<Since>,
    /// As text for a document, or as a page for a browser
    #[arg(long, value_enum, default_value = "markdown", conflicts_with = "json")]
    format: Format,
    /// Write the report into this file instead; it must not exist yet
    #[arg(long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Markdown,
    Html,
}

/// The answer as programs read it when the report went into a file.
#[derive(Debug, Serialize)]
struct Written<'a> {
    file: &'a Path,
    records: u64,
}

impl Args {
    pub(super) fn run(
        self,
        installation: &Installation,
        output: Output,
    ) -> Result<Answer, CommandError> {
        let summary = self.summary(installation, output)?;
        let human = match self.format {
            Format::Markdown => summary.markdown(),
            Format::Html => summary.html(),
        };
        let Some(file) = self.output else {
            return Ok(Answer::new(Exit::Success, &summary, human));
        };
        let text = if output.is_json() {
            serde_json::to_string_pretty(&summary).unwrap_or_default()
        } else {
            human
        };
        write(&file, &text)?;
        let said = format!("{} records summarised in {}\n", summary.records, file.display());
        Ok(Answer::new(Exit::Success, &Written { file: &file, records: summary.records }, said))
    }

    fn summary(
        &self,
        installation: &Installation,
        output: Output,
    ) -> Result<Summary, CommandError> {
        let now = installation.now();
        let since = self.since.before(now)?;
        let until = self.until.as_ref().map_or(Ok(now), |until| until.before(now))?;
        if until <= since {
            let why = format!("the period ends at {until}, before it begins at {since}");
            return Err(CommandError::new(Exit::Usage, "usage", why)
                .hint("give an earlier `--since` or a later `--until`"));
        }
        let report = spotify_audit::verify(&installation.settings().audit_dir()).map_err(failed)?;
        let mut summarizer = Summarizer::new(since, until);
        summarizer.verdict(verdict(&report));
        let query = Query { until: Some(until), ..Query::default() };
        let unreadable = each(installation, query, |entry| summarizer.observe(&entry))?;
        summarizer.unreadable(unreadable);
        let names = Names::at_hand(installation);
        names.say_if_locked(output);
        Ok(summarizer.finish(|pseudonym| names.find(pseudonym).map(str::to_owned)))
    }
}

fn verdict(report: &spotify_audit::Report) -> String {
    let (_, verdict) = verify::verdict(report.status());
    match &report.first_bad {
        Some(problem) => format!("{verdict} {problem}"),
        None => format!("{verdict} It has {} sound records.", report.records),
    }
}

/// Writes a new file: what was reported once is not replaced by accident.
fn write(file: &Path, text: &str) -> Result<(), CommandError> {
    let mut options = File::options();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(file).and_then(|mut file| {
        file.write_all(text.as_bytes())?;
        file.write_all(b"\n")?;
        file.sync_all()
    });
    written.map_err(|error| {
        let why = format!("write {}: {error}", file.display());
        CommandError::new(Exit::Failure, "output", why).hint("name a file that does not exist yet")
    })
}
