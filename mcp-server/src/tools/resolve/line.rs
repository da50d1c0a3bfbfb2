//! Reading a line as a person writes it: who, what, and what does not matter.

use super::compare::Folded;

/// Words in brackets or behind a dash that say nothing of which track is meant.
const NOISE: &[&str] = &[
    "official",
    "video",
    "audio",
    "lyric",
    "lyrics",
    "hd",
    "hq",
    "4k",
    "remaster",
    "remastered",
    "explicit",
    "mono",
    "stereo",
    "visualizer",
    "version",
];
/// Words that make another recording of a track.
const VARIANTS: &[&str] =
    &["live", "remix", "acoustic", "instrumental", "karaoke", "demo", "cover"];
/// What stands before a guest's name.
const GUESTS: &[&str] = &[" feat. ", " feat ", " ft. ", " ft ", " featuring "];
/// What stands between artist and title.
const DASHES: &[&str] = &[" - ", " – ", " — ", " | ", " ~ ", "\t"];

/// What a line says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// Who and what, in the likelier order first.
    pub(super) readings: Vec<Reading>,
    /// Which other recording it asks for.
    pub(super) variant: Option<&'static str>,
}

/// One way to read a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Reading {
    /// The artist, as written; none where the line has no two parts.
    pub(super) artist: Option<String>,
    /// The title, as written.
    pub(super) title: String,
}

impl Line {
    /// Reads a line; `None` where nothing is left of it.
    pub(super) fn read(text: &str) -> Option<Self> {
        let lower = text.to_lowercase();
        let variant = variant(&lower);
        let text = without_brackets(without_number(text.trim()));
        let text = text.trim().trim_matches(['"', '“', '”']).trim();
        let mut parts: Vec<String> = split(text)
            .into_iter()
            .map(|part| clean(&part))
            .filter(|part| !Folded::of(part).is_empty())
            .collect();
        // What follows a second dash is an album or a variant: the first two parts name the track.
        parts.truncate(2);
        let readings = match parts.as_slice() {
            [] => return None,
            [first, second] => vec![
                Reading { artist: Some(first.clone()), title: second.clone() },
                Reading { artist: Some(second.clone()), title: first.clone() },
            ],
            [only, ..] => match by(only) {
                Some((title, artist)) => vec![
                    Reading { artist: Some(artist), title },
                    Reading { artist: None, title: only.clone() },
                ],
                None => vec![Reading { artist: None, title: only.clone() }],
            },
        };
        Some(Self { readings, variant })
    }
}

/// Tells which variant a text names as a word of its own.
pub(super) fn variant(lower: &str) -> Option<&'static str> {
    let folded = Folded::of(lower);
    // A song may be called "Live": only what is set off names a variant.
    let set_off = lower.contains(['(', '[']) || lower.contains(" - ");
    VARIANTS.iter().copied().find(|word| set_off && folded.holds(&Folded::of(word)))
}

fn split(text: &str) -> Vec<String> {
    let mut parts = vec![text.to_owned()];
    for dash in DASHES {
        let split = parts.iter().flat_map(|part| part.split(dash)).map(str::to_owned);
        parts = split.collect();
    }
    parts
}

/// Takes guests and noise away.
fn clean(part: &str) -> String {
    // The same length as the text, so that a place in one is a place in the other.
    let lower = part.to_ascii_lowercase();
    let guest = GUESTS.iter().filter_map(|mark| lower.find(mark)).min();
    let part = match guest {
        Some(at) => {
            // "title ft. guest by artist": the guest ends where the artist begins.
            let by = lower
                .get(at..)
                .and_then(|rest| rest.rfind(" by "))
                .and_then(|by| part.get(at + by..));
            format!("{}{}", part.get(..at).unwrap_or(part), by.unwrap_or_default())
        }
        None => part.to_owned(),
    };
    let part = match by(&part) {
        // "live by artist", behind a dash.
        Some((title, artist)) if is_noise(&title) => artist,
        _ => part,
    };
    let part = part.trim();
    if is_noise(part) {
        String::new()
    } else {
        part.trim_matches(['"', '“', '”']).trim().to_owned()
    }
}

fn is_noise(text: &str) -> bool {
    let folded = Folded::of(text);
    folded
        .as_str()
        .split(' ')
        .all(|word| NOISE.contains(&word) || VARIANTS.contains(&word) || is_year(word))
}

fn is_year(word: &str) -> bool {
    word.len() == 4 && word.parse::<u16>().is_ok_and(|year| (1900..2100).contains(&year))
}

/// Splits "title by artist" at the last "by".
fn by(text: &str) -> Option<(String, String)> {
    let at = text.to_ascii_lowercase().rfind(" by ")?;
    let (title, artist) = (text.get(..at)?.trim(), text.get(at + 4..)?.trim());
    (!title.is_empty() && !artist.is_empty()).then(|| (title.to_owned(), artist.to_owned()))
}

/// Takes a number in a list away: "12. ", "03) ", "7 - ", "01 ".
fn without_number(text: &str) -> &str {
    let rest = text.trim_start_matches(|character: char| character.is_ascii_digit());
    let digits = text.len() - rest.len();
    let marked =
        rest.trim_start().strip_prefix(['.', ')', ':']).or_else(|| rest.strip_prefix(" - "));
    match marked {
        Some(rest) if (1..=3).contains(&digits) => rest.trim_start(),
        None if text.starts_with('0') && rest.starts_with(' ') => rest.trim_start(),
        _ => text,
    }
}

/// Takes what stands in brackets away, unless nothing else is left.
fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    let outside: String = text
        .chars()
        .filter(|character| match character {
            '(' | '[' => {
                depth += 1;
                false
            }
            ')' | ']' => {
                depth = depth.saturating_sub(1);
                false
            }
            _ => depth == 0,
        })
        .collect();
    if outside.trim().is_empty() { text.to_owned() } else { outside }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn first(text: &str) -> (String, String) {
        let reading = Line::read(text).unwrap().readings.remove(0);
        (reading.artist.unwrap_or_default(), reading.title)
    }

    #[test]
    fn what_does_not_name_the_track_is_left_out() {
        for text in [
            "The Paper Lanterns - Midnight Ferry",
            "12. The Paper Lanterns – Midnight Ferry (Official Video) [HD]",
            "The Paper Lanterns — Midnight Ferry (2019)",
            "The Paper Lanterns feat. Somebody - Midnight Ferry",
            "The Paper Lanterns - Midnight Ferry ft. Somebody",
            "The Paper Lanterns - Midnight Ferry - Remastered 2011",
            "03 The Paper Lanterns | \"Midnight Ferry\"",
            "Midnight Ferry by The Paper Lanterns",
            "Midnight Ferry ft. Somebody by The Paper Lanterns",
        ] {
            let expected = ("The Paper Lanterns".to_owned(), "Midnight Ferry".to_owned());
            assert_eq!(first(text), expected, "{text}");
        }
        assert_eq!(first("99 Red Rooms").1, "99 Red Rooms");
        assert_eq!(Line::read(" - () "), None);
    }

    #[test]
    fn a_variant_is_one_only_where_it_is_set_off() {
        assert_eq!(Line::read("A - B (Live)").unwrap().variant, Some("live"));
        assert_eq!(Line::read("A - B - Live").unwrap().variant, Some("live"));
        assert_eq!(Line::read("live forever").unwrap().variant, None);
    }
}
