//! Other programs on the same profile: started by a test, from this same test binary, and killed
//! by it or by themselves.

#![expect(clippy::disallowed_methods, reason = "programs are told by variables what to do")]

use std::env;
use std::io::Write as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use spotify_auth::grant::Record;
use spotify_auth::session::{Context, Session, Settings};
use spotify_auth::store::{StoreError, Stored, TokenLease, TokenStore};
use spotify_auth::{ProfileName, TokenSource};

use crate::bench::Bench;

/// The name of the test that is such a program.
const PROGRAM: &str = "programs::a_program_for_another_test";
const PREFIX: &str = "AUTH_TEST_";

/// What a program does.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Work {
    /// Asks for one token, and kills itself at a point of the refresh.
    Once(Point),
    /// Asks for tokens with four tasks for a while, and prints how many calls failed.
    Long(Duration),
    /// Takes a token, and says so; lets everything go, and says so. Waits for a line each time.
    Hold,
}

/// Where a program kills itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Point {
    Nowhere,
    AfterLock,
    AfterRead,
    AfterPrepare,
    AfterResponse,
    AfterCommit,
}

impl Point {
    pub(crate) const ALL: [Self; 5] = [
        Self::AfterLock,
        Self::AfterRead,
        Self::AfterPrepare,
        Self::AfterResponse,
        Self::AfterCommit,
    ];
}

/// Returns the command of a program on the profile `work` of `bench`.
pub(crate) fn command(bench: &Bench, work: Work) -> Command {
    let mut command = Command::new(env::current_exe().unwrap());
    prepare(&mut command, bench, work);
    command
}

/// As [`command`], run by another program: a tracer.
pub(crate) fn traced(tracer: &[&str], bench: &Bench, work: Work) -> Command {
    let (program, arguments) = tracer.split_first().unwrap();
    let mut command = Command::new(program);
    command.args(arguments).arg(env::current_exe().unwrap());
    prepare(&mut command, bench, work);
    command
}

fn prepare(command: &mut Command, bench: &Bench, work: Work) {
    let (point, millis) = match work {
        Work::Once(point) => (format!("{point:?}"), 0),
        Work::Long(time) => (format!("{:?}", Point::Nowhere), time.as_millis()),
        Work::Hold => ("Hold".to_owned(), 0),
    };
    command
        .args(["--exact", PROGRAM, "--nocapture"])
        .env(format!("{PREFIX}HOME"), bench.home.path())
        .env(format!("{PREFIX}ACCOUNTS"), bench.sim.accounts_url())
        .env(format!("{PREFIX}API"), bench.sim.api_url())
        .env(format!("{PREFIX}POINT"), point)
        .env(format!("{PREFIX}MILLIS"), millis.to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
}

/// What a long program counted.
pub(crate) struct Counted {
    pub(crate) calls: u64,
    pub(crate) failed: u64,
    pub(crate) text: String,
}

/// Waits for a long program.
pub(crate) fn counted(child: Child) -> Counted {
    let output = child.wait_with_output().unwrap();
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let number = |name: &str| {
        let (_, rest) = text.split_once(&format!("{name}="))?;
        rest.split_whitespace().next()?.parse().ok()
    };
    let calls = number("calls").unwrap_or_default();
    Counted { calls, failed: number("failed").unwrap_or(1), text }
}

fn variable(name: &str) -> Option<String> {
    env::var(format!("{PREFIX}{name}")).ok()
}

#[test]
fn a_program_for_another_test() {
    let Some(home) = variable("HOME") else { return };
    let point = variable("POINT").unwrap();
    let time = Duration::from_millis(variable("MILLIS").unwrap().parse().unwrap());
    if point == "Hold" {
        return hold(home.as_ref());
    }
    let session = open(home.as_ref());
    let profile = session.profile(Some(&work())).unwrap();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(if time.is_zero() { 1 } else { 64 })
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let tokens = profile.tokens_with(|store| {
            let point = Point::ALL.into_iter().find(|one| format!("{one:?}") == point);
            match point {
                Some(point) => Arc::new(Suicidal { store, point }),
                None => store,
            }
        });
        let tokens = tokens.unwrap();
        if time.is_zero() {
            tokens.bearer(None).await.unwrap();
            tokens.settled().await;
            return;
        }
        let until = Instant::now() + time;
        let tasks = (0..4).map(|_| tokio::task::spawn(ask(tokens.clone(), until)));
        let (mut calls, mut failed) = (0, 0);
        for task in tasks.collect::<Vec<_>>() {
            let counted = task.await.unwrap();
            calls += counted.0;
            failed += counted.1.len();
            for error in counted.1 {
                println!("{error}");
            }
        }
        tokens.settled().await;
        println!("calls={calls} failed={failed} ");
    });
}

fn hold(home: &Path) {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
    let session = open(home);
    let profile = session.profile(Some(&work())).unwrap();
    let tokens = profile.tokens().unwrap();
    let header = runtime.block_on(tokens.bearer(None)).unwrap();
    say_and_wait("holding");
    runtime.block_on(tokens.settled());
    drop((header, tokens, profile, session, runtime));
    say_and_wait("gone");
}

fn say_and_wait(word: &str) {
    let mut output = std::io::stdout().lock();
    writeln!(output, "{word}").unwrap();
    std::io::stdin().read_line(&mut String::new()).unwrap();
}

async fn ask(tokens: TokenSource, until: Instant) -> (u64, Vec<String>) {
    let (mut calls, mut failed) = (0, Vec::new());
    while Instant::now() < until {
        if let Err(error) = tokens.bearer(None).await {
            failed.push(format!("{error:?}"));
        }
        calls += 1;
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
    (calls, failed)
}

fn work() -> ProfileName {
    "work".parse().unwrap()
}

fn open(home: &Path) -> Session {
    let environment = [
        ("SPOTIFY_MCP_HOME", home.to_str().unwrap().to_owned()),
        ("SPOTIFY_ACCOUNTS_URL", variable("ACCOUNTS").unwrap()),
        ("SPOTIFY_API_URL", variable("API").unwrap()),
        ("SPOTIFY_MCP_MASTER_KEY", crate::bench::MASTER_KEY.to_owned()),
    ];
    let environment = environment.map(|(name, value)| (name.to_owned(), value)).into();
    let context = Context::system("spotify-auth-tests", "0.0.0", None);
    Session::open(Settings::load(&environment).unwrap(), context).unwrap()
}

/// A store whose program kills itself at a point.
struct Suicidal {
    store: Arc<dyn TokenStore>,
    point: Point,
}

fn die() -> ! {
    let own = rustix::process::getpid();
    rustix::process::kill_process(own, rustix::process::Signal::KILL).unwrap();
    loop {
        std::thread::park();
    }
}

impl TokenStore for Suicidal {
    fn load(&self) -> Result<Option<Stored>, StoreError> {
        self.store.load()
    }

    fn lease(&self, wait: Duration) -> Result<Box<dyn TokenLease>, StoreError> {
        let lease = self.store.lease(wait)?;
        if self.point == Point::AfterLock {
            die();
        }
        Ok(Box::new(SuicidalLease { lease, point: self.point }))
    }
}

struct SuicidalLease {
    lease: Box<dyn TokenLease>,
    point: Point,
}

impl TokenLease for SuicidalLease {
    fn load(&mut self) -> Result<Option<Stored>, StoreError> {
        let stored = self.lease.load();
        if self.point == Point::AfterRead {
            die();
        }
        stored
    }

    fn prepare(&mut self) -> Result<(), StoreError> {
        let prepared = self.lease.prepare();
        if self.point == Point::AfterPrepare {
            die();
        }
        prepared
    }

    fn commit(&mut self, record: &Record) -> Result<u64, StoreError> {
        if self.point == Point::AfterResponse {
            die();
        }
        let committed = self.lease.commit(record);
        if self.point == Point::AfterCommit {
            die();
        }
        committed
    }
}
