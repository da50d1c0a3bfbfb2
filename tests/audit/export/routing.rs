//! Few messages of many findings.

use std::time::Duration;

use jiff::Timestamp;
use jiff::civil::time;
use jiff::tz::TimeZone;
use spotify_audit::export::{Message, Quiet, Router, Routing, Source as _};
use spotify_audit::{Durability, Entry, Finding, Findings, Query, Reader, Severity};

use crate::fixture::Home;

fn at(seconds: i64) -> Timestamp {
    // 2026-11-21T05:30:00Z and so many seconds.
    Timestamp::from_second(1_795_239_000 + seconds).unwrap()
}

/// Records of findings: rule, subject, severity.
fn entries(findings: &[(&'static str, &str, Severity)]) -> Vec<Entry> {
    let home = Home::new();
    let log = home.open();
    for (number, (rule, subject, severity)) in (1..).zip(findings) {
        let finding = Finding {
            rule,
            severity: *severity,
            subject: Some((*subject).to_owned()),
            title: "something was found".to_owned(),
            evidence: vec![number],
            advice: "look".to_owned(),
        };
        log.append(Findings::opened(&finding), Durability::Async).unwrap();
    }
    let reader = Reader::open(&home.directory, Query::default()).unwrap();
    reader.map(Result::unwrap).collect()
}

fn told(router: &mut Router, entries: &[Entry], seconds: i64) -> Vec<Message> {
    for entry in entries {
        router.take(entry, at(seconds));
    }
    router.due(at(seconds))
}

#[test]
fn ten_thousand_findings_are_no_more_messages_than_the_cap() {
    let subjects: Vec<_> = (0..10_000).map(|number| format!("p_{number}")).collect();
    let findings: Vec<_> =
        subjects.iter().map(|subject| ("FLOOD", subject.as_str(), Severity::High)).collect();
    let all = entries(&findings);
    let mut router = Router::new(Routing { group: Duration::ZERO, ..Routing::default() });
    let mut messages = Vec::new();
    for (minute, part) in (0..).zip(all.chunks(500)) {
        messages.extend(told(&mut router, part, 60 * minute));
    }
    assert!(messages.len() <= 10, "{}", messages.len());
    // An hour later one message tells of the rest, so that none is silently gone.
    let rest = router.due(at(2 * 3600));
    assert_eq!(rest.len(), 1);
    let counted = |message: &Message| {
        let more =
            message.title.split_once(" more findings").and_then(|(text, _)| text.rsplit_once(' '));
        more.map_or(1, |(_, number)| number.parse::<u64>().unwrap())
    };
    assert_eq!(messages.iter().chain(&rest).map(counted).sum::<u64>(), 10_000);
    assert_eq!(router.settled(10_001), 10_001);
}

#[test]
fn equal_findings_are_one_message_that_counts_them() {
    let all = entries(&[("BURST", "p_1", Severity::High); 7]);
    let mut router = Router::new(Routing::default());
    assert_eq!(told(&mut router, &all, 0), []);
    assert_eq!(router.settled(8), 1, "what waits is read again after a restart");
    let messages = router.due(at(300));
    assert_eq!(messages.len(), 1);
    assert!(messages[0].title.ends_with("something was found, 7 times"), "{messages:?}");
    assert_eq!(router.settled(8), 8);
}

#[test]
fn what_is_below_the_threshold_is_left_out_and_the_urgent_goes_at_once() {
    let all = entries(&[("A", "p_1", Severity::Low), ("B", "p_1", Severity::Critical)]);
    let mut router = Router::new(Routing::default());
    let messages = told(&mut router, &all, 0);
    assert_eq!(messages.len(), 1);
    assert_eq!(messages[0].severity, Severity::Critical);
    assert_eq!(router.due(at(10_000)), []);
}

#[test]
fn quiet_hours_hold_back_all_but_the_urgent_until_they_are_over() {
    let quiet = Quiet { from: time(22, 0, 0, 0), until: time(7, 0, 0, 0), zone: TimeZone::UTC };
    let routing = Routing { quiet: Some(quiet), group: Duration::ZERO, ..Routing::default() };
    let mut router = Router::new(routing);
    let all = entries(&[("A", "p_1", Severity::High), ("B", "p_1", Severity::Critical)]);
    let at_night = told(&mut router, &all, 0);
    assert_eq!(at_night.len(), 1);
    assert_eq!(at_night[0].severity, Severity::Critical);
    assert_eq!(router.due(at(3600)), []);
    let in_the_morning = router.due(at(2 * 3600));
    assert_eq!(in_the_morning.len(), 1);
    assert_eq!(in_the_morning[0].severity, Severity::High);
}
