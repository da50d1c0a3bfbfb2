//! What can be said of the settings alone.

use super::{Check, Checked, Code, Finding};
use crate::session::Settings;
use crate::session::settings::{Deployment, Origin, Problem, Shown, Unwritten};

/// Variables that hold a secret itself.
const SECRETS: [&str; 3] =
    ["SPOTIFY_CLIENT_SECRET", "SPOTIFY_REFRESH_TOKEN", "SPOTIFY_MCP_MASTER_KEY"];

/// Looks at the settings.
pub fn settings(settings: &Settings) -> Checked {
    let mut findings = Vec::new();
    if !settings.developer_policy_read {
        findings.push(Finding::new(Code::PolicyUnread, Code::PolicyUnread.meaning()));
    }
    let failure = settings.on_failure;
    let goes_on = [("before an act", failure.before), ("after it", failure.after)];
    let goes_on = goes_on.into_iter().filter(|(_, unwritten)| *unwritten != Unwritten::Refuse);
    findings.extend(goes_on.map(|(when, unwritten)| {
        let reason = format!("a record {when} that can't be written: {}", unwritten.as_str());
        Finding::new(Code::ActsUnrecorded, reason)
    }));
    let (before, after, later) =
        (failure.before.as_str(), failure.after.as_str(), failure.later.as_str());
    let seen = format!(
        "environment {}, regime {}, without a record: {before} before an act, {after} after it, \
         {later} for reads",
        if settings.deployment == Deployment::Production { "production" } else { "development" },
        settings.api_regime.as_str(),
    );
    Checked::new(Check::Settings, seen, findings)
}

/// Turns what is wrong with the settings into findings.
pub fn wrong_settings(problems: &[Problem]) -> Vec<Finding> {
    problems.iter().map(|problem| Finding::new(Code::SettingWrong, problem.to_string())).collect()
}

/// Says which settings stood better elsewhere.
pub fn recommendations(shown: &[Shown]) -> Vec<Finding> {
    let given = || shown.iter().filter(|shown| shown.origin == Origin::Environment);
    let secrets = given().filter(|shown| SECRETS.contains(&shown.variable.name));
    let mut findings: Vec<_> = secrets
        .map(|shown| {
            let name = shown.variable.name;
            Finding::new(Code::SecretInEnvironment, format!("`{name}` holds a secret"))
                .fix(format!("put it into a file of mode 0600, and set `{name}_FILE` to its path"))
        })
        .collect();
    let only: Vec<_> = given()
        .filter_map(|shown| Some(format!("`{}` (`{}`)", shown.variable.name, shown.variable.key?)))
        .collect();
    if !only.is_empty() {
        findings.push(Finding::new(Code::OnlyInEnvironment, only.join(", ")));
    }
    findings
}
