//! The audit log: its chain, its signatures, and the key that they are checked with.

use spotify_audit::{PublicKey, Report, Status, Verification, VerifyError};

use super::{Check, Checked, Code, Finding};
use crate::session::error::with_causes;
use crate::session::{Session, Settings};

/// A log that was looked at before the vault was opened: opening mends an unfinished last line.
#[derive(Debug)]
pub struct LogSeen(Result<Report, VerifyError>);

/// Looks at the audit log.
pub fn log(settings: &Settings) -> LogSeen {
    LogSeen(Verification::new().run(&settings.audit_dir()))
}

impl LogSeen {
    /// Says what came of it. With an open `session` the signatures are checked again, with the
    /// vault's key. `expected` tells whether there has to be a log: where there is a vault.
    pub fn checked(
        self,
        settings: &Settings,
        session: Option<&Session>,
        expected: bool,
    ) -> Checked {
        let report = match self.0 {
            Ok(report) => report,
            Err(VerifyError::NoLog(_)) if expected => {
                let reason = settings.audit_dir().display().to_string();
                let finding = Finding::new(Code::LogMissing, reason);
                return Checked::new(Check::AuditLog, "there is none", vec![finding]);
            }
            Err(VerifyError::NoLog(_)) => {
                return Checked::skipped(Check::AuditLog, "there is none yet");
            }
            Err(error) => {
                let finding = Finding::new(Code::LogUnreadable, with_causes(&error));
                return Checked::new(Check::AuditLog, "it can't be read", vec![finding]);
            }
        };
        let (report, key) = with_key_of_vault(report, settings, session);
        let seen = format!("{} sound records, {key}", report.records);
        Checked::new(Check::AuditLog, seen, finding(&report).into_iter().collect())
    }
}

fn finding(report: &Report) -> Option<Finding> {
    let code = match report.status() {
        Status::Intact => return None,
        Status::Gap => Code::LogRecordsMissing,
        Status::BadSignature => Code::LogSignature,
        Status::TornTail => Code::LogTorn,
        Status::ClockAnomaly => Code::LogClock,
        _ => Code::LogChanged,
    };
    let lines = report.first_bad.iter().chain(&report.torn).map(ToString::to_string);
    let signature = report.bad_signature.iter().map(ToString::to_string);
    let warnings = report.warnings.iter().map(ToString::to_string);
    let reason = match code {
        Code::LogSignature => signature.chain(lines).next(),
        Code::LogClock => warnings.chain(lines).next(),
        _ => lines.chain(warnings).next(),
    };
    Some(Finding::new(code, reason.unwrap_or_else(|| code.meaning().to_owned())))
}

/// Checks the signatures of a sound log with the vault's key, which leads to all later ones.
fn with_key_of_vault(
    mut report: Report,
    settings: &Settings,
    session: Option<&Session>,
) -> (Report, &'static str) {
    if report.signed.is_none() {
        return (report, "none is signed yet");
    }
    let key = session.and_then(|session| session.log_key().ok().flatten());
    let Some(key) = key.and_then(|key| PublicKey::parse(&key).ok()) else {
        return (report, "signatures checked with the log's own key");
    };
    // The records that opening the vault has added meanwhile are not signed yet.
    let to = (report.first + report.records).saturating_sub(1);
    if let Ok(again) = Verification::new().key(key).to(to).run(&settings.audit_dir()) {
        report.bad_signature = again.bad_signature.or(report.bad_signature);
    }
    (report, "signatures checked with the vault's key")
}
