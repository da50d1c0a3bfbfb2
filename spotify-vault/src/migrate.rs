//! Moving a vault to another store.
//!
//! At each moment exactly one store has the vault. The old header first says where the vault moves
//! to; from then on nothing changes there. Each subject is copied as it is, sealed, and read back.
//! The header is written last: with it the new place has the vault. Then the old place is erased,
//! and its header goes on saying where the vault is.
//!
//! Killed at any point, the same call goes on where it stopped; before the new header is written
//! [`cancel`] gives the old place back instead.

use std::sync::Arc;

use serde::Serialize;

use crate::error::{Item, VaultError};
use crate::header::{Header, Sealed, VaultKey};
use crate::key_source::Unlock;
use crate::observer::{Attempt, Event, Observer};
use crate::options::Options;
use crate::progress::{Walk, Watch};
use crate::sealed::{SealedVault, inner, unlocking};
use crate::store::SealedStore;

/// What a migration did.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Migrated {
    /// How many subjects this call copied and read back.
    pub copied: usize,
    /// How many subjects this call erased in the old place.
    pub erased: usize,
}

/// Moves the vault in `from` to `to`, or goes on with it, and opens it there.
///
/// Other processes that have the vault open are refused with [`VaultError::Moved`] from the start.
/// The pin, the keys and all ids stay as they are.
///
/// # Errors
/// [`VaultError::Moved`] when it moves to a third place; [`VaultError::AlreadyExists`] when there
/// is another vault at `to`; as [`SealedVault::open`] for `key`.
pub fn migrate(
    from: &dyn SealedStore,
    to: Arc<dyn SealedStore>,
    key: &Unlock,
    options: Options,
    watch: Watch<'_>,
) -> Result<(SealedVault, Migrated), VaultError> {
    let observer = options.observer.clone();
    let moved = run(from, to, key, options, watch);
    let (vault, migrated) = told(observer.as_deref(), moved)?;
    let (from, to) = (&from.place(), &vault.inner().store.place());
    vault.inner().observe(&Event::Migrated { vault: vault.id(), from, to });
    Ok((vault, migrated))
}

/// Gives a migration up whose new place has no header yet. The vault is in `from` again.
///
/// # Errors
/// [`VaultError::AlreadyExists`] when the new place has the vault already; as
/// [`SealedVault::open`] for `key`.
pub fn cancel(
    from: &dyn SealedStore,
    to: &dyn SealedStore,
    key: &Unlock,
    options: &Options,
) -> Result<(), VaultError> {
    told(options.observer.as_deref(), try_cancel(from, to, key))
}

fn told<T>(
    observer: Option<&dyn Observer>,
    result: Result<T, VaultError>,
) -> Result<T, VaultError> {
    inner::refused(observer, Attempt::Migrate, None, result)
}

fn run(
    from: &dyn SealedStore,
    to: Arc<dyn SealedStore>,
    key: &Unlock,
    options: Options,
    watch: Watch<'_>,
) -> Result<(SealedVault, Migrated), VaultError> {
    let mut migrated = Migrated::default();
    let (bytes, mut header, vault_key) = read(from, key)?;
    let present = arrived(to.as_ref(), &header)?;
    let bytes = match &header.moved_to {
        Some(place) if *place == to.place() => bytes,
        Some(place) => return Err(VaultError::Moved { place: from.place(), to: place.clone() }),
        None if present => return Err(VaultError::AlreadyExists { place: to.place() }),
        None => {
            // Leftovers of another attempt would not be told apart later.
            if to.header()?.is_some() {
                return Err(VaultError::AlreadyExists { place: to.place() });
            }
            header.moved_to = Some(to.place());
            put(from, &bytes, &mut header, &vault_key)?
        }
    };
    if !present {
        migrated.copied = copy(from, to.as_ref(), watch)?;
        let mut here = header.clone();
        here.moved_to = None;
        here.count()?;
        if from.header()?.as_ref() != Some(&bytes) {
            return Err(VaultError::HeaderChanged);
        }
        to.put_header(None, &here.encode(&vault_key))?;
    }
    // It must open before the last copy elsewhere goes.
    let vault = SealedVault::from_inner(unlocking::open(to, key, options)?);
    for id in from.subjects()? {
        from.erase(id)?;
        migrated.erased += 1;
    }
    Ok((vault, migrated))
}

fn try_cancel(
    from: &dyn SealedStore,
    to: &dyn SealedStore,
    key: &Unlock,
) -> Result<(), VaultError> {
    let (bytes, mut header, vault_key) = read(from, key)?;
    if arrived(to, &header)? {
        return Err(VaultError::AlreadyExists { place: to.place() });
    }
    match header.moved_to.take() {
        Some(place) if place == to.place() => {}
        Some(place) => return Err(VaultError::Moved { place: from.place(), to: place }),
        None => return Ok(()),
    }
    // What was copied goes first: after that the vault may change here again.
    match to.subjects() {
        Ok(copied) => copied.into_iter().try_for_each(|id| to.erase(id))?,
        Err(VaultError::NotFound { .. }) => {}
        Err(error) => return Err(error),
    }
    put(from, &bytes, &mut header, &vault_key).map(drop)
}

fn read(store: &dyn SealedStore, key: &Unlock) -> Result<(Vec<u8>, Header, VaultKey), VaultError> {
    let bytes = store.header()?.ok_or_else(|| VaultError::NotFound { place: store.place() })?;
    let (header, vault_key) = Sealed::parse(&bytes)?.unlock(key)?;
    Ok((bytes, header, vault_key))
}

fn put(
    store: &dyn SealedStore,
    present: &[u8],
    header: &mut Header,
    vault_key: &VaultKey,
) -> Result<Vec<u8>, VaultError> {
    header.count()?;
    let bytes = header.encode(vault_key);
    store.put_header(Some(present), &bytes)?;
    Ok(bytes)
}

/// Whether the new place has this vault; an error when it has another one.
fn arrived(to: &dyn SealedStore, header: &Header) -> Result<bool, VaultError> {
    let there = match to.header() {
        Ok(there) => there,
        // Copied subjects, and no header yet.
        Err(VaultError::Integrity { item: Item::Header, .. }) if header.moved_to.is_some() => None,
        Err(error) => return Err(error),
    };
    match there {
        None => Ok(false),
        Some(bytes) if Sealed::parse(&bytes)?.vault_id() == header.vault_id => Ok(true),
        Some(_) => Err(VaultError::AlreadyExists { place: to.place() }),
    }
}

/// Copies each subject and reads it back.
fn copy(
    from: &dyn SealedStore,
    to: &dyn SealedStore,
    watch: Watch<'_>,
) -> Result<usize, VaultError> {
    let subjects = from.subjects()?;
    let mut walk = Walk::new(subjects.len(), watch);
    for id in &subjects {
        let files = from.all_of(*id)?;
        to.import(*id, &files)?;
        if to.all_of(*id)? != files {
            return Err(VaultError::integrity(Item::Subject(*id), "its copy differs"));
        }
        walk.done(1);
    }
    Ok(subjects.len())
}
