//! A whole vault of format v1, kept byte by byte: the writer still makes it, the reader still
//! opens it.

use std::collections::BTreeMap;
use std::path::Path;

use serde::{Deserialize, Serialize};
use spotify_vault::{MasterKey, RecoveryCode, SealedVault, Unlock, Vault as _};
use zeroize::Zeroizing;

use crate::support::{
    Home, JOURNAL, TOKENS, environment, hex, master_key, options, passphrase, put, subject,
};

const V1: &str = include_str!("vectors/v1.json");
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
    let record = |listed: spotify_vault::sealed::Listed| Record {
        subject: hex(listed.subject.as_bytes()),
        field: listed.field.to_string(),
        generation: listed.generation.get(),
        updated_at: listed.updated_at,
        value: hex(home
            .vault
            .read(&listed.subject, &listed.field)
            .unwrap()
            .unwrap()
            .value
            .expose()),
    };
    let files = home.files().into_iter().filter(|(_, bytes)| !bytes.is_empty());
    let name = |path: &Path| path.strip_prefix(home.dir()).unwrap().to_str().unwrap().to_owned();
    let files = files.map(|(path, bytes)| (name(&path), hex(&bytes))).collect();
    let vectors = Vectors {
        primary: hex(master_key(1).expose()),
        recovery_code: home.recovery.expose().to_string(),
        passphrase: PASSPHRASE.to_owned(),
        files,
        records: home.vault.list().unwrap().into_iter().map(record).collect(),
        derived: hex(home.vault.derive("audit").expose()),
        destroyed: hex(carol.as_bytes()),
        rekeyed_header: String::new(),
    };
    home.vault.rekey(&environment(1), &passphrase(PASSPHRASE)).unwrap();
    let rekeyed_header = hex(&std::fs::read(home.dir().join("vault.hdr")).unwrap());
    Vectors { rekeyed_header, ..vectors }
}

#[test]
fn the_writer_makes_the_same_bytes_from_the_same_chance_and_time() {
    let made = serde_json::to_string_pretty(&make()).unwrap() + "\n";
    if made != V1 {
        let path = std::env::temp_dir().join("v1.json");
        put(&path, made.as_bytes()).unwrap();
        panic!("format v1 must not change; what was made is in {}", path.display());
    }
}

#[test]
fn the_reader_opens_the_kept_vault_with_each_of_its_keys() {
    let vectors: Vectors = serde_json::from_str(V1).unwrap();
    let root = tempfile::tempdir().unwrap();
    let dir = root.path().join("vault");
    let place = |name: &str, bytes: &str| {
        let path = dir.join(name);
        make_private_dirs(path.parent().unwrap());
        put(&path, &unhex(bytes)).unwrap();
        make_private(&path, 0o600);
    };
    for (name, bytes) in &vectors.files {
        place(name, bytes);
    }
    let primary = Zeroizing::new(unhex(&vectors.primary).try_into().unwrap());
    let primary = MasterKey::from_bytes(primary).unwrap();
    check(&vectors, &dir, &Unlock::Environment(primary));
    let code = RecoveryCode::parse(&vectors.recovery_code).unwrap();
    check(&vectors, &dir, &Unlock::Recovery(code));
    place("vault.hdr", &vectors.rekeyed_header);
    check(&vectors, &dir, &passphrase(&vectors.passphrase));
}

fn check(vectors: &Vectors, dir: &Path, key: &Unlock) {
    let vault = SealedVault::open(dir, key, options(2)).unwrap();
    let listed = vault.list().unwrap();
    assert_eq!(listed.len(), vectors.records.len());
    for (found, kept) in listed.iter().zip(&vectors.records) {
        assert_eq!(hex(found.subject.as_bytes()), kept.subject);
        assert_eq!(found.field.as_str(), kept.field);
        assert_eq!((found.generation.get(), found.updated_at), (kept.generation, kept.updated_at));
        let opened = vault.read(&found.subject, &found.field).unwrap().unwrap();
        assert_eq!(hex(opened.value.expose()), kept.value);
    }
    assert_eq!(hex(vault.derive("audit").expose()), vectors.derived);
    let destroyed = spotify_vault::Subject::new(unhex(&vectors.destroyed)).unwrap();
    assert!(vault.is_destroyed(&destroyed).unwrap());
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
