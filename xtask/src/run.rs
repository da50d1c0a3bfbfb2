//! Starts processes, shows what they print, and ends those that take too long.

use std::io::{self, IsTerminal as _, Read, Write};
use std::path::Path;
use std::process::{Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::thread;
use std::time::{Duration, Instant};

use crate::environment;

/// How long a process may still hold the pipes of one that has ended.
const GRACE: Duration = Duration::from_secs(5);

/// A process that did not do what it should.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum RunError {
    /// It could not be started.
    #[error("start `{command}`")]
    Start {
        /// The command line.
        command: String,
        /// What the system said.
        source: io::Error,
    },
    /// It ended with an error.
    #[error("`{command}` ended with {status}{output}")]
    Failed {
        /// The command line.
        command: String,
        /// Its exit status.
        status: ExitStatus,
        /// What it wrote to the standard error after a colon, when nobody saw it yet.
        output: String,
    },
}

/// What a process did that was watched until its end.
#[derive(Debug)]
pub(crate) struct Finished {
    /// Its exit status.
    pub(crate) status: ExitStatus,
    /// Whether it was ended because it took too long.
    pub(crate) timed_out: bool,
    /// Whether something it started outlived it and still held its output.
    pub(crate) left_behind: bool,
    /// Its standard output, then its standard error.
    pub(crate) output: String,
}

/// Whether a process's output is also shown while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Echo {
    /// Passed through to this program's own output.
    Shown,
    /// Only kept.
    Kept,
}

/// A cargo command in `root`, free of what cargo told this program about itself.
pub(crate) fn cargo(root: &Path) -> Command {
    let mut command = Command::new(environment::cargo());
    command.current_dir(root);
    for variable in environment::of_this_package() {
        command.env_remove(variable);
    }
    command
}

/// Runs `command` with this program's own output and waits for its success.
///
/// # Errors
///
/// When it cannot be started or does not end with success.
pub(crate) fn stream(command: &mut Command) -> Result<(), RunError> {
    let status = command.status().map_err(|source| start_error(command, source))?;
    if status.success() {
        return Ok(());
    }
    Err(RunError::Failed { command: line(command), status, output: String::new() })
}

/// Runs `command` and returns its standard output.
///
/// # Errors
///
/// When it cannot be started or does not end with success; the error then holds what it wrote
/// to the standard error.
pub(crate) fn capture(command: &mut Command) -> Result<Vec<u8>, RunError> {
    let output = command.output().map_err(|source| start_error(command, source))?;
    if output.status.success() {
        return Ok(output.stdout);
    }
    let said = String::from_utf8_lossy(&output.stderr);
    let said = match said.trim() {
        "" => String::new(),
        said => format!(": {said}"),
    };
    Err(RunError::Failed { command: line(command), status: output.status, output: said })
}

/// Runs `command`, keeps its output, and ends it with all its descendants after `limit`.
///
/// # Errors
///
/// When it cannot be started or watched. A process that fails is no error here.
pub(crate) fn watch(
    command: &mut Command,
    limit: Duration,
    echo: Echo,
) -> Result<Finished, RunError> {
    if echo == Echo::Shown && io::stderr().is_terminal() {
        // The pipe in between would otherwise turn colours off.
        command.env("CARGO_TERM_COLOR", "always");
    }
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .map_err(|source| start_error(command, source))?;
    let (open, closed) = mpsc::channel::<()>();
    let stdout = child.stdout.take().map(|pipe| copy(pipe, io::stdout(), echo, open.clone()));
    let stderr = child.stderr.take().map(|pipe| copy(pipe, io::stderr(), echo, open));

    let id = child.id();
    let (ended, end) = mpsc::channel();
    thread::spawn(move || ended.send(child.wait()));
    let first = end.recv_timeout(limit);
    let timed_out = first.is_err();
    if timed_out {
        end_tree(id);
    }
    let status = first
        .or_else(|_| end.recv())
        .unwrap_or_else(|_| Err(io::Error::other("the waiting thread ended early")))
        .map_err(|source| start_error(command, source))?;
    // Both readers drop their sender at the end of their pipe; a descendant that keeps a pipe
    // open is not waited for longer.
    let left_behind = closed.recv_timeout(GRACE) == Err(mpsc::RecvTimeoutError::Timeout);
    let kept = [stdout, stderr].into_iter().flatten().map(|kept| text_of(&kept));
    Ok(Finished { status, timed_out, left_behind, output: kept.collect() })
}

/// Runs `work` and tells how long it took.
#[expect(clippy::disallowed_methods, reason = "a report on how long a step took needs the clock")]
pub(crate) fn timed<T>(work: impl FnOnce() -> T) -> (T, Duration) {
    let start = Instant::now();
    let value = work();
    (value, start.elapsed())
}

type Kept = Arc<Mutex<Vec<u8>>>;

fn copy(
    mut from: impl Read + Send + 'static,
    mut to: impl Write + Send + 'static,
    echo: Echo,
    open: mpsc::Sender<()>,
) -> Kept {
    let kept = Kept::default();
    let store = Arc::clone(&kept);
    thread::spawn(move || {
        let _open = open;
        let mut buffer = [0; 8192];
        while let Ok(length @ 1..) = from.read(&mut buffer) {
            let Some(bytes) = buffer.get(..length) else { break };
            store.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
            if echo == Echo::Shown {
                // A closed terminal must not end the run: the kept text still counts.
                drop(to.write_all(bytes).and_then(|()| to.flush()));
            }
        }
    });
    kept
}

fn text_of(kept: &Kept) -> String {
    let bytes = kept.lock().unwrap_or_else(PoisonError::into_inner);
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Ends a process and everything it started.
///
/// Test runners put tests into process groups of their own, so that a signal to one group would
/// leave them behind. Where `/proc` is missing only the process itself is ended.
fn end_tree(root: u32) {
    let mut victims = vec![root];
    let parents = parents();
    let mut next = 0;
    while let Some(&parent) = victims.get(next) {
        victims.extend(parents.iter().filter(|(_, of)| *of == parent).map(|(child, _)| *child));
        next += 1;
    }
    let ids = victims.iter().map(u32::to_string);
    let mut command = if cfg!(windows) {
        let mut command = Command::new("taskkill");
        command.args(["/F", "/T"]).args(ids.flat_map(|id| ["/PID".to_owned(), id]));
        command
    } else {
        let mut command = Command::new("sh");
        command.args(["-c", "kill -KILL \"$@\"", "sh"]).args(ids);
        command
    };
    // A process that has just ended by itself makes this fail, and that is as good.
    drop(command.stderr(Stdio::null()).status());
}

/// Each process of the system with its parent, from `/proc/<id>/stat` (proc(5)).
fn parents() -> Vec<(u32, u32)> {
    let Ok(entries) = std::fs::read_dir("/proc") else { return Vec::new() };
    let folders = entries.filter_map(Result::ok).map(|entry| entry.path());
    folders.filter_map(|folder| parent_of(&folder)).collect()
}

fn parent_of(folder: &Path) -> Option<(u32, u32)> {
    let id = folder.file_name()?.to_str()?.parse().ok()?;
    let stat = std::fs::read_to_string(folder.join("stat")).ok()?;
    // The second field is the program's name in parentheses and may itself hold any character.
    let (_, after_name) = stat.rsplit_once(") ")?;
    let parent = after_name.split(' ').nth(1)?.parse().ok()?;
    Some((id, parent))
}

fn start_error(command: &Command, source: io::Error) -> RunError {
    RunError::Start { command: line(command), source }
}

/// The command as one would type it; for people, not for a shell.
pub(crate) fn line(command: &Command) -> String {
    let program = Path::new(command.get_program());
    let name = program.file_name().unwrap_or(command.get_program());
    let words = std::iter::once(name).chain(command.get_args());
    words.map(|word| word.to_string_lossy()).collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    const LONG: Duration = Duration::from_mins(1);

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn output_of_both_streams_is_kept() {
        let finished = watch(&mut shell("echo out; echo err >&2"), LONG, Echo::Kept).unwrap();
        assert!(finished.status.success());
        assert!(!finished.timed_out);
        assert_eq!(finished.output, "out\nerr\n");
    }

    #[test]
    fn a_process_that_takes_too_long_is_ended_with_its_children() {
        let limit = Duration::from_millis(300);
        let finished = watch(&mut shell("sleep 600 & wait"), limit, Echo::Kept).unwrap();
        assert!(finished.timed_out);
        assert!(!finished.status.success());
        assert!(!finished.left_behind, "the child still holds the output");
    }

    #[test]
    fn a_failure_names_the_command_and_what_it_said() {
        let error = capture(&mut shell("echo broken >&2; exit 3")).unwrap_err().to_string();
        assert!(error.contains("`sh -c echo broken >&2; exit 3`"), "{error}");
        assert!(error.contains("exit status: 3: broken"), "{error}");
    }

    #[test]
    fn a_missing_program_is_an_error_that_names_it() {
        let error = stream(&mut Command::new("no-such-program-here")).unwrap_err();
        assert_eq!(error.to_string(), "start `no-such-program-here`");
    }
}
