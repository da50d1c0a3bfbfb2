//! Runs tests with cargo-nextest when it is there, else with `cargo test`.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use super::{Row, Session, failed, shared};
use crate::report::{self, Verdict};
use crate::run::{self, Echo, Finished};
use crate::summary::{self, Counts};

/// No run may take longer; each test has its own, much shorter limit in `.config/nextest.toml`.
pub(super) const LIMIT: Duration = Duration::from_mins(20);

/// What runs the workspace's tests.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Runner {
    /// `cargo nextest run`.
    Nextest,
    /// `cargo test`, which every toolchain has.
    Cargo,
}

impl Runner {
    /// Takes cargo-nextest when it answers, else the toolchain's own runner.
    pub(super) fn find(root: &Path) -> Self {
        let mut command = run::cargo(root);
        let found = run::capture(command.args(["nextest", "--version"]));
        if found.is_ok() { Self::Nextest } else { Self::Cargo }
    }

    /// Builds and runs the unit and integration tests of the selected packages.
    pub(super) fn workspace_tests(self, session: &Session) -> Row {
        let name = match self {
            Self::Nextest => "unit and integration tests (cargo nextest)",
            Self::Cargo => "unit and integration tests (cargo test)",
        };
        report::heading(name);
        let (built, building) = run::timed(|| run::stream(self.base(session).arg("--no-run")));
        if let Err(error) = built {
            return failed(name, report::chain(error), building);
        }
        let mut row = watched(name, &mut self.command(session), |output| match self {
            Self::Nextest => {
                let counts = summary::nextest(output)?;
                // What a filter left out was not skipped: nobody asked for it.
                let skipped = if session.leaves_tests_out() { 0 } else { counts.skipped };
                Some(Counts { skipped, ..counts })
            }
            Self::Cargo => summary::libtest(output),
        });
        row.took += building;
        row
    }

    fn base(self, session: &Session) -> Command {
        let mut command = run::cargo(&session.root);
        match self {
            Self::Nextest => command.args(["nextest", "run"]),
            Self::Cargo => command.args(["test", "--tests"]),
        };
        command.args(session.selection.package_arguments()).arg("--locked");
        command
    }

    fn command(self, session: &Session) -> Command {
        let mut command = self.base(session);
        session.surround(&mut command);
        command.arg("--no-fail-fast").args(&session.selection.filter);
        let leave_out = session.shared.is_left_out(session.ci);
        match self {
            Self::Nextest => {
                // A component suite or a documentation test may be all that the filter names.
                command.args(session.selection.filter.as_ref().map(|_| "--no-tests=pass"));
                command.args(session.ci.then_some("--profile=ci"));
                if leave_out {
                    command.args(["-E", &format!("not test({})", shared::TEST_NAME)]);
                }
            }
            Self::Cargo => {
                if leave_out {
                    command.args(["--", "--skip", shared::TEST_NAME]);
                }
            }
        }
        command
    }
}

impl Session {
    fn leaves_tests_out(&self) -> bool {
        self.selection.filter.is_some() || self.shared.is_left_out(self.ci)
    }
}

/// Runs the examples in the documentation of the selected packages.
pub(super) fn documentation_tests(session: &Session) -> Row {
    let name = "documentation tests (cargo test --doc)";
    report::heading(name);
    let mut command = run::cargo(&session.root);
    command.args(["test", "--doc", "--locked", "--no-fail-fast"]);
    command.args(session.selection.package_arguments()).args(&session.selection.filter);
    session.surround(&mut command);
    watched(name, &mut command, summary::libtest)
}

/// Runs `command` under the time limit and reads its summary with `read`.
pub(super) fn watched(
    name: &str,
    command: &mut Command,
    read: impl Fn(&str) -> Option<Counts>,
) -> Row {
    let echo = if cfg!(test) { Echo::Kept } else { Echo::Shown };
    let (outcome, took) = run::timed(|| run::watch(command, LIMIT, echo));
    match outcome {
        Ok(finished) => {
            let (counts, note) = judge(&finished, read(&finished.output));
            let verdict = if counts.failed > 0 { Verdict::Failed } else { Verdict::Passed };
            Row { name: name.to_owned(), verdict, counts: Some(counts), took, note }
        }
        Err(error) => failed(name, report::chain(error), took),
    }
}

/// Counts a run as failed unless its exit status and its summary both say that it passed.
fn judge(finished: &Finished, counts: Option<Counts>) -> (Counts, String) {
    let mut counted = counts.unwrap_or_default();
    let note = match (finished.timed_out, counts, finished.status.success()) {
        (true, ..) => format!("ended after {} minutes", LIMIT.as_secs() / 60),
        (false, None, _) => format!("no summary found; the runner's {}", finished.status),
        (false, Some(_), true) if finished.left_behind => {
            return (counted, "a process was left behind".to_owned());
        }
        (false, Some(_), true) => return (counted, String::new()),
        (false, Some(_), false) if counted.failed > 0 => return (counted, String::new()),
        (false, Some(_), false) => format!("the runner's {}", finished.status),
    };
    counted += Counts::FAILED;
    (counted, note)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::io::Write as _;

    use super::super::{Selection, Shared};
    use super::*;
    use crate::workspace;

    fn finished(exit: i32, timed_out: bool) -> Finished {
        let mut command = Command::new("sh");
        command.args(["-c", &format!("exit {exit}")]);
        let finished = run::watch(&mut command, LIMIT, Echo::Kept).unwrap();
        Finished { timed_out, ..finished }
    }

    #[test]
    fn a_run_passes_only_when_status_and_summary_agree() {
        let good = Counts { passed: 4, failed: 0, skipped: 1 };
        let bad = Counts { passed: 3, failed: 1, skipped: 0 };
        assert_eq!(judge(&finished(0, false), Some(good)).0, good);
        assert_eq!(judge(&finished(101, false), Some(bad)).0, bad);
        assert_eq!(judge(&finished(101, false), Some(good)).0.failed, 1);
        assert_eq!(judge(&finished(0, false), None).0.failed, 1);
        assert_eq!(judge(&finished(0, true), Some(good)).0.failed, 1);
    }

    /// A package with four tests: one passes, one fails, one needs the reference files, one is
    /// in the documentation.
    fn fixture() -> (tempfile::TempDir, Session) {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().canonicalize().unwrap();
        let put = |name: &str, text: &str| {
            let path = root.join(name);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::File::create(path).unwrap().write_all(text.as_bytes()).unwrap();
        };
        put(".cargo/config.toml", "[build]\ntarget-dir = \"target\"\n[profile.dev]\ndebug = 0\n");
        put(
            "Cargo.toml",
            "[package]\nname = \"fixture\"\nversion = \"0.1.0\"\nedition = \"2024\"\n[workspace]\n",
        );
        put("Cargo.lock", "version = 4\n\n[[package]]\nname = \"fixture\"\nversion = \"0.1.0\"\n");
        put(
            "src/lib.rs",
            "//! ```\n//! assert_eq!(1, 1);\n//! ```\n\
             #[test] fn passes() {}\n\
             #[test] fn shared_facts_hold() { std::env::var(\"XTASK_SHARED\").unwrap(); }\n\
             #[test] fn fails() { panic!() }\n",
        );
        let session = Session {
            metadata: workspace::metadata(&root).unwrap(),
            root,
            shared: Shared::Absent,
            selection: Selection::default(),
            ci: false,
        };
        (folder, session)
    }

    #[test]
    fn both_runners_count_the_same_on_a_small_workspace() {
        let (_folder, mut session) = fixture();
        let installed = Runner::find(&session.root);
        let counts = |session: &Session, runner: Runner| {
            let target = session.root.join("target");
            let mut command = runner.command(session);
            command.env("CARGO_TARGET_DIR", target).env_remove("NEXTEST_PROFILE");
            let row = watched("fixture", &mut command, |output| match runner {
                Runner::Nextest => summary::nextest(output),
                Runner::Cargo => summary::libtest(output),
            });
            let counts = row.counts.unwrap();
            (row.verdict, counts.passed, counts.failed)
        };
        let runners = [Runner::Cargo, installed];
        for runner in runners {
            assert_eq!(counts(&session, runner), (Verdict::Failed, 1, 1), "{runner:?}");
        }
        session.selection.filter = Some("passes".to_owned());
        for runner in runners {
            assert_eq!(counts(&session, runner), (Verdict::Passed, 1, 0), "{runner:?}");
        }
        session.selection.filter = None;
        session.ci = true;
        assert_eq!(counts(&session, Runner::Cargo), (Verdict::Failed, 1, 2), "required in CI");
        session.shared = Shared::At(session.root.clone());
        assert_eq!(counts(&session, Runner::Cargo), (Verdict::Failed, 2, 1), "told to the tests");
    }
}
