//! The examples, run as the programs that they are.

use std::{
    fs,
    path::{Path, PathBuf},
    process::Command,
};

#[test]
fn every_example_works() {
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples");
    let programs = programs();
    for source in fs::read_dir(sources).unwrap() {
        let source = source.unwrap().path();
        let name = source.file_stem().unwrap();
        // `decode` needs a file and has tests of its own.
        if source.extension().is_none() || name == "decode" {
            continue;
        }
        let program = programs.join(name);
        if !program.exists() {
            println!("skipped: the example {name:?} is not built");
            continue;
        }
        let ended = Command::new(program).output().unwrap();
        let errors = String::from_utf8_lossy(&ended.stderr);
        assert!(ended.status.success(), "{name:?}: {errors}");
        assert!(!ended.stdout.is_empty(), "{name:?} says nothing");
    }
}

/// Cargo builds the examples of a package beside its tests.
fn programs() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.ancestors().nth(2).unwrap().join("examples")
}
