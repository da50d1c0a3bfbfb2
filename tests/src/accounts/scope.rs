//! The closed set of scopes.

use std::collections::BTreeSet;

/// Every scope of Spotify's specification.
pub(crate) const ALL: [&str; 19] = [
    "app-remote-control",
    "playlist-read-private",
    "playlist-read-collaborative",
    "playlist-modify-public",
    "playlist-modify-private",
    "user-library-read",
    "user-library-modify",
    "user-read-private",
    "user-read-email",
    "user-follow-read",
    "user-follow-modify",
    "user-top-read",
    "user-read-playback-position",
    "user-read-playback-state",
    "user-read-recently-played",
    "user-read-currently-playing",
    "user-modify-playback-state",
    "ugc-image-upload",
    "streaming",
];

/// What a grant allows.
pub(crate) type Scopes = BTreeSet<&'static str>;

/// What to do with a scope that does not exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Unknown {
    /// The whole authorization fails, as it does for new client ids.
    Refuse,
    /// It is left out, as it is for old client ids.
    Ignore,
}

/// Parses a space-separated list; `None` when it must be refused.
pub(crate) fn parse(text: &str, unknown: Unknown) -> Option<Scopes> {
    let mut scopes = Scopes::new();
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        match ALL.iter().find(|&&known| known == word) {
            Some(&known) => {
                scopes.insert(known);
            }
            None if unknown == Unknown::Ignore => {}
            None => return None,
        }
    }
    Some(scopes)
}

/// Writes scopes as a space-separated list.
pub(crate) fn join(scopes: &Scopes) -> String {
    scopes.iter().copied().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_unknown_scope_refuses_all_or_is_left_out() {
        assert_eq!(parse("streaming sing-along", Unknown::Refuse), None);
        let lenient = parse("streaming sing-along", Unknown::Ignore);
        assert_eq!(lenient.map(|scopes| join(&scopes)).as_deref(), Some("streaming"));
        assert_eq!(parse("", Unknown::Refuse), Some(Scopes::new()));
    }
}
