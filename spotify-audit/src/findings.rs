//! Findings over time: each is new, acknowledged or closed, and the log itself remembers which.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::draft::Draft;
use crate::entry::Entry;
use crate::rule::Finding;
use crate::text::{Id, IdError, Pseudonym, Text};
use crate::vocabulary::Severity;

crate::events! {
    /// What becomes of a finding.
    pub enum FindingEvent {
        FINDING_OPENED = "SM0011W" "finding.open" {
            /// A rule found something.
            Opened {
                /// What tells it from others.
                finding: Text,
                /// The rule.
                rule: &'static str,
                /// What was found.
                title: Text,
                /// What to do.
                advice: Text,
                /// The records that show it.
                evidence: Vec<u64>,
                /// Whom it is about.
                subject: Option<Pseudonym>,
            }
        }
        FINDING_ACKNOWLEDGED = "SM0012I" "finding.acknowledge" {
            /// Somebody looks after a finding.
            Acknowledged {
                /// Which finding.
                finding: Id,
                /// What they say.
                note: Text,
            }
        }
        FINDING_CLOSED = "SM0013I" "finding.close" {
            /// A finding is done with.
            Closed {
                /// Which finding.
                finding: Id,
                /// What they say.
                note: Text,
            }
        }
    }
}

/// How many records of a finding's evidence stand in the log.
const MAX_EVIDENCE: usize = 100;

/// Where a finding stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum FindingState {
    /// Nobody has looked at it.
    New,
    /// Somebody looks after it.
    Acknowledged,
    /// It is done with.
    Closed,
}

impl FindingState {
    /// Returns the state as one word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::New => "new",
            Self::Acknowledged => "acknowledged",
            Self::Closed => "closed",
        }
    }
}

/// A finding that stands in the log.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Tracked {
    /// What tells it from others: the rule, the subject, the first record of the evidence and the
    /// severity. One that becomes graver is another one.
    pub key: String,
    /// The rule.
    pub rule: String,
    /// How grave it is.
    pub severity: Severity,
    /// Whom it is about.
    pub subject: Option<String>,
    /// What was found.
    pub title: String,
    /// The records that show it.
    pub evidence: Vec<u64>,
    /// What to do.
    pub advice: String,
    /// Where it stands.
    pub state: FindingState,
    /// The record that changed that last.
    pub seq: u64,
}

/// The findings of a log, made of its records.
///
/// ```
/// # use spotify_audit::{Finding, Findings, Severity};
/// # let found = Finding { rule: "CHAIN-BROKEN", severity: Severity::Critical, subject: None,
/// #     title: String::new(), evidence: vec![7], advice: String::new() };
/// let known = Findings::default();
/// // A program appends the drafts of what is not known yet.
/// let all = [found];
/// let new = known.unknown(&all);
/// assert_eq!(new, [&all[0]]);
/// let draft = Findings::opened(new[0]);
/// # let _: spotify_audit::Draft = draft;
/// ```
#[derive(Clone, Debug, Default)]
pub struct Findings {
    tracked: BTreeMap<String, Tracked>,
}

impl Findings {
    /// Takes in the next record, oldest first.
    pub fn observe(&mut self, entry: &Entry) {
        let text = |name| entry.data(name).and_then(serde_json::Value::as_str);
        let Some(key) = text("finding") else { return };
        let state = match entry.code() {
            code if code == FINDING_OPENED.code.as_str() => {
                let tracked = Tracked::of(key, entry);
                self.tracked.insert(key.to_owned(), tracked);
                return;
            }
            code if code == FINDING_ACKNOWLEDGED.code.as_str() => FindingState::Acknowledged,
            code if code == FINDING_CLOSED.code.as_str() => FindingState::Closed,
            _ => return,
        };
        if let Some(tracked) = self.tracked.get_mut(key) {
            (tracked.state, tracked.seq) = (state, entry.seq());
        }
    }

    /// Returns the findings, the gravest first.
    pub fn all(&self) -> Vec<&Tracked> {
        let mut all: Vec<_> = self.tracked.values().collect();
        all.sort_by_key(|tracked| {
            (tracked.state, std::cmp::Reverse(tracked.severity), tracked.seq)
        });
        all
    }

    /// Returns one finding.
    pub fn get(&self, key: &str) -> Option<&Tracked> {
        self.tracked.get(key)
    }

    /// Returns those that the log does not have yet.
    pub fn unknown<'a>(&self, found: &'a [Finding]) -> Vec<&'a Finding> {
        found.iter().filter(|finding| !self.tracked.contains_key(&finding.key())).collect()
    }

    /// Returns the gravest severity among those that are not closed.
    pub fn gravest(&self) -> Option<Severity> {
        let open = self.tracked.values().filter(|tracked| tracked.state != FindingState::Closed);
        open.map(|tracked| tracked.severity).max()
    }

    /// Describes that something was found.
    pub fn opened(finding: &Finding) -> Draft {
        let subject = finding.subject.as_deref().and_then(|subject| Pseudonym::new(subject).ok());
        let event = FindingEvent::Opened {
            finding: key_text(&finding.key()),
            rule: finding.rule,
            title: Text::external(&finding.title),
            advice: Text::external(&finding.advice),
            evidence: finding.evidence.iter().copied().take(MAX_EVIDENCE).collect(),
            subject,
        };
        event.draft().severity(finding.severity)
    }

    /// Describes that somebody looks after a finding.
    ///
    /// # Errors
    /// When the key is none.
    pub fn acknowledged(key: &str, note: Text) -> Result<Draft, IdError> {
        Ok(FindingEvent::Acknowledged { finding: Id::new(key)?, note }.draft())
    }

    /// Describes that a finding is done with.
    ///
    /// # Errors
    /// When the key is none.
    pub fn closed(key: &str, note: Text) -> Result<Draft, IdError> {
        Ok(FindingEvent::Closed { finding: Id::new(key)?, note }.draft())
    }
}

/// A key that is too long for an identifier is cut as other texts are.
fn key_text(key: &str) -> Text {
    Id::new(key).map_or_else(|_| Text::external(key), Text::from)
}

impl Tracked {
    fn of(key: &str, entry: &Entry) -> Self {
        let text = |name| entry.data(name).and_then(serde_json::Value::as_str).map(str::to_owned);
        let evidence = entry.data("evidence").and_then(serde_json::Value::as_array);
        Self {
            key: key.to_owned(),
            rule: text("rule").unwrap_or_default(),
            severity: entry.severity().unwrap_or(Severity::Medium),
            subject: text("subject"),
            title: text("title").unwrap_or_default(),
            evidence: evidence
                .into_iter()
                .flatten()
                .filter_map(serde_json::Value::as_u64)
                .collect(),
            advice: text("advice").unwrap_or_default(),
            state: FindingState::New,
            seq: entry.seq(),
        }
    }
}
