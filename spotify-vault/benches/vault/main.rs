//! How long a vault takes, as ratios to raw writes to the same disk in the same run.
//!
//! `cargo bench -p spotify-vault --bench vault [-- PROFILES]`, 10,000 profiles by default. A main of
//! its own, because some parts take several processes. Absolute times say little about another
//! machine; the ratios are what has goals.

#![expect(clippy::print_stdout, reason = "prints what it measures")]
#![expect(clippy::disallowed_methods, reason = "measures time, reads its arguments, writes raw")]
#![expect(clippy::unwrap_used, reason = "a measurement that fails has nothing to report")]

mod unlocks;

use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use jiff::Timestamp;
use rand_core::UnwrapErr;
use spotify_vault::{
    Field, MasterKey, Options, Progress, Rotation, SealedVault, SecretBytes, Subject, Unlock,
    Vault as _,
};

const TOKENS: Field = Field::from_static("tokens");

/// About the size of a token set.
const VALUE: usize = 700;

/// How many processes work at once.
const PROCESSES: usize = 8;

/// How many updates each of them makes.
const UPDATES: usize = 100;

fn main() {
    if let Some(dir) = std::env::var_os("VAULT_BENCH_DIR") {
        return update_for_another(Path::new(&dir));
    }
    if let Some(dir) = std::env::var_os("VAULT_BENCH_UNLOCK") {
        return unlocks::by_another(Path::new(&dir));
    }
    let profiles = std::env::args().find_map(|text| text.parse().ok()).unwrap_or(10_000);
    let root = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    println!("{:<52} {:>12} {:>9}  goal", "measured", "time", "ratio");
    let raw = raw_write(&root.path().join("raw"));
    line("raw write + fsync + rename + directory fsync", raw, None);

    let small = Place::fill(&root.path().join("small"), 10);
    let large = Place::fill(&root.path().join("large"), profiles);
    let few = small.open_and_read();
    line("open + first read, 10 profiles", few, None);
    let many = large.open_and_read();
    line(&format!("open + first read, {profiles} profiles"), many, Some((few, "10", 5.0)));
    line("read", large.read(), Some((few, "open", f64::INFINITY)));
    let update = large.update();
    line("update", update, Some((raw, "raw", 2.5)));
    processes(&large, update);
    rotations(&large, update, profiles);
    unlocks::measure(root.path());
}

/// Prints one line: what, how long, and its ratio to something with the most that it may be.
fn line(what: &str, took: Duration, to: Option<(Duration, &str, f64)>) {
    let Some((base, name, most)) = to else {
        println!("{what:<52} {took:>12.1?}");
        return;
    };
    let ratio = took.as_secs_f64() / base.as_secs_f64();
    let goal = if most.is_infinite() {
        String::new()
    } else {
        format!("at most {most}: {}", if ratio <= most { "met" } else { "MISSED" })
    };
    println!("{what:<52} {took:>12.1?} {ratio:>8.2}x of {name}  {goal}");
}

fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times.get(times.len() / 2).copied().unwrap_or_default()
}

fn timed(rounds: usize, mut work: impl FnMut(usize)) -> Duration {
    let once = |round| {
        let start = Instant::now();
        work(round);
        start.elapsed()
    };
    median((0..rounds).map(once).collect())
}

/// What any program must do that replaces a file of that size durably.
fn raw_write(dir: &Path) -> Duration {
    fs::create_dir(dir).unwrap();
    let (temporary, path) = (dir.join("tmp"), dir.join("file"));
    timed(300, |_| {
        let mut file = File::create(&temporary).unwrap();
        file.write_all(&[0x5a; VALUE + 300]).unwrap();
        file.sync_all().unwrap();
        fs::rename(&temporary, &path).unwrap();
        File::open(dir).unwrap().sync_all().unwrap();
    })
}

fn options() -> Options {
    Options::new(UnwrapErr(getrandom::SysRng), Timestamp::now)
}

fn key() -> Unlock {
    let bytes = std::array::from_fn(|index| u8::try_from(index).unwrap());
    Unlock::Environment(MasterKey::from_bytes(zeroize::Zeroizing::new(bytes)).unwrap())
}

fn subject(index: usize) -> Subject {
    Subject::new(format!("profile-{index:08}")).unwrap()
}

fn value() -> SecretBytes {
    SecretBytes::from(vec![0x5a; VALUE])
}

fn quiet(_: Progress) {}

/// A vault with one record per profile.
struct Place {
    dir: PathBuf,
    vault: SealedVault,
    profiles: usize,
}

impl Place {
    fn fill(dir: &Path, profiles: usize) -> Self {
        let (vault, _) = SealedVault::create(dir, &key(), options()).unwrap();
        let start = Instant::now();
        for index in 0..profiles {
            vault.write(&subject(index), &TOKENS, &value()).unwrap();
        }
        let each = start.elapsed() / u32::try_from(profiles).unwrap();
        line(&format!("first write of each of {profiles} profiles"), each, None);
        Self { dir: dir.to_owned(), vault, profiles }
    }

    fn any(&self, round: usize) -> Subject {
        subject(round * 7919 % self.profiles)
    }

    fn open_and_read(&self) -> Duration {
        timed(200, |round| {
            let vault = SealedVault::open(&self.dir, &key(), options()).unwrap();
            vault.read(&self.any(round), &TOKENS).unwrap().unwrap();
        })
    }

    fn read(&self) -> Duration {
        timed(2000, |round| {
            self.vault.read(&self.any(round), &TOKENS).unwrap().unwrap();
        })
    }

    fn update(&self) -> Duration {
        timed(300, |round| {
            self.vault.write(&self.any(round), &TOKENS, &value()).unwrap();
        })
    }
}

fn processes(place: &Place, update: Duration) {
    for (what, same) in [("different records", false), ("the same record", true)] {
        let start = Instant::now();
        let children: Vec<_> = (0..PROCESSES)
            .map(|index| {
                Command::new(std::env::current_exe().unwrap())
                    .env("VAULT_BENCH_DIR", &place.dir)
                    .env("VAULT_BENCH_PROFILE", if same { 0 } else { index }.to_string())
                    .stdout(Stdio::null())
                    .spawn()
                    .unwrap()
            })
            .collect();
        for mut child in children {
            assert!(child.wait().unwrap().success());
        }
        let each = start.elapsed() / u32::try_from(PROCESSES * UPDATES).unwrap();
        let what = format!("update, {PROCESSES} processes on {what}");
        line(&what, each, Some((update, "one process", f64::INFINITY)));
    }
}

fn update_for_another(dir: &Path) {
    let vault = SealedVault::open(dir, &key(), options()).unwrap();
    let index = std::env::var("VAULT_BENCH_PROFILE").unwrap().parse().unwrap();
    for _ in 0..UPDATES {
        let mut lease = vault.lease(&subject(index), &TOKENS, Duration::from_mins(5)).unwrap();
        lease.prepare(VALUE).unwrap();
        lease.commit(&value()).unwrap();
    }
}

fn rotations(place: &Place, update: Duration, profiles: usize) {
    let count = u32::try_from(profiles).unwrap();
    let start = Instant::now();
    for index in 0..profiles {
        place.vault.write(&subject(index), &TOKENS, &value()).unwrap();
    }
    let anew = start.elapsed();
    line(
        &format!("writing {profiles} profiles anew"),
        anew,
        Some((update * count, "updates", f64::INFINITY)),
    );

    let swept = timed(1, |_| {
        let swept = place.vault.rotate(Rotation::Sweep, &mut quiet).unwrap();
        assert!(swept.is_complete() && swept.moved == profiles);
    });
    let what = format!("rotation: rewrapping {profiles} profiles");
    line(&what, swept, Some((anew, "anew", 0.2)));

    let status = timed(1, |_| drop(place.vault.status(&mut quiet).unwrap()));
    line(&format!("status of {profiles} profiles"), status, Some((anew, "anew", f64::INFINITY)));

    let renewed = timed(1, |_| {
        let swept = place.vault.rotate(Rotation::Compromised, &mut quiet).unwrap();
        assert!(swept.is_complete() && swept.renewed == profiles);
    });
    let what = format!("rotation after a compromise, {profiles} profiles");
    line(&what, renewed, Some((anew, "anew", f64::INFINITY)));
}
