//! What checking the setup does.

use spotify_auth::session::doctor::{Check, Checked, Finding, State};

use super::{CheckSetup, Setup, SetupCheck, SetupFinding};
use crate::{
    failure::Cause,
    tools::{
        call::{Call, Run, Text},
        rendering::Lines,
    },
};

impl Run for CheckSetup {
    async fn run(self, call: Call) -> Result<Setup, Cause> {
        let checked = call.account.setup().await?;
        let sound = !checked.iter().any(|checked| checked.state == State::Found);
        Ok(Setup { sound, checks: checked.into_iter().map(shown).collect() })
    }
}

fn shown(checked: Checked) -> SetupCheck {
    let Checked { check, state, seen, findings } = checked;
    let mut shown = Vec::new();
    for finding in &findings {
        let finding = of_finding(check, finding);
        if !shown.contains(&finding) {
            shown.push(finding);
        }
    }
    let state = match state {
        State::Ok => "ok",
        State::Found => "found",
        State::Skipped => "skipped",
    };
    SetupCheck { check: check.as_str().to_owned(), state: state.to_owned(), seen, findings: shown }
}

fn of_finding(check: Check, finding: &Finding) -> SetupFinding {
    let Finding { code, severity, reason, fix, .. } = finding;
    // Where files lie on the person's machine is nothing for a model.
    let (reason, fix) = match check {
        Check::Files | Check::AuditLog => (code.meaning(), code.fix()),
        _ => (reason.as_str(), fix.as_str()),
    };
    SetupFinding {
        code: code.as_str().to_owned(),
        severity: severity.as_str().to_owned(),
        reason: reason.to_owned(),
        fix: fix.to_owned(),
    }
}

impl Text for Setup {
    fn text(&self) -> String {
        let head = if self.sound { "The setup is in order." } else { "Something is to be done." };
        let lines = self.checks.iter().fold(Lines::new(head), |lines, check| {
            let SetupCheck { check, state, seen, findings } = check;
            let lines = lines.line(&format!("{check}: {state}, {seen}"));
            findings.iter().fold(lines, |lines, finding| {
                let SetupFinding { code, severity, reason, fix } = finding;
                lines.line(&format!("  {severity} {code}: {reason}; do: {fix}"))
            })
        });
        lines.finish()
    }
}
