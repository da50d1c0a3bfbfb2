//! What an open vault knows of its header, and how the header changes under it.
//!
//! Other processes may begin and drop terms. A vault notices when it meets a term that it does not
//! know, or when the store refuses a key because the header has changed, and reads it again.

use std::sync::{Arc, PoisonError};

use super::inner::Inner;
use crate::error::{Item, VaultError};
use crate::header::{self, Header, Sealed, TermState, Terms};
use crate::store::SealedStore;
use crate::subject_key;

/// How often a change is tried again when another process was faster.
const TRIES: u32 = 8;

/// The header as this process read it last, authenticated.
pub(crate) struct Current {
    /// The exact bytes, which the store compares.
    pub(crate) bytes: Vec<u8>,
    pub(crate) header: Header,
    pub(crate) terms: Terms,
}

/// Refuses a vault that has moved away.
pub(crate) fn check_here(store: &dyn SealedStore, header: &Header) -> Result<(), VaultError> {
    match &header.moved_to {
        Some(to) => Err(VaultError::Moved { place: store.place(), to: to.clone() }),
        None => Ok(()),
    }
}

impl Current {
    /// Tells the state of the term that a sealed key states; `None` when the header has no such.
    pub(crate) fn state_of(&self, sealed: &[u8]) -> Option<TermState> {
        let stated = subject_key::stated_term(sealed)?;
        self.header.terms.iter().find(|term| term.number == stated).map(|term| term.state)
    }
}

impl Inner {
    pub(crate) fn current(&self) -> Arc<Current> {
        // An assignment can't leave it half changed.
        Arc::clone(&self.current.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Reads the header again, and refuses one that is older than what was known.
    pub(crate) fn reload(&self) -> Result<Arc<Current>, VaultError> {
        let bytes = self.store.header()?;
        let bytes = bytes.ok_or_else(|| VaultError::NotFound { place: self.store.place() })?;
        let known = self.current();
        if bytes == known.bytes {
            return Ok(known);
        }
        let header = Sealed::parse(&bytes)?.authenticate(&self.vault_key)?;
        if header.vault_id != self.id {
            return Err(VaultError::integrity(Item::Header, "it is another vault's"));
        }
        if header.epoch < known.header.epoch {
            return Err(VaultError::integrity(Item::Header, "it is older than the one in use"));
        }
        check_here(self.store.as_ref(), &header)?;
        let terms = header.open_terms(&self.vault_key)?;
        Ok(self.set_current(Current { bytes, header, terms }))
    }

    fn set_current(&self, current: Current) -> Arc<Current> {
        let current = Arc::new(current);
        let mut place = self.current.write().unwrap_or_else(PoisonError::into_inner);
        if place.header.epoch <= current.header.epoch {
            *place = Arc::clone(&current);
        }
        current
    }

    /// Changes the header: all of it or nothing, and never over a change of another process.
    /// Returns what the change gave and the header's new epoch.
    pub(crate) fn change_header<T>(
        &self,
        mut change: impl FnMut(&mut Header) -> Result<T, VaultError>,
    ) -> Result<(T, u64), VaultError> {
        for _ in 0..TRIES {
            let present = self.reload()?;
            let mut header = present.header.clone();
            let done = change(&mut header)?;
            match self.put_header(&present, header) {
                Err(VaultError::HeaderChanged) => {}
                result => return result.map(|changed| (done, changed.header.epoch)),
            }
        }
        Err(VaultError::HeaderChanged)
    }

    /// Puts a changed header in the place of the one that it was made from.
    pub(crate) fn put_header(
        &self,
        present: &Current,
        mut header: Header,
    ) -> Result<Arc<Current>, VaultError> {
        header.count()?;
        let bytes = header.encode(&self.vault_key);
        if bytes.len() > header::MAX_LEN {
            return Err(VaultError::integrity(Item::Header, "it would be longer than 64 KiB"));
        }
        let terms = header.open_terms(&self.vault_key)?;
        self.store.put_header(Some(&present.bytes), &bytes)?;
        Ok(self.set_current(Current { bytes, header, terms }))
    }

    /// Calls `work` with the current header, and again with a newer one when the store says that
    /// it has changed.
    pub(crate) fn with_header<T>(
        &self,
        mut work: impl FnMut(&Current) -> Result<T, VaultError>,
    ) -> Result<T, VaultError> {
        let mut current = self.current();
        for _ in 0..TRIES {
            match work(&current) {
                Err(VaultError::HeaderChanged) => current = self.reload()?,
                result => return result,
            }
        }
        Err(VaultError::HeaderChanged)
    }
}
