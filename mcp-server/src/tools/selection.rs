//! Which of the tools an operator offers.
//!
//! What forbids always wins: an excluded tool, a changing tool of a read-only server and a tool that
//! the configured regime lacks are not there, whoever asks for them. Nothing here changes while a
//! process runs.

use std::{collections::BTreeSet, str::FromStr};

use spotify_api::{Regime, Scope, endpoint::Offer};

use super::{Effect, Entry, Spec, TOOLS, Toolset, find, spec::UnknownName};
#[cfg(feature = "server")]
use crate::dispatch::confirming::Confirm;

/// What an operator chose. Without any choice it is the default toolsets.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection {
    /// The toolsets; empty for the default ones.
    pub toolsets: BTreeSet<Toolset>,
    /// Further tools, also those that need enabling.
    pub tools: BTreeSet<ToolName>,
    /// Tools that are not offered, whatever else is chosen.
    pub excluded: BTreeSet<ToolName>,
    /// Tools that a person has to confirm, whatever their effect; nothing lifts that.
    pub confirmed: BTreeSet<ToolName>,
    /// Whether a destructive tool acts without a person's word where the client can't ask for it.
    pub allow_unconfirmed: bool,
    /// Whether nothing that changes the account is offered.
    pub read_only: bool,
    /// For how many days what it takes to undo a change is kept, if not for 30; 0 keeps nothing.
    pub undo_days: Option<u32>,
}

/// The name of a tool that there is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct ToolName(&'static str);

impl FromStr for ToolName {
    type Err = UnknownName;

    fn from_str(text: &str) -> Result<Self, UnknownName> {
        let name = find(text).map(|tool| Self(tool.name()));
        name.ok_or_else(|| UnknownName::of(TOOLS.iter().map(Entry::name)))
    }
}

impl Selection {
    /// Chooses all tools, also those that need enabling.
    pub fn all() -> Self {
        let tools = TOOLS.iter().map(|tool| ToolName(tool.name())).collect();
        Self { tools, ..Self::default() }
    }

    /// Returns for how many days what it takes to undo a change is kept.
    pub fn undo_days(&self) -> u32 {
        self.undo_days.unwrap_or(30)
    }

    /// Returns the tools that an app of a regime is offered, in the order of the table.
    pub fn tools(&self, regime: Regime) -> impl Iterator<Item = &'static Entry> {
        TOOLS.iter().filter(move |tool| {
            let spec = tool.spec();
            self.wants(spec) && !self.forbids(spec) && spec.offered_in(regime) != Offer::No
        })
    }

    /// Returns the scopes that the tools need together: what a sign-in asks for.
    pub fn scopes(&self, regime: Regime) -> BTreeSet<Scope> {
        self.tools(regime).flat_map(|tool| tool.spec().scopes()).collect()
    }

    /// Tells when a person has to agree to a call of a tool. What forbids wins.
    #[cfg(feature = "server")]
    pub(crate) fn confirm(&self, spec: &Spec) -> Confirm {
        if self.confirmed.contains(&ToolName(spec.name)) {
            Confirm::Always
        } else if spec.effect != Effect::Destructive {
            Confirm::Never
        } else if self.allow_unconfirmed {
            Confirm::WherePossible
        } else {
            Confirm::Always
        }
    }

    fn wants(&self, spec: &Spec) -> bool {
        let toolset = if self.toolsets.is_empty() {
            spec.toolset.is_default()
        } else {
            self.toolsets.contains(&spec.toolset)
        };
        spec.core
            || self.tools.contains(&ToolName(spec.name))
            || (toolset && !spec.needs_enabling())
    }

    fn forbids(&self, spec: &Spec) -> bool {
        let changes = matches!(spec.effect, Effect::Write | Effect::Destructive);
        self.excluded.contains(&ToolName(spec.name)) || (self.read_only && changes)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(selection: &Selection, regime: Regime) -> Vec<&'static str> {
        selection.tools(regime).map(Entry::name).collect()
    }

    fn tool(name: &str) -> BTreeSet<ToolName> {
        [name.parse().unwrap()].into()
    }

    #[test]
    fn the_core_is_there_whatever_toolsets_are_chosen() {
        let core = TOOLS.iter().filter(|tool| tool.spec().core).count();
        assert_eq!(core, 12);
        for toolset in Toolset::ALL {
            let selection = Selection { toolsets: [*toolset].into(), ..Selection::default() };
            let tools: Vec<_> = selection.tools(Regime::Auto).collect();
            assert_eq!(tools.iter().filter(|tool| tool.spec().core).count(), core);
            assert!(tools.iter().all(|tool| tool.spec().core || tool.spec().toolset == *toolset));
        }
    }

    #[test]
    fn what_forbids_wins_over_what_asks() {
        let selection = Selection {
            tools: tool("create_playlist"),
            excluded: tool("create_playlist"),
            ..Selection::default()
        };
        assert!(!names(&selection, Regime::Auto).contains(&"create_playlist"));
        let selection =
            Selection { tools: tool("create_playlist"), read_only: true, ..Selection::default() };
        for tool in selection.tools(Regime::Auto) {
            assert!(matches!(tool.spec().effect, Effect::Read | Effect::Auth), "{}", tool.name());
        }
        assert!(names(&selection, Regime::Auto).contains(&"get_auth_url"));
    }

    #[cfg(feature = "server")]
    #[test]
    fn a_destructive_tool_is_confirmed_and_what_the_operator_demands_is_never_lifted() {
        let spec = |name: &str| *find(name).unwrap().spec();
        let usual = Selection::default();
        assert_eq!(usual.confirm(&spec("remove_from_library")), Confirm::Always);
        assert_eq!(usual.confirm(&spec("play")), Confirm::Never);
        let confirmed = ["play", "undo_change"].map(|name| name.parse().unwrap()).into();
        let chosen = Selection { confirmed, allow_unconfirmed: true, ..usual };
        assert_eq!(chosen.confirm(&spec("remove_from_library")), Confirm::WherePossible);
        assert_eq!(chosen.confirm(&spec("play")), Confirm::Always);
        assert_eq!(chosen.confirm(&spec("undo_change")), Confirm::Always);
        assert_eq!(chosen.confirm(&spec("get_profile")), Confirm::Never);
    }

    #[test]
    fn a_configured_regime_hides_what_it_lacks_and_auto_hides_nothing() {
        let all =
            Selection { toolsets: Toolset::ALL.iter().copied().collect(), ..Selection::default() };
        let (auto, restricted) = (names(&all, Regime::Auto), names(&all, Regime::DevRestricted));
        assert!(restricted.len() < auto.len());
        assert!(restricted.iter().all(|name| auto.contains(name)));
        for name in auto.iter().filter(|name| !restricted.contains(name)) {
            assert!(!find(name).unwrap().spec().instead.is_empty(), "{name}");
        }
    }

    #[test]
    fn what_cannot_be_undone_is_off_until_it_is_named() {
        for entry in TOOLS.iter().filter(|tool| tool.spec().needs_enabling()) {
            let mut selection =
                Selection { toolsets: [entry.spec().toolset].into(), ..Selection::default() };
            assert!(!names(&selection, Regime::Auto).contains(&entry.name()));
            selection.tools = tool(entry.name());
            assert!(names(&selection, Regime::Auto).contains(&entry.name()));
        }
    }

    #[test]
    fn a_name_that_stands_for_nothing_is_answered_with_those_that_do() {
        let error = "get_plalists".parse::<ToolName>().unwrap_err().to_string();
        assert!(error.contains("get_playlists, get_playlist,"), "{error}");
        let error = "music".parse::<Toolset>().unwrap_err().to_string();
        assert!(error.contains("account, catalogue"), "{error}");
    }
}
