//! Records of real logs against the schema of what the programs write.

use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use jsonschema::Validator;
use serde_json::Value;
use spotify_audit::{Entry, Query, Reader, Status, Verification};

/// As `cargo xtask docs` writes it.
static SCHEMA: LazyLock<Validator> = LazyLock::new(|| {
    let text = include_str!("../../spotify-auth/docs/audit-events.schema.json");
    jsonschema::draft202012::new(&serde_json::from_str(text).unwrap()).unwrap()
});

/// Checks the log in a directory when a test is over; put it before the directory in a struct.
#[derive(Debug)]
pub(crate) struct CheckedLog {
    directory: PathBuf,
    /// How many records were there before the test, of a version that may have written others.
    before: usize,
}

impl CheckedLog {
    /// Checks the log of an installation.
    pub(crate) fn of(home: &Path) -> Self {
        let directory = home.join("audit");
        let before = Reader::open(&directory, Query::default()).map_or(0, Iterator::count);
        Self { directory, before }
    }
}

impl Drop for CheckedLog {
    fn drop(&mut self) {
        // A test that fails has its own reason, and one that plays the intruder its own lines.
        if !std::thread::panicking() && is_sound(&self.directory) {
            let records = Reader::open(&self.directory, Query::default()).unwrap();
            records.skip(self.before).for_each(|record| assert_fits(&record.unwrap()));
        }
    }
}

fn is_sound(directory: &Path) -> bool {
    let report = Verification::new().chain_only().run(directory);
    report.is_ok_and(|report| report.status() == Status::Intact)
}

fn assert_fits(entry: &Entry) {
    let record: Value = serde_json::from_str(entry.line()).unwrap();
    assert!(SCHEMA.is_valid(&record), "{}", entry.line());
}

#[test]
fn a_record_that_no_program_writes_does_not_fit() {
    let line = |code: &str, rest: &str| {
        let hash = "0".repeat(64);
        let text = format!(
            r#"{{"v":1,"seq":3,"ts":"2026-11-21T05:30:00.123456Z","mono":9,"code":"{code}",{rest},"sev":"info","tenant":"t_1","h":"{hash}"}}"#
        );
        SCHEMA.is_valid(&serde_json::from_str(&text).unwrap())
    };
    let missed = r#""type":"audit.missed""#;
    assert!(line("SM3201E", &format!(r#"{missed},"data":{{"records":1}}"#)));
    for rest in [
        r#""type":"audit.failed","data":{"records":1}"#.to_owned(),
        missed.to_owned(),
        format!(r#"{missed},"data":{{"records":1,"token":"x"}}"#),
        format!(r#"{missed},"data":{{"records":"x"}}"#),
        format!(r#"{missed},"data":{{"records":1}},"note":"x""#),
        format!(r#"{missed},"data":{{"records":1}},"stage":"intent""#),
        format!(r#"{missed},"data":{{"records":1}},"outcome":null"#),
    ] {
        assert!(!line("SM3201E", &rest), "{rest}");
    }
    assert!(!line("SM9999I", r#""type":"moon.phase","data":{"records":1}"#));
}
