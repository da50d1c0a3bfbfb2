//! A slot of the header: one way to the vault's key.

use argon2::{Algorithm, Argon2, Params, Version};
use jiff::Timestamp;
use secrecy::ExposeSecret as _;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::crypto::{self, Key, Label, NONCE_LEN, WRAPPED_LEN};
use crate::error::{Item, VaultError};
use crate::hex::Hex;
use crate::key_source::Unlock;
use crate::name::VaultId;
use crate::options::KdfParams;

/// What a slot is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Role {
    Primary,
    Recovery,
}

/// How the slot's key comes from what a person or a program gives.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "name", rename_all = "kebab-case", deny_unknown_fields)]
pub(crate) enum Kdf {
    /// From a passphrase.
    Argon2id { m: u32, t: u32, p: u32 },
    /// From 32 random bytes.
    HkdfSha256,
}

impl Kdf {
    /// The exact bytes that the slot's seal binds.
    pub(crate) fn describe(self) -> String {
        match self {
            Self::Argon2id { m, t, p } => format!("argon2id,m={m},t={t},p={p}"),
            Self::HkdfSha256 => "hkdf-sha256".to_owned(),
        }
    }

    /// Refuses a cost outside the bounds, before any of it is paid.
    pub(crate) fn check(self) -> Result<(), VaultError> {
        match self {
            Self::Argon2id { m, t, p } => KdfParams::new(m, t, p).map(drop),
            Self::HkdfSha256 => Ok(()),
        }
    }
}

/// One way to the vault's key.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Slot {
    pub(crate) id: u32,
    pub(crate) role: Role,
    pub(crate) created_at: Timestamp,
    pub(crate) kdf: Kdf,
    pub(crate) salt: Hex<16>,
    pub(crate) commit: Hex<32>,
    pub(crate) nonce: Hex<NONCE_LEN>,
    pub(crate) wrapped: Hex<WRAPPED_LEN>,
}

/// What a new slot is made of.
pub(crate) struct NewSlot<'a> {
    pub(crate) vault: VaultId,
    pub(crate) id: u32,
    pub(crate) role: Role,
    pub(crate) created_at: Timestamp,
    pub(crate) unlock: &'a Unlock,
    pub(crate) kdf: KdfParams,
    pub(crate) salt: [u8; 16],
    pub(crate) nonce: [u8; NONCE_LEN],
}

impl NewSlot<'_> {
    /// Seals the vault's key.
    pub(crate) fn seal(self, vault_key: &Key) -> Result<Slot, VaultError> {
        let kdf = match self.unlock {
            Unlock::Passphrase(_) => Kdf::Argon2id {
                m: self.kdf.memory_kib(),
                t: self.kdf.passes(),
                p: self.kdf.lanes(),
            },
            _ => Kdf::HkdfSha256,
        };
        let mut slot = Slot {
            id: self.id,
            role: self.role,
            created_at: self.created_at,
            kdf,
            salt: Hex(self.salt),
            commit: Hex([0; 32]),
            nonce: Hex(self.nonce),
            wrapped: Hex([0; WRAPPED_LEN]),
        };
        let key = slot.key(self.unlock)?.ok_or_else(|| unfit(self.unlock))?;
        slot.commit = Hex(slot.commitment(self.vault, &key));
        let wrap = crypto::derive(None, &key, Label::SlotWrap, &[]);
        let aad = slot.associated(self.vault);
        slot.wrapped = Hex(crypto::wrap(&wrap, &slot.nonce.0, &aad, vault_key));
        Ok(slot)
    }
}

impl Slot {
    /// Opens the vault's key.
    pub(crate) fn open(&self, vault: VaultId, unlock: &Unlock) -> Result<Key, VaultError> {
        let key = self.key(unlock)?.ok_or_else(|| unfit(unlock))?;
        if !crypto::same(&self.commitment(vault, &key), &self.commit.0) {
            return Err(unfit(unlock));
        }
        let wrap = crypto::derive(None, &key, Label::SlotWrap, &[]);
        crypto::unwrap(&wrap, &self.nonce.0, &self.associated(vault), &self.wrapped.0)
            .ok_or_else(|| VaultError::integrity(Item::Header, "the seal of a slot does not fit"))
    }

    /// Derives the slot's key; `None` when the slot is not for this kind of secret.
    fn key(&self, unlock: &Unlock) -> Result<Option<Key>, VaultError> {
        match (self.kdf, unlock) {
            (Kdf::Argon2id { m, t, p }, Unlock::Passphrase(passphrase)) => {
                let params = KdfParams::new(m, t, p)?;
                argon2id(passphrase.expose_secret(), &self.salt.0, params).map(Some)
            }
            (Kdf::HkdfSha256, unlock) => Ok(unlock
                .raw()
                .map(|raw| crypto::derive(Some(&self.salt.0), raw, Label::Slot, &[]))),
            _ => Ok(None),
        }
    }

    fn commitment(&self, vault: VaultId, key: &Key) -> [u8; 32] {
        crypto::commitment(key, &[b"slot", vault.as_bytes(), &self.id.to_be_bytes()])
    }

    fn associated(&self, vault: VaultId) -> Vec<u8> {
        let role: &[u8] = match self.role {
            Role::Primary => b"primary",
            Role::Recovery => b"recovery",
        };
        let kdf = self.kdf.describe();
        let parts: [&[u8]; 5] =
            [vault.as_bytes(), &self.id.to_be_bytes(), role, kdf.as_bytes(), &self.salt.0];
        crypto::frame(Label::Slot, &parts)
    }
}

fn unfit(unlock: &Unlock) -> VaultError {
    VaultError::WrongKey { given: unlock.source() }
}

fn argon2id(passphrase: &str, salt: &[u8; 16], cost: KdfParams) -> Result<Key, VaultError> {
    let params = Params::new(cost.memory_kib(), cost.passes(), cost.lanes(), Some(32))
        .expect("the vault's bounds lie within Argon2's");
    let mut key = Zeroizing::new([0; 32]);
    // Salt and key have a fixed length, so what remains is memory.
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
        .hash_password_into(passphrase.as_bytes(), salt, key.as_mut_slice())
        .map_err(|_| VaultError::OutOfMemory { memory_kib: cost.memory_kib() })?;
    Ok(key)
}
