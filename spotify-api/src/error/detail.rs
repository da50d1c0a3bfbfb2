//! What Spotify said in an error, made safe to repeat.

use std::fmt;

use super::Reason;

/// What Spotify said about an error: a short message and a reason, if it gave any.
///
/// The texts are cut to 200 characters, hold no control characters and never the header value that
/// was sent. They are still somebody else's words: for logs, not for people.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Detail {
    message: Option<String>,
    reason: Option<Reason>,
}

impl Detail {
    /// Takes Spotify's texts, without `secret` should they repeat it.
    pub(super) fn new(message: Option<&str>, reason: Option<&str>, secret: &str) -> Self {
        let safe = |text: &str| safe(text, secret);
        let reason = reason.and_then(safe).map(|reason| Reason::from(reason.as_str()));
        Self { message: message.and_then(safe), reason }
    }

    /// Returns the message, like `Resource not found`.
    pub fn message(&self) -> Option<&str> {
        self.message.as_deref()
    }

    /// Returns the reason, like `NO_ACTIVE_DEVICE`.
    pub fn reason(&self) -> Option<&Reason> {
        self.reason.as_ref()
    }
}

/// Continues an error's message; empty when Spotify said nothing.
impl fmt::Display for Detail {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match (&self.message, &self.reason) {
            (Some(message), Some(reason)) => write!(f, ": {message} ({reason})"),
            (Some(message), None) => write!(f, ": {message}"),
            (None, Some(reason)) => write!(f, ": {reason}"),
            (None, None) => Ok(()),
        }
    }
}

fn safe(text: &str, secret: &str) -> Option<String> {
    let mut text = text.to_owned();
    // The header is "Bearer <token>"; either alone may be repeated.
    let token = secret.rsplit(' ').next().unwrap_or_default();
    for secret in [secret, token] {
        if !secret.is_empty() {
            text = text.replace(secret, "[redacted]");
        }
    }
    let clean: String =
        text.chars().map(|c| if is_unsafe(c) { ' ' } else { c }).take(LONGEST).collect();
    let clean = clean.trim();
    (!clean.is_empty()).then(|| clean.to_owned())
}

/// Characters that can change how a line of text is read: controls, line breaks, direction marks.
fn is_unsafe(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{2028}' | '\u{2029}' | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{feff}')
}

const LONGEST: usize = 200;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_detail_never_repeats_the_header_that_was_sent() {
        let detail = Detail::new(Some("no: Bearer tok-1 or tok-1"), Some("tok-1"), "Bearer tok-1");
        assert_eq!(detail.to_string(), ": no: [redacted] or [redacted] ([redacted])");
    }

    #[test]
    fn a_detail_is_short_and_of_one_line() {
        let detail = Detail::new(Some(&format!("a\n\u{202e}b{}", "x".repeat(500))), None, "");
        let message = detail.message().unwrap();
        assert!(message.starts_with("a  b") && message.chars().count() == LONGEST);
        assert_eq!(Detail::new(Some(" \n"), None, "").to_string(), "");
    }
}
