//! Putting back what a backup holds, never in the place of something newer.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufReader, Seek as _};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use serde::Serialize;

use super::archive::Reader;
use super::lock::BackupKey;
use super::{BackupError, Opened, open};
use crate::error::VaultError;
use crate::header::{Sealed, VaultKey};
use crate::key_source::Unlock;
use crate::name::{Generation, RecordId, SubjectId};
use crate::observer::{Attempt, Event};
use crate::options::Options;
use crate::progress::{Walk, Watch};
use crate::record::Contents;
use crate::sealed::inner::{self, Inner};
use crate::sealed::{SealedVault, destroy_in, unlocking};
use crate::store::{Expected, KeyChange, SealedStore, SubjectFiles};
use crate::{subject_key, tombstone};

/// How long a record is waited for.
const WAIT: Duration = Duration::from_mins(1);

/// What a restore may do.
#[derive(Debug, Clone, Default)]
pub struct Restore {
    /// The newest generation of each record that is known from elsewhere, the audit log for one.
    pub newest: BTreeMap<RecordId, Generation>,
    /// What to do with a record that is older than that.
    pub older: Older,
}

/// What to do with a record of a backup that is older than the newest that is known.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Older {
    /// Leave it out and name it.
    #[default]
    Refuse,
    /// Put it back and name it: a token that was renewed since may be of no use any more.
    Accept,
}

/// What a restore did.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
#[non_exhaustive]
pub struct Restored {
    /// How many records were put back.
    pub restored: usize,
    /// How many were here already, as new or newer.
    pub kept: usize,
    /// How many subjects of the backup were destroyed here since; they stay so.
    pub dead: usize,
    /// How many subjects were destroyed here because the backup says that they were.
    pub destroyed: usize,
    /// Records of the backup that are older than the newest that is known.
    pub older: Vec<RecordId>,
}

impl SealedVault {
    /// Puts a backup back: into an empty store as the vault that it was, or into the same vault
    /// where records are absent, damaged or older.
    ///
    /// Nothing newer is replaced, whoever was destroyed stays destroyed, and the header of a vault
    /// that is there stays, so that no former key is in force again. What is interrupted goes on
    /// when it is done again. Before anything is changed the whole backup is read and
    /// authenticated.
    ///
    /// `key` opens the vault that is there, or the one in the backup.
    ///
    /// # Errors
    /// [`BackupError`]; as [`SealedVault::open`] for `key`; [`VaultError::Storage`].
    pub fn restore(
        store: Arc<dyn SealedStore>,
        path: &Path,
        from: &BackupKey,
        key: &Unlock,
        options: Options,
        restore: &Restore,
        watch: Watch<'_>,
    ) -> Result<(Self, Restored), VaultError> {
        let observer = options.observer.clone();
        let done = run(store, path, from, key, options, restore, watch);
        let (vault, restored) = inner::refused(observer.as_deref(), Attempt::Restore, None, done)?;
        vault.observe(&Event::Restored { vault: vault.id, restored: &restored });
        Ok((Self::from_inner(vault), restored))
    }
}

fn run(
    store: Arc<dyn SealedStore>,
    path: &Path,
    from: &BackupKey,
    key: &Unlock,
    options: Options,
    restore: &Restore,
    watch: Watch<'_>,
) -> Result<(Inner, Restored), VaultError> {
    let mut stream = from.decrypt(BufReader::new(open(path)?))?;
    let first = Reader::begin(&mut stream)?;
    let archived = first.header().to_vec();
    let there = store.header()?;
    let (header, vault_key) = Sealed::parse(there.as_ref().unwrap_or(&archived))?.unlock(key)?;
    let stated = Sealed::parse(&archived)?;
    if stated.vault_id() != header.vault_id {
        let (found, here) = (stated.vault_id(), header.vault_id);
        return Err(BackupError::OtherVault { found, here }.into());
    }
    let opened = Opened::new(&archived, &vault_key)?;
    let total = check(first, &opened, &vault_key)?;
    if there.is_none() {
        store.put_header(None, &archived)?;
    }
    let vault = unlocking::open(store, key, options)?;
    stream.rewind().map_err(|source| BackupError::Read { source })?;
    let mut reader = Reader::begin(&mut stream)?;
    let mut putting = Putting { vault: &vault, opened, restore, done: Restored::default() };
    let mut walk = Walk::new(total, watch);
    while let Some((id, files)) = reader.subject()? {
        putting.subject(id, &files)?;
        walk.done(1);
    }
    // The file might have been another one by now.
    reader.finish(&vault.vault_key)?;
    let done = putting.done;
    Ok((vault, done))
}

/// Opens every record, and makes sure that the vault's key wrote all of it.
fn check(
    mut reader: Reader<impl std::io::Read>,
    opened: &Opened,
    vault_key: &VaultKey,
) -> Result<usize, VaultError> {
    while let Some((id, files)) = reader.subject()? {
        match &files.tombstone {
            Some(mark) => drop(tombstone::decode(id, mark)?),
            None => drop(opened.records(id, &files)?),
        }
    }
    Ok(usize::try_from(reader.finish(vault_key)?).unwrap_or(usize::MAX))
}

struct Putting<'a> {
    vault: &'a Inner,
    opened: Opened,
    restore: &'a Restore,
    done: Restored,
}

impl Putting<'_> {
    fn subject(&mut self, id: SubjectId, files: &SubjectFiles) -> Result<(), VaultError> {
        let store = self.vault.store.as_ref();
        let is_dead = store.tombstone(id)?.is_some();
        match &files.tombstone {
            Some(_) if is_dead => return Ok(()),
            Some(mark) => {
                destroy_in(store, id, tombstone::decode(id, mark)?)?;
                self.done.destroyed += 1;
                return Ok(());
            }
            None if is_dead => {
                self.done.dead += 1;
                return Ok(());
            }
            None => {}
        }
        self.mend_keys(id, files)?;
        for contents in self.opened.records(id, files)? {
            self.record(id, &contents)?;
        }
        Ok(())
    }

    fn record(&mut self, id: SubjectId, contents: &Contents) -> Result<(), VaultError> {
        let (vault, record) =
            (self.vault, self.vault.names.record(&contents.subject, &contents.field));
        let mut lock = vault.store.lock(id, record, WAIT)?;
        let present = vault.store.record(id, record)?;
        let here = match vault.open_present(id, record) {
            Ok(here) => here.map_or(Generation::ABSENT, |here| here.generation),
            // It is damaged: the backup is what there is.
            Err(VaultError::Integrity { .. }) => Generation::ABSENT,
            Err(error) => return Err(error),
        };
        if here >= contents.generation {
            self.done.kept += 1;
            return Ok(());
        }
        if self.restore.newest.get(&record).is_some_and(|newest| *newest > contents.generation) {
            self.done.older.push(record);
            if self.restore.older == Older::Refuse {
                return Ok(());
            }
        }
        let at = (contents.generation, contents.updated_at);
        let (_, sealed) = vault.seal_at(&contents.subject, &contents.field, &contents.value, at)?;
        let expected = match &present {
            Some(bytes) => Expected::Bytes(bytes),
            None => Expected::Generation(Generation::ABSENT),
        };
        lock.put(expected, &sealed)?;
        self.done.restored += 1;
        Ok(())
    }

    /// Puts back the keys that what is here needs and that are lost or damaged. A key that was
    /// replaced after a compromise is not needed, and stays away.
    fn mend_keys(&self, id: SubjectId, files: &SubjectFiles) -> Result<(), VaultError> {
        let vault = self.vault;
        let mut needed = BTreeSet::from_iter(vault.store.key_numbers(id)?.pop());
        for record in vault.store.records(id)? {
            let sealed = vault.store.record(id, record)?.unwrap_or_default();
            needed.extend(crate::store::stated_key(record, &sealed).ok());
        }
        for (number, _) in files.keys.iter().filter(|(number, _)| needed.contains(number)) {
            if vault.key(id, *number).is_ok() {
                continue;
            }
            let key = self.opened.key(id, *number, files)?;
            let archived = files.keys.iter().find(|(found, _)| found == number);
            let made_at = archived.and_then(|(_, sealed)| subject_key::made_at(sealed));
            let made_at = made_at.unwrap_or_else(|| vault.now());
            let present = vault.store.key(id, *number)?;
            vault.with_header(|current| {
                let key = vault.sealed_key(current, id, (*number, made_at), &key)?;
                let Some(expected) = present.clone() else {
                    return vault.store.add_key(&current.bytes, id, *number, &key).map(drop);
                };
                let change = KeyChange { subject: id, number: *number, expected, key };
                vault.store.replace_keys(&current.bytes, &[change]).map(drop)
            })?;
        }
        Ok(())
    }
}
