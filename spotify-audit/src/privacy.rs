//! Personal fields: readable with the key of the person they are about, and not without.

use std::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use hmac::{Hmac, Mac as _};
use secrecy::zeroize::Zeroizing;
use secrecy::{ExposeSecret as _, SecretBox};
use sha2::Sha256;

use crate::text::{IdError, Pseudonym, Text};

/// What begins an encrypted field.
const MARK: &str = "enc1";
const NONCE: usize = 24;

/// The key of one person's fields, with a short name that tells it from others.
///
/// Who holds it reads the fields; once it is erased everywhere, nobody does. The chain stays whole,
/// because its hashes are over what is encrypted.
pub struct SubjectKey {
    id: Pseudonym,
    key: SecretBox<[u8; 32]>,
}

impl SubjectKey {
    /// Names a key, for instance `s17`. The name must say nothing about the person.
    ///
    /// # Errors
    /// When the name is no [`Pseudonym`].
    pub fn new(id: &str, key: SecretBox<[u8; 32]>) -> Result<Self, IdError> {
        Ok(Self { id: Pseudonym::new(id)?, key })
    }

    /// Encrypts a text for a field. It is cleaned first, as [`Text::external`] does.
    ///
    /// Equal texts of a field and person look equal, so that they can be searched for without the
    /// key of others. The nonce is a MAC over field and text: no two texts share one.
    #[expect(clippy::missing_panics_doc, reason = "lengths are fixed or far below the limits")]
    pub fn seal(&self, field: &'static str, text: &str) -> Personal {
        let text = Text::external(text);
        let mut mac = self.mac(b"sal/1 personal nonce");
        mac.update(&(field.len() as u64).to_be_bytes());
        mac.update(field.as_bytes());
        mac.update(text.as_str().as_bytes());
        let digest = mac.finalize().into_bytes();
        let nonce: [u8; NONCE] = *digest.first_chunk().expect("a SHA-256 has 32 bytes");
        let message = Payload { msg: text.as_str().as_bytes(), aad: field.as_bytes() };
        let sealed = self.cipher().encrypt(&XNonce::from(nonce), message);
        let sealed = sealed.expect("a text of some hundred bytes is encrypted");
        let digits = URL_SAFE_NO_PAD.encode([nonce.as_slice(), &sealed].concat());
        Personal(format!("{MARK}:{}:{digits}", self.id).into())
    }

    /// Reads a field. `None` when it is of another key or field, or was changed.
    pub fn open(&self, field: &str, sealed: &str) -> Option<String> {
        let (mark, rest) = sealed.split_once(':')?;
        let (id, digits) = rest.split_once(':')?;
        if mark != MARK || id != self.id.as_str() {
            return None;
        }
        let bytes = URL_SAFE_NO_PAD.decode(digits).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>()?;
        let message = Payload { msg: sealed, aad: field.as_bytes() };
        let text = self.cipher().decrypt(&XNonce::from(*nonce), message).ok()?;
        String::from_utf8(text).ok()
    }

    fn cipher(&self) -> XChaCha20Poly1305 {
        let mac = self.mac(b"sal/1 personal encrypt");
        let key: Zeroizing<[u8; 32]> = Zeroizing::new(mac.finalize().into_bytes().into());
        XChaCha20Poly1305::new((&*key).into())
    }

    /// One key for each use.
    fn mac(&self, label: &[u8]) -> Hmac<Sha256> {
        let mac = <Hmac<Sha256> as hmac::KeyInit>::new_from_slice(self.key.expose_secret());
        let mut mac = mac.expect("HMAC takes a key of any length");
        mac.update(label);
        mac.update(&[0]);
        mac
    }
}

impl fmt::Debug for SubjectKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SubjectKey").field("id", &self.id).finish_non_exhaustive()
    }
}

/// A text that only the key of a person reads: `enc1:<key id>:<base64url>`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Personal(Box<str>);

impl Personal {
    /// Returns it as it stands in the log.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(byte: u8) -> SubjectKey {
        SubjectKey::new("s1", SecretBox::new(Box::new([byte; 32]))).unwrap()
    }

    #[test]
    fn a_field_is_read_with_its_key_and_name_only() {
        let sealed = key(1).seal("ip", "192.0.2.7");
        assert!(sealed.as_str().starts_with("enc1:s1:") && !sealed.as_str().contains("192"));
        assert_eq!(key(1).open("ip", sealed.as_str()).as_deref(), Some("192.0.2.7"));
        assert_eq!(key(2).open("ip", sealed.as_str()), None);
        assert_eq!(key(1).open("name", sealed.as_str()), None);
        for wrong in ["", "enc1", "enc1:s1:", "enc1:s2:AAAA", "enc1:s1:!", "enc2:s1:AAAA"] {
            assert_eq!(key(1).open("ip", wrong), None, "{wrong}");
        }
    }

    #[test]
    fn equal_texts_look_equal_and_others_do_not() {
        assert_eq!(key(1).seal("ip", "a"), key(1).seal("ip", "a"));
        assert_ne!(key(1).seal("ip", "a"), key(1).seal("ip", "b"));
        assert_ne!(key(1).seal("ip", "a"), key(1).seal("name", "a"));
        assert_ne!(key(1).seal("ip", "a"), key(2).seal("ip", "a"));
    }
}
