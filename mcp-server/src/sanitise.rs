//! Texts that other people wrote, made safe to hand to a model and to show on a screen.
//!
//! Track, album, artist and playlist names, descriptions and display names come from anybody who
//! has a Spotify account. They are data: nothing here or anywhere else acts on what they say. What
//! could hide in them from a person's eyes, or change how the text around them is read, is removed.

use spotify_api::model::decode_entities;

/// The most characters kept of a name or title.
const NAME: usize = 120;
/// The most characters kept of a description.
const DESCRIPTION: usize = 300;
/// The most characters kept of an opaque mark, like a playlist's version.
const MARK: usize = 200;

/// Cleans a name or title.
pub(crate) fn name(text: &str) -> String {
    line(text, NAME)
}

/// Cleans a description; Spotify leaves HTML entities in them (N51), which are decoded once.
pub(crate) fn description(text: &str) -> String {
    line(&decode_entities(text), DESCRIPTION)
}

/// Cleans an opaque mark: only visible ASCII is kept.
pub(crate) fn mark(text: &str) -> String {
    text.chars().filter(char::is_ascii_graphic).take(MARK).collect()
}

/// Makes one line of at most `longest` characters: no control, direction or invisible characters,
/// runs of space as one space.
pub(crate) fn line(text: &str, longest: usize) -> String {
    let mut clean = String::with_capacity(text.len().min(4 * longest));
    let mut kept = 0;
    let mut gap = false;
    let mut previous = ' ';
    let mut characters = text.chars().peekable();
    while let Some(character) = characters.next() {
        let space = character.is_whitespace() || character.is_control();
        let joins = is_joiner(character)
            && !previous.is_ascii()
            && !is_joiner(previous)
            && characters.peek().copied().is_some_and(can_be_joined);
        if space {
            gap = true;
            previous = ' ';
        } else if joins || !is_hidden(character) {
            let separator = gap && !clean.is_empty();
            if kept + usize::from(separator) + 1 > longest {
                return shortened(clean);
            }
            if separator {
                clean.push(' ');
                kept += 1;
            }
            clean.push(character);
            kept += 1;
            gap = false;
            previous = character;
        }
    }
    clean
}

/// Marks a text that goes on, within the same number of characters.
fn shortened(mut text: String) -> String {
    text.pop();
    text.truncate(text.trim_end().len());
    text.push('…');
    text
}

/// Zero-width joiner and non-joiner. Emoji, Persian and the scripts of India need them between two
/// characters; anywhere else they are only a place to hide.
fn is_joiner(character: char) -> bool {
    matches!(character, '\u{200c}' | '\u{200d}')
}

fn can_be_joined(character: char) -> bool {
    !character.is_ascii()
        && !character.is_whitespace()
        && !character.is_control()
        && !is_hidden(character)
}

/// Whether a character has no width, changes the direction of writing, or carries hidden text.
fn is_hidden(character: char) -> bool {
    matches!(character,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
        | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
        | '\u{2060}'..='\u{206f}' | '\u{2800}' | '\u{3164}' | '\u{fe00}'..='\u{fe0d}' | '\u{feff}'
        | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_cannot_be_seen_is_removed() {
        let hidden = "a\u{202e}b\u{200b}c\u{feff}d\u{2066}e\u{ad}f\u{e0041}g\u{3164}h\u{180e}i";
        assert_eq!(name(hidden), "abcdefghi");
        assert_eq!(name("\u{200d}x\u{200d}y\u{200c}"), "xy");
    }

    #[test]
    fn line_breaks_and_controls_become_one_space() {
        assert_eq!(name(" a\r\n\t b\0\u{1b}[31mc\u{2028} "), "a b [31mc");
        assert_eq!(name("\n\n"), "");
    }

    #[test]
    fn what_a_script_or_an_emoji_needs_stays() {
        for text in [
            "می\u{200c}خواهم",
            "👩\u{200d}🚀",
            "क\u{94d}\u{200d}ष",
            "Sigur Rós",
            "夜に駆ける",
            "❤\u{fe0f}",
        ] {
            assert_eq!(name(text), text);
        }
    }

    #[test]
    fn a_long_text_is_cut_within_its_limit_and_marked() {
        assert_eq!(line("abcdef", 6), "abcdef");
        assert_eq!(line("abcdefg", 6), "abcde…");
        assert_eq!(line("abcd efg", 6), "abcd…");
        assert_eq!(name(&"ü".repeat(500)).chars().count(), NAME);
    }

    #[test]
    fn n51_a_description_is_decoded_once_and_stays_data() {
        assert_eq!(
            description("It&#x27;s &quot;on&quot; &amp;amp; \n<b>"),
            "It's \"on\" &amp; <b>"
        );
        assert_eq!(description("&#x202e;evil"), "evil");
    }

    #[test]
    fn a_mark_is_visible_ascii() {
        assert_eq!(mark("AAAA\u{202e}\n b=="), "AAAAb==");
        assert_eq!(mark(&"x".repeat(999)).len(), MARK);
    }

    proptest! {
        #[test]
        fn no_text_comes_through_longer_or_in_two_lines(text in any::<String>(), longest in 1_usize..50) {
            let clean = line(&text, longest);
            prop_assert!(clean.chars().count() <= longest);
            prop_assert!(!clean.chars().any(char::is_control));
            prop_assert!(!clean.chars().any(|c| is_hidden(c) && !is_joiner(c)));
            prop_assert_eq!(clean.trim(), &clean);
            prop_assert_eq!(line(&clean, longest), clean);
        }
    }
}
