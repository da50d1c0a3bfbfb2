//! The texts an event may carry: checked identifiers and cleaned text from outside.

use std::borrow::Cow;
use std::fmt;

use thiserror::Error;

/// The longest [`Pseudonym`], in bytes.
pub const MAX_PSEUDONYM: usize = 64;
/// The longest [`Id`], in bytes: long enough for any URI of a track, too short for a token.
pub const MAX_ID: usize = 96;
/// The longest [`Text`] kept from outside, in bytes of UTF-8.
pub const MAX_TEXT: usize = 512;
/// An unbroken run of this many token characters is taken for a secret. The shortest PKCE verifier
/// has 43 (RFC 7636 section 4.1), an identifier of a platform seldom more than 36.
const TOKEN_RUN: usize = 40;

/// An opaque name for a person, profile or tenant: `[A-Za-z0-9_-]{1,64}`.
///
/// The map from pseudonym to person is kept elsewhere, so that the log names nobody directly.
///
/// ```
/// use spotify_audit::Pseudonym;
/// assert!(Pseudonym::new("p_01J9Z3").is_ok());
/// assert!(Pseudonym::new("ann@example.org").is_err());
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Pseudonym(Box<str>);

impl Pseudonym {
    /// Checks and takes over a pseudonym.
    ///
    /// # Errors
    /// When the text is empty, too long or has another character.
    pub fn new(text: &str) -> Result<Self, IdError> {
        check("pseudonym", text, MAX_PSEUDONYM, b"_-").map(Self)
    }

    /// Returns the pseudonym as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Pseudonym {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The identifier of a thing: a session, a request, a decision, an object that was acted on.
///
/// `[A-Za-z0-9._:/@+-]{1,96}`, which holds a URI such as `spotify:playlist:…`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Id(Box<str>);

impl Id {
    /// Checks and takes over an identifier.
    ///
    /// # Errors
    /// When the text is empty, too long or has another character.
    pub fn new(text: &str) -> Result<Self, IdError> {
        check("identifier", text, MAX_ID, b"._:/@+-").map(Self)
    }

    /// Returns the identifier as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Id {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A text that is no identifier. The text itself is not repeated: it may be a secret.
#[derive(Debug, Error, PartialEq, Eq)]
#[error("take a text of {length} bytes as {what}: {problem}")]
#[non_exhaustive]
pub struct IdError {
    what: &'static str,
    length: usize,
    problem: &'static str,
}

fn check(
    what: &'static str,
    text: &str,
    longest: usize,
    marks: &[u8],
) -> Result<Box<str>, IdError> {
    let error = |problem| IdError { what, length: text.len(), problem };
    if text.is_empty() {
        return Err(error("it is empty"));
    }
    if text.len() > longest {
        return Err(error("it is too long"));
    }
    if !text.bytes().all(|byte| byte.is_ascii_alphanumeric() || marks.contains(&byte)) {
        return Err(error("it has a character that is not allowed there"));
    }
    Ok(text.into())
}

/// Text in an event: written in the source, or cleaned text from outside.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text(Cow<'static, str>);

impl Text {
    /// Cleans a text that a peer, a user or the operating system has given.
    ///
    /// Control characters, line separators and marks that change the direction of writing become
    /// U+FFFD, an unbroken run of 40 or more token characters (`[A-Za-z0-9_-]`) becomes
    /// `[removed]`, and what goes beyond [`MAX_TEXT`] bytes is cut off and marked with `…`.
    ///
    /// # Security
    /// The removal of long runs is a second net. Never pass a secret here on purpose: use
    /// [`crate::Log::reference`].
    ///
    /// ```
    /// use spotify_audit::Text;
    /// assert_eq!(Text::external("late\r\nnight").as_str(), "late\u{fffd}\u{fffd}night");
    /// ```
    pub fn external(text: &str) -> Self {
        let mut clean = String::with_capacity(text.len().min(MAX_TEXT));
        let mut run = 0;
        for character in text.chars() {
            if is_token_character(character) {
                run += 1;
            } else {
                run = 0;
            }
            // All characters of a run are one byte long, so that its start is easy to find.
            if run == TOKEN_RUN {
                clean.truncate(clean.len() - (TOKEN_RUN - 1));
                clean.push_str("[removed]");
            }
            if run < TOKEN_RUN {
                clean.push(if is_unsafe(character) {
                    char::REPLACEMENT_CHARACTER
                } else {
                    character
                });
            }
            if clean.len() > MAX_TEXT + TOKEN_RUN {
                break;
            }
        }
        if clean.len() > MAX_TEXT {
            clean.truncate(clean.floor_char_boundary(MAX_TEXT - '…'.len_utf8()));
            clean.push('…');
        }
        Self(Cow::Owned(clean))
    }

    /// Returns the text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl From<&'static str> for Text {
    fn from(text: &'static str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

impl From<Id> for Text {
    fn from(id: Id) -> Self {
        Self(Cow::Owned(id.0.into_string()))
    }
}

fn is_token_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || matches!(character, '_' | '-')
}

/// Whether a character can break a line or deceive who reads the log in a terminal.
fn is_unsafe(character: char) -> bool {
    character.is_control()
        || matches!(character, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_refused_without_being_repeated() {
        let secret = "BQ".repeat(60);
        let error = Id::new(&secret).unwrap_err().to_string();
        assert_eq!(error, "take a text of 120 bytes as identifier: it is too long");
        assert!(Pseudonym::new("").is_err());
        assert!(Id::new("two words").is_err());
        assert!(Id::new("line\nbreak").is_err());
        assert!(Id::new("spotify:playlist:37i9dQZF1DX0XUsuxWHRQd").is_ok());
    }

    #[test]
    fn external_text_loses_control_and_direction_characters() {
        let text = Text::external("a\0b\x1b[31mc\u{7f}\u{85}\u{2028}\u{202e}d\u{2066}");
        assert!(!text.as_str().chars().any(is_unsafe), "{text:?}");
        assert!(text.as_str().starts_with("a\u{fffd}b\u{fffd}[31mc"));
    }

    #[test]
    fn external_text_is_cut_at_a_character() {
        for letter in ["ü ", "音 ", "a "] {
            let text = Text::external(&letter.repeat(1000));
            assert!(text.as_str().len() <= MAX_TEXT);
            assert!(text.as_str().ends_with('…'));
        }
        assert_eq!(Text::external("Späte Nacht").as_str(), "Späte Nacht");
    }

    #[test]
    fn external_text_loses_what_looks_like_a_token() {
        let token = "A1b2-_".repeat(20);
        let text = Text::external(&format!("Bearer {token}, refused"));
        assert_eq!(text.as_str(), "Bearer [removed], refused");
        let short = "a".repeat(TOKEN_RUN - 1);
        assert_eq!(Text::external(&short).as_str(), short);
        assert_eq!(Text::external(&"a".repeat(TOKEN_RUN)).as_str(), "[removed]");
        let late = format!("{}{token}", "word ".repeat(98));
        assert!(!Text::external(&late).as_str().contains("A1b2-_A1b2"), "cut inside the token");
    }
}
