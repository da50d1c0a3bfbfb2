//! The lines as they stand in the file.

use std::process::Command;
use std::time::Duration;

use spotify_audit::{Durability, Host, Id, Log, MAX_TARGETS, Outcome, Pseudonym, Severity, Text};

use crate::fixture::{
    Home, More, TestEvent, actor, assert_intact, call, call_with, calls, common, options, started,
    started_with,
};

#[test]
fn lines_are_these_bytes() {
    let home = Home::new();
    let host = Host {
        name: Some("desk".into()),
        boot: Some(Id::new("3f1c").unwrap()),
        build: Some(Id::new("abc123").unwrap()),
        ..options().host
    };
    let log = Log::open(&home.directory, spotify_audit::LogOptions { host, ..home.options() });
    let log = log.unwrap();
    log.append(started(), Durability::Async).unwrap();
    home.pass(2);
    let wait_us = Some(Duration::from_secs(1));
    log.append(
        common(TestEvent::Calling { wait_us, scopes: Some(vec!["a", "b"]) }, 1)
            .severity(Severity::High)
            .actor(actor())
            .session(Id::new("s_9").unwrap())
            .class("destructive")
            .targets([Id::new("spotify:playlist:37i9dQZF1DX0XUsuxWHRQd").unwrap()])
            .count(12)
            .decision(Id::new("pol_4").unwrap())
            .outcome(Outcome::Failed)
            .reason(Text::external("it said \"no\"\n\\"))
            .latency(Duration::from_millis(123)),
        Durability::Before,
    )
    .unwrap();
    insta::assert_snapshot!(home.lines().join("\n"));
    assert_intact(&home.directory, 3);
}

#[test]
fn recipe_of_the_documentation_checks_each_line() {
    let text = include_str!("../../spotify-audit/docs/format.md");
    let recipe = text.split("```sh\n").nth(1).unwrap().split("```").next().unwrap();
    let home = Home::new();
    drop(calls(&home, 3));
    let run = |line: usize| {
        let output = Command::new("sh")
            .args(["-euc", recipe])
            .env("LOG", home.file())
            .env("LINE", line.to_string())
            .output()
            .unwrap();
        assert!(output.stderr.is_empty(), "{output:?}");
        String::from_utf8(output.stdout).unwrap()
    };
    for line in 1..=4 {
        assert_eq!(run(line), format!("line {line} is sound\n"));
    }
    let forged = home.lines().join("\n").replacen("r_2", "r_9", 1) + "\n";
    home.overwrite(forged.as_bytes());
    assert_eq!(run(2), "line 2 is sound\n");
    assert_eq!(run(3), "line 3 is bad\n");
}

#[test]
fn no_text_from_outside_breaks_a_line() {
    let home = Home::new();
    let log = home.open();
    let hostile = "\u{0}\n{\"v\":1}\r\",\"h\":\"\u{7f}\u{85}\u{2028}\u{202e}\\";
    log.append(
        call_with(1, More { query: Some(Text::external(hostile)), ..More::default() })
            .tool(Text::external(hostile)),
        Durability::Async,
    )
    .unwrap();
    let text = String::from_utf8(home.bytes()).unwrap();
    assert_eq!(text.lines().count(), 2);
    assert!(!text.trim_end_matches('\n').lines().any(|line| line.contains(char::is_control)));
    assert_intact(&home.directory, 2);
}

#[test]
fn a_record_that_is_too_long_is_refused_and_leaves_nothing() {
    let home = Home::new();
    let log = home.open();
    let before = home.bytes();
    let filler = (0..40).map(|_| Text::external(&"word ".repeat(200))).collect();
    let error = log.append(started_with(Some(filler), None), Durability::Before);
    let error = error.unwrap_err().to_string();
    assert!(error.starts_with("append a record of 2"), "{error}");
    assert!(error.ends_with("bytes: the limit is 16384"), "{error}");
    assert_eq!(home.bytes(), before);
    assert_eq!(log.append(started(), Durability::Before).unwrap().seq, 2);
}

#[test]
fn the_most_targets_of_the_longest_kind_fit_into_a_line() {
    let home = Home::new();
    let log = home.open();
    let target = Id::new(&"x".repeat(spotify_audit::MAX_ID)).unwrap();
    let reason = Text::external(&"\"".repeat(1000));
    let draft = call(1).actor(actor()).targets(vec![target; MAX_TARGETS]).reason(reason);
    log.append(draft, Durability::Async).unwrap();
    assert_intact(&home.directory, 2);
}

#[test]
fn a_log_keeps_its_chain_when_opened_again() {
    let home = Home::new();
    let chain = home.open().chain().clone();
    let again = spotify_audit::ChainId::from_random([9; 16]);
    let options = spotify_audit::LogOptions { new_chain: again, ..home.options() };
    let log = Log::open(&home.directory, options).unwrap();
    assert_eq!(log.chain(), &chain);
    assert_eq!(log.append(started(), Durability::After).unwrap().seq, 2);
    assert_intact(&home.directory, 2);
}

#[test]
fn another_tenants_log_is_refused() {
    let home = Home::new();
    drop(home.open());
    let options =
        spotify_audit::LogOptions { tenant: Pseudonym::new("t_b").unwrap(), ..home.options() };
    let error = Log::open(&home.directory, options).unwrap_err();
    assert_eq!(error.to_string(), "append to the log of tenant t_home: this is tenant t_b");
}
