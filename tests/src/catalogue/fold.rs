//! Text as a searcher types it: without case and without accents.

/// Returns `text` in lower case, without accents and vowel points.
///
/// It covers the scripts of the catalogue, not all of Unicode.
pub(crate) fn fold(text: &str) -> String {
    text.chars()
        .flat_map(char::to_lowercase)
        .filter(|&character| !is_mark(character))
        .flat_map(|character| base(character).chars().chain(keep(character)))
        .collect()
}

/// Returns the words of a folded text: runs of letters and digits.
pub(crate) fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded
        .split(|character: char| character.is_whitespace() || character.is_ascii_punctuation())
        .filter(|word| !word.is_empty())
}

fn is_mark(character: char) -> bool {
    matches!(character,
        '\u{300}'..='\u{36f}' | '\u{591}'..='\u{5c7}' | '\u{64b}'..='\u{65f}' | '\u{fe0f}')
}

/// Returns the character itself unless [`base`] replaces it.
fn keep(character: char) -> Option<char> {
    base(character).is_empty().then_some(character)
}

/// Returns the plain letters for an accented one, or nothing when it is plain already.
fn base(character: char) -> &'static str {
    if character.is_ascii() {
        return "";
    }
    let found = LETTERS.iter().find(|(accented, _)| accented.contains(character));
    found.map_or("", |(_, plain)| plain)
}

const LETTERS: &[(&str, &str)] = &[
    ("àáâãäåāăą", "a"),
    ("çćĉċč", "c"),
    ("ďđð", "d"),
    ("èéêëēĕėęě", "e"),
    ("ĝğġģ", "g"),
    ("ìíîïĩīĭįı", "i"),
    ("ķ", "k"),
    ("ĺļľł", "l"),
    ("ñńņňŋ", "n"),
    ("òóôõöøōŏő", "o"),
    ("ŕŗř", "r"),
    ("śŝşš", "s"),
    ("ţťŧ", "t"),
    ("ùúûüũūŭůűų", "u"),
    ("ýÿ", "y"),
    ("źżž", "z"),
    ("æ", "ae"),
    ("œ", "oe"),
    ("ß", "ss"),
    ("þ", "th"),
    ("ά", "α"),
    ("έ", "ε"),
    ("ή", "η"),
    ("ίϊΐ", "ι"),
    ("ό", "ο"),
    ("ύϋΰ", "υ"),
    ("ώ", "ω"),
    ("ς", "σ"),
    ("ё", "е"),
    ("й", "и"),
    ("أإآ", "ا"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_and_accents_disappear_in_every_script() {
        for (text, expected) in [
            ("Zażółć Gęślą", "zazolc gesla"),
            ("CORAZÓN", "corazon"),
            ("Cafe\u{301}", "cafe"),
            ("Straße", "strasse"),
            ("Καρδιά Άνεμος", "καρδια ανεμοσ"),
            ("Ещё", "еще"),
            ("夜の灯台", "夜の灯台"),
        ] {
            assert_eq!(fold(text), expected);
        }
    }

    #[test]
    fn words_are_split_at_punctuation() {
        assert_eq!(words("don't stop: now").collect::<Vec<_>>(), ["don", "t", "stop", "now"]);
    }
}
