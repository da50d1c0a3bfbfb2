//! The primitives of format v1, each with its label: framing, HKDF, AEAD, key commitment.
//!
//! Every concatenation that is hashed, authenticated or bound is a [`frame`] of length-prefixed
//! parts, so that no two lists of parts make the same bytes.

use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{KeyInit as _, XChaCha20Poly1305, XNonce};
use hkdf::Hkdf;
use hmac::{Hmac, Mac as _};
use rand_core::CryptoRng;
use sha2::Sha256;
use subtle::ConstantTimeEq as _;
use zeroize::Zeroizing;

/// A symmetric key, wiped when dropped.
pub(crate) type Key = Zeroizing<[u8; 32]>;

/// Length of an XChaCha20-Poly1305 nonce.
pub(crate) const NONCE_LEN: usize = 24;

/// What the AEAD adds to a plaintext.
pub(crate) const TAG_LEN: usize = 16;

/// A sealed 32-byte key.
pub(crate) const WRAPPED_LEN: usize = 32 + TAG_LEN;

/// What a key or an authenticator is for; the first part of every frame.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Label {
    Header,
    Names,
    SubjectId,
    RecordId,
    TermWrap,
    Term,
    Slot,
    SlotWrap,
    Commit,
    SubjectKey,
    ContentKey,
    Data,
    Derive,
    Setting,
    SettingsFile,
    #[cfg(feature = "backup")]
    Backup,
}

impl Label {
    fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::Header => b"spotify-vault/v1/header",
            Self::Names => b"spotify-vault/v1/names",
            Self::SubjectId => b"spotify-vault/v1/subject-id",
            Self::RecordId => b"spotify-vault/v1/record-id",
            Self::TermWrap => b"spotify-vault/v1/term-wrap",
            Self::Term => b"spotify-vault/v1/term",
            Self::Slot => b"spotify-vault/v1/slot",
            Self::SlotWrap => b"spotify-vault/v1/slot-wrap",
            Self::Commit => b"spotify-vault/v1/commit",
            Self::SubjectKey => b"spotify-vault/v1/subject-key",
            Self::ContentKey => b"spotify-vault/v1/content-key",
            Self::Data => b"spotify-vault/v1/data",
            Self::Derive => b"spotify-vault/v1/derive",
            Self::Setting => b"spotify-vault/v1/setting",
            Self::SettingsFile => b"spotify-vault/v1/settings-file",
            #[cfg(feature = "backup")]
            Self::Backup => b"spotify-vault/v1/backup",
        }
    }
}

/// Joins the label and the parts, each after its length as four bytes, big-endian.
pub(crate) fn frame(label: Label, parts: &[&[u8]]) -> Vec<u8> {
    let mut framed = Vec::new();
    for part in std::iter::once(label.as_bytes()).chain(parts.iter().copied()) {
        let len = u32::try_from(part.len()).expect("a part is a name or a prefix, far below 4 GiB");
        framed.extend_from_slice(&len.to_be_bytes());
        framed.extend_from_slice(part);
    }
    framed
}

/// HKDF-SHA256 (RFC 5869) to 32 bytes, with the frame as `info`.
pub(crate) fn derive(salt: Option<&[u8]>, key: &[u8; 32], label: Label, parts: &[&[u8]]) -> Key {
    let mut derived = Zeroizing::new([0; 32]);
    Hkdf::<Sha256>::new(salt, key)
        .expand(&frame(label, parts), derived.as_mut_slice())
        .expect("32 bytes are within HKDF's limit of 255 hashes");
    derived
}

/// HMAC-SHA256 over the frame.
pub(crate) fn mac(key: &[u8; 32], label: Label, parts: &[&[u8]]) -> [u8; 32] {
    let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of any length");
    mac.update(&frame(label, parts));
    mac.finalize().into_bytes().into()
}

/// The first 16 bytes of [`mac`]: an id that tells nothing of what it names.
pub(crate) fn short_mac(key: &[u8; 32], label: Label, parts: &[&[u8]]) -> [u8; 16] {
    let full = mac(key, label, parts);
    *full.first_chunk().expect("a SHA-256 output has 32 bytes")
}

/// Compares in constant time.
pub(crate) fn same(left: &[u8; 32], right: &[u8; 32]) -> bool {
    left.ct_eq(right).into()
}

/// A value that fits one key alone. XChaCha20-Poly1305 does not commit to its key, so where
/// several keys may be tried, this is compared first.
pub(crate) fn commitment(key: &[u8; 32], context: &[&[u8]]) -> [u8; 32] {
    *derive(None, key, Label::Commit, context)
}

/// Draws a key.
pub(crate) fn new_key(rng: &mut (dyn CryptoRng + Send)) -> Key {
    let mut key = Zeroizing::new([0; 32]);
    rng.fill_bytes(key.as_mut_slice());
    key
}

/// Draws `N` bytes that are not secret: a nonce, a salt.
pub(crate) fn draw<const N: usize>(rng: &mut (dyn CryptoRng + Send)) -> [u8; N] {
    let mut bytes = [0; N];
    rng.fill_bytes(&mut bytes);
    bytes
}

/// Encrypts with XChaCha20-Poly1305; the result is [`TAG_LEN`] longer.
pub(crate) fn seal(key: &[u8; 32], nonce: &[u8; NONCE_LEN], aad: &[u8], msg: &[u8]) -> Vec<u8> {
    XChaCha20Poly1305::new(key.into())
        .encrypt(<&XNonce>::from(nonce), Payload { msg, aad })
        .expect("a record is far below the cipher's limit of 256 GiB")
}

/// Decrypts what [`seal`] made; `None` when anything differs.
pub(crate) fn open(
    key: &[u8; 32],
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    sealed: &[u8],
) -> Option<Zeroizing<Vec<u8>>> {
    XChaCha20Poly1305::new(key.into())
        .decrypt(<&XNonce>::from(nonce), Payload { msg: sealed, aad })
        .ok()
        .map(Zeroizing::new)
}

/// Seals a key under another.
pub(crate) fn wrap(
    key: &[u8; 32],
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    inner: &[u8; 32],
) -> [u8; WRAPPED_LEN] {
    seal(key, nonce, aad, inner).try_into().expect("32 bytes and a tag are 48 bytes")
}

/// Opens what [`wrap`] made; `None` when anything differs.
pub(crate) fn unwrap(
    key: &[u8; 32],
    nonce: &[u8; NONCE_LEN],
    aad: &[u8],
    wrapped: &[u8; WRAPPED_LEN],
) -> Option<Key> {
    let inner = open(key, nonce, aad, wrapped)?;
    inner.as_slice().try_into().ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn different_parts_never_make_the_same_frame() {
        let split = |parts: &[&[u8]]| frame(Label::Data, parts);
        assert_ne!(split(&[b"ab", b"c"]), split(&[b"a", b"bc"]));
        assert_ne!(split(&[b"", b"a"]), split(&[b"a", b""]));
        assert_ne!(frame(Label::Data, &[]), frame(Label::Header, &[]));
    }

    /// RFC 5869, test case 3 checks the crate; this pins our use of it (no salt, framed info).
    #[test]
    fn derived_keys_differ_by_label_part_and_salt() {
        let key = [7; 32];
        let keys = [
            derive(None, &key, Label::Names, &[]),
            derive(None, &key, Label::TermWrap, &[]),
            derive(None, &key, Label::Names, &[b"a"]),
            derive(Some(b"salt"), &key, Label::Names, &[]),
            derive(None, &[8; 32], Label::Names, &[]),
        ];
        let distinct: std::collections::BTreeSet<_> = keys.iter().map(|key| **key).collect();
        assert_eq!(distinct.len(), keys.len());
    }

    #[test]
    fn what_was_sealed_opens_under_the_same_key_nonce_and_data_alone() {
        let (key, nonce) = ([1; 32], [2; NONCE_LEN]);
        let sealed = seal(&key, &nonce, b"aad", b"message");
        assert_eq!(sealed.len(), 7 + TAG_LEN);
        assert_eq!(open(&key, &nonce, b"aad", &sealed).unwrap().as_slice(), b"message");
        assert!(open(&[9; 32], &nonce, b"aad", &sealed).is_none());
        assert!(open(&key, &[9; NONCE_LEN], b"aad", &sealed).is_none());
        assert!(open(&key, &nonce, b"bad", &sealed).is_none());
        assert!(open(&key, &nonce, b"aad", &sealed[1..]).is_none());
    }
}
