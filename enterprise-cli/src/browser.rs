//! Opening the browser.

use std::process::{Command, Stdio};

/// What no other program is started with.
const SECRETS: [&str; 3] =
    ["SPOTIFY_CLIENT_SECRET", "SPOTIFY_MCP_MASTER_KEY", "SPOTIFY_MCP_PASSPHRASE_FILE"];

/// Starts the person's browser with `address`; `false` when there is none to start. It does not wait
/// for the browser, and can't tell whether a page was shown.
pub(crate) fn open(address: &str) -> bool {
    open::commands(address).into_iter().any(|command| start(command).is_ok())
}

fn start(mut command: Command) -> std::io::Result<()> {
    for name in SECRETS {
        command.env_remove(name);
    }
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    command.spawn().map(drop)
}
