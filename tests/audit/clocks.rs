//! The wall clock is never trusted alone.

use spotify_audit::{Durability, Host, Id, Log, LogOptions, Status, Warning};

use crate::fixture::{Home, assert_intact, call, calls, hash_of, options, sealed};

fn kinds(home: &Home) -> Vec<String> {
    let kind = |line: &String| {
        line.split("\"type\":\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
    };
    home.lines().iter().map(kind).collect()
}

#[test]
fn clocks_that_move_together_are_no_news() {
    let home = Home::new();
    let log = calls(&home, 1);
    home.pass(1_000_000);
    home.set_wall_clock(1);
    log.append(call(2), Durability::Async).unwrap();
    assert_eq!(kinds(&home), ["chain.open", "tool.call", "tool.call"]);
    assert_intact(&home.directory, 3);
}

#[test]
fn a_wall_clock_set_back_is_noted_and_an_anomaly() {
    let home = Home::new();
    let log = calls(&home, 1);
    home.set_wall_clock(-3600);
    log.append(call(2), Durability::Async).unwrap();
    assert_eq!(kinds(&home), ["chain.open", "tool.call", "log.clock", "tool.call"]);
    assert!(home.lines()[2].contains(r#""data":{"step_us":-3600000000}"#));
    let report = home.verify();
    assert_eq!((report.status(), report.status().exit_code()), (Status::ClockAnomaly, 25));
    assert_eq!(report.records, 4);
    let warning = Warning::ClockWentBack { seq: 3, by_us: 3_600_000_000 };
    assert_eq!(report.warnings, [warning]);
}

#[test]
fn a_wall_clock_set_on_and_a_machine_started_anew_are_noted_only() {
    let home = Home::new();
    let log = calls(&home, 1);
    home.set_wall_clock(3600);
    log.append(call(2), Durability::Async).unwrap();
    drop(log);
    home.reboot(60);
    let host = Host { boot: Some(Id::new("b2").unwrap()), ..options().host };
    let log = Log::open(&home.directory, LogOptions { host, ..home.options() }).unwrap();
    log.append(call(3), Durability::Async).unwrap();
    let expected = ["chain.open", "tool.call", "log.clock", "tool.call", "log.clock", "tool.call"];
    assert_eq!(kinds(&home), expected);
    assert!(home.lines()[4].contains(r#","boot":"b2"}"#), "{}", home.lines()[4]);
    assert_intact(&home.directory, 6);
}

#[test]
fn clocks_that_move_apart_without_a_note_are_an_anomaly() {
    let home = Home::new();
    drop(calls(&home, 1));
    let lines = home.lines();
    let body = lines[1].split(",\"h\":").next().unwrap();
    let body = body.replace("\"seq\":2", "\"seq\":3").replace("T05:30:01", "T05:30:09");
    let (line, _) = sealed(hash_of(&lines[1]), &body);
    home.overwrite(format!("{}\n{}\n{line}", lines[0], lines[1]).as_bytes());
    let report = home.verify();
    assert_eq!(report.status(), Status::ClockAnomaly, "{report:?}");
    assert_eq!(report.warnings, [Warning::ClocksDisagree { seq: 3, by_us: 8_000_000 }]);
}

#[test]
fn warnings_are_counted_beyond_those_written_out() {
    let home = Home::new();
    let log = home.open();
    for number in 0..150 {
        home.set_wall_clock(-10);
        log.append(call(number), Durability::Async).unwrap();
    }
    let report = home.verify();
    assert_eq!((report.warnings.len(), report.warning_count), (100, 150));
}
