//! Each rule over a stream of records of its own: what it finds, and what it leaves alone.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use spotify_audit::{
    Actor, ActorKind, ChainId, Draft, Durability, Findings, Host, Id, Log, LogEvent, LogOptions,
    Outcome, Pseudonym, ReferenceKey, Rotation, Severity, Text,
};
use spotify_auth::session::alerts;
use spotify_auth::session::events::{
    CommandEvent, ConfigurationEvent, PolicyEvent, ProfileEvent, SignInEvent, TokenEvent,
    ToolEvent, VaultEvent,
};
use tempfile::TempDir;

/// 2026-11-02T09:00:00Z.
const START: i64 = 1_793_610_000_000_000;

/// A log that is written record by record.
struct Stream {
    home: TempDir,
    log: Log,
    now: Arc<AtomicI64>,
}

impl Stream {
    fn new() -> Self {
        let (home, now) = (tempfile::tempdir().unwrap(), Arc::new(AtomicI64::new(START)));
        let (wall, boot) = (Arc::clone(&now), Arc::clone(&now));
        let options = LogOptions {
            clock: Arc::new(move || {
                Timestamp::from_microsecond(wall.load(Ordering::SeqCst)).unwrap()
            }),
            // It never falls, whatever happens to the wall clock.
            boot_clock: Arc::new(move || {
                Duration::from_micros(boot.load(Ordering::SeqCst).abs_diff(START) + 60_000_000)
            }),
            keys: None,
            tenant: Pseudonym::new("t_1").unwrap(),
            host: Host { program: "tests", version: "0", ..Host::default() },
            new_chain: ChainId::from_random([1; 16]),
            rotation: Rotation::default(),
        };
        let log = Log::open(&home.path().join("audit"), options).unwrap();
        Self { home, log, now }
    }

    fn pass(&self, time: Duration) {
        self.now.fetch_add(i64::try_from(time.as_micros()).unwrap(), Ordering::SeqCst);
    }

    fn add(&self, draft: Draft) {
        self.add_by("os_1000", draft);
    }

    fn add_by(&self, user: &str, draft: Draft) {
        let actor = Actor {
            uid: Pseudonym::new(user).unwrap(),
            kind: ActorKind::User,
            client: None,
            agent: None,
        };
        let draft = draft.actor(actor).profile(Pseudonym::new("p_1").unwrap());
        self.log.append(draft, Durability::Async).unwrap();
    }

    /// Adds so many records, so far apart.
    fn add_many(&self, count: usize, apart: Duration, draft: impl Fn(usize) -> Draft) {
        for number in 0..count {
            self.add(draft(number));
            self.pass(apart);
        }
    }

    fn directory(&self) -> PathBuf {
        self.home.path().join("audit")
    }

    fn found(&self) -> Vec<(&'static str, Severity)> {
        let now = Timestamp::from_microsecond(self.now.load(Ordering::SeqCst)).unwrap();
        let found = alerts::findings(&self.directory(), now).unwrap();
        found.iter().map(|alert| (alert.finding.rule, alert.finding.severity)).collect()
    }
}

const SECOND: Duration = Duration::from_secs(1);
const NOTHING: [(&str, Severity); 0] = [];

fn call(class: &'static str, outcome: Outcome) -> Draft {
    sized(None).class(class).outcome(outcome)
}

/// A call that changed how many entries a playlist has.
fn sized(items: Option<(u64, u64)>) -> Draft {
    let (items_before, items_after) = items.unzip();
    let (operations, requests) = (Vec::new(), 0);
    ToolEvent::Called { operations, requests, items_before, items_after }.draft()
}

fn signed_in(scopes: &[&str]) -> Draft {
    let granted: Vec<_> = scopes.iter().map(|scope| Id::new(scope).unwrap()).collect();
    let event = SignInEvent::SignedIn {
        generation: 1,
        authorized_at: Timestamp::UNIX_EPOCH,
        deadline: Timestamp::MAX,
        scopes: granted.len() as u64,
        granted,
    };
    event.draft().outcome(Outcome::Ok)
}

fn copy_left() -> Draft {
    ProfileEvent::CopyLeft { place: "cache".into() }.draft()
}

fn command() -> Draft {
    CommandEvent::Run { command: "status", exit: Some(0), terminal: false, why: None }.draft()
}

fn token(secret: &str) -> spotify_audit::Reference {
    let key = secrecy::SecretBox::new(Box::new([1; 32]));
    ReferenceKey::new("k1", key).unwrap().reference(secret.as_bytes())
}

#[test]
fn ten_failed_sign_ins_in_five_minutes_are_found_and_nine_are_not() {
    let failed = |_| SignInEvent::Failed {}.draft().outcome(Outcome::Failed).reason("denied");
    let stream = Stream::new();
    stream.add_many(9, SECOND * 20, failed);
    assert_eq!(stream.found(), NOTHING);
    stream.add(failed(9));
    assert_eq!(stream.found(), [("AUTH-BURST", Severity::High)]);
    let slow = Stream::new();
    slow.add_many(20, SECOND * 60, failed);
    assert_eq!(slow.found(), NOTHING);
}

#[test]
fn five_refused_unlocks_in_ten_minutes_are_found_and_four_are_not() {
    let refused = |_| {
        let event = VaultEvent::Refused { key_source: None, signed: None, damaged: None };
        event.draft().outcome(Outcome::Failed).reason("wrong key")
    };
    let stream = Stream::new();
    stream.add_many(4, SECOND, refused);
    assert_eq!(stream.found(), NOTHING);
    stream.add(refused(4));
    assert_eq!(stream.found(), [("UNLOCK-BURST", Severity::High)]);
}

#[test]
fn twenty_destructive_calls_in_a_minute_are_found_and_slower_ones_are_not() {
    let stream = Stream::new();
    stream.add_many(20, SECOND * 4, |_| call("destructive", Outcome::Ok));
    stream.add_many(30, SECOND, |_| call("destructive", Outcome::Refused));
    stream.add_many(30, SECOND, |_| call("write", Outcome::Ok));
    assert_eq!(stream.found(), NOTHING);
    stream.add_many(20, SECOND * 2, |_| call("destructive", Outcome::Ok));
    assert_eq!(stream.found(), [("DEST-BURST", Severity::High)]);
}

#[test]
fn reads_of_fifty_different_playlists_are_found_and_of_one_playlist_are_not() {
    let read = |number: usize| {
        let playlist = Id::new(&format!("spotify:playlist:{number}")).unwrap();
        call("read", Outcome::Ok).targets([playlist])
    };
    let stream = Stream::new();
    stream.add_many(100, SECOND, |_| read(0));
    stream.add_many(48, SECOND, read);
    assert_eq!(stream.found(), NOTHING);
    stream.add_many(2, SECOND, |number| read(100 + number));
    assert_eq!(stream.found(), [("EXPORT", Severity::Medium)]);
}

#[test]
fn a_playlist_that_loses_most_of_its_entries_in_ten_minutes_is_found_and_a_slower_one_is_not() {
    let change = |playlist: &str, before, after| {
        let playlist = Id::new(&format!("spotify:playlist:{playlist}")).unwrap();
        sized(Some((before, after))).class("destructive").outcome(Outcome::Ok).targets([playlist])
    };
    let stream = Stream::new();
    stream.add(change("short", 9, 0));
    stream.add(change("half", 40, 20));
    stream.add(change("grows", 20, 60));
    for left in [80, 60, 40] {
        stream.add(change("slow", left + 20, left));
        stream.pass(SECOND * 301);
    }
    assert_eq!(stream.found(), NOTHING);
    for left in [80, 60, 40] {
        stream.add(change("quick", left + 20, left));
        stream.pass(SECOND * 60);
    }
    assert_eq!(stream.found(), [("WIPE", Severity::Critical)]);
    stream.add(change("other", 30, 1));
    assert_eq!(stream.found(), [("WIPE", Severity::Critical); 2]);
}

#[test]
fn five_calls_that_spotify_limits_are_found_and_other_failures_are_not() {
    let stream = Stream::new();
    stream.add_many(10, SECOND, |_| call("read", Outcome::Failed).reason("not_found"));
    stream.add_many(4, SECOND, |_| call("read", Outcome::Failed).reason("rate_limited"));
    assert_eq!(stream.found(), NOTHING);
    stream.add(call("read", Outcome::Failed).reason("rate_limited"));
    assert_eq!(stream.found(), [("RATE-429", Severity::Low)]);
}

#[test]
fn a_replaced_token_that_is_refused_is_found_and_the_newest_one_is_not() {
    let refreshed = |old: &str, new: &str| {
        let event = TokenEvent::Refreshed {
            rotated: true,
            generation: 2,
            age_s: 3_600,
            attempts: 1,
            deadline: Timestamp::MAX,
            replaced: Some(token(old)),
            required: None,
        };
        event.draft().token(token(new))
    };
    let ended = |secret: &str| {
        let event = TokenEvent::Ended { deadline: Timestamp::MAX, early: false };
        event.draft().token(token(secret))
    };
    let stream = Stream::new();
    stream.add(refreshed("first", "second"));
    stream.add(ended("second"));
    assert_eq!(stream.found(), NOTHING);
    stream.add(ended("first"));
    assert_eq!(stream.found(), [("TOKEN-REUSE", Severity::Critical)]);
}

#[test]
fn more_scopes_are_found_and_grave_when_they_change_something() {
    let stream = Stream::new();
    stream.add(signed_in(&["user-read-private", "user-top-read"]));
    stream.add(signed_in(&["user-read-private"]));
    assert_eq!(stream.found(), NOTHING);
    stream.add(signed_in(&["user-read-private", "user-read-email"]));
    assert_eq!(stream.found(), [("SCOPE-UP", Severity::Medium)]);
    stream.add(signed_in(&["user-read-private", "user-read-email", "playlist-modify-public"]));
    let both = [("SCOPE-UP", Severity::High), ("SCOPE-UP", Severity::Medium)];
    assert_eq!(stream.found(), both);
}

#[test]
fn what_weakens_the_protection_is_found_and_what_strengthens_it_is_not() {
    let policy = |weaker| PolicyEvent::Changed { changed: true, weaker }.draft();
    let sealed = |sealed| ConfigurationEvent::Sealed { sealed, epoch: 2 }.draft();
    let stream = Stream::new();
    stream.add(policy(None).outcome(Outcome::Ok));
    stream.add(sealed(true).outcome(Outcome::Ok));
    assert_eq!(stream.found(), NOTHING);
    stream.add(policy(Some(true)).outcome(Outcome::Ok));
    stream.add(sealed(false).outcome(Outcome::Ok));
    stream.add(ConfigurationEvent::Refused { damaged: None }.draft().outcome(Outcome::Refused));
    assert_eq!(stream.found(), [("POLICY-OFF", Severity::High); 3]);
}

#[test]
fn single_records_that_are_grave_are_found() {
    let rekeyed = VaultEvent::Rekeyed { from: "environment", to: "file", epoch: 2 };
    let refused = |damaged| VaultEvent::RecordRefused { damaged }.draft();
    let cases = [
        (rekeyed.draft().outcome(Outcome::Ok), ("KEY-OPS", Severity::Low)),
        (
            VaultEvent::NotRotated {}.draft().outcome(Outcome::Failed).reason("not_written"),
            ("KEY-OPS-FAILED", Severity::High),
        ),
        (
            TokenEvent::RolledBack { seen: 3, generation: 2 }.draft(),
            ("TOKEN-ROLLBACK", Severity::High),
        ),
        (copy_left(), ("COPY-LEFT", Severity::High)),
        (ProfileEvent::PutBack { records: Some(1) }.draft(), ("COPY-LEFT", Severity::High)),
        (refused(Some(true)), ("VAULT-TAMPER", Severity::Critical)),
    ];
    for (draft, finding) in cases {
        let stream = Stream::new();
        stream.add(VaultEvent::Rekeying { from: "environment" }.draft());
        stream.add(refused(None));
        assert_eq!(stream.found(), NOTHING);
        stream.add(draft);
        assert_eq!(stream.found(), [finding]);
    }
}

#[test]
fn a_clock_that_is_set_back_is_found_and_one_that_is_set_on_is_not() {
    let stream = Stream::new();
    stream.add(command());
    stream.log.flush().unwrap();
    stream.now.fetch_sub(10_000_000, Ordering::SeqCst);
    stream.add(command());
    assert_eq!(stream.found(), [("CLOCK", Severity::High)]);
}

#[test]
fn a_log_that_could_not_be_signed_is_found() {
    let stream = Stream::new();
    stream.add(LogEvent::Unsigned {}.draft().reason("the key is another one"));
    assert_eq!(stream.found(), [("AUDIT-GAP", Severity::High)]);
}

#[test]
fn a_finding_is_told_until_it_is_closed_and_again_when_it_happens_again() {
    let stream = Stream::new();
    stream.add(copy_left());
    let all = || alerts::findings(&stream.directory(), Timestamp::UNIX_EPOCH).unwrap();
    let first = all().remove(0);
    assert!(!first.is_known);
    stream.add(Findings::opened(&first.finding));
    assert!(all()[0].is_known);
    let key = first.finding.key();
    stream.add(Findings::acknowledged(&key, Text::external("looking")).unwrap());
    assert_eq!(all()[0].state, spotify_audit::FindingState::Acknowledged);
    stream.add(Findings::closed(&key, Text::external("erased")).unwrap());
    assert_eq!(stream.found(), NOTHING);
    stream.add(copy_left());
    assert_eq!(stream.found(), [("COPY-LEFT", Severity::High)]);
}

#[test]
fn who_is_refused_on_the_profile_of_another_is_found_and_its_owner_is_not() {
    let stream = Stream::new();
    stream.add(ProfileEvent::Created { subject: None }.draft());
    stream.add(signed_in(&[]));
    stream.add(call("write", Outcome::Refused));
    stream.add_by("os_1001", call("read", Outcome::Ok));
    assert_eq!(stream.found(), NOTHING, "an owner is refused, another one is let in");
    stream.add_by("os_1001", call("read", Outcome::Refused));
    stream.add_by("os_1001", call("write", Outcome::Refused));
    stream.add_by("os_1002", call("read", Outcome::Refused));
    assert_eq!(stream.found(), [("XUSER", Severity::High); 2], "one for each stranger");
}
