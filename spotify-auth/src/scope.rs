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
    fn missing_scopes_are_named() {
        let wanted: ScopeSet = "a b c".parse().unwrap();
        let granted: ScopeSet = "b".parse().unwrap();
        assert_eq!(wanted.missing_from(&granted).to_string(), "a c");
    }
}
