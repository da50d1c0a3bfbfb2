//! How sensitive a field is, and what follows from it.
//!
//! The class of a field is a matter of the program that uses the vault, so it is given when a vault
//! is opened and stands in no file: whoever can change the files can't lower it.

use std::collections::BTreeMap;

use jiff::SignedDuration;
use serde::Serialize;

use crate::error::VaultError;
use crate::name::Field;

/// How sensitive a field is, from the least to the most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Class {
    /// Anyone may know it.
    Public,
    /// The operator's own people may know it.
    Internal,
    /// It tells of a person.
    Confidential,
    /// It lets its holder act: a token, a key.
    Restricted,
}

impl Class {
    /// Every class, from the least sensitive to the most.
    pub const ALL: [Self; 4] = [Self::Public, Self::Internal, Self::Confidential, Self::Restricted];

    /// Returns the suite that seals it.
    pub const fn suite(self) -> Suite {
        match self {
            Self::Public | Self::Internal | Self::Confidential | Self::Restricted => {
                Suite::XChaCha20Poly1305
            }
        }
    }

    /// Returns how old the term may be under which its subject's key is sealed. Content keys are
    /// new with each write in any case.
    pub const fn rotate_after(self) -> SignedDuration {
        SignedDuration::from_hours(
            24 * match self {
                Self::Public | Self::Internal => 365,
                Self::Confidential => 180,
                Self::Restricted => 90,
            },
        )
    }

    /// Whether it may be handed out of the vault for use elsewhere.
    pub const fn is_exportable(self) -> bool {
        match self {
            Self::Public | Self::Internal => true,
            Self::Confidential | Self::Restricted => false,
        }
    }
}

impl std::fmt::Display for Class {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Public => "public",
            Self::Internal => "internal",
            Self::Confidential => "confidential",
            Self::Restricted => "restricted",
        })
    }
}

/// How a record is sealed. The number stands in the record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub enum Suite {
    /// XChaCha20-Poly1305 with HKDF-SHA256.
    #[serde(rename = "xchacha20-poly1305")]
    XChaCha20Poly1305 = 1,
}

impl Suite {
    /// Returns the number that stands in a record.
    pub const fn number(self) -> u8 {
        match self {
            Self::XChaCha20Poly1305 => 1,
        }
    }
}

/// The class of each field. What is not named is restricted.
#[derive(Debug, Clone, Default)]
pub(crate) struct Classes(BTreeMap<Field, Class>);

impl Classes {
    pub(crate) fn set(&mut self, field: Field, class: Class) {
        self.0.insert(field, class);
    }

    pub(crate) fn of(&self, field: &Field) -> Class {
        self.0.get(field).copied().unwrap_or(Class::Restricted)
    }

    pub(crate) fn check_exportable(&self, field: &Field) -> Result<(), VaultError> {
        let class = self.of(field);
        if class.is_exportable() {
            Ok(())
        } else {
            Err(VaultError::NotExportable { field: field.clone(), class })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_more_sensitive_class_never_allows_more() {
        for [lower, higher] in Class::ALL.array_windows() {
            assert!(lower < higher);
            assert!(lower.rotate_after() >= higher.rotate_after(), "{lower} {higher}");
            assert!(lower.is_exportable() || !higher.is_exportable(), "{lower} {higher}");
        }
    }

    #[test]
    fn an_unnamed_field_is_restricted() {
        let mut classes = Classes::default();
        classes.set(Field::from_static("display-name"), Class::Internal);
        assert_eq!(classes.of(&Field::from_static("display-name")), Class::Internal);
        assert_eq!(classes.of(&Field::from_static("tokens")), Class::Restricted);
    }
}
