//! A home directory of its own, a local Spotify, and both programs as they are shipped.

use std::ffi::OsStr;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use spotify_audit::{Entry, Query, Reader};
use spotify_sim::{Builder, Regime, Simulator};
use tempfile::TempDir;
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, BufReader};

use super::{DemoError, must};
use crate::workspace;

/// The two programs.
#[derive(Clone, Debug)]
pub struct Programs {
    folder: PathBuf,
}

impl Programs {
    /// Builds them.
    ///
    /// # Errors
    /// They may not compile.
    pub fn build() -> Result<Self, DemoError> {
        let root = workspace::root();
        let mut command = crate::run::cargo(&root);
        command.args([
            "build",
            "--quiet",
            "--locked",
            "--package",
            "mcp-server",
            "--package",
            "enterprise-cli",
            "--bins",
        ]);
        crate::run::stream(&mut command).map_err(DemoError::broken("building the programs"))?;
        let metadata = workspace::metadata(&root)
            .map_err(DemoError::broken("asking cargo for its target folder"))?;
        Ok(Self { folder: metadata.target_directory.into_std_path_buf().join("debug") })
    }

    /// Takes them from a folder.
    pub fn in_folder(folder: PathBuf) -> Self {
        Self { folder }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }
}

/// A home directory and a local Spotify.
#[derive(Debug)]
pub struct Installation {
    /// The local Spotify.
    pub spotify: Simulator,
    home: TempDir,
    programs: Programs,
    variables: Vec<(&'static str, String)>,
    seen: std::sync::atomic::AtomicU64,
}

/// What a program said and how it ended.
#[derive(Clone, Debug)]
pub struct Ran {
    /// The exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// Standard output.
    pub stdout: String,
    /// Standard error.
    pub stderr: String,
}

impl Installation {
    /// Starts a local Spotify with an app of `regime` and makes an empty home directory.
    ///
    /// # Errors
    /// There may be no room for a temporary directory.
    pub async fn new(programs: Programs, regime: Regime) -> Result<Self, DemoError> {
        Self::with(programs, Simulator::builder().regime(regime)).await
    }

    /// As [`new`](Self::new), with a simulator of your own.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub async fn with(programs: Programs, builder: Builder) -> Result<Self, DemoError> {
        let home =
            tempfile::tempdir().map_err(DemoError::broken("making a temporary directory"))?;
        let spotify =
            builder.try_start().await.map_err(DemoError::broken("starting the local Spotify"))?;
        let variables = vec![
            ("SPOTIFY_MCP_HOME", home.path().display().to_string()),
            ("SPOTIFY_CLIENT_ID", spotify.client_id().to_owned()),
            ("SPOTIFY_ACCOUNTS_URL", spotify.accounts_url().to_owned()),
            ("SPOTIFY_API_URL", spotify.api_url().to_owned()),
        ];
        Ok(Self { spotify, home, programs, variables, seen: 0.into() })
    }

    /// Sets a variable for both programs.
    pub fn set(&mut self, name: &'static str, value: impl Into<String>) {
        self.variables.push((name, value.into()));
    }

    /// Returns the home directory.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Prepares a program with an environment of its own: nothing of the caller's gets in.
    pub fn command<S: AsRef<OsStr>>(
        &self,
        name: &str,
        arguments: impl IntoIterator<Item = S>,
    ) -> Command {
        let mut command = Command::new(self.programs.path(name));
        command
            .args(arguments)
            .env_clear()
            .envs(self.variables.iter().map(|(name, value)| (name, value)));
        command.stdin(Stdio::null());
        command
    }

    /// Runs `spotify-admin` to its end.
    ///
    /// # Errors
    /// It may not start.
    pub async fn admin(&self, arguments: &[&str]) -> Result<Ran, DemoError> {
        let mut command = tokio::process::Command::from(self.command("spotify-admin", arguments));
        let output = command.output().await.map_err(DemoError::broken("running spotify-admin"))?;
        Ok(Ran {
            code: output.status.code(),
            stdout: String::from_utf8_lossy(&output.stdout).into_owned(),
            stderr: String::from_utf8_lossy(&output.stderr).into_owned(),
        })
    }

    /// Runs `spotify-admin login` and plays the person at the browser: opens the address that it
    /// prints, approves, and follows the redirect back to the listener. Returns the page's title,
    /// too.
    ///
    /// # Errors
    /// It may not start, print no address, or not be answered.
    pub async fn login(&self, arguments: &[&str]) -> Result<(Ran, String), DemoError> {
        let mut command = tokio::process::Command::from(self.command("spotify-admin", arguments));
        command.stdout(Stdio::piped()).stderr(Stdio::piped()).kill_on_drop(true);
        let mut child = command.spawn().map_err(DemoError::broken("running spotify-admin"))?;
        let (Some(mut out), Some(err)) = (child.stdout.take(), child.stderr.take()) else {
            return Err(DemoError::Differs("spotify-admin has no output".to_owned()));
        };
        let mut lines = BufReader::new(err).lines();
        let mut stderr = String::new();
        let mut page = None;
        while let Some(line) =
            lines.next_line().await.map_err(DemoError::broken("reading spotify-admin"))?
        {
            stderr.push_str(&line);
            stderr.push('\n');
            if let Some(address) = line.split_whitespace().find(|word| word.contains("/authorize?"))
            {
                page = Some(self.approve(address).await?);
            }
        }
        let mut stdout = String::new();
        out.read_to_string(&mut stdout)
            .await
            .map_err(DemoError::broken("reading spotify-admin"))?;
        let status = child.wait().await.map_err(DemoError::broken("waiting for spotify-admin"))?;
        let ran = Ran { code: status.code(), stdout, stderr };
        let page = page.ok_or_else(|| {
            DemoError::Differs(format!("spotify-admin printed no address: {ran:?}"))
        })?;
        Ok((ran, page))
    }

    /// Approves at the local Spotify and follows the redirect. Returns the page's title.
    ///
    /// # Errors
    /// Spotify may refuse the address, or nobody listen.
    pub async fn approve(&self, address: &str) -> Result<String, DemoError> {
        let redirect = self
            .spotify
            .approve(address)
            .await
            .map_err(DemoError::broken("approving at the local Spotify"))?;
        let (_, page) = redirect
            .follow()
            .await
            .map_err(DemoError::broken("coming back from the local Spotify"))?;
        let title = page.split_once("<title>").and_then(|(_, rest)| rest.split_once("</title>"));
        Ok(title.map_or(page.clone(), |(title, _)| title.to_owned()))
    }

    /// Returns the records that were added to the audit log since the last call.
    ///
    /// # Errors
    /// The log may be unreadable.
    pub fn new_records(&self) -> Result<Vec<Entry>, DemoError> {
        use std::sync::atomic::Ordering;
        let reader = Reader::open(&self.home.path().join("audit"), Query::default())
            .map_err(DemoError::broken("reading the audit log"))?;
        let mut entries = Vec::new();
        for entry in reader {
            let entry = entry.map_err(DemoError::broken("reading the audit log"))?;
            if entry.seq() > self.seen.load(Ordering::SeqCst) {
                entries.push(entry);
            }
        }
        if let Some(last) = entries.last() {
            self.seen.store(last.seq(), Ordering::SeqCst);
        }
        Ok(entries)
    }

    /// Returns how often the local Spotify was asked to renew a token.
    pub fn renewals(&self) -> usize {
        let requests = self.spotify.requests();
        requests
            .iter()
            .filter(|request| request.grant_type.as_deref() == Some("refresh_token"))
            .count()
    }
}

impl Ran {
    /// Ends the step unless the program ended with `code`.
    ///
    /// # Errors
    /// Any other end is one.
    pub fn expect(&self, code: i32) -> Result<(), DemoError> {
        must(self.code == Some(code), || {
            format!(
                "the exit code must be {code}, but is {:?}:\n{}{}",
                self.code, self.stdout, self.stderr
            )
        })
    }
}
