//! Whether the server's program starts and speaks MCP: it is started as an AI client would, greeted,
//! asked for its tools, and ended.

use std::ffi::OsStr;
use std::io;
use std::path::PathBuf;
use std::process::Stdio;
use std::time::Duration;

use serde_json::{Value, json};
use spotify_auth::ProfileName;
use spotify_auth::session::doctor::{Check, Checked, Code, Finding};
use tokio::io::{
    AsyncBufRead, AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader, Lines,
};
use tokio::process::{Child, ChildStderr, ChildStdin, Command};
use tokio::time::timeout;

use crate::output::printable::printable;

/// How long the program may take for all of it; a passphrase alone takes it a second.
const WITHIN: Duration = Duration::from_secs(15);
/// How long it may take to end, so that its audit log is in order.
const END_WITHIN: Duration = Duration::from_secs(3);
/// The most that is read of its answers, which have some ten kilobytes.
const ANSWERS_MAX: u64 = 4 << 20;
/// The most that is read of what it says on standard error.
const SAID_MAX: u64 = 16 << 10;
/// The version of MCP that it is greeted with.
const PROTOCOL: &str = "2025-06-18";

/// What a server says of itself.
struct Greeted {
    version: String,
    tools: usize,
}

/// Starts `program`, or the one on the search path, and greets it.
pub(super) async fn shake_hands(
    program: Option<&PathBuf>,
    profile: Option<&ProfileName>,
) -> Checked {
    let name = OsStr::new("spotify-mcp");
    let program = program.map_or(name, |path| path.as_os_str());
    let mut command = Command::new(program);
    if let Some(profile) = profile {
        command.args(["--profile", profile.as_str()]);
    }
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let shown = program.display();
    let found = |code, reason: String| {
        let seen = format!("{shown} can't be used");
        Checked::new(Check::Server, seen, vec![Finding::new(code, reason)])
    };
    let mut child = match command.kill_on_drop(true).spawn() {
        Ok(child) => child,
        Err(error) if error.kind() == io::ErrorKind::NotFound => {
            return found(Code::ServerNotFound, format!("there is no {shown}"));
        }
        Err(error) => return found(Code::ServerFailed, format!("{shown}: {error}")),
    };
    let greeted = timeout(WITHIN, greet(&mut child)).await;
    let stderr = child.stderr.take();
    match greeted {
        Ok(Ok(greeted)) => {
            drop(timeout(END_WITHIN, child.wait()).await);
            of_greeted(&greeted)
        }
        Ok(Err(problem)) => {
            let said = last_line(stderr).await.map(|line| format!(": {line}")).unwrap_or_default();
            found(Code::ServerFailed, format!("{problem}{said}"))
        }
        Err(_) => {
            let seconds = WITHIN.as_secs();
            found(Code::ServerFailed, format!("it did not answer within {seconds} seconds"))
        }
    }
}

fn of_greeted(Greeted { version, tools }: &Greeted) -> Checked {
    let ours = env!("CARGO_PKG_VERSION");
    let finding = (version != ours).then(|| {
        Finding::new(Code::ServerOtherVersion, format!("it is {version}, and this is {ours}"))
    });
    let seen = format!("version {version} answers with {tools} tools");
    Checked::new(Check::Server, seen, finding.into_iter().collect())
}

/// Says what an MCP client says first, and closes the server's input, which ends it.
async fn greet(child: &mut Child) -> Result<Greeted, String> {
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return Err("its standard input is not there".to_owned());
    };
    let mut lines = BufReader::new(output.take(ANSWERS_MAX)).lines();
    let client = json!({ "name": "spotify-admin", "version": env!("CARGO_PKG_VERSION") });
    let hello = json!({ "protocolVersion": PROTOCOL, "capabilities": {}, "clientInfo": client });
    say(&mut input, &request(1, "initialize", &hello)).await?;
    let greeting = answer(&mut lines, 1).await?;
    let ready = json!({ "jsonrpc": "2.0", "method": "notifications/initialized" });
    say(&mut input, &ready).await?;
    say(&mut input, &request(2, "tools/list", &json!({}))).await?;
    let listed = answer(&mut lines, 2).await?;
    let version = greeting.pointer("/serverInfo/version").and_then(Value::as_str);
    let tools = listed.get("tools").and_then(Value::as_array);
    match (version, tools) {
        (Some(version), Some(tools)) => {
            Ok(Greeted { version: printable(version), tools: tools.len() })
        }
        _ => Err("its answers are not those of an MCP server".to_owned()),
    }
}

fn request(id: u64, method: &str, params: &Value) -> Value {
    json!({ "jsonrpc": "2.0", "id": id, "method": method, "params": params })
}

async fn say(input: &mut ChildStdin, message: &Value) -> Result<(), String> {
    let written = input.write_all(format!("{message}\n").as_bytes()).await;
    written.map_err(|_| "it ended before it answered".to_owned())
}

/// Reads on until the answer to a request.
async fn answer(lines: &mut Lines<impl AsyncBufRead + Unpin>, id: u64) -> Result<Value, String> {
    loop {
        let line = lines.next_line().await.map_err(|error| error.to_string())?;
        let line = line.ok_or("it ended before it answered")?;
        let message: Value = serde_json::from_str(&line)
            .map_err(|_| "it writes something other than JSON to standard output".to_owned())?;
        if message.get("id").and_then(Value::as_u64) == Some(id) {
            let result = message.get("result").cloned();
            return result.ok_or_else(|| "it answered with an error".to_owned());
        }
    }
}

/// Returns what a failed program said last.
async fn last_line(stderr: Option<ChildStderr>) -> Option<String> {
    let mut text = String::new();
    let mut stderr = stderr?.take(SAID_MAX);
    timeout(END_WITHIN, stderr.read_to_string(&mut text)).await.ok()?.ok()?;
    let line = text.lines().map(str::trim).rfind(|line| !line.is_empty())?;
    Some(printable(line))
}
