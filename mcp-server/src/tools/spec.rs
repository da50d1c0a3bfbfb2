//! What a tool says about itself, and what follows from it.

use std::{collections::BTreeSet, fmt, str::FromStr};

use serde::Serialize;
use spotify_api::{Endpoint, Regime, Scope, endpoint::Offer};

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
    /// Whether it is there whatever toolsets are chosen; only what forbids takes it away.
    pub core: bool,
    /// Whether `undo_change` can take back what it did.
    pub undo: bool,
    /// What to do where the app's regime lacks its operations.
    pub instead: &'static str,
    /// Arguments that show how it is used, as JSON.
    pub example: &'static str,
}

impl Spec {
    /// A tool that uses no operation, for constants to start from.
    pub(crate) const fn new(name: &'static str, toolset: Toolset, effect: Effect) -> Self {
        Self {
            name,
            title: "",
            description: "",
            toolset,
            effect,
            operations: &[],
            further_scopes: &[],
            spared_scopes: &[],
            core: false,
            undo: false,
            instead: "",
            example: "{}",
        }
    }

    /// Whether an app of this regime has all that the tool needs, as far as that can be known
    /// without asking. What is replaced by another of its operations is not needed.
    pub fn offered_in(&self, regime: Regime) -> Offer {
        let endpoints = self.operations.iter().filter_map(|id| Endpoint::find(id));
        let needed = endpoints.filter(|endpoint| {
            !endpoint.replacement.is_some_and(|other| self.operations.contains(&other))
        });
        let offers: Vec<Offer> =
            needed.map(|endpoint| endpoint.status.offered_in(regime)).collect();
        let worst = [Offer::No, Offer::Unknown].into_iter().find(|offer| offers.contains(offer));
        worst.unwrap_or(Offer::Yes)
    }

    /// Whether it is off until an operator names it: what it destroys can't be brought back.
    pub const fn needs_enabling(&self) -> bool {
        matches!(self.effect, Effect::Destructive) && !self.undo && !self.core
    }

    /// Returns the title, if it says more than the name.
    pub fn published_title(&self) -> Option<&'static str> {
        let name = self.name.replace('_', " ");
        (!name.eq_ignore_ascii_case(self.title)).then_some(self.title)
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
        let read = matches!(effect, Effect::Read);
        let destructive = matches!(effect, Effect::Destructive);
        let open = !operations.is_empty() || matches!(effect, Effect::Auth);
        Annotations {
            read_only_hint: read,
            destructive_hint: if read { None } else { Some(destructive) },
            idempotent_hint: if read { None } else { Some(destructive) },
            open_world_hint: if open { None } else { Some(false) },
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

macro_rules! toolsets {
    ($($name:ident = $word:literal, $default:literal, $text:literal;)+) => {
        /// A group of tools that an operator chooses or leaves out together.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
        #[serde(rename_all = "lowercase")]
        pub enum Toolset {
            $(#[doc = concat!($text, ".")] $name,)+
        }

        impl Toolset {
            /// All toolsets, each once.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// Returns the toolset's name.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            /// Returns what the toolset is for, in one line.
            pub const fn describe(self) -> &'static str {
                match self { $(Self::$name => $text,)+ }
            }

            /// Whether it is chosen when the operator chooses none.
            pub const fn is_default(self) -> bool {
                match self { $(Self::$name => $default,)+ }
            }
        }
    };
}

toolsets! {
    Account = "account", true, "Sign in to Spotify and see the state of the sign-in";
    Catalogue = "catalogue", true, "Search Spotify's catalogue and look things up";
    Playlists = "playlists", true, "List, read, create and change the person's playlists";
    Playback = "playback", true, "See and control what plays, where and what comes next";
    Library = "library", true, "See and change what the person saved and follows";
    Personal = "personal", true, "See the person's profile and what was played";
    Arranging = "arranging", false, "Move, sort, replace, merge and compare entries of playlists";
    Browse = "browse", false, "List what albums, artists, shows and audiobooks hold, and followed artists";
    Records = "records", false, "Tell what these tools did for the person, and check the setup";
    Older = "older", false, "Look up what Spotify offers to older apps only";
}

impl FromStr for Toolset {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let known = Self::ALL.iter().find(|toolset| toolset.as_str() == text);
        known.copied().ok_or_else(|| UnknownName::of(Self::ALL.iter().map(|one| one.as_str())))
    }
}

/// A name that stands for nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownName(String);

impl UnknownName {
    pub(super) fn of<'a>(known: impl Iterator<Item = &'a str>) -> Self {
        Self(known.collect::<Vec<_>>().join(", "))
    }
}

impl fmt::Display for UnknownName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "it is none of {}", self.0)
    }
}

impl std::error::Error for UnknownName {}

/// Hints for clients about a call (MCP 2025-11-25, `ToolAnnotations`). A hint is absent where its
/// default is right, or where it says nothing beside the others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Annotations {
    /// It changes nothing.
    pub read_only_hint: bool,
    /// It may remove or replace something.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub destructive_hint: Option<bool>,
    /// Calling it again with the same arguments changes nothing more.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub idempotent_hint: Option<bool>,
    /// It deals with a service outside of this program.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub open_world_hint: Option<bool>,
}
