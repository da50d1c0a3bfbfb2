//! What the log costs, as ratios to the disk and to bare hashing in the same run.
//!
//! `cargo bench -p spotify-audit --bench audit [-- RECORDS]`, one million records by default for
//! the part that measures memory. A main of its own, because some parts take several processes.
//! Absolute rates say little about another machine; the ratios are what has goals.

#![expect(clippy::print_stdout, reason = "prints what it measures")]
#![expect(clippy::disallowed_methods, reason = "measures time, reads its arguments, writes raw")]
#![expect(clippy::unwrap_used, reason = "a measurement that fails has nothing to report")]

use std::fs::File;
use std::io::{BufRead as _, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};
use spotify_audit::{
    ChainId, Draft, Durability, Host, Id, Log, LogOptions, Outcome, Pseudonym, Rotation,
    Verification, events,
};

events! {
    /// What is appended.
    enum BenchEvent {
        TOOL_CALL = "SM2101I" "tool.call" {
            /// A tool was called.
            Called as Outcome {}
        }
    }
}

/// How long each rate is measured.
const SPAN: Duration = Duration::from_secs(2);
const CHILD: &str = "AUDIT_BENCH_DIR";
const WRITERS: &str = "AUDIT_BENCH_WRITERS";
/// How long a sync takes on the slow disk.
const SLOW: Duration = Duration::from_millis(2);

fn main() {
    if let Some(directory) = std::env::var_os(CHILD) {
        let writers = std::env::var(WRITERS).map_or(1, |text| text.parse().unwrap());
        println!("{}", rate(&open(Path::new(&directory)), writers));
        return;
    }
    let records = std::env::args().find_map(|text| text.parse().ok()).unwrap_or(1_000_000_u64);
    let root = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    println!("{:<52} {:>14} {:>10}  goal", "measured", "per second", "ratio");
    appends(root.path());
    slow_disk(root.path());
    shares(root.path());
    verification(root.path(), records);
}

fn appends(root: &Path) {
    let raw = raw(&root.join("raw"));
    line("raw write of 420 bytes + fdatasync", raw, None);
    let one = rate(&open(&root.join("one")), 1);
    line("durable appends, 1 writer", one, Some((one / raw, "raw", "")));
    for writers in [16, 256] {
        let rate = rate(&open(&root.join(writers.to_string())), writers);
        let goal = if writers == 256 { "at least 60" } else { "" };
        line(
            &format!("durable appends, {writers} writers"),
            rate,
            Some((rate / one, "1 writer", goal)),
        );
    }
    let rate = processes(&root.join("processes"), 8);
    line("durable appends, 8 processes", rate, Some((rate / one, "1 writer", "")));
}

/// The same on a disk whose syncs take longer, as most do: `strace` holds each `fdatasync` up.
fn slow_disk(root: &Path) {
    let rate = |writers: usize| {
        let delay = format!("inject=fdatasync:delay_exit={}", SLOW.as_micros());
        let mut command = Command::new("strace");
        command.args(["-f", "--seccomp-bpf", "-qq", "-o", "/dev/null", "-e", "trace=fdatasync"]);
        command.args(["-e", &delay]).arg(std::env::current_exe().unwrap());
        command.env(CHILD, root.join(format!("slow-{writers}"))).env(WRITERS, writers.to_string());
        let output = command.output().ok().filter(|output| output.status.success())?;
        String::from_utf8(output.stdout).unwrap().trim().parse::<f64>().ok()
    };
    let (Some(one), Some(many)) = (rate(1), rate(256)) else {
        return println!("disk with {SLOW:?} sync: not measured, there is no strace");
    };
    line(&format!("disk with {SLOW:?} sync: 1 writer"), one, None);
    let ratio = Some((many / one, "1 writer", "at least 60"));
    line(&format!("disk with {SLOW:?} sync: 256 writers"), many, ratio);
}

/// What a record costs the processors, and how many of them that leaves for a second.
fn shares(root: &Path) {
    let cost = |writers: usize, durability| {
        let log = open(&root.join(format!("cost-{writers}")));
        let (wall, start) = (Instant::now(), processor_time_of_all());
        let rate = rate_of(&log, writers, durability);
        let spent = processor_time_of_all().saturating_sub(start).as_secs_f64();
        (spent / (rate * wall.elapsed().as_secs_f64()) * 1e6, rate)
    };
    let (alone, _) = cost(1, Durability::Async);
    let (together, rate) = cost(256, Durability::Before);
    let cores = std::thread::available_parallelism().map_or(1, usize::from);
    println!(
        "processor time of a record: {alone:.1} µs to format, seal and write it; {together:.1} µs with \
         256 writers, {:.1} of them to sleep and be woken",
        together - alone
    );
    println!(
        "so {cores} cores can take {:.0} a second; {rate:.0} were measured",
        f64::from(u32::try_from(cores).unwrap()) / together * 1e6
    );
}

fn verification(root: &Path, records: u64) {
    let small = fill(&root.join("small"), 2_500);
    let large = fill(&root.join("large"), records);
    let bare = records_per_second(records, || hash_lines(&large));
    line("bare SHA-256 of each line, 1 core", bare, None);
    let chain = Verification::new().chain_only();
    let rate = records_per_second(records, || drop(chain.run(&large).unwrap()));
    line("verify, chain only, 1 core", rate, Some((rate / bare, "bare", "at least 0.6")));
    let before = peak_memory();
    let anchored = anchored();
    let rate = records_per_second(records, || drop(anchored.run(&large).unwrap()));
    line("verify with the tree, 1 core", rate, Some((rate / bare, "bare", "at least 0.3")));
    println!("memory that verify added for {records} records: {} KiB", peak_memory() - before);
    let (few, many) = (opening(&small), opening(&large));
    let size = large.read_dir().unwrap().map(|file| file.unwrap().metadata().unwrap().len());
    let size = size.sum::<u64>() >> 20;
    println!(
        "open a log of 1 MiB: {few:?}; of {size} MiB: {many:?} ({:.1}x, goal: equal)",
        many.as_secs_f64() / few.as_secs_f64()
    );
}

/// Prints one line: what, how often, and its ratio to something with the goal.
fn line(what: &str, rate: f64, to: Option<(f64, &str, &str)>) {
    let ratio = to.map(|(ratio, of, goal)| format!("{ratio:>9.2}x of {of}; {goal}"));
    println!("{what:<52} {rate:>14.0} {}", ratio.unwrap_or_default());
}

/// How often a second a line can be written to the disk without a log.
fn raw(path: &Path) -> f64 {
    let mut file = File::create(path).unwrap();
    let (bytes, start, mut count) = ([b'x'; 420], Instant::now(), 0_u32);
    while start.elapsed() < SPAN {
        file.write_all(&bytes).unwrap();
        file.sync_data().unwrap();
        count += 1;
    }
    f64::from(count) / start.elapsed().as_secs_f64()
}

/// How many durable records a second so many threads append together.
fn rate(log: &Log, writers: usize) -> f64 {
    rate_of(log, writers, Durability::Before)
}

fn rate_of(log: &Log, writers: usize, durability: Durability) -> f64 {
    let start = Instant::now();
    let count: u32 = std::thread::scope(|scope| {
        let work = || {
            let mut count = 0;
            while start.elapsed() < SPAN {
                log.append(draft(count.into()), durability).unwrap();
                count += 1;
            }
            count
        };
        let threads: Vec<_> = (0..writers).map(|_| scope.spawn(work)).collect();
        threads.into_iter().map(|thread| thread.join().unwrap()).sum()
    });
    f64::from(count) / start.elapsed().as_secs_f64()
}

fn processes(directory: &Path, count: usize) -> f64 {
    drop(open(directory));
    let run = || {
        let mut command = Command::new(std::env::current_exe().unwrap());
        command.env(CHILD, directory).stdout(Stdio::piped()).spawn().unwrap()
    };
    let children: Vec<_> = (0..count).map(|_| run()).collect();
    let outputs = children.into_iter().map(|child| child.wait_with_output().unwrap().stdout);
    outputs.map(|text| String::from_utf8(text).unwrap().trim().parse::<f64>().unwrap()).sum()
}

fn open(directory: &Path) -> Log {
    let start = Instant::now();
    let options = LogOptions {
        clock: Arc::new(Timestamp::now),
        boot_clock: Arc::new(move || start.elapsed()),
        keys: None,
        tenant: Pseudonym::new("t_bench").unwrap(),
        host: Host { program: "bench", version: "1", ..Host::default() },
        new_chain: ChainId::from_random([1; 16]),
        rotation: Rotation::default(),
    };
    Log::open(directory, options).unwrap()
}

fn draft(number: u64) -> Draft {
    BenchEvent::Called {}
        .draft()
        .profile(Pseudonym::new("p_01J9Z3K4M5N6P7Q8").unwrap())
        .request(Id::new(&format!("r_{number}")).unwrap())
        .tool("remove_tracks_from_playlist")
        .class("destructive")
        .targets([Id::new("spotify:playlist:37i9dQZF1DX0XUsuxWHRQd").unwrap()])
        .outcome(Outcome::Ok)
        .latency(Duration::from_millis(123))
}

/// Makes a log of so many records.
fn fill(directory: &Path, records: u64) -> PathBuf {
    let log = open(directory);
    for number in 0..records {
        log.append(draft(number), Durability::Async).unwrap();
    }
    log.flush().unwrap();
    directory.to_owned()
}

/// What the chain costs at least: one SHA-256 of each line, read as `verify` reads them.
fn hash_lines(directory: &Path) {
    for file in directory.read_dir().unwrap() {
        let mut reader =
            BufReader::with_capacity(64 * 1024, File::open(file.unwrap().path()).unwrap());
        let mut line = Vec::new();
        while reader.read_until(b'\n', &mut line).unwrap() > 0 {
            std::hint::black_box(Sha256::digest(&line));
            line.clear();
        }
    }
}

/// A verification that needs the tree: it compares with an anchor.
fn anchored() -> Verification {
    // An anchor that covers more than there is: it is compared at the end.
    let text = format!("sal/1/none\n{}\n{}=\n\n— sal/1/none AAAAAAA=\n", u64::MAX, "A".repeat(43));
    Verification::new().anchor(spotify_audit::Checkpoint::parse(&text).unwrap())
}

/// By the time that this thread had a processor, because others use the machine, too; the best of
/// some runs.
fn records_per_second(records: u64, work: impl Fn()) -> f64 {
    let once = || {
        let start = processor_time();
        work();
        processor_time().saturating_sub(start).as_secs_f64()
    };
    let best = (0..5).map(|_| once()).fold(f64::INFINITY, f64::min);
    f64::from(u32::try_from(records).unwrap()) / best
}

fn processor_time() -> Duration {
    time_of(rustix::time::ClockId::ThreadCPUTime)
}

fn processor_time_of_all() -> Duration {
    time_of(rustix::time::ClockId::ProcessCPUTime)
}

fn time_of(clock: rustix::time::ClockId) -> Duration {
    let time = rustix::time::clock_gettime(clock);
    Duration::new(time.tv_sec.unsigned_abs(), u32::try_from(time.tv_nsec).unwrap())
}

fn opening(directory: &Path) -> Duration {
    let once = || {
        let start = Instant::now();
        drop(open(directory));
        start.elapsed()
    };
    (0..20).map(|_| once()).min().unwrap()
}

/// The most memory that this process has had, in KiB; 0 where the system does not say.
fn peak_memory() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|text| text.trim().trim_end_matches(" kB").parse().ok()).unwrap_or(0)
}
