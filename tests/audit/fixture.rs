//! A log with clocks that the test moves, and what most tests do with it.

use std::ffi::OsString;
use std::fs::File;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::time::Duration;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use spotify_audit::{
    Actor, ActorKind, ChainId, Draft, Durability, Host, Id, Log, LogOptions, Outcome, Personal,
    Pseudonym, Report, Rotation, Status, Text, events, verify,
};
use tempfile::TempDir;

events! {
    /// What a program of the tests writes.
    pub(crate) enum TestEvent {
        START = "SM1001I" "server.start" {
            /// The program started.
            Started {
                /// Something long.
                filler: Option<Vec<Text>>,
                /// Where somebody was.
                ip: Option<Personal>,
            }
        }
        TOOL_CALL = "SM2101I" "tool.call" {
            /// A tool was called.
            Called as Outcome {
                /// How long it waited.
                wait_us: Option<Duration>,
                /// What it was allowed.
                scopes: Option<Vec<&'static str>>,
                /// How often it was tried.
                tries: Option<u32>,
                /// What somebody asked for.
                query: Option<Text>,
                /// Something long.
                filler: Option<Vec<Text>>,
            }
            /// A tool is about to be called.
            Calling as Intent {
                /// How long it waited.
                wait_us: Option<Duration>,
                /// What it was allowed.
                scopes: Option<Vec<&'static str>>,
            }
        }
    }
}

/// The fields of a call, each of them absent.
#[derive(Clone, Default)]
pub(crate) struct More {
    pub(crate) tries: Option<u32>,
    pub(crate) query: Option<Text>,
    pub(crate) filler: Option<Vec<Text>>,
}

/// A directory for a log, and both clocks.
pub(crate) struct Home {
    _parent: Option<TempDir>,
    pub(crate) directory: PathBuf,
    wall: Arc<AtomicI64>,
    boot: Arc<AtomicU64>,
}

impl Home {
    pub(crate) fn new() -> Self {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("audit");
        Self { _parent: Some(home), ..Self::at(directory) }
    }

    /// A home in a directory that somebody else has made.
    pub(crate) fn at(directory: PathBuf) -> Self {
        Self {
            directory,
            _parent: None,
            wall: Arc::new(AtomicI64::new(1_795_239_000_123_456)),
            boot: Arc::new(AtomicU64::new(83_411_223)),
        }
    }

    pub(crate) fn options(&self) -> LogOptions {
        let (wall, boot) = (Arc::clone(&self.wall), Arc::clone(&self.boot));
        LogOptions {
            clock: Arc::new(move || {
                Timestamp::from_microsecond(wall.load(Ordering::SeqCst)).unwrap()
            }),
            boot_clock: Arc::new(move || Duration::from_micros(boot.load(Ordering::SeqCst))),
            ..options()
        }
    }

    pub(crate) fn open(&self) -> Log {
        Log::open(&self.directory, self.options()).unwrap()
    }

    /// Lets time pass.
    pub(crate) fn pass(&self, seconds: u32) {
        self.set_wall_clock(seconds.into());
        self.boot.fetch_add(u64::from(seconds) * 1_000_000, Ordering::SeqCst);
    }

    /// Sets the wall clock on or back.
    pub(crate) fn set_wall_clock(&self, seconds: i64) {
        self.wall.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }

    /// Starts the machine anew after it was off for a while.
    pub(crate) fn reboot(&self, off_seconds: i64) {
        self.set_wall_clock(off_seconds);
        self.boot.store(1_000_000, Ordering::SeqCst);
    }

    pub(crate) fn file(&self) -> PathBuf {
        segment(&self.directory)
    }

    pub(crate) fn bytes(&self) -> Vec<u8> {
        std::fs::read(self.file()).unwrap()
    }

    pub(crate) fn overwrite(&self, bytes: &[u8]) {
        overwrite(&self.file(), bytes);
    }

    pub(crate) fn lines(&self) -> Vec<String> {
        String::from_utf8(self.bytes()).unwrap().lines().map(str::to_owned).collect()
    }

    pub(crate) fn verify(&self) -> Report {
        verify(&self.directory).unwrap()
    }

    /// The files of lines, the oldest first.
    pub(crate) fn segments(&self) -> Vec<PathBuf> {
        let entries = self.directory.read_dir().unwrap().map(|entry| entry.unwrap().path());
        let name = |path: &PathBuf| path.to_string_lossy().into_owned();
        let is_segment =
            |path: &PathBuf| name(path).ends_with("jsonl") || name(path).ends_with("zst");
        let mut files: Vec<_> = entries.filter(is_segment).collect();
        files.sort();
        files
    }

    /// The last checkpoint, as text.
    pub(crate) fn anchor_text(&self) -> String {
        spotify_audit::newest(&self.directory).unwrap().unwrap().to_string()
    }

    pub(crate) fn torn_files(&self) -> Vec<PathBuf> {
        let entries = self.directory.read_dir().unwrap().map(|entry| entry.unwrap().path());
        let mut files: Vec<_> =
            entries.filter(|path| path.to_string_lossy().contains(".torn-")).collect();
        files.sort();
        files
    }
}

/// Options with clocks that stand still.
pub(crate) fn options() -> LogOptions {
    LogOptions {
        clock: Arc::new(|| Timestamp::from_microsecond(1_795_239_000_123_456).unwrap()),
        boot_clock: Arc::new(|| Duration::from_micros(83_411_223)),
        keys: None,
        tenant: Pseudonym::new("t_home").unwrap(),
        host: Host { program: "example", version: "1.2.3", ..Host::default() },
        new_chain: ChainId::from_random([7; 16]),
        rotation: Rotation { bytes: u64::MAX, age: Duration::MAX },
    }
}

pub(crate) fn segment(directory: &Path) -> PathBuf {
    directory.join("00000000000000000001.jsonl")
}

/// Returns how often something is tried: what the environment asks for, else `few`.
#[expect(clippy::disallowed_methods, reason = "how `cargo xtask torture` asks for more")]
pub(crate) fn count(variable: &str, few: u32) -> u32 {
    std::env::var(variable).map_or(few, |text| text.parse().unwrap())
}

/// Writes in place: a file that is cut to nothing first is synced by some file systems.
pub(crate) fn overwrite(path: &Path, bytes: &[u8]) {
    let mut file = File::options().write(true).create(true).truncate(false).open(path).unwrap();
    file.write_all(bytes).unwrap();
    file.set_len(bytes.len() as u64).unwrap();
}

pub(crate) fn started() -> Draft {
    started_with(None, None)
}

pub(crate) fn started_with(filler: Option<Vec<Text>>, ip: Option<Personal>) -> Draft {
    TestEvent::Started { filler, ip }.draft()
}

pub(crate) fn call(number: u32) -> Draft {
    call_with(number, More::default())
}

pub(crate) fn call_with(number: u32, More { tries, query, filler }: More) -> Draft {
    let event = TestEvent::Called { wait_us: None, scopes: None, tries, query, filler };
    common(event, number)
}

/// What stands in the record of each call.
pub(crate) fn common(event: TestEvent, number: u32) -> Draft {
    event
        .draft()
        .profile(Pseudonym::new(if number.is_multiple_of(2) { "p_even" } else { "p_odd" }).unwrap())
        .request(Id::new(&format!("r_{number}")).unwrap())
        .tool("get_playlist")
        .outcome(if number.is_multiple_of(3) { Outcome::Refused } else { Outcome::Ok })
}

pub(crate) fn actor() -> Actor {
    Actor {
        uid: Pseudonym::new("u_01J").unwrap(),
        kind: ActorKind::User,
        client: Some(Text::external("desk client/2.0")),
        agent: None,
    }
}

/// Makes a sound log: its opening and this many calls.
pub(crate) fn calls(home: &Home, count: u32) -> Log {
    let log = home.open();
    for number in 1..=count {
        home.pass(1);
        log.append(call(number), Durability::Async).unwrap();
    }
    log
}

pub(crate) fn assert_intact(directory: &Path, records: u64) {
    let report = verify(directory).unwrap();
    assert_eq!(report.status(), Status::Intact, "{report:?}");
    assert_eq!(report.records, records);
}

/// Seals a line as the format says, by other means than the crate's.
pub(crate) fn sealed(previous: &str, body: &str) -> (String, String) {
    let hash = sha256(format!("{previous}{body}").as_bytes());
    (format!("{body},\"h\":\"{hash}\"}}\n"), hash)
}

pub(crate) fn sha256(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// The hash at the end of a line.
pub(crate) fn hash_of(line: &str) -> &str {
    &line[line.len() - 66..line.len() - 2]
}

/// What a test's child process is told, when the test runs as its own child.
#[expect(clippy::disallowed_methods, reason = "how a test tells itself that it is the child")]
pub(crate) fn child_directory() -> Option<PathBuf> {
    std::env::var_os(CHILD).map(PathBuf::from)
}

const CHILD: &str = "SPOTIFY_AUDIT_TEST_CHILD";

/// A command that runs one test of this binary as a child on a log's directory.
/// `before` is what runs the program: a wrapper with its arguments, or nothing.
pub(crate) fn child(test: &str, directory: &Path, before: &[&str]) -> Command {
    let mut words: Vec<OsString> = before.iter().map(OsString::from).collect();
    words.push(std::env::current_exe().unwrap().into());
    let mut command = Command::new(&words[0]);
    command.args(&words[1..]).args([test, "--exact", "--nocapture"]).env(CHILD, directory);
    command
}
