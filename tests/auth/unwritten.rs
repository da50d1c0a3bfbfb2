//! A full disk: what becomes of acts whose records can't be written is set for each durability.

#![expect(clippy::disallowed_methods, reason = "the test starts itself where it may mount")]

use std::fs;
use std::path::Path;
use std::process::Command;

use spotify_audit::{Draft, Durability, Severity, Text};
use spotify_auth::session::events::{self, CommandEvent};
use spotify_auth::session::{Profile, alerts};

use crate::bench::Bench;

const TEST: &str =
    "unwritten::acts_go_on_without_records_only_where_the_settings_say_so_and_the_gap_is_noted";
const CHILD: &str = "AUTH_TEST_FULL_DISK";
/// Enough to fill what is left of the log's last page.
const RECORDS: usize = 20;

const CLASSES: [(Durability, &str); 3] = [
    (Durability::Before, "SPOTIFY_MCP_AUDIT_BEFORE"),
    (Durability::After, "SPOTIFY_MCP_AUDIT_AFTER"),
    (Durability::Async, "SPOTIFY_MCP_AUDIT_ASYNC"),
];

fn act() -> Draft {
    let long = Text::external(&"word ".repeat(100));
    CommandEvent::Run { command: "status", exit: None, terminal: false, why: None }
        .draft()
        .reason(long)
}

fn record(profile: &Profile, durability: Durability) -> bool {
    profile.recorder().record_blocking(act(), durability).is_ok()
}

/// Takes all room of the file system that a file is on.
fn fill(ballast: &Path) {
    assert!(fs::write(ballast, vec![0; 1 << 20]).is_err());
}

fn mounted(home: &Path) {
    let mount = ["-t", "tmpfs", "-o", "size=512k,mode=700", "tmpfs"];
    assert!(Command::new("mount").args(mount).arg(home).status().unwrap().success());
}

#[tokio::test]
async fn acts_go_on_without_records_only_where_the_settings_say_so_and_the_gap_is_noted() {
    if std::env::var_os(CHILD).is_none() {
        return in_a_place_of_its_own();
    }
    for (durability, setting) in CLASSES {
        let bench = Bench::new().await;
        mounted(bench.home.path());
        bench.set(setting, "continue");
        let (session, profile) = bench.with_profile();
        let ballast = bench.home.path().join("ballast");
        fill(&ballast);
        assert!((0..RECORDS).all(|_| record(&profile, durability)), "{durability:?} goes on");
        for (other, _) in CLASSES.iter().filter(|(other, _)| *other != durability) {
            assert!(!record(&profile, *other), "{other:?} is refused");
        }
        fs::remove_file(&ballast).unwrap();
        assert!(record(&profile, Durability::Before), "there is room again");
        drop((session, profile));

        let acts = bench.logged(events::COMMAND.code.as_str());
        let log = bench.log();
        let gaps = log.iter().filter(|entry| events::RECORDS_MISSED.is(entry));
        // A short record may have found room where an act's did not.
        let noted: u64 = gaps.filter_map(|gap| gap.data("records")?.as_u64()).sum();
        let missed = u64::try_from(RECORDS + 1 - acts).unwrap();
        assert!(missed > 0, "the disk was full");
        assert_eq!(noted, missed, "{durability:?}: the log says how many are missing");
        let found = alerts::findings(&bench.home.path().join("audit"), bench.now()).unwrap();
        let gap = found.iter().find(|alert| alert.finding.rule == "AUDIT-GAP").unwrap();
        assert_eq!(gap.finding.severity, Severity::High);
        assert!(Command::new("umount").arg(bench.home.path()).status().unwrap().success());
    }
}

#[tokio::test]
async fn without_settings_a_full_disk_refuses_every_act() {
    let settings = Bench::new().await.settings();
    for (durability, _) in CLASSES {
        assert_eq!(settings.on_failure.of(durability).as_str(), "refuse", "{durability:?}");
    }
}

/// Runs the test again where it may mount file systems that nobody else sees.
fn in_a_place_of_its_own() {
    let private = ["--user", "--map-root-user", "--mount"];
    let possible = Command::new("unshare").args(private).arg("true").status();
    if !possible.is_ok_and(|status| status.success()) {
        // No file system can be mounted here.
        return;
    }
    let mut child = Command::new("unshare");
    child.args(private).arg(std::env::current_exe().unwrap()).args(["--exact", TEST]);
    let output = child.args(["--nocapture"]).env(CHILD, "1").output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
