//! Surroundings with nothing random: a seeded generator, a stepping clock.

use std::convert::Infallible;
use std::fs::OpenOptions;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicI64, Ordering};
use std::sync::{Arc, Mutex};

use jiff::Timestamp;
use rand_core::{TryCryptoRng, TryRng};
use sha2::{Digest as _, Sha256};
use spotify_vault::{
    Event, Field, KdfParams, MasterKey, Observer, Options, RecoveryCode, SealedVault, Subject,
    Unlock,
};
use zeroize::Zeroizing;

/// A generator that a test can repeat: SHA-256 over a seed and a counter.
#[derive(Debug)]
pub(crate) struct SeededRng {
    seed: u64,
    counter: u64,
}

impl SeededRng {
    pub(crate) fn new(seed: u64) -> Self {
        Self { seed, counter: 0 }
    }
}

impl TryRng for SeededRng {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_be_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_be_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, destination: &mut [u8]) -> Result<(), Infallible> {
        for chunk in destination.chunks_mut(32) {
            let block = Sha256::new()
                .chain_update(self.seed.to_be_bytes())
                .chain_update(self.counter.to_be_bytes())
                .finalize();
            self.counter += 1;
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
        Ok(())
    }
}

impl TryCryptoRng for SeededRng {}

/// Options with a seeded generator and a clock that steps a second with each look.
pub(crate) fn options(seed: u64) -> Options {
    let now = AtomicI64::new(1_790_000_000_000);
    let clock =
        move || Timestamp::from_millisecond(now.fetch_add(1000, Ordering::Relaxed)).unwrap();
    Options::new(SeededRng::new(seed), clock).kdf(KdfParams::MINIMUM)
}

pub(crate) fn master_key(fill: u8) -> MasterKey {
    let bytes = std::array::from_fn(|index| fill.wrapping_add(u8::try_from(index).unwrap()));
    MasterKey::from_bytes(Zeroizing::new(bytes)).unwrap()
}

pub(crate) fn environment(fill: u8) -> Unlock {
    Unlock::Environment(master_key(fill))
}

pub(crate) fn passphrase(text: &str) -> Unlock {
    Unlock::Passphrase(text.into())
}

pub(crate) fn subject(name: &str) -> Subject {
    Subject::new(name).unwrap()
}

pub(crate) const TOKENS: Field = Field::from_static("tokens");
pub(crate) const JOURNAL: Field = Field::from_static("undo-journal");

/// A vault in a temporary directory, locked with `environment(1)`.
#[derive(Debug)]
pub(crate) struct Home {
    pub(crate) root: tempfile::TempDir,
    pub(crate) vault: SealedVault,
    pub(crate) recovery: RecoveryCode,
}

impl Home {
    pub(crate) fn new() -> Self {
        Self::with(&environment(1), options(1))
    }

    pub(crate) fn with(key: &Unlock, options: Options) -> Self {
        Self::below(tempfile::tempdir().unwrap(), key, options)
    }

    pub(crate) fn below(root: tempfile::TempDir, key: &Unlock, options: Options) -> Self {
        let (vault, recovery) =
            SealedVault::create(&root.path().join("vault"), key, options).unwrap();
        Self { root, vault, recovery }
    }

    pub(crate) fn dir(&self) -> PathBuf {
        self.root.path().join("vault")
    }

    pub(crate) fn open(&self, key: &Unlock) -> Result<SealedVault, spotify_vault::VaultError> {
        SealedVault::open(&self.dir(), key, options(2))
    }

    /// Every file below the directory, with its bytes.
    pub(crate) fn files(&self) -> Vec<(PathBuf, Vec<u8>)> {
        let mut files = Vec::new();
        let mut dirs = vec![self.dir()];
        while let Some(dir) = dirs.pop() {
            for entry in std::fs::read_dir(dir).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    dirs.push(path);
                } else {
                    let bytes = std::fs::read(&path).unwrap();
                    files.push((path, bytes));
                }
            }
        }
        files.sort();
        files
    }

    /// The one file whose path ends so.
    pub(crate) fn file(&self, suffix: &str) -> PathBuf {
        let files = self.files().into_iter().map(|(path, _)| path);
        let mut found: Vec<_> =
            files.filter(|path| path.to_str().unwrap().ends_with(suffix)).collect();
        assert_eq!(found.len(), 1, "{suffix}: {found:?}");
        found.pop().unwrap()
    }
}

/// Bytes in hexadecimal.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).map(digit).collect()
}

fn digit(value: u8) -> char {
    char::from_digit(value.into(), 16).unwrap()
}

/// Overwrites a file in place, keeping its mode: what an attacker or a bad disk does.
///
/// Not truncated first: some file systems flush a file that was.
pub(crate) fn overwrite(path: &Path, bytes: &[u8]) {
    let mut file = OpenOptions::new().write(true).open(path).unwrap();
    file.write_all(bytes).unwrap();
    file.set_len(bytes.len().try_into().unwrap()).unwrap();
}

/// Makes a file, or overwrites it.
#[expect(clippy::disallowed_methods, reason = "plays someone outside the vault")]
pub(crate) fn put(path: &Path, bytes: &[u8]) -> std::io::Result<()> {
    std::fs::write(path, bytes)
}

/// Puts a file of a vault back as someone who is its owner does.
pub(crate) fn put_private(path: &Path, bytes: &[u8]) {
    put(path, bytes).unwrap();
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        std::fs::set_permissions(path, std::fs::Permissions::from_mode(0o600)).unwrap();
    }
}

/// Keeps the debug form of every event.
#[derive(Debug, Default)]
pub(crate) struct Recorder(pub(crate) Mutex<Vec<String>>);

impl Recorder {
    pub(crate) fn new() -> Arc<Self> {
        Arc::default()
    }

    pub(crate) fn take(&self) -> Vec<String> {
        std::mem::take(&mut self.0.lock().unwrap())
    }
}

impl Observer for Recorder {
    fn observe(&self, event: &Event<'_>) {
        self.0.lock().unwrap().push(format!("{event:?}"));
    }
}
