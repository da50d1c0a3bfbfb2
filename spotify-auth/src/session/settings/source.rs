//! Looking values up: the environment over the settings file, every problem collected.

use std::collections::BTreeMap;
use std::fmt;
use std::path::Path;
use std::str::FromStr;

use spotify_vault::settings::SecretSetting;
use url::Url;

use super::secret::Unfetched;
use super::{Deployment, Problem, Problems, Sink, VARIABLES, sinks};
use crate::origins::Origins;

/// Looks values up and collects what is wrong with them.
pub(super) struct Source {
    values: BTreeMap<&'static str, String>,
    problems: Vec<Problem>,
    unfetched: Vec<Unfetched>,
    sinks: Vec<Sink>,
}

impl Source {
    pub(super) fn new(environment: &BTreeMap<String, String>, path: &Path, file: &str) -> Self {
        let (values, problems, unfetched) = (BTreeMap::new(), Vec::new(), Vec::new());
        let mut source = Self { values, problems, unfetched, sinks: Vec::new() };
        source.read_file(path, file);
        for variable in &VARIABLES {
            if let Some(value) = environment.get(variable.name).filter(|value| !value.is_empty()) {
                source.values.insert(variable.name, value.clone());
            }
        }
        source
    }

    fn read_file(&mut self, path: &Path, file: &str) {
        let table: toml::Table = match file.parse() {
            Ok(table) => table,
            // The error's own text would quote the line, and with it a value.
            Err(_) => return self.problems.push(Problem::file(path, "it is not TOML".to_owned())),
        };
        for (key, value) in table {
            let Some(variable) =
                VARIABLES.iter().find(|variable| variable.key == Some(key.as_str()))
            else {
                if key == "sinks" {
                    match sinks::read(value) {
                        Ok(sinks) => self.sinks = sinks,
                        Err(problems) => {
                            self.problems
                                .extend(problems.into_iter().map(|what| Problem::file(path, what)));
                        }
                    }
                    continue;
                }
                if key == "client_secret" {
                    self.reference("SPOTIFY_CLIENT_SECRET", &value);
                    continue;
                }
                let what = match VARIABLES.iter().find(|variable| {
                    variable.name.eq_ignore_ascii_case(&key) || variable.secret_key() == key
                }) {
                    Some(secret) if secret.key.is_none() => format!(
                        "`{key}` does not belong into a file: set `{}` in the environment",
                        secret.name
                    ),
                    _ => format!("`{}` is no setting", key.escape_debug()),
                };
                self.problems.push(Problem::file(path, what));
                continue;
            };
            match value {
                toml::Value::String(text) => drop(self.values.insert(variable.name, text)),
                _ => self.problem(variable.name, "it must be a text in quotes".to_owned()),
            }
        }
    }

    /// Takes a reference to a secret; the secret itself does not belong into a file.
    fn reference(&mut self, variable: &'static str, value: &toml::Value) {
        match SecretSetting::parse(value.as_str().unwrap_or_default()) {
            Ok(place) => self.unfetched.push(Unfetched { variable, place }),
            Err(error) => self.problem(variable, error.to_string()),
        }
    }

    /// Returns a secret of the environment: itself, or from the file that its variable with `_FILE`
    /// names. The environment stands over the settings file.
    pub(super) fn secret(&mut self, name: &'static str) -> Option<String> {
        let file = VARIABLES.iter().map(|variable| variable.name);
        let file = file.into_iter().find(|file| file.strip_suffix("_FILE") == Some(name));
        let path = file.and_then(|file| self.text(file));
        let text = self.text(name);
        if text.is_some() || path.is_some() {
            self.unfetched.retain(|unfetched| unfetched.variable != name);
        }
        if let Some(path) = path {
            if text.is_some() {
                self.problem(name, format!("it is set together with `{name}_FILE`"));
            }
            let place = SecretSetting::File(path.into());
            self.unfetched.push(Unfetched { variable: name, place });
        }
        text
    }

    /// Whether a secret is given, here or elsewhere.
    pub(super) fn is_given(&self, name: &str) -> bool {
        self.values.contains_key(name)
            || self.unfetched.iter().any(|unfetched| unfetched.variable == name)
    }

    pub(super) fn one_key_source(&mut self) {
        let sources =
            ["SPOTIFY_MCP_MASTER_KEY", "SPOTIFY_MCP_MASTER_KEY_FD", "SPOTIFY_MCP_PASSPHRASE_FILE"];
        let given: Vec<_> = sources.into_iter().filter(|name| self.is_given(name)).collect();
        if let [first, others @ ..] = given.as_slice() {
            for other in others {
                let what = format!("it is set together with `{first}`; a vault has one key source");
                self.problem(other, what);
            }
        }
    }

    pub(super) fn text(&self, name: &'static str) -> Option<String> {
        self.values.get(name).cloned()
    }

    pub(super) fn parsed<T: FromStr<Err: fmt::Display>>(
        &mut self,
        name: &'static str,
    ) -> Option<T> {
        self.parsed_by(name, str::parse)
    }

    pub(super) fn parsed_by<T, E: fmt::Display>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        let text = self.text(name);
        self.read(name, text, parse)
    }

    pub(super) fn read<T, E: fmt::Display>(
        &mut self,
        name: &'static str,
        text: Option<String>,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Option<T> {
        match parse(&text?) {
            Ok(value) => Some(value),
            Err(error) => {
                self.problem(name, error.to_string());
                None
            }
        }
    }

    pub(super) fn origins(&mut self, deployment: Deployment) -> Origins {
        let names = ["SPOTIFY_ACCOUNTS_URL", "SPOTIFY_API_URL"];
        let [accounts, api] = names.map(|name| self.text(name));
        let (accounts, api) = match (accounts, api) {
            (None, None) => return Origins::spotify(),
            (Some(accounts), Some(api)) => (accounts, api),
            (Some(_), None) => {
                self.problem(
                    "SPOTIFY_ACCOUNTS_URL",
                    "it is set without `SPOTIFY_API_URL`".to_owned(),
                );
                return Origins::spotify();
            }
            (None, Some(_)) => {
                self.problem(
                    "SPOTIFY_API_URL",
                    "it is set without `SPOTIFY_ACCOUNTS_URL`".to_owned(),
                );
                return Origins::spotify();
            }
        };
        if deployment == Deployment::Production {
            for name in names {
                self.problem(
                    name,
                    "a local Spotify is refused with `DEPLOYMENT_ENVIRONMENT=production`"
                        .to_owned(),
                );
            }
            return Origins::spotify();
        }
        let urls = [accounts, api].map(|text| Url::parse(&text).ok());
        for (name, url) in names.iter().zip(&urls) {
            if !url.as_ref().is_some_and(crate::origins::is_loopback) {
                self.problem(name, crate::origins::NotLoopback.to_string());
            }
        }
        match urls {
            [Some(accounts), Some(api)] => {
                Origins::loopback(accounts, api).unwrap_or_else(|_| Origins::spotify())
            }
            _ => Origins::spotify(),
        }
    }

    pub(super) fn problem(&mut self, name: &'static str, what: String) {
        self.problems.push(Problem::of(name, what));
    }

    pub(super) fn has_problem(&self, name: &str) -> bool {
        self.problems.iter().any(|problem| problem.setting() == name)
    }

    /// Returns the places that the audit log is sent to.
    pub(super) fn sinks(&mut self) -> Vec<Sink> {
        std::mem::take(&mut self.sinks)
    }

    /// Returns the secrets that stand elsewhere, when nothing is wrong.
    pub(super) fn finish(self) -> Result<Vec<Unfetched>, Problems> {
        if self.problems.is_empty() { Ok(self.unfetched) } else { Err(Problems(self.problems)) }
    }
}
