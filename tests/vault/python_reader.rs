//! The second implementation of format v1 reads what the first wrote.
//!
//! Needs an interpreter with `PyNaCl` and `argon2-cffi`; `VAULT_PYTHON` names it, else `python3`.

#[cfg(test)]
#[expect(dead_code, reason = "shared with the main suite, which uses all of it")]
mod support;

#[cfg(test)]
mod tests {
    use std::process::{Command, Output};
    use std::rc::Rc;

    use serde_json::{Value, json};
    use spotify_vault::{Field, Rotation, Vault as _, failpoint};

    use crate::support::{Home, JOURNAL, TOKENS, environment, master_key, options, overwrite};
    use crate::support::{hex, passphrase, subject};

    const PASSPHRASE: &str = "correct horse battery staple";

    fn read(home: &Home, kind: &str, secret: &str) -> Output {
        #[expect(clippy::disallowed_methods, reason = "the test run says which interpreter")]
        let python = std::env::var_os("VAULT_PYTHON").unwrap_or_else(|| "python3".into());
        Command::new(python)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/vault/read.py"))
            .arg(home.dir())
            .args([kind, secret])
            .output()
            .unwrap()
    }

    fn records(output: &Output) -> Vec<Value> {
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{errors}");
        let text = std::str::from_utf8(&output.stdout).unwrap();
        let mut records: Vec<Value> =
            text.lines().map(|line| serde_json::from_str(line).unwrap()).collect();
        records.sort_by_key(ToString::to_string);
        records
    }

    fn filled() -> Home {
        let home = Home::with(&environment(1), options(1));
        let field = Field::new("z".repeat(Field::MAX_LEN)).unwrap();
        let long = "s".repeat(64);
        for (who, field, value) in [
            ("alice", TOKENS, b"first".to_vec()),
            ("alice", TOKENS, b"second".to_vec()),
            ("alice", JOURNAL, Vec::new()),
            ("b\u{f6}b", TOKENS, vec![0; 256]),
            (&long, field, vec![0xff; 10_000]),
            ("carol", TOKENS, b"gone".to_vec()),
        ] {
            home.vault.write(&subject(who), &field, &value.into()).unwrap();
        }
        home.vault.destroy(&subject("carol")).unwrap();
        home
    }

    fn expected(home: &Home) -> Vec<Value> {
        let mut records: Vec<_> = (home.vault.list().unwrap().iter())
            .map(|listed| {
                let opened = home.vault.read(&listed.subject, &listed.field).unwrap().unwrap();
                json!({
                    "subject": hex(listed.subject.as_bytes()),
                    "field": listed.field.as_str(),
                    "generation": listed.generation.get(),
                    "updated_at_ms": listed.updated_at.as_millisecond(),
                    "value": hex(opened.value.expose()),
                })
            })
            .collect();
        records.sort_by_key(ToString::to_string);
        records
    }

    #[test]
    fn the_second_reader_finds_the_same_records_with_each_kind_of_key() {
        let home = filled();
        let expected = expected(&home);
        assert_eq!(expected.len(), 4);
        let key = master_key(1).expose_base64();
        assert_eq!(records(&read(&home, "--key", &key)), expected);
        assert_eq!(records(&read(&home, "--recovery", &home.recovery.expose())), expected);
        home.vault.rekey(&environment(1), &passphrase(PASSPHRASE)).unwrap();
        assert_eq!(records(&read(&home, "--passphrase", PASSPHRASE)), expected);
    }

    #[test]
    fn the_second_reader_refuses_a_wrong_key_and_a_changed_file() {
        let home = filled();
        let key = master_key(1).expose_base64();
        assert!(!read(&home, "--key", &master_key(2).expose_base64()).status.success());
        let header = home.dir().join("vault.hdr");
        let good = std::fs::read(&header).unwrap();
        let changed =
            String::from_utf8(good.clone()).unwrap().replace("\"epoch\":1", "\"epoch\":2");
        overwrite(&header, changed.as_bytes());
        assert!(!read(&home, "--key", &key).status.success());
        overwrite(&header, &good);
        let first = |suffix: &str| {
            let mut files = home.files().into_iter();
            files.find(|(path, _)| path.extension().is_some_and(|end| end == suffix)).unwrap()
        };
        for (path, good) in [first("rec"), first("key")] {
            for at in [0, 4, 10, 30, 50, good.len() - 1] {
                let mut bad = good.clone();
                bad[at] ^= 1;
                overwrite(&path, &bad);
                assert!(!read(&home, "--key", &key).status.success(), "{} {at}", path.display());
            }
            overwrite(&path, &good);
        }
        assert_eq!(records(&read(&home, "--key", &key)).len(), 4);
    }

    #[test]
    fn the_second_reader_finds_the_same_records_in_the_middle_of_rotations() {
        let home = filled();
        let quiet = &mut |_: spotify_vault::Progress| {};
        home.vault.rotate(Rotation::Compromised, quiet).unwrap();
        home.vault.rotate(Rotation::NextWrite, quiet).unwrap();
        home.vault.write(&subject("alice"), &TOKENS, &b"third".to_vec().into()).unwrap();
        home.vault.seal_file(b"settings").unwrap();
        let status = home.vault.status(quiet).unwrap();
        assert_eq!(status.terms.len(), 2, "some are under the older one");
        let expected = expected(&home);
        let key = master_key(1).expose_base64();
        assert_eq!(records(&read(&home, "--key", &key)), expected);
    }

    #[test]
    fn the_second_reader_finds_keys_that_were_not_written_over_to_the_end() {
        let home = filled();
        let key = master_key(1).expose_base64();
        let expected = expected(&home);
        let keys = |home: &Home| {
            let files = home.files().into_iter();
            files.filter(|(path, _)| path.extension().is_some_and(|end| end == "key"))
        };
        let old: Vec<_> = keys(&home).collect();
        failpoint::set(Some(Rc::new(|step| match step {
            "sync the file system" => Err(std::io::ErrorKind::StorageFull.into()),
            _ => Ok(()),
        })));
        home.vault.rotate(Rotation::Sweep, &mut |_| {}).unwrap_err();
        failpoint::set(None);
        for ((path, old), (_, new)) in old.iter().zip(keys(&home).collect::<Vec<_>>()) {
            overwrite(path, &[&old[..50], &new[50..]].concat());
        }
        assert_eq!(records(&read(&home, "--key", &key)), expected);
        let redo = home.dir().join("vault.redo");
        let mut cut = std::fs::read(&redo).unwrap();
        cut.pop();
        overwrite(&redo, &cut);
        assert!(!read(&home, "--key", &key).status.success(), "it does not count");
    }
}
