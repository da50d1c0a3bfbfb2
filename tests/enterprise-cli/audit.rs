//! `audit` and `audit verify`.

use std::time::Duration;

use serde_json::json;

use crate::bench::{Bench, MASTER_KEY, TestClock};

#[tokio::test]
async fn records_are_shown_newest_last_with_the_names_of_profiles() {
    let bench = Bench::signed_in().await;
    let ran = bench.admin(&["audit"]).await;
    ran.expect(0).shows(&["RECORD", "WHAT", "PROFILE", "OUTCOME", "signin.done", "work", "login"]);
    let numbers: Vec<u64> = ran
        .stdout
        .lines()
        .skip(1)
        .map(|line| line.split_whitespace().next().unwrap().parse().unwrap())
        .collect();
    assert!(numbers.is_sorted() && numbers.len() > 3, "{ran:#?}");
}

#[tokio::test]
async fn programs_get_the_lines_of_the_log_as_they_stand() {
    let bench = Bench::signed_in().await;
    let text = std::fs::read_to_string(bench.log_file()).unwrap();
    let ran = bench.admin(&["audit", "--json"]).await;
    ran.expect(0);
    assert!(text.starts_with(&ran.stdout), "a log of fewer than twenty records is shown whole");
    assert_eq!(ran.stdout.lines().count(), text.lines().count());
}

#[tokio::test]
async fn records_can_be_narrowed_down() {
    let bench = Bench::signed_in().await;
    bench.sign_in(&["--profile", "home"]).await;
    let lines = async |arguments: &[&str]| {
        let ran = bench.admin(&[&["audit"], arguments, &["--json"]].concat()).await;
        ran.expect(0);
        let lines = ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap());
        lines.collect::<Vec<serde_json::Value>>()
    };
    assert_eq!(lines(&["all", "3"]).await.len(), 3);
    let work = lines(&["work"]).await;
    assert!(!work.is_empty() && work.iter().all(|line| line["profile"] == work[0]["profile"]));
    let id = work[0]["profile"].as_str().unwrap();
    assert_eq!(lines(&[id]).await, work);
    assert_ne!(lines(&["home"]).await[0]["profile"], work[0]["profile"]);
    let done = lines(&["all", "50", "--type", "signin.d"]).await;
    assert_eq!(done.iter().map(|line| &line["type"]).collect::<Vec<_>>(), ["signin.done"; 2]);
    assert_eq!(lines(&["work", "--since", "1h"]).await, work);
    assert_eq!(lines(&["--since", "9000-01-01"]).await, Vec::<serde_json::Value>::new());
    bench.admin(&["audit", "--since", "yesterday"]).await.expect(2);
    bench.admin(&["audit", "50"]).await.expect(5).says(&["`audit all 50`"]);
}

#[tokio::test]
async fn a_locked_vault_hides_names_but_not_records() {
    let mut bench = Bench::new().await;
    bench.set("SPOTIFY_MCP_MASTER_KEY", MASTER_KEY);
    bench.sign_in(&["--profile", "work"]).await;
    bench.unset("SPOTIFY_MCP_MASTER_KEY");
    let refused = || bench.records().iter().filter(|entry| entry.code() == "SM1303E").count();
    let ran = bench.admin(&["audit"]).await;
    ran.expect(0).shows(&["signin.done", "p_"]).says(&["The vault is locked"]);
    bench.admin(&["audit", "verify"]).await.expect(0).shows(&["intact"]);
    bench.admin(&["alerts"]).await.expect(0);
    assert_eq!(refused(), 0, "looking is no failed attempt to unlock");
    bench.admin(&["audit", "work"]).await.expect(4);
}

#[tokio::test]
async fn an_intact_log_is_told_with_its_last_hash() {
    let bench = Bench::signed_in().await;
    let ran = bench.admin(&["audit", "verify"]).await;
    ran.expect(0).shows(&["The audit log is intact.", "sound records", "last hash: "]);
    let json = bench.admin(&["audit", "verify", "--json"]).await.json();
    assert_eq!(json["status"], json!("intact"));
    assert_eq!(json["first_bad"], json!(null));
}

#[tokio::test]
async fn a_changed_record_is_named() {
    let bench = Bench::signed_in().await;
    bench.tamper(|text| text.replacen("signin.done", "signin.fail", 1));
    let line = 1 + std::fs::read_to_string(bench.log_file())
        .unwrap()
        .lines()
        .position(|line| line.contains("signin.fail"))
        .unwrap();
    let ran = bench.admin(&["audit", "verify"]).await;
    ran.expect(20).shows(&[
        "The audit log was changed.",
        &format!("line {line} "),
        "do: trust the",
    ]);
    let json = bench.admin(&["audit", "verify", "--json"]).await;
    json.expect(20);
    assert_eq!(json.json()["first_bad"]["line"], json!(line));
    bench.admin(&["status", "--profile", "work"]).await.expect(0).shows(&["chain_broken"]);
}

#[tokio::test]
async fn a_removed_record_is_a_gap() {
    let bench = Bench::signed_in().await;
    bench.tamper(|text| {
        let left: Vec<_> = text.lines().filter(|line| !line.contains("signin.start")).collect();
        left.join("\n") + "\n"
    });
    bench.admin(&["audit", "verify"]).await.expect(23).shows(&["Records are missing"]);
}

#[tokio::test]
async fn an_unfinished_record_is_told_and_set_aside_by_the_next_writer() {
    let bench = Bench::signed_in().await;
    bench.tamper(|text| text + "{\"v\":1,\"seq\":99");
    let ran = bench.admin(&["audit", "verify"]).await;
    ran.expect(24).shows(&["unfinished", "do: "]);
    bench.admin(&["profiles"]).await.expect(0);
    bench.admin(&["audit", "verify"]).await.expect(0);
}

#[tokio::test]
async fn a_clock_that_went_back_is_told() {
    let clock = TestClock::starting(Duration::ZERO);
    let bench = Bench::signed_in().await;
    clock.advance(Duration::from_hours(48));
    drop(bench.session(&clock));
    let ran = bench.admin(&["audit", "verify"]).await;
    let second = bench.admin(&["audit", "verify"]).await;
    assert!(ran.code == 25 || second.code == 25, "{ran:#?} {second:#?}");
}

#[tokio::test]
async fn lines_that_are_no_records_are_counted_and_do_no_harm() {
    let bench = Bench::signed_in().await;
    bench.tamper(|text| {
        let mut lines: Vec<_> = text.lines().map(str::to_owned).collect();
        lines.insert(2, "\u{1b}[2Jnot a record".to_owned());
        lines.join("\n") + "\n"
    });
    let ran = bench.admin(&["audit"]).await;
    ran.expect(0).says(&["1 line can't be read"]);
    assert!(!ran.stdout.contains('\u{1b}'));
}

#[tokio::test]
async fn without_a_log_there_is_nothing_to_verify() {
    let bench = Bench::new().await;
    bench.admin(&["audit", "verify"]).await.expect(5).says(&["there is none"]);
    bench.admin(&["audit"]).await.expect(0).shows(&["no such records"]);
}

#[tokio::test]
async fn a_report_tells_of_a_period_in_each_form() {
    let bench = Bench::signed_in().await;
    let report = bench.admin(&["audit", "report"]).await;
    report.expect(0).shows(&["# Audit summary", "The audit log is intact.", "signin.done", "work"]);
    let page = bench.admin(&["audit", "report", "--format", "html"]).await;
    page.expect(0).shows(&["<!doctype html>", "signin.done", "</html>"]);
    let before = bench.records().len();
    let json = bench.admin(&["audit", "report", "--json"]).await.json();
    assert_eq!(json["version"], 1);
    assert_eq!(json["records"], before);
    let past = ["audit", "report", "--since", "2020-01-01", "--until", "2020-02-01", "--json"];
    assert_eq!(bench.admin(&past).await.json()["records"], 0);
    let turned = ["audit", "report", "--since", "1d", "--until", "2d"];
    bench.admin(&turned).await.expect(2).says(&["before it begins", "hint"]);
}

#[tokio::test]
async fn a_report_goes_into_a_new_file_and_replaces_none() {
    let bench = Bench::signed_in().await;
    let file = bench.home().join("report.html");
    let path = file.to_str().unwrap();
    let arguments = ["audit", "report", "--format", "html", "--output", path];
    bench.admin(&arguments).await.expect(0).shows(&["records summarised in", path]);
    let written = std::fs::read_to_string(&file).unwrap();
    assert!(written.ends_with("</html>\n"));
    bench.admin(&arguments).await.expect(1).says(&["report.html", "does not exist yet"]);
    assert_eq!(std::fs::read_to_string(&file).unwrap(), written);
}

#[tokio::test]
async fn a_query_narrows_down_by_each_field() {
    let bench = Bench::signed_in().await;
    bench.sign_in(&["--profile", "home"]).await;
    let all: Vec<serde_json::Value> = lines(&bench.admin(&["audit", "query", "--json"]).await);
    let shown = async |arguments: &[&str]| {
        let ran = bench.admin(&[&["audit", "query"], arguments, &["--json"]].concat()).await;
        ran.expect(0);
        lines(&ran)
    };
    assert!(all.windows(2).all(|pair| pair[0]["seq"].as_u64() < pair[1]["seq"].as_u64()));
    for (field, flag) in [("code", "--code"), ("type", "--type"), ("outcome", "--outcome")] {
        let wanted = all.iter().find_map(|line| line[field].as_str()).unwrap();
        let found = shown(&[flag, wanted, "--until", "0h"]).await;
        assert!(!found.is_empty() && found.iter().all(|line| line[field] == wanted), "{flag}");
    }
    let actor = all.iter().find_map(|line| line["actor"]["uid"].as_str()).unwrap();
    let found = shown(&["--actor", actor]).await;
    assert!(!found.is_empty() && found.iter().all(|line| line["actor"]["uid"] == actor));
    assert!(shown(&["--severity", "critical"]).await.is_empty());
    assert_eq!(shown(&["--limit", "2"]).await, all[..2]);
    let profile = all.iter().find_map(|line| line["profile"].as_str()).unwrap();
    let found = shown(&["work"]).await;
    assert!(!found.is_empty() && found.iter().all(|line| line["profile"] == profile));
    bench.admin(&["audit", "query", "--outcome", "sideways"]).await.expect(2).says(&["refused"]);
    bench.admin(&["audit", "query"]).await.expect(0).shows(&["RECORD", "signin.done", "work"]);
    bench
        .admin(&["audit", "query", "--since", "9000-01-01"])
        .await
        .expect(0)
        .shows(&["There are no such records."]);
}

fn lines(ran: &crate::bench::Ran) -> Vec<serde_json::Value> {
    ran.stdout.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

#[tokio::test]
async fn a_tail_shows_the_last_records_and_then_new_ones() {
    let bench = Bench::signed_in().await;
    let mut command = bench.command(&["audit", "tail", "--type", "admin.", "all", "1", "--json"]);
    command.stdout(std::process::Stdio::piped()).kill_on_drop(true);
    let mut tail = command.spawn().unwrap();
    let output = tokio::io::BufReader::new(tail.stdout.take().unwrap());
    let mut lines = tokio::io::AsyncBufReadExt::lines(output);
    let mut next = async || -> serde_json::Value {
        serde_json::from_str(&lines.next_line().await.unwrap().unwrap()).unwrap()
    };
    assert_eq!(next().await["data"]["command"], "login");
    bench.admin(&["create-profile", "other"]).await.expect(0);
    assert_eq!(next().await["data"]["command"], "create-profile");
    bench.admin(&["profiles"]).await.expect(0);
    assert_eq!(next().await["data"]["command"], "profiles");
}
