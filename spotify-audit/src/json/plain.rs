//! Telling at a glance that the members of an object are JSON.
//!
//! Nearly all lines are made of the same few things: objects, lists, strings without escapes, whole
//! numbers and the three words, without spaces between. [`are_plain`] knows those and nothing else.
//! A line with members that it does not accept may still be JSON: a full parser has to say.

/// How deep objects and lists may stand in each other.
const DEPTH: u8 = 16;

/// Whether members of an object, each with a comma before it, are JSON (RFC 8259) of the plain
/// sort. They have to be UTF-8 without control characters.
pub(crate) fn are_plain(mut members: &[u8]) -> bool {
    while let Some(rest) = members.strip_prefix(b",").and_then(|text| member(text, DEPTH)) {
        members = rest;
    }
    members.is_empty()
}

/// Each of these passes over what its name says and returns the rest.
fn value(text: &[u8], depth: u8) -> Option<&[u8]> {
    let (first, rest) = text.split_first()?;
    match first {
        b'"' => string(rest),
        b'{' => list(rest, b'}', |text| member(text, depth.checked_sub(1)?)),
        b'[' => list(rest, b']', |text| value(text, depth.checked_sub(1)?)),
        b'0' => Some(rest),
        b'1'..=b'9' => Some(digits(rest)),
        b't' => rest.strip_prefix(b"rue"),
        b'f' => rest.strip_prefix(b"alse"),
        b'n' => rest.strip_prefix(b"ull"),
        _ => None,
    }
}

/// Members up to the end, the opening of which was passed.
fn list(text: &[u8], end: u8, member: impl Fn(&[u8]) -> Option<&[u8]>) -> Option<&[u8]> {
    if let Some((first, rest)) = text.split_first()
        && *first == end
    {
        return Some(rest);
    }
    let mut text = text;
    loop {
        let (separator, rest) = member(text)?.split_first()?;
        match separator {
            b',' => text = rest,
            other if *other == end => return Some(rest),
            _ => return None,
        }
    }
}

fn member(text: &[u8], depth: u8) -> Option<&[u8]> {
    value(string(text.strip_prefix(b"\"")?)?.strip_prefix(b":")?, depth)
}

/// The rest of a string. A number or word that ends too early is noticed by what has to follow.
fn string(mut text: &[u8]) -> Option<&[u8]> {
    while let Some((chunk, rest)) = text.split_first_chunk::<8>() {
        let word = u64::from_le_bytes(*chunk);
        // The lowest byte that is found is right; those above it may not be.
        let found = equal(word, b'"') | equal(word, b'\\');
        if found != 0 {
            let place = usize::try_from(found.trailing_zeros() / 8).ok()?;
            return text.get(place..)?.strip_prefix(b"\"");
        }
        text = rest;
    }
    let place = text.iter().position(|byte| matches!(byte, b'"' | b'\\'))?;
    text.get(place..)?.strip_prefix(b"\"")
}

/// Marks the lowest byte of a word that is this one.
fn equal(word: u64, byte: u8) -> u64 {
    const LOW: u64 = u64::from_ne_bytes([0x01; 8]);
    const HIGH: u64 = u64::from_ne_bytes([0x80; 8]);
    let word = word ^ (LOW * u64::from(byte));
    word.wrapping_sub(LOW) & !word & HIGH
}

fn digits(mut text: &[u8]) -> &[u8] {
    while let [b'0'..=b'9', rest @ ..] = text {
        text = rest;
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use serde::de::IgnoredAny;

    use super::*;

    fn is_plain(text: &str) -> bool {
        are_plain(format!(",\"text\":{text}").as_bytes())
    }

    fn is_json(text: &str) -> bool {
        serde_json::from_str::<IgnoredAny>(text).is_ok()
    }

    proptest! {
        #[test]
        fn what_is_plain_is_json(text in "[\\[\\]{}\"\\\\:,0-9a-z ]{0,24}") {
            prop_assert!(!is_plain(&text) || is_json(&text));
        }

        #[test]
        fn a_plain_text_with_one_byte_changed_is_plain_only_if_it_is_json(
            place in 0..TEXT.len(),
            byte in 0x20..0x7f_u8,
        ) {
            let mut text = TEXT.as_bytes().to_vec();
            text[place] = byte;
            let text = String::from_utf8(text).unwrap();
            prop_assert!(!is_plain(&text) || is_json(&text), "{text}");
        }
    }

    const TEXT: &str = r#"{"a":1,"list":[0,120,"x",{}],"none":[],"word":[true,false,null],"b":{"long enough for a word":"some more"}}"#;

    #[test]
    fn what_a_line_is_made_of_is_plain() {
        assert!(is_json(TEXT));
        assert!(is_plain(TEXT));
        for text in ["{}", "[]", "0", "\"\"", "\"1234567\"", "\"12345678\"", "[[[[]]]]"] {
            assert!(is_plain(text), "{text}");
        }
    }

    #[test]
    fn what_is_not_json_is_not_plain() {
        let deep = "[".repeat(300) + &"]".repeat(300);
        let texts = [
            "",
            "{",
            "}",
            "{]",
            "[}",
            "[1,]",
            "[,1]",
            "{,}",
            "{\"a\"}",
            "{\"a\":}",
            "{a:1}",
            "01",
            "1x",
            "truex",
            "tru",
            "\"",
            "\"a",
            "\"1234567",
            "\"a\\\"",
            "{}{}",
            "[1 2]",
            &deep,
        ];
        for text in texts {
            assert!(!is_plain(text), "{text}");
        }
        for members in [",", "\"a\":1", ",\"a\":1,", ",\"a\":1\"b\":2", ",\"a\":1}"] {
            assert!(!are_plain(members.as_bytes()), "{members}");
        }
        assert!(are_plain(b"") && are_plain(b",\"a\":1,\"b\":2"));
    }
}
