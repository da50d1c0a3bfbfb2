//! `alerts`.

use serde::Serialize;
use spotify_audit::{Finding, Severity};
use spotify_auth::session::alerts;

use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::names::Names;
use crate::output::{Answer, Tone, View};

/// Tell what needs a look: deadlines, early ends, misuse, a broken log
///
/// Ends with 0 when there is nothing, with 10 when there is something, with 2 when it could not look.
/// Made to be run every day by cron or a monitor.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// The answer as programs read it.
#[derive(Debug, Serialize)]
struct Facts {
    alerts: Vec<Alert>,
}

#[derive(Debug, Serialize)]
struct Alert {
    #[serde(flatten)]
    finding: Finding,
    /// The profile's name, where the vault can tell it.
    profile: Option<String>,
}

impl Args {
    #[expect(clippy::unused_self, reason = "every command takes its arguments")]
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        // Looked at before the log is opened for writing, which mends an unfinished last line.
        let findings = alerts::findings(&installation.settings().audit_dir(), installation.now())?;
        let exit = if findings.is_empty() { Exit::Success } else { Exit::Findings };
        let names = Names::at_hand(installation);
        let alerts: Vec<_> = findings
            .into_iter()
            .map(|finding| {
                let profile = finding.subject.as_deref().and_then(|id| names.find(id));
                Alert { profile: profile.map(str::to_owned), finding }
            })
            .collect();
        let view = View::new(installation.now(), installation.terminal());
        let human = if alerts.is_empty() {
            "Nothing to look at.\n".to_owned()
        } else {
            alerts.iter().map(|alert| alert.human(view)).collect::<Vec<_>>().join("\n")
        };
        Ok(Answer::new(exit, &Facts { alerts }, human))
    }
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
        format!("{rule} ({severity}): {title}\n  do: {advice}\n  records: {records}\n")
    }
}
