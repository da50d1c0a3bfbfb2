//! The names of things in a vault.
//!
//! A caller names a record by [`Subject`] and [`Field`]. On disk and in events stand the ids that
//! a keyed hash makes of them, so that neither file names nor a copied directory tell whose
//! records they are.

use std::borrow::Cow;
use std::fmt;

use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use crate::hex::Hex;

/// Whom a secret belongs to: 1 to 64 bytes without meaning to the vault.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Subject(Box<[u8]>);

impl Subject {
    /// The longest subject, in bytes.
    pub const MAX_LEN: usize = 64;

    /// Takes the bytes over as a subject.
    ///
    /// # Errors
    /// [`NameError::Subject`] when there are none, or more than [`Subject::MAX_LEN`].
    pub fn new(bytes: impl AsRef<[u8]>) -> Result<Self, NameError> {
        let bytes = bytes.as_ref();
        if (1..=Self::MAX_LEN).contains(&bytes.len()) {
            Ok(Self(bytes.into()))
        } else {
            Err(NameError::Subject { len: bytes.len() })
        }
    }

    /// Returns the bytes.
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Debug for Subject {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Subject({})", self.0.escape_ascii())
    }
}

/// Which of a subject's secrets: `[a-z0-9._-]{1,64}`.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Field(Cow<'static, str>);

impl Field {
    /// The longest field name, in bytes.
    pub const MAX_LEN: usize = 64;

    /// Names a field in a constant.
    ///
    /// # Panics
    /// When the name breaks the rule; in a `const`, that is an error at compile time.
    pub const fn from_static(name: &'static str) -> Self {
        assert!(is_field(name.as_bytes()), "a field is 1 to 64 of a-z, 0-9, '.', '_', '-'");
        Self(Cow::Borrowed(name))
    }

    /// Takes the text over as a field name.
    ///
    /// # Errors
    /// [`NameError::Field`] when it is not `[a-z0-9._-]{1,64}`.
    pub fn new(name: impl Into<String>) -> Result<Self, NameError> {
        let name = name.into();
        if is_field(name.as_bytes()) { Ok(Self(Cow::Owned(name))) } else { Err(NameError::Field) }
    }

    /// Returns the name.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Field({})", self.0)
    }
}

impl fmt::Display for Field {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

const fn is_field(name: &[u8]) -> bool {
    if name.is_empty() || name.len() > Field::MAX_LEN {
        return false;
    }
    let mut rest = name;
    while let [first, others @ ..] = rest {
        if !matches!(first, b'a'..=b'z' | b'0'..=b'9' | b'.' | b'_' | b'-') {
            return false;
        }
        rest = others;
    }
    true
}

/// How often a record was written: 1 after the first write, one more with each.
///
/// It is sealed with the record, so that an older copy put back is an older generation to see.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Generation(u64);

impl Generation {
    /// The generation of a record that was never written.
    pub const ABSENT: Self = Self(0);

    /// Wraps a count of writes.
    pub const fn new(writes: u64) -> Self {
        Self(writes)
    }

    /// Returns the count of writes.
    pub const fn get(self) -> u64 {
        self.0
    }

    /// Returns the generation after this one; `None` at the end of the range.
    pub const fn next(self) -> Option<Self> {
        match self.0.checked_add(1) {
            Some(next) => Some(Self(next)),
            None => None,
        }
    }
}

impl fmt::Display for Generation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

macro_rules! id {
    ($($(#[$doc:meta])* $name:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(transparent)]
        pub struct $name(Hex<16>);

        impl $name {
            /// Wraps the 16 bytes of an id.
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(Hex(bytes))
            }

            /// Returns the 16 bytes.
            pub const fn as_bytes(&self) -> &[u8; 16] {
                &self.0.0
            }

            /// Reads 32 lower-case hexadecimal digits; anything else is `None`.
            pub fn parse(text: &str) -> Option<Self> {
                Hex::parse(text).map(Self)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                self.0.fmt(f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!(stringify!($name), "({})"), self.0)
            }
        }
    )+};
}

id! {
    /// Names one vault: 16 random bytes, not secret.
    VaultId;
    /// Names a subject on disk and in events: a keyed hash of it.
    SubjectId;
    /// Names a record on disk and in events: a keyed hash of its subject and field.
    RecordId;
}

impl VaultId {
    /// Draws an id for a new vault.
    pub fn generate(rng: &mut (impl CryptoRng + ?Sized)) -> Self {
        let mut bytes = [0; 16];
        rng.fill_bytes(&mut bytes);
        Self::from_bytes(bytes)
    }
}

/// A name that a vault refuses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NameError {
    /// The subject is empty or too long.
    #[error("name a subject: {len} bytes given, 1 to 64 allowed")]
    Subject {
        /// How many bytes were given.
        len: usize,
    },
    /// The field breaks the rule.
    #[error("name a field: 1 to 64 of a-z, 0-9, '.', '_', '-' allowed")]
    Field,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_has_1_to_64_bytes() {
        assert_eq!(Subject::new(""), Err(NameError::Subject { len: 0 }));
        assert_eq!(Subject::new([7; 65]), Err(NameError::Subject { len: 65 }));
        assert_eq!(Subject::new([7; 64]).unwrap().as_bytes(), [7; 64]);
    }

    #[test]
    fn a_field_keeps_to_its_alphabet() {
        const TOKENS: Field = Field::from_static("tokens");
        assert_eq!(TOKENS.as_str(), "tokens");
        assert_eq!(Field::new("tokens").unwrap(), TOKENS);
        let long = "a".repeat(65);
        for bad in ["", "Tokens", "to kens", "to/kens", "töken", "a\n", &long] {
            assert_eq!(Field::new(bad), Err(NameError::Field), "{bad}");
        }
    }

    #[test]
    fn the_last_generation_has_no_next() {
        assert_eq!(Generation::ABSENT.next(), Some(Generation::new(1)));
        assert_eq!(Generation::new(u64::MAX).next(), None);
    }
}
