//! Rules about what happens too often in a short time.

use std::time::Duration;

use spotify_audit::{Burst, Bursts, Entry, Finding, Outcome, Rule, Severity, Stage};

use crate::session::events;

/// Whose a record is, and what is counted of it.
type Counted = Option<(String, Vec<String>)>;

/// A rule that counts things of one actor or profile.
struct Frequent {
    id: &'static str,
    severity: Severity,
    bursts: Bursts,
    /// `None` for a record that does not count.
    counts: fn(&Entry) -> Counted,
    /// What was found of a subject, by how many records.
    title: fn(&str, usize) -> String,
    advice: &'static str,
}

pub(super) fn rules() -> Vec<Box<dyn Rule>> {
    let minutes = Duration::from_mins;
    vec![
        Box::new(Frequent {
            id: "AUTH-BURST",
            severity: Severity::High,
            bursts: Bursts::new(10, minutes(5)),
            counts: failed_sign_in,
            title: |who, count| format!("{count} sign-ins of {who} failed within minutes"),
            advice: "find out who tries; the records say why each failed",
        }),
        Box::new(Frequent {
            id: "UNLOCK-BURST",
            severity: Severity::High,
            bursts: Bursts::new(5, minutes(10)),
            counts: refused_unlock,
            title: |who, count| format!("the vault was not unlocked for {who} {count} times"),
            advice: "if nobody mistyped a passphrase, somebody guesses: look who can run programs here",
        }),
        Box::new(Frequent {
            id: "DEST-BURST",
            severity: Severity::High,
            bursts: Bursts::new(20, minutes(1)),
            counts: destructive_call,
            title: |who, count| format!("{count} destructive calls for {who} within a minute"),
            advice: "look at the calls with `spotify-admin audit`; `spotify-admin suspend` stops more",
        }),
        Box::new(Frequent {
            id: "EXPORT",
            severity: Severity::Medium,
            bursts: Bursts::new(50, minutes(10)),
            counts: read_playlist,
            title: |who, count| format!("{count} reads of many playlists of {who} within minutes"),
            advice: "ask what the AI client needs them for; `spotify-admin suspend` stops more",
        }),
        Box::new(Frequent {
            id: "RATE-429",
            severity: Severity::Low,
            bursts: Bursts::new(5, minutes(10)),
            counts: too_many_requests,
            title: |who, count| {
                format!("Spotify refused {count} calls for {who}: too many requests")
            },
            advice: "let the AI client ask for less at once; calls work again by themselves",
        }),
    ]
}

impl Rule for Frequent {
    fn id(&self) -> &'static str {
        self.id
    }

    fn observe(&mut self, entry: &Entry) {
        let Some((key, things)) = (self.counts)(entry) else { return };
        for thing in things {
            self.bursts.add(&key, thing, entry.time(), entry.seq());
        }
    }

    fn findings(&self) -> Vec<Finding> {
        let finding = |Burst { key, evidence, .. }: &Burst| Finding {
            rule: self.id,
            severity: self.severity,
            subject: Some(key.clone()),
            title: (self.title)(key, evidence.len()),
            evidence: evidence.clone(),
            advice: self.advice.to_owned(),
        };
        self.bursts.bursts().iter().map(finding).collect()
    }
}

/// Counts a record itself.
fn itself(key: Option<&str>, entry: &Entry) -> Counted {
    Some((key?.to_owned(), vec![entry.seq().to_string()]))
}

fn failed_sign_in(entry: &Entry) -> Counted {
    let failed = events::SIGN_IN_FAILED.is(entry);
    itself(entry.actor().filter(|_| failed), entry)
}

fn refused_unlock(entry: &Entry) -> Counted {
    let refused = events::VAULT_REFUSED.is(entry);
    itself(entry.actor().filter(|_| refused), entry)
}

/// Whether a record says how a tool call ended.
fn ended(entry: &Entry) -> bool {
    events::TOOL_CALL.is(entry) && entry.stage() == Some(Stage::Outcome)
}

fn destructive_call(entry: &Entry) -> Counted {
    let done = matches!(entry.outcome(), Some(Outcome::Ok | Outcome::Unknown));
    let counts = ended(entry) && done && entry.class() == Some("destructive");
    itself(entry.profile().filter(|_| counts), entry)
}

fn too_many_requests(entry: &Entry) -> Counted {
    let counts = ended(entry) && entry.reason() == Some("rate_limited");
    itself(entry.profile().filter(|_| counts), entry)
}

/// Counts the different playlists that were read.
fn read_playlist(entry: &Entry) -> Counted {
    let counts = ended(entry) && entry.class() == Some("read");
    let profile = entry.profile().filter(|_| counts)?;
    let playlists = entry.targets().iter().filter(|id| id.starts_with("spotify:playlist:"));
    Some((profile.to_owned(), playlists.cloned().collect()))
}
