//! Keys in files and, behind a stand-in, in the keychain.

use std::collections::BTreeSet;
use std::error::Error as _;
use std::sync::Arc;

use keyring_core::{CredentialStore, Error, mock};
use spotify_vault::{
    Keychain, KeychainError, MasterKey, SealedVault, VaultError, VaultId, key_file,
};

use crate::support::{SeededRng, master_key, options, overwrite};

fn is_permission(result: &Result<MasterKey, VaultError>) -> bool {
    matches!(result, Err(VaultError::Permission { .. }))
}

#[test]
fn a_key_file_reads_back_and_opens_its_vault() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("key");
    let made = key_file::create(&path, &mut SeededRng::new(1)).unwrap();
    let read = || key_file::read(&path).unwrap();
    assert_eq!(read().expose(), made.expose());
    let unlock = |key| spotify_vault::Unlock::KeyFile { path: path.clone(), key };
    let dir = root.path().join("vault");
    SealedVault::create(&dir, &unlock(made), options(1)).unwrap();
    assert!(SealedVault::open(&dir, &unlock(read()), options(2)).is_ok());
}

#[test]
fn a_key_file_is_never_made_over_another() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("key");
    let first = key_file::create(&path, &mut SeededRng::new(1)).unwrap();
    let second = key_file::create(&path, &mut SeededRng::new(2));
    assert!(matches!(second, Err(VaultError::Storage { .. })));
    assert_eq!(key_file::read(&path).unwrap().expose(), first.expose());
}

#[cfg(unix)]
#[test]
fn a_key_file_that_others_may_use_is_refused() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::{PermissionsExt as _, symlink};

    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("key");
    key_file::create(&path, &mut SeededRng::new(1)).unwrap();
    assert_eq!(path.metadata().unwrap().permissions().mode() & 0o7777, 0o600);
    for mode in [0o604, 0o620, 0o640, 0o644, 0o666] {
        set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        assert!(is_permission(&key_file::read(&path)), "{mode:o}");
    }
    for mode in [0o600, 0o400] {
        set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        assert!(key_file::read(&path).is_ok(), "{mode:o}");
    }
    let link = root.path().join("link");
    symlink(&path, &link).unwrap();
    assert!(is_permission(&key_file::read(&link)));
    assert!(is_permission(&key_file::read(root.path())), "a directory is no key");
    rustix::fs::mknodat(
        rustix::fs::CWD,
        root.path().join("pipe"),
        rustix::fs::FileType::Fifo,
        rustix::fs::Mode::RUSR,
        0,
    )
    .unwrap();
    assert!(is_permission(&key_file::read(&root.path().join("pipe"))), "nor is a pipe, at once");
}

#[test]
fn a_key_file_with_anything_else_than_a_key_is_refused_without_showing_it() {
    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("key");
    assert!(matches!(key_file::read(&path), Err(VaultError::KeyNotFound { .. })));
    key_file::create(&path, &mut SeededRng::new(1)).unwrap();
    let good = std::fs::read(&path).unwrap();
    let text = good.strip_suffix(b"\n").unwrap();
    for accepted in [text.to_vec(), [text, b"\r\n"].concat()] {
        overwrite(&path, &accepted);
        assert!(key_file::read(&path).is_ok());
    }
    let long = vec![b'A'; 10_000];
    let placeholder = [b'A'; 43].iter().chain(b"=").copied().collect();
    let wrong: [Vec<u8>; 7] = [
        Vec::new(),
        b"canary-not-a-key".to_vec(),
        vec![0xff; 32],
        long,
        [text, b"\n\n"].concat(),
        [text, text].concat(),
        placeholder,
    ];
    for bytes in wrong {
        overwrite(&path, &bytes);
        let error = key_file::read(&path).unwrap_err();
        assert!(matches!(error, VaultError::Key(_)), "{error}");
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}

#[cfg(unix)]
#[test]
fn a_credential_may_be_roots_and_readable_by_its_group_but_by_nobody_else() {
    use std::fs::{Permissions, set_permissions};
    use std::os::unix::fs::{PermissionsExt as _, chown};

    let root = tempfile::tempdir().unwrap();
    let path = root.path().join("key");
    assert!(matches!(key_file::read_credential(&path), Err(VaultError::KeyNotFound { .. })));
    key_file::create(&path, &mut SeededRng::new(1)).unwrap();
    for mode in [0o400, 0o440, 0o600] {
        set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        assert!(key_file::read_credential(&path).is_ok(), "{mode:o}");
    }
    for mode in [0o404, 0o420, 0o460, 0o444, 0o450] {
        set_permissions(&path, Permissions::from_mode(mode)).unwrap();
        assert!(is_permission(&key_file::read_credential(&path)), "{mode:o}");
    }
    if rustix::process::geteuid().is_root() {
        set_permissions(&path, Permissions::from_mode(0o400)).unwrap();
        chown(&path, Some(65534), None).unwrap();
        assert!(is_permission(&key_file::read_credential(&path)), "someone else's");
    }
}

/// A pipe's reading end as a supervisor leaves it open: without the flag that closes it.
#[cfg(unix)]
fn inherited(text: &[u8]) -> i32 {
    use std::io::Write as _;
    use std::os::fd::IntoRawFd as _;

    let (reader, mut writer) = std::io::pipe().unwrap();
    writer.write_all(text).unwrap();
    rustix::io::fcntl_setfd(&reader, rustix::io::FdFlags::empty()).unwrap();
    reader.into_raw_fd()
}

#[cfg(unix)]
#[test]
fn an_inherited_descriptor_gives_its_key_once() {
    use spotify_vault::key_descriptor::{adopt, read};

    let text = master_key(1).expose_base64();
    let number = inherited(format!("{}\n", *text).as_bytes());
    let adopted = adopt(number).unwrap();
    let again = adopt(number);
    assert!(matches!(again, Err(VaultError::Descriptor { .. })), "it is taken once");
    assert_eq!(read(adopted).unwrap().expose(), master_key(1).expose());
    for wrong in [b"".as_slice(), b"canary-not-a-key", &[b'A'; 10_000]] {
        let error = read(adopt(inherited(wrong)).unwrap()).unwrap_err();
        assert!(matches!(error, VaultError::Key(_)), "{error}");
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}

#[cfg(unix)]
#[test]
fn a_descriptor_that_was_not_inherited_is_refused() {
    use std::os::fd::AsRawFd as _;

    use spotify_vault::key_descriptor::adopt;

    let own = std::fs::File::open("/dev/null").unwrap();
    for number in [-1, 0, 1, 2, 1_000_000, own.as_raw_fd()] {
        assert!(matches!(adopt(number), Err(VaultError::Descriptor { .. })), "{number}");
    }
}

/// A keychain behind keyring-core's mock, and its store to reach around it.
fn keychain() -> (Keychain, Arc<CredentialStore>) {
    let store: Arc<CredentialStore> = mock::Store::new().unwrap();
    let kept = Arc::clone(&store);
    (Keychain::with_store("service", move || Ok(Arc::clone(&kept))), store)
}

/// Makes the next use of an entry fail.
fn fail(store: &Arc<CredentialStore>, account: &str, error: Error) {
    let entry = store.build("service", account, None).unwrap();
    entry.as_any().downcast_ref::<mock::Cred>().unwrap().set_error(error);
}

#[test]
fn a_keychain_keeps_a_key_until_it_is_removed() {
    let (keychain, store) = keychain();
    let account = Keychain::account(VaultId::from_bytes([7; 16]));
    assert_eq!(account, format!("vault:{}", "07".repeat(16)));
    assert!(keychain.load(&account).unwrap().is_none());
    assert!(matches!(keychain.unlock(&account), Err(KeychainError::Missing { .. })));
    let key = master_key(1);
    keychain.store(&account, &key).unwrap();
    assert_eq!(keychain.load(&account).unwrap().unwrap().expose(), key.expose());
    let entry = store.build("service", &account, None).unwrap();
    assert_eq!(entry.get_password().unwrap(), *key.expose_base64(), "plain text, for KWallet");
    assert!(keychain.unlock(&account).is_ok());
    assert!(keychain.delete(&account).unwrap());
    assert!(!keychain.delete(&account).unwrap());
    assert!(keychain.load(&account).unwrap().is_none());
}

#[test]
fn an_entry_that_is_no_key_is_refused_without_showing_it() {
    let (keychain, store) = keychain();
    let entry = store.build("service", "a", None).unwrap();
    for wrong in [b"canary-secret".as_slice(), b"\xff\xfe canary"] {
        entry.set_secret(wrong).unwrap();
        let error = keychain.load("a").unwrap_err();
        assert!(matches!(error, KeychainError::NotAKey(_)), "{error:?}");
        assert!(!format!("{error} {error:?}").contains("canary"));
    }
}

#[test]
fn each_failure_of_a_keychain_has_its_own_error_and_shows_no_bytes() {
    let bytes = || b"canary".to_vec();
    let boxed = || Box::new(std::io::Error::other("reason")) as Box<_>;
    let cases = [
        (Error::NoStorageAccess(boxed()), "Locked"),
        (Error::PlatformFailure(boxed()), "Failed"),
        (Error::Ambiguous(Vec::new()), "Ambiguous"),
        (Error::TooLong("secret".to_owned(), 10), "Unsupported"),
        (Error::BadEncoding(bytes()), "NotAKey"),
        (Error::BadDataFormat(bytes(), boxed()), "NotAKey"),
        (Error::BadStoreFormat("canary".to_owned()), "Failed"),
        (Error::NoDefaultStore, "Failed"),
    ];
    let mut texts = BTreeSet::new();
    for (error, kind) in cases {
        let (keychain, store) = keychain();
        fail(&store, "a", error);
        let error = keychain.load("a").unwrap_err();
        let shown = format!("{error} {error:?} {:?}", error.source().map(ToString::to_string));
        assert!(format!("{error:?}").starts_with(kind), "{error:?}");
        assert!(!shown.contains("canary") && !shown.contains("99, 97"), "{shown}");
        texts.insert(error.to_string());
    }
    assert_eq!(texts.len(), 5);
}

#[test]
fn finding_nothing_is_believed_only_of_a_keychain_that_works() {
    let (keychain, store) = keychain();
    let probe = format!("probe:{}", std::process::id());
    fail(&store, &probe, Error::NoStorageAccess(Box::new(std::io::Error::other("locked"))));
    assert!(matches!(keychain.load("absent"), Err(KeychainError::Locked)));
    assert!(keychain.load("absent").unwrap().is_none());
    assert!(keychain.probe().is_ok());
    let left = store.build("service", &probe, None).unwrap().get_secret();
    assert!(matches!(left, Err(Error::NoEntry)), "a probe leaves nothing");
}

#[test]
fn a_keychain_that_cannot_be_reached_is_an_error_of_every_call() {
    let keychain = Keychain::with_store("service", || {
        Err(Error::PlatformFailure(Box::new(std::io::Error::other("gone"))))
    });
    assert!(matches!(keychain.load("a"), Err(KeychainError::Failed { .. })));
    assert!(matches!(keychain.store("a", &master_key(1)), Err(KeychainError::Failed { .. })));
    assert!(matches!(keychain.delete("a"), Err(KeychainError::Failed { .. })));
    assert!(matches!(keychain.probe(), Err(KeychainError::Failed { .. })));
}
