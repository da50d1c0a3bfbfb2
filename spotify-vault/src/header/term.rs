//! Terms: the keys that seal the subjects' keys, one after the other.

use std::collections::BTreeMap;

use jiff::Timestamp;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

use super::{VaultKey, malformed};
use crate::crypto::{self, Key, Label, NONCE_LEN, WRAPPED_LEN};
use crate::error::VaultError;
use crate::hex::Hex;
use crate::name::VaultId;

/// A period in which new subject keys are sealed under the same key.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Term {
    #[serde(rename = "term")]
    pub(crate) number: u32,
    pub(crate) state: TermState,
    pub(crate) created_at: Timestamp,
    commit: Hex<32>,
    nonce: Hex<NONCE_LEN>,
    wrapped: Hex<WRAPPED_LEN>,
}

/// Whether a term's key seals new subject keys, or only opens old ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum TermState {
    Active,
    /// Its keys are moved to the active term as they are.
    Retired,
    /// Its key may be known to others: what it sealed is sealed anew, from the subjects' keys down.
    Compromised,
}

/// The keys of all terms, opened.
pub(crate) struct Terms {
    pub(crate) active: u32,
    keys: BTreeMap<u32, Key>,
}

impl Terms {
    pub(super) fn open(
        vault: VaultId,
        active: u32,
        terms: &[Term],
        vault_key: &VaultKey,
    ) -> Result<Self, VaultError> {
        let wrap = vault_key.term_wrap();
        let mut keys = BTreeMap::new();
        for term in terms {
            keys.insert(term.number, term.open(vault, &wrap)?);
        }
        Ok(Self { active, keys })
    }

    pub(crate) fn key(&self, term: u32) -> Option<&Key> {
        self.keys.get(&term)
    }
}

impl Term {
    pub(super) fn new(
        vault: VaultId,
        number: u32,
        created_at: Timestamp,
        vault_key: &VaultKey,
        rng: &mut (dyn CryptoRng + Send),
    ) -> Self {
        let key = crypto::new_key(rng);
        let nonce = crypto::draw(rng);
        Self {
            number,
            state: TermState::Active,
            created_at,
            commit: Hex(Self::commitment(vault, number, &key)),
            nonce: Hex(nonce),
            wrapped: Hex(crypto::wrap(
                &vault_key.term_wrap(),
                &nonce,
                &Self::associated(vault, number),
                &key,
            )),
        }
    }

    fn open(&self, vault: VaultId, wrap: &Key) -> Result<Key, VaultError> {
        let aad = Self::associated(vault, self.number);
        crypto::unwrap(wrap, &self.nonce.0, &aad, &self.wrapped.0)
            .filter(|key| crypto::same(&Self::commitment(vault, self.number, key), &self.commit.0))
            .ok_or_else(|| malformed("the seal of a term does not fit"))
    }

    fn associated(vault: VaultId, number: u32) -> Vec<u8> {
        crypto::frame(Label::Term, &[vault.as_bytes(), &number.to_be_bytes()])
    }

    fn commitment(vault: VaultId, number: u32, key: &Key) -> [u8; 32] {
        crypto::commitment(key, &[b"term", vault.as_bytes(), &number.to_be_bytes()])
    }
}
