//! A session signs its log, with keys that the vault holds and that follow one another.

use std::time::Duration;

use spotify_audit::{PublicKey, Report, SignatureProblem, Status, Text, Verification, Warning};
use spotify_auth::session::{Session, UpkeepError, alerts, events::CommandEvent};

use crate::bench::{Bench, copy_directory};

const DAY: Duration = Duration::from_hours(24);

fn verified(bench: &Bench, key: &str) -> Report {
    let key = PublicKey::parse(key).unwrap();
    Verification::new().key(key).run(&bench.home.path().join("audit")).unwrap()
}

fn assert_all_signed(bench: &Bench, key: &str) {
    let report = verified(bench, key);
    assert_eq!(report.status(), Status::Intact, "{report:?}");
    assert_eq!(report.signed, Some(report.records));
}

fn key_of(session: &Session) -> String {
    session.log_key().unwrap().unwrap()
}

#[tokio::test]
async fn what_a_session_wrote_is_signed_when_it_ends() {
    let bench = Bench::new().await;
    let (session, profile) = bench.with_profile();
    let key = key_of(&session);
    drop((session, profile));
    assert_all_signed(&bench, &key);
    let other = key.replace("sal/1/c_", "sal/1/d_");
    assert!(PublicKey::parse(&other).is_err(), "the key names its log");
}

#[tokio::test]
async fn each_day_has_a_key_of_its_own_and_the_first_one_checks_them_all() {
    let bench = Bench::new().await;
    let key = key_of(&bench.create());
    for day in 2..5 {
        bench.advance(DAY);
        assert_eq!(key_of(&bench.open().unwrap()), key);
        assert_all_signed(&bench, &key);
        assert_eq!(bench.logged("SM0005I"), day, "a key is named each day");
    }
    drop(bench.open().unwrap());
    assert_eq!(bench.logged("SM0005I"), 4, "and once on each");
}

#[tokio::test]
async fn a_program_that_runs_goes_on_with_the_key_that_another_one_made() {
    let bench = Bench::new().await;
    let (session, profile) = bench.with_profile();
    let key = key_of(&session);
    bench.advance(DAY);
    drop(bench.open().unwrap());
    let draft =
        CommandEvent::Run { command: "status", exit: Some(0), terminal: false, why: None }.draft();
    profile.recorder().record_blocking(draft, spotify_audit::Durability::After).unwrap();
    drop((session, profile));
    assert_all_signed(&bench, &key);
    assert_eq!(bench.logged("SM0006E"), 0);
}

#[tokio::test]
async fn what_is_written_while_the_vault_is_locked_is_signed_once_it_is_open() {
    let bench = Bench::new().await;
    let key = key_of(&bench.create());
    let signed = verified(&bench, &key).signed;
    bench.set("SPOTIFY_MCP_MASTER_KEY", "");
    bench.open().unwrap_err();
    let locked = verified(&bench, &key);
    assert_eq!(locked.signed, signed, "the failure to unlock stands there unsigned");
    assert!(locked.records > signed.unwrap());
    let refused = bench.log().pop().unwrap();
    assert_eq!(refused.data("signed"), Some(&false.into()), "and says so");
    bench.set("SPOTIFY_MCP_MASTER_KEY", crate::bench::MASTER_KEY);
    drop(bench.open().unwrap());
    assert_all_signed(&bench, &key);
}

#[tokio::test]
async fn a_log_that_was_begun_anew_gets_a_first_key_of_its_own() {
    let bench = Bench::new().await;
    let key = key_of(&bench.create());
    bench.advance(DAY);
    drop(bench.open().unwrap());
    std::fs::remove_dir_all(bench.home.path().join("audit")).unwrap();
    let session = bench.open().unwrap();
    let new = key_of(&session);
    drop(session);
    assert_ne!(new, key);
    assert_all_signed(&bench, &new);
}

#[tokio::test]
async fn after_an_older_vault_was_restored_a_renewed_key_signs_and_an_old_anchor_still_tells() {
    let bench = Bench::new().await;
    let (audit, vault) = (bench.home.path().join("audit"), bench.home.path().join("vault"));
    let old = key_of(&bench.create());
    let kept = bench.home.path().join("kept");
    copy_directory(&vault, &kept);
    bench.advance(DAY);
    let session = bench.open().unwrap();
    let error = session.upkeep().unwrap().renew_key(Text::external("why not")).unwrap_err();
    assert!(matches!(error, UpkeepError::InOrder), "{error}");
    drop(session);
    let anchor = spotify_audit::newest(&audit).unwrap().unwrap();
    std::fs::remove_dir_all(&vault).unwrap();
    copy_directory(&kept, &vault);
    bench.advance(DAY);
    let session = bench.open().unwrap();
    let upkeep = session.upkeep().unwrap();
    let unsigned = verified(&bench, &old);
    assert!(unsigned.signed.unwrap() < unsigned.records, "the key is gone");
    assert_eq!(upkeep.renew_key(Text::external("restored the vault of yesterday")).unwrap(), 3);
    let new = key_of(&session);
    assert_ne!(new, old);
    drop((session, upkeep));
    assert_all_signed(&bench, &new);
    let report = verified(&bench, &old);
    assert!(matches!(report.bad_signature, Some(SignatureProblem::Renewed { .. })), "{report:?}");
    let report = Verification::new().anchor(anchor).run(&audit).unwrap();
    assert_eq!((report.status(), &report.bad_anchor), (Status::Intact, &None));
    assert!(matches!(report.warnings[..], [Warning::KeyRenewed { .. }]), "{report:?}");
    let found = alerts::findings(&audit, bench.now()).unwrap();
    assert!(found.iter().any(|alert| alert.finding.rule == "AUDIT-RENEWED"), "{found:?}");
    bench.advance(DAY);
    drop(bench.open().unwrap());
    assert_all_signed(&bench, &new);
}

#[tokio::test]
async fn old_segments_are_packed_by_the_daily_upkeep() {
    let bench = Bench::new().await;
    let key = key_of(&bench.create());
    for _ in 0..4 {
        bench.advance(DAY + Duration::from_secs(1));
        drop(bench.open().unwrap());
    }
    let files = bench.home.path().join("audit").read_dir().unwrap();
    let packed = files.map(|file| file.unwrap().path());
    let packed = packed.filter(|path| path.extension().is_some_and(|end| end == "zst"));
    assert!(packed.count() >= 2);
    assert_all_signed(&bench, &key);
}
