//! That no known irregularity of the payloads lacks a test.

use std::path::{Path, PathBuf};

use serde::Deserialize;

use crate::facts;

#[derive(Deserialize)]
struct Facts {
    irregularities: Vec<Irregularity>,
}

#[derive(Deserialize)]
struct Irregularity {
    id: String,
    title: String,
}

#[test]
fn every_irregularity_has_a_test_by_its_number() {
    let Some(facts) = facts::read("irregularities.json") else { return };
    let facts: Facts = serde_json::from_slice(&facts).unwrap();
    let tests = names_of_tests();
    for Irregularity { id, title } in facts.irregularities {
        let number = format!("{}_", id.to_lowercase());
        let named =
            |name: &String| name.starts_with(&number) || name.contains(&format!("_{number}"));
        assert!(tests.iter().any(named), "{id}: {title}");
    }
}

/// Lists the functions of spotify-api, spotify-auth and the integration tests.
fn names_of_tests() -> Vec<String> {
    let root = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..");
    let mut names = Vec::new();
    for folder in ["spotify-api/src", "spotify-auth/src", "tests"] {
        collect(&root.join(folder), &mut names);
    }
    names
}

fn collect(folder: &Path, names: &mut Vec<String>) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, names);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            let source = std::fs::read_to_string(path).unwrap();
            let functions = source.lines().filter_map(|line| line.split_once("fn "));
            names
                .extend(functions.filter_map(|(_, rest)| Some(rest.split_once('(')?.0.to_owned())));
        }
    }
}
