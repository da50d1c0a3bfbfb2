//! The program at a terminal that the test holds the other end of.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::process::Stdio;
use std::time::Duration;

use rustix::fs::{Mode, OFlags, open};
use rustix::io::{FdFlags, fcntl_setfd};
use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use tokio::process::{Child, Command};

use crate::bench::Bench;

/// How long a program may say nothing.
const PATIENCE: Duration = Duration::from_secs(20);

/// A person and the program.
pub(crate) struct Terminal {
    child: Child,
    person: File,
    /// What the program said.
    pub(crate) seen: String,
    /// How much of it was waited for.
    passed: usize,
}

impl Terminal {
    /// Runs the program with standard input and error at the terminal.
    pub(crate) fn run(bench: &Bench, arguments: &[&str]) -> Self {
        Self::start(bench.command(arguments))
    }

    /// As [`run`](Self::run), with the terminal as the session's own, which passphrases are asked at.
    pub(crate) fn run_in_session(bench: &Bench, arguments: &[&str]) -> Self {
        let program = bench.command(arguments);
        let mut command = bench.command_of("setsid");
        command.args(["--ctty", "--wait"]).arg(program.as_std().get_program()).args(arguments);
        Self::start(command)
    }

    fn start(mut command: Command) -> Self {
        let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        // A program that held this end, too, would outlive a test that was ended.
        fcntl_setfd(&person, FdFlags::CLOEXEC).unwrap();
        grantpt(&person).unwrap();
        unlockpt(&person).unwrap();
        let path = ptsname(&person, Vec::new()).unwrap();
        let flags = OFlags::RDWR | OFlags::NOCTTY | OFlags::CLOEXEC;
        let end = open(path, flags, Mode::empty()).unwrap();
        command.env("TERM", "xterm");
        command.stdin(Stdio::from(end.try_clone().unwrap())).stderr(Stdio::from(end));
        let child = command.spawn().unwrap();
        Self { child, person: File::from(person), seen: String::new(), passed: 0 }
    }

    /// Reads on until the program says something, after what was waited for before.
    pub(crate) async fn until(&mut self, word: &str) {
        let found = loop {
            if let Some(found) = self.seen.get(self.passed..).unwrap().find(word) {
                break found;
            }
            match tokio::time::timeout(PATIENCE, self.read()).await {
                Ok(Ok(text)) => self.seen.push_str(&text),
                end => panic!("never said `{word}` ({end:?}): {}", self.seen),
            }
        };
        self.passed += found + word.len();
    }

    async fn read(&self) -> std::io::Result<String> {
        let mut person = self.person.try_clone().unwrap();
        let read = tokio::task::spawn_blocking(move || {
            let mut bytes = [0; 4096];
            let count = person.read(&mut bytes)?;
            Ok(String::from_utf8_lossy(&bytes[..count]).into_owned())
        });
        read.await.unwrap()
    }

    /// Returns the address that the program printed.
    pub(crate) fn address(&self) -> String {
        let mut words = self.seen.split_whitespace();
        words.find(|word| word.contains("/authorize?")).unwrap().to_owned()
    }

    /// Types a line.
    pub(crate) fn answer(&mut self, text: &str) {
        self.person.write_all(format!("{text}\n").as_bytes()).unwrap();
    }

    /// Waits for the end; returns the exit code and standard output.
    pub(crate) async fn finish(self) -> (i32, String) {
        let output = self.child.wait_with_output().await.unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    }
}
