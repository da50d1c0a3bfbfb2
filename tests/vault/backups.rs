//! Backups: what they hold, who reads them, and what putting one back never does.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use secrecy::{ExposeSecret as _, SecretString};
use spotify_vault::backup::{
    BackupError, BackupKey, BackupLock, Identity, Older, Recipient, Restore, Restored,
};
use spotify_vault::{
    DirStore, Generation, Progress, RecoveryCode, Rotation, SealedVault, SecretBytes, Unlock,
    Vault as _, VaultError,
};

use crate::memory::MemoryStore;
use crate::support::{
    Home, JOURNAL, TOKENS, environment, options, overwrite, passphrase, put_private, subject,
};

fn value(text: &str) -> SecretBytes {
    SecretBytes::from(text.as_bytes().to_vec())
}

fn quiet(_: Progress) {}

/// An age recipient and its identity.
fn pair() -> (BackupLock, BackupKey) {
    let identity = age::x25519::Identity::generate();
    let recipient = Recipient::parse(&identity.to_public().to_string()).unwrap();
    let identity = Identity::parse(identity.to_string().expose_secret()).unwrap();
    (BackupLock::Recipient(recipient), BackupKey::Identity(identity))
}

/// A vault with two living subjects and a destroyed one, and a backup of it.
struct Backed {
    home: Home,
    file: PathBuf,
    key: BackupKey,
}

fn backed() -> Backed {
    let home = Home::new();
    for who in ["a", "b", "gone"] {
        home.vault.write(&subject(who), &TOKENS, &value("1")).unwrap();
        home.vault.write(&subject(who), &TOKENS, &value(who)).unwrap();
    }
    home.vault.write(&subject("a"), &JOURNAL, &value("journal")).unwrap();
    home.vault.destroy(&subject("gone")).unwrap();
    let (lock, key) = pair();
    let file = home.root.path().join("backup.age");
    let made = home.vault.backup(&file, &lock, &mut quiet).unwrap();
    assert_eq!((made.subjects, made.records, made.destroyed), (2, 3, 1));
    assert_eq!(made.bytes, std::fs::metadata(&file).unwrap().len());
    Backed { home, file, key }
}

fn restore_with(
    backed: &Backed,
    dir: &Path,
    key: &Unlock,
    restore: &Restore,
) -> Result<(SealedVault, Restored), VaultError> {
    let store = Arc::new(DirStore::create(dir)?);
    SealedVault::restore(store, &backed.file, &backed.key, key, options(9), restore, &mut quiet)
}

fn restore(backed: &Backed, dir: &Path) -> Result<(SealedVault, Restored), VaultError> {
    restore_with(backed, dir, &environment(1), &Restore::default())
}

fn check(vault: &SealedVault) {
    for who in ["a", "b"] {
        let opened = vault.read(&subject(who), &TOKENS).unwrap().unwrap();
        assert!(opened.value.matches(who.as_bytes()));
        assert_eq!(opened.generation.get(), 2);
    }
    assert!(vault.read(&subject("a"), &JOURNAL).unwrap().unwrap().value.matches(b"journal"));
    assert!(vault.is_destroyed(&subject("gone")).unwrap());
}

#[test]
fn a_backup_makes_the_same_vault_in_an_empty_place() {
    let backed = backed();
    let dir = backed.home.root.path().join("elsewhere");
    let (vault, restored) = restore(&backed, &dir).unwrap();
    assert_eq!((restored.restored, restored.kept, restored.destroyed), (3, 0, 1));
    assert_eq!(vault.id(), backed.home.vault.id());
    check(&vault);
    let code = RecoveryCode::parse(&backed.home.recovery.expose()).unwrap();
    check(&SealedVault::open(&dir, &Unlock::Recovery(code), options(3)).unwrap());
    let (_, again) = restore(&backed, &dir).unwrap();
    assert_eq!((again.restored, again.kept), (0, 3), "done again, it finds everything there");
}

#[test]
fn a_backup_is_restored_into_another_kind_of_store() {
    let backed = backed();
    let store = Arc::new(MemoryStore::default());
    let (vault, _) = SealedVault::restore(
        store,
        &backed.file,
        &backed.key,
        &environment(1),
        options(9),
        &Restore::default(),
        &mut quiet,
    )
    .unwrap();
    check(&vault);
}

#[test]
fn a_restored_record_is_never_silently_older() {
    let backed = backed();
    let vault = &backed.home.vault;
    vault.write(&subject("a"), &TOKENS, &value("newer")).unwrap();
    let (_, restored) = restore(&backed, &backed.home.dir()).unwrap();
    assert_eq!((restored.restored, restored.kept), (0, 3));
    assert!(vault.read(&subject("a"), &TOKENS).unwrap().unwrap().value.matches(b"newer"));

    let record = vault.record_id(&subject("a"), &TOKENS);
    let newest = BTreeMap::from([(record, Generation::new(3))]);
    let refuse = Restore { newest: newest.clone(), older: Older::Refuse };
    let dir = backed.home.root.path().join("elsewhere");
    let (other, restored) = restore_with(&backed, &dir, &environment(1), &refuse).unwrap();
    assert_eq!((restored.restored, restored.older), (2, vec![record]));
    assert!(other.read(&subject("a"), &TOKENS).unwrap().is_none());
    let accept = Restore { newest, older: Older::Accept };
    let (_, restored) = restore_with(&backed, &dir, &environment(1), &accept).unwrap();
    assert_eq!((restored.restored, restored.older), (1, vec![record]), "named all the same");
    check(&other);
}

#[test]
fn who_was_destroyed_since_the_backup_stays_dead() {
    let backed = backed();
    backed.home.vault.destroy(&subject("b")).unwrap();
    let (vault, restored) = restore(&backed, &backed.home.dir()).unwrap();
    assert_eq!((restored.dead, restored.kept), (1, 2));
    assert!(vault.is_destroyed(&subject("b")).unwrap());
    assert!(matches!(vault.read(&subject("b"), &TOKENS), Err(VaultError::Destroyed { .. })));
    assert!(backed.home.files().iter().filter(|(path, _)| path.ends_with("1.key")).count() == 1);
}

#[test]
fn who_was_destroyed_before_the_backup_is_destroyed_by_it() {
    let (home, s) = (Home::new(), subject("s"));
    home.vault.write(&s, &TOKENS, &value("v")).unwrap();
    let before = home.files();
    home.vault.destroy(&s).unwrap();
    let (lock, key) = pair();
    let file = home.root.path().join("backup.age");
    home.vault.backup(&file, &lock, &mut quiet).unwrap();
    std::fs::remove_file(home.file("tombstone")).unwrap();
    for (path, bytes) in before {
        if !path.exists() {
            put_private(&path, &bytes);
        }
    }
    assert!(home.vault.read(&s, &TOKENS).unwrap().is_some(), "an older copy was put back");
    let backed = Backed { home, file, key };
    let (vault, restored) = restore(&backed, &backed.home.dir()).unwrap();
    assert_eq!((restored.destroyed, restored.restored), (1, 0));
    assert!(vault.is_destroyed(&s).unwrap());
}

#[test]
fn damaged_and_lost_files_come_back() {
    let backed = backed();
    let home = &backed.home;
    let (a, b) = (subject("a"), subject("b"));
    let path = |s, end: &str| home.file(&format!("{}/{end}", home.vault.subject_id(s)));
    let record = path(&a, &format!("{}.rec", home.vault.record_id(&a, &TOKENS)));
    for bad in [b"".to_vec(), vec![0; 416], std::fs::read(&record).unwrap()[..200].to_vec()] {
        overwrite(&record, &bad);
        let (_, restored) = restore(&backed, &home.dir()).unwrap();
        assert_eq!((restored.restored, restored.kept), (1, 2));
        check(&home.vault);
    }
    let key = path(&b, "1.key");
    overwrite(&key, &[0; 112]);
    restore(&backed, &home.dir()).unwrap();
    check(&home.vault);
    std::fs::remove_file(&key).unwrap();
    restore(&backed, &home.dir()).unwrap();
    check(&home.vault);
    std::fs::remove_dir_all(key.parent().unwrap()).unwrap();
    let (_, restored) = restore(&backed, &home.dir()).unwrap();
    assert_eq!(restored.restored, 1);
    check(&home.vault);
}

#[test]
fn a_backup_from_before_a_rotation_and_a_rekey_is_restored_under_todays_keys() {
    for rotation in [Rotation::Sweep, Rotation::Compromised] {
        let backed = backed();
        let home = &backed.home;
        home.vault.rotate(rotation, &mut quiet).unwrap();
        home.vault.rekey(&environment(1), &passphrase("correct horse")).unwrap();
        let b = home.vault.subject_id(&subject("b"));
        let dir = home.file(&format!("{b}/subject.lock"));
        std::fs::remove_dir_all(dir.parent().unwrap()).unwrap();
        let former = restore(&backed, &home.dir());
        assert!(matches!(former, Err(VaultError::WrongKeySource { .. })), "{former:?}");
        let now = passphrase("correct horse");
        restore_with(&backed, &home.dir(), &now, &Restore::default()).unwrap();
        let opened = home.open(&now).unwrap();
        assert!(opened.read(&subject("b"), &TOKENS).unwrap().unwrap().value.matches(b"b"));
        assert_eq!(opened.status(&mut quiet).unwrap().terms.len(), 1);
        assert!(matches!(home.open(&environment(1)), Err(VaultError::WrongKeySource { .. })));
    }
}

#[test]
fn a_backup_opens_for_its_recipient_alone() {
    let backed = backed();
    let dir = backed.home.root.path().join("elsewhere");
    let others = [pair().1, BackupKey::Passphrase(SecretString::from("correct horse"))];
    for key in others {
        let other = Backed { home: Home::new(), file: backed.file.clone(), key };
        let refused = restore(&other, &dir);
        let wrong = matches!(refused, Err(VaultError::Backup(BackupError::WrongKey)));
        assert!(wrong, "{refused:?}");
    }
    assert_eq!(SealedVault::pinned(&dir).unwrap(), None, "nothing was made");
}

#[test]
fn a_backup_needs_the_vaults_own_key_too() {
    let backed = backed();
    let dir = backed.home.root.path().join("elsewhere");
    let refused = restore_with(&backed, &dir, &environment(2), &Restore::default());
    assert!(matches!(refused, Err(VaultError::WrongKey { .. })), "{refused:?}");
    assert_eq!(SealedVault::pinned(&dir).unwrap(), None, "nothing was made");
}

#[test]
fn a_backup_with_a_passphrase_opens_with_it() {
    let home = Home::new();
    home.vault.write(&subject("s"), &TOKENS, &value("v")).unwrap();
    let file = home.root.path().join("backup.age");
    let text = || SecretString::from("correct horse battery");
    home.vault.backup(&file, &BackupLock::Passphrase(text()), &mut quiet).unwrap();
    let dir = home.root.path().join("elsewhere");
    let backed = Backed { home, file, key: BackupKey::Passphrase(text()) };
    let (vault, _) = restore(&backed, &dir).unwrap();
    assert!(vault.read(&subject("s"), &TOKENS).unwrap().unwrap().value.matches(b"v"));
}

#[test]
fn a_changed_or_cut_backup_restores_nothing() {
    let backed = backed();
    let good = std::fs::read(&backed.file).unwrap();
    let dir = backed.home.root.path().join("elsewhere");
    let refuse = |bytes: &[u8]| {
        overwrite(&backed.file, bytes);
        let refused = restore(&backed, &dir).unwrap_err();
        assert!(matches!(refused, VaultError::Backup(_)), "{refused}");
        assert_eq!(SealedVault::pinned(&dir).unwrap(), None, "nothing was made");
    };
    for at in (0..good.len()).step_by(31) {
        let mut bad = good.clone();
        bad[at] ^= 1;
        refuse(&bad);
    }
    for len in [0, 1, 100, good.len() / 2, good.len() - 1] {
        refuse(&good[..len]);
    }
    refuse(&[good.as_slice(), b"more"].concat());
    overwrite(&backed.file, &good);
    check(&restore(&backed, &dir).unwrap().0);
}

/// Whoever knows the recipient can make a file for it, but not one that this vault's key wrote.
#[test]
fn a_backup_that_someone_else_made_destroys_nobody() {
    use std::io::{Read as _, Write as _};

    let identity = age::x25519::Identity::generate();
    let recipient = identity.to_public();
    let home = Home::new();
    home.vault.write(&subject("a"), &TOKENS, &value("v")).unwrap();
    home.vault.write(&subject("b"), &TOKENS, &value("v")).unwrap();
    home.vault.destroy(&subject("b")).unwrap();
    let file = home.root.path().join("backup.age");
    let lock = BackupLock::Recipient(Recipient::parse(&recipient.to_string()).unwrap());
    home.vault.backup(&file, &lock, &mut quiet).unwrap();
    let mut plain = Vec::new();
    let stream = age::Decryptor::new(std::fs::File::open(&file).unwrap()).unwrap();
    let mut stream = stream.decrypt(std::iter::once(&identity as _)).unwrap();
    stream.read_to_end(&mut plain).unwrap();
    let ids = [subject("a"), subject("b")].map(|s| *home.vault.subject_id(&s).as_bytes());
    let [a, b] = ids;
    let tombstone = plain.windows(4).position(|window| window == b"SPMT").unwrap();
    let mut forged = plain.clone();
    forged[tombstone + 8..tombstone + 24].copy_from_slice(&a);
    let sum = <sha2::Sha256 as sha2::Digest>::digest(&forged[tombstone..tombstone + 32]);
    forged[tombstone + 32..tombstone + 64].copy_from_slice(&sum);
    for at in 0..forged.len() - 16 {
        if forged[at..at + 16] == b && forged[at - 5] == b'S' {
            forged[at..at + 16].copy_from_slice(&a);
        }
    }
    let encryptor = age::Encryptor::with_recipients(std::iter::once(&recipient as _)).unwrap();
    let mut out = Vec::new();
    let mut writer = encryptor.wrap_output(&mut out).unwrap();
    writer.write_all(&forged).unwrap();
    writer.finish().unwrap();
    overwrite(&file, &out);
    let key = Identity::parse(identity.to_string().expose_secret()).unwrap();
    let backed = Backed { home, file, key: BackupKey::Identity(key) };
    let refused = restore(&backed, &backed.home.dir());
    let damaged = matches!(refused, Err(VaultError::Backup(BackupError::Damaged { .. })));
    assert!(damaged, "{refused:?}");
    assert!(!backed.home.vault.is_destroyed(&subject("a")).unwrap());
}

#[test]
fn a_backup_of_another_vault_is_refused() {
    let (backed, other) = (backed(), Home::with(&environment(1), options(77)));
    let refused = restore(&backed, &other.dir());
    let other = matches!(refused, Err(VaultError::Backup(BackupError::OtherVault { .. })));
    assert!(other, "{refused:?}");
}

#[test]
fn a_damaged_vault_makes_no_backup_and_an_earlier_one_is_never_replaced() {
    let backed = backed();
    let (lock, _) = pair();
    let exists = backed.home.vault.backup(&backed.file, &lock, &mut quiet);
    assert!(matches!(exists, Err(VaultError::Backup(BackupError::Exists { .. }))), "{exists:?}");
    let vault = &backed.home.vault;
    let record = vault.record_id(&subject("b"), &TOKENS);
    let path = backed.home.file(&format!("{record}.rec"));
    let mut bytes = std::fs::read(&path).unwrap();
    *bytes.last_mut().unwrap() ^= 1;
    overwrite(&path, &bytes);
    let next = backed.home.root.path().join("next.age");
    let refused = vault.backup(&next, &lock, &mut quiet);
    assert!(matches!(refused, Err(VaultError::Integrity { .. })), "{refused:?}");
    assert!(!next.exists() && !backed.home.root.path().join("next.age.part").exists());
}

#[test]
fn a_backup_shows_nothing_of_whom_it_is_about() {
    let backed = backed();
    let bytes = std::fs::read(&backed.file).unwrap();
    let ids = ["a", "b", "gone"].map(|who| backed.home.vault.subject_id(&subject(who)));
    for id in ids {
        assert!(!bytes.windows(16).any(|window| window == id.as_bytes()));
    }
    assert!(!bytes.windows(4).any(|window| matches!(window, b"SPMR" | b"SPMK" | b"SPMV")));
}

#[test]
fn a_text_that_is_no_recipient_or_identity_is_refused_without_showing_it() {
    for text in ["", "age1canary", "AGE-SECRET-KEY-1CANARY", "ssh-ed25519 AAAA"] {
        assert!(matches!(Recipient::parse(text), Err(BackupError::Recipient)));
        let error = Identity::parse(text).unwrap_err();
        assert!(!format!("{error} {error:?}").to_lowercase().contains("canary"));
    }
    let (_, key) = pair();
    assert_eq!(format!("{key:?}"), "Identity([redacted])");
}

#[test]
fn the_progress_of_a_backup_and_of_a_restore_is_told() {
    let backed = backed();
    let mut seen = Vec::new();
    let (lock, _) = pair();
    let file = backed.home.root.path().join("second.age");
    backed.home.vault.backup(&file, &lock, &mut |now| seen.push(now)).unwrap();
    let dones: Vec<_> = seen.iter().map(|now| (now.done, now.total)).collect();
    assert_eq!(dones, [(0, 3), (1, 3), (2, 3), (3, 3)]);
}
