//! Suites that need something a Rust toolchain does not bring.
//!
//! Each is a `[[test]]` target of its own with `test = false`, so that a plain `cargo test` passes
//! without it.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use cargo_metadata::Message;

use super::install::{Installer, Need};
use super::runner::watched;
use super::{Row, Session, failed, skipped};
use crate::run::RunError;
use crate::{report, run, summary};

/// A suite that needs programs or packages from outside.
#[derive(Debug)]
pub(crate) struct Component {
    /// The test target's name, which is also the suite's.
    pub(crate) target: &'static str,
    /// The package that has the target.
    pub(crate) package: &'static str,
    /// What must be there.
    needs: &'static [Need],
    /// What the tests run inside.
    inside: Inside,
}

/// What a suite's tests run inside.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Inside {
    /// Nothing special.
    Plain,
    /// A D-Bus session with an unlocked GNOME keyring in a private home folder.
    KeyringSession,
}

/// What a real keyring needs.
const KEYRING: &[Need] = &[
    Need::Program { name: "gnome-keyring-daemon", debian: "gnome-keyring" },
    Need::Program { name: "dbus-run-session", debian: "dbus-daemon" },
    Need::Program { name: "dbus-send", debian: "dbus" },
    Need::Program { name: "secret-tool", debian: "libsecret-tools" },
];

/// Every component suite.
pub(crate) const COMPONENTS: &[Component] = &[
    Component {
        target: "keychain",
        package: "spotify-vault",
        needs: KEYRING,
        inside: Inside::KeyringSession,
    },
    Component {
        target: "admin_keychain",
        package: "enterprise-cli",
        needs: KEYRING,
        inside: Inside::KeyringSession,
    },
    Component {
        target: "keepassxc",
        package: "spotify-vault",
        needs: &[
            Need::Program { name: "keepassxc", debian: "keepassxc" },
            Need::Program { name: "dbus-run-session", debian: "dbus-daemon" },
            Need::Program { name: "secret-tool", debian: "libsecret-tools" },
        ],
        inside: Inside::Plain,
    },
    Component {
        target: "pkcs11",
        package: "spotify-vault",
        needs: &[Need::Program { name: "softhsm2-util", debian: "softhsm2" }],
        inside: Inside::Plain,
    },
    Component {
        target: "admin_pkcs11",
        package: "enterprise-cli",
        needs: &[Need::Program { name: "softhsm2-util", debian: "softhsm2" }],
        inside: Inside::Plain,
    },
    Component {
        target: "syscalls",
        package: "spotify-vault",
        needs: &[Need::Program { name: "strace", debian: "strace" }],
        inside: Inside::Plain,
    },
    Component {
        target: "python_reader",
        package: "spotify-vault",
        needs: &[
            Need::Program { name: "python3", debian: "python3" },
            Need::Python {
                packages: &["argon2-cffi==25.1.0", "PyNaCl==1.6.2"],
                debian: "python3-venv",
                variable: "VAULT_PYTHON",
            },
        ],
        inside: Inside::Plain,
    },
    Component {
        target: "python_verifier",
        package: "spotify-audit",
        needs: &[
            Need::Program { name: "python3", debian: "python3" },
            Need::Python {
                packages: &["cryptography==50.0.2", "zstandard==0.25.0"],
                debian: "python3-venv",
                variable: "AUDIT_PYTHON",
            },
        ],
        inside: Inside::Plain,
    },
    Component {
        target: "real_sinks",
        package: "spotify-audit",
        needs: &[
            Need::Program { name: "rsyslogd", debian: "rsyslog" },
            Need::Program { name: "python3", debian: "python3" },
            Need::Python {
                packages: &["aiosmtpd==1.4.6"],
                debian: "python3-venv",
                variable: "AUDIT_PYTHON",
            },
        ],
        inside: Inside::Plain,
    },
    Component {
        target: "first_run",
        package: "enterprise-cli",
        needs: &[
            Need::Program { name: "chromium", debian: "chromium" },
            Need::Program { name: "npm", debian: "npm" },
            Need::Node { at_least: (22, 19), npm: "node@24", variable: "SPOTIFY_TEST_NODE" },
            Need::Npm {
                name: "playwright-core",
                version: "1.65.1",
                program: None,
                variable: "SPOTIFY_TEST_PLAYWRIGHT",
            },
            Need::Npm {
                name: "axe-core",
                version: "4.14.1",
                program: None,
                variable: "SPOTIFY_TEST_AXE",
            },
        ],
        inside: Inside::Plain,
    },
    Component {
        target: "clients",
        package: "mcp-server",
        needs: &[
            Need::Program { name: "npm", debian: "npm" },
            Need::Node { at_least: (22, 19), npm: "node@24", variable: "SPOTIFY_TEST_NODE" },
            Need::Npm {
                name: "@modelcontextprotocol/inspector",
                version: "2.12.0",
                program: Some("mcp-inspector"),
                variable: "SPOTIFY_TEST_INSPECTOR",
            },
            Need::Npm {
                name: "@modelcontextprotocol/client",
                version: "2.4.0",
                program: None,
                variable: "SPOTIFY_TEST_TYPESCRIPT_SDK",
            },
            Need::Program { name: "python3", debian: "python3" },
            Need::Python {
                packages: &["mcp==2.3.0"],
                debian: "python3-venv",
                variable: "SPOTIFY_TEST_PYTHON",
            },
        ],
        inside: Inside::Plain,
    },
    Component {
        target: "conformance",
        package: "mcp-server",
        needs: &[
            Need::Program { name: "npm", debian: "npm" },
            Need::Node { at_least: (22, 19), npm: "node@24", variable: "SPOTIFY_TEST_NODE" },
            Need::Npm {
                name: "@modelcontextprotocol/conformance",
                version: "0.2.0-alpha.12",
                program: Some("conformance"),
                variable: "SPOTIFY_TEST_CONFORMANCE",
            },
        ],
        inside: Inside::Plain,
    },
    Component {
        target: "scanners",
        package: "mcp-server",
        needs: &[
            Need::Program { name: "python3", debian: "python3" },
            Need::Python {
                packages: &["cisco-ai-mcp-scanner==4.8.7"],
                debian: "python3-venv",
                variable: "SPOTIFY_TEST_SCANNER",
            },
            Need::Python {
                packages: &["mcp-fuzzer==0.7.0"],
                debian: "python3-venv",
                variable: "SPOTIFY_TEST_FUZZER",
            },
        ],
        inside: Inside::Plain,
    },
    Component {
        target: "packages",
        package: "xtask",
        needs: &[
            Need::Program { name: "dpkg-deb", debian: "dpkg" },
            Need::Program { name: "dpkg-shlibdeps", debian: "dpkg-dev" },
            Need::Program { name: "strip", debian: "binutils" },
            Need::Program { name: "man", debian: "man-db" },
            Need::Program { name: "minisign", debian: "minisign" },
            Need::Program { name: "systemd-analyze", debian: "systemd" },
            Need::Program { name: "buildah", debian: "buildah" },
            Need::Program { name: "mmdebstrap", debian: "mmdebstrap" },
            Need::Program { name: "npm", debian: "npm" },
            Need::Node { at_least: (22, 19), npm: "node@24", variable: "SPOTIFY_TEST_NODE" },
            Need::Npm {
                name: "@anthropic-ai/mcpb",
                version: "2.1.2",
                program: Some("mcpb"),
                variable: "SPOTIFY_TEST_MCPB",
            },
            Need::Program { name: "python3", debian: "python3" },
            Need::Python {
                packages: &[
                    "cyclonedx-python-lib==11.12.0",
                    "jsonschema==4.26.0",
                    "referencing==0.37.0",
                ],
                debian: "python3-venv",
                variable: "SPOTIFY_TEST_CYCLONEDX",
            },
        ],
        inside: Inside::Plain,
    },
];

/// Variables that would lead the keyring of a private session back to the user's own.
const OF_THE_USERS_SESSION: &[&str] = &[
    "DBUS_SESSION_BUS_ADDRESS",
    "DISPLAY",
    "GNOME_KEYRING_CONTROL",
    "WAYLAND_DISPLAY",
    "XDG_CACHE_HOME",
    "XDG_CONFIG_HOME",
    "XDG_DATA_HOME",
    "XDG_RUNTIME_DIR",
    "XDG_STATE_HOME",
];

/// Why a suite could not be started.
#[derive(Debug, thiserror::Error)]
enum ComponentError {
    #[error(transparent)]
    Run(#[from] RunError),
    #[error("cargo built no test target {0}; the package's manifest must have it")]
    NoTarget(&'static str),
    #[error("prepare the private home folder {}", folder.display())]
    Home { folder: PathBuf, source: std::io::Error },
}

impl Component {
    /// Installs what is missing as far as that is allowed, and runs the suite.
    pub(super) fn run(&self, session: &Session, installer: &mut Installer) -> Row {
        let name = format!("component suite {}", self.target);
        report::heading(&name);
        let (ready, preparing) = run::timed(|| installer.provide(self.needs));
        let variables = match ready {
            Ok(variables) => variables,
            Err(missing) if session.ci => return failed(&name, missing.to_string(), preparing),
            Err(missing) => {
                report::notice(&format!("SKIPPED: {missing}"));
                return skipped(&name, missing.to_string());
            }
        };
        let (built, building) = run::timed(|| self.command(session, installer.folder()));
        match built {
            Ok(mut command) => {
                command.envs(variables).args(session.ci.then_some("--nocapture"));
                session.surround(&mut command);
                let mut row = watched(&name, &mut command, summary::libtest);
                row.took += preparing + building;
                row
            }
            Err(error) => failed(&name, report::chain(error), preparing + building),
        }
    }

    /// The command that runs the suite's built tests.
    ///
    /// The test binary runs directly: cargo and rustup look for themselves in the home folder,
    /// which a private session replaces.
    fn command(&self, session: &Session, folder: &Path) -> Result<Command, ComponentError> {
        let (executable, package) = self.build(session)?;
        let mut command = match self.inside {
            Inside::Plain => Command::new(executable),
            Inside::KeyringSession => {
                let mut command = Command::new("dbus-run-session");
                command.args(["--", "sh", "-c", include_str!("keyring-session.sh"), "sh"]);
                command.arg(executable);
                for variable in OF_THE_USERS_SESSION {
                    command.env_remove(variable);
                }
                command.env("HOME", fresh_home(folder.join(self.target).join("home"))?);
                command
            }
        };
        // One service stands behind all tests of such a suite.
        command.arg("--test-threads=1").current_dir(&package);
        command.env("CARGO_MANIFEST_DIR", package);
        Ok(command)
    }

    /// Builds the suite's tests; gives the binary and the folder of its package.
    fn build(&self, session: &Session) -> Result<(PathBuf, PathBuf), ComponentError> {
        let mut command = run::cargo(&session.root);
        // The same packages as in the run before: another choice has other features, and would
        // build their dependencies again.
        command.args(["test", "--no-run", "--locked"]).args(session.selection.package_arguments());
        command.args(["--test", self.target, "--message-format", "json-render-diagnostics"]);
        let messages = run::capture(command.stderr(std::process::Stdio::inherit()))?;
        Message::parse_stream(messages.as_slice())
            .filter_map(Result::ok)
            .find_map(|message| match message {
                Message::CompilerArtifact(artifact) if artifact.target.name == self.target => {
                    let package = artifact.manifest_path.parent()?.to_owned();
                    Some((artifact.executable?.into(), package.into()))
                }
                _ => None,
            })
            .ok_or(ComponentError::NoTarget(self.target))
    }
}

/// An empty home folder: a keyring of an earlier run would have an earlier password.
fn fresh_home(folder: PathBuf) -> Result<PathBuf, ComponentError> {
    let made = match fs::remove_dir_all(&folder) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => fs::create_dir_all(folder.join(".cache")),
    };
    made.map_err(|source| ComponentError::Home { folder: folder.clone(), source })?;
    Ok(folder)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workspace;

    #[test]
    fn every_suite_is_a_test_target_that_a_plain_run_leaves_out() {
        let metadata = workspace::metadata(&workspace::root()).unwrap();
        for component in COMPONENTS {
            let package =
                metadata.packages.iter().find(|package| package.name == component.package);
            let targets = &package.unwrap().targets;
            let target = targets.iter().find(|target| target.name == component.target);
            let target = target.unwrap_or_else(|| panic!("no target for {component:?}"));
            assert!(target.is_test() && !target.test, "{component:?} must have `test = false`");
        }
    }

    #[test]
    fn a_fresh_home_holds_nothing_of_an_earlier_run() {
        let folder = tempfile::tempdir().unwrap();
        let home = fresh_home(folder.path().join("home")).unwrap();
        fs::File::create(home.join("old")).unwrap();
        let home = fresh_home(home).unwrap();
        assert!(!home.join("old").exists());
        assert!(home.join(".cache").is_dir());
    }
}
