//! A whole vault of format v1, kept byte by byte: the writer still makes it, the reader still
//! opens it.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use spotify_vault::{MasterKey, RecoveryCode, Rotation, SealedVault, Unlock, Vault as _};
use zeroize::Zeroizing;

use crate::support::{
    Home, JOURNAL, TOKENS, environment, hex, master_key, options, passphrase, put, subject,
};

const V1: &str = include_str!("vectors/v1.json");
const READER_2: &str = include_str!("vectors/reader-2.json");
const PASSPHRASE: &str = "correct horse battery staple";

/// A vault, its keys and what it holds.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Vectors {
    /// The 32 bytes of the primary key, in hexadecimal.
    primary: String,
    recovery_code: String,
    passphrase: String,
    /// The header after a rekey from the master key to the passphrase.
    rekeyed_header: String,
    /// Path and bytes in hexadecimal, of all files but the empty locks.
    files: BTreeMap<String, String>,
    records: Vec<Record>,
    /// `derive("audit")`.
    derived: String,
    destroyed: String,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Record {
    subject: String,
    field: String,
    generation: u64,
    updated_at: jiff::Timestamp,
    value: String,
}

fn unhex(text: &str) -> Vec<u8> {
    let digits: Vec<_> = text.chars().map(|digit| digit.to_digit(16).unwrap()).collect();
    digits.chunks(2).map(|pair| u8::try_from(pair[0] * 16 + pair[1]).unwrap()).collect()
}

fn record(home: &Home, listed: &spotify_vault::sealed::Listed) -> Record {
    let opened = home.vault.read(&listed.subject, &listed.field).unwrap().unwrap();
    Record {
        subject: hex(listed.subject.as_bytes()),
        field: listed.field.to_string(),
        generation: listed.generation.get(),
        updated_at: listed.updated_at,
        value: hex(opened.value.expose()),
    }
}

fn files(home: &Home) -> BTreeMap<String, String> {
    let files = home.files().into_iter().filter(|(_, bytes)| !bytes.is_empty());
    let name = |path: &Path| path.strip_prefix(home.dir()).unwrap().to_str().unwrap().to_owned();
    files.map(|(path, bytes)| (name(&path), hex(&bytes))).collect()
}

fn make() -> Vectors {
    let home = Home::with(&environment(1), options(1));
    let (alice, bob, carol) = (subject("alice"), subject("b\u{f6}b"), subject("carol"));
    for value in ["first", "second"] {
        home.vault.write(&alice, &TOKENS, &value.as_bytes().to_vec().into()).unwrap();
    }
    home.vault.write(&alice, &JOURNAL, &Vec::new().into()).unwrap();
    home.vault.write(&bob, &TOKENS, &vec![0x5a; 300].into()).unwrap();
    home.vault.write(&carol, &TOKENS, &b"gone".to_vec().into()).unwrap();
    home.vault.destroy(&carol).unwrap();
    let vectors = Vectors {
        primary: hex(master_key(1).expose()),
        recovery_code: home.recovery.expose().to_string(),
        passphrase: PASSPHRASE.to_owned(),
        files: files(&home),
        records: home.vault.list().unwrap().iter().map(|it| record(&home, it)).collect(),
        derived: hex(home.vault.derive("audit").expose()),
        destroyed: hex(carol.as_bytes()),
        rekeyed_header: String::new(),
    };
    home.vault.rekey(&environment(1), &passphrase(PASSPHRASE)).unwrap();
    let rekeyed_header = hex(&std::fs::read(home.dir().join("vault.hdr")).unwrap());
    Vectors { rekeyed_header, ..vectors }
}

/// What was added to version 1 with reader 2: terms that were replaced for each reason, a key
/// source of its own, the seal of a settings file, and a sealed setting.
#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Reader2 {
    primary: String,
    files: BTreeMap<String, String>,
    records: Vec<Record>,
    settings_file: String,
    setting_name: String,
    setting_value: String,
    sealed_setting: String,
}

fn make_reader_2() -> Reader2 {
    let home = Home::with(&Unlock::Descriptor(master_key(2)), options(2));
    let (alice, bob) = (subject("alice"), subject("bob"));
    for s in [&alice, &bob] {
        home.vault.write(s, &TOKENS, &b"first".to_vec().into()).unwrap();
    }
    let quiet = &mut |_: spotify_vault::Progress| {};
    home.vault.rotate(Rotation::NextWrite, quiet).unwrap();
    home.vault.write(&alice, &TOKENS, &b"second".to_vec().into()).unwrap();
    let (settings_file, setting_name) = ("port = 8443\n", "client_secret");
    home.vault.seal_file(settings_file.as_bytes()).unwrap();
    let value = b"secret of the app".to_vec();
    let sealed_setting = home.vault.seal_setting(setting_name, &value.clone().into()).unwrap();
    Reader2 {
        primary: hex(master_key(2).expose()),
        files: files(&home),
        records: home.vault.list().unwrap().iter().map(|it| record(&home, it)).collect(),
        settings_file: settings_file.to_owned(),
        setting_name: setting_name.to_owned(),
        setting_value: hex(&value),
        sealed_setting,
    }
}

fn check_same(made: &impl Serialize, kept: &str, name: &str) {
    let made = serde_json::to_string_pretty(made).unwrap() + "\n";
    if made != kept {
        let path = std::env::temp_dir().join(name);
        put(&path, made.as_bytes()).unwrap();
        panic!("format v1 must not change; what was made is in {}", path.display());
    }
}

#[test]
fn the_writer_makes_the_same_bytes_from_the_same_chance_and_time() {
    check_same(&make(), V1, "v1.json");
}

#[test]
fn the_writer_makes_the_same_bytes_of_what_reader_2_added() {
    check_same(&make_reader_2(), READER_2, "reader-2.json");
}

#[test]
fn the_reader_opens_the_kept_vault_of_reader_2() {
    let vectors: Reader2 = serde_json::from_str(READER_2).unwrap();
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("vault");
    vectors.files.iter().for_each(|(name, bytes)| place(&dir, name, bytes));
    let primary = Zeroizing::new(unhex(&vectors.primary).try_into().unwrap());
    let primary = Unlock::Descriptor(MasterKey::from_bytes(primary).unwrap());
    let vault = SealedVault::open(&dir, &primary, options(3)).unwrap();
    check_records(&vault, &vectors.records);
    assert_eq!(vault.status(&mut |_| {}).unwrap().terms.len(), 2);
    let opened = vault.open_setting(&vectors.setting_name, &vectors.sealed_setting).unwrap();
    assert!(opened.matches(&unhex(&vectors.setting_value)));
    let file = vectors.settings_file.as_bytes();
    assert_eq!(vault.check_file(file).unwrap(), spotify_vault::FileSeal::Intact);
}

#[test]
fn the_reader_opens_the_kept_vault_with_each_of_its_keys() {
    let vectors: Vectors = serde_json::from_str(V1).unwrap();
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("vault");
    vectors.files.iter().for_each(|(name, bytes)| place(&dir, name, bytes));
    let primary = Zeroizing::new(unhex(&vectors.primary).try_into().unwrap());
    let primary = MasterKey::from_bytes(primary).unwrap();
    check(&vectors, &dir, &Unlock::Environment(primary));
    let code = RecoveryCode::parse(&vectors.recovery_code).unwrap();
    check(&vectors, &dir, &Unlock::Recovery(code));
    place(&dir, "vault.hdr", &vectors.rekeyed_header);
    check(&vectors, &dir, &passphrase(&vectors.passphrase));
}

fn check(vectors: &Vectors, dir: &Path, key: &Unlock) {
    let vault = SealedVault::open(dir, key, options(2)).unwrap();
    check_records(&vault, &vectors.records);
    assert_eq!(hex(vault.derive("audit").expose()), vectors.derived);
    let destroyed = spotify_vault::Subject::new(unhex(&vectors.destroyed)).unwrap();
    assert!(vault.is_destroyed(&destroyed).unwrap());
}

fn check_records(vault: &SealedVault, records: &[Record]) {
    let listed = vault.list().unwrap();
    assert_eq!(listed.len(), records.len());
    for (found, kept) in listed.iter().zip(records) {
        assert_eq!(hex(found.subject.as_bytes()), kept.subject);
        assert_eq!(found.field.as_str(), kept.field);
        assert_eq!((found.generation.get(), found.updated_at), (kept.generation, kept.updated_at));
        let opened = vault.read(&found.subject, &found.field).unwrap().unwrap();
        assert_eq!(hex(opened.value.expose()), kept.value);
    }
}

fn place(dir: &Path, name: &str, bytes: &str) {
    let path = dir.join(name);
    make_private_dirs(path.parent().unwrap());
    put(&path, &unhex(bytes)).unwrap();
    make_private(&path, 0o600);
}

fn make_private_dirs(dir: &Path) {
    std::fs::create_dir_all(dir).unwrap();
    for dir in dir.ancestors().take(4).filter(|dir| dir.starts_with(std::env::temp_dir())) {
        if dir != std::env::temp_dir() {
            make_private(dir, 0o700);
        }
    }
}

#[cfg(unix)]
fn make_private(path: &Path, mode: u32) {
    use std::os::unix::fs::PermissionsExt as _;
    std::fs::set_permissions(path, std::fs::Permissions::from_mode(mode)).unwrap();
}

#[cfg(not(unix))]
fn make_private(_path: &Path, _mode: u32) {}
