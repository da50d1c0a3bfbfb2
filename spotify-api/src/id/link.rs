//! Links to `open.spotify.com`.
//!
//! They are only read, never fetched: a short link would need a network hop to wherever it leads.

use url::{Host, Url};

use super::{ParseIdError, PlaylistId, SpotifyUri};

/// Hosts whose links only redirect.
const SHORT: [&str; 3] = ["spotify.link", "spoti.fi", "spotify.app.link"];

/// Reads a link, with or without its scheme.
pub(super) fn parse(text: &str) -> Result<SpotifyUri, ParseIdError> {
    let with_scheme;
    let absolute = if text.contains("://") {
        text
    } else if text.contains('/') {
        with_scheme = format!("https://{text}");
        &with_scheme
    } else {
        return Err(ParseIdError::UnknownKind);
    };
    let url = Url::parse(absolute).map_err(|_| ParseIdError::UnknownLink)?;
    check_host(&url)?;
    let segments: Vec<&str> =
        url.path_segments().into_iter().flatten().filter(|segment| !segment.is_empty()).collect();
    match without_decoration(&segments) {
        ["user", _, "playlist", id] => PlaylistId::bare(id).map(SpotifyUri::Playlist),
        ["collection"] | ["collection", "tracks"] => SpotifyUri::collection(None, None),
        ["collection", part] => SpotifyUri::collection(None, Some(part)),
        [kind, id] => SpotifyUri::of_kind(kind, id).map_err(|error| match error {
            ParseIdError::UnknownKind => ParseIdError::UnknownLink,
            other => other,
        }),
        _ => Err(ParseIdError::UnknownLink),
    }
}

fn check_host(url: &Url) -> Result<(), ParseIdError> {
    if !matches!(url.scheme(), "https" | "http") {
        return Err(ParseIdError::UnknownLink);
    }
    let host = url.host().ok_or(ParseIdError::UnknownLink)?;
    match host {
        Host::Domain("open.spotify.com") => Ok(()),
        Host::Domain(domain) if SHORT.contains(&domain) => {
            Err(ParseIdError::ShortLink { host: domain.to_owned() })
        }
        other => {
            Err(ParseIdError::ForeignHost { host: other.to_string().chars().take(80).collect() })
        }
    }
}

/// Drops `intl-xx` and `embed` in front of the resource.
fn without_decoration<'a, 'b>(mut segments: &'a [&'b str]) -> &'a [&'b str] {
    while let [first, rest @ ..] = segments
        && (first.starts_with("intl-") || matches!(*first, "embed" | "embed-podcast"))
    {
        segments = rest;
    }
    segments
}

#[cfg(test)]
mod tests {
    use super::*;

    const ID: &str = "37i9dQZF1DXcBWIGoYBM5M";

    #[test]
    fn links_are_read_whatever_their_decoration() {
        for (link, uri) in [
            (format!("https://open.spotify.com/playlist/{ID}"), format!("spotify:playlist:{ID}")),
            (format!("open.spotify.com/track/{ID}"), format!("spotify:track:{ID}")),
            (
                format!("http://open.spotify.com/intl-de/album/{ID}?si=1"),
                format!("spotify:album:{ID}"),
            ),
            (
                format!("https://open.spotify.com/intl-pt/artist/{ID}/"),
                format!("spotify:artist:{ID}"),
            ),
            (
                format!("https://open.spotify.com/embed/episode/{ID}?t=1#x"),
                format!("spotify:episode:{ID}"),
            ),
            (
                format!("https://open.spotify.com/embed/intl-fr/show/{ID}"),
                format!("spotify:show:{ID}"),
            ),
            (
                format!("https://open.spotify.com/user/me/playlist/{ID}"),
                format!("spotify:playlist:{ID}"),
            ),
            ("https://open.spotify.com/user/j%C3%A9".to_owned(), "spotify:user:j%C3%A9".to_owned()),
            (format!("https://open.spotify.com/audiobook/{ID}"), format!("spotify:audiobook:{ID}")),
            (
                format!("https://OPEN.spotify.com/intl-ja/chapter/{ID}"),
                format!("spotify:chapter:{ID}"),
            ),
            (
                "https://open.spotify.com/collection/your-episodes".to_owned(),
                "spotify:collection:your-episodes".to_owned(),
            ),
            (
                "https://open.spotify.com/collection/tracks".to_owned(),
                "spotify:collection".to_owned(),
            ),
        ] {
            assert_eq!(parse(&link).unwrap().to_string(), uri, "{link}");
        }
    }

    #[test]
    fn a_short_link_is_refused_with_what_to_do() {
        let error = parse("https://spotify.link/abcdef").unwrap_err();
        assert_eq!(error, ParseIdError::ShortLink { host: "spotify.link".to_owned() });
        assert!(error.to_string().contains("open it in a browser"));
    }

    #[test]
    fn foreign_hosts_are_refused_by_name() {
        for (link, host) in [
            ("https://example.org/track/37i9dQZF1DXcBWIGoYBM5M", "example.org"),
            (
                "https://open.spotify.com.evil.test/track/37i9dQZF1DXcBWIGoYBM5M",
                "open.spotify.com.evil.test",
            ),
            ("https://open.spotify.com@evil.test/track/37i9dQZF1DXcBWIGoYBM5M", "evil.test"),
            ("http://127.0.0.1/track/37i9dQZF1DXcBWIGoYBM5M", "127.0.0.1"),
        ] {
            assert_eq!(
                parse(link),
                Err(ParseIdError::ForeignHost { host: host.to_owned() }),
                "{link}"
            );
        }
    }

    #[test]
    fn a_link_to_no_resource_is_refused() {
        for link in [
            "https://open.spotify.com/",
            "ftp://open.spotify.com/track/x",
            "https://open.spotify.com/genre/rock",
        ] {
            assert_eq!(parse(link), Err(ParseIdError::UnknownLink), "{link}");
        }
        assert_eq!(parse("hello"), Err(ParseIdError::UnknownKind));
    }
}
