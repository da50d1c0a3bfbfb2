//! Opening Fernet tokens (<https://github.com/fernet/spec>, version 0x80): AES-128-CBC, and
//! HMAC-SHA256 over everything before it. Nothing is ever sealed so here.

use aes::Aes128;
use aes::cipher::{BlockModeDecrypt as _, KeyIvInit as _, block_padding::Pkcs7};
use base64::Engine as _;
use base64::alphabet;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use hmac::{Hmac, KeyInit as _, Mac as _};
use sha2::Sha256;
use zeroize::Zeroizing;

/// Libraries differ in whether they write the padding.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &alphabet::URL_SAFE,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);
const VERSION: u8 = 0x80;
/// Version, time and initialisation vector.
const HEAD: usize = 1 + 8 + 16;
const MAC: usize = 32;

/// A key: 16 bytes to sign, 16 bytes to encrypt.
pub(crate) type Key = Zeroizing<[u8; 32]>;

/// Whether a text begins as a token does: with the version and a year before 2106.
pub(crate) fn looks_like(text: &str) -> bool {
    text.starts_with("gAAAAA") && text.len() >= 100
}

/// Returns the keys that stand in a text: as words of it, or as values of variables.
pub(crate) fn keys_in(text: &str) -> Vec<Key> {
    let words = text.split(|letter: char| letter.is_whitespace() || "\"',:=".contains(letter));
    // The padding was cut off with the sign of a variable.
    words.filter(|word| word.len() == 43).filter_map(key).collect()
}

fn key(word: &str) -> Option<Key> {
    let bytes = Zeroizing::new(BASE64.decode(word).ok()?);
    Some(Zeroizing::new(bytes.as_slice().try_into().ok()?))
}

/// Opens a token; `None` when it is no token of this key. Its age does not matter here.
pub(crate) fn open(key: &Key, token: &str) -> Option<Zeroizing<Vec<u8>>> {
    let bytes = BASE64.decode(token).ok()?;
    let (signed, mac) = bytes.split_at_checked(bytes.len().checked_sub(MAC)?)?;
    let (signing, encryption) = key.split_at_checked(16)?;
    let mut hmac = Hmac::<Sha256>::new_from_slice(signing).ok()?;
    hmac.update(signed);
    hmac.verify_slice(mac).ok()?;
    let (head, sealed) = signed.split_at_checked(HEAD)?;
    let (&version, rest) = head.split_first()?;
    let iv = rest.get(8..)?;
    if version != VERSION {
        return None;
    }
    let cipher = cbc::Decryptor::<Aes128>::new_from_slices(encryption, iv).ok()?;
    cipher.decrypt_padded_vec::<Pkcs7>(sealed).ok().map(Zeroizing::new)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `verify.json` of the specification.
    const SECRET: &str = "cw_0x689RpI-jtRR7oE8h_eQsKImvJapLeSbXpwF4e4=";
    const TOKEN: &str = "gAAAAAAdwJ6wAAECAwQFBgcICQoLDA0ODy021cpGVWKZ_eEwCGM4BLLF_5CV9dOPmrhuVUPgJobwOz7JcbmrR64jVmpU4IwqDA==";

    #[test]
    fn the_vector_of_the_specification_opens() {
        let keys = keys_in(&format!("ENCRYPTION_KEY={SECRET}\n"));
        assert_eq!(open(&keys[0], TOKEN).unwrap().as_slice(), b"hello");
        assert!(looks_like(TOKEN));
    }

    /// Cut off, not base64, of another key; and the vector with each bit changed once.
    #[test]
    fn what_is_not_a_token_of_the_key_does_not_open() {
        let key = &keys_in(SECRET)[0];
        for token in [
            "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykQUFBQUFBQUFBQQ==",
            "gAAAAAAdwJ6xAAECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPA==",
            "%%%%%%%%%%%%%AECAwQFBgcICQoLDA0OD3HkMATM5lFqGaerZ-fWPAl1-szkFVzXTuGb4hR8AKtwcaX1YdykRtfsH-p1YsUD2Q==",
            "",
        ] {
            assert!(open(key, token).is_none(), "{token}");
        }
        let bytes = BASE64.decode(TOKEN).unwrap();
        for bit in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[bit / 8] ^= 1 << (bit % 8);
            assert!(open(key, &BASE64.encode(changed)).is_none(), "bit {bit}");
        }
    }
}
