//! The recovery code: the second way into a vault, shown once.

use std::fmt;

use rand_core::CryptoRng;
use sha2::{Digest as _, Sha256};
use zeroize::Zeroizing;

use crate::crypto::{self, Key};

/// 32 random bytes that a person can write down: 14 groups of four letters or digits.
///
/// The text is Crockford's base 32 (<https://www.crockford.com/base32.html>) of the bytes and 24
/// bits of checksum, so that a typing error is told apart from the code of another vault.
///
/// # Security
/// There is no `Clone`, `Display` or `Serialize`, `Debug` is redacted, and the memory is wiped
/// when the code is dropped.
pub struct RecoveryCode(Key);

impl RecoveryCode {
    pub(crate) fn generate(rng: &mut (dyn CryptoRng + Send)) -> Self {
        Self(crypto::new_key(rng))
    }

    /// Reads a code as a person types it: case, spaces and hyphens do not matter, `O` is 0, `I`
    /// and `L` are 1.
    ///
    /// # Errors
    /// [`RecoveryCodeError`], which never shows the text.
    pub fn parse(text: &str) -> Result<Self, RecoveryCodeError> {
        let mut symbols = Zeroizing::new(Vec::with_capacity(SYMBOLS + 1));
        for byte in text.bytes().filter(|byte| !matches!(byte, b'-' | b' ' | b'\t' | b'\r' | b'\n'))
        {
            if symbols.len() == SYMBOLS {
                return Err(RecoveryCodeError::Length);
            }
            symbols.push(value(byte).ok_or(RecoveryCodeError::Symbol)?);
        }
        let bytes = unpack(&symbols).ok_or(RecoveryCodeError::Length)?;
        let (key, check) = bytes.split_first_chunk::<32>().ok_or(RecoveryCodeError::Length)?;
        if check != checksum(key) {
            return Err(RecoveryCodeError::Checksum);
        }
        Ok(Self(Zeroizing::new(*key)))
    }

    /// Returns the text to show to the person, once.
    pub fn expose(&self) -> Zeroizing<String> {
        let mut bytes = Zeroizing::new(Vec::with_capacity(PACKED));
        bytes.extend_from_slice(self.0.as_slice());
        bytes.extend_from_slice(&checksum(&self.0));
        let mut text = Zeroizing::new(String::with_capacity(SYMBOLS + SYMBOLS / 4));
        for (index, symbol) in pack(&bytes).iter().enumerate() {
            if index > 0 && index % 4 == 0 {
                text.push('-');
            }
            text.push(*symbol);
        }
        text
    }

    pub(crate) fn key(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Debug for RecoveryCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("RecoveryCode([redacted])")
    }
}

/// A text that is not a recovery code. The text is not shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum RecoveryCodeError {
    /// A character that no code has.
    #[error(
        "read a recovery code: it holds a character that no code has; give letters, digits and hyphens as they were shown"
    )]
    Symbol,
    /// Too few or too many characters.
    #[error("read a recovery code: not {SYMBOLS} letters and digits; give all 14 groups of four")]
    Length,
    /// The checksum does not fit.
    #[error(
        "read a recovery code: a character differs from what was shown; check it group by group"
    )]
    Checksum,
}

/// Symbols of five bits: 256 bits of key, 24 bits of checksum.
const SYMBOLS: usize = 56;
const PACKED: usize = 35;

const ALPHABET: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

fn value(byte: u8) -> Option<u8> {
    let byte = match byte.to_ascii_uppercase() {
        b'O' => b'0',
        b'I' | b'L' => b'1',
        other => other,
    };
    let index = ALPHABET.iter().position(|symbol| *symbol == byte)?;
    u8::try_from(index).ok()
}

/// The first 24 bits of a labelled SHA-256.
fn checksum(key: &[u8; 32]) -> [u8; 3] {
    let hash =
        Sha256::new().chain_update(b"spotify-vault/v1/recovery").chain_update(key).finalize();
    let [first, second, third, ..] = hash.0;
    [first, second, third]
}

fn pack(bytes: &[u8]) -> Zeroizing<Vec<char>> {
    let mut symbols = Zeroizing::new(Vec::with_capacity(SYMBOLS));
    for group in bytes.as_chunks::<5>().0 {
        let bits = group.iter().fold(0_u64, |bits, byte| (bits << 8) | u64::from(*byte));
        for shift in (0..8).rev() {
            let index = usize::try_from((bits >> (shift * 5)) & 31).unwrap_or_default();
            symbols.extend(ALPHABET.get(index).map(|symbol| char::from(*symbol)));
        }
    }
    symbols
}

fn unpack(symbols: &[u8]) -> Option<Zeroizing<Vec<u8>>> {
    if symbols.len() != SYMBOLS {
        return None;
    }
    let mut bytes = Zeroizing::new(Vec::with_capacity(PACKED));
    for group in symbols.as_chunks::<8>().0 {
        let bits = group.iter().fold(0_u64, |bits, symbol| (bits << 5) | u64::from(*symbol));
        let [_, _, _, low @ ..] = bits.to_be_bytes();
        bytes.extend_from_slice(&low);
    }
    Some(bytes)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn code(bytes: [u8; 32]) -> RecoveryCode {
        RecoveryCode(Zeroizing::new(bytes))
    }

    #[test]
    fn a_code_is_14_groups_of_four() {
        let text = code([0x5a; 32]).expose();
        let groups: Vec<_> = text.split('-').collect();
        assert_eq!(groups.len(), 14);
        assert!(groups.iter().all(|group| group.len() == 4));
    }

    #[test]
    fn a_code_survives_how_people_type() {
        let text = code([0; 32]).expose();
        let typed = text.to_lowercase().replace('-', " ").replace('0', "o");
        assert_eq!(RecoveryCode::parse(&typed).unwrap().key(), &[0; 32]);
    }

    #[test]
    fn what_is_no_code_is_told_apart() {
        let text = code([7; 32]).expose();
        assert_eq!(
            RecoveryCode::parse(text.get(..50).unwrap()).unwrap_err(),
            RecoveryCodeError::Length
        );
        let longer = format!("{}0", *text);
        assert_eq!(RecoveryCode::parse(&longer).unwrap_err(), RecoveryCodeError::Length);
        assert_eq!(
            RecoveryCode::parse(&text.replace('-', "?")).unwrap_err(),
            RecoveryCodeError::Symbol
        );
    }

    proptest! {
        #[test]
        fn every_code_reads_back(bytes: [u8; 32]) {
            let read = RecoveryCode::parse(&code(bytes).expose()).unwrap();
            prop_assert_eq!(read.key(), &bytes);
        }

        #[test]
        fn one_wrong_symbol_is_found(bytes: [u8; 32], at in 0_usize..SYMBOLS, by in 1_u8..32) {
            let text = code(bytes).expose().replace('-', "");
            let old = value(text.as_bytes()[at]).unwrap();
            let new = ALPHABET[usize::from((old + by) % 32)];
            let mut wrong = text.into_bytes();
            wrong[at] = new;
            let result = RecoveryCode::parse(std::str::from_utf8(&wrong).unwrap());
            // 24 bits of checksum: one error in 16 million passes; the seed of a failure shows it.
            prop_assert_eq!(result.unwrap_err(), RecoveryCodeError::Checksum);
        }
    }
}
