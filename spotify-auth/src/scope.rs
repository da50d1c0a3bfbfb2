//! Scopes as an opaque, validated set.

use std::collections::BTreeSet;
use std::fmt;
use std::str::FromStr;

/// A set of OAuth scopes, each a `scope-token` of RFC 6749, section 3.3.
///
/// What a scope means is Spotify's business; `spotify-api` holds the closed set of its names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ScopeSet(BTreeSet<String>);

/// A text that is no list of scopes.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a scope holds only printable ASCII without space, `\"` and `\\` (RFC 6749, section 3.3)")]
pub struct ScopeError;

impl ScopeSet {
    /// Returns the scopes in alphabetical order.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(String::as_str)
    }

    /// Whether the set has no scope.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Returns the scopes of this set that `granted` lacks.
    #[must_use]
    pub fn missing_from(&self, granted: &Self) -> Self {
        Self(self.0.difference(&granted.0).cloned().collect())
    }

    /// Returns the scopes of both sets.
    #[must_use]
    pub fn union(&self, other: &Self) -> Self {
        Self(self.0.union(&other.0).cloned().collect())
    }
}

/// What each of several uses, tools for example, needs.
///
/// ```
/// use spotify_auth::scope::{Needs, ScopeSet};
///
/// let needs: Needs<&str> = [
///     ("get_playlists", "playlist-read-private".parse()?),
///     ("create_playlist", "playlist-modify-private".parse()?),
/// ]
/// .into_iter()
/// .collect();
/// let granted: ScopeSet = "playlist-read-private".parse()?;
/// assert_eq!(needs.unmet(&granted)[0].0, &"create_playlist");
/// # Ok::<(), spotify_auth::scope::ScopeError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Needs<T>(Vec<(T, ScopeSet)>);

impl<T> Needs<T> {
    /// Returns the smallest set that serves every use.
    pub fn smallest(&self) -> ScopeSet {
        self.0.iter().fold(ScopeSet::default(), |all, (_, scopes)| all.union(scopes))
    }

    /// Returns the uses that `granted` does not serve, each with what it lacks.
    pub fn unmet(&self, granted: &ScopeSet) -> Vec<(&T, ScopeSet)> {
        self.0
            .iter()
            .map(|(name, scopes)| (name, scopes.missing_from(granted)))
            .filter(|(_, missing)| !missing.is_empty())
            .collect()
    }

    /// Returns what to ask for at the next sign-in: what was granted, and what is missing. `None`
    /// when nothing is missing.
    ///
    /// A refresh never widens a grant; new scopes need the person's approval.
    pub fn upgrade(&self, granted: &ScopeSet) -> Option<ScopeSet> {
        let missing = self.smallest().missing_from(granted);
        (!missing.is_empty()).then(|| granted.union(&missing))
    }
}

impl<T> FromIterator<(T, ScopeSet)> for Needs<T> {
    fn from_iter<I: IntoIterator<Item = (T, ScopeSet)>>(uses: I) -> Self {
        Self(uses.into_iter().collect())
    }
}

impl FromStr for ScopeSet {
    type Err = ScopeError;

    /// Parses a list separated by spaces; an empty text is the empty set.
    fn from_str(text: &str) -> Result<Self, ScopeError> {
        text.split(' ')
            .filter(|scope| !scope.is_empty())
            .map(scope_token)
            .collect::<Result<_, _>>()
            .map(Self)
    }
}

impl fmt::Display for ScopeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, scope) in self.iter().enumerate() {
            if index > 0 {
                f.write_str(" ")?;
            }
            f.write_str(scope)?;
        }
        Ok(())
    }
}

fn scope_token(text: &str) -> Result<String, ScopeError> {
    let allowed = |byte: u8| matches!(byte, 0x21 | 0x23..=0x5b | 0x5d..=0x7e);
    if text.bytes().all(allowed) { Ok(text.to_owned()) } else { Err(ScopeError) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_list_is_a_set_in_order() {
        let scopes: ScopeSet =
            "user-read-private  playlist-read-private user-read-private".parse().unwrap();
        assert_eq!(scopes.to_string(), "playlist-read-private user-read-private");
    }

    #[test]
    fn a_scope_with_a_quote_or_control_character_is_refused() {
        assert_eq!("a\"b".parse::<ScopeSet>(), Err(ScopeError));
        assert_eq!("a\nb".parse::<ScopeSet>(), Err(ScopeError));
    }

    #[test]
    fn an_upgrade_keeps_what_was_granted_and_adds_what_is_missing() {
        let needs: Needs<&str> = [("one", "a b".parse().unwrap()), ("two", "b c".parse().unwrap())]
            .into_iter()
            .collect();
        assert_eq!(needs.smallest().to_string(), "a b c");
        let granted: ScopeSet = "b c d".parse().unwrap();
        let unmet = needs.unmet(&granted);
        assert_eq!((unmet.len(), *unmet[0].0, unmet[0].1.to_string()), (1, "one", "a".to_owned()));
        assert_eq!(needs.upgrade(&granted).unwrap().to_string(), "a b c d");
        assert!(needs.upgrade(&needs.smallest()).is_none());
    }

    #[test]
    fn missing_scopes_are_named() {
        let wanted: ScopeSet = "a b c".parse().unwrap();
        let granted: ScopeSet = "b".parse().unwrap();
        assert_eq!(wanted.missing_from(&granted).to_string(), "a c");
    }
}
