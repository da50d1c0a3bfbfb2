//! An installation in a temporary directory, a local Spotify, and servers over both.

use std::{
    collections::BTreeMap,
    fs::File,
    io::Write as _,
    path::PathBuf,
    process::Stdio,
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::Duration,
};

use jiff::Timestamp;
use mcp_server::{
    offer::Offer,
    serve::{Ended, Ready, ServeError},
    tools::Selection,
    transport::Lines,
};
use spotify_audit::{Entry, Query, Reader};
use spotify_auth::{
    Clock, ScopeSet,
    session::{Context, KeyChoice, Profile, Session, Settings},
};
use spotify_sim::{Builder, Regime, Simulator};
use tempfile::TempDir;
use tokio::{process::Command, task::JoinHandle};
use tokio_util::sync::CancellationToken;

use crate::{
    client::{Client, LATEST},
    schema::CheckedLog,
};

/// 2026-11-02T09:00:00Z, where the simulator's clock starts, too.
const START: i64 = 1_793_610_000;

pub(crate) struct Bench {
    pub(crate) sim: Simulator,
    _log: CheckedLog,
    pub(crate) home: TempDir,
    now: Arc<AtomicI64>,
}

impl Bench {
    /// An installation with a profile that nobody has signed in to.
    pub(crate) async fn new(builder: Builder) -> Self {
        let home = tempfile::tempdir().unwrap();
        let bench = Self {
            sim: builder.start().await,
            _log: CheckedLog::of(home.path()),
            home,
            now: Arc::new(AtomicI64::new(START)),
        };
        let (settings, context) = (bench.settings(), bench.context());
        let (session, _) = Session::create(settings, context, KeyChoice::Environment).unwrap();
        session.create_profile(&"default".parse().unwrap()).unwrap();
        bench
    }

    /// An installation whose person is signed in with what the tools need.
    pub(crate) async fn signed_in(builder: Builder) -> Self {
        Self::signed_in_with(builder, &scopes()).await
    }

    pub(crate) async fn signed_in_with(builder: Builder, scopes: &str) -> Self {
        let bench = Self::new(builder).await;
        let profile = bench.profile();
        let desk = profile.sign_ins(scopes.parse::<ScopeSet>().unwrap()).unwrap();
        let begun = desk.begin().await.unwrap();
        bench.approve(begun.url.as_str()).await;
        begun.finished().await.unwrap();
        bench.sim.clear_requests();
        bench
    }

    pub(crate) async fn in_regime(regime: Regime) -> Self {
        Self::signed_in(Simulator::builder().regime(regime)).await
    }

    pub(crate) async fn usual() -> Self {
        Self::signed_in(Simulator::builder()).await
    }

    /// Approves as a person with a browser does, which ends at the server's own listener.
    pub(crate) async fn approve(&self, url: &str) {
        let redirect = self.sim.approve(url).await.unwrap();
        let (status, _) = redirect.follow().await.unwrap();
        assert_eq!(status, 200);
    }

    pub(crate) fn environment(&self) -> BTreeMap<String, String> {
        [
            ("SPOTIFY_MCP_HOME", self.home.path().to_str().unwrap()),
            ("SPOTIFY_MCP_DEVELOPER_POLICY", "read"),
            ("SPOTIFY_CLIENT_ID", self.sim.client_id()),
            ("SPOTIFY_ACCOUNTS_URL", self.sim.accounts_url()),
            ("SPOTIFY_API_URL", self.sim.api_url()),
            ("SPOTIFY_MCP_MASTER_KEY", "q6urq6urq6urq6urq6urq6urq6urq6urq6urq6urqwE="),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .into()
    }

    fn settings(&self) -> Settings {
        Settings::load(&self.environment()).unwrap()
    }

    pub(crate) fn context(&self) -> Context {
        let (now, since_boot) = (Arc::clone(&self.now), Arc::clone(&self.now));
        Context {
            clock: Clock::new(move || Timestamp::from_second(now.load(Ordering::SeqCst)).unwrap()),
            boot_clock: Arc::new(move || {
                Duration::from_secs(since_boot.load(Ordering::SeqCst).abs_diff(START) + 60)
            }),
            ..Context::system("mcp-server-tests", "0.0.0", None)
        }
    }

    /// Moves this installation's clock and Spotify's.
    pub(crate) fn advance(&self, by: Duration) {
        self.sim.advance(by);
        self.now.fetch_add(i64::try_from(by.as_secs()).unwrap(), Ordering::SeqCst);
    }

    pub(crate) fn session(&self) -> Session {
        Session::open(self.settings(), self.context()).unwrap()
    }

    pub(crate) fn profile(&self) -> Profile {
        self.session().profile(None).unwrap()
    }

    /// Takes the access away, as the admin program does.
    pub(crate) fn revoke(&self) {
        self.session().revoke(None).unwrap();
    }

    /// Serves a client in this process.
    pub(crate) async fn serve(&self) -> (Client, Serving) {
        self.serve_as(LATEST).await
    }

    pub(crate) async fn serve_as(&self, version: &str) -> (Client, Serving) {
        let (client, serving) = self.serve_raw();
        (client.begin(version).await, serving)
    }

    /// Serves a client with a selection of the tools.
    pub(crate) async fn serve_selection(&self, selection: &Selection) -> (Client, Serving) {
        let (client, serving) = self.serve_raw_selection(selection);
        (client.begin(LATEST).await, serving)
    }

    /// Serves a client that has said nothing yet.
    pub(crate) fn serve_raw(&self) -> (Client, Serving) {
        self.serve_raw_selection(&Selection::default())
    }

    /// The clients of most tests have nobody to ask.
    fn serve_raw_selection(&self, selection: &Selection) -> (Client, Serving) {
        let selection = Selection { allow_unconfirmed: true, ..selection.clone() };
        self.serve_strictly(&selection)
    }

    /// Serves a client that has said nothing yet, with a selection as it is.
    pub(crate) fn serve_strictly(&self, selection: &Selection) -> (Client, Serving) {
        Self::serve_ready(Ready::new(&self.session(), None, selection).unwrap())
    }

    /// Serves a client with an offer of the test.
    pub(crate) async fn serve_offer(&self, offer: Offer, version: &str) -> (Client, Serving) {
        let (client, serving) = self.serve_raw_offer(offer);
        (client.begin(version).await, serving)
    }

    pub(crate) fn serve_raw_offer(&self, offer: Offer) -> (Client, Serving) {
        Self::serve_ready(Ready::offering(&self.session(), None, offer).unwrap())
    }

    fn serve_ready(ready: Ready) -> (Client, Serving) {
        let (near, far) = tokio::io::duplex(1 << 16);
        let (reader, writer) = tokio::io::split(far);
        let stop = CancellationToken::new();
        let lines = Lines::new(reader, writer);
        let told = stop.clone();
        #[expect(clippy::disallowed_methods, reason = "the test waits for it by its handle")]
        let task = tokio::spawn(async move { ready.serve(lines, told).await });
        let (reader, writer) = tokio::io::split(near);
        (Client::new(reader, writer), Serving { task, stop })
    }

    /// Starts the real program.
    pub(crate) fn child(&self, arguments: &[&str], more: &[(&str, &str)]) -> (Client, Child) {
        let mut process = self.program(arguments, more).stderr(Stdio::piped()).spawn().unwrap();
        let client = Client::new(process.stdout.take().unwrap(), process.stdin.take().unwrap());
        (client, Child(process))
    }

    /// Returns the command that starts the real program.
    pub(crate) fn program(&self, arguments: &[&str], more: &[(&str, &str)]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_spotify-mcp"));
        command.args(arguments).env_clear().envs(self.environment()).envs(more.iter().copied());
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).kill_on_drop(true);
        command
    }

    /// Makes a file in the home directory that nobody else may read.
    pub(crate) fn private_file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.home.path().join(name);
        let mut options = File::options();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        options.open(&path).unwrap().write_all(text.as_bytes()).unwrap();
        path
    }

    /// Returns the audit log's records.
    pub(crate) fn log(&self) -> Vec<Entry> {
        let reader = Reader::open(&self.home.path().join("audit"), Query::default()).unwrap();
        reader.map(|entry| entry.unwrap()).collect()
    }

    /// Returns the records of tool calls.
    pub(crate) fn calls(&self) -> Vec<Entry> {
        self.log().into_iter().filter(|entry| entry.kind() == "tool.call").collect()
    }
}

/// What all tools need, as a list.
pub(crate) fn scopes() -> String {
    let scopes = Selection::all().scopes(spotify_api::Regime::Auto);
    let names: Vec<_> = scopes.into_iter().map(spotify_api::Scope::as_str).collect();
    names.join(" ")
}

/// A server in this process.
pub(crate) struct Serving {
    task: JoinHandle<Result<Ended, ServeError>>,
    stop: CancellationToken,
}

impl Serving {
    pub(crate) fn stop(&self) {
        self.stop.cancel();
    }

    pub(crate) async fn ended(self) -> Ended {
        self.task.await.unwrap().unwrap()
    }
}

/// The real program.
pub(crate) struct Child(pub(crate) tokio::process::Child);

impl Child {
    /// Waits for its end; returns its exit code and what it wrote to standard error.
    pub(crate) async fn ended(self) -> (Option<i32>, String) {
        let output = self.0.wait_with_output().await.unwrap();
        (output.status.code(), String::from_utf8(output.stderr).unwrap())
    }
}
