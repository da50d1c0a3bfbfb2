//! The program.

use std::{
    io::{BufRead as _, BufReader, Read as _},
    process::{Child, Command, Stdio},
};

use reqwest::Method;
use serde_json::Value;

use crate::bench::{Bench, send};

fn start(arguments: &[&str]) -> (Child, Value) {
    let mut child = Command::new(env!("CARGO_BIN_EXE_spotify-sim"))
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut line = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut line).unwrap();
    (child, serde_json::from_str(&line).unwrap())
}

#[tokio::test]
async fn the_program_prints_one_line_and_serves_until_its_input_ends() {
    let (mut child, line) = start(&["--regime", "dev_legacy", "--port", "0", "--approve-all"]);
    assert_eq!(line["regime"], "dev_legacy");
    assert_eq!(line["now"], "2026-11-02T09:00:00Z");
    let text = |name: &str| line[name].as_str().unwrap().to_owned();
    let client = Bench::restricted().await;
    let form = [
        ("grant_type", "client_credentials"),
        ("client_id", &text("client_id")),
        ("client_secret", &text("client_secret")),
    ];
    let url = format!("{}/api/token", text("accounts"));
    let tokens = send(client.plain(Method::POST, &url).form(&form)).await.ok();
    let url = format!("{}/search?q=midnight+ferry&type=track&limit=50", text("api"));
    let token = tokens["access_token"].as_str().unwrap();
    assert_eq!(send(client.plain(Method::GET, &url).bearer_auth(token)).await.status, 200);
    drop(child.stdin.take());
    assert!(child.wait().unwrap().success());
    let mut rest = String::new();
    child.stdout.take().unwrap().read_to_string(&mut rest).unwrap();
    assert_eq!(rest, "", "standard output has one line");
}

#[cfg(unix)]
#[test]
fn the_program_ends_at_a_signal() {
    for signal in ["TERM", "INT"] {
        let (mut child, _) = start(&["--ignore-stdin"]);
        let kill = Command::new("sh")
            .args(["-c", &format!("kill -{signal} {}", child.id())])
            .status()
            .unwrap();
        assert!(kill.success());
        assert!(child.wait().unwrap().success(), "after {signal}");
    }
}

#[test]
fn a_port_that_is_taken_is_an_error() {
    let (mut child, line) = start(&[]);
    let port = url::Url::parse(line["api"].as_str().unwrap()).unwrap().port().unwrap();
    let second = Command::new(env!("CARGO_BIN_EXE_spotify-sim"))
        .args(["--port", &port.to_string()])
        .stdin(Stdio::null())
        .output()
        .unwrap();
    assert_eq!(second.status.code(), Some(1));
    let error = String::from_utf8(second.stderr).unwrap();
    assert!(error.starts_with("error: failed to listen on 127.0.0.1"), "{error}");
    drop(child.stdin.take());
    child.wait().unwrap();
}
