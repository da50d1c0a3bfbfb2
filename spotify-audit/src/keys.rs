//! Keys the log needs, and the keyed references that stand for secrets.

use std::fmt;
use std::sync::{Arc, OnceLock};

use hmac::{Hmac, KeyInit as _, Mac as _};
use secrecy::{ExposeSecret as _, SecretBox};
use sha2::Sha256;

use crate::line::hex;
use crate::note::EpochKey;
use crate::privacy::SubjectKey;
use crate::text::{IdError, Pseudonym};

/// Where the log takes its keys from.
///
/// A source may have no key at a given time, because what holds it is locked. The log then still
/// appends; records only lack their references.
pub trait Keys: Send + Sync {
    /// Returns the key for references to secrets, if there is one now.
    fn reference_key(&self) -> Option<Arc<ReferenceKey>>;

    /// Returns the key for the personal fields of a subject, if there is one and it was not erased.
    fn subject_key(&self, subject: &Pseudonym) -> Option<Arc<SubjectKey>> {
        let _ = subject;
        None
    }

    /// Returns the key that signs checkpoints, if there is one now. Without it the log goes on;
    /// the next checkpoint covers what was not signed.
    fn signer(&self) -> Option<Arc<EpochKey>> {
        None
    }
}

/// A source that gets its key after the log was opened.
impl Keys for OnceLock<Arc<ReferenceKey>> {
    fn reference_key(&self) -> Option<Arc<ReferenceKey>> {
        self.get().cloned()
    }
}

/// The key for references, with a short name that tells it from its successors.
///
/// It must serve no other purpose: derive it from a root key under a label of its own.
pub struct ReferenceKey {
    id: Pseudonym,
    key: SecretBox<[u8; 32]>,
}

impl ReferenceKey {
    /// Names a key, for instance `k1`.
    ///
    /// # Errors
    /// When the name is no [`Pseudonym`].
    pub fn new(id: &str, key: SecretBox<[u8; 32]>) -> Result<Self, IdError> {
        Ok(Self { id: Pseudonym::new(id)?, key })
    }

    /// Returns the name of the key.
    pub fn id(&self) -> &Pseudonym {
        &self.id
    }

    /// Returns the reference to a secret: the same for the same secret and key.
    #[expect(clippy::missing_panics_doc, reason = "HMAC takes a key of any length")]
    pub fn reference(&self, secret: &[u8]) -> Reference {
        let mut mac = Hmac::<Sha256>::new_from_slice(self.key.expose_secret())
            .expect("HMAC takes a key of any length");
        mac.update(secret);
        let digest = mac.finalize().into_bytes();
        Reference(format!("hmac-sha256:{}:{}", self.id, hex(digest.iter().take(8))).into())
    }
}

impl fmt::Debug for ReferenceKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ReferenceKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A reference to a secret: `hmac-sha256:<key id>:<16 hex digits>`.
///
/// The digits are the first 8 bytes of HMAC-SHA256 (RFC 2104) over the secret's bytes. Who has the
/// key can tell whether a given secret is meant; nobody can get the secret back.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference(Box<str>);

impl Reference {
    /// Returns the reference as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reference_is_the_hmac_of_rfc_4231_section_4_8() {
        // The vector's key has 131 bytes; HMAC replaces such a key by its SHA-256.
        use sha2::Digest as _;
        let key: [u8; 32] = Sha256::digest([0xaa; 131]).into();
        let key = ReferenceKey::new("k1", SecretBox::new(Box::new(key))).unwrap();
        let text = b"This is a test using a larger than block-size key and a larger than \
                     block-size data. The key needs to be hashed before being used by the HMAC \
                     algorithm.";
        assert_eq!(key.reference(text).as_str(), "hmac-sha256:k1:9b09ffa71b942fcb");
    }

    #[test]
    fn debug_shows_the_name_of_the_key_only() {
        let key = ReferenceKey::new("k1", SecretBox::new(Box::new([7; 32]))).unwrap();
        assert_eq!(format!("{key:?}"), r#"ReferenceKey { id: Pseudonym("k1"), .. }"#);
    }
}
