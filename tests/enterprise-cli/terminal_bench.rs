//! The program at a terminal that the test holds the other end of.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::process::Stdio;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use tokio::process::{Child, Command};

use crate::bench::Bench;

/// A person and the program.
pub(crate) struct Terminal {
    child: Child,
    person: File,
    /// What the program said.
    pub(crate) seen: String,
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
        grantpt(&person).unwrap();
        unlockpt(&person).unwrap();
        let path = ptsname(&person, Vec::new()).unwrap().into_string().unwrap();
        let end: OwnedFd = File::options().read(true).write(true).open(path).unwrap().into();
        command.env("TERM", "xterm");
        command.stdin(Stdio::from(end.try_clone().unwrap())).stderr(Stdio::from(end));
        let child = command.spawn().unwrap();
        Self { child, person: File::from(person), seen: String::new() }
    }

    /// Reads on until the program says something.
    pub(crate) async fn until(&mut self, word: &str) {
        while !self.seen.contains(word) {
            let mut person = self.person.try_clone().unwrap();
            let read = tokio::task::spawn_blocking(move || {
                let mut bytes = [0; 4096];
                person
                    .read(&mut bytes)
                    .map(|count| String::from_utf8_lossy(&bytes[..count]).into_owned())
            });
            match read.await.unwrap() {
                Ok(text) => self.seen.push_str(&text),
                Err(error) => panic!("never said `{word}` ({error}): {}", self.seen),
            }
        }
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
