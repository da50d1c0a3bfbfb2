//! The program that decodes recorded answers.

use std::{path::PathBuf, process::Command};

use tempfile::TempDir;

use crate::decode;

/// Runs the program's logic over a body of a track and returns what it says after the path.
fn said(operation: &str, body: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    put(&folder, "body", body);
    let line = serde_json::json!({ "operation": operation, "path": "body" });
    said_of(&folder, &format!("{line}\n"))
}

fn said_of(folder: &TempDir, list: &str) -> String {
    let path = put(folder, "list.jsonl", list.as_bytes());
    let mut out = Vec::new();
    let all_ok = decode::run(&path, &mut out).unwrap();
    let out = String::from_utf8(out).unwrap();
    assert_eq!(all_ok, out.lines().all(|line| line.starts_with("ok ")), "{out}");
    out.replace(&folder.path().display().to_string(), "").trim_end().to_owned()
}

#[expect(clippy::disallowed_methods, reason = "a file of the test, in a folder of its own")]
fn put(folder: &TempDir, name: &str, content: &[u8]) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    path
}

#[test]
fn a_body_that_comes_back_whole_is_ok() {
    assert_eq!(said("get-track", br#"{"duration_ms":2.0E3,"new":[null]}"#), "ok body");
    assert_eq!(said("get-track", b"\xef\xbb\xbf{}"), "ok body");
}

#[test]
fn commands_take_any_body() {
    for body in [&b""[..], b"oPClBVDzidwlAlSqmFF", br#"{"error":1}"#] {
        assert_eq!(said("change-playlist-details", body), "ok body");
    }
}

#[test]
fn an_error_in_place_of_an_answer_is_named() {
    for (body, text) in [
        (
            &br#"{"error":{"status":404,"message":"Not found."}}"#[..],
            "Spotify's error 404: Not found.",
        ),
        (br#"{"error":{"status":403}}"#, "Spotify's error 403"),
        (br#"{"error":"invalid_client"}"#, "Spotify's error: invalid_client"),
        (b"", "the answer is an empty body"),
        (b"[1]", "the answer is JSON without an object at line 1, column 0"),
        (b"<html>", "the answer is something that is no JSON (line 1, column 1)"),
    ] {
        assert_eq!(said("get-track", body), format!("error body {text}"));
    }
}

#[test]
fn a_bad_line_does_not_stop_the_others() {
    let folder = tempfile::tempdir().unwrap();
    put(&folder, "a", b"{}");
    let list = "\u{feff}{\"operation\":\"nothing\",\"path\":\"a\"}\r\n\nx\n\
                {\"operation\":\"get-track\",\"path\":\"b\"}\n\
                {\"operation\":\"get-track\",\"path\":\"a\"}";
    let said = said_of(&folder, list);
    let lines: Vec<&str> = said.lines().collect();
    assert_eq!(lines.len(), 4);
    assert_eq!(lines[0], "error a there is no operation nothing");
    assert!(lines[1].starts_with("error /list.jsonl:3 the line is not like"), "{}", lines[1]);
    assert!(lines[2].starts_with("error b the file cannot be read"), "{}", lines[2]);
    assert_eq!(lines[3], "ok a");
}

#[test]
fn what_is_gone_changed_or_new_is_named_by_its_pointer() {
    let before = serde_json::json!({"a/b": 1, "c~": [1, {"d": "x"}, 3], "e": 2.0, "f": null});
    let after = serde_json::json!({"c~": [1, {"d": "y"}], "e": 2, "f": 0, "g": 1});
    assert_eq!(decode::lost(&before, &after), ["/a~1b", "/c~0/1/d", "/c~0/2", "/f", "/g"]);
    assert_eq!(decode::lost(&before, &before), [""; 0]);
}

#[test]
fn the_program_ends_with_1_unless_all_is_ok() {
    let tests = std::env::current_exe().unwrap();
    let program = tests.ancestors().nth(2).unwrap().join("examples/decode");
    if !program.exists() {
        println!("skipped: the example is not built");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    for (line, code, text) in [
        ("", 0, ""),
        (r#"{"operation":"get-track","path":"x"}"#, 1, "error x the file cannot be read"),
    ] {
        let list = put(&folder, "list.jsonl", line.as_bytes());
        let output = Command::new(&program).arg(&list).output().unwrap();
        assert_eq!(output.status.code(), Some(code));
        assert!(String::from_utf8(output.stdout).unwrap().starts_with(text));
    }
}
