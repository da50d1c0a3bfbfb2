//! The keys of subjects: finding, making and moving them.

use jiff::Timestamp;

use super::current::Current;
use super::inner::Inner;
use crate::crypto::{self, Key, NONCE_LEN};
use crate::error::{Item, VaultError};
use crate::header::TermState;
use crate::name::{Subject, SubjectId};
use crate::observer::Event;
use crate::store::KeyChange;
use crate::subject_key::{self, Prefix};

/// The number of a subject's first key.
const FIRST_KEY: u32 = 1;

/// How often a key that changes while it is opened is read again.
const TRIES: u32 = 4;

impl Inner {
    /// Opens one of a subject's keys.
    pub(crate) fn key(&self, subject: SubjectId, number: u32) -> Result<Key, VaultError> {
        let (_, key) = self.present_key(subject, number)?;
        Ok(key)
    }

    /// Reads and opens one of a subject's keys.
    fn present_key(&self, subject: SubjectId, number: u32) -> Result<(Vec<u8>, Key), VaultError> {
        let open = |sealed: &[u8]| Ok((sealed.to_vec(), self.open_key(subject, number, sealed)?));
        self.try_key(subject, number, open)?.ok_or_else(|| lost(subject))
    }

    /// Reads one of a subject's keys; `None` when it is absent. What `open` finds damaged may be
    /// half written, and is read again.
    pub(crate) fn try_key<T>(
        &self,
        subject: SubjectId,
        number: u32,
        open: impl Fn(&[u8]) -> Result<T, VaultError>,
    ) -> Result<Option<T>, VaultError> {
        let Some(mut sealed) = self.store.key(subject, number)? else { return Ok(None) };
        for _ in 0..TRIES {
            let error = match open(&sealed) {
                Err(error @ VaultError::Integrity { .. }) => error,
                opened => return opened.map(Some),
            };
            let Some(settled) = self.store.settled_key(subject, number)? else { return Ok(None) };
            if settled == sealed {
                return Err(error);
            }
            sealed = settled;
        }
        Err(VaultError::KeyChanged { subject })
    }

    fn open_key(&self, subject: SubjectId, number: u32, sealed: &[u8]) -> Result<Key, VaultError> {
        let mut current = self.current();
        let term = subject_key::stated_term(sealed);
        if term.is_some_and(|term| current.terms.key(term).is_none()) {
            // Another process may have begun that term since.
            current = self.reload()?;
        }
        subject_key::decode(self.id, subject, number, sealed, |term| current.terms.key(term))
    }

    /// Returns the subject's newest key to write with, and makes its first one.
    pub(crate) fn newest_key(
        &self,
        subject: &Subject,
        id: SubjectId,
    ) -> Result<(u32, Key), VaultError> {
        match self.store.key_numbers(id)?.pop() {
            Some(number) => Ok((number, self.key(id, number)?)),
            None => self.first_key(subject, id),
        }
    }

    /// Makes sure that a subject has a key to write with, and that it is one of the active term:
    /// so the subjects that are used move by themselves.
    pub(crate) fn prepare_key(&self, subject: &Subject) -> Result<(), VaultError> {
        let id = self.names.subject(subject);
        self.check_alive(id)?;
        self.try_prepare_key(subject, id).map_err(|error| self.settle(id, error))
    }

    fn try_prepare_key(&self, subject: &Subject, id: SubjectId) -> Result<(), VaultError> {
        let Some(number) = self.store.key_numbers(id)?.pop() else {
            return self.first_key(subject, id).map(drop);
        };
        // It must open in any case: what is written under it must be readable.
        let (sealed, _) = self.present_key(id, number)?;
        match self.current().state_of(&sealed) {
            Some(TermState::Retired) => self.move_key(id, number, &sealed).map(drop),
            Some(TermState::Compromised) => {
                if self.next_key(id, number)?.made {
                    self.observe(&Event::SubjectKeyMade { subject, id });
                }
                Ok(())
            }
            Some(TermState::Active) | None => Ok(()),
        }
    }

    /// Returns the number of a subject's newest key, after making one that no older term sealed.
    pub(crate) fn renewed_key(&self, id: SubjectId) -> Result<u32, VaultError> {
        let newest = self.store.key_numbers(id)?.pop().ok_or_else(|| lost(id))?;
        let (sealed, _) = self.present_key(id, newest)?;
        match self.current().state_of(&sealed) {
            Some(TermState::Compromised) => Ok(self.next_key(id, newest)?.number),
            _ => Ok(newest),
        }
    }

    /// Makes the key after `number`, unless another process did.
    fn next_key(&self, id: SubjectId, number: u32) -> Result<NextKey, VaultError> {
        let at_end = || VaultError::integrity(Item::SubjectKey(id), "its number is at its end");
        let number = number.checked_add(1).ok_or_else(at_end)?;
        let made = self.with_header(|current| {
            let (sealed, _) = self.new_key(current, id, number)?;
            self.store.add_key(&current.bytes, id, number, &sealed)
        })?;
        Ok(NextKey { number, made })
    }

    /// Seals a subject's key under the active term instead of a retired one. `false` when the key
    /// changed meanwhile.
    fn move_key(&self, id: SubjectId, number: u32, sealed: &[u8]) -> Result<bool, VaultError> {
        self.with_header(|current| {
            let key = self.moved_key(current, id, number, sealed)?;
            let change = KeyChange { subject: id, number, expected: sealed.to_vec(), key };
            let replaced = self.store.replace_keys(&current.bytes, &[change])?;
            Ok(replaced.first().copied().unwrap_or_default())
        })
    }

    /// Seals an open key under the active term; when it was made stays as it is.
    pub(crate) fn moved_key(
        &self,
        current: &Current,
        id: SubjectId,
        number: u32,
        sealed: &[u8],
    ) -> Result<Vec<u8>, VaultError> {
        let key = subject_key::decode(self.id, id, number, sealed, |term| current.terms.key(term))?;
        let created_at = subject_key::made_at(sealed).ok_or_else(|| lost(id))?;
        self.sealed_key(current, id, (number, created_at), &key)
    }

    /// Seals a subject's key under the active term.
    pub(crate) fn sealed_key(
        &self,
        current: &Current,
        id: SubjectId,
        numbered: (u32, Timestamp),
        key: &Key,
    ) -> Result<Vec<u8>, VaultError> {
        let [nonce] = self.with_rng(|rng| [crypto::draw(rng)]);
        self.seal_key(current, id, numbered, nonce, key)
    }

    fn first_key(&self, subject: &Subject, id: SubjectId) -> Result<(u32, Key), VaultError> {
        if !self.store.records(id)?.is_empty() {
            return Err(lost(id));
        }
        let made = self.with_header(|current| {
            let (sealed, key) = self.new_key(current, id, FIRST_KEY)?;
            let added = self.store.add_key(&current.bytes, id, FIRST_KEY, &sealed)?;
            Ok(added.then_some(key))
        })?;
        match made {
            Some(key) => {
                self.observe(&Event::SubjectKeyMade { subject, id });
                Ok((FIRST_KEY, key))
            }
            // Another process was faster; its key stands.
            None => Ok((FIRST_KEY, self.key(id, FIRST_KEY)?)),
        }
    }

    fn new_key(
        &self,
        current: &Current,
        id: SubjectId,
        number: u32,
    ) -> Result<(Vec<u8>, Key), VaultError> {
        let (key, nonce) = self.with_rng(|rng| (crypto::new_key(rng), crypto::draw(rng)));
        let sealed = self.seal_key(current, id, (number, self.now()), nonce, &key)?;
        Ok((sealed, key))
    }

    fn seal_key(
        &self,
        current: &Current,
        subject: SubjectId,
        (number, created_at): (u32, Timestamp),
        nonce: [u8; NONCE_LEN],
        key: &Key,
    ) -> Result<Vec<u8>, VaultError> {
        let term = current.terms.active;
        let term_key = current.terms.key(term).ok_or_else(|| lost(subject))?;
        let prefix = Prefix { number, term, created_at, subject };
        Ok(subject_key::encode(self.id, term_key, prefix, nonce, key))
    }
}

/// The key after another.
struct NextKey {
    number: u32,
    /// Whether this call made it, rather than another process.
    made: bool,
}

fn lost(subject: SubjectId) -> VaultError {
    VaultError::integrity(Item::SubjectKey(subject), "it is missing")
}
