//! What `verify` says of each kind of damage, and what a command makes of it.

use spotify_audit::{Defect, MAX_LINE, Status, VerifyError, verify};

use crate::fixture::{Home, calls, hash_of, sealed};

/// A log of three lines with its last one replaced.
fn verdict(last: &[u8]) -> (Home, Option<Defect>, Status) {
    let home = Home::new();
    drop(calls(&home, 2));
    let mut bytes: Vec<u8> =
        home.lines().iter().take(2).flat_map(|line| format!("{line}\n").into_bytes()).collect();
    bytes.extend_from_slice(last);
    home.overwrite(&bytes);
    let report = home.verify();
    if let Some(problem) = report.first_bad.as_ref().or(report.torn.as_ref()) {
        assert_eq!((report.records, problem.line), (2, 3));
        assert_eq!(problem.file, home.file());
        assert_eq!(problem.offset, (bytes.len() - last.len()) as u64);
    }
    let defect = report.first_bad.as_ref().map(|problem| problem.defect.clone());
    (home, defect, report.status())
}

/// The third line, with its body changed and its hash made to fit.
fn resealed(change: impl Fn(String) -> String) -> Vec<u8> {
    let home = Home::new();
    drop(calls(&home, 2));
    let lines = home.lines();
    let body = lines[2].split(",\"h\":").next().unwrap().to_owned();
    sealed(hash_of(&lines[1]), &change(body)).0.into_bytes()
}

#[test]
fn each_defect_has_its_name() {
    let hash = "0".repeat(64);
    let rows: Vec<(Vec<u8>, Defect)> = vec![
        (b"\xff\n".to_vec(), Defect::NotUtf8),
        (b"a\tb\n".to_vec(), Defect::ControlCharacter),
        (b"\n".to_vec(), Defect::NotSealed),
        (b"{\"v\":1}\n".to_vec(), Defect::NotSealed),
        (format!("{{\"v\":2,\"h\":\"{hash}\"}}\n").into_bytes(), Defect::NotStamped),
        (vec![b'x'; MAX_LINE], Defect::TooLong),
        (vec![b'x'; 3 * MAX_LINE], Defect::TooLong),
        (resealed(|body| body + ",oops"), Defect::NotJson),
        (resealed(|body| body.replace("\"v\":1", "\"v\":2")), Defect::NotStamped),
        (
            resealed(|body| body.replace("\"seq\":3", "\"seq\":5")),
            Defect::Gap { expected: 3, found: 5 },
        ),
        (
            resealed(|body| body.replace("\"seq\":3", "\"seq\":2")),
            Defect::OutOfOrder { expected: 3, found: 2 },
        ),
        (format!("{}\n", "x".repeat(10)).into_bytes(), Defect::NotSealed),
    ];
    for (mut line, defect) in rows {
        if !line.ends_with(b"\n") {
            line.push(b'\n');
        }
        let (_home, found, _) = verdict(&line);
        assert_eq!(found, Some(defect), "{}", String::from_utf8_lossy(&line[..line.len().min(99)]));
    }
    assert_eq!(verdict(&resealed(|body| body)).2, Status::Intact);
    let kind = resealed(|body| body.replace("tool.call", "moon.phase"));
    assert_eq!(verdict(&kind).2, Status::Intact, "unknown kinds are covered too");
    assert_eq!(verdict(b"{\"v\":1,\"seq\":3").2, Status::TornTail);
    assert_eq!(verdict(&vec![0; 5 * MAX_LINE]).2, Status::TornTail);
}

#[test]
fn a_log_that_does_not_begin_with_its_opening_is_broken() {
    let home = Home::new();
    drop(calls(&home, 2));
    let lines = home.lines();
    for content in [String::new(), format!("{}\n{}\n", lines[1], lines[2])] {
        home.overwrite(content.as_bytes());
        let report = home.verify();
        let problem = report.first_bad.as_ref().unwrap();
        assert_eq!((problem.line, &problem.defect), (1, &Defect::NoOpening));
        assert_eq!(report.status(), Status::ChainBroken);
    }
}

#[test]
fn a_log_that_is_not_there_is_an_error() {
    let home = Home::new();
    assert!(matches!(verify(&home.directory), Err(VerifyError::NoLog(_))));
    drop(home.open());
    std::fs::remove_file(home.file()).unwrap();
    assert!(matches!(verify(&home.directory), Err(VerifyError::NoLog(_))));
}

#[test]
fn exit_codes_are_distinct_and_these() {
    let codes: Vec<_> = Status::ALL.iter().map(|status| status.exit_code()).collect();
    assert_eq!(codes, [0, 20, 21, 22, 23, 24, 25]);
}

#[test]
fn a_report_is_json_for_those_who_ask() {
    let (home, ..) = verdict(b"{\"v\":1}\n");
    let mut report = serde_json::to_value(home.verify()).unwrap();
    report["file"] = "audit.jsonl".into();
    report["first_bad"]["file"] = "audit.jsonl".into();
    insta::assert_json_snapshot!(report);
}
