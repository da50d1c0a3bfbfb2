//! Serves a simulated Spotify until it is told to stop.

mod arguments;

use std::{io, process::ExitCode};

use clap::Parser as _;
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::oneshot,
};

use arguments::Arguments;

#[tokio::main(flavor = "current_thread")]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(arguments).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            complain(&error);
            ExitCode::FAILURE
        }
    }
}

async fn run(arguments: Arguments) -> Result<(), String> {
    // Before the line is printed: whoever has read it may send a signal.
    let mut terminated = signal(SignalKind::terminate()).map_err(|error| error.to_string())?;
    let mut interrupted = signal(SignalKind::interrupt()).map_err(|error| error.to_string())?;
    let stdin = !arguments.ignore_stdin;
    let spotify = arguments
        .builder()?
        .try_start()
        .await
        .map_err(|error| format!("failed to listen on 127.0.0.1: {error}"))?;
    say(&serde_json::json!({
        "accounts": spotify.accounts_url(),
        "api": spotify.api_url(),
        "client_id": spotify.client_id(),
        "client_secret": spotify.client_secret(),
        "redirect_uris": spotify.redirect_uris(),
        "regime": spotify.regime().as_str(),
        "now": spotify.clock().now().to_string(),
    }));
    tokio::select! {
        _ = terminated.recv() => {}
        _ = interrupted.recv() => {}
        () = end_of_input(), if stdin => {}
    }
    Ok(())
}

/// Waits until the parent closes our standard input or dies.
async fn end_of_input() {
    let (ended, end) = oneshot::channel::<()>();
    // A thread of its own, because the run time would wait for a blocking read of its own at exit.
    std::thread::spawn(move || {
        drop(io::copy(&mut io::stdin(), &mut io::sink()));
        drop(ended);
    });
    drop(end.await);
}

#[expect(clippy::print_stdout, reason = "the one line that callers wait for")]
fn say(line: &serde_json::Value) {
    println!("{line}");
}

#[expect(clippy::print_stderr, reason = "a program says why it fails")]
fn complain(error: &str) {
    eprintln!("error: {error}");
}
