//! What the program takes from outside: the command line, the environment, the terminal.
//!
//! Nothing else of this crate reads them.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::io::{IsTerminal as _, stderr, stdin, stdout};
use std::path::PathBuf;

use spotify_auth::session::settings;

use crate::clients::Places;

/// Turns colours off when it is set to anything (<https://no-color.org>).
const NO_COLOR: &str = "NO_COLOR";
/// The kind of terminal; `dumb` shows no colours.
const TERM: &str = "TERM";
/// Set where a browser can be shown, on systems other than macOS and Windows.
const DISPLAYS: [&str; 2] = ["DISPLAY", "WAYLAND_DISPLAY"];
/// Set in a shell that was reached over the network: its browser would open at the other end.
const SSH: &str = "SSH_CONNECTION";

/// The process's surroundings, read once.
#[derive(Debug)]
pub struct Surroundings {
    pub(crate) arguments: Vec<OsString>,
    pub(crate) variables: Variables,
    pub(crate) terminal: Terminal,
    /// Where the server's binary is, when it lies beside this one.
    pub(crate) server: Option<PathBuf>,
    pub(crate) places: Places,
}

/// The environment variables that are settings, and those that were not text.
#[derive(Default)]
pub(crate) struct Variables {
    pub(crate) values: BTreeMap<String, String>,
    pub(crate) not_text: Vec<&'static str>,
}

/// What is at the ends of standard input, output and error.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Terminal {
    pub(crate) input: bool,
    pub(crate) error: bool,
    pub(crate) colours: bool,
    pub(crate) colours_of_error: bool,
    pub(crate) width: Option<u16>,
    /// Whether a browser can be opened.
    pub(crate) browser: bool,
}

impl Surroundings {
    /// Reads the surroundings of this process.
    pub fn of_process() -> Self {
        Self {
            arguments: std::env::args_os().collect(),
            variables: Variables::of_process(),
            terminal: Terminal::of_process(),
            server: server(),
            places: Places::of_process(),
        }
    }
}

impl Variables {
    fn of_process() -> Self {
        let mut variables = Self::default();
        for name in settings::names() {
            match read(name).map(OsString::into_string) {
                Some(Ok(value)) => drop(variables.values.insert(name.to_owned(), value)),
                Some(Err(_)) => variables.not_text.push(name),
                None => {}
            }
        }
        variables
    }
}

impl std::fmt::Debug for Variables {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // Values may be keys.
        f.debug_list().entries(self.values.keys()).finish()
    }
}

impl Terminal {
    fn of_process() -> Self {
        let colours = read(NO_COLOR).is_none_or(|value| value.is_empty())
            && read(TERM).is_none_or(|value| value != "dumb");
        let displays = cfg!(any(target_os = "macos", windows))
            || DISPLAYS.iter().any(|name| read(name).is_some_and(|value| !value.is_empty()));
        let width = || terminal_size::terminal_size().map(|(terminal_size::Width(width), _)| width);
        Self {
            input: stdin().is_terminal(),
            error: stderr().is_terminal(),
            colours: colours && stdout().is_terminal(),
            colours_of_error: colours && stderr().is_terminal(),
            width: if stdout().is_terminal() { width() } else { None },
            browser: displays && read(SSH).is_none(),
        }
    }

    /// Whether somebody can be asked something.
    pub(crate) fn can_ask(self) -> bool {
        self.input && self.error
    }
}

impl Places {
    fn of_process() -> Self {
        let path = |name| read(name).filter(|value| !value.is_empty()).map(PathBuf::from);
        let home = path(if cfg!(windows) { "USERPROFILE" } else { "HOME" });
        let below_home = |directory| home.as_ref().map(|home| home.join(directory));
        let dot_config = if cfg!(windows) {
            path("APPDATA")
        } else {
            path("XDG_CONFIG_HOME").or_else(|| below_home(".config"))
        };
        let applications = if cfg!(target_os = "macos") {
            below_home("Library/Application Support")
        } else {
            dot_config.clone()
        };
        let (claude_code, codex) = (path("CLAUDE_CONFIG_DIR"), path("CODEX_HOME"));
        Self { home, applications, dot_config, claude_code, codex }
    }
}

fn server() -> Option<PathBuf> {
    let name = format!("spotify-mcp{}", std::env::consts::EXE_SUFFIX);
    let path = std::env::current_exe().ok()?.with_file_name(name);
    path.is_file().then_some(path)
}

#[expect(clippy::disallowed_methods, reason = "this is the module that reads the environment")]
fn read(name: &str) -> Option<OsString> {
    std::env::var_os(name)
}
