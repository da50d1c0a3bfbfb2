//! D-Bus sessions of their own, with this binary's tests as helper processes inside.

use std::path::PathBuf;
use std::process::Command;

use spotify_vault::KeychainError;

const MARK: &str = "VAULT_KEYCHAIN_HELPER";

/// Whether this process was started by [`helper`].
#[expect(clippy::disallowed_methods, reason = "tells the helper process from the test run")]
pub(crate) fn is_helper() -> bool {
    std::env::var_os(MARK).is_some()
}

/// One test of this binary in a process of its own.
pub(crate) fn helper(test: &str) -> Command {
    let mut command = Command::new(std::env::current_exe().unwrap());
    command.args(["--exact", test, "--nocapture"]).env(MARK, "1");
    command
}

/// A helper in a bus of its own, after `prepare` has run there, in an empty home folder.
pub(crate) fn run(test: &str, options: &[&str], prepare: &str) -> Command {
    let home = tempfile::tempdir().unwrap().keep();
    let script = format!("set -eu; {prepare}\nexec \"$@\"");
    let inside = helper(test);
    let mut command = Command::new("dbus-run-session");
    command
        .args(options)
        .args(["--", "sh", "-c", &script, "sh"])
        .arg(inside.get_program())
        .args(inside.get_args())
        .env(MARK, "1")
        .env("HOME", &home)
        .env("XDG_RUNTIME_DIR", &home)
        .env_remove("DISPLAY")
        .env_remove("WAYLAND_DISPLAY");
    command
}

/// Runs a helper and returns what it printed after `found: `.
pub(crate) fn found(command: &mut Command) -> String {
    let output = command.output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {errors}");
    let text = String::from_utf8(output.stdout).unwrap();
    let found = text.lines().find_map(|line| line.split_once("found: "));
    found.unwrap_or_else(|| panic!("{text}")).1.to_owned()
}

/// The kind of each result in a word.
pub(crate) fn kinds<const N: usize>(results: [Result<(), KeychainError>; N]) -> String {
    let kind = |result| match result {
        Ok(()) => "fine".to_owned(),
        Err(error) => {
            let kind = format!("{error:?}");
            kind.split([' ', '(']).next().unwrap_or_default().to_owned()
        }
    };
    results.map(kind).join(", ")
}

/// A bus that starts no service by itself.
pub(crate) struct BareBus {
    _dir: tempfile::TempDir,
    config: PathBuf,
}

impl BareBus {
    pub(crate) fn new() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let config = dir.path().join("session.conf");
        let text = format!(
            "<busconfig><type>session</type><listen>unix:tmpdir={}</listen>\
             <auth>EXTERNAL</auth><policy context=\"default\"><allow send_destination=\"*\"/>\
             <allow eavesdrop=\"true\"/><allow own=\"*\"/></policy></busconfig>",
            dir.path().display()
        );
        crate::support::put(&config, text.as_bytes()).unwrap();
        Self { _dir: dir, config }
    }

    /// The argument for `dbus-run-session`.
    pub(crate) fn option(&self) -> String {
        format!("--config-file={}", self.config.display())
    }
}
