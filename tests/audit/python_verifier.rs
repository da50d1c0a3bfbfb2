//! A second implementation, made from the documentation alone, agrees on chain, root, signatures
//! and proofs.
//!
//! Needs an interpreter with `cryptography` and `zstandard`; `AUDIT_PYTHON` names it, else
//! `python3`.

#[cfg(test)]
#[expect(
    dead_code,
    clippy::string_slice,
    reason = "shared with the main suite, which uses all of it"
)]
mod fixture;
#[cfg(test)]
mod signer;

#[cfg(test)]
mod tests {
    use std::process::{Command, Output};

    use spotify_audit::{Durability, PublicKey, Retention, Text, prove};

    use crate::fixture::{Home, call, overwrite};
    use crate::signer::{SMALL, Signer, key, open};

    fn python(home: &Home, rest: &[&str]) -> Output {
        #[expect(clippy::disallowed_methods, reason = "the test run says which interpreter")]
        let python = std::env::var_os("AUDIT_PYTHON").unwrap_or_else(|| "python3".into());
        Command::new(python)
            .arg(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/audit/verify.py"))
            .arg(&home.directory)
            .args(rest)
            .output()
            .unwrap()
    }

    /// A log with two keys, some of its segments packed, and the key of its first epoch.
    fn signed() -> (Home, PublicKey) {
        let (home, signer) = (Home::new(), Signer::new(1));
        let log = open(&home, &signer, SMALL);
        for number in 0..40 {
            log.append(call(number), Durability::Async).unwrap();
        }
        log.rotate_key(&key(1), &key(2)).unwrap();
        signer.set(2);
        home.pass(3 * 24 * 3600);
        for number in 0..40 {
            log.append(call(number), Durability::Async).unwrap();
        }
        assert!(log.maintain(&Retention::security()).unwrap().packed > 0);
        (home, log.public_key(&key(1)))
    }

    #[test]
    fn it_agrees_on_a_sound_log_and_on_the_proofs_of_its_records() {
        let (home, root) = signed();
        let report = home.verify();
        for seq in [1, 2, 30, 63, report.signed.unwrap()] {
            let (proof, line) = prove(&home.directory, seq).unwrap();
            let (a, b) = (home.directory.join("../proof"), home.directory.join("../line"));
            overwrite(&a, proof.to_string().as_bytes());
            overwrite(&b, line.as_bytes());
            let (a, b) = (a.to_str().unwrap(), b.to_str().unwrap());
            let output = python(&home, &[&root.to_string(), a, b]);
            let text = String::from_utf8_lossy(&output.stdout).into_owned();
            assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
            let found: serde_json::Value =
                serde_json::from_str(text.lines().next().unwrap()).unwrap();
            assert_eq!(found["records"], report.records);
            assert_eq!(found["head"], report.head.unwrap().as_str());
            assert_eq!(found["signed"], report.signed.unwrap());
            overwrite(&home.directory.join("../line"), line.replace("seq", "sec").as_bytes());
            assert!(!python(&home, &[&root.to_string(), a, b]).status.success());
        }
    }

    #[test]
    fn it_tells_a_renewed_key_from_one_that_its_predecessor_introduced() {
        let (home, first) = signed();
        let signer = Signer::new(3);
        let log = open(&home, &signer, SMALL);
        log.renew_key(&key(3), Text::external("an old vault was restored")).unwrap();
        let third = log.public_key(&key(3));
        drop(log);
        let output = python(&home, &[&third.to_string()]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(output.status.success(), "{text}");
        let found: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(found["renewed"].as_array().unwrap().len(), 1);
        let output = python(&home, &[&first.to_string()]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        assert!(!output.status.success() && text.contains("renewed"), "{text}");
    }

    #[test]
    fn it_refuses_what_verify_refuses() {
        let (home, root) = signed();
        let last = home.segments().pop().unwrap();
        let text = std::fs::read_to_string(&last).unwrap();
        overwrite(&last, text.replacen("ok", "no", 1).as_bytes());
        assert!(!python(&home, &[]).status.success());
        overwrite(&last, text.as_bytes());
        assert!(python(&home, &[]).status.success());
        let stranger = root.to_string().replace("c_07", "c_08");
        assert!(!python(&home, &[&stranger.replace('A', "B")]).status.success());
        let path = home.directory.join("checkpoints");
        let notes = std::fs::read_to_string(&path).unwrap();
        overwrite(&path, notes.replacen("\n1\n", "\n2\n", 1).as_bytes());
        assert!(!python(&home, &[]).status.success());
    }
}
