//! The closed words of an event: its code, its kind, how grave it is, how it ended.

use serde::{Deserialize, Serialize};

/// The stable code of an event: two capitals, four digits, and `I`, `W` or `E`.
///
/// The last letter says whether it informs, warns or reports an error.
///
/// ```
/// use spotify_audit::Code;
/// const TOOL_CALL: Code = Code::new("SM2101I");
/// assert_eq!(TOOL_CALL.as_str(), "SM2101I");
/// ```
///
/// A malformed code in a constant does not compile:
/// ```compile_fail,E0080
/// const WRONG: spotify_audit::Code = spotify_audit::Code::new("tool call");
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Code(&'static str);

impl Code {
    /// Checks a code; meant for constants.
    ///
    /// # Panics
    /// When the text is no code. In a constant this is an error at compile time.
    pub const fn new(code: &'static str) -> Self {
        let [a, b, rest @ ..] = code.as_bytes() else { panic_on_code() };
        let [d1, d2, d3, d4, letter] = rest else { panic_on_code() };
        assert!(a.is_ascii_uppercase() && b.is_ascii_uppercase(), "a code begins in two capitals");
        assert!(
            d1.is_ascii_digit()
                && d2.is_ascii_digit()
                && d3.is_ascii_digit()
                && d4.is_ascii_digit(),
            "a code has four digits"
        );
        assert!(matches!(letter, b'I' | b'W' | b'E'), "a code ends in I, W or E");
        Self(code)
    }

    /// Returns the code as text.
    pub const fn as_str(self) -> &'static str {
        self.0
    }

    /// Returns the severity of an event that names none: info, low (`W`) or medium (`E`).
    pub fn severity(self) -> Severity {
        match self.0.as_bytes().last() {
            Some(b'W') => Severity::Low,
            Some(b'E') => Severity::Medium,
            _ => Severity::Info,
        }
    }
}

#[expect(clippy::panic, reason = "reached only by a wrong constant, at compile time")]
const fn panic_on_code() -> ! {
    panic!("a code has seven characters")
}

/// What kind of event it is: lower-case words joined by dots, such as `tool.call`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Kind(&'static str);

impl Kind {
    /// Checks a kind (`[a-z0-9_.]{1,64}`); meant for constants.
    ///
    /// # Panics
    /// When the text is no kind. In a constant this is an error at compile time.
    pub const fn new(kind: &'static str) -> Self {
        let mut rest = kind.as_bytes();
        assert!(!rest.is_empty() && rest.len() <= 64, "a kind has 1 to 64 characters");
        while let [byte, after @ ..] = rest {
            assert!(
                matches!(byte, b'a'..=b'z' | b'0'..=b'9' | b'_' | b'.'),
                "a kind is lower-case words joined by dots"
            );
            rest = after;
        }
        Self(kind)
    }

    /// Returns the kind as text.
    pub const fn as_str(self) -> &'static str {
        self.0
    }
}

/// Declares an enum of words together with its text form.
macro_rules! words {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $word:literal,)+ }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
        #[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
        #[non_exhaustive]
        pub enum $name {
            $($(#[$variant_doc])* #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// All of them, in the order of declaration.
            pub const ALL: &[Self] = &[$(Self::$variant),+];

            /// Returns the word that stands in the log.
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $word,)+ }
            }

            /// Returns the value with this word, `None` for a word this version does not know.
            pub fn from_word(word: &str) -> Option<Self> {
                match word { $($word => Some(Self::$variant),)+ _ => None }
            }
        }
    };
}

words! {
    /// How grave an event or a finding is, from least to most.
    Severity {
        /// Normal operation.
        Info = "info",
        /// Worth a look when something else is wrong.
        Low = "low",
        /// Somebody should look within days.
        Medium = "medium",
        /// Somebody should look today.
        High = "high",
        /// Somebody should look now.
        Critical = "critical",
    }
}

words! {
    /// Whether a record announces an act or reports its end. Single records have no stage.
    Stage {
        /// The act is about to be done.
        Intent = "intent",
        /// The act has ended.
        Outcome = "outcome",
    }
}

words! {
    /// How an act ended.
    Outcome {
        /// It was done.
        Ok = "ok",
        /// A rule of ours or a peer did not allow it.
        Refused = "refused",
        /// It was tried and did not work.
        Failed = "failed",
        /// It was tried and nobody knows whether it worked.
        Unknown = "unknown",
    }
}

words! {
    /// Who acted.
    ActorKind {
        /// A person.
        User = "user",
        /// Another program under its own name.
        Service = "service",
        /// This program by itself.
        System = "system",
        /// Somebody who has not said or not shown who they are.
        Anonymous = "anonymous",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back_as_written() {
        for severity in Severity::ALL {
            assert_eq!(Severity::from_word(severity.as_str()), Some(*severity));
            assert_eq!(
                serde_json::to_value(severity).unwrap(),
                serde_json::Value::from(severity.as_str())
            );
        }
        for outcome in Outcome::ALL {
            assert_eq!(Outcome::from_word(outcome.as_str()), Some(*outcome));
        }
        for stage in Stage::ALL {
            assert_eq!(Stage::from_word(stage.as_str()), Some(*stage));
        }
        for kind in ActorKind::ALL {
            assert_eq!(ActorKind::from_word(kind.as_str()), Some(*kind));
        }
        assert_eq!(Outcome::from_word("sideways"), None);
    }

    #[test]
    fn severity_follows_the_letter_of_the_code() {
        assert_eq!(Code::new("SM0001I").severity(), Severity::Info);
        assert_eq!(Code::new("SM0001W").severity(), Severity::Low);
        assert_eq!(Code::new("SM0001E").severity(), Severity::Medium);
        assert!(Severity::Info < Severity::Critical);
    }

    #[test]
    #[should_panic(expected = "lower-case words")]
    fn malformed_kind_is_refused() {
        Kind::new("Tool.Call");
    }
}
