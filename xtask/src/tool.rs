//! Cargo's helper programs, installed into the target folder where that is wanted.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{self, RunError};
use crate::{environment, report};

/// A program of crates.io that a command starts.
#[derive(Debug)]
pub(crate) struct Tool {
    /// Its name, which is its crate's too.
    pub(crate) name: &'static str,
    /// The version that is installed where none is there.
    pub(crate) version: &'static str,
    /// Major and minor version below which it does not serve.
    pub(crate) at_least: (u32, u32),
}

impl Tool {
    /// Finds the program on `PATH` or below `tools`.
    pub(crate) fn find(&self, tools: &Path) -> Option<PathBuf> {
        let candidates = [environment::find_program(self.name), Some(self.place(tools))];
        candidates.into_iter().flatten().find(|program| self.serves(program))
    }

    /// Installs the program below `tools`.
    pub(crate) fn install(&self, tools: &Path) -> Result<PathBuf, RunError> {
        report::notice(&format!(
            "installing {} {} into the target folder",
            self.name, self.version
        ));
        let mut command = run::cargo(tools.parent().unwrap_or(tools));
        command.args(["install", self.name, "--version", self.version, "--locked", "--quiet"]);
        // Their own settings optimise for speed of programs that run for a second, at the price of
        // minutes of building.
        command.arg("--root").arg(tools).env("CARGO_PROFILE_RELEASE_LTO", "off");
        command.env("CARGO_PROFILE_RELEASE_CODEGEN_UNITS", "16");
        command.env("CARGO_PROFILE_RELEASE_OPT_LEVEL", "1");
        run::stream(&mut command)?;
        Ok(self.place(tools))
    }

    fn place(&self, tools: &Path) -> PathBuf {
        tools.join("bin").join(self.name).with_extension(std::env::consts::EXE_EXTENSION)
    }

    fn serves(&self, program: &Path) -> bool {
        let answer = run::capture(Command::new(program).arg("--version")).unwrap_or_default();
        let version = self.version_in(&String::from_utf8_lossy(&answer));
        version.is_some_and(|version| version >= self.at_least)
    }

    /// Reads `cargo-deny 0.20.2`.
    fn version_in(&self, answer: &str) -> Option<(u32, u32)> {
        let mut parts = answer.trim().strip_prefix(self.name)?.trim_start().split('.');
        Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn versions_of_a_program_are_read() {
        let deny = Tool { name: "cargo-deny", version: "0.20.2", at_least: (0, 20) };
        assert_eq!(deny.version_in("cargo-deny 0.20.2\n"), Some((0, 20)));
        assert!(deny.version_in("cargo-deny 0.14.2") < Some(deny.at_least));
        assert_eq!(deny.version_in("something else"), None);
    }
}
