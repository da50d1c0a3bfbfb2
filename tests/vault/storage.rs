//! The directory of a vault: modes, leftovers, full disks, lost locks.

use std::fs::{self, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::time::Duration;

use spotify_vault::{Generation, SealedVault, SecretBytes, Vault as _, VaultError};

use crate::support::{Home, TOKENS, environment, options, put, subject};

const NOW: Duration = Duration::ZERO;

fn value(text: &str) -> SecretBytes {
    SecretBytes::from(text.as_bytes().to_vec())
}

fn is_permission(error: &VaultError) -> bool {
    matches!(error, VaultError::Permission { .. })
}

fn chmod(path: &std::path::Path, mode: u32) {
    fs::set_permissions(path, Permissions::from_mode(mode)).unwrap();
}

#[test]
fn everything_is_for_the_owner_alone() {
    let home = Home::new();
    home.vault.write(&subject("s"), &TOKENS, &value("v")).unwrap();
    home.vault.destroy(&subject("t")).unwrap();
    let mode = |path: &std::path::Path| fs::metadata(path).unwrap().permissions().mode() & 0o7777;
    assert_eq!(mode(&home.dir()), 0o700);
    for (path, _) in home.files() {
        assert_eq!(mode(&path), 0o600, "{}", path.display());
        assert_eq!(mode(path.parent().unwrap()), 0o700, "{}", path.display());
    }
}

#[test]
fn a_directory_that_others_may_enter_is_refused_with_what_to_do() {
    let home = Home::new();
    for mode in [0o701, 0o710, 0o750, 0o755, 0o777] {
        chmod(&home.dir(), mode);
        let error = home.open(&environment(1)).unwrap_err();
        assert!(is_permission(&error), "{mode:o}");
        assert!(error.to_string().contains("chmod 700"), "{error}");
        assert!(is_permission(&SealedVault::pinned(&home.dir()).unwrap_err()));
    }
    chmod(&home.dir(), 0o700);
    assert!(home.open(&environment(1)).is_ok());
}

#[test]
fn a_file_that_others_may_use_is_refused() {
    let (home, s) = (Home::new(), subject("s"));
    home.vault.write(&s, &TOKENS, &value("v")).unwrap();
    for suffix in [".rec", ".key", ".lock"] {
        let suffix = if suffix == ".lock" {
            format!("{}.lock", home.vault.record_id(&s, &TOKENS))
        } else {
            suffix.to_owned()
        };
        let path = home.file(&suffix);
        for mode in [0o604, 0o620, 0o640] {
            chmod(&path, mode);
            let error = home.vault.write(&s, &TOKENS, &value("w")).unwrap_err();
            assert!(is_permission(&error), "{suffix} {mode:o}: {error}");
        }
        chmod(&path, 0o600);
    }
    chmod(&home.dir().join("vault.hdr"), 0o644);
    assert!(is_permission(&home.open(&environment(1)).unwrap_err()));
    assert!(is_permission(&home.vault.write(&s, &TOKENS, &value("w")).unwrap_err()));
    chmod(&home.dir().join("vault.hdr"), 0o600);
    assert_eq!(home.vault.write(&s, &TOKENS, &value("w")).unwrap(), Generation::new(2));
}

#[test]
fn someone_elses_directory_is_refused() {
    if !rustix::process::geteuid().is_root() {
        println!("skipped: only root can give a directory away");
        return;
    }
    let home = Home::new();
    std::os::unix::fs::chown(home.dir(), Some(65534), None).unwrap();
    let error = home.open(&environment(1)).unwrap_err();
    assert!(is_permission(&error), "{error}");
}

#[test]
fn a_symbolic_link_in_the_place_of_a_file_is_refused() {
    let (home, s) = (Home::new(), subject("s"));
    home.vault.write(&s, &TOKENS, &value("v")).unwrap();
    let record = home.file(".rec");
    let aside = home.root.path().join("aside");
    for path in [record, home.dir().join("vault.hdr")] {
        fs::copy(&path, &aside).unwrap();
        fs::remove_file(&path).unwrap();
        symlink(&aside, &path).unwrap();
    }
    assert!(is_permission(&home.vault.read(&s, &TOKENS).unwrap_err()));
    assert!(is_permission(&home.open(&environment(1)).unwrap_err()));
}

#[test]
fn a_vault_is_made_below_directories_that_did_not_exist() {
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("a/b/vault");
    SealedVault::create(&dir, &environment(1), options(1)).unwrap();
    assert!(SealedVault::open(&dir, &environment(1), options(2)).is_ok());
}

#[test]
fn what_a_crash_left_is_cleared_by_the_next_holder_and_harms_nobody() {
    let (home, s) = (Home::new(), subject("s"));
    home.vault.write(&s, &TOKENS, &value("kept")).unwrap();
    let record = home.file(".rec");
    let dir = record.parent().unwrap();
    let leftovers = [
        dir.join(format!(".{}.tmp", home.vault.record_id(&s, &TOKENS))),
        dir.join(".key.tmp"),
        home.dir().join(".vault.hdr.tmp"),
    ];
    for leftover in &leftovers {
        put(leftover, b"half a record").unwrap();
    }
    let vault = home.open(&environment(1)).unwrap();
    assert!(vault.read(&s, &TOKENS).unwrap().unwrap().value.matches(b"kept"));
    assert_eq!(vault.generations().unwrap().len(), 1);
    assert_eq!(vault.write(&s, &TOKENS, &value("next")).unwrap(), Generation::new(2));
    vault.rekey(&environment(1), &environment(2)).unwrap();
    assert!(!leftovers[0].exists() && !leftovers[2].exists());
    vault.destroy(&s).unwrap();
    assert!(!leftovers[1].exists());
}

#[test]
fn a_lease_that_is_given_up_leaves_no_space_taken() {
    let (home, s) = (Home::new(), subject("s"));
    home.vault.write(&s, &TOKENS, &value("v")).unwrap();
    let before = home.files();
    let mut lease = home.vault.lease(&s, &TOKENS, NOW).unwrap();
    lease.prepare(10_000).unwrap();
    let temporary = home.file(".tmp");
    assert!(fs::metadata(&temporary).unwrap().len() >= 10_000, "the space is taken");
    drop(lease);
    assert_eq!(home.files(), before);
}

#[test]
fn prepared_space_is_all_that_a_commit_needs() {
    let (home, s) = (Home::new(), subject("s"));
    let mut lease = home.vault.lease(&s, &TOKENS, NOW).unwrap();
    for len in [0, 1, 200, 256, 5000] {
        lease.prepare(len).unwrap();
        let prepared = fs::metadata(home.file(".tmp")).unwrap().len();
        lease.commit(&vec![1; len].into()).unwrap();
        assert!(fs::metadata(home.file(".rec")).unwrap().len() <= prepared, "{len}");
    }
}

#[test]
fn a_lost_lock_is_noticed_and_writes_nothing() {
    let (home, s) = (Home::new(), subject("s"));
    home.vault.write(&s, &TOKENS, &value("old")).unwrap();
    let mut lease = home.vault.lease(&s, &TOKENS, NOW).unwrap();
    lease.prepare(10).unwrap();
    let lock = home.file(&format!("{}.lock", home.vault.record_id(&s, &TOKENS)));
    fs::remove_file(&lock).unwrap();
    assert!(matches!(lease.commit(&value("lost")), Err(VaultError::RecordChanged { .. })));
    drop(lease);
    assert!(home.vault.read(&s, &TOKENS).unwrap().unwrap().value.matches(b"old"));
    assert_eq!(home.vault.write(&s, &TOKENS, &value("new")).unwrap(), Generation::new(2));
}

#[test]
fn locks_outlive_everything_but_the_vault() {
    let (home, s) = (Home::new(), subject("s"));
    home.vault.write(&s, &TOKENS, &value("v")).unwrap();
    home.vault.rekey(&environment(1), &environment(2)).unwrap();
    home.vault.destroy(&s).unwrap();
    let names: Vec<_> = home.files().into_iter().map(|(path, _)| path).collect();
    let locks = names.iter().filter(|path| path.extension().is_some_and(|ext| ext == "lock"));
    assert_eq!(locks.count(), 3, "{names:?}");
}

#[test]
fn a_removed_vault_is_an_error_and_not_an_absent_record() {
    let (home, s) = (Home::new(), subject("s"));
    home.vault.write(&s, &TOKENS, &value("v")).unwrap();
    fs::remove_dir_all(home.dir()).unwrap();
    let results = [
        home.vault.read(&s, &TOKENS).map(drop),
        home.vault.write(&s, &TOKENS, &value("w")).map(drop),
        home.vault.generations().map(drop),
        home.vault.is_destroyed(&s).map(drop),
        home.vault.destroy(&s).map(drop),
    ];
    for result in results {
        assert!(matches!(result, Err(VaultError::NotFound { .. })), "{result:?}");
    }
    assert!(!home.dir().exists(), "nothing is made anew in its place");
}

/// A small file system that fills up; needs root to mount it.
struct SmallDisk(tempfile::TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let dir = tempfile::tempdir().unwrap();
        let mounted = std::process::Command::new("mount")
            .args(["-t", "tmpfs", "-o", "size=256k,mode=0700", "tmpfs"])
            .arg(dir.path())
            .output();
        if mounted.is_ok_and(|output| output.status.success()) {
            return Some(Self(dir));
        }
        #[expect(clippy::disallowed_methods, reason = "in CI nothing may be left out")]
        let ci = std::env::var_os("CI").is_some();
        assert!(!ci, "mounting a small file system needs root");
        println!("SKIPPED: mounting a small file system needs root");
        None
    }

    fn remount(&self, option: &str) {
        let mut command = std::process::Command::new("mount");
        command.args(["-o", &format!("remount,{option}")]).arg(self.0.path());
        assert!(command.status().unwrap().success());
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let unmounted = std::process::Command::new("umount").arg(self.0.path()).status();
        assert!(unmounted.unwrap().success());
    }
}

#[test]
fn a_full_disk_is_found_before_anything_is_spent_and_passes() {
    let Some(disk) = SmallDisk::mount() else { return };
    let dir = disk.0.path().join("vault");
    let (vault, _) = SealedVault::create(&dir, &environment(1), options(1)).unwrap();
    let s = subject("s");
    vault.write(&s, &TOKENS, &value("old")).unwrap();
    let prepare = |subject| {
        let mut lease = vault.lease(subject, &TOKENS, NOW).unwrap();
        lease.prepare(1000).unwrap();
        lease
    };
    let new = subject("new");
    let (mut prepared, mut first) = (prepare(&s), prepare(&new));

    let filler = disk.0.path().join("filler");
    let full = put(&filler, &vec![1; 1024 * 1024]).unwrap_err();
    assert_eq!(full.kind(), std::io::ErrorKind::StorageFull);
    let other = subject("other");
    let refused =
        vault.lease(&other, &TOKENS, NOW).and_then(|mut lease| lease.prepare(50_000)).unwrap_err();
    assert!(matches!(refused, VaultError::Storage { .. }), "{refused}");
    assert!(vault.read(&s, &TOKENS).unwrap().unwrap().value.matches(b"old"));
    // The first write first: one that replaces a record gives space back.
    assert_eq!(first.commit(&value("first")).unwrap().get(), 1);
    assert_eq!(prepared.commit(&value("new")).unwrap().get(), 2);
    drop((prepared, first));

    fs::remove_file(&filler).unwrap();
    assert_eq!(vault.write(&other, &TOKENS, &vec![7; 50_000].into()).unwrap().get(), 1);
}

#[test]
fn a_disk_that_turns_read_only_is_found_before_anything_is_spent_and_passes() {
    let Some(disk) = SmallDisk::mount() else { return };
    let dir = disk.0.path().join("vault");
    let (vault, _) = SealedVault::create(&dir, &environment(1), options(1)).unwrap();
    let s = subject("s");
    vault.write(&s, &TOKENS, &value("old")).unwrap();
    disk.remount("ro");
    let is_storage = |result: Result<(), VaultError>| {
        assert!(matches!(result, Err(VaultError::Storage { .. })), "{result:?}");
    };
    is_storage(vault.lease(&s, &TOKENS, NOW).and_then(|mut lease| lease.prepare(10)));
    is_storage(vault.destroy(&s).map(drop));
    is_storage(vault.rekey(&environment(1), &environment(2)));
    is_storage(vault.rotate(spotify_vault::Rotation::Sweep, &mut |_| {}).map(drop));
    assert!(vault.read(&s, &TOKENS).unwrap().unwrap().value.matches(b"old"), "it still reads");
    disk.remount("rw");
    assert_eq!(vault.write(&s, &TOKENS, &value("new")).unwrap(), Generation::new(2));
    assert!(SealedVault::open(&dir, &environment(1), options(2)).is_ok(), "the key is the same");
}

#[test]
fn a_full_disk_stops_a_rotation_which_then_goes_on() {
    let Some(disk) = SmallDisk::mount() else { return };
    let dir = disk.0.path().join("vault");
    let (vault, _) = SealedVault::create(&dir, &environment(1), options(1)).unwrap();
    let names = ["a", "b", "c"].map(subject);
    for s in &names {
        vault.write(s, &TOKENS, &value("v")).unwrap();
    }
    vault.rotate(spotify_vault::Rotation::NextWrite, &mut |_| {}).unwrap();
    let filler = disk.0.path().join("filler");
    put(&filler, &vec![1; 1024 * 1024]).unwrap_err();
    let stopped = vault.sweep(&mut |_| {});
    assert!(matches!(stopped, Err(VaultError::Storage { .. })), "{stopped:?}");
    for s in &names {
        assert!(vault.read(s, &TOKENS).unwrap().unwrap().value.matches(b"v"));
    }
    fs::remove_file(&filler).unwrap();
    let swept = vault.sweep(&mut |_| {}).unwrap();
    assert!(swept.is_complete() && swept.dropped == [1], "{swept:?}");
}
