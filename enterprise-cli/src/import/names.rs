//! What the names of files tell.

use std::path::Path;

use super::Kind;

/// Returns what a file of this name holds, and for whom; `None` for all other names.
pub(super) fn known(path: &Path) -> Option<(Kind, Option<String>)> {
    let name = path.file_name()?.to_str()?;
    let user = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    if name == ".env" || name.starts_with(".env.") {
        return Some((Kind::Env, None));
    }
    if name == ".cache" {
        return Some((Kind::Spotipy, None));
    }
    if let Some(rest) = name.strip_prefix(".cache-") {
        return Some((Kind::Spotipy, user(rest)));
    }
    let stem = name.strip_suffix(".json").or_else(|| name.strip_suffix(".enc"))?;
    let stem = stem.strip_suffix(".json").unwrap_or(stem);
    match stem {
        "config" | "spotify-config" => Some((Kind::Config, None)),
        "tokens" => Some((Kind::Tokens, None)),
        _ => Some((Kind::Tokens, user(stem.strip_prefix("tokens_")?))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_what_a_file_holds_and_for_whom() {
        let of = |name: &str| known(&Path::new("/srv").join(name));
        let ada = || Some("ada".to_owned());
        assert_eq!(of(".env"), Some((Kind::Env, None)));
        assert_eq!(of(".env.local"), Some((Kind::Env, None)));
        assert_eq!(of(".cache"), Some((Kind::Spotipy, None)));
        assert_eq!(of(".cache-ada"), Some((Kind::Spotipy, ada())));
        assert_eq!(of("config.json"), Some((Kind::Config, None)));
        assert_eq!(of("tokens_ada.json"), Some((Kind::Tokens, ada())));
        assert_eq!(of("tokens_ada.json.enc"), Some((Kind::Tokens, ada())));
        for other in ["package.json", "tokens", "cache", "settings.json"] {
            assert_eq!(of(other), None, "{other}");
        }
    }
}
