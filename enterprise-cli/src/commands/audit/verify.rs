//! `audit verify`.

use serde::Serialize;
use spotify_audit::{Report, Status, VerifyError, chain_broken, verify};

use crate::error::CommandError;
use crate::exit::Exit;
use crate::installation::Installation;
use crate::output::{Answer, Tone, View, when};

/// Check that no record of the audit log was changed, moved or removed
///
/// Names the first bad line. Needs no key, and reads the log only. What one log can't show by itself
/// is that its end was cut off: compare the last hash with a copy that you keep elsewhere.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {}

/// The answer as programs read it.
#[derive(Debug, Serialize)]
struct Facts<'a> {
    status: Status,
    #[serde(flatten)]
    report: &'a Report,
    advice: Option<String>,
}

impl Args {
    #[expect(clippy::unused_self, reason = "every command takes its arguments")]
    pub(super) fn run(self, installation: &Installation) -> Result<Answer, CommandError> {
        let report = verify(&installation.settings().audit_dir()).map_err(|error| {
            let kind = match &error {
                VerifyError::NoLog(_) => Exit::NotFound,
                _ => Exit::Failure,
            };
            CommandError::new(kind, "audit_log", error)
        })?;
        let status = report.status();
        let view = View::new(installation.now(), installation.terminal());
        let advice = advice(&report);
        let human = human(&report, advice.as_deref(), view);
        Ok(Answer::new(Exit::from(status), &Facts { status, report: &report, advice }, human))
    }
}

fn advice(report: &Report) -> Option<String> {
    match report.status() {
        Status::Intact => None,
        Status::TornTail => Some(
            "a program or the machine stopped while it wrote: the next one that writes sets the \
             unfinished bytes aside and says so in the log"
                .to_owned(),
        ),
        Status::ClockAnomaly => Some(
            "no record was changed; find out who set the clock, because times around these records \
             can't be relied on"
                .to_owned(),
        ),
        _ => chain_broken(report).map(|finding| finding.advice),
    }
}

fn human(report: &Report, advice: Option<&str>, view: View) -> String {
    let verdict = match report.status() {
        Status::Intact => view.paint(Tone::Good, "The audit log is intact."),
        Status::ChainBroken => view.paint(Tone::Bad, "The audit log was changed."),
        Status::Gap => view.paint(Tone::Bad, "Records are missing from the audit log."),
        Status::TornTail => {
            view.paint(Tone::Attention, "The last record is unfinished; all others are sound.")
        }
        Status::ClockAnomaly => {
            view.paint(Tone::Attention, "The audit log is whole, but the clock moved.")
        }
        _ => view.paint(Tone::Bad, "The audit log is not in order."),
    };
    let mut lines = vec![verdict];
    let bad = report.first_bad.iter().chain(&report.torn);
    lines.extend(bad.map(|problem| format!("  {problem}")));
    lines.extend(report.warnings.iter().map(|warning| format!("  {warning}")));
    let hidden = report.warning_count - report.warnings.len() as u64;
    if hidden > 0 {
        lines.push(format!("  and {hidden} more"));
    }
    lines.extend(advice.map(|advice| format!("  do: {advice}")));
    let last = report.head_time.map(|time| format!(", the last of {} UTC", when::second(time)));
    lines.push(format!("{} sound records{}", report.records, last.unwrap_or_default()));
    lines.extend(report.head.map(|hash| format!("last hash: {hash}")));
    lines.join("\n") + "\n"
}
