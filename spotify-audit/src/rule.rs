//! Rules that fold entries into findings.

use serde::Serialize;

use crate::entry::Entry;
use crate::verify::{Report, Status};
use crate::vocabulary::Severity;

/// Looks at every entry, oldest first, and says at the end what it found.
///
/// A rule is a plain fold: it reads no clock and no file. One that compares with the present gets
/// the time when it is made.
///
/// ```
/// use spotify_audit::{Entry, Finding, Outcome, Rule, Severity};
///
/// #[derive(Default)]
/// struct ManyRefusals(Vec<u64>);
///
/// impl Rule for ManyRefusals {
///     fn id(&self) -> &'static str {
///         "MANY-REFUSALS"
///     }
///     fn observe(&mut self, entry: &Entry) {
///         if entry.outcome() == Some(Outcome::Refused) {
///             self.0.push(entry.seq());
///         }
///     }
///     fn findings(&self) -> Vec<Finding> {
///         if self.0.len() < 10 {
///             return Vec::new();
///         }
///         vec![Finding {
///             rule: self.id(),
///             severity: Severity::Medium,
///             subject: None,
///             title: format!("{} calls were refused", self.0.len()),
///             evidence: self.0.clone(),
///             advice: "look at the calls with `audit`".to_owned(),
///         }]
///     }
/// }
/// ```
pub trait Rule {
    /// Returns the rule's stable name, in capitals: `CHAIN-BROKEN`.
    fn id(&self) -> &'static str;

    /// Takes in the next entry.
    fn observe(&mut self, entry: &Entry);

    /// Returns what was found in the entries so far.
    fn findings(&self) -> Vec<Finding>;
}

/// What a rule found.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// The rule.
    pub rule: &'static str,
    /// How grave it is.
    pub severity: Severity,
    /// The pseudonym of the profile or actor it is about.
    pub subject: Option<String>,
    /// What was found, in a sentence.
    pub title: String,
    /// The numbers of the records that show it.
    pub evidence: Vec<u64>,
    /// What to do.
    pub advice: String,
}

impl Finding {
    /// Returns what tells it from others: the rule, the subject, the first record of the evidence
    /// and the severity. One that becomes graver is another one.
    pub fn key(&self) -> String {
        let subject = self.subject.as_deref().unwrap_or("-");
        let first = self.evidence.first().copied().unwrap_or_default();
        format!("{}:{subject}:{first}:{}", self.rule, self.severity.as_str())
    }
}

/// Runs rules over entries. The findings come most grave first, else in the order of the rules.
pub fn evaluate(
    entries: impl IntoIterator<Item = Entry>,
    rules: &mut [Box<dyn Rule>],
) -> Vec<Finding> {
    for entry in entries {
        for rule in rules.iter_mut() {
            rule.observe(&entry);
        }
    }
    let mut findings: Vec<_> = rules.iter().flat_map(|rule| rule.findings()).collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings
}

/// The rule `CHAIN-BROKEN`: a log with a bad or missing line.
pub fn chain_broken(report: &Report) -> Option<Finding> {
    let problem = report.first_bad.as_ref()?;
    let what = match report.status() {
        Status::Gap => "records are missing",
        _ => "records were changed",
    };
    Some(Finding {
        rule: "CHAIN-BROKEN",
        severity: Severity::Critical,
        subject: None,
        title: format!("{what} in the audit log: {problem}"),
        evidence: problem.seq.into_iter().collect(),
        advice: format!(
            "trust the {} records before it only; keep a copy of the file, compare it with your \
             exports, and find out who can write to {}",
            report.records,
            report.file.display()
        ),
    })
}

/// The rule `AUDIT-TAMPER`: a log that is not the one that was signed.
pub fn not_as_signed(report: &Report) -> Option<Finding> {
    let problem = report.bad_signature.as_ref()?;
    Some(Finding {
        rule: "AUDIT-TAMPER",
        severity: Severity::Critical,
        subject: None,
        title: format!("the audit log is not the one that was signed: {problem}"),
        evidence: report.signed.into_iter().collect(),
        advice: format!(
            "keep a copy of {}, compare it with your exports and saved checkpoints, and find out \
             who can write there",
            report.file.display()
        ),
    })
}
