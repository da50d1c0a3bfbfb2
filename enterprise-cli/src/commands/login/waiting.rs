//! Waiting for the browser, or for what a person pastes.

use std::io::{BufRead as _, Read as _};
use std::pin::pin;
use std::time::Duration;

use spotify_auth::oauth::RedirectParseError;
use spotify_auth::sign_in::{Begun, SignInError, SignIns, SignedIn};
use tokio::sync::mpsc::{UnboundedReceiver, unbounded_channel};

use super::qr;
use crate::browser;
use crate::config::Terminal;
use crate::error::CommandError;
use crate::exit::Exit;
use crate::output::Output;

/// How much of standard input is looked at: a redirect has a few hundred bytes.
const INPUT_MAX: u64 = 64 * 1024;
/// How long the program stays for the page that the browser shows. It is written at once; only a
/// browser that holds further connections open makes this wait.
const PAGE: Duration = Duration::from_secs(1);

/// How a sign-in is waited for.
pub(super) struct Waiting {
    terminal: Terminal,
    paste: bool,
    invitation: Invitation,
    output: Output,
}

/// How a person is brought to Spotify's page, besides by its address.
#[derive(Clone, Copy)]
pub(super) struct Invitation {
    /// A browser is opened where that works.
    pub(super) browser: bool,
    /// The address is shown as a QR code.
    pub(super) qr: bool,
}

impl Waiting {
    pub(super) fn new(
        terminal: Terminal,
        paste: bool,
        invitation: Invitation,
        output: Output,
    ) -> Self {
        Self { terminal, paste, invitation, output }
    }

    /// Begins a sign-in and waits for its end.
    pub(super) async fn sign_in(&self, desk: &SignIns) -> Result<SignedIn, CommandError> {
        let outcome = tokio::select! {
            // First, so that it is heard from the beginning.
            biased;
            _ = tokio::signal::ctrl_c() => Err(interrupted()),
            outcome = self.begun(desk) => outcome,
        };
        if tokio::time::timeout(PAGE, desk.close()).await.is_err() {
            tracing::debug!("the browser holds connections open");
        }
        outcome
    }

    async fn begun(&self, desk: &SignIns) -> Result<SignedIn, CommandError> {
        let begun = desk.begin().await?;
        self.invite(&begun);
        let lines = self.reads_input(&begun).then(lines);
        self.answered(desk, begun, lines).await
    }

    /// Says which page to open, and opens it.
    fn invite(&self, begun: &Begun) {
        let address = begun.url.as_str();
        let opened = self.invitation.browser && self.terminal.browser && browser::open(address);
        self.output.say(if opened {
            "Your browser opens Spotify's page. If it does not, open this address:"
        } else {
            "Open this address in a browser and approve:"
        });
        self.output.say(&format!("  {address}"));
        if let Some(code) = qr::code(address).filter(|_| self.invitation.qr) {
            self.output.say(&code);
        }
        match (begun.listening, self.reads_input(begun)) {
            (true, true) => self.output.say(
                "Waiting for the browser to come back. From another machine, paste the address that it ends at:",
            ),
            (true, false) => self.output.say("Waiting for the browser to come back (five minutes at most)."),
            (false, _) => self.output.say("Then paste the address that the browser ends at:"),
        }
    }

    fn reads_input(&self, begun: &Begun) -> bool {
        self.paste || self.terminal.can_ask() || !begun.listening
    }

    async fn answered(
        &self,
        desk: &SignIns,
        begun: Begun,
        mut lines: Option<UnboundedReceiver<String>>,
    ) -> Result<SignedIn, CommandError> {
        // Where nobody can paste again, the end of the input is the end of the sign-in.
        let only_input = self.paste || !begun.listening;
        let mut finished = pin!(begun.finished());
        let mut last = SignInError::NotAnAnswer(RedirectParseError::Empty);
        loop {
            let line = tokio::select! {
                outcome = &mut finished => return Ok(outcome?),
                line = next(&mut lines) => line,
            };
            let Some(line) = line else {
                if only_input {
                    return Err(last.into());
                }
                lines = None;
                continue;
            };
            if line.trim().is_empty() {
                continue;
            }
            match desk.complete(&line).await {
                Ok(signed_in) => return Ok(signed_in),
                Err(error) if may_try_again(&error) => {
                    self.output.warn(&error.to_string());
                    last = error;
                }
                Err(error) => return Err(error.into()),
            }
        }
    }
}

/// Whether the sign-in still waits after what was pasted.
fn may_try_again(error: &SignInError) -> bool {
    matches!(error, SignInError::NotAnAnswer(_) | SignInError::NotPending | SignInError::WhichOne)
}

async fn next(lines: &mut Option<UnboundedReceiver<String>>) -> Option<String> {
    match lines {
        Some(lines) => lines.recv().await,
        None => std::future::pending().await,
    }
}

/// Reads standard input on a thread of its own, because nothing can interrupt that.
fn lines() -> UnboundedReceiver<String> {
    let (sender, receiver) = unbounded_channel();
    std::thread::spawn(move || {
        let input = std::io::stdin().lock().take(INPUT_MAX);
        for line in input.lines().map_while(Result::ok) {
            if sender.send(line).is_err() {
                break;
            }
        }
    });
    receiver
}

fn interrupted() -> CommandError {
    CommandError::new(
        Exit::NeedsSignIn,
        "interrupted",
        "the sign-in was interrupted; nothing was kept of it",
    )
}
