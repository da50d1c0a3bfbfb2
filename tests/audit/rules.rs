//! Rules fold entries into findings.

use spotify_audit::{
    Entry, Finding, Outcome, Query, Reader, Rule, Severity, chain_broken, evaluate,
};

use crate::fixture::{Home, calls};

struct Outcomes {
    wanted: Outcome,
    severity: Severity,
    seqs: Vec<u64>,
}

impl Rule for Outcomes {
    fn id(&self) -> &'static str {
        "OUTCOMES"
    }

    fn observe(&mut self, entry: &Entry) {
        if entry.outcome() == Some(self.wanted) {
            self.seqs.push(entry.seq());
        }
    }

    fn findings(&self) -> Vec<Finding> {
        let finding = Finding {
            rule: self.id(),
            severity: self.severity,
            subject: None,
            title: self.wanted.as_str().to_owned(),
            evidence: self.seqs.clone(),
            advice: String::new(),
        };
        if self.seqs.is_empty() { Vec::new() } else { vec![finding] }
    }
}

#[test]
fn rules_see_every_entry_and_the_gravest_finding_comes_first() {
    let home = Home::new();
    drop(calls(&home, 6));
    let rule = |wanted, severity| -> Box<dyn Rule> {
        Box::new(Outcomes { wanted, severity, seqs: Vec::new() })
    };
    let mut rules = [
        rule(Outcome::Ok, Severity::Low),
        rule(Outcome::Failed, Severity::Critical),
        rule(Outcome::Refused, Severity::High),
    ];
    let entries = Reader::open(&home.directory, Query::default()).unwrap();
    let findings = evaluate(entries.map(Result::unwrap), &mut rules);
    let found: Vec<_> =
        findings.iter().map(|finding| (finding.title.as_str(), &*finding.evidence)).collect();
    assert_eq!(found, [("refused", &[4, 7][..]), ("ok", &[2, 3, 5, 6])]);
}

#[test]
fn a_broken_chain_is_a_critical_finding() {
    let home = Home::new();
    drop(calls(&home, 6));
    assert_eq!(chain_broken(&home.verify()), None);
    let forged = home.lines().join("\n").replacen("r_2", "r_9", 1) + "\n";
    home.overwrite(forged.as_bytes());
    let finding = chain_broken(&home.verify()).unwrap();
    assert_eq!((finding.rule, finding.severity), ("CHAIN-BROKEN", Severity::Critical));
    assert_eq!(finding.evidence, [3]);
    assert!(finding.title.contains("line 3"), "{}", finding.title);

    let mut lines = home.lines();
    lines.remove(1);
    home.overwrite((lines.join("\n") + "\n").as_bytes());
    let finding = chain_broken(&home.verify()).unwrap();
    assert!(finding.title.starts_with("records are missing"), "{}", finding.title);
}
