//! The audit log on its way to other systems while the real program runs.

use std::sync::{Arc, Mutex};

use axum::{Router, extract::State, http::HeaderMap, routing::post};
use jiff::Timestamp;
use secrecy::SecretSlice;
use serde_json::{Value, json};
use spotify_audit::{Durability, Finding, Findings, Severity, export::signature};
use tokio::{
    io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader},
    net::{TcpListener, TcpStream},
};

use crate::bench::Bench;

impl Bench {
    fn settings_file(&self, text: &str) {
        self.private_file("config.toml", text);
    }

    /// Runs the program for one call.
    async fn one_call(&self) {
        let (client, child) = self.child(&[], &[]);
        let mut client = client.begin("2025-11-25").await;
        client.ok("get_playlists", json!({})).await;
        client.close().await;
        assert_eq!(child.ended().await, (Some(0), String::new()));
    }
}

/// Reads messages with octet counting (RFC 6587, section 3.4.1) to the end of the connection.
async fn messages(connection: TcpStream) -> Vec<String> {
    let mut reader = BufReader::new(connection);
    let mut messages = Vec::new();
    loop {
        let mut length = Vec::new();
        if reader.read_until(b' ', &mut length).await.unwrap() == 0 {
            return messages;
        }
        let length: usize = String::from_utf8(length).unwrap().trim().parse().unwrap();
        let mut message = vec![0; length];
        reader.read_exact(&mut message).await.unwrap();
        messages.push(String::from_utf8(message).unwrap());
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_record_reaches_the_syslog_server_once_over_two_runs() {
    let bench = Bench::usual().await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    bench.settings_file(&format!("[[sinks]]\nname = 'siem'\nto = 'tcp://{address}'\n"));
    let mut lines = Vec::new();
    for _ in 0..2 {
        let accepted = async { messages(listener.accept().await.unwrap().0).await };
        let ((), messages) = tokio::join!(bench.one_call(), accepted);
        lines.extend(
            messages.iter().map(|message| format!("{{{}", message.split_once('{').unwrap().1)),
        );
    }
    let own = |line: &String| line.contains(r#""type":"sink."#);
    let log: Vec<_> = bench.log().iter().map(|entry| entry.line().to_owned()).collect();
    let sent: Vec<_> = log.iter().filter(|line| !own(line)).collect();
    assert_eq!(lines.iter().collect::<Vec<_>>(), sent);
    assert!(lines.iter().any(|line| line.contains(r#""tool":"get_playlists""#)));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_finding_reaches_the_webhook_signed() {
    type Got = Arc<Mutex<Vec<(HeaderMap, String)>>>;
    let bench = Bench::usual().await;
    let got = Got::default();
    let take = |State(got): State<Got>, headers: HeaderMap, body: String| async move {
        got.lock().unwrap().push((headers, body));
    };
    let receiver = Router::new().route("/hook", post(take)).with_state(Arc::clone(&got));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    #[expect(clippy::disallowed_methods, reason = "it ends with the test")]
    let serving = tokio::spawn(async { axum::serve(listener, receiver).await });
    let secret = bench.private_file("hook.key", "a secret of this test");
    bench.settings_file(&format!(
        "[[sinks]]\nname = 'team'\nto = 'http://{address}/hook'\nkey = 'file:{}'\n",
        secret.display()
    ));
    let found = Finding {
        rule: "WIPE",
        severity: Severity::Critical,
        subject: None,
        title: "a playlist was emptied".to_owned(),
        evidence: vec![1],
        advice: "look at the calls".to_owned(),
    };
    let opened = Findings::opened(&found);
    bench.profile().recorder().record_blocking(opened, Durability::After).unwrap();
    bench.one_call().await;

    let (headers, body) = got.lock().unwrap().pop().unwrap();
    let message: Value = serde_json::from_str(&body).unwrap();
    assert!(message["text"].as_str().unwrap().contains("a playlist was emptied"), "{message}");
    let time: i64 = headers["x-timestamp"].to_str().unwrap().parse().unwrap();
    let key = SecretSlice::from(b"a secret of this test".to_vec());
    let time = Timestamp::from_second(time).unwrap();
    assert_eq!(headers["x-signature"], signature(&key, time, body.as_bytes()));
    assert_eq!(got.lock().unwrap().len(), 0, "once");
    serving.abort();
}

#[tokio::test]
async fn a_sink_that_cannot_be_set_up_ends_the_program_with_its_name() {
    let bench = Bench::usual().await;
    bench.settings_file(
        "[[sinks]]\nname = 'team'\nto = 'https://hooks.example/'\nkey = 'file:/nonexistent'\n",
    );
    let (mut client, child) = bench.child(&[], &[]);
    client.close().await;
    let (code, said) = child.ended().await;
    assert_eq!(code, Some(1), "{said}");
    assert!(said.contains("set up the sink team"), "{said}");
}
