//! Answers of all operations, read and written again without loss.
//!
//! `answers/index.jsonl` names for each body its operation; the bodies show the irregularities.

use std::{collections::BTreeSet, path::PathBuf};

use serde_json::Value;
use spotify_api::{answer::Mismatch, catalogue};

use crate::decode;

pub(crate) fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../tests/api/answers")
}

/// Lists the operations and files of the index.
pub(crate) fn index() -> Vec<(String, String)> {
    let index = std::fs::read_to_string(folder().join("index.jsonl")).unwrap();
    let lines = index.lines().map(|line| serde_json::from_str::<Value>(line).unwrap());
    lines
        .map(|line| ["operation", "path"].map(|key| line[key].as_str().unwrap().to_owned()))
        .map(Into::into)
        .collect()
}

#[test]
fn no_body_loses_anything() {
    let mut out = Vec::new();
    decode::run(&folder().join("index.jsonl"), &mut out).unwrap();
    let out = String::from_utf8(out).unwrap();
    let wrong: Vec<&str> = out.lines().filter(|line| !line.starts_with("ok ")).collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_operation_with_an_answer_has_a_body() {
    let index: BTreeSet<String> = index().into_iter().map(|(operation, _)| operation).collect();
    for endpoint in catalogue() {
        let command = (endpoint.decode)(b"") == Ok(None);
        assert_ne!(index.contains(endpoint.operation), command, "{}", endpoint.operation);
    }
}

#[test]
fn every_body_is_in_the_index() {
    let index: BTreeSet<String> = index().into_iter().map(|(_, path)| path).collect();
    for file in std::fs::read_dir(folder()).unwrap() {
        let name = file.unwrap().file_name().into_string().unwrap();
        assert!(name == "index.jsonl" || index.contains(&name), "{name}");
    }
}

#[test]
fn no_object_is_read_from_something_else() {
    for endpoint in catalogue() {
        let wrong = (endpoint.decode)(b"7");
        let is_command = wrong == Ok(None);
        assert!(is_command || matches!(wrong, Err(Mismatch::Shape { .. })), "{wrong:?}");
    }
}
