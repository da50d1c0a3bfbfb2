//! Text as a searcher types it: without case and without accents.

/// Returns `text` in lower case, without accents and vowel points.
///
/// It covers the scripts of the catalogue, not all of Unicode.
pub(crate) fn fold(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).filter(|&character| !is_mark(character)).fold(
        String::with_capacity(text.len()),
        |mut folded, character| {
            match base(character) {
                "" => folded.push(character),
                plain => folded.push_str(plain),
            }
            folded
        },
    )
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

/// Returns the plain letters for an accented one, or nothing when it is plain already.
const fn base(character: char) -> &'static str {
    match character {
        'à' | 'á' | 'â' | 'ã' | 'ä' | 'å' | 'ā' | 'ă' | 'ą' => "a",
        'ç' | 'ć' | 'ĉ' | 'ċ' | 'č' => "c",
        'ď' | 'đ' | 'ð' => "d",
        'è' | 'é' | 'ê' | 'ë' | 'ē' | 'ĕ' | 'ė' | 'ę' | 'ě' => "e",
        'ĝ' | 'ğ' | 'ġ' | 'ģ' => "g",
        'ì' | 'í' | 'î' | 'ï' | 'ĩ' | 'ī' | 'ĭ' | 'į' | 'ı' => "i",
        'ķ' => "k",
        'ĺ' | 'ļ' | 'ľ' | 'ł' => "l",
        'ñ' | 'ń' | 'ņ' | 'ň' | 'ŋ' => "n",
        'ò' | 'ó' | 'ô' | 'õ' | 'ö' | 'ø' | 'ō' | 'ŏ' | 'ő' => "o",
        'ŕ' | 'ŗ' | 'ř' => "r",
        'ś' | 'ŝ' | 'ş' | 'š' => "s",
        'ţ' | 'ť' | 'ŧ' => "t",
        'ù' | 'ú' | 'û' | 'ü' | 'ũ' | 'ū' | 'ŭ' | 'ů' | 'ű' | 'ų' => "u",
        'ý' | 'ÿ' => "y",
        'ź' | 'ż' | 'ž' => "z",
        'æ' => "ae",
        'œ' => "oe",
        'ß' => "ss",
        'þ' => "th",
        'ά' => "α",
        'έ' => "ε",
        'ή' => "η",
        'ί' | 'ϊ' | 'ΐ' => "ι",
        'ό' => "ο",
        'ύ' | 'ϋ' | 'ΰ' => "υ",
        'ώ' => "ω",
        'ς' => "σ",
        'ё' => "е",
        'й' => "и",
        'أ' | 'إ' | 'آ' => "ا",
        _ => "",
    }
}

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
