//! Rules about records that are findings by themselves.

use spotify_audit::{Entry, Finding, Outcome, Rule, Severity, Stage};

use crate::session::events;

/// How far the wall clock goes back, in microseconds, before it is a finding.
const CLOCK_STEP_US: i64 = -5_000_000;

/// A rule about single records.
struct Sighting {
    id: &'static str,
    severity: Severity,
    /// What a record shows; `None` for one that shows nothing.
    sees: fn(&Entry) -> Option<String>,
    advice: &'static str,
    seen: Vec<Seen>,
}

/// Records that show the same about the same profile.
struct Seen {
    profile: Option<String>,
    title: String,
    records: Vec<u64>,
}

fn rule(
    id: &'static str,
    severity: Severity,
    sees: fn(&Entry) -> Option<String>,
    advice: &'static str,
) -> Box<dyn Rule> {
    Box::new(Sighting { id, severity, sees, advice, seen: Vec::new() })
}

pub(super) fn rules() -> Vec<Box<dyn Rule>> {
    vec![
        rule(
            "VAULT-TAMPER",
            Severity::Critical,
            |entry| {
                let damaged = entry.data("damaged") == Some(&serde_json::Value::Bool(true));
                damaged.then(|| "something of the vault was changed or damaged outside".into())
            },
            "stop the programs, keep a copy of the vault, and restore a backup",
        ),
        rule(
            "TOKEN-ROLLBACK",
            Severity::High,
            |entry| {
                events::ROLLED_BACK
                    .is(entry)
                    .then(|| "an older copy of a grant was put back".into())
            },
            "find out who restored the vault; sign in again if a backup was meant to be restored",
        ),
        rule(
            "COPY-LEFT",
            Severity::High,
            copy_left,
            "erase what is left: run `spotify-admin revoke` again, and see its answer",
        ),
        rule(
            "POLICY-OFF",
            Severity::High,
            weakened,
            "if nobody meant to, set it as it was; the records say who did it",
        ),
        rule(
            "KEY-OPS",
            Severity::Low,
            |entry| key_work(entry, Outcome::Ok),
            "close it if you did it: `spotify-admin alerts close`",
        ),
        rule(
            "KEY-OPS-FAILED",
            Severity::High,
            |entry| Some(format!("it failed that {}", key_work(entry, Outcome::Failed)?)),
            "see `spotify-admin status`: one key still opens the vault",
        ),
        rule(
            "AUDIT-GAP",
            Severity::High,
            audit_gap,
            "see `spotify-admin audit verify`, and whether the disk and each receiver work; after an \
             older vault was restored, `spotify-admin audit renew-key`",
        ),
        rule(
            "AUDIT-RENEWED",
            Severity::High,
            |entry| {
                spotify_audit::LOG_RENEWED
                    .is(entry)
                    .then(|| "the audit log's key was renewed without the one before".into())
            },
            "if nobody did it after a restore, somebody may have written the log anew: compare it with \
             a checkpoint of before, `spotify-admin audit verify --anchor`",
        ),
        rule(
            "CLOCK",
            Severity::High,
            clock_went_back,
            "find out who set the clock; times around these records can't be relied on",
        ),
    ]
}

impl Rule for Sighting {
    fn id(&self) -> &'static str {
        self.id
    }

    fn observe(&mut self, entry: &Entry) {
        let Some(title) = (self.sees)(entry) else { return };
        let profile = entry.profile().map(str::to_owned);
        let same = |seen: &&mut Seen| seen.profile == profile && seen.title == title;
        match self.seen.iter_mut().find(same) {
            Some(seen) => seen.records.push(entry.seq()),
            None => self.seen.push(Seen { profile, title, records: vec![entry.seq()] }),
        }
    }

    fn findings(&self) -> Vec<Finding> {
        let finding = |seen: &Seen| Finding {
            rule: self.id,
            severity: self.severity,
            subject: seen.profile.clone(),
            title: match &seen.profile {
                Some(profile) => format!("{} ({profile})", seen.title),
                None => seen.title.clone(),
            },
            // The last one first: one more is another finding.
            evidence: seen.records.iter().rev().copied().collect(),
            advice: self.advice.to_owned(),
        };
        self.seen.iter().map(finding).collect()
    }
}

/// Work on the vault's keys, or a copy of all of it, that ended so.
fn key_work(entry: &Entry, outcome: Outcome) -> Option<String> {
    let works = [
        (events::VAULT_REKEYED, "the vault's key was moved or replaced"),
        (events::KEYS_ROTATED, "the vault's data keys were replaced"),
        (events::BACKED_UP, "a copy of the whole vault was made"),
        (events::RESTORED, "a copy of the vault was put back"),
        (events::VAULT_MOVED, "the vault was moved"),
    ];
    let ended = entry.stage() != Some(Stage::Intent) && entry.outcome() == Some(outcome);
    let work = works.into_iter().find(|(code, _)| ended && code.is(entry));
    work.map(|(_, title)| title.to_owned())
}

fn copy_left(entry: &Entry) -> Option<String> {
    if events::COPY_LEFT.is(entry) {
        return Some("a copy of what a revoked profile kept is left".to_owned());
    }
    events::PUT_BACK.is(entry).then(|| "what a revoked profile kept was put back".to_owned())
}

/// A policy or a protection that became weaker.
fn weakened(entry: &Entry) -> Option<String> {
    let no = Some(&serde_json::Value::Bool(false));
    let yes = Some(&serde_json::Value::Bool(true));
    if events::POLICY_CHANGED.is(entry) && entry.data("weaker") == yes {
        return Some("the policy of a profile became weaker".to_owned());
    }
    if events::SETTINGS_SEALED.is(entry) && entry.data("sealed") == no {
        return Some("the seal of the settings file was given up".to_owned());
    }
    events::SETTINGS_CHANGED
        .is(entry)
        .then(|| "the sealed settings were changed past the program".to_owned())
}

/// What the log says about itself.
fn audit_gap(entry: &Entry) -> Option<String> {
    match entry.kind() {
        "audit.missed" => Some("acts went on that the audit log has no records of".to_owned()),
        "log.unsigned" => Some("the audit log could not be signed".to_owned()),
        "sink.behind" => Some("a receiver of the audit log has fallen behind".to_owned()),
        _ => None,
    }
}

fn clock_went_back(entry: &Entry) -> Option<String> {
    let step = entry.data("step_us").and_then(serde_json::Value::as_i64);
    (entry.kind() == "log.clock" && step.is_some_and(|step| step < CLOCK_STEP_US))
        .then(|| "the clock was set back by more than five seconds".to_owned())
}
