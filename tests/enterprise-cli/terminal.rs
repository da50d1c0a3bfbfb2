//! Questions to a person at a terminal.

use std::fs::File;
use std::io::{Read as _, Write as _};
use std::os::fd::OwnedFd;
use std::process::Stdio;

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use tokio::process::Child;

use crate::bench::Bench;

/// The program at a terminal that the test holds the other end of.
struct Terminal {
    child: Child,
    person: File,
    seen: String,
}

impl Terminal {
    /// Runs the program with standard input and error at the terminal.
    fn run(bench: &Bench, arguments: &[&str]) -> Self {
        let person = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
        grantpt(&person).unwrap();
        unlockpt(&person).unwrap();
        let path = ptsname(&person, Vec::new()).unwrap().into_string().unwrap();
        let end: OwnedFd = File::options().read(true).write(true).open(path).unwrap().into();
        let mut command = bench.command(arguments);
        command.env("TERM", "xterm");
        command.stdin(Stdio::from(end.try_clone().unwrap())).stderr(Stdio::from(end));
        let child = command.spawn().unwrap();
        Self { child, person: File::from(person), seen: String::new() }
    }

    /// Reads on until the program says something.
    async fn until(&mut self, word: &str) {
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

    fn answer(&mut self, text: &str) {
        self.person.write_all(format!("{text}\n").as_bytes()).unwrap();
    }

    async fn finish(self) -> (i32, String) {
        let output = self.child.wait_with_output().await.unwrap();
        (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
    }
}

fn address(seen: &str) -> String {
    seen.split_whitespace().find(|word| word.contains("/authorize?")).unwrap().to_owned()
}

#[tokio::test]
async fn a_first_sign_in_proposes_a_key_file_where_there_is_no_keychain() {
    let bench = Bench::new().await;
    let mut terminal = Terminal::run(&bench, &["login"]);
    terminal.until("[Y/n]").await;
    assert!(terminal.seen.contains("The keychain does not work here"), "{}", terminal.seen);
    assert!(
        terminal.seen.contains("not against anyone who can read your files"),
        "{}",
        terminal.seen
    );
    terminal.answer("");
    terminal.until("paste the address that it ends at").await;
    assert!(terminal.seen.contains("recovery code"), "{}", terminal.seen);
    // The browser may come back even though a line could be pasted.
    bench.approve(&address(&terminal.seen)).await;
    let (code, stdout) = terminal.finish().await;
    assert_eq!(code, 0);
    assert!(stdout.contains("Signed in as"), "{stdout}");
    assert!(bench.home().join("vault.key").exists());
}

#[tokio::test]
async fn the_proposal_can_be_declined() {
    let bench = Bench::new().await;
    let mut terminal = Terminal::run(&bench, &["login"]);
    terminal.until("[Y/n]").await;
    terminal.answer("n");
    terminal.until("--key-source").await;
    assert_eq!(terminal.finish().await.0, 6);
    assert!(!bench.home().exists());
}

#[tokio::test]
async fn a_redirect_can_be_pasted_while_the_browser_is_waited_for() {
    let bench = Bench::new().await;
    let mut terminal = Terminal::run(&bench, &["login", "--key-source", "file"]);
    terminal.until("paste the address that it ends at").await;
    let redirect = bench.sim.approve(&address(&terminal.seen)).await.unwrap();
    terminal.answer(redirect.location());
    assert_eq!(terminal.finish().await.0, 0);
}

#[tokio::test]
async fn a_revocation_is_confirmed_and_no_is_the_default() {
    let bench = Bench::signed_in().await;
    let mut terminal = Terminal::run(&bench, &["revoke", "work"]);
    terminal.until("[y/N]").await;
    terminal.answer("");
    terminal.until("not confirmed").await;
    assert_eq!(terminal.finish().await.0, 6);
    bench.admin(&["status", "--profile", "work"]).await.expect(0);

    let mut terminal = Terminal::run(&bench, &["revoke", "work"]);
    terminal.until("[y/N]").await;
    terminal.answer("yes");
    assert_eq!(terminal.finish().await.0, 0);
    bench.admin(&["status", "--profile", "work"]).await.expect(3);
}

#[tokio::test]
async fn errors_are_coloured_at_a_terminal_unless_no_color_is_set() {
    let mut bench = Bench::new().await;
    let mut terminal = Terminal::run(&bench, &["profiles"]);
    terminal.until("spotify-admin login").await;
    assert!(terminal.seen.contains("\u{1b}[31m"), "{}", terminal.seen);
    assert_eq!(terminal.finish().await.0, 5);

    bench.set("NO_COLOR", "1");
    let mut terminal = Terminal::run(&bench, &["profiles"]);
    terminal.until("spotify-admin login").await;
    assert!(!terminal.seen.contains('\u{1b}'), "{}", terminal.seen);
    assert_eq!(terminal.finish().await.0, 5);
}
