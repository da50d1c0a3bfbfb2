//! The key of a subject: the layer whose erasure destroys all of the subject's records.
//!
//! Sealed under a term key and numbered, so that a later release can replace it while records
//! under the former are still there.

use jiff::Timestamp;

use crate::crypto::{self, Key, Label, NONCE_LEN, WRAPPED_LEN};
use crate::error::{Item, VaultError};
use crate::name::{SubjectId, VaultId};
use crate::record::{SUITE, VERSION, check_version};
use crate::wire::Cursor;

const MAGIC: [u8; 4] = *b"SPMK";
const PREFIX_LEN: usize = 40;

/// Length of the file.
pub(crate) const LEN: usize = PREFIX_LEN + NONCE_LEN + WRAPPED_LEN;

/// What stands in clear before the sealed key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Prefix {
    pub(crate) number: u32,
    pub(crate) term: u32,
    pub(crate) created_at: Timestamp,
    pub(crate) subject: SubjectId,
}

impl Prefix {
    fn encode(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(LEN);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&[VERSION, SUITE, 0, 0]);
        bytes.extend_from_slice(&self.number.to_be_bytes());
        bytes.extend_from_slice(&self.term.to_be_bytes());
        bytes.extend_from_slice(&self.created_at.as_millisecond().to_be_bytes());
        bytes.extend_from_slice(self.subject.as_bytes());
        bytes
    }

    fn parse(bytes: &[u8]) -> Option<Self> {
        let mut cursor = Cursor(bytes);
        cursor.array::<8>()?;
        Some(Self {
            number: cursor.u32()?,
            term: cursor.u32()?,
            created_at: Timestamp::from_millisecond(cursor.i64()?).ok()?,
            subject: SubjectId::from_bytes(*cursor.array()?),
        })
    }
}

/// Seals a subject's key under a term's key.
pub(crate) fn encode(
    vault: VaultId,
    term_key: &Key,
    prefix: Prefix,
    nonce: [u8; NONCE_LEN],
    key: &Key,
) -> Vec<u8> {
    let mut bytes = prefix.encode();
    let aad = crypto::frame(Label::SubjectKey, &[vault.as_bytes(), &bytes]);
    let wrapped = crypto::wrap(term_key, &nonce, &aad, key);
    bytes.extend_from_slice(&nonce);
    bytes.extend_from_slice(&wrapped);
    bytes
}

/// Reads the term that a sealed key states, not authenticated; `None` when it is none.
pub(crate) fn stated_term(bytes: &[u8]) -> Option<u32> {
    Prefix::parse(bytes.get(..PREFIX_LEN)?).map(|prefix| prefix.term)
}

/// Reads when a subject's key was made, as its authenticated prefix states.
pub(crate) fn made_at(bytes: &[u8]) -> Option<Timestamp> {
    Prefix::parse(bytes.get(..PREFIX_LEN)?).map(|prefix| prefix.created_at)
}

/// Opens a subject's key; `term_key` finds the key of a term.
pub(crate) fn decode<'k>(
    vault: VaultId,
    subject: SubjectId,
    number: u32,
    bytes: &[u8],
    term_key: impl FnOnce(u32) -> Option<&'k Key>,
) -> Result<Key, VaultError> {
    let item = Item::SubjectKey(subject);
    let broken = |problem| VaultError::integrity(item, problem);
    check_version(item, MAGIC, bytes)?;
    let (clear, sealed) =
        bytes.split_at_checked(PREFIX_LEN).ok_or_else(|| broken("it is cut short"))?;
    let prefix = Prefix::parse(clear).ok_or_else(|| broken("its prefix is malformed"))?;
    if prefix.subject != subject || prefix.number != number {
        return Err(broken("it belongs elsewhere"));
    }
    let mut cursor = Cursor(sealed);
    let (Some(nonce), Some(wrapped), []) = (cursor.array(), cursor.array(), cursor.0) else {
        return Err(broken("its length is wrong"));
    };
    let term_key = term_key(prefix.term).ok_or_else(|| broken("its term is not in the header"))?;
    let aad = crypto::frame(Label::SubjectKey, &[vault.as_bytes(), clear]);
    crypto::unwrap(term_key, nonce, &aad, wrapped).ok_or_else(|| broken("its seal does not fit"))
}
