//! The program in an environment of its own, and a local Spotify to sign in to.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use serde_json::Value;
use spotify_audit::{Entry, Query, Reader};
use spotify_auth::session::{Context, KeyChoice, Profile, Session, Settings};
use spotify_auth::{Clock, ScopeSet};
use spotify_sim::{Builder, Simulator};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines};
use tokio::process::{Child, ChildStderr, Command};

use crate::schema::CheckedLog;

/// A key for `SPOTIFY_MCP_MASTER_KEY`.
pub(crate) const MASTER_KEY: &str = "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urqwE=";
/// What every secret of the local Spotify begins with.
pub(crate) const CANARY: &str = "canary";

/// A server's program as far as `doctor` asks: it answers the greeting and lists one tool.
pub(crate) const SERVER: &str = concat!(
    "#!/bin/sh\n",
    "read hello\n",
    "echo '{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"serverInfo\":{\"version\":\"",
    env!("CARGO_PKG_VERSION"),
    "\"}}}'\n",
    "read ready; read list\n",
    "echo '{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":{\"tools\":[{}]}}'\n",
);

/// An installation and its Spotify.
pub(crate) struct Bench {
    pub(crate) sim: Simulator,
    _log: CheckedLog,
    directory: TempDir,
    variables: BTreeMap<&'static str, String>,
}

/// What the program said and how it ended.
#[derive(Debug)]
pub(crate) struct Ran {
    pub(crate) code: i32,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

/// A sign-in that waits for its answer.
pub(crate) struct Waiting {
    child: Child,
    lines: Lines<BufReader<ChildStderr>>,
    said: String,
    /// The address that it printed.
    pub(crate) address: String,
}

impl Bench {
    pub(crate) async fn new() -> Self {
        Self::with(Simulator::builder()).await
    }

    pub(crate) async fn with(builder: Builder) -> Self {
        Self::around(tempfile::tempdir().unwrap(), builder).await
    }

    /// An installation whose home directory may stand in `directory` already.
    pub(crate) async fn around(directory: TempDir, builder: Builder) -> Self {
        let sim = builder.token_prefix(CANARY).start().await;
        let home = directory.path().join("home");
        let variables = BTreeMap::from([
            ("SPOTIFY_MCP_HOME", home.to_str().unwrap().to_owned()),
            ("SPOTIFY_CLIENT_ID", sim.client_id().to_owned()),
            ("SPOTIFY_ACCOUNTS_URL", sim.accounts_url().to_owned()),
            ("SPOTIFY_API_URL", sim.api_url().to_owned()),
            // Whatever machine this runs on, there is no keychain.
            ("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent/bus".to_owned()),
        ]);
        Self { sim, _log: CheckedLog::of(&home), directory, variables }
    }

    /// An installation with a vault whose key is in a file, and a signed-in profile `work`.
    pub(crate) async fn signed_in() -> Self {
        let bench = Self::new().await;
        bench.sign_in(&["--profile", "work", "--key-source", "file"]).await;
        bench
    }

    pub(crate) fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.variables.insert(name, value.into());
    }

    pub(crate) fn unset(&mut self, name: &str) {
        self.variables.remove(name);
    }

    pub(crate) fn home(&self) -> PathBuf {
        self.directory.path().join("home")
    }

    /// Writes a file outside the home directory that only its owner may read.
    pub(crate) fn private_file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.directory.path().join(name);
        write_private(&path, text);
        path
    }

    /// Writes a script in the place of the server's program.
    pub(crate) fn server(&self, script: &str) -> PathBuf {
        use std::os::unix::fs::PermissionsExt as _;
        let path = self.private_file("spotify-mcp", script);
        std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o700)).unwrap();
        path
    }

    /// The program's command with the environment of this installation and nothing of the caller's.
    pub(crate) fn command(&self, arguments: &[&str]) -> Command {
        let mut command = self.command_of(env!("CARGO_BIN_EXE_spotify-admin"));
        command.args(arguments);
        command
    }

    /// Another program's command with the same environment.
    pub(crate) fn command_of(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command.env_clear().envs(&self.variables);
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.kill_on_drop(true);
        command
    }

    /// Runs the program to its end.
    pub(crate) async fn admin(&self, arguments: &[&str]) -> Ran {
        Ran::of(self.command(arguments).output().await.unwrap())
    }

    /// Runs the program to its end with `input` as its standard input.
    pub(crate) async fn admin_with_input(&self, arguments: &[&str], input: &str) -> Ran {
        let mut child = self.command(arguments).stdin(Stdio::piped()).spawn().unwrap();
        let mut pipe = child.stdin.take().unwrap();
        pipe.write_all(input.as_bytes()).await.unwrap();
        drop(pipe);
        Ran::of(child.wait_with_output().await.unwrap())
    }

    /// Starts `login` and reads on until it prints its address.
    pub(crate) async fn login(&self, arguments: &[&str]) -> Result<Waiting, Ran> {
        let mut command = self.command(&[&["login"], arguments].concat());
        Waiting::start(command.stdin(Stdio::piped())).await
    }

    /// Signs in as a person with a browser does.
    pub(crate) async fn sign_in(&self, arguments: &[&str]) -> Ran {
        self.sign_in_with(&mut self.command(&[&["login"], arguments].concat())).await
    }

    /// As [`sign_in`](Self::sign_in), with a command that was made ready.
    pub(crate) async fn sign_in_with(&self, command: &mut Command) -> Ran {
        let waiting = Waiting::start(command.stdin(Stdio::piped())).await.unwrap();
        let page = self.approve(&waiting.address).await;
        assert!(page.contains("You are signed in"), "{page}");
        let ran = waiting.finish().await;
        ran.expect(0);
        ran
    }

    /// Approves, follows the redirect, and returns the page that the browser shows.
    pub(crate) async fn approve(&self, address: &str) -> String {
        self.sim.approve(address).await.unwrap().follow().await.unwrap().1
    }

    /// Returns the records of the audit log.
    pub(crate) fn records(&self) -> Vec<Entry> {
        let reader = Reader::open(&self.home().join("audit"), Query::default()).unwrap();
        reader.map(|entry| entry.unwrap()).collect()
    }

    /// Returns the file that the audit log is written to.
    pub(crate) fn log_file(&self) -> PathBuf {
        let files = std::fs::read_dir(self.home().join("audit")).unwrap();
        let mut paths = files.map(|entry| entry.unwrap().path());
        paths.find(|path| path.extension().is_some_and(|end| end == "jsonl")).unwrap()
    }

    /// Changes the audit log as an intruder would.
    pub(crate) fn tamper(&self, change: impl FnOnce(String) -> String) {
        let path = self.log_file();
        write_private(&path, &change(std::fs::read_to_string(&path).unwrap()));
    }

    /// Opens the installation inside the test, as the server does, with a clock of its own.
    pub(crate) fn session(&self, clock: &TestClock) -> Session {
        Session::open(self.settings(), clock.context()).unwrap()
    }

    /// Makes the installation inside the test.
    pub(crate) fn create(&self, clock: &TestClock) -> Session {
        Session::create(self.settings(), clock.context(), KeyChoice::File).unwrap().0
    }

    /// Signs a profile in inside the test.
    pub(crate) async fn sign_in_here(&self, profile: &Profile) {
        let scopes: ScopeSet = "user-read-private".parse().unwrap();
        let begun = profile.sign_ins(scopes).unwrap();
        let begun_sign_in = begun.begin().await.unwrap();
        self.approve(begun_sign_in.url.as_str()).await;
        begun_sign_in.finished().await.unwrap();
    }

    fn settings(&self) -> Settings {
        let text = |(name, value): (&&str, &String)| ((*name).to_owned(), value.clone());
        Settings::load(&self.variables.iter().map(text).collect()).unwrap()
    }
}

impl Ran {
    pub(crate) fn of(output: std::process::Output) -> Self {
        Self {
            code: output.status.code().unwrap(),
            stdout: String::from_utf8(output.stdout).unwrap(),
            stderr: String::from_utf8(output.stderr).unwrap(),
        }
    }

    /// Checks the exit code.
    #[track_caller]
    pub(crate) fn expect(&self, code: i32) -> &Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    /// Reads standard output as one JSON value.
    #[track_caller]
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.stdout).unwrap_or_else(|error| panic!("{error}: {self:#?}"))
    }

    /// Returns the error's name, from the answer of `--json`.
    #[track_caller]
    pub(crate) fn error_code(&self) -> String {
        self.json()["error"]["code"].as_str().unwrap().to_owned()
    }

    /// Checks that standard error has all of these.
    #[track_caller]
    pub(crate) fn says(&self, words: &[&str]) -> &Self {
        for word in words {
            assert!(self.stderr.contains(word), "no `{word}` in {self:#?}");
        }
        self
    }

    /// Checks that standard output has all of these.
    #[track_caller]
    pub(crate) fn shows(&self, words: &[&str]) -> &Self {
        for word in words {
            assert!(self.stdout.contains(word), "no `{word}` in {self:#?}");
        }
        self
    }
}

impl Waiting {
    async fn start(command: &mut Command) -> Result<Self, Ran> {
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap()).lines();
        let mut said = String::new();
        while let Some(line) = lines.next_line().await.unwrap() {
            said.push_str(&line);
            said.push('\n');
            if let Some(word) = line.split_whitespace().find(|word| word.contains("/authorize?")) {
                let address = word.to_owned();
                return Ok(Self { child, lines, said, address });
            }
        }
        Err(Self { child, lines, said, address: String::new() }.finish().await)
    }

    /// Pastes a line.
    pub(crate) async fn paste(&mut self, line: &str) {
        let input = self.child.stdin.as_mut().unwrap();
        input.write_all(format!("{line}\n").as_bytes()).await.unwrap();
    }

    /// Reads on until standard error says something.
    pub(crate) async fn until(&mut self, word: &str) {
        while !self.said.contains(word) {
            let line = self.lines.next_line().await.unwrap();
            self.said
                .push_str(&line.unwrap_or_else(|| panic!("never said `{word}`: {}", self.said)));
            self.said.push('\n');
        }
    }

    /// Ends the input.
    pub(crate) fn end_input(&mut self) {
        drop(self.child.stdin.take());
    }

    /// Returns the process's id.
    pub(crate) fn id(&self) -> i32 {
        i32::try_from(self.child.id().unwrap()).unwrap()
    }

    /// Asks the program to stop, as Ctrl-C does.
    pub(crate) fn interrupt(&self) {
        let id = self.id();
        let process = rustix::process::Pid::from_raw(id).unwrap();
        rustix::process::kill_process(process, rustix::process::Signal::INT).unwrap();
    }

    /// Waits for the end.
    pub(crate) async fn finish(mut self) -> Ran {
        while let Some(line) = self.lines.next_line().await.unwrap() {
            self.said.push_str(&line);
            self.said.push('\n');
        }
        let mut stdout = String::new();
        self.child.stdout.take().unwrap().read_to_string(&mut stdout).await.unwrap();
        let code = self.child.wait().await.unwrap().code().unwrap();
        Ran { code, stdout, stderr: self.said }
    }
}

/// A clock that starts some time before the present and moves when told to.
#[derive(Clone)]
pub(crate) struct TestClock(Arc<AtomicI64>);

impl TestClock {
    pub(crate) fn starting(before_now: Duration) -> Self {
        let now = Context::system("test", "0", None).clock.now().as_second();
        Self(Arc::new(AtomicI64::new(now - i64::try_from(before_now.as_secs()).unwrap())))
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.0.fetch_add(i64::try_from(by.as_secs()).unwrap(), Ordering::SeqCst);
    }

    fn context(&self) -> Context {
        let now = Arc::clone(&self.0);
        let clock = Clock::new(move || Timestamp::from_second(now.load(Ordering::SeqCst)).unwrap());
        Context { clock, ..Context::system("enterprise-cli-tests", "0.0.0", None) }
    }
}

/// Returns every file below a directory.
pub(crate) fn files(directory: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in std::fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[expect(clippy::disallowed_methods, reason = "a test writes what a person or an intruder would")]
pub(crate) fn write_private(path: &Path, text: &str) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::write(path, text).unwrap();
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
}
