//! One release for all tests of the suite, and the tools that they use.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use serde_json::{Value, json};
use tempfile::TempDir;

/// The programs of a release.
const PROGRAMS: [&str; 2] = ["spotify-mcp", "spotify-admin"];

/// A packed release.
#[derive(Debug)]
pub(crate) struct Release {
    folder: TempDir,
    /// The key that it is signed with.
    pub(crate) public_key: PathBuf,
}

/// Returns the release that the tests look at.
pub(crate) fn release() -> &'static Release {
    static RELEASE: LazyLock<Release> = LazyLock::new(Release::pack);
    &RELEASE
}

impl Release {
    fn pack() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let built = built();
        let programs = folder.path().join("programs");
        std::fs::create_dir(&programs).unwrap();
        for name in PROGRAMS {
            let mut strip = Command::new("strip");
            succeed(strip.arg("-o").arg(programs.join(name)).arg(built.join(name)));
        }
        let (public_key, secret_key) = new_key(folder.path());
        let mut dist = Command::new(built.join("xtask"));
        dist.args(["dist", "--allow-dirty", "--programs"]).arg(programs);
        dist.arg("--out").arg(folder.path().join("out")).arg("--sign-with").arg(secret_key);
        succeed(&mut dist);
        Self { folder, public_key }
    }

    /// The folder with the files.
    pub(crate) fn out(&self) -> PathBuf {
        self.folder.path().join("out")
    }

    /// The one file whose name ends so.
    pub(crate) fn file(&self, ending: &str) -> PathBuf {
        let files = std::fs::read_dir(self.out()).unwrap().map(|entry| entry.unwrap().path());
        let mut found = files.filter(|path| path.to_string_lossy().ends_with(ending));
        let path = found.next().unwrap_or_else(|| panic!("there is no file *{ending}"));
        assert_eq!(found.next(), None, "*{ending}");
        path
    }

    /// The files of the Debian package, unpacked.
    pub(crate) fn unpacked(&self) -> PathBuf {
        let folder = self.folder.path().join("unpacked");
        if !folder.exists() {
            succeed(Command::new("dpkg-deb").arg("--extract").arg(self.file(".deb")).arg(&folder));
        }
        folder
    }
}

/// Makes a key pair of minisign without a password: the public and the secret key's file.
pub(crate) fn new_key(folder: &Path) -> (PathBuf, PathBuf) {
    let (public, secret) = (folder.join("minisign.pub"), folder.join("minisign.key"));
    let mut command = Command::new("minisign");
    command.args(["-G", "-W", "-p"]).arg(&public).arg("-s").arg(&secret);
    succeed(&mut command);
    (public, secret)
}

/// The folder of the programs that were built together with this test.
fn built() -> PathBuf {
    let test = std::env::current_exe().unwrap();
    test.ancestors().nth(2).unwrap().to_owned()
}

/// Runs a command to its success and returns what it printed.
pub(crate) fn succeed(command: &mut Command) -> String {
    let output = command.output().unwrap_or_else(|error| panic!("{command:?}: {error}"));
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let (out, err) = (text(&output.stdout), text(&output.stderr));
    assert!(output.status.success(), "{command:?}: {}\n{out}\n{err}", output.status);
    out
}

/// Starts a server with what a container has, the environment alone, and asks it who it is.
pub(crate) fn shake_hands(server: &mut Command) -> Value {
    server.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = server.spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    writeln!(stdin, "{}", hello()).unwrap();
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let said = String::from_utf8_lossy(&output.stdout);
    let line = said.lines().next().unwrap_or_else(|| {
        panic!("{server:?}: {} {}", output.status, String::from_utf8_lossy(&output.stderr))
    });
    answered(line)
}

/// What a client says first.
pub(crate) fn hello() -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": {
        "protocolVersion": "2025-11-25", "capabilities": {},
        "clientInfo": {"name": "packages", "version": "1"},
    }})
}

/// Reads the answer to [`hello`].
pub(crate) fn answered(line: &str) -> Value {
    let answer: Value = serde_json::from_str(line).unwrap();
    let server = answer.pointer("/result/serverInfo").unwrap_or_else(|| panic!("{line}"));
    assert_eq!(server.get("name"), Some(&json!("spotify-mcp")), "{line}");
    answer
}

/// The settings of a server that needs no vault.
pub(crate) const SETTINGS: [(&str, &str); 2] = [
    ("SPOTIFY_CLIENT_ID", "0123456789abcdef0123456789abcdef"),
    ("SPOTIFY_REFRESH_TOKEN", "a-refresh-token-of-no-person"),
];
