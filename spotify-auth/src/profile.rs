//! Profiles: the names people give them and the ids that everything else uses.

use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::Entropy;
use crate::text::checked_text;

/// Words that stand for something else on the command line, so no profile may be called so.
pub const RESERVED_NAMES: [&str; 29] = [
    "alerts",
    "all",
    "audit",
    "config",
    "create-profile",
    "current",
    "disable-keychain",
    "doctor",
    "enable-keychain",
    "help",
    "install",
    "list",
    "login",
    "logout",
    "none",
    "policy",
    "profile",
    "profiles",
    "recover",
    "resume",
    "revoke",
    "settings",
    "setup",
    "status",
    "suspend",
    "user",
    "users",
    "vault",
    "verify",
];

/// The longest name, in characters.
pub const NAME_MAX: usize = 32;

/// The name a person gives a profile: `[a-z0-9][a-z0-9_-]{0,31}`, and no word of the command line.
/// Capital letters are read as small ones.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProfileName(String);

/// Why a text is no profile name.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileNameError {
    /// The text does not follow the grammar.
    #[error(
        "a profile name is 1 to {NAME_MAX} of `a-z`, `0-9`, `_` and `-`, and starts with a letter or digit, for example `work`"
    )]
    Grammar,
    /// The text is a word of the command line.
    #[error("`{0}` is a word of the command line; choose another name, for example `work`")]
    Reserved(String),
}

impl ProfileName {
    /// Returns the name that is used when nobody chose one: `default`.
    pub fn fallback() -> Self {
        Self("default".to_owned())
    }

    /// Whether a hurried eye could take one name for the other: `work1` and `workl`, `a_b` and
    /// `a-b`.
    pub fn looks_like(&self, other: &Self) -> bool {
        self.skeleton() == other.skeleton()
    }

    fn skeleton(&self) -> String {
        let plain = |c| match c {
            '0' => 'o',
            '1' | 'i' => 'l',
            '5' => 's',
            '2' => 'z',
            '_' => '-',
            other => other,
        };
        self.0.chars().map(plain).collect::<String>().replace("rn", "m").replace("vv", "w")
    }
}

impl FromStr for ProfileName {
    type Err = ProfileNameError;

    fn from_str(text: &str) -> Result<Self, ProfileNameError> {
        let text = text.to_ascii_lowercase();
        let first = |byte: u8| matches!(byte, b'a'..=b'z' | b'0'..=b'9');
        let other = |byte: u8| first(byte) || matches!(byte, b'_' | b'-');
        let bytes = text.as_bytes();
        if text.len() > NAME_MAX
            || !bytes.first().copied().is_some_and(first)
            || !bytes.iter().copied().all(other)
        {
            return Err(ProfileNameError::Grammar);
        }
        if RESERVED_NAMES.contains(&text.as_str()) {
            return Err(ProfileNameError::Reserved(text));
        }
        Ok(Self(text))
    }
}

checked_text!(ProfileName, ProfileNameError);

/// The random id of a profile, `p_` and 32 hexadecimal digits. It says nothing about the person,
/// so the audit log may hold it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProfileId(String);

/// A text that is no profile id.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a profile id is `p_` and 32 hexadecimal digits")]
pub struct ProfileIdError;

impl ProfileId {
    /// Draws a new id.
    pub fn generate(entropy: &Entropy) -> Self {
        Self(format!("p_{:032x}", u128::from_be_bytes(*entropy.bytes::<16>())))
    }
}

impl FromStr for ProfileId {
    type Err = ProfileIdError;

    fn from_str(text: &str) -> Result<Self, ProfileIdError> {
        let digits = text.strip_prefix("p_").ok_or(ProfileIdError)?;
        let hexadecimal = |byte: u8| matches!(byte, b'0'..=b'9' | b'a'..=b'f');
        if digits.len() == 32 && digits.bytes().all(hexadecimal) {
            Ok(Self(text.to_owned()))
        } else {
            Err(ProfileIdError)
        }
    }
}

checked_text!(ProfileId, ProfileIdError);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_name_of_the_grammar_is_taken_and_printed_as_it_came(text in "[a-z0-9][a-z0-9_-]{0,31}") {
            prop_assume!(!RESERVED_NAMES.contains(&text.as_str()));
            prop_assert_eq!(text.parse::<ProfileName>().unwrap().to_string(), text);
        }

        #[test]
        fn any_other_text_is_refused(text in ".*") {
            let text = text.to_ascii_lowercase();
            let grammar = text.len() <= NAME_MAX
                && text.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
                && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_' || c == '-');
            prop_assert_eq!(text.parse::<ProfileName>().is_ok(), grammar && !RESERVED_NAMES.contains(&text.as_str()));
        }
    }

    #[test]
    fn names_that_look_alike_are_known() {
        let name = |text: &str| text.parse::<ProfileName>().unwrap();
        assert_eq!(name("Work"), name("work"));
        for (one, other) in [
            ("work1", "workl"),
            ("a_b", "a-b"),
            ("modern", "modem"),
            ("o0", "0o"),
            ("bill", "b111"),
        ] {
            assert!(name(one).looks_like(&name(other)), "{one} {other}");
        }
        assert!(!name("work").looks_like(&name("home")));
    }

    #[test]
    fn a_word_of_the_command_line_is_no_name() {
        for word in RESERVED_NAMES {
            assert_eq!(
                word.parse::<ProfileName>(),
                Err(ProfileNameError::Reserved(word.to_owned()))
            );
        }
    }

    #[test]
    fn an_id_is_read_back_and_nothing_else_is() {
        let id: ProfileId = "p_00112233445566778899aabbccddeeff".parse().unwrap();
        assert_eq!(id.as_str(), "p_00112233445566778899aabbccddeeff");
        for wrong in [
            "",
            "p_",
            "p_0011",
            "00112233445566778899aabbccddeeff",
            "p_00112233445566778899AABBCCDDEEFF",
        ] {
            assert_eq!(wrong.parse::<ProfileId>(), Err(ProfileIdError), "{wrong}");
        }
    }
}
