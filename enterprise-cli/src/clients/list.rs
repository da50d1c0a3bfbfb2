//! Changing one entry of a client's list of servers, and nothing else of the text around it.

use super::entry::{Command, Entry};
use super::{Client, Syntax, json, toml};

/// A text can't be changed.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ListError {
    #[error("it is not valid {syntax}: {problem}")]
    Syntax { syntax: &'static str, problem: String },
    #[error("`{0}` is there, but is not a list of servers")]
    NotAList(&'static str),
}

/// A client's file, as text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct List<'a> {
    client: Client,
    text: &'a str,
}

impl<'a> List<'a> {
    /// Takes the text of a client's file; empty where there is no file yet.
    pub(crate) fn new(client: Client, text: &'a str) -> Self {
        Self { client, text }
    }

    /// Returns the command of an entry; `None` when there is no such entry.
    ///
    /// # Errors
    /// See [`ListError`].
    pub(crate) fn command(self, name: &str) -> Result<Option<Command>, ListError> {
        match self.client.syntax() {
            Syntax::Json { .. } => json::command(self.text, self.client.servers(), name),
            Syntax::Toml => toml::command(self.text, self.client.servers(), name),
        }
    }

    /// Returns the text with an entry, in place of one of the same name.
    ///
    /// # Errors
    /// See [`ListError`].
    pub(crate) fn with(self, name: &str, entry: &Entry) -> Result<String, ListError> {
        let servers = self.client.servers();
        match self.client.syntax() {
            Syntax::Json { typed } => json::with(self.text, servers, name, entry, typed),
            Syntax::Toml => toml::with(self.text, servers, name, entry),
        }
    }

    /// Returns the text without an entry. A list that held nothing else stays, empty.
    ///
    /// # Errors
    /// See [`ListError`].
    pub(crate) fn without(self, name: &str) -> Result<String, ListError> {
        match self.client.syntax() {
            Syntax::Json { .. } => json::without(self.text, self.client.servers(), name),
            Syntax::Toml => toml::without(self.text, self.client.servers(), name),
        }
    }
}
