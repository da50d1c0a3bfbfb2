//! The units, with systemd's own programs.

use std::io::{BufRead as _, BufReader, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command};
use std::time::Duration;

use super::release::{self, SETTINGS, release, succeed};

const UNITS: [&str; 4] = [
    "spotify-mcp.socket",
    "spotify-mcp@.service",
    "spotify-alerts.service",
    "spotify-alerts.timer",
];

#[test]
fn systemd_understands_every_unit() {
    let root = release().unpacked();
    for unit in UNITS {
        let unit = format!("/usr/lib/systemd/system/{unit}").replace('@', "@1");
        let mut command = Command::new("systemd-analyze");
        command.arg("verify").arg("--man=no").arg("--recursive-errors=no");
        command.arg(format!("--root={}", root.display())).arg(&unit);
        let output = command.output().unwrap();
        let said = String::from_utf8_lossy(&output.stderr);
        // What it says of units that it does not find is about the machine, not about ours.
        let ours: Vec<_> = said.lines().filter(|line| line.contains("spotify")).collect();
        assert!(output.status.success() && ours.is_empty(), "{unit}: {said}");
    }
}

#[test]
fn services_are_shut_in_as_far_as_systemd_can() {
    let root = release().unpacked().join("usr/lib/systemd/system");
    for unit in ["spotify-mcp@.service", "spotify-alerts.service"] {
        let mut command = Command::new("systemd-analyze");
        // Its number from 0 to 100 for what is left open; a service without any of the options
        // has 96. What is left here is the network.
        command.args(["security", "--offline=true", "--threshold=15", "--no-pager"]);
        succeed(command.arg(root.join(unit)));
    }
}

/// Ends the listener with the test.
struct Listener(Child);

impl Drop for Listener {
    fn drop(&mut self) {
        drop(self.0.kill().and_then(|()| self.0.wait()));
    }
}

#[test]
fn each_connection_to_the_socket_is_answered() {
    let home = tempfile::tempdir().unwrap();
    let socket = home.path().join("socket");
    let mut command = Command::new("systemd-socket-activate");
    command.args(["--accept", "--inetd", "--listen"]).arg(&socket);
    command
        .arg("--setenv=SPOTIFY_MCP_HOME")
        .args(SETTINGS.map(|(name, _)| format!("--setenv={name}")));
    command.env("SPOTIFY_MCP_HOME", home.path().join("state")).envs(SETTINGS);
    let _listener =
        Listener(command.arg(release().unpacked().join("usr/bin/spotify-mcp")).spawn().unwrap());
    for _ in 0..2 {
        let stream = connected(&socket);
        writeln!(&stream, "{}", release::hello()).unwrap();
        let mut line = String::new();
        BufReader::new(&stream).read_line(&mut line).unwrap();
        release::answered(&line);
    }
}

/// Connects as soon as somebody listens.
fn connected(socket: &Path) -> UnixStream {
    for _ in 0..200 {
        if let Ok(stream) = UnixStream::connect(socket) {
            stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
            return stream;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    panic!("nobody listens at {}", socket.display());
}
