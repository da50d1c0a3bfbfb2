//! References that stand for secrets.

use std::sync::{Arc, OnceLock};

use secrecy::SecretBox;
use spotify_audit::{Durability, Keys, Log, LogOptions, ReferenceKey};

use crate::fixture::{Home, assert_intact, call};

fn key() -> Arc<ReferenceKey> {
    Arc::new(ReferenceKey::new("k3", SecretBox::new(Box::new([5; 32]))).unwrap())
}

#[test]
fn a_token_stands_in_the_log_as_its_reference_only() {
    let home = Home::new();
    let keys = Arc::new(OnceLock::new());
    keys.set(key()).unwrap();
    let options = LogOptions { keys: Some(keys), ..home.options() };
    let log = Log::open(&home.directory, options).unwrap();
    let token = "BQCanaryTokenThatMustNotShow";
    let reference = log.reference(token.as_bytes());
    assert_eq!(reference, Some(key().reference(token.as_bytes())));
    log.append(call(1).token(reference), Durability::Async).unwrap();
    let lines = home.lines();
    assert!(lines[0].contains(r#""keys":["k3"]"#), "{}", lines[0]);
    assert!(lines[1].contains(r#","tok":"hmac-sha256:k3:"#), "{}", lines[1]);
    assert!(!lines.concat().contains("Canary"));
}

#[test]
fn without_a_key_the_log_appends_and_references_are_absent() {
    let home = Home::new();
    let keys: Arc<OnceLock<Arc<ReferenceKey>>> = Arc::new(OnceLock::new());
    let options = LogOptions { keys: Some(Arc::clone(&keys) as Arc<dyn Keys>), ..home.options() };
    let log = Log::open(&home.directory, options).unwrap();
    assert_eq!(log.reference(b"token"), None);
    log.append(call(1).token(log.reference(b"token")), Durability::Before).unwrap();
    keys.set(key()).unwrap();
    log.append(call(2).token(log.reference(b"token")), Durability::Before).unwrap();
    let lines = home.lines();
    assert!(!lines[1].contains("\"tok\""));
    assert!(lines[2].contains("\"tok\""));
    assert_intact(&home.directory, 3);
}
