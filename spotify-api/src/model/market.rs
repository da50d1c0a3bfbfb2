//! Markets.

use std::{fmt, str::FromStr};

use super::scalar::texts;
use crate::id::text_serde;

/// A market: the two letters of a country in ISO 3166-1, in upper case.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Market([u8; 2]);

impl Market {
    /// Returns the two letters.
    pub fn as_str(&self) -> &str {
        // Only ASCII letters pass `from_str`.
        std::str::from_utf8(&self.0).unwrap_or_default()
    }

    fn exact(text: &str) -> Option<Self> {
        let letters: [u8; 2] = text.as_bytes().try_into().ok()?;
        letters.iter().all(u8::is_ascii_uppercase).then_some(Self(letters))
    }
}

/// The text is not two ASCII letters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("read a market: it has two letters, like SE")]
#[non_exhaustive]
pub struct ParseMarketError;

impl FromStr for Market {
    type Err = ParseMarketError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text.as_bytes() {
            [first, second] if first.is_ascii_alphabetic() && second.is_ascii_alphabetic() => {
                Ok(Self([first.to_ascii_uppercase(), second.to_ascii_uppercase()]))
            }
            _ => Err(ParseMarketError),
        }
    }
}

impl fmt::Display for Market {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

impl fmt::Debug for Market {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

text_serde!(Market);

texts! {
    Market: Market::exact, or |text: &str| text.parse().ok();
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_market_is_two_letters_in_any_case() {
        assert_eq!("se".parse::<Market>().unwrap().as_str(), "SE");
        for text in ["", "S", "SWE", "5E", "é", "S "] {
            assert_eq!(text.parse::<Market>(), Err(ParseMarketError), "{text}");
        }
    }
}
