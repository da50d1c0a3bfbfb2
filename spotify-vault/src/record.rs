//! A sealed record, byte by byte (`docs/format.md`).
//!
//! The associated data binds the vault, the ids of subject and record, the generation and the
//! time. Subject and field themselves stand sealed before the value, so that the holder of the key
//! can list a vault, and a record under another name is refused twice.

use jiff::Timestamp;
use rand_core::CryptoRng;
use zeroize::Zeroizing;

use crate::class::Suite;
use crate::crypto::{self, Key, Label, NONCE_LEN, TAG_LEN, WRAPPED_LEN};
use crate::error::{Item, VaultError};
use crate::header::NamesKey;
use crate::name::{Field, Generation, RecordId, Subject, SubjectId, VaultId};
use crate::secret::SecretBytes;
use crate::wire::Cursor;

/// The format version of every file.
pub(crate) const VERSION: u8 = 1;

/// The suite of everything that is sealed.
pub(crate) const SUITE: u8 = Suite::XChaCha20Poly1305.number();

/// The longest value, in bytes.
pub(crate) const MAX_VALUE: usize = 4 * 1024 * 1024;

/// The longest record file, in bytes.
pub(crate) const MAX_LEN: usize = sealed_len(MAX_VALUE);

const MAGIC: [u8; 4] = *b"SPMR";
const PREFIX_LEN: usize = 60;
const FIXED_LEN: usize = PREFIX_LEN + NONCE_LEN + WRAPPED_LEN + NONCE_LEN + 4;
const PADDING: usize = 256;

/// What stands in clear before the sealed parts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Prefix {
    pub(crate) suite: Suite,
    pub(crate) key_number: u32,
    pub(crate) generation: Generation,
    pub(crate) updated_at: Timestamp,
    pub(crate) subject: SubjectId,
    pub(crate) record: RecordId,
}

/// What a record holds.
#[derive(Debug)]
pub(crate) struct Contents {
    pub(crate) key_number: u32,
    pub(crate) generation: Generation,
    pub(crate) updated_at: Timestamp,
    pub(crate) subject: Subject,
    pub(crate) field: Field,
    pub(crate) value: SecretBytes,
}

/// Returns the length of a sealed record with a value of `value` bytes, at most.
pub(crate) const fn sealed_len(value: usize) -> usize {
    let names = 2 + Subject::MAX_LEN + 2 + Field::MAX_LEN;
    FIXED_LEN + padded(names + 4 + value) + TAG_LEN
}

const fn padded(len: usize) -> usize {
    len.next_multiple_of(PADDING)
}

impl Prefix {
    fn encode(&self, capacity: usize) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(capacity);
        bytes.extend_from_slice(&MAGIC);
        bytes.extend_from_slice(&[VERSION, self.suite.number(), 0, 0]);
        bytes.extend_from_slice(&self.key_number.to_be_bytes());
        bytes.extend_from_slice(&self.generation.get().to_be_bytes());
        bytes.extend_from_slice(&self.updated_at.as_millisecond().to_be_bytes());
        bytes.extend_from_slice(self.subject.as_bytes());
        bytes.extend_from_slice(self.record.as_bytes());
        bytes
    }

    /// Reads the prefix of a record, not yet authenticated.
    pub(crate) fn parse(record: RecordId, bytes: &[u8]) -> Result<Self, VaultError> {
        let item = Item::Record(record);
        check_version(item, MAGIC, bytes)?;
        let parsed = (|| {
            let mut cursor = Cursor(bytes);
            cursor.array::<8>()?;
            Some(Self {
                suite: Suite::XChaCha20Poly1305,
                key_number: cursor.u32()?,
                generation: Generation::new(cursor.u64()?),
                updated_at: Timestamp::from_millisecond(cursor.i64()?).ok()?,
                subject: SubjectId::from_bytes(*cursor.array()?),
                record: RecordId::from_bytes(*cursor.array()?),
            })
        })();
        parsed
            .filter(|prefix| prefix.generation != Generation::ABSENT)
            .ok_or_else(|| VaultError::integrity(item, "its prefix is malformed"))
    }
}

/// Seals a record under a fresh content key.
pub(crate) fn encode(
    vault: VaultId,
    subject_key: &Key,
    prefix: Prefix,
    names: (&Subject, &Field),
    value: &SecretBytes,
    rng: &mut (dyn CryptoRng + Send),
) -> Vec<u8> {
    let text = plaintext(names, value);
    let mut bytes = prefix.encode(FIXED_LEN + text.len() + TAG_LEN);

    let content_key = crypto::new_key(rng);
    let key_nonce: [u8; NONCE_LEN] = crypto::draw(rng);
    let data_nonce: [u8; NONCE_LEN] = crypto::draw(rng);
    let (key_aad, data_aad) = associated(vault, &bytes);
    let wrapped = crypto::wrap(subject_key, &key_nonce, &key_aad, &content_key);
    let data = crypto::seal(&content_key, &data_nonce, &data_aad, &text);

    bytes.extend_from_slice(&key_nonce);
    bytes.extend_from_slice(&wrapped);
    bytes.extend_from_slice(&data_nonce);
    bytes.extend_from_slice(&length(data.len()));
    bytes.extend_from_slice(&data);
    bytes
}

/// Opens a record and makes sure that it is the one of these ids; `find_key` gives the subject's
/// key of a number.
pub(crate) fn open(
    vault: VaultId,
    names: &NamesKey,
    (subject, record): (SubjectId, RecordId),
    bytes: &[u8],
    find_key: impl FnOnce(u32) -> Result<Key, VaultError>,
) -> Result<Contents, VaultError> {
    let elsewhere = || VaultError::integrity(Item::Record(record), "it belongs elsewhere");
    let prefix = Prefix::parse(record, bytes)?;
    if prefix.subject != subject || prefix.record != record {
        return Err(elsewhere());
    }
    let key = find_key(prefix.key_number)?;
    let contents = decode(vault, &key, prefix, bytes)?;
    let named = names.subject(&contents.subject) == subject
        && names.record(&contents.subject, &contents.field) == record;
    if named { Ok(contents) } else { Err(elsewhere()) }
}

/// Opens a record whose prefix was parsed from the same bytes.
pub(crate) fn decode(
    vault: VaultId,
    subject_key: &Key,
    prefix: Prefix,
    bytes: &[u8],
) -> Result<Contents, VaultError> {
    let broken = |problem| VaultError::integrity(Item::Record(prefix.record), problem);
    let (clear, sealed) =
        bytes.split_at_checked(PREFIX_LEN).ok_or_else(|| broken("it is cut short"))?;
    let (key_aad, data_aad) = associated(vault, clear);
    let mut cursor = Cursor(sealed);
    let parts = (cursor.array(), cursor.array(), cursor.array(), cursor.u32());
    let (Some(key_nonce), Some(wrapped), Some(data_nonce), Some(len)) = parts else {
        return Err(broken("it is cut short"));
    };
    if usize::try_from(len) != Ok(cursor.0.len()) {
        return Err(broken("its length is wrong"));
    }
    let content_key = crypto::unwrap(subject_key, key_nonce, &key_aad, wrapped)
        .ok_or_else(|| broken("its seal does not fit"))?;
    let text = crypto::open(&content_key, data_nonce, &data_aad, cursor.0)
        .ok_or_else(|| broken("its seal does not fit"))?;
    let (subject, field, value) = split(&text).ok_or_else(|| broken("its content is malformed"))?;
    Ok(Contents {
        key_number: prefix.key_number,
        generation: prefix.generation,
        updated_at: prefix.updated_at,
        subject,
        field,
        value,
    })
}

/// Refuses another kind of file, and a version or suite that this release does not read.
pub(crate) fn check_version(item: Item, magic: [u8; 4], bytes: &[u8]) -> Result<(), VaultError> {
    let mut cursor = Cursor(bytes);
    let parts = (cursor.array::<4>(), cursor.u8(), cursor.u8(), cursor.u16());
    let (Some(found), Some(version), Some(suite), Some(flags)) = parts else {
        return Err(VaultError::integrity(item, "it is cut short"));
    };
    if *found != magic {
        return Err(VaultError::integrity(item, "it is another kind of file"));
    }
    if version > VERSION {
        let (found, supported) = (version.into(), VERSION.into());
        return Err(VaultError::Version { item, found, supported });
    }
    if version != VERSION || suite != SUITE || flags != 0 {
        return Err(VaultError::integrity(item, "its version, suite or flags are unknown"));
    }
    Ok(())
}

/// Associated data of the content key and of the data. The number of the subject's key is left out
/// of the latter, so that a new subject key need not touch the data.
fn associated(vault: VaultId, prefix: &[u8]) -> (Vec<u8>, Vec<u8>) {
    let key = crypto::frame(Label::ContentKey, &[vault.as_bytes(), prefix]);
    let kind = prefix.get(..8).unwrap_or_default();
    let bound = prefix.get(12..).unwrap_or_default();
    (key, crypto::frame(Label::Data, &[vault.as_bytes(), kind, bound]))
}

/// Names and value, each after its length, padded with zeros to a multiple of 256 bytes.
fn plaintext((subject, field): (&Subject, &Field), value: &SecretBytes) -> Zeroizing<Vec<u8>> {
    let (subject, field, value) = (subject.as_bytes(), field.as_str().as_bytes(), value.expose());
    let len = padded(2 + subject.len() + 2 + field.len() + 4 + value.len());
    // Sized once: growing would leave copies of the value behind.
    let mut text = Zeroizing::new(Vec::with_capacity(len));
    for name in [subject, field] {
        let [_, _, low @ ..] = length(name.len());
        text.extend_from_slice(&low);
        text.extend_from_slice(name);
    }
    text.extend_from_slice(&length(value.len()));
    text.extend_from_slice(value);
    text.resize(len, 0);
    text
}

pub(crate) fn split(text: &[u8]) -> Option<(Subject, Field, SecretBytes)> {
    let mut cursor = Cursor(text);
    let len = cursor.u16()?;
    let subject = Subject::new(cursor.slice(len.into())?).ok()?;
    let len = cursor.u16()?;
    let field = std::str::from_utf8(cursor.slice(len.into())?).ok()?;
    let field = Field::new(field).ok()?;
    let len = cursor.u32()?;
    let value = cursor.slice(usize::try_from(len).ok()?)?;
    let padding = cursor.0;
    let minimal = padding.len() < PADDING && padding.iter().all(|byte| *byte == 0);
    minimal.then(|| (subject, field, SecretBytes::from(value.to_vec())))
}

fn length(len: usize) -> [u8; 4] {
    u32::try_from(len).expect("a value has at most 4 MiB").to_be_bytes()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_length_of_a_value_is_hidden_within_256_bytes() {
        let (subject, field) = (Subject::new("s").unwrap(), Field::from_static("f"));
        let len = |value: usize| plaintext((&subject, &field), &vec![1; value].into()).len();
        assert_eq!(len(0), 256);
        assert_eq!(len(246), 256);
        assert_eq!(len(247), 512);
    }

    #[test]
    fn padding_that_is_not_zero_or_not_minimal_is_refused() {
        let (subject, field) = (Subject::new("s").unwrap(), Field::from_static("f"));
        let good = plaintext((&subject, &field), &b"value".to_vec().into());
        let (_, _, value) = split(&good).unwrap();
        assert_eq!(value.expose(), b"value");
        let mut bad = good.clone();
        *bad.last_mut().unwrap() = 1;
        assert!(split(&bad).is_none());
        let mut long = good.clone();
        long.resize(512, 0);
        assert!(split(&long).is_none());
        assert!(split(&good[..12]).is_none());
    }

    #[test]
    fn the_stated_capacity_is_enough_for_every_name() {
        let subject = Subject::new([1; Subject::MAX_LEN]).unwrap();
        let field = Field::new("a".repeat(Field::MAX_LEN)).unwrap();
        for len in [0, 1, 100, 255, 256, 1000] {
            let text = plaintext((&subject, &field), &vec![1; len].into());
            assert!(FIXED_LEN + text.len() + TAG_LEN <= sealed_len(len), "{len}");
        }
    }
}
