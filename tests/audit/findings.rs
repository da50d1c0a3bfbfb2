//! Findings stand in the log, and so does what became of them.

use spotify_audit::{
    Durability, Finding, FindingState, Findings, Follow, Log, Query, ReadError, Reader, Severity,
};

use crate::fixture::{Home, call, calls};
use crate::signer::{SMALL, Signer, open};

fn finding(first: u64) -> Finding {
    Finding {
        rule: "MANY-REFUSALS",
        severity: Severity::High,
        subject: Some("p_odd".to_owned()),
        title: "ten calls were refused".to_owned(),
        evidence: vec![first, first + 1],
        advice: "look at the calls".to_owned(),
    }
}

fn findings(home: &Home) -> Findings {
    let mut findings = Findings::default();
    for entry in Reader::open(&home.directory, Query::default()).unwrap() {
        findings.observe(&entry.unwrap());
    }
    findings
}

fn append(log: &Log, draft: spotify_audit::Draft) {
    log.append(draft, Durability::After).unwrap();
}

#[test]
fn a_finding_is_new_then_acknowledged_then_closed_and_survives_a_restart() {
    let home = Home::new();
    let log = calls(&home, 3);
    let found = [finding(2), finding(3)];
    for new in findings(&home).unknown(&found) {
        append(&log, Findings::opened(new));
    }
    drop(log);
    let known = findings(&home);
    assert_eq!(known.unknown(&found), Vec::<&Finding>::new(), "each is told once");
    let key = "MANY-REFUSALS:p_odd:2:high";
    let tracked = known.get(key).unwrap();
    assert_eq!((tracked.state, tracked.evidence.as_slice()), (FindingState::New, &[2, 3][..]));
    assert_eq!(tracked.title, "ten calls were refused");
    assert_eq!(known.gravest(), Some(Severity::High));

    let log = home.open();
    append(&log, Findings::acknowledged(key, "looking".into()).unwrap());
    assert_eq!(findings(&home).get(key).unwrap().state, FindingState::Acknowledged);
    append(&log, Findings::closed(key, "a test".into()).unwrap());
    append(&log, Findings::closed("MANY-REFUSALS:p_odd:3:high", "a test".into()).unwrap());
    let known = findings(&home);
    assert_eq!(known.get(key).unwrap().state, FindingState::Closed);
    assert_eq!((known.gravest(), known.all().len()), (None, 2));
}

#[test]
fn a_finding_that_becomes_graver_is_another_one() {
    let home = Home::new();
    let log = calls(&home, 1);
    append(&log, Findings::opened(&finding(2)));
    let graver = Finding { severity: Severity::Critical, ..finding(2) };
    assert_eq!(findings(&home).unknown(&[finding(2), graver.clone()]), [&graver]);
}

#[test]
fn a_follower_gets_each_record_once_over_restarts_rotation_and_packing() {
    let home = Home::new();
    let log = open(&home, &Signer::new(1), SMALL);
    let mut seen = Vec::new();
    let mut follow = Follow::after(&home.directory, 0, Query::default());
    for round in 0..20_u32 {
        for number in 0..round % 7 {
            log.append(call(number), Durability::Async).unwrap();
        }
        if round % 5 == 4 {
            follow = Follow::after(&home.directory, follow.last(), Query::default());
            home.pass(3 * 24 * 3600);
            log.append(call(0), Durability::Async).unwrap();
            log.maintain(&spotify_audit::Retention::security()).unwrap();
        }
        loop {
            let entries = follow.poll(3).unwrap();
            if entries.is_empty() {
                break;
            }
            seen.extend(entries.iter().map(spotify_audit::Entry::seq));
        }
    }
    assert_eq!(seen, (1..=follow.last()).collect::<Vec<_>>());
    log.flush().unwrap();
    assert!(home.segments().len() > 3);
}

#[test]
fn a_follower_passes_over_a_line_that_is_no_record_after_it_told() {
    let home = Home::new();
    drop(calls(&home, 2));
    let mut lines = home.lines();
    lines[1] = "no record".to_owned();
    home.overwrite((lines.join("\n") + "\n").as_bytes());
    let mut follow = Follow::after(&home.directory, 1, Query::default());
    assert!(matches!(follow.poll(9), Err(ReadError::Malformed(_))));
    let seqs: Vec<_> = follow.poll(9).unwrap().iter().map(spotify_audit::Entry::seq).collect();
    assert_eq!(seqs, [3]);
}
