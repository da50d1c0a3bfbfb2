//! Rules about grants: their end, their deadline, their scopes, and tokens that come back.

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use spotify_audit::{Entry, Finding, Rule, Severity};

use crate::session::events;

/// Days before a deadline from which on it is a finding, and how grave it is then.
pub const LADDER: [(i64, Severity); 4] =
    [(1, Severity::High), (7, Severity::High), (14, Severity::Medium), (30, Severity::Low)];

const SECONDS_PER_DAY: i64 = 24 * 60 * 60;

/// What tells a scope that changes something from one that only reads.
const CHANGES: [&str; 4] = ["modify", "upload", "control", "manage"];

pub(super) fn rules(now: Timestamp) -> Vec<Box<dyn Rule>> {
    vec![
        Box::new(Deadline { now, grants: BTreeMap::new() }),
        Box::new(EarlyEnd { ended: BTreeMap::new() }),
        Box::<Reuse>::default(),
        Box::<NotRotated>::default(),
        Box::new(RevokedUse { revoked: BTreeMap::new(), uses: BTreeMap::new() }),
        Box::<MoreScopes>::default(),
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
        if events::SIGNED_IN.is(entry) || events::REFRESHED.is(entry) {
            let deadline = entry.data("deadline").and_then(|value| value.as_str()?.parse().ok());
            // The record that set the deadline, not the last refresh, is what shows it.
            let known = self.grants.get(profile).map(|grant| grant.what);
            if let Some(what) = deadline.filter(|deadline| known != Some(*deadline)) {
                self.grants.insert(profile.to_owned(), Evidence { what, seq: entry.seq() });
            }
        } else if events::GRANT_ENDED.is(entry) || events::PROFILE_REVOKED.is(entry) {
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
        if events::GRANT_ENDED.is(entry) {
            if entry.data("early").and_then(serde_json::Value::as_bool) == Some(true) {
                let what = entry.reason().unwrap_or("unspecified").to_owned();
                self.ended.insert(profile.to_owned(), Evidence { what, seq: entry.seq() });
            }
        } else if events::SIGNED_IN.is(entry) {
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
        if events::PROFILE_REVOKED.is(entry) {
            self.revoked.insert(profile.to_owned(), entry.seq());
        } else if events::REVOKED_USE.is(entry) {
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
            // The last use first: one more is another finding.
            evidence: [uses.seq].into_iter().chain(self.revoked.get(profile).copied()).collect(),
            advice: "a program still runs with this profile; end it, and look at its records with `spotify-admin audit`"
                .to_owned(),
        }
        };
        self.uses.iter().map(finding).collect()
    }
}

/// `TOKEN-REUSE`: a refresh token that Spotify had replaced was presented again and refused. Two
/// programs have a copy each, or somebody else has one (RFC 9700 section 4.14.2).
#[derive(Default)]
struct Reuse {
    replaced: BTreeMap<String, u64>,
    reused: BTreeMap<String, [u64; 2]>,
}

impl Rule for Reuse {
    fn id(&self) -> &'static str {
        "TOKEN-REUSE"
    }

    fn observe(&mut self, entry: &Entry) {
        if let Some(token) = entry.data("replaced").and_then(serde_json::Value::as_str) {
            self.replaced.insert(token.to_owned(), entry.seq());
        }
        let ended = events::GRANT_ENDED.is(entry);
        let Some(profile) = entry.profile() else { return };
        let replaced = entry.token().and_then(|token| self.replaced.get(token));
        if let Some(replaced) = replaced.filter(|_| ended) {
            self.reused.insert(profile.to_owned(), [*replaced, entry.seq()]);
        }
    }

    fn findings(&self) -> Vec<Finding> {
        let finding = |(profile, evidence): (&String, &[u64; 2])| Finding {
            rule: self.id(),
            severity: Severity::Critical,
            subject: Some(profile.clone()),
            title: format!("a replaced refresh token of {profile} was used again"),
            evidence: evidence.to_vec(),
            advice:
                "a copy of the vault or of the token is in use elsewhere: find it, then sign in \
                     again with `spotify-admin login`"
                    .to_owned(),
        };
        self.reused.iter().map(finding).collect()
    }
}

/// `TOKEN-NOT-ROTATED`: a refresh brought no other refresh token where the policy requires one. The
/// first of those that follow one another shows it.
#[derive(Default)]
struct NotRotated {
    since: BTreeMap<String, u64>,
}

impl Rule for NotRotated {
    fn id(&self) -> &'static str {
        "TOKEN-NOT-ROTATED"
    }

    fn observe(&mut self, entry: &Entry) {
        let says = |name| entry.data(name).and_then(serde_json::Value::as_bool) == Some(true);
        let Some(profile) = entry.profile().filter(|_| events::REFRESHED.is(entry)) else { return };
        if says("required") && !says("rotated") {
            self.since.entry(profile.to_owned()).or_insert(entry.seq());
        } else {
            self.since.remove(profile);
        }
    }

    fn findings(&self) -> Vec<Finding> {
        let finding = |(profile, seq): (&String, &u64)| Finding {
            rule: self.id(),
            severity: Severity::Medium,
            subject: Some(profile.clone()),
            title: format!(
                "Spotify keeps the refresh token of {profile}, whose policy requires rotation"
            ),
            evidence: vec![*seq],
            advice:
                "a stolen refresh token stays good: sign in again with `spotify-admin login` from \
                     time to time, or set `--rotation any` if that is accepted"
                    .to_owned(),
        };
        self.since.iter().map(finding).collect()
    }
}

/// `SCOPE-UP`: a later sign-in of a profile was granted more than the one before.
#[derive(Default)]
struct MoreScopes {
    granted: BTreeMap<String, BTreeSet<String>>,
    found: Vec<Finding>,
}

impl Rule for MoreScopes {
    fn id(&self) -> &'static str {
        "SCOPE-UP"
    }

    fn observe(&mut self, entry: &Entry) {
        let scopes = entry.data("granted").and_then(serde_json::Value::as_array);
        let (Some(profile), Some(scopes)) = (entry.profile(), scopes) else { return };
        let texts = scopes.iter().filter_map(serde_json::Value::as_str).map(str::to_owned);
        let now: BTreeSet<String> = texts.collect();
        let Some(before) = self.granted.insert(profile.to_owned(), now.clone()) else { return };
        let added: Vec<_> = now.difference(&before).map(String::as_str).collect();
        if added.is_empty() {
            return;
        }
        let changes = added.iter().any(|scope| CHANGES.iter().any(|word| scope.contains(word)));
        self.found.push(Finding {
            rule: self.id(),
            severity: if changes { Severity::High } else { Severity::Medium },
            subject: Some(profile.to_owned()),
            title: format!("{profile} was granted more than before: {}", added.join(", ")),
            evidence: vec![entry.seq()],
            advice: "if you did not ask for it, sign in again with `--scopes` as before".to_owned(),
        });
    }

    fn findings(&self) -> Vec<Finding> {
        self.found.clone()
    }
}
