//! What a tool says about itself, and what follows from it.

use std::collections::BTreeSet;

use serde::Serialize;
use spotify_api::{Endpoint, Scope};

/// What a tool is called, does, needs and may change.
#[derive(Debug, Clone, Copy)]
pub struct Spec {
    /// The name that clients call it by, `[a-z_]{1,64}`.
    pub name: &'static str,
    /// The name that people see.
    pub title: &'static str,
    /// What it does, for the model that chooses among tools.
    pub description: &'static str,
    /// Which group of tools it belongs to.
    pub toolset: Toolset,
    /// What a call may do to the person's account.
    pub effect: Effect,
    /// The ids of the Web API operations that it may use.
    pub operations: &'static [&'static str],
    /// Scopes that it needs besides those of its operations.
    pub further_scopes: &'static [Scope],
    /// Scopes of its operations that it works without.
    pub spared_scopes: &'static [Scope],
}

impl Spec {
    /// A tool that uses no operation, for constants to start from.
    pub(super) const fn new(name: &'static str, toolset: Toolset, effect: Effect) -> Self {
        Self {
            name,
            title: "",
            description: "",
            toolset,
            effect,
            operations: &[],
            further_scopes: &[],
            spared_scopes: &[],
        }
    }

    /// Returns the scopes that the tool needs.
    pub fn scopes(&self) -> BTreeSet<Scope> {
        let documented = self.operations.iter().filter_map(|id| Endpoint::find(id));
        documented
            .flat_map(|endpoint| endpoint.scopes)
            .filter(|scope| !self.spared_scopes.contains(scope))
            .chain(self.further_scopes)
            .copied()
            .collect()
    }

    /// Returns the hints that clients show to people before a call.
    pub const fn annotations(&self) -> Annotations {
        let Self { effect, operations, .. } = self;
        Annotations {
            read_only_hint: matches!(effect, Effect::Read),
            destructive_hint: matches!(effect, Effect::Destructive),
            idempotent_hint: matches!(effect, Effect::Read | Effect::Destructive),
            open_world_hint: !operations.is_empty() || matches!(effect, Effect::Auth),
        }
    }
}

/// What a call may do to the person's account. Also the class of its audit records.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Effect {
    /// Nothing.
    Read,
    /// Adds or creates.
    Write,
    /// Removes or replaces. Doing it again changes nothing more.
    Destructive,
    /// Signs somebody in.
    Auth,
}

impl Effect {
    /// Returns the effect as one word.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Read => "read",
            Self::Write => "write",
            Self::Destructive => "destructive",
            Self::Auth => "auth",
        }
    }

    /// Whether a call leaves everything as it was.
    pub const fn is_read(self) -> bool {
        matches!(self, Self::Read)
    }
}

/// A group of tools that an operator chooses or leaves out together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Toolset {
    /// Signing in and its state.
    Account,
    /// Search, tracks, albums and artists.
    Catalogue,
    /// The person's playlists.
    Playlists,
}

impl Toolset {
    /// All toolsets, each once.
    pub const ALL: [Self; 3] = [Self::Account, Self::Catalogue, Self::Playlists];

    /// Returns the toolset's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Account => "account",
            Self::Catalogue => "catalogue",
            Self::Playlists => "playlists",
        }
    }

    /// Returns what the toolset is for, in one line.
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Account => "Sign in to Spotify and see the state of the sign-in",
            Self::Catalogue => "Search Spotify's catalogue and look up tracks, albums and artists",
            Self::Playlists => "List, read, create and change the person's playlists",
        }
    }
}

/// Hints for clients about a call (MCP 2025-11-25, `ToolAnnotations`).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Annotations {
    /// It changes nothing.
    pub read_only_hint: bool,
    /// It may remove or replace something.
    pub destructive_hint: bool,
    /// Calling it again with the same arguments changes nothing more.
    pub idempotent_hint: bool,
    /// It deals with a service outside of this program.
    pub open_world_hint: bool,
}
