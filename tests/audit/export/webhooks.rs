//! Webhooks arrive signed at a receiver that checks them.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpListener;
use std::sync::Arc;

use jiff::Timestamp;
use secrecy::SecretSlice;
use spotify_audit::Severity;
use spotify_audit::export::{Message, Sink as _, SinkError, Webhook, signature};

fn key() -> SecretSlice<u8> {
    SecretSlice::from(b"a key that both know".to_vec())
}

fn now() -> Timestamp {
    Timestamp::from_second(1_795_239_000).unwrap()
}

fn message() -> Message {
    let (title, body) = ("high: title".to_owned(), "line \"one\"\n".to_owned());
    Message { seq: 7, severity: Severity::High, title, body }
}

/// Answers one request; returns its headers, in lower case, and its body.
fn received(answer: &'static str) -> (String, std::thread::JoinHandle<(String, String)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}/services/T1/B1/secret", listener.local_addr().unwrap());
    let server = std::thread::spawn(move || {
        let mut stream = listener.accept().unwrap().0;
        let mut reader = BufReader::new(stream.try_clone().unwrap());
        let mut head = String::new();
        while !head.ends_with("\r\n\r\n") {
            reader.read_line(&mut head).unwrap();
        }
        let head = head.to_lowercase();
        let length = head.split_once("content-length: ").unwrap().1.lines().next().unwrap();
        let mut body = vec![0; length.parse().unwrap()];
        reader.read_exact(&mut body).unwrap();
        stream.write_all(answer.as_bytes()).unwrap();
        (head, String::from_utf8(body).unwrap())
    });
    (url, server)
}

#[test]
fn a_receiver_can_tell_that_the_body_and_its_time_are_ours() {
    let (url, server) = received("HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n");
    let mut webhook = Webhook::new(&url, key(), Arc::new(now)).unwrap();
    webhook.deliver(&[message()]).unwrap();
    let (head, body) = server.join().unwrap();
    assert!(head.contains("x-timestamp: 1795239000\r\n"), "{head}");
    let expected = signature(&key(), now(), body.as_bytes());
    assert!(head.contains(&format!("x-signature: {expected}\r\n")), "{head}");
    let json: serde_json::Value = serde_json::from_str(&body).unwrap();
    assert_eq!(json["text"], "*high: title*\nline \"one\"\n");
    assert_eq!((&json["seq"], &json["severity"]), (&7.into(), &"high".into()));
    // Another body, time or key has another signature.
    assert_ne!(signature(&key(), now(), b"{}"), expected);
    let later = now() + jiff::SignedDuration::from_secs(1);
    assert_ne!(signature(&key(), later, body.as_bytes()), expected);
    assert_ne!(signature(&SecretSlice::from(vec![1]), now(), body.as_bytes()), expected);
}

#[test]
fn the_signature_is_hmac_sha256_over_time_and_body() {
    // printf '1795239000.{}' | openssl dgst -sha256 -hmac 'a key that both know'
    assert_eq!(signature(&key(), now(), b"{}"), SIGNATURE);
}

const SIGNATURE: &str = "v1=4025f81c3ce70da6ae24ef07a48be7b1ca5e5b8f7a56d1d7ba12f8d0f49582e6";

#[test]
fn a_refusal_is_an_error_that_does_not_name_the_path() {
    let (url, server) = received("HTTP/1.1 403 Forbidden\r\ncontent-length: 0\r\n\r\n");
    let mut webhook = Webhook::new(&url, key(), Arc::new(now)).unwrap();
    let error = webhook.deliver(&[message()]).unwrap_err();
    assert!(matches!(error, SinkError::Refused { .. }), "{error}");
    assert!(!error.to_string().contains("secret") && error.to_string().contains("403"), "{error}");
    server.join().unwrap();
    let gone = webhook.deliver(&[message()]).unwrap_err();
    assert!(!format!("{gone:?}").contains("secret"), "{gone:?}");
}

#[test]
fn a_webhook_on_another_machine_must_be_https() {
    assert!(Webhook::new("http://hooks.example.org/x", key(), Arc::new(now)).is_err());
    assert!(Webhook::new("https://hooks.example.org/x", key(), Arc::new(now)).is_ok());
}
