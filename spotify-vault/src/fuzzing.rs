//! What the fuzz targets reach (`tests/fuzz`). Compiled for them alone.

use zeroize::Zeroizing;

use crate::header::{Sealed, stated_move};
use crate::key_source::{MasterKey, Unlock};
use crate::name::{RecordId, SubjectId, VaultId};
use crate::record::Prefix;
use crate::{record, subject_key, tombstone};

/// Reads bytes as a header: they must not panic, and no key that they were not made with opens
/// them.
///
/// # Panics
/// When they do.
pub fn header(bytes: &[u8]) {
    let key = Zeroizing::new(std::array::from_fn(|at| u8::try_from(at).unwrap_or_default()));
    let key = MasterKey::from_bytes(key).expect("its bytes differ");
    drop(stated_move(bytes));
    if let Ok(sealed) = Sealed::parse(bytes) {
        assert!(sealed.unlock(&Unlock::Environment(key)).is_err(), "it opened");
    }
}

/// Reads bytes as a record, as what a record holds, as a subject's key and as a tombstone.
///
/// # Panics
/// When one of them opens.
pub fn record(bytes: &[u8]) {
    let key = Zeroizing::new([7; 32]);
    let (vault, subject) = (VaultId::from_bytes([1; 16]), SubjectId::from_bytes([2; 16]));
    if let Ok(prefix) = Prefix::parse(RecordId::from_bytes([3; 16]), bytes) {
        assert!(record::decode(vault, &key, prefix, bytes).is_err(), "it opened");
    }
    drop(record::split(bytes));
    let _: Option<jiff::Timestamp> = subject_key::made_at(bytes);
    let opened = subject_key::decode(vault, subject, 1, bytes, |_| Some(&key));
    assert!(opened.is_err(), "it opened");
    drop(tombstone::decode(subject, bytes));
}
