//! An address as a QR code (ISO/IEC 18004), for the camera of a phone.

use qrcode::render::unicode::Dense1x2;
use qrcode::{EcLevel, QrCode};

/// Draws a code with half blocks, light on dark as terminals mostly are; every camera reads both.
/// `None` for a text of more than about 2900 bytes.
pub(super) fn code(text: &str) -> Option<String> {
    // A screen has no dirt on it, and the fewer modules the better they are seen.
    let code = QrCode::with_error_correction_level(text, EcLevel::L).ok()?;
    // `Dark` is a block, which is light on a dark terminal.
    let (light, dark) = (Dense1x2::Dark, Dense1x2::Light);
    Some(code.render().light_color(light).dark_color(dark).quiet_zone(true).build())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_modules_stand_in_a_letter_with_a_quiet_zone_of_four_around_them() {
        let text = code("https://accounts.spotify.com/authorize?state=x").unwrap();
        let lines: Vec<_> = text.lines().collect();
        let width = lines[0].chars().count();
        assert!(lines.iter().all(|line| line.chars().count() == width));
        assert_eq!(lines.len(), width.div_ceil(2));
        assert!(lines[0].chars().all(|letter| letter == '\u{2588}'), "the zone is light: {text}");
        assert!(text.chars().any(|letter| letter == ' '));
        assert_eq!(code(&"x".repeat(3000)), None);
    }
}
