//! Delivery over real sockets, at least once.

use std::io::{BufRead as _, BufReader, Read as _};
use std::net::TcpListener;
use std::os::unix::net::{UnixDatagram, UnixListener};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use jiff::Timestamp;
use spotify_audit::export::{
    Each, Exporter, Facility, Message, Sink, SinkError, Syslog, SyslogTarget, syslog_line,
};
use spotify_audit::{Durability, Entry};

use crate::fixture::{Home, call, calls};

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_second(1_795_239_000 + seconds).unwrap()
}

/// Takes messages unless it is told to fail.
#[derive(Clone, Default)]
struct Fake(Arc<Mutex<(bool, Vec<u64>)>>);

impl Sink for Fake {
    fn deliver(&mut self, messages: &[Message]) -> Result<(), SinkError> {
        let mut state = self.0.lock().unwrap();
        if state.0 {
            return Err(SinkError::Setup("told to fail".to_owned()));
        }
        state.1.extend(messages.iter().map(|message| message.seq));
        Ok(())
    }
}

impl Fake {
    fn fail(&self, fail: bool) {
        self.0.lock().unwrap().0 = fail;
    }

    fn taken(&self) -> Vec<u64> {
        self.0.lock().unwrap().1.clone()
    }
}

fn exporter(home: &Home, sink: impl Sink + 'static) -> Exporter {
    let lines =
        Each::new(|entry: &Entry| Some(syslog_line(entry, Facility::LogAudit, "host", "example")));
    Exporter::open(&home.directory, "siem", Box::new(lines), Box::new(sink)).unwrap()
}

#[test]
fn a_sink_gets_every_record_once_and_goes_on_where_it_was() {
    let home = Home::new();
    let log = calls(&home, 1200);
    let sink = Fake::default();
    let mut export = exporter(&home, sink.clone());
    while export.turn(at(0)).unwrap().wait.is_zero() {}
    assert_eq!(sink.taken(), (1..=1201).collect::<Vec<_>>());
    let mut export = exporter(&home, sink.clone());
    assert_eq!(export.turn(at(1)).unwrap().delivered, 0);
    log.append(call(1), Durability::Async).unwrap();
    assert_eq!(export.turn(at(2)).unwrap().delivered, 1);
    assert_eq!(sink.taken().len(), 1202);
}

#[test]
fn a_sink_that_fails_is_tried_again_later_and_later_and_loses_nothing() {
    let home = Home::new();
    let log = calls(&home, 3);
    let sink = Fake::default();
    sink.fail(true);
    let mut export = exporter(&home, sink.clone());
    let mut waits = Vec::new();
    let (mut now, mut events) = (0, Vec::new());
    for _ in 0..12 {
        let turn = export.turn(at(now)).unwrap();
        assert!(turn.failure.is_some());
        waits.push(turn.wait.as_secs());
        events.extend(turn.events);
        assert!(export.turn(at(now)).unwrap().failure.is_none(), "it waits");
        now += i64::try_from(turn.wait.as_secs()).unwrap();
    }
    assert_eq!(waits, [1, 2, 4, 8, 16, 32, 64, 128, 256, 300, 300, 300]);
    assert_eq!(events.len(), 1, "told once that it fell behind");
    for event in events {
        log.append(event, Durability::Async).unwrap();
    }
    sink.fail(false);
    // A restart in between: the cursor is where it was.
    let mut export = exporter(&home, sink.clone());
    export.turn(at(now)).unwrap();
    assert_eq!(sink.taken(), [1, 2, 3, 4], "the record of the export itself is not sent");
}

#[test]
fn a_sink_that_takes_records_again_is_told_to_the_log() {
    let home = Home::new();
    drop(calls(&home, 1));
    let sink = Fake::default();
    sink.fail(true);
    let mut export = exporter(&home, sink.clone());
    for now in [0, 100, 1000] {
        export.turn(at(now)).unwrap();
    }
    sink.fail(false);
    assert_eq!(export.turn(at(5000)).unwrap().events.len(), 1);
    assert_eq!(sink.taken(), [1, 2]);
}

/// Reads messages with octet counting until there were so many.
fn received(mut stream: impl std::io::Read, count: usize) -> Vec<String> {
    let mut messages = Vec::new();
    let mut stream = BufReader::new(&mut stream);
    while messages.len() < count {
        let mut length = Vec::new();
        stream.read_until(b' ', &mut length).unwrap();
        let length: usize = String::from_utf8(length).unwrap().trim().parse().unwrap();
        let mut text = vec![0; length];
        stream.read_exact(&mut text).unwrap();
        messages.push(String::from_utf8(text).unwrap());
    }
    messages
}

#[test]
fn syslog_over_tcp_and_unix_sockets_arrives_whole() {
    let home = Home::new();
    drop(calls(&home, 5));
    let tcp = TcpListener::bind("127.0.0.1:0").unwrap();
    let target = SyslogTarget::Tcp(tcp.local_addr().unwrap().to_string());
    let server = std::thread::spawn(move || received(tcp.accept().unwrap().0, 6));
    exporter(&home, Syslog::new(target)).turn(at(0)).unwrap();
    let messages = server.join().unwrap();
    assert!(messages[5].ends_with(&home.lines()[5]));

    let other = Home::new();
    drop(calls(&other, 2));
    let path = other.directory.join("socket");
    let unix = UnixListener::bind(&path).unwrap();
    let server = std::thread::spawn(move || received(unix.accept().unwrap().0, 3));
    let turn = exporter(&other, Syslog::new(SyslogTarget::Unix(path))).turn(at(0)).unwrap();
    assert_eq!(turn.delivered, 3);
    assert_eq!(server.join().unwrap().len(), 3);
}

#[test]
fn a_socket_of_datagrams_gets_one_for_each_message() {
    let home = Home::new();
    drop(calls(&home, 2));
    let path = home.directory.join("log");
    let socket = UnixDatagram::bind(&path).unwrap();
    let turn = exporter(&home, Syslog::new(SyslogTarget::Unix(path))).turn(at(0)).unwrap();
    assert_eq!(turn.delivered, 3);
    let mut buffer = vec![0; 65536];
    for line in home.lines() {
        let length = socket.recv(&mut buffer).unwrap();
        let message = std::str::from_utf8(&buffer[..length]).unwrap();
        assert!(message.starts_with('<') && message.ends_with(&line), "{message}");
    }
}

#[test]
fn syslog_over_tls_arrives_and_a_stranger_is_not_talked_to() {
    let home = Home::new();
    drop(calls(&home, 2));
    let issued = rcgen::generate_simple_self_signed(["localhost".to_owned()]).unwrap();
    let certificate = issued.cert.der().clone();
    let key =
        rustls::pki_types::PrivateKeyDer::try_from(issued.signing_key.serialize_der()).unwrap();
    let provider = Arc::new(rustls::crypto::aws_lc_rs::default_provider());
    let server = rustls::ServerConfig::builder_with_provider(Arc::clone(&provider));
    let server = server.with_safe_default_protocol_versions().unwrap().with_no_client_auth();
    let server = Arc::new(server.with_single_cert(vec![certificate.clone()], key).unwrap());
    let client = |trusted: bool| {
        let mut roots = rustls::RootCertStore::empty();
        if trusted {
            roots.add(certificate.clone()).unwrap();
        }
        let client = rustls::ClientConfig::builder_with_provider(Arc::clone(&provider));
        let client = client.with_safe_default_protocol_versions().unwrap();
        Arc::new(client.with_root_certificates(roots).with_no_client_auth())
    };
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("localhost:{}", listener.local_addr().unwrap().port());
    let target = |trusted| SyslogTarget::Tls { address: address.clone(), config: client(trusted) };
    let serving = std::thread::spawn(move || {
        // The stranger breaks off; the second connection is the one that counts.
        let mut refused = listener.accept().unwrap().0;
        let mut connection = rustls::ServerConnection::new(Arc::clone(&server)).unwrap();
        while connection.is_handshaking() && connection.complete_io(&mut refused).is_ok() {}
        let connection = rustls::ServerConnection::new(server).unwrap();
        received(rustls::StreamOwned::new(connection, listener.accept().unwrap().0), 3)
    });
    let mut export = exporter(&home, Syslog::new(target(false)));
    assert!(export.turn(at(0)).unwrap().failure.is_some());
    let turn = exporter(&home, Syslog::new(target(true))).turn(at(0)).unwrap();
    assert_eq!(turn.delivered, 3, "{:?}", turn.failure);
    assert!(serving.join().unwrap()[2].ends_with(&home.lines()[2]));
}

#[test]
fn a_server_that_is_not_there_is_an_error_that_names_it() {
    let home = Home::new();
    drop(calls(&home, 1));
    let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string();
    let mut export = exporter(&home, Syslog::new(SyslogTarget::Tcp(address.clone())));
    let turn = export.turn(at(0)).unwrap();
    assert_eq!(turn.failure.unwrap().to_string(), format!("reach syslog at {address}"));
    assert_eq!(turn.wait, Duration::from_secs(1));
}
