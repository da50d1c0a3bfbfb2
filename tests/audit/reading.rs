//! Reading a log through a query.

use spotify_audit::{
    Defect, Entry, MAX_LINE, Order, Outcome, Pseudonym, Query, ReadError, Reader, Severity, Stage,
};

use crate::fixture::{Home, More, actor, call_with, calls, hash_of, sealed};

fn seqs(home: &Home, query: Query) -> Vec<u64> {
    let reader = Reader::open(&home.directory, query).unwrap();
    reader.map(|entry| entry.unwrap().seq()).collect()
}

fn newest(query: Query) -> Query {
    Query { order: Order::NewestFirst, ..query }
}

#[test]
fn entries_come_in_the_order_asked_for_and_up_to_the_limit() {
    let home = Home::new();
    drop(calls(&home, 500));
    assert_eq!(seqs(&home, Query::default()), (1..=501).collect::<Vec<_>>());
    let reverse: Vec<_> = (1..=501).rev().collect();
    assert_eq!(seqs(&home, newest(Query::default())), reverse);
    let few = Query { limit: Some(3), ..Query::default() };
    assert_eq!(seqs(&home, few.clone()), [1, 2, 3]);
    assert_eq!(seqs(&home, newest(few)), [501, 500, 499]);
    assert_eq!(seqs(&home, Query { limit: Some(0), ..Query::default() }), [0; 0]);
}

#[test]
fn each_part_of_a_query_narrows_it() {
    let home = Home::new();
    drop(calls(&home, 6));
    let profile = Some(Pseudonym::new("p_even").unwrap());
    assert_eq!(seqs(&home, Query { profile, ..Query::default() }), [3, 5, 7]);
    let outcome = Some(Outcome::Refused);
    assert_eq!(seqs(&home, Query { outcome, ..Query::default() }), [4, 7]);
    let kind_prefix = Some("chain.".to_owned());
    assert_eq!(seqs(&home, Query { kind_prefix, ..Query::default() }), [1]);
    let since = Some("2026-11-21T05:30:03.123456Z".parse().unwrap());
    let until = Some("2026-11-21T05:30:05.123456Z".parse().unwrap());
    assert_eq!(seqs(&home, Query { since, until, ..Query::default() }), [4, 5]);
    let severity = Some(Severity::Low);
    assert_eq!(seqs(&home, Query { severity, ..Query::default() }), [0; 0]);
    let both = Query { outcome, limit: Some(1), ..Query::default() };
    assert_eq!(seqs(&home, newest(both)), [7]);
}

#[test]
fn fields_are_read_as_they_were_written() {
    let home = Home::new();
    let log = calls(&home, 1);
    let draft = call_with(3, More { tries: Some(2), ..More::default() });
    let draft = draft.actor(actor()).count(4);
    log.append(draft, spotify_audit::Durability::Async).unwrap();
    let entry = Reader::open(&home.directory, newest(Query::default())).unwrap().next().unwrap();
    let entry = entry.unwrap();
    assert_eq!(entry.line(), home.lines()[2]);
    assert_eq!((entry.code(), entry.kind()), ("SM2101I", "tool.call"));
    assert_eq!((entry.stage(), entry.severity()), (Some(Stage::Outcome), Some(Severity::Info)));
    assert_eq!((entry.tenant(), entry.actor()), (Some("t_home"), Some("u_01J")));
    assert_eq!((entry.client(), entry.agent()), (Some("desk client/2.0"), None));
    assert_eq!((entry.profile(), entry.request()), (Some("p_odd"), Some("r_3")));
    assert_eq!((entry.tool(), entry.count()), (Some("get_playlist"), Some(4)));
    assert_eq!(entry.outcome(), Some(Outcome::Refused));
    assert_eq!(entry.data("tries").unwrap(), 2);
    assert_eq!(entry.unknown(), 0);
}

#[test]
fn a_malformed_line_is_named_and_reading_goes_on() {
    let home = Home::new();
    drop(calls(&home, 3));
    let lines = home.lines();
    let long = "x".repeat(5 * MAX_LINE);
    let parts = [&lines[0], "no json", &lines[1], long.as_str(), &lines[2], "", &lines[3]];
    home.overwrite((parts.join("\n") + "\n{\"v\"").as_bytes());
    let offset = |line: usize| parts[..line - 1].iter().map(|part| part.len() as u64 + 1).sum();
    let bad = [
        (2, offset(2), Defect::NotSealed),
        (4, offset(4), Defect::TooLong),
        (6, offset(6), Defect::NotSealed),
        (8, offset(8), Defect::Unfinished { bytes: 4 }),
    ];
    for order in [Order::OldestFirst, Order::NewestFirst] {
        let mut reader =
            Reader::open(&home.directory, Query { order, ..Query::default() }).unwrap();
        let (mut good, mut found) = (Vec::new(), Vec::new());
        for entry in &mut reader {
            match entry {
                Ok(entry) => good.push(entry.seq()),
                Err(ReadError::Malformed(problem)) => {
                    assert_eq!(problem.file, home.file());
                    found.push((problem.line, problem.offset, problem.defect));
                }
                Err(error) => panic!("{error}"),
            }
        }
        if order == Order::NewestFirst {
            good.reverse();
            found.reverse();
        }
        assert_eq!(good, [1, 2, 3, 4]);
        assert_eq!(found, bad);
        assert_eq!((reader.passed().entries, reader.passed().malformed), (4, 4));
    }
}

#[test]
fn unknown_kinds_and_fields_pass_and_are_counted() {
    let home = Home::new();
    drop(calls(&home, 1));
    let lines = home.lines();
    let body = lines[1].split(",\"h\":").next().unwrap().replace("\"seq\":2", "\"seq\":3");
    let body = body.replace("tool.call", "moon.phase").replace("\"req\":", "\"moon\":1,\"req\":");
    let (line, _) = sealed(hash_of(&lines[1]), &body);
    home.overwrite(format!("{}\n{}\n{line}", lines[0], lines[1]).as_bytes());
    let known_kind: Option<fn(&str) -> bool> = Some(|kind| kind != "moon.phase");
    let mut reader =
        Reader::open(&home.directory, Query { known_kind, ..Query::default() }).unwrap();
    let entries: Vec<Entry> = reader.by_ref().map(Result::unwrap).collect();
    assert_eq!(entries[2].kind(), "moon.phase");
    assert_eq!((reader.passed().unknown_kinds, reader.passed().unknown_fields), (1, 1));
    assert_eq!(home.verify().status().exit_code(), 0, "verify covers what it does not know");
}

#[test]
fn a_log_that_is_not_there_reads_as_empty() {
    let home = Home::new();
    assert_eq!(seqs(&home, Query::default()), [0; 0]);
    assert_eq!(seqs(&home, newest(Query::default())), [0; 0]);
}
