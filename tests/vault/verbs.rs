//! Every call that changes a vault, as something that another process does and does not finish.
//!
//! [`Verb::ALL`] is walked by the tests of failpoints and of failing system calls.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::ExposeSecret as _;
use spotify_vault::backup::{BackupKey, BackupLock, Identity, Recipient, Restore};
use spotify_vault::migrate::migrate;
use spotify_vault::{
    DirStore, Progress, Rotation, SealedVault, SecretBytes, Vault as _, VaultError,
};

use crate::support::{JOURNAL, TOKENS, environment, options, put_private, subject};

/// A call that changes a vault.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Verb {
    Create,
    WriteFirst,
    WriteAgain,
    Destroy,
    Rekey,
    Rotate,
    Sweep,
    Compromised,
    SealFile,
    Backup,
    Restore,
    Migrate,
}

impl Verb {
    /// Every one.
    pub(crate) const ALL: [Self; 12] = [
        Self::Create,
        Self::WriteFirst,
        Self::WriteAgain,
        Self::Destroy,
        Self::Rekey,
        Self::Rotate,
        Self::Sweep,
        Self::Compromised,
        Self::SealFile,
        Self::Backup,
        Self::Restore,
        Self::Migrate,
    ];
}

const VALUE: &[u8] = b"new value, longer than the old one";

fn quiet(_: Progress) {}

fn value(bytes: &[u8]) -> SecretBytes {
    SecretBytes::from(bytes.to_vec())
}

/// A directory in memory where there is one: what is killed here is a process, not the machine, so
/// nothing has to reach a disk.
pub(crate) fn quick_dir() -> tempfile::TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

/// A vault with the subjects `a` and `b`, and a backup of it, in a directory.
pub(crate) struct Fixture {
    pub(crate) root: PathBuf,
}

impl Fixture {
    pub(crate) fn vault(&self) -> PathBuf {
        self.root.join("vault")
    }

    fn other(&self) -> PathBuf {
        self.root.join("other")
    }

    fn backup(&self) -> PathBuf {
        self.root.join("backup.age")
    }

    /// The age identity of this fixture, made when it is asked for first.
    fn identity(&self) -> age::x25519::Identity {
        let path = self.root.join("identity");
        if !path.exists() {
            let text = age::x25519::Identity::generate().to_string();
            put_private(&path, text.expose_secret().as_bytes());
        }
        std::fs::read_to_string(path).unwrap().parse().unwrap()
    }

    /// Makes what a verb needs, in an empty directory.
    pub(crate) fn make(&self, verb: Verb) {
        if verb == Verb::Create {
            return;
        }
        let (vault, _) = SealedVault::create(&self.vault(), &environment(1), options(1)).unwrap();
        for who in ["a", "b"] {
            vault.write(&subject(who), &TOKENS, &value(who.as_bytes())).unwrap();
        }
        if verb == Verb::Restore {
            let recipient = self.identity().to_public().to_string();
            let lock = BackupLock::Recipient(Recipient::parse(&recipient).unwrap());
            vault.backup(&self.backup(), &lock, &mut quiet).unwrap();
            std::fs::remove_dir_all(self.vault()).unwrap();
        }
        if verb == Verb::Sweep {
            vault.rotate(Rotation::NextWrite, &mut quiet).unwrap();
        }
    }

    fn open_at(path: &Path) -> Result<SealedVault, VaultError> {
        SealedVault::open(path, &environment(1), options(2))
            .or_else(|_| SealedVault::open(path, &environment(2), options(2)))
    }

    /// Opens the vault wherever it is.
    fn open(&self) -> Result<SealedVault, VaultError> {
        Self::open_at(&self.vault()).or_else(|_| Self::open_at(&self.other()))
    }

    /// Does the verb, also once more after it was not finished.
    pub(crate) fn run(&self, verb: Verb) -> Result<(), VaultError> {
        let open = || SealedVault::open(&self.vault(), &environment(1), options(3));
        let (a, new) = (subject("a"), subject("new"));
        match verb {
            Verb::Create => {
                match SealedVault::create(&self.vault(), &environment(1), options(1)) {
                    Ok(_) => Ok(()),
                    // It was made, though its maker did not hear of it.
                    Err(VaultError::AlreadyExists { .. }) => open().map(drop),
                    Err(error) => Err(error),
                }
            }
            Verb::WriteFirst => open()?.write(&new, &TOKENS, &value(VALUE)).map(drop),
            Verb::WriteAgain => open()?.write(&a, &TOKENS, &value(VALUE)).map(drop),
            Verb::Destroy => open()?.destroy(&a).map(drop),
            Verb::Rekey => match open() {
                Ok(vault) => vault.rekey(&environment(1), &environment(2)),
                Err(_) => Self::open_at(&self.vault()).map(drop),
            },
            Verb::Rotate => open()?.rotate(Rotation::Sweep, &mut quiet).map(drop),
            Verb::Sweep => open()?.sweep(&mut quiet).map(drop),
            Verb::Compromised => {
                let vault = open()?;
                let is_begun = vault.status(&mut quiet)?.terms.len() > 1;
                if is_begun {
                    return vault.sweep(&mut quiet).map(drop);
                }
                vault.rotate(Rotation::Compromised, &mut quiet).map(drop)
            }
            Verb::SealFile => open()?.seal_file(b"settings"),
            Verb::Backup => {
                if self.backup().exists() {
                    return Ok(());
                }
                let recipient = self.identity().to_public().to_string();
                let lock = BackupLock::Recipient(Recipient::parse(&recipient).unwrap());
                open()?.backup(&self.backup(), &lock, &mut quiet).map(drop)
            }
            Verb::Restore => {
                let store = Arc::new(DirStore::create(&self.vault())?);
                let key = BackupKey::Identity(
                    Identity::parse(self.identity().to_string().expose_secret()).unwrap(),
                );
                let (key, plan) = (&key, &Restore::default());
                let with = environment(1);
                SealedVault::restore(
                    store,
                    &self.backup(),
                    key,
                    &with,
                    options(4),
                    plan,
                    &mut quiet,
                )
                .map(drop)
            }
            Verb::Migrate => {
                let from = DirStore::open(&self.vault())?;
                let to = Arc::new(DirStore::create(&self.other())?);
                migrate(&from, to, &environment(1), options(4), &mut quiet).map(drop)
            }
        }
    }

    /// What must be true wherever the verb ended: nothing is lost, nothing half done shows.
    pub(crate) fn check_interrupted(&self, verb: Verb) {
        match verb {
            Verb::Create | Verb::Restore => return,
            Verb::Migrate => {
                let both = [self.vault(), self.other()].map(|path| Self::open_at(&path).is_ok());
                assert!(both != [true, true], "two places have the vault");
                if both == [false, false] {
                    return;
                }
            }
            _ => {}
        }
        let vault = self.open().unwrap();
        let b = vault.read(&subject("b"), &TOKENS).unwrap().unwrap();
        assert!(b.value.matches(b"b"));
        match vault.read(&subject("a"), &TOKENS) {
            Ok(Some(a)) => {
                let is_new = verb == Verb::WriteAgain && a.value.matches(VALUE);
                assert!(a.value.matches(b"a") || is_new);
            }
            Err(VaultError::Destroyed { .. }) => assert_eq!(verb, Verb::Destroy),
            other => panic!("{other:?}"),
        }
        match vault.read(&subject("new"), &TOKENS).unwrap() {
            None => {}
            Some(new) => assert!(verb == Verb::WriteFirst && new.value.matches(VALUE)),
        }
        assert!(vault.verify(&mut quiet).unwrap().is_sound());
        if self.backup().exists() {
            assert!(std::fs::metadata(self.backup()).unwrap().len() > 1000, "it is whole");
        }
        // Nobody is locked out by what is left.
        vault.write(&subject("b"), &JOURNAL, &value(b"after")).unwrap();
    }

    /// What must be true once the verb was done again to its end.
    pub(crate) fn check_finished(&self, verb: Verb) {
        let vault = self.open().unwrap();
        assert!(vault.verify(&mut quiet).unwrap().is_sound());
        let a = vault.read(&subject("a"), &TOKENS);
        match verb {
            Verb::Create => assert!(a.unwrap().is_none()),
            Verb::Destroy => {
                assert!(matches!(a, Err(VaultError::Destroyed { .. })));
                let left = DirStore::open(&self.vault()).unwrap();
                let left =
                    spotify_vault::SealedStore::all_of(&left, vault.subject_id(&subject("a")));
                let left = left.unwrap();
                assert!(left.keys.is_empty() && left.records.is_empty(), "its keys are gone");
            }
            Verb::WriteAgain => assert!(a.unwrap().unwrap().value.matches(VALUE)),
            _ => assert!(a.unwrap().unwrap().value.matches(b"a")),
        }
        let status = vault.status(&mut quiet).unwrap();
        if matches!(verb, Verb::Rotate | Verb::Sweep | Verb::Compromised) {
            assert_eq!(status.terms.len(), 1, "every older term is gone");
        }
        if verb == Verb::Rekey {
            assert!(SealedVault::open(&self.vault(), &environment(1), options(5)).is_err());
        }
        if verb == Verb::SealFile {
            assert!(vault.check_file(b"other").is_err());
        }
        if verb == Verb::Backup {
            let to = Self { root: self.root.join("restored") };
            std::fs::create_dir(&to.root).unwrap();
            std::fs::copy(self.root.join("identity"), to.root.join("identity")).unwrap();
            put_private(&to.backup(), &std::fs::read(self.backup()).unwrap());
            to.run(Verb::Restore).unwrap();
            to.check_finished(Verb::Restore);
        }
        if verb == Verb::Migrate {
            assert!(Self::open_at(&self.vault()).is_err(), "only the new place has it");
        }
    }
}
