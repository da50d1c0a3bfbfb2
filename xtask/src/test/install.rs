//! Finds what component suites need, and installs what is missing where that is allowed.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::run::{self, RunError};
use crate::{environment, report};

/// Something that a suite needs.
#[derive(Debug)]
pub(super) enum Need {
    /// A program in `PATH`.
    Program {
        /// Its file name.
        name: &'static str,
        /// The Debian package that brings it.
        debian: &'static str,
    },
    /// Node.js, which Debian has only in older versions.
    Node {
        /// The lowest major and minor version that serves.
        at_least: (u32, u32),
        /// The npm package that brings it.
        npm: &'static str,
        /// The variable that tells tests its path.
        variable: &'static str,
    },
    /// An npm package.
    Npm {
        /// The package.
        name: &'static str,
        /// The version that was tried.
        version: &'static str,
        /// Its program, if tests want that and not the package's folder.
        program: Option<&'static str>,
        /// The variable that tells tests the path of it.
        variable: &'static str,
    },
    /// A Python interpreter with these packages.
    Python {
        /// The packages with their versions, as pip takes them.
        packages: &'static [&'static str],
        /// The Debian package that lets Python make virtual environments.
        debian: &'static str,
        /// The variable that tells tests the interpreter's path.
        variable: &'static str,
    },
}

/// What may be installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Policy {
    /// Nothing.
    Nothing,
    /// npm and Python packages, into the target folder.
    TargetFolder,
    /// Debian packages too.
    Everything,
}

/// Variables for the tests: where their components are.
pub(super) type Variables = BTreeMap<OsString, OsString>;

/// What is missing, each with what brings it.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Missing(Vec<String>);

impl fmt::Display for Missing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "missing: {}", self.0.join("; "))
    }
}

/// Finds and installs components.
#[derive(Debug)]
pub(super) struct Installer {
    folder: PathBuf,
    policy: Policy,
    package_lists_are_fresh: bool,
}

impl Installer {
    /// An installer that puts what is not a Debian package into `folder`.
    pub(super) fn new(folder: PathBuf, policy: Policy) -> Self {
        Self { folder, policy, package_lists_are_fresh: false }
    }

    /// The folder for components.
    pub(super) fn folder(&self) -> &Path {
        &self.folder
    }

    /// Makes sure that all of `needs` are there; gives the variables that tell tests where.
    ///
    /// # Errors
    ///
    /// Names everything that is missing, not only the first.
    pub(super) fn provide(&mut self, needs: &[Need]) -> Result<Variables, Missing> {
        let mut variables = Variables::new();
        let mut missing = Vec::new();
        for need in needs {
            match self.find_or_install(need) {
                Ok(Some((variable, path))) => {
                    variables.insert(variable.into(), path.into());
                }
                Ok(None) => {}
                Err(why) => missing.push(format!("{need}{why}")),
            }
        }
        if missing.is_empty() { Ok(variables) } else { Err(Missing(missing)) }
    }

    /// What tests are told of `need`, or why it is missing.
    fn find_or_install(&mut self, need: &Need) -> Result<Option<(&'static str, PathBuf)>, String> {
        if let Some(path) = need.find(&self.folder) {
            return Ok(need.variable().map(|variable| (variable, path)));
        }
        match (self.policy, need) {
            (Policy::Nothing, _) | (Policy::TargetFolder, Need::Program { .. }) => {
                return Err(String::new());
            }
            (Policy::TargetFolder | Policy::Everything, _) => {}
        }
        self.install(need).map_err(|error| format!(": {}", report::chain(error)))?;
        let path = need.find(&self.folder).ok_or(": installed, but still not found")?;
        Ok(need.variable().map(|variable| (variable, path)))
    }

    fn install(&mut self, need: &Need) -> Result<(), RunError> {
        report::notice(&format!("installing {need}"));
        match need {
            Need::Program { debian, .. } => self.apt(debian),
            Need::Node { npm, .. } => self.npm("node", npm),
            Need::Npm { name, version, .. } => {
                self.npm(&npm_folder(name), &format!("{name}@{version}"))
            }
            Need::Python { packages, debian, variable } => {
                let folder = python_folder(&self.folder, variable);
                let venv = |folder: &Path| {
                    run::capture(Command::new("python3").args(["-m", "venv"]).arg(folder))
                };
                if let Err(error) = venv(&folder) {
                    // Debian's Python has the module but not what it needs.
                    if self.policy != Policy::Everything {
                        return Err(error);
                    }
                    self.apt(debian)?;
                    venv(&folder)?;
                }
                let mut pip = Command::new(python(&folder));
                pip.args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check"]);
                run::stream(pip.args(*packages))
            }
        }
    }

    fn apt(&mut self, package: &str) -> Result<(), RunError> {
        if !self.package_lists_are_fresh {
            run::stream(apt_get().args(["update", "--quiet"]))?;
            self.package_lists_are_fresh = true;
        }
        let options = ["install", "--yes", "--quiet", "--no-install-recommends", package];
        run::stream(apt_get().args(options))
    }

    fn npm(&self, folder: &str, package: &str) -> Result<(), RunError> {
        let mut command = Command::new("npm");
        command.args(["install", "--no-audit", "--no-fund", "--loglevel=error", "--prefix"]);
        command.arg(self.folder.join(folder)).arg(package);
        if let Some(programs) = node_of(&self.folder).parent() {
            command.env("PATH", environment::path_with(programs));
        }
        run::stream(&mut command)
    }
}

impl Need {
    /// The path of what is there already.
    fn find(&self, folder: &Path) -> Option<PathBuf> {
        match self {
            Self::Program { name, .. } => environment::find_program(name),
            Self::Node { at_least, .. } => {
                let candidates = [Some(node_of(folder)), environment::find_program("node")];
                candidates.into_iter().flatten().find(|node| serves(node, *at_least))
            }
            Self::Npm { name, version, program, .. } => {
                let modules = folder.join(npm_folder(name)).join("node_modules");
                let package = modules.join(name);
                let manifest = std::fs::read_to_string(package.join("package.json"));
                let right = manifest.ok()?.contains(&format!("\"version\": \"{version}\""));
                match program {
                    _ if !right => None,
                    // The link is resolved, so that tests can hand the script to a chosen Node.js.
                    Some(program) => modules.join(".bin").join(program).canonicalize().ok(),
                    None => Some(package),
                }
            }
            Self::Python { packages, variable, .. } => {
                let python = python(&python_folder(folder, variable));
                let mut command = Command::new(&python);
                command.args(["-m", "pip", "freeze", "--disable-pip-version-check"]);
                let installed = String::from_utf8(run::capture(&mut command).ok()?).ok()?;
                let has = |package: &&str| installed.lines().any(|line| line == *package);
                packages.iter().all(has).then_some(python)
            }
        }
    }

    fn variable(&self) -> Option<&'static str> {
        match self {
            Self::Program { .. } => None,
            Self::Node { variable, .. }
            | Self::Npm { variable, .. }
            | Self::Python { variable, .. } => Some(variable),
        }
    }
}

/// Names the thing and what brings it.
impl fmt::Display for Need {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let into_target = "`cargo xtask test --with-components` puts it into target/";
        match self {
            Self::Program { name, debian } => write!(f, "{name} (Debian package {debian})"),
            Self::Node { at_least: (major, minor), npm, .. } => {
                write!(f, "Node.js {major}.{minor} or newer (npm package {npm}; {into_target})")
            }
            Self::Npm { name, version, .. } => {
                write!(f, "{name} (npm package {name}@{version}; {into_target})")
            }
            Self::Python { packages, debian, .. } => {
                let packages = packages.join(" ");
                write!(f, "Python modules (PyPI packages {packages}; {into_target}, ")?;
                write!(f, "with the Debian package {debian})")
            }
        }
    }
}

/// Node.js as the npm package `node` installs it.
fn node_of(folder: &Path) -> PathBuf {
    folder.join("node/node_modules/node/bin/node")
}

/// The folder that an npm package is installed into.
fn npm_folder(package: &str) -> String {
    package.trim_start_matches('@').replace('/', "-")
}

/// The virtual environment of the suites that are told of it by `variable`: one for all would hold
/// packages that cannot stand together.
fn python_folder(folder: &Path, variable: &str) -> PathBuf {
    folder.join(variable.to_ascii_lowercase())
}

/// The interpreter of a virtual environment.
fn python(folder: &Path) -> PathBuf {
    folder.join("bin/python")
}

/// Whether this Node.js has at least the given version.
fn serves(node: &Path, at_least: (u32, u32)) -> bool {
    let answer = run::capture(Command::new(node).arg("--version")).unwrap_or_default();
    node_version(&String::from_utf8_lossy(&answer)).is_some_and(|version| version >= at_least)
}

/// Reads `v24.21.0`.
fn node_version(answer: &str) -> Option<(u32, u32)> {
    let mut parts = answer.trim().strip_prefix('v')?.split('.');
    Some((parts.next()?.parse().ok()?, parts.next()?.parse().ok()?))
}

/// `apt-get` with the rights it needs: a CI machine's user may have to ask `sudo`.
fn apt_get() -> Command {
    let is_root = run::capture(Command::new("id").arg("-u")).is_ok_and(|id| id == b"0\n");
    let mut command = if is_root {
        Command::new("apt-get")
    } else {
        let mut command = Command::new("sudo");
        command.args(["--non-interactive", "--preserve-env=DEBIAN_FRONTEND", "apt-get"]);
        command
    };
    command.env("DEBIAN_FRONTEND", "noninteractive");
    command
}

#[cfg(test)]
mod tests {
    use super::*;

    const ABSENT: &[Need] = &[
        Need::Program { name: "no-such-program", debian: "no-such-package" },
        Need::Npm {
            name: "no-such-module",
            version: "1.0.0",
            program: Some("absent"),
            variable: "TEST_ABSENT",
        },
        Need::Node { at_least: (9999, 0), npm: "node@9999", variable: "TEST_NODE" },
    ];

    #[test]
    fn everything_that_is_missing_is_named_with_what_brings_it() {
        let folder = tempfile::tempdir().unwrap();
        let mut installer = Installer::new(folder.path().to_owned(), Policy::Nothing);
        let missing = installer.provide(ABSENT).unwrap_err().to_string();
        assert!(missing.contains("no-such-program (Debian package no-such-package)"), "{missing}");
        assert!(missing.contains("no-such-module (npm package no-such-module@1.0.0"), "{missing}");
        assert!(missing.contains("Node.js 9999.0 or newer (npm package node@9999"), "{missing}");
        assert_eq!(folder.path().read_dir().unwrap().count(), 0, "nothing was installed");
    }

    #[test]
    fn debian_packages_are_not_installed_into_the_target_folder() {
        let folder = tempfile::tempdir().unwrap();
        let mut installer = Installer::new(folder.path().to_owned(), Policy::TargetFolder);
        let [program, ..] = ABSENT else { panic!("the table is empty") };
        assert_eq!(installer.find_or_install(program), Err(String::new()));
        assert!(!installer.package_lists_are_fresh);
    }

    #[test]
    fn a_program_in_the_path_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let mut installer = Installer::new(folder.path().to_owned(), Policy::Nothing);
        let needs = [Need::Program { name: "sh", debian: "dash" }];
        assert_eq!(installer.provide(&needs), Ok(Variables::new()));
    }

    #[test]
    fn versions_of_node_compare_as_numbers() {
        assert_eq!(node_version("v24.21.0\n"), Some((24, 21)));
        assert!(node_version("v22.9.0") < Some((22, 19)));
        assert_eq!(node_version("24.1.0"), None);
        assert_eq!(node_version(""), None);
    }
}
