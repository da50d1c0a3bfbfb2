//! Writing JSON texts into a line, without a serializer between.

mod plain;

use std::io::Write as _;

pub(crate) use self::plain::are_plain;

/// Appends `,"key":`.
pub(crate) fn key(out: &mut Vec<u8>, key: &str) {
    out.push(b',');
    string(out, key);
    out.push(b':');
}

/// Appends a JSON string (RFC 8259 section 7).
pub(crate) fn string(out: &mut Vec<u8>, text: &str) {
    out.push(b'"');
    if text.bytes().any(|byte| byte < b' ' || matches!(byte, b'"' | b'\\')) {
        escaped(out, text);
    } else {
        out.extend_from_slice(text.as_bytes());
    }
    out.push(b'"');
}

fn escaped(out: &mut Vec<u8>, text: &str) {
    for byte in text.bytes() {
        match byte {
            b'"' => out.extend_from_slice(b"\\\""),
            b'\\' => out.extend_from_slice(b"\\\\"),
            0..=0x1f => display(out, format_args!("\\u{byte:04x}")),
            _ => out.push(byte),
        }
    }
}

/// Appends what a value prints; for numbers and times, which need no escape.
pub(crate) fn display(out: &mut Vec<u8>, value: impl std::fmt::Display) {
    write!(out, "{value}").expect("writing to a vector cannot fail");
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn strings_are_read_back_as_written(text in ".*", more in "[\\x00-\\x1f\"\\\\a]*") {
            let text = text + &more;
            let mut out = Vec::new();
            string(&mut out, &text);
            prop_assert!(!out.iter().any(|byte| *byte < b' '));
            prop_assert_eq!(serde_json::from_slice::<String>(&out).unwrap(), text);
        }
    }
}
