//! Text of others, made fit for a terminal.

/// Replaces what moves the cursor, changes the direction of text or shows nothing. Lines become one.
pub(crate) fn printable(text: &str) -> String {
    text.chars().map(|c| if is_printable(c) { c } else { '\u{fffd}' }).collect()
}

fn is_printable(c: char) -> bool {
    !c.is_control()
        && !matches!(c,
            '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_of_others_moves_the_cursor_or_turns_the_text() {
        assert_eq!(printable("Nóra \u{1b}[2J\n\u{202e}x"), "Nóra \u{fffd}[2J\u{fffd}\u{fffd}x");
    }
}
