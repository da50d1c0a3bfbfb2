//! Bytes that are wiped when dropped and shown by no formatter.

use std::fmt;

use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// The content of a record.
///
/// # Security
/// There is no `Clone`, `Display` or `Serialize`, `Debug` shows the length alone, and the memory
/// is wiped when the value is dropped.
pub struct SecretBytes(Zeroizing<Vec<u8>>);

impl SecretBytes {
    /// Returns the bytes. Each use is a place to review.
    pub fn expose(&self) -> &[u8] {
        &self.0
    }

    /// Compares in time that depends on the lengths alone.
    pub fn matches(&self, other: &[u8]) -> bool {
        self.0.as_slice().ct_eq(other).into()
    }
}

impl From<Vec<u8>> for SecretBytes {
    fn from(bytes: Vec<u8>) -> Self {
        Self(Zeroizing::new(bytes))
    }
}

impl From<Zeroizing<Vec<u8>>> for SecretBytes {
    fn from(bytes: Zeroizing<Vec<u8>>) -> Self {
        Self(bytes)
    }
}

impl fmt::Debug for SecretBytes {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "SecretBytes([redacted {} bytes])", self.0.len())
    }
}

/// A 32-byte key that was derived from the vault's key for one purpose.
///
/// # Security
/// As [`SecretBytes`].
pub struct DerivedKey(Zeroizing<[u8; 32]>);

impl DerivedKey {
    pub(crate) fn new(key: Zeroizing<[u8; 32]>) -> Self {
        Self(key)
    }

    /// Returns the key. Each use is a place to review.
    pub fn expose(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for DerivedKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DerivedKey([redacted])")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_shows_no_byte() {
        assert_eq!(
            format!("{:?}", SecretBytes::from(b"canary".to_vec())),
            "SecretBytes([redacted 6 bytes])"
        );
        let key = DerivedKey::new(Zeroizing::new([0x41; 32]));
        assert_eq!(format!("{key:?}"), "DerivedKey([redacted])");
    }

    #[test]
    fn matches_compares_the_whole_value() {
        let secret = SecretBytes::from(b"canary".to_vec());
        assert!(secret.matches(b"canary"));
        assert!(!secret.matches(b"canar"));
        assert!(!secret.matches(b"canarx"));
    }
}
