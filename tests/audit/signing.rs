//! Checkpoints, keys that follow one another, anchors and proofs.

use std::sync::Arc;

use secrecy::SecretBox;
use spotify_audit::{
    AnchorProblem, Checkpoint, CheckpointError, Durability, EpochKey, Log, Proof, ProveError,
    PublicKey, Rotation, SignatureProblem, Status, Text, Verification, Warning, prove,
};

use crate::fixture::{Home, call, hash_of, overwrite, sealed};
use crate::signer::{SMALL, Signer, key, open};

const NEVER: Rotation = Rotation { bytes: u64::MAX, age: std::time::Duration::MAX };

fn append(log: &Log, count: u32) {
    for number in 1..=count {
        log.append(call(number), Durability::Async).unwrap();
    }
}

/// A signed log of two keys and some segments, its public root key, and a checkpoint of its middle.
fn signed() -> (Home, PublicKey, Checkpoint) {
    let (home, signer) = (Home::new(), Signer::new(1));
    let log = open(&home, &signer, SMALL);
    append(&log, 30);
    let anchor = log.checkpoint().unwrap().unwrap();
    log.rotate_key(&key(1), &key(2)).unwrap();
    signer.set(2);
    append(&log, 30);
    log.checkpoint().unwrap().unwrap();
    append(&log, 3);
    (home, log.public_key(&key(1)), anchor)
}

fn checkpoints(home: &Home) -> String {
    std::fs::read_to_string(home.directory.join("checkpoints")).unwrap()
}

#[test]
fn a_signed_log_of_many_segments_is_intact_for_its_root_key_and_its_anchor() {
    let (home, root, anchor) = signed();
    let report = home.verify();
    assert_eq!(report.status(), Status::Intact, "{report:?}");
    assert_eq!(report.signed, Some(report.records), "the last checkpoint comes at the end");
    let with = Verification::new().key(root).anchor(anchor.clone()).run(&home.directory).unwrap();
    assert_eq!(with.status(), Status::Intact, "{with:?}");
    let saved = Checkpoint::parse(&anchor.to_string()).unwrap();
    assert_eq!(saved, anchor);
    let segments = home.segments().len();
    assert!(segments > 3, "{segments}");
}

#[test]
fn another_key_or_a_log_without_checkpoints_does_not_pass_for_a_signed_one() {
    let (home, root, _) = signed();
    let other = Home::new();
    let stranger = open(&other, &Signer::new(9), NEVER).public_key(&key(9));
    let report = Verification::new().key(stranger).run(&home.directory).unwrap();
    assert_eq!(report.bad_signature, Some(SignatureProblem::NotByKey));
    std::fs::remove_file(home.directory.join("checkpoints")).unwrap();
    let report = Verification::new().key(root).run(&home.directory).unwrap();
    assert_eq!((report.status(), report.status().exit_code()), (Status::BadSignature, 21));
}

#[test]
fn lines_written_anew_with_fresh_hashes_do_not_fit_their_signature() {
    let (home, signer) = (Home::new(), Signer::new(1));
    let log = open(&home, &signer, NEVER);
    append(&log, 20);
    drop(log);
    let lines = home.lines();
    let mut forged = String::new();
    let mut previous = None::<String>;
    for line in &lines {
        let body = line.split(",\"h\":").next().unwrap().replace("refused", "ok");
        let (line, hash) = match &previous {
            None => (format!("{line}\n"), hash_of(line).to_owned()),
            Some(previous) => sealed(previous, &body),
        };
        forged.push_str(&line);
        previous = Some(hash);
    }
    home.overwrite(forged.as_bytes());
    let report = home.verify();
    assert_eq!(report.first_bad, None);
    assert!(matches!(report.bad_signature, Some(SignatureProblem::OtherRecords { .. })));
    assert_eq!(report.status(), Status::BadSignature);
}

#[test]
fn a_log_that_was_cut_off_does_not_fit_its_checkpoints_or_anchor() {
    let (home, root, anchor) = signed();
    for later in &home.segments()[1..] {
        std::fs::remove_file(later).unwrap();
    }
    let report = home.verify();
    assert!(matches!(report.bad_signature, Some(SignatureProblem::CutOff { .. })), "{report:?}");
    // Who also removes the checkpoints is found by the anchor alone.
    overwrite(&home.directory.join("checkpoints"), b"");
    let report = home.verify();
    assert_eq!(report.status(), Status::Intact, "{report:?}");
    let report = Verification::new().anchor(anchor).run(&home.directory).unwrap();
    assert!(matches!(report.bad_anchor, Some(AnchorProblem::CutOff { .. })), "{report:?}");
    assert_eq!((report.status(), report.status().exit_code()), (Status::AnchorMismatch, 22));
    let report = Verification::new().key(root).run(&home.directory).unwrap();
    assert_eq!(report.status(), Status::BadSignature);
}

#[test]
fn an_anchor_of_another_log_or_by_another_key_is_told_apart() {
    let (home, ..) = signed();
    let other = Home::new();
    let log = open(&other, &Signer::new(1), NEVER);
    append(&log, 5);
    let anchor = log.checkpoint().unwrap().unwrap();
    let report = Verification::new().anchor(anchor).run(&home.directory).unwrap();
    // Both homes have the same chain name: it is the records that differ.
    assert!(matches!(report.bad_anchor, Some(AnchorProblem::OtherRecords { .. })), "{report:?}");
    let text = home.anchor_text().replace("sal/1/c_07", "sal/1/c_08");
    let anchor = Checkpoint::parse(&text).unwrap();
    let report = Verification::new().anchor(anchor).run(&home.directory).unwrap();
    assert!(matches!(report.bad_anchor, Some(AnchorProblem::OtherLog { .. })), "{report:?}");
}

#[test]
fn a_checkpoint_by_a_key_whose_time_is_over_or_to_come_is_refused() {
    let (home, ..) = signed();
    let text = checkpoints(&home);
    let notes: Vec<_> =
        text.split_inclusive("\n\n").collect::<Vec<_>>().chunks(2).map(<[&str]>::concat).collect();
    assert!(notes.len() >= 4, "{text}");
    let is_key = |note: &&String| note.lines().next().unwrap().ends_with("/key");
    assert_eq!(notes.iter().filter(is_key).count(), 2);
    let path = home.directory.join("checkpoints");
    // Without the succession the second key's checkpoints are by a stranger.
    let mut without = notes.clone();
    let second = without.iter().rposition(|note| is_key(&note)).unwrap();
    without.remove(second);
    overwrite(&path, without.concat().as_bytes());
    assert!(matches!(home.verify().bad_signature, Some(SignatureProblem::NotSigned { .. })));
    // A newer key signs nothing that was there before it.
    let mut early = notes;
    let succession = early.remove(second);
    early.insert(1, succession);
    overwrite(&path, early.concat().as_bytes());
    assert_eq!(home.verify().status(), Status::BadSignature);
    // Half a statement at the end is what a crash leaves.
    let half = text.get(..text.len() - 9).unwrap();
    overwrite(&path, half.as_bytes());
    assert_eq!(home.verify().status(), Status::Intact);
}

#[test]
fn a_log_signed_late_is_covered_from_its_beginning() {
    let (home, signer) = (Home::new(), Arc::new(Signer::default()));
    let log = open(&home, &signer, NEVER);
    append(&log, 5);
    assert_eq!(log.checkpoint().unwrap(), None);
    signer.set(1);
    let checkpoint = log.checkpoint().unwrap().unwrap();
    assert_eq!(checkpoint.size(), 7, "the opening, five calls, the naming of the key");
    assert_eq!(home.verify().signed, Some(7));
}

#[test]
fn a_key_that_the_log_does_not_name_signs_nothing() {
    let (home, signer) = (Home::new(), Signer::new(1));
    let log = open(&home, &signer, NEVER);
    append(&log, 1);
    log.checkpoint().unwrap().unwrap();
    signer.set(2);
    let error = log.checkpoint().unwrap_err();
    assert!(matches!(error, CheckpointError::OtherKey { given: 2, known: 1 }), "{error}");
    assert!(log.rotate_key(&key(1), &key(3)).is_err(), "epochs follow one another");
    log.rotate_key(&key(1), &key(2)).unwrap();
    log.rotate_key(&key(1), &key(2)).unwrap();
    log.checkpoint().unwrap().unwrap();
    drop(log);
    assert_eq!(home.verify().status(), Status::Intact, "{:?}", home.verify());
}

/// A signed log whose second key was lost and renewed, its first key and its third, and a
/// checkpoint of before.
pub(crate) fn renewed() -> (Home, [PublicKey; 2], Checkpoint) {
    let (home, first, anchor) = signed();
    let signer = Signer::new(1);
    let log = open(&home, &signer, SMALL);
    let error = log.checkpoint().unwrap_err();
    assert!(matches!(error, CheckpointError::OtherKey { given: 1, known: 2 }), "{error}");
    for wrong in [2, 4] {
        log.renew_key(&key(wrong + 5), Text::external("lost")).unwrap_err();
    }
    let new = EpochKey::new(3, &SecretBox::new(Box::new([33; 32])));
    signer.put(new);
    let new = EpochKey::new(3, &SecretBox::new(Box::new([33; 32])));
    for _ in 0..2 {
        log.renew_key(&new, Text::external("an old vault was restored")).unwrap();
    }
    append(&log, 30);
    let third = log.public_key(&new);
    drop(log);
    (home, [first, third], anchor)
}

#[test]
fn a_renewed_key_signs_on_and_is_told_from_one_that_its_predecessor_introduced() {
    let (home, [first, third], anchor) = renewed();
    let report = home.verify();
    assert_eq!(report.status(), Status::Intact, "{report:?}");
    assert_eq!(report.signed, Some(report.records));
    let [Warning::KeyRenewed { seq }] = report.warnings[..] else { panic!("{report:?}") };
    let lines: String =
        home.segments().iter().map(|segment| std::fs::read_to_string(segment).unwrap()).collect();
    let named: Vec<_> = lines.lines().filter(|line| line.contains("\"log.renewed\"")).collect();
    assert_eq!(named.len(), 1, "once, though it was asked for twice");
    assert!(named[0].contains(&format!("\"seq\":{seq},")));
    assert!(named[0].contains("an old vault was restored"));
    // The first key does not lead to the third; who has that, and an anchor, is sure.
    let report = Verification::new().key(first).run(&home.directory).unwrap();
    assert_eq!(report.bad_signature, Some(SignatureProblem::Renewed { seq }));
    let report = Verification::new().key(third.clone()).anchor(anchor.clone());
    let report = report.run(&home.directory).unwrap();
    assert_eq!((report.status(), report.signed), (Status::Intact, Some(report.records)));
    // What was changed before the renewal shows against the anchor, and in the chain.
    let first_segment = &home.segments()[0];
    let text = std::fs::read_to_string(first_segment).unwrap();
    overwrite(first_segment, text.replacen("refused", "ok", 1).as_bytes());
    let report = Verification::new().key(third).anchor(anchor).run(&home.directory).unwrap();
    assert_eq!(report.status(), Status::ChainBroken, "{report:?}");
}

#[test]
fn a_renewal_that_was_interrupted_is_completed_by_the_next_checkpoint() {
    let (home, ..) = renewed();
    let path = home.directory.join("checkpoints");
    let text = checkpoints(&home);
    let (before, _) = text.split_at(text.find("/renewed").unwrap());
    let before = before.rsplit_once("\n\n").unwrap().0.to_owned() + "\n\n";
    overwrite(&path, before.as_bytes());
    let signer = Signer::new(1);
    signer.put(EpochKey::new(3, &SecretBox::new(Box::new([33; 32]))));
    let log = open(&home, &signer, SMALL);
    log.checkpoint().unwrap().unwrap();
    drop(log);
    let report = home.verify();
    assert_eq!(report.status(), Status::Intact, "{report:?}");
    assert!(matches!(report.warnings[..], [Warning::KeyRenewed { .. }]));
}

#[test]
fn every_record_is_proved_by_its_line_alone() {
    let (home, _, _) = signed();
    let log = open(&home, &Signer::new(2), SMALL);
    let current = log.public_key(&key(2));
    drop(log);
    let records = home.verify().records;
    for seq in 1..=records {
        let (proof, line) = prove(&home.directory, seq).unwrap();
        let proof = Proof::parse(&proof.to_string()).unwrap();
        assert!(line.contains(&format!("\"seq\":{seq},")));
        assert!(proof.proves(line.as_bytes(), &current), "{seq}");
        assert!(
            !proof.proves(
                line.replace("ok", "no")
                    .replace("chain", "train")
                    .replace("log.k", "lag.k")
                    .replace("refused", "ok")
                    .as_bytes(),
                &current
            ),
            "{line}"
        );
    }
    let error = prove(&home.directory, records + 9).unwrap_err();
    assert!(matches!(error, ProveError::NotSigned(_)), "{error}");
}

#[test]
fn a_range_is_verified_from_the_opening_of_its_segment() {
    let (home, ..) = signed();
    let report = Verification::new().from(50).to(60).run(&home.directory).unwrap();
    assert_eq!(report.status(), Status::Intact, "{report:?}");
    assert!(report.first > 1 && report.first <= 50, "{report:?}");
    assert_eq!(report.first + report.records - 1, 60);
    let chain = Verification::new().chain_only().run(&home.directory).unwrap();
    assert_eq!((chain.status(), chain.signed), (Status::Intact, None));
}

#[test]
fn many_processes_sign_in_turn() {
    let (home, signer) = (Home::new(), Signer::new(1));
    let logs: Vec<_> = (0..3).map(|_| open(&home, &signer, SMALL)).collect();
    std::thread::scope(|scope| {
        for log in &logs {
            scope.spawn(move || {
                for _ in 0..5 {
                    append(log, 7);
                    log.checkpoint().unwrap().unwrap();
                }
            });
        }
    });
    drop(logs);
    let report = home.verify();
    assert_eq!(report.status(), Status::Intact, "{report:?}");
    assert_eq!(report.signed, Some(report.records));
}
