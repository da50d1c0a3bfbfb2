//! Who can unlock a vault: making, opening and rekeying it.

use std::sync::{Arc, Mutex, RwLock};

use secrecy::ExposeSecret as _;

use super::current::{Current, check_here};
use super::inner::Inner;
use crate::crypto;
use crate::error::{Item, VaultError};
use crate::header::{self, Header, Sealed, VaultKey};
use crate::key_source::{KeySource, Unlock};
use crate::name::VaultId;
use crate::observer::Event;
use crate::options::Options;
use crate::recovery::RecoveryCode;
use crate::slot::{NewSlot, Role};
use crate::store::SealedStore;

/// The least number of characters of a new passphrase (NIST SP 800-63B-4, section 3.1.1.2, for a
/// passphrase that is one of two factors; the other is the file).
const MIN_PASSPHRASE: usize = 8;

/// Makes a vault with a primary and a recovery slot.
pub(crate) fn create(
    store: Arc<dyn SealedStore>,
    key: &Unlock,
    mut options: Options,
) -> Result<(Inner, RecoveryCode), VaultError> {
    check_primary(key)?;
    let exists = |store: &dyn SealedStore| VaultError::AlreadyExists { place: store.place() };
    if store.header()?.is_some() {
        return Err(exists(store.as_ref()));
    }
    let rng = options.rng.as_mut();
    let now = (options.clock)();
    let vault = options.vault_id.unwrap_or_else(|| VaultId::generate(rng));
    let vault_key = VaultKey::generate(rng);
    let code = RecoveryCode::generate(rng);
    let mut header = Header::new(vault, now, key.source(), &vault_key, rng);
    let recovery = Unlock::Recovery(code);
    for (id, role, unlock) in [(1, Role::Primary, key), (2, Role::Recovery, &recovery)] {
        let (kdf, salt, nonce) = (options.kdf, crypto::draw(rng), crypto::draw(rng));
        let slot = NewSlot { vault, id, role, created_at: now, unlock, kdf, salt, nonce };
        header.slots.push(slot.seal(vault_key.key())?);
    }
    let Unlock::Recovery(code) = recovery else { return Err(VaultError::RecoveryNotPrimary) };
    let bytes = checked(&mut header, &vault_key, key)?;
    store.put_header(None, &bytes).map_err(|error| match error {
        VaultError::HeaderChanged => exists(store.as_ref()),
        other => other,
    })?;
    let inner = assemble(store, bytes, header, vault_key, options)?;
    inner.observe(&Event::Created { vault, source: &inner.pin() });
    Ok((inner, code))
}

/// Opens a vault with its primary key or its recovery code.
pub(crate) fn open(
    store: Arc<dyn SealedStore>,
    key: &Unlock,
    options: Options,
) -> Result<Inner, VaultError> {
    let bytes = header_of(store.as_ref())?;
    let (header, vault_key) = Sealed::parse(&bytes)?.unlock(key)?;
    check_here(store.as_ref(), &header)?;
    let inner = assemble(store, bytes, header, vault_key, options)?;
    inner.observe(&Event::Opened { vault: inner.id, source: &key.source() });
    Ok(inner)
}

/// Reads the pin, not authenticated.
pub(crate) fn pinned(store: &dyn SealedStore) -> Result<Option<KeySource>, VaultError> {
    let Some(bytes) = store.header()? else { return Ok(None) };
    Ok(Some(Sealed::parse(&bytes)?.pin().clone()))
}

/// Replaces the primary slot and the pin. Returns the new epoch.
pub(crate) fn rekey(vault: &Inner, from: &Unlock, to: &Unlock) -> Result<u64, VaultError> {
    check_primary(to)?;
    let old = header_of(vault.store.as_ref())?;
    let (mut header, vault_key) = Sealed::parse(&old)?.unlock(from)?;
    if header.vault_id != vault.id || !vault_key.same(&vault.vault_key) {
        return Err(VaultError::integrity(Item::Header, "it is another vault's"));
    }
    let id = header.slots.iter().map(|slot| slot.id).max().and_then(|id| id.checked_add(1));
    let at_end = || VaultError::integrity(Item::Header, "its counters are at their end");
    let id = id.ok_or_else(at_end)?;
    let (salt, nonce) = vault.with_rng(|rng| (crypto::draw(rng), crypto::draw(rng)));
    let slot = NewSlot {
        vault: vault.id,
        id,
        role: Role::Primary,
        created_at: vault.now(),
        unlock: to,
        kdf: vault.kdf,
        salt,
        nonce,
    };
    header.slots.retain(|slot| slot.role != Role::Primary);
    header.slots.push(slot.seal(vault_key.key())?);
    header.pin = to.source();
    let epoch = header.count()?;
    let new = checked(&mut header, &vault_key, to)?;
    vault.store.put_header(Some(&old), &new)?;
    if vault.store.header()?.as_deref() != Some(&new) {
        return Err(VaultError::HeaderChanged);
    }
    vault.reload()?;
    Ok(epoch)
}

/// Writes a header and makes sure that the key which is to open it does.
fn checked(header: &mut Header, vault_key: &VaultKey, key: &Unlock) -> Result<Vec<u8>, VaultError> {
    let bytes = header.encode(vault_key);
    if bytes.len() > header::MAX_LEN {
        return Err(VaultError::integrity(Item::Header, "it would be longer than 64 KiB"));
    }
    let (_, opened) = Sealed::parse(&bytes)?.unlock(key)?;
    if opened.same(vault_key) {
        Ok(bytes)
    } else {
        Err(VaultError::integrity(Item::Header, "the new slot holds another key"))
    }
}

fn check_primary(key: &Unlock) -> Result<(), VaultError> {
    match key {
        Unlock::Recovery(_) => Err(VaultError::RecoveryNotPrimary),
        Unlock::Passphrase(text) if text.expose_secret().chars().count() < MIN_PASSPHRASE => {
            Err(VaultError::WeakPassphrase { minimum: MIN_PASSPHRASE })
        }
        Unlock::KeyFile { path, .. } | Unlock::Credential { path, .. }
            if path.to_str().is_none() =>
        {
            Err(VaultError::UnprintablePath { path: path.clone() })
        }
        Unlock::Pkcs11 { sealed, .. } if sealed.module.to_str().is_none() => {
            Err(VaultError::UnprintablePath { path: sealed.module.clone() })
        }
        _ => Ok(()),
    }
}

fn header_of(store: &dyn SealedStore) -> Result<Vec<u8>, VaultError> {
    store.header()?.ok_or_else(|| VaultError::NotFound { place: store.place() })
}

fn assemble(
    store: Arc<dyn SealedStore>,
    bytes: Vec<u8>,
    header: Header,
    vault_key: VaultKey,
    options: Options,
) -> Result<Inner, VaultError> {
    let terms = header.open_terms(&vault_key)?;
    let Options { rng, clock, observer, kdf, vault_id: _, classes } = options;
    Ok(Inner {
        store,
        id: header.vault_id,
        names: vault_key.names(),
        vault_key,
        current: RwLock::new(Arc::new(Current { bytes, header, terms })),
        rng: Mutex::new(rng),
        clock,
        observer,
        kdf,
        classes,
    })
}
