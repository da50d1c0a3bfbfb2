//! HTML entities in texts that are no HTML.

use std::borrow::Cow;

/// Decodes the HTML entities that Spotify leaves in descriptions (N51), once.
///
/// The result is plain text for display and just as untrusted as before: `&lt;` becomes `<`.
pub fn decode_entities(text: &str) -> Cow<'_, str> {
    if !text.contains('&') {
        return Cow::Borrowed(text);
    }
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        decoded.push_str(before);
        let named = after.split_once(';').and_then(|(name, tail)| Some((entity(name)?, tail)));
        let (character, tail) = named.unwrap_or(('&', after));
        decoded.push(character);
        rest = tail;
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

fn entity(name: &str) -> Option<char> {
    if let Some(number) = name.strip_prefix('#') {
        let code = match number.strip_prefix(['x', 'X']) {
            Some(hex) => u32::from_str_radix(hex, 16).ok()?,
            None => number.parse().ok()?,
        };
        return char::from_u32(code);
    }
    Some(match name {
        "amp" => '&',
        "lt" => '<',
        "gt" => '>',
        "quot" => '"',
        "apos" => '\'',
        "nbsp" => '\u{a0}',
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn n51_entities_are_decoded_once_and_other_ampersands_stay() {
        assert_eq!(decode_entities("&quot;Rock &amp; Roll&#x27;s&quot;"), "\"Rock & Roll's\"");
        assert_eq!(decode_entities("&#39;&#x2F;"), "'/");
        assert_eq!(decode_entities("&amp;lt;"), "&lt;");
        assert_eq!(decode_entities("R&B; a & b &nope; &#xD800; &"), "R&B; a & b &nope; &#xD800; &");
        assert!(matches!(decode_entities("plain"), Cow::Borrowed("plain")));
    }
}
