//! `cargo xtask fuzz`: the fuzz targets of `tests/fuzz`, each for a while.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::{fs, io};

use crate::report::{self, Row, Verdict};
use crate::run::{self, RunError};
use crate::tool::Tool;
use crate::workspace;

const CARGO_FUZZ: Tool = Tool { name: "cargo-fuzz", version: "0.13.2", at_least: (0, 13) };

/// Run the fuzz targets of `tests/fuzz`, each for a while
///
/// Needs a nightly toolchain and a C++ compiler; cargo-fuzz is installed into the target folder
/// when it is missing. Starts from the inputs in `tests/fuzz/seeds/<target>` (answers: from
/// `tests/api/answers`) and keeps what it finds below the target folder. An input that breaks a target is printed and makes the command fail.
#[derive(Debug, clap::Args)]
pub(crate) struct Args {
    /// Targets to run; all when none is named
    targets: Vec<String>,
    /// Seconds for each target
    #[arg(long, default_value_t = 60)]
    seconds: u32,
    /// The toolchain that builds the targets
    #[arg(long, default_value = "nightly")]
    toolchain: String,
}

/// Why the targets could not be run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum FuzzError {
    /// Cargo does not understand the workspace.
    #[error("read the workspace's manifests")]
    Metadata(#[from] cargo_metadata::Error),
    /// The program could not be installed.
    #[error("install cargo-fuzz")]
    Install(#[source] RunError),
    /// The targets could not be listed.
    #[error("list the fuzz targets in {}", folder.display())]
    List {
        /// Where.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
    /// There is no such target.
    #[error("find the fuzz target {name}; there are {known}")]
    NoTarget {
        /// What was asked for.
        name: String,
        /// What there is.
        known: String,
    },
    /// The folder for what was found could not be made.
    #[error("make the folder {}", folder.display())]
    Corpus {
        /// Where.
        folder: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

impl Args {
    /// Runs the targets one after the other and prints a table.
    pub(crate) fn run(self) -> Result<Verdict, FuzzError> {
        let root = workspace::root();
        let target = workspace::metadata(&root)?.target_directory.into_std_path_buf();
        let tools = target.join("tools");
        let program = match CARGO_FUZZ.find(&tools) {
            Some(program) => program,
            None => CARGO_FUZZ.install(&tools).map_err(FuzzError::Install)?,
        };
        let folder = root.join("tests/fuzz");
        let runner = Runner { program, folder, work: target.join("fuzz"), args: self };
        let targets = runner.targets()?;
        let rows: Vec<Row> =
            targets.iter().map(|name| runner.run(name)).collect::<Result<_, _>>()?;
        report::table(&rows);
        let failed = rows.iter().any(|row| row.verdict == Verdict::Failed);
        Ok(if failed { Verdict::Failed } else { Verdict::Passed })
    }
}

struct Runner {
    program: PathBuf,
    /// The cargo-fuzz package.
    folder: PathBuf,
    /// Where inputs and builds are kept.
    work: PathBuf,
    args: Args,
}

impl Runner {
    /// The targets to run, in alphabetical order.
    fn targets(&self) -> Result<Vec<String>, FuzzError> {
        let folder = self.folder.join("fuzz_targets");
        let known = names(&folder).map_err(|source| FuzzError::List { folder, source })?;
        if self.args.targets.is_empty() {
            return Ok(known);
        }
        match self.args.targets.iter().find(|name| !known.contains(name)) {
            Some(name) => Err(FuzzError::NoTarget { name: name.clone(), known: known.join(", ") }),
            None => Ok(self.args.targets.clone()),
        }
    }

    fn run(&self, name: &str) -> Result<Row, FuzzError> {
        report::heading(&format!("fuzz {name} for {} s", self.args.seconds));
        let corpus = self.work.join("corpus").join(name);
        fs::create_dir_all(&corpus)
            .map_err(|source| FuzzError::Corpus { folder: corpus.clone(), source })?;
        let (outcome, took) = run::timed(|| run::stream(&mut self.command(name, &corpus)));
        let (verdict, note) = match outcome {
            Ok(()) => (Verdict::Passed, String::new()),
            Err(error) => (Verdict::Failed, report::chain(error)),
        };
        Ok(Row { name: format!("fuzz {name}"), verdict, counts: None, took, note })
    }

    /// Where the first inputs of a target are: for Spotify's answers the bodies of the tests.
    fn seeds(&self, name: &str) -> PathBuf {
        match name.strip_prefix("answer_") {
            Some(_) => self.folder.join("../api/answers"),
            None => self.folder.join("seeds").join(name),
        }
    }

    fn command(&self, name: &str, corpus: &Path) -> Command {
        // Through cargo, so that `+nightly` chooses the toolchain.
        let mut command = Command::new(&self.program);
        command.arg("fuzz").arg("run").current_dir(&self.folder);
        command.env("RUSTUP_TOOLCHAIN", &self.args.toolchain).env_remove("CARGO");
        command.arg("--fuzz-dir").arg(&self.folder);
        command.arg("--target-dir").arg(self.work.join("build"));
        command.arg(name).arg(corpus);
        command.args(Some(self.seeds(name)).filter(|seeds| seeds.is_dir()));
        command.arg("--").arg(format!("-max_total_time={}", self.args.seconds));
        command.args([
            "-timeout=10",
            "-rss_limit_mb=2048",
            "-max_len=65536",
            "-print_final_stats=1",
        ]);
        command
    }
}

/// The names of the Rust files in a folder, without their ending.
fn names(folder: &Path) -> io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "rs") {
            names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    Ok(names)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn runner(targets: &[&str]) -> Runner {
        let args = Args {
            targets: targets.iter().map(|&name| name.to_owned()).collect(),
            seconds: 1,
            toolchain: "nightly".to_owned(),
        };
        let folder = workspace::root().join("tests/fuzz");
        Runner { program: "cargo-fuzz".into(), folder, work: "work".into(), args }
    }

    #[test]
    fn every_fuzz_target_is_declared_in_its_manifest() {
        let manifest = fs::read_to_string(runner(&[]).folder.join("Cargo.toml")).unwrap();
        for name in runner(&[]).targets().unwrap() {
            assert!(manifest.contains(&format!("path = \"fuzz_targets/{name}.rs\"")), "{name}");
        }
    }

    #[test]
    fn an_unknown_fuzz_target_is_an_error_that_names_the_known_ones() {
        let error = runner(&["nothing"]).targets().unwrap_err();
        assert!(error.to_string().contains("spotify_id"), "{error}");
    }
}
