//! What a log says of a period.

use jiff::{Timestamp, ToSpan as _};
use spotify_audit::{
    Durability, Finding, Findings, Outcome, Query, Reader, Severity, Summarizer, Summary,
};

use crate::fixture::{Home, TOOL_CALL, TestEvent, call, common};

/// A log of twelve days: a few calls a day, and a finding with markup in its text.
fn home() -> Home {
    let home = Home::new();
    let log = home.open();
    for day in 0..12 {
        for number in 0..=day {
            let announced = common(TestEvent::Calling { wait_us: None, scopes: None }, number);
            log.append(announced, Durability::Async).unwrap();
            log.append(call(number), Durability::Async).unwrap();
            home.pass(60);
        }
        home.pass(86_400);
    }
    let found = Finding {
        rule: "WIPE",
        severity: Severity::Critical,
        subject: Some("p_even".to_owned()),
        title: "<script>alert(1)</script> | **emptied** `x`".to_owned(),
        evidence: vec![3, 5],
        advice: "call undo_change".to_owned(),
    };
    log.append(Findings::opened(&found), Durability::After).unwrap();
    home
}

fn summary(home: &Home, since: Timestamp, until: Timestamp) -> Summary {
    let mut summarizer = Summarizer::new(since, until);
    for entry in Reader::open(&home.directory, Query::default()).unwrap() {
        summarizer.observe(&entry.unwrap());
    }
    summarizer.verdict("intact");
    summarizer.finish(|pseudonym| (pseudonym == "p_even").then(|| "work".to_owned()))
}

fn whole(home: &Home) -> Summary {
    let since: Timestamp = "2026-11-21T00:00:00Z".parse().unwrap();
    summary(home, since, since + (24 * 14).hours())
}

#[test]
fn an_act_counts_once_although_it_has_two_records() {
    let home = home();
    let summary = whole(&home);
    let calls = (1..=12).sum::<u64>();
    assert_eq!(summary.kinds.rows[0].name, TOOL_CALL.kind.as_str());
    assert_eq!(summary.kinds.rows[0].acts, calls);
    assert_eq!(summary.tools.rows[0].acts, calls);
    assert_eq!(summary.acts, summary.times.iter().map(|bucket| bucket.acts).sum::<u64>());
    assert_eq!(summary.records, summary.acts + calls);
    let refused = summary.outcomes.rows.iter().find(|row| row.name == "refused").unwrap().acts;
    assert_eq!(refused, summary.times.iter().map(|bucket| bucket.trouble).sum::<u64>());
    assert_eq!(
        refused,
        summary.notable.iter().filter(|act| act.outcome == Some(Outcome::Refused)).count() as u64
    );
}

#[test]
fn a_period_leaves_out_what_is_before_and_after_it() {
    let home = home();
    let since: Timestamp = "2026-11-25T00:00:00Z".parse().unwrap();
    let until = since + 48.hours();
    let summary = summary(&home, since, until);
    assert_eq!(summary.times.iter().map(|bucket| bucket.acts).collect::<Vec<_>>(), [5, 6]);
    assert_eq!((summary.first, summary.last), (Some(22), Some(43)));
    assert!(summary.findings.is_empty(), "opened later");
    assert_eq!(summary.notable.last().unwrap().time.to_string(), "2026-11-26T05:48:00.123456Z");
}

#[test]
fn a_finding_that_is_open_stands_in_later_summaries_and_a_closed_one_does_not() {
    let home = home();
    let later: Timestamp = "2026-12-20T00:00:00Z".parse().unwrap();
    let open = summary(&home, later, later + 24.hours());
    assert_eq!((open.records, open.findings.len()), (0, 1));
    let log = home.open();
    let note = spotify_audit::Text::external("undone");
    let closed = Findings::closed(&open.findings[0].key, note).unwrap();
    log.append(closed, Durability::After).unwrap();
    assert!(summary(&home, later, later + 24.hours()).findings.is_empty());
}

#[test]
fn a_long_period_goes_by_months_and_an_empty_one_has_no_bars() {
    let home = home();
    let since: Timestamp = "2026-10-15T00:00:00Z".parse().unwrap();
    let months = summary(&home, since, since + (24 * 90).hours());
    let starts: Vec<_> = months.times.iter().map(|bucket| bucket.start.to_string()).collect();
    assert_eq!(starts, ["2026-10-01", "2026-11-01", "2026-12-01", "2027-01-01"]);
    assert_eq!(months.acts, months.times.iter().map(|bucket| bucket.acts).sum::<u64>());
    let nothing = summary(&home, since, since);
    assert!(nothing.times.is_empty());
    assert!(nothing.html().contains("</html>") && nothing.markdown().contains("None."));
}

#[test]
fn a_long_list_keeps_the_last_and_counts_the_rest() {
    let home = Home::new();
    let log = home.open();
    for _ in 0..150 {
        home.pass(1);
        log.append(call(3), Durability::Async).unwrap();
    }
    let summary = whole(&home);
    assert_eq!((summary.notable.len(), summary.notable_left_out), (100, 50));
    assert_eq!(summary.notable.last().unwrap().seq, 151);
}

#[test]
fn a_summary_as_markdown() {
    insta::assert_snapshot!(whole(&home()).markdown());
}

#[test]
fn a_page_needs_nothing_from_elsewhere_and_text_in_it_is_no_markup() {
    let page = whole(&home()).html();
    assert!(!page.contains("<script") && page.contains("&#60;script&#62;"), "{page}");
    for outside in ["http:", "https:", "src=", "href=", "url(", "@import"] {
        assert!(!page.contains(outside), "{outside}");
    }
    insta::assert_snapshot!(page);
}

#[test]
fn a_summary_as_json_has_its_version() {
    let json = serde_json::to_value(whole(&home())).unwrap();
    assert_eq!(json["version"], 1);
    assert_eq!(json["profiles"]["rows"][0]["known_as"], "work");
    assert_eq!(json["findings"][0]["state"], "new");
    assert_eq!(json["times"][0]["start"], "2026-11-21");
}
