//! `alerts`.

use serde::Serialize;
use spotify_audit::{Draft, Durability, Finding, FindingState, Findings, IdError, Severity, Text};
use spotify_auth::session::alerts;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::names::Names;
use crate::output::{Answer, Output, Tone, View};

/// Tell what needs a look: deadlines, misuse, weakened protection, a broken log
///
/// Ends with 0 when there is nothing, with 10 when there is something, with 2 when it could not look.
/// Made to be run every day by cron or a monitor. What is found stands in the audit log, too, and
/// is told until it is over or closed.
#[derive(Debug, clap::Args)]
#[command(args_conflicts_with_subcommands = true)]
pub(crate) struct Args {
    #[command(subcommand)]
    command: Option<Command>,
    /// Only what is at least this grave: `low`, `medium`, `high` or `critical`
    #[arg(long, value_parser = severity, default_value = "low")]
    severity: Severity,
}

#[derive(Debug, clap::Subcommand)]
enum Command {
    /// Say that somebody looks after a finding; it is still told
    Acknowledge(Decision),
    /// Say that a finding is done with; it is told no more
    Close(Decision),
}

#[derive(Debug, clap::Args)]
struct Decision {
    /// The finding, as `alerts` names it
    key: String,
    /// Why, for who reads the log later
    #[arg(long, value_name = "TEXT", default_value = "")]
    note: String,
}

/// The answer as programs read it.
#[derive(Debug, Serialize)]
struct Facts {
    alerts: Vec<Alert>,
}

#[derive(Debug, Serialize)]
struct Alert {
    /// What `acknowledge` and `close` call it.
    key: String,
    #[serde(flatten)]
    finding: Finding,
    state: FindingState,
    /// The profile's name, where the vault can tell it.
    profile: Option<String>,
}

impl Args {
    /// Returns the command's name in the audit log.
    pub(super) fn name(&self) -> &'static str {
        match self.command {
            None => "alerts",
            Some(Command::Acknowledge(_)) => "alerts acknowledge",
            Some(Command::Close(_)) => "alerts close",
        }
    }

    /// Whether only findings are told.
    pub(super) fn is_read(&self) -> bool {
        self.command.is_none()
    }

    pub(super) fn run(
        self,
        installation: &Installation,
        output: Output,
    ) -> Result<Answer, CommandError> {
        match self.command {
            None => {}
            Some(Command::Acknowledge(decision)) => {
                return decision.run(installation, Findings::acknowledged);
            }
            Some(Command::Close(decision)) => {
                return decision.run(installation, Findings::closed);
            }
        }
        // Looked at before the log is opened for writing, which mends an unfinished last line.
        let found = alerts::findings(&installation.settings().audit_dir(), installation.now())?;
        let names = Names::at_hand(installation);
        let new = found.iter().filter(|alert| !alert.is_known).map(|alert| &alert.finding);
        for finding in new {
            if let Err(error) = write(installation, Findings::opened(finding)) {
                output.warn(&error.message());
            }
        }
        let alerts: Vec<_> = found
            .into_iter()
            .filter(|alert| alert.finding.severity >= self.severity)
            .map(|alerts::Alert { finding, state, .. }| {
                let profile = finding.subject.as_deref().and_then(|id| names.find(id));
                Alert { key: finding.key(), profile: profile.map(str::to_owned), state, finding }
            })
            .collect();
        let exit = if alerts.is_empty() { Exit::Success } else { Exit::Findings };
        let view = View::new(installation.now(), installation.terminal());
        let human = if alerts.is_empty() {
            "Nothing to look at.\n".to_owned()
        } else {
            alerts.iter().map(|alert| alert.human(view)).collect::<Vec<_>>().join("\n")
        };
        Ok(Answer::new(exit, &Facts { alerts }, human))
    }
}

/// The answer to a decision as programs read it.
#[derive(Debug, Serialize)]
struct Decided {
    key: String,
    /// The record that says so.
    record: u64,
}

impl Decision {
    /// Writes down what somebody decided about a finding that is there.
    fn run(
        self,
        installation: &Installation,
        draft: fn(&str, Text) -> Result<Draft, IdError>,
    ) -> Result<Answer, CommandError> {
        let Self { key, note } = self;
        let found = alerts::findings(&installation.settings().audit_dir(), installation.now())?;
        let known = found.iter().find(|alert| alert.finding.key() == key);
        let known = known.ok_or_else(|| {
            CommandError::new(Exit::NotFound, "no_finding", format!("there is no finding `{key}`"))
                .hint("`spotify-admin alerts` names those there are")
        })?;
        if !known.is_known {
            write(installation, Findings::opened(&known.finding))?;
        }
        let draft = draft(&key, Text::external(&note))
            .map_err(|error| CommandError::new(Exit::Usage, "usage", error))?;
        let record = write(installation, draft)?;
        let human = format!("Record {record} of the audit log says so.\n");
        Ok(Answer::new(Exit::Success, &Decided { key, record }, human))
    }
}

/// Writes a record about a finding, and returns its number.
fn write(installation: &Installation, draft: Draft) -> Result<u64, CommandError> {
    let recorder = installation.recorder()?.ok_or_else(|| {
        CommandError::new(Exit::NotFound, "no_vault", "there is no vault whose log could hold it")
    })?;
    let written = recorder.append(draft, Durability::After);
    Ok(written.map_err(|error| CommandError::new(Exit::Failure, "audit_log", error))?.seq)
}

fn severity(text: &str) -> Result<Severity, &'static str> {
    Severity::from_word(text).ok_or("a severity is `info`, `low`, `medium`, `high` or `critical`")
}

impl Alert {
    fn human(&self, view: View) -> String {
        let Finding { rule, severity, subject, title, evidence, advice } = &self.finding;
        let tone = if *severity >= Severity::High { Tone::Bad } else { Tone::Attention };
        let title = match (subject, &self.profile) {
            (Some(id), Some(name)) => title.replace(id.as_str(), &format!("`{name}`")),
            _ => title.clone(),
        };
        let records = evidence.iter().map(u64::to_string).collect::<Vec<_>>().join(", ");
        let severity = view.paint(tone, severity.as_str());
        let (state, key) = (self.state.as_str(), &self.key);
        format!(
            "{rule} ({severity}, {state}): {title}\n  do: {advice}\n  records: {records}\n  \
             finding: {key}\n"
        )
    }
}
