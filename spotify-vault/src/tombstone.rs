//! What remains of a destroyed subject.
//!
//! A tombstone is not authenticated: it must be possible to write one while the vault is locked or
//! its key is lost, and whoever can forge one could delete the files as well. It can't bring
//! anything back. Its checksum tells damage apart.

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

use crate::error::{Item, VaultError};
use crate::name::SubjectId;
use crate::wire::Cursor;

const MAGIC: [u8; 4] = *b"SPMT";
const VERSION: u8 = 1;

/// Writes the tombstone of a subject.
pub(crate) fn encode(subject: SubjectId, at: Timestamp) -> Vec<u8> {
    let mut bytes = Vec::with_capacity(64);
    bytes.extend_from_slice(&MAGIC);
    bytes.extend_from_slice(&[VERSION, 0, 0, 0]);
    bytes.extend_from_slice(subject.as_bytes());
    bytes.extend_from_slice(&at.as_millisecond().to_be_bytes());
    let checksum = Sha256::digest(&bytes);
    bytes.extend_from_slice(&checksum);
    bytes
}

/// Reads when a subject was destroyed.
pub(crate) fn decode(subject: SubjectId, bytes: &[u8]) -> Result<Timestamp, VaultError> {
    let item = Item::Tombstone(subject);
    parse(subject, bytes)
        .ok_or_else(|| VaultError::integrity(item, "it is damaged; the subject stays destroyed"))
}

fn parse(subject: SubjectId, bytes: &[u8]) -> Option<Timestamp> {
    let (body, checksum) = bytes.split_last_chunk::<32>()?;
    let mut cursor = Cursor(body);
    let magic = cursor.array::<4>()?;
    let version = cursor.array::<4>()?;
    let id = cursor.array::<16>()?;
    let at = cursor.i64()?;
    let fits = *magic == MAGIC
        && version == &[VERSION, 0, 0, 0]
        && id == subject.as_bytes()
        && cursor.0.is_empty()
        && checksum == &Sha256::digest(body).0;
    Timestamp::from_millisecond(at).ok().filter(|_| fits)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_flipped_bit_of_a_tombstone_is_seen() {
        let subject = SubjectId::from_bytes([3; 16]);
        let at = Timestamp::from_millisecond(1_700_000_000_123).unwrap();
        let bytes = encode(subject, at);
        assert_eq!(decode(subject, &bytes).unwrap(), at);
        for bit in 0..bytes.len() * 8 {
            let mut bytes = bytes.clone();
            bytes[bit / 8] ^= 1 << (bit % 8);
            assert!(decode(subject, &bytes).is_err(), "bit {bit}");
        }
        assert!(decode(SubjectId::from_bytes([4; 16]), &bytes).is_err());
    }
}
