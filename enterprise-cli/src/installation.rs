//! The installation that a command works on: its settings, and its session once it is open.

use std::cell::{Cell, OnceCell};
use std::path::PathBuf;
use std::sync::Arc;

use jiff::Timestamp;
use spotify_auth::session::settings::{Problem, Problems, Shown};
use spotify_auth::session::{AskSecret, Asked, Context, Recorder, Session, Settings};
use spotify_vault::{KeySource, SealedVault};

use crate::ask;
use crate::clients::Places;
use crate::config::{Surroundings, Terminal, Variables};
use crate::error::CommandError;

/// The program's name in the audit log.
const PROGRAM: &str = "spotify-admin";

/// One installation.
pub(crate) struct Installation {
    variables: Variables,
    terminal: Terminal,
    server: Option<PathBuf>,
    places: Places,
    settings: Settings,
    /// What was wrong with the settings, where they were loaded despite it.
    problems: Vec<Problem>,
    context: Context,
    session: OnceCell<Session>,
    refused: Cell<bool>,
}

impl Installation {
    /// Parses the settings. Nothing is opened.
    ///
    /// # Errors
    /// All problems of the settings at once.
    pub(crate) fn new(surroundings: Surroundings) -> Result<Self, CommandError> {
        let settings = parse(&surroundings.variables)?;
        Ok(Self::of(surroundings, settings, Vec::new()))
    }

    /// As [`new`](Self::new), for a command that tells what is wrong: settings with problems are
    /// loaded as far as they are right.
    ///
    /// # Errors
    /// All problems, where not even the home directory is known.
    pub(crate) fn despite_problems(surroundings: Surroundings) -> Result<Self, CommandError> {
        let (settings, others) = Settings::load_despite(&surroundings.variables.values);
        let problems = not_text(&surroundings.variables).chain(others).collect();
        match settings {
            Some(settings) => Ok(Self::of(surroundings, settings, problems)),
            None => Err(Problems(problems).into()),
        }
    }

    fn of(surroundings: Surroundings, settings: Settings, problems: Vec<Problem>) -> Self {
        let Surroundings { variables, terminal, server, places, .. } = surroundings;
        let context = Context::system(PROGRAM, env!("CARGO_PKG_VERSION"), asking(terminal));
        let (session, refused) = (OnceCell::new(), Cell::new(false));
        Self { variables, terminal, server, places, settings, problems, context, session, refused }
    }

    /// Reads the settings file again, after it was changed. Nothing is open, then.
    ///
    /// # Errors
    /// As [`new`](Self::new).
    pub(crate) fn anew(&self) -> Result<Self, CommandError> {
        let variables = Variables {
            values: self.variables.values.clone(),
            not_text: self.variables.not_text.clone(),
        };
        let settings = parse(&variables)?;
        Ok(Self {
            variables,
            terminal: self.terminal,
            server: self.server.clone(),
            places: self.places.clone(),
            settings,
            problems: Vec::new(),
            context: self.context.clone(),
            session: OnceCell::new(),
            refused: Cell::new(false),
        })
    }

    /// Returns what is wrong with the settings, where they were loaded despite it.
    pub(crate) fn problems(&self) -> &[Problem] {
        &self.problems
    }

    /// Returns every setting with its origin, without secrets.
    pub(crate) fn shown_settings(&self) -> Vec<Shown> {
        self.settings.shown(&self.variables.values)
    }

    /// Whether a variable of the environment is set.
    pub(crate) fn is_set(&self, variable: &str) -> bool {
        self.variables.values.get(variable).is_some_and(|value| !value.is_empty())
    }

    /// Returns the settings.
    pub(crate) fn settings(&self) -> &Settings {
        &self.settings
    }

    /// Returns what is at the ends of standard input and output.
    pub(crate) fn terminal(&self) -> Terminal {
        self.terminal
    }

    /// Returns where the server's binary is, when it lies beside this one.
    pub(crate) fn server(&self) -> Option<&PathBuf> {
        self.server.as_ref()
    }

    /// Returns where AI clients keep their settings.
    pub(crate) fn places(&self) -> &Places {
        &self.places
    }

    /// Returns the home directory, when a variable and not the default says where it is.
    pub(crate) fn chosen_home(&self) -> Option<&str> {
        self.variables
            .values
            .get("SPOTIFY_MCP_HOME")
            .map(String::as_str)
            .filter(|home| !home.is_empty())
    }

    /// Returns the present moment.
    pub(crate) fn now(&self) -> Timestamp {
        self.context.clock.now()
    }

    /// Returns what a session takes from its surroundings.
    pub(crate) fn context(&self) -> Context {
        self.context.clone()
    }

    /// Returns the settings anew, for a session to own.
    ///
    /// # Errors
    /// The settings file may have changed meanwhile.
    pub(crate) fn settings_to_give(&self) -> Result<Settings, CommandError> {
        if self.problems.is_empty() {
            return parse(&self.variables);
        }
        let (settings, problems) = Settings::load_despite(&self.variables.values);
        settings.ok_or_else(|| Problems(problems).into())
    }

    /// Returns where the vault's key lives; `None` when there is no vault.
    ///
    /// # Errors
    /// The header may be unreadable.
    pub(crate) fn pinned(&self) -> Result<Option<KeySource>, CommandError> {
        let pinned = SealedVault::pinned(&self.settings.vault_dir());
        pinned.map_err(|error| spotify_auth::session::OpenError::from(error).into())
    }

    /// Opens the vault and the audit log, once. May ask for a passphrase.
    ///
    /// # Errors
    /// There may be no vault, or not its key.
    pub(crate) fn session(&self) -> Result<&Session, CommandError> {
        self.session_with(|_| ())
    }

    /// As [`session`](Self::session), with settings that are changed before.
    ///
    /// # Errors
    /// As [`session`](Self::session).
    pub(crate) fn session_with(
        &self,
        change: impl FnOnce(&mut Settings),
    ) -> Result<&Session, CommandError> {
        if let Some(session) = self.session.get() {
            return Ok(session);
        }
        let mut settings = self.settings_to_give()?;
        change(&mut settings);
        let session =
            Session::open(settings, self.context()).inspect_err(|_| self.refused.set(true))?;
        Ok(self.adopt(session))
    }

    /// Keeps a session that was just made.
    pub(crate) fn adopt(&self, session: Session) -> &Session {
        self.session.get_or_init(|| session)
    }

    /// Returns the session if it is open, or opens it if that needs nobody's help. What works
    /// without the vault's key uses this.
    pub(crate) fn session_at_hand(&self) -> Option<&Session> {
        if self.session.get().is_none() && !self.refused.get() && self.key_at_hand() {
            self.session()
                .inspect_err(|error| {
                    tracing::info!(error = error.message(), "the vault stays locked");
                })
                .ok()?;
        }
        self.session.get()
    }

    /// Returns where records go: to the open session's log, or to the log alone while the vault
    /// stays locked. `None` before there is a vault.
    ///
    /// # Errors
    /// The log may not open.
    pub(crate) fn recorder(&self) -> Result<Option<Recorder>, CommandError> {
        if let Some(session) = self.session_at_hand() {
            return Ok(Some(session.recorder().clone()));
        }
        // A header that can't be read belongs to a vault, too.
        match SealedVault::pinned(&self.settings.vault_dir()) {
            Ok(None) => Ok(None),
            Ok(Some(_)) | Err(_) => Ok(Some(Session::log(&self.settings, &self.context)?)),
        }
    }

    fn key_at_hand(&self) -> bool {
        let Settings { master_key, master_key_fd, passphrase_file, credential, token, .. } =
            &self.settings;
        let nothing_given =
            master_key.is_none() && master_key_fd.is_none() && passphrase_file.is_none();
        match self.pinned() {
            Ok(Some(KeySource::Environment)) => master_key.is_some(),
            Ok(Some(KeySource::Passphrase)) => passphrase_file.is_some(),
            Ok(Some(KeySource::KeyFile { path })) => nothing_given && path.exists(),
            Ok(Some(KeySource::Keychain { .. })) => nothing_given,
            Ok(Some(KeySource::Descriptor)) => master_key_fd.is_some(),
            Ok(Some(KeySource::Credential { .. })) => nothing_given && credential.is_some(),
            Ok(Some(KeySource::Pkcs11(_))) => nothing_given && token.pin_file.is_some(),
            _ => false,
        }
    }
}

fn parse(variables: &Variables) -> Result<Settings, CommandError> {
    let mut problems: Vec<_> = not_text(variables).collect();
    match Settings::load(&variables.values) {
        Ok(settings) if problems.is_empty() => Ok(settings),
        Ok(_) => Err(Problems(problems).into()),
        Err(Problems(others)) => {
            problems.extend(others);
            Err(Problems(problems).into())
        }
    }
}

fn not_text(variables: &Variables) -> impl Iterator<Item = Problem> {
    variables.not_text.iter().map(|name| Problem::of(name, "it is not UTF-8".to_owned()))
}

fn asking(terminal: Terminal) -> Option<AskSecret> {
    let ask = |asked: Asked<'_>| match asked {
        Asked::Pin { token } => ask::passphrase(&format!("PIN of the token {token}")),
        _ => ask::passphrase("Passphrase of the vault"),
    };
    terminal.can_ask().then(|| Arc::new(ask) as _)
}
