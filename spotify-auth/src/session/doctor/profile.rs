//! A profile's sign-in: whether it lives, for how long, and what it grants.

use jiff::Timestamp;

use super::{Check, Checked, Code, Finding};
use crate::ScopeSet;
use crate::session::error::with_causes;
use crate::session::{Profile, SignedInStatus, Status};

/// How long before the deadline a new sign-in is due; the alerts begin then, too.
const DUE_DAYS: i64 = 30;

/// Looks at a profile. `needed` is what the tools need.
pub fn profile(profile: &Profile, needed: &ScopeSet, now: Timestamp) -> Checked {
    let name = profile.name();
    let login = format!("run `spotify-admin login --profile {name}`");
    let (seen, findings) = match profile.status() {
        Ok(Status::SignedIn(status)) => {
            let mut findings = of_grant(&status, needed, now, &login);
            // The app or the address may not be the one that the grant belongs to.
            findings.extend(profile.tokens().err().map(|error| unreadable(&error)));
            let (day, days) = (day(status.deadline), days(now, status.deadline));
            let seen = format!(
                "`{name}` is signed in with {} scopes until {day} ({days} days)",
                status.scopes.iter().count()
            );
            (seen, findings)
        }
        Ok(Status::Ended(ended)) => {
            let reason = format!("{} ({})", ended.reason, day(ended.at));
            let finding = Finding::new(Code::SignInEnded, reason).fix(login);
            (format!("the sign-in of `{name}` has ended"), vec![finding])
        }
        Ok(Status::Suspended { at }) => {
            let finding = Finding::new(Code::Suspended, format!("since {}", day(at)))
                .fix(format!("`spotify-admin resume {name}` ends that"));
            (format!("`{name}` is suspended"), vec![finding])
        }
        Ok(Status::Revoked { at }) => {
            let finding = Finding::new(Code::Revoked, format!("on {}", day(at))).fix(login);
            (format!("`{name}` was revoked"), vec![finding])
        }
        Ok(Status::NotSignedIn) => {
            let reason = format!("`{name}` holds no grant");
            (
                format!("`{name}` waits for its first sign-in"),
                vec![Finding::new(Code::NotSignedIn, reason).fix(login)],
            )
        }
        Err(error) => (format!("`{name}` can't be read"), vec![unreadable(&error)]),
    };
    Checked::new(Check::Profile, seen, findings)
}

fn of_grant(
    status: &SignedInStatus,
    needed: &ScopeSet,
    now: Timestamp,
    login: &str,
) -> Vec<Finding> {
    let mut findings = Vec::new();
    if days(now, status.deadline) < DUE_DAYS {
        let reason = format!("by {}", day(status.deadline));
        findings.push(Finding::new(Code::SignInDue, reason).fix(login));
    }
    let missing = needed.missing_from(&status.scopes);
    if !missing.is_empty() {
        let reason = format!("missing: {missing}");
        findings.push(Finding::new(Code::ScopesMissing, reason).fix(login));
    }
    findings
}

fn unreadable(error: &crate::session::ProfileError) -> Finding {
    Finding::new(Code::ProfileUnreadable, with_causes(error))
}

fn days(now: Timestamp, then: Timestamp) -> i64 {
    then.duration_since(now).as_hours().div_euclid(24)
}

fn day(at: Timestamp) -> String {
    at.strftime("%Y-%m-%d").to_string()
}
