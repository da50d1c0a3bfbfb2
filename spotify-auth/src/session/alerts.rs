//! What a person should look at: rules over the audit log, and the chain itself.

use std::collections::BTreeMap;
use std::path::Path;

use jiff::Timestamp;
use spotify_audit::{
    Entry, Finding, Query, Reader, Rule, Severity, StorageError, VerifyError, chain_broken, verify,
};

use super::events;

/// Days before a deadline from which on it is a finding, and how grave it is then.
pub const LADDER: [(i64, Severity); 4] =
    [(1, Severity::High), (7, Severity::High), (14, Severity::Medium), (30, Severity::Low)];

const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

/// The findings could not be made.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum AlertsError {
    /// The log can't be read.
    #[error("reading the audit log")]
    Read(#[from] StorageError),
    /// The log can't be checked.
    #[error("checking the audit log")]
    Verify(#[from] VerifyError),
}

/// Returns the findings of a log directory at the moment `now`, the gravest first.
///
/// A line that can't be read is passed over here: it breaks the chain, which is a finding itself.
///
/// # Errors
/// The log may be unreadable.
pub fn findings(directory: &Path, now: Timestamp) -> Result<Vec<Finding>, AlertsError> {
    let report = verify(directory)?;
    let entries = Reader::open(directory, Query::default())?.filter_map(Result::ok);
    let mut rules = rules(now);
    let mut findings = spotify_audit::evaluate(entries, &mut rules);
    findings.splice(0..0, chain_broken(&report));
    Ok(findings)
}

/// Returns Spotify's rules.
pub fn rules(now: Timestamp) -> Vec<Box<dyn Rule>> {
    vec![
        Box::new(Deadline { now, grants: BTreeMap::new() }),
        Box::new(EarlyEnd { ended: BTreeMap::new() }),
        Box::new(RevokedUse { revoked: BTreeMap::new(), uses: BTreeMap::new() }),
    ]
}

/// `TOKEN-DEADLINE`: a grant nears the end of its six months.
struct Deadline {
    now: Timestamp,
    grants: BTreeMap<String, Evidence<Timestamp>>,
}

/// `GRANT-ENDED-EARLY`: Spotify refused a grant before its six months were over.
struct EarlyEnd {
    ended: BTreeMap<String, Evidence<String>>,
}

/// `REVOKED-USE`: a revoked profile was used.
struct RevokedUse {
    revoked: BTreeMap<String, u64>,
    uses: BTreeMap<String, Evidence<u64>>,
}

/// Something about a profile, and the record that says it.
struct Evidence<T> {
    what: T,
    seq: u64,
}

impl Rule for Deadline {
    fn id(&self) -> &'static str {
        "TOKEN-DEADLINE"
    }

    fn observe(&mut self, entry: &Entry) {
        let Some(profile) = entry.profile() else { return };
        let code = entry.code();
        if code == events::SIGNED_IN.code.as_str() || code == events::REFRESHED.code.as_str() {
            let deadline = entry.data("deadline").and_then(|value| value.as_str()?.parse().ok());
            if let Some(what) = deadline {
                self.grants.insert(profile.to_owned(), Evidence { what, seq: entry.seq() });
            }
        } else if code == events::GRANT_ENDED.code.as_str()
            || code == events::PROFILE_REVOKED.code.as_str()
        {
            self.grants.remove(profile);
        }
    }

    fn findings(&self) -> Vec<Finding> {
        let finding = |(profile, grant): (&String, &Evidence<Timestamp>)| {
            let days = (grant.what.as_second() - self.now.as_second()).div_euclid(SECONDS_PER_DAY);
            let (_, severity) = LADDER.iter().find(|(limit, _)| days < *limit)?;
            let title = if days < 0 {
                format!("the sign-in of {profile} is past its six months")
            } else {
                format!("the sign-in of {profile} ends on {}", grant.what.strftime("%Y-%m-%d"))
            };
            Some(Finding {
                rule: self.id(),
                severity: *severity,
                subject: Some(profile.clone()),
                title,
                evidence: vec![grant.seq],
                advice: "sign in again with `spotify-admin login`; refreshing does not extend it"
                    .to_owned(),
            })
        };
        self.grants.iter().filter_map(finding).collect()
    }
}

impl Rule for EarlyEnd {
    fn id(&self) -> &'static str {
        "GRANT-ENDED-EARLY"
    }

    fn observe(&mut self, entry: &Entry) {
        let Some(profile) = entry.profile() else { return };
        if entry.code() == events::GRANT_ENDED.code.as_str() {
            if entry.data("early").and_then(serde_json::Value::as_bool) == Some(true) {
                let what = entry.reason().unwrap_or("unspecified").to_owned();
                self.ended.insert(profile.to_owned(), Evidence { what, seq: entry.seq() });
            }
        } else if entry.code() == events::SIGNED_IN.code.as_str() {
            // The person has signed in again: nothing is left to do.
            self.ended.remove(profile);
        }
    }

    fn findings(&self) -> Vec<Finding> {
        let finding = |(profile, ended): (&String, &Evidence<String>)| {
            Finding {
            rule: self.id(),
            severity: Severity::High,
            subject: Some(profile.clone()),
            title: format!("Spotify refused the sign-in of {profile} before its six months were over ({})", ended.what),
            evidence: vec![ended.seq],
            advice: "if nobody removed the app at https://www.spotify.com/account/apps/, the refresh token may have \
                     been used elsewhere: find out where, then sign in again with `spotify-admin login`"
                .to_owned(),
        }
        };
        self.ended.iter().map(finding).collect()
    }
}

impl Rule for RevokedUse {
    fn id(&self) -> &'static str {
        "REVOKED-USE"
    }

    fn observe(&mut self, entry: &Entry) {
        let Some(profile) = entry.profile() else { return };
        if entry.code() == events::PROFILE_REVOKED.code.as_str() {
            self.revoked.insert(profile.to_owned(), entry.seq());
        } else if entry.code() == events::REVOKED_USE.code.as_str() {
            let uses = self
                .uses
                .entry(profile.to_owned())
                .or_insert(Evidence { what: 0, seq: entry.seq() });
            uses.what += 1;
            uses.seq = entry.seq();
        }
    }

    fn findings(&self) -> Vec<Finding> {
        let finding = |(profile, uses): (&String, &Evidence<u64>)| {
            Finding {
            rule: self.id(),
            severity: Severity::High,
            subject: Some(profile.clone()),
            title: match uses.what {
                1 => format!("the revoked profile {profile} was asked for a token"),
                times => format!("the revoked profile {profile} was asked for a token {times} times"),
            },
            evidence: self.revoked.get(profile).copied().into_iter().chain([uses.seq]).collect(),
            advice: "a program still runs with this profile; end it, and look at its records with `spotify-admin audit`"
                .to_owned(),
        }
        };
        self.uses.iter().map(finding).collect()
    }
}
