//! Whether an installation is in order.
//!
//! Each thing is looked at by itself, so that one that is broken hides no other. What is wrong has a
//! code, which stays the same from version to version; `docs/findings.md` lists them all. A program
//! adds what only it can see, under codes of the same table.

use serde::Serialize;

mod codes;
mod files;
mod log;
mod network;
mod profile;
mod settings;
mod vault;

pub use codes::{Code, Severity};
pub use files::{Repair, files};
pub use log::{LogSeen, log};
pub use network::{SKEW_MAX, reach};
pub use profile::profile;
pub use settings::{recommendations, settings, wrong_settings};
pub use vault::vault;

/// What is looked at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[non_exhaustive]
pub enum Check {
    /// Variables and the settings file.
    Settings,
    /// Who may read and write the files.
    Files,
    /// The audit log.
    AuditLog,
    /// The vault and its keys.
    Vault,
    /// The sign-in.
    Profile,
    /// Spotify's accounts service.
    Accounts,
    /// Spotify's Web API.
    WebApi,
    /// This machine's clock.
    Clock,
    /// Whether Spotify serves the account.
    Account,
    /// The server's program.
    Server,
    /// The AI clients that start it.
    Clients,
}

/// One thing that was looked at.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Checked {
    /// Which.
    pub check: Check,
    /// How it stands.
    pub state: State,
    /// What was seen, or why it was not looked at.
    pub seen: String,
    /// What is wrong.
    pub findings: Vec<Finding>,
}

/// How a thing stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// In order; there may be advice.
    Ok,
    /// Something is to be done.
    Found,
    /// Not looked at.
    Skipped,
}

/// Something that is wrong, or could be better.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Its name.
    pub code: Code,
    /// How bad it is.
    pub severity: Severity,
    /// What was found.
    pub reason: String,
    /// What to do.
    pub fix: String,
    /// Whether it was mended right away.
    pub fixed: bool,
}

impl Check {
    /// Returns the check's name.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Settings => "settings",
            Self::Files => "files",
            Self::AuditLog => "audit_log",
            Self::Vault => "vault",
            Self::Profile => "profile",
            Self::Accounts => "accounts",
            Self::WebApi => "web_api",
            Self::Clock => "clock",
            Self::Account => "account",
            Self::Server => "server",
            Self::Clients => "clients",
        }
    }
}

impl Checked {
    /// Takes what was seen, and what of it is wrong.
    pub fn new(check: Check, seen: impl Into<String>, findings: Vec<Finding>) -> Self {
        let open = findings.iter().any(Finding::is_open);
        let state = if open { State::Found } else { State::Ok };
        Self { check, state, seen: seen.into(), findings }
    }

    /// Takes why something was not looked at.
    pub fn skipped(check: Check, why: impl Into<String>) -> Self {
        Self { check, state: State::Skipped, seen: why.into(), findings: Vec::new() }
    }
}

impl Finding {
    /// Takes what was found; what to do is what the table says.
    pub fn new(code: Code, reason: impl Into<String>) -> Self {
        let (severity, fix) = (code.severity(), code.fix().to_owned());
        Self { code, severity, reason: reason.into(), fix, fixed: false }
    }

    /// Says more exactly what to do.
    #[must_use]
    pub fn fix(self, fix: impl Into<String>) -> Self {
        Self { fix: fix.into(), ..self }
    }

    /// Whether something is to be done about it: it is more than advice, and was not mended.
    pub fn is_open(&self) -> bool {
        !self.fixed && self.severity != Severity::Advice
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn advice_and_what_was_mended_leave_a_thing_in_order() {
        let advice = Finding::new(Code::SecretInEnvironment, "x");
        let mended = Finding { fixed: true, ..Finding::new(Code::OpenToOthers, "x") };
        let state = |findings| Checked::new(Check::Files, "", findings).state;
        assert_eq!(state(vec![advice, mended]), State::Ok);
        assert_eq!(state(vec![Finding::new(Code::OpenToOthers, "x")]), State::Found);
    }
}
