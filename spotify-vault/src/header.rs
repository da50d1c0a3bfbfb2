//! The header of a vault: who can unlock it, and the terms of its keys.
//!
//! One line of JSON and one line with its authenticator, over the exact bytes of the first.

mod term;

use std::collections::BTreeSet;

use jiff::Timestamp;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};

pub(crate) use self::term::{Term, TermState, Terms};
use crate::crypto::{self, Key, Label};
use crate::error::{Item, VaultError};
use crate::hex::Hex;
use crate::key_source::{KeySource, Unlock};
use crate::name::{Field, RecordId, Subject, SubjectId, VaultId};
use crate::slot::{Role, Slot};

/// The longest header file, in bytes.
pub(crate) const MAX_LEN: usize = 64 * 1024;

const MAGIC: &str = "SPMV";
const VERSION: u32 = 1;

/// What this release reads: version 1 with everything that was added to it since.
const READER: u32 = 2;

/// The first line of the file.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Header {
    magic: String,
    version: u32,
    min_reader: u32,
    pub(crate) vault_id: VaultId,
    pub(crate) epoch: u64,
    pub(crate) created_at: Timestamp,
    pub(crate) pin: KeySource,
    pub(crate) slots: Vec<Slot>,
    pub(crate) terms: Vec<Term>,
    pub(crate) active_term: u32,
    /// The seal of the settings file, when there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) settings: Option<Hex<32>>,
    /// The place that the vault moves or has moved to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(crate) moved_to: Option<String>,
}

/// The key at the root of a vault, which every slot holds.
pub(crate) struct VaultKey(Key);

impl VaultKey {
    pub(crate) fn generate(rng: &mut (dyn CryptoRng + Send)) -> Self {
        Self(crypto::new_key(rng))
    }

    pub(crate) fn key(&self) -> &Key {
        &self.0
    }

    pub(crate) fn same(&self, other: &Self) -> bool {
        crypto::same(&self.0, &other.0)
    }

    /// Derives the key that names subjects and records on disk.
    pub(crate) fn names(&self) -> NamesKey {
        NamesKey(crypto::derive(None, &self.0, Label::Names, &[]))
    }

    /// Derives the key that seals values of settings.
    pub(crate) fn setting(&self) -> Key {
        crypto::derive(None, &self.0, Label::Setting, &[])
    }

    /// Authenticates a settings file.
    pub(crate) fn settings_mac(&self, vault: VaultId, file: &[u8]) -> [u8; 32] {
        let key = crypto::derive(None, &self.0, Label::SettingsFile, &[]);
        crypto::mac(&key, Label::SettingsFile, &[vault.as_bytes(), file])
    }

    /// Derives a key for a purpose of the caller.
    pub(crate) fn derive(&self, label: &str) -> Key {
        crypto::derive(None, &self.0, Label::Derive, &[label.as_bytes()])
    }

    /// Authenticates what a backup holds, by its hash.
    #[cfg(feature = "backup")]
    pub(crate) fn backup_mac(&self, hash: &[u8; 32]) -> [u8; 32] {
        let key = crypto::derive(None, &self.0, Label::Backup, &[]);
        crypto::mac(&key, Label::Backup, &[hash])
    }

    fn header_mac(&self, line: &[u8]) -> [u8; 32] {
        let key = crypto::derive(None, &self.0, Label::Header, &[]);
        crypto::mac(&key, Label::Header, &[line])
    }

    fn term_wrap(&self) -> Key {
        crypto::derive(None, &self.0, Label::TermWrap, &[])
    }
}

/// The key that makes the ids of subjects and records.
pub(crate) struct NamesKey(Key);

impl NamesKey {
    pub(crate) fn subject(&self, subject: &Subject) -> SubjectId {
        let parts = [subject.as_bytes()];
        SubjectId::from_bytes(crypto::short_mac(&self.0, Label::SubjectId, &parts))
    }

    pub(crate) fn record(&self, subject: &Subject, field: &Field) -> RecordId {
        let parts = [subject.as_bytes(), field.as_str().as_bytes()];
        RecordId::from_bytes(crypto::short_mac(&self.0, Label::RecordId, &parts))
    }
}

impl Header {
    /// Makes the header of a new vault, still without slots.
    pub(crate) fn new(
        vault_id: VaultId,
        created_at: Timestamp,
        pin: KeySource,
        vault_key: &VaultKey,
        rng: &mut (dyn CryptoRng + Send),
    ) -> Self {
        let active_term = 1;
        let term = Term::new(vault_id, active_term, created_at, vault_key, rng);
        Self {
            magic: MAGIC.to_owned(),
            version: VERSION,
            min_reader: pin.min_reader(),
            vault_id,
            epoch: 1,
            created_at,
            pin,
            slots: Vec::new(),
            terms: vec![term],
            active_term,
            settings: None,
            moved_to: None,
        }
    }

    /// Writes the file, for every reader that knows what it states.
    pub(crate) fn encode(&mut self, vault_key: &VaultKey) -> Vec<u8> {
        self.min_reader = self.least_reader();
        let mut bytes = serde_json::to_vec(self)
            .expect("a header is plain data, and the pin's path was checked to be text");
        let mac = Hex(vault_key.header_mac(&bytes));
        bytes.extend_from_slice(format!("\n{mac}\n").as_bytes());
        bytes
    }

    /// Opens the keys of all terms.
    pub(crate) fn open_terms(&self, vault_key: &VaultKey) -> Result<Terms, VaultError> {
        Terms::open(self.vault_id, self.active_term, &self.terms, vault_key)
    }

    /// Begins a new term; the others only open old keys from now on, as `state` says.
    pub(crate) fn begin_term(
        &mut self,
        state: TermState,
        now: Timestamp,
        vault_key: &VaultKey,
        rng: &mut (dyn CryptoRng + Send),
    ) -> Result<u32, VaultError> {
        let newest = self.terms.iter().map(|term| term.number).max().unwrap_or_default();
        let number = newest.checked_add(1).ok_or_else(at_end)?;
        for term in &mut self.terms {
            // A key that was known to others once is so for good.
            if term.state != TermState::Compromised {
                term.state = state;
            }
        }
        self.terms.push(Term::new(self.vault_id, number, now, vault_key, rng));
        self.active_term = number;
        Ok(number)
    }

    /// Counts a change of the header.
    pub(crate) fn count(&mut self) -> Result<u64, VaultError> {
        self.epoch = self.epoch.checked_add(1).ok_or_else(at_end)?;
        Ok(self.epoch)
    }

    /// The least reader that knows all that this header states.
    fn least_reader(&self) -> u32 {
        let compromised = self.terms.iter().any(|term| term.state == TermState::Compromised);
        let newer = compromised || self.settings.is_some() || self.moved_to.is_some();
        self.pin.min_reader().max(if newer { READER } else { VERSION })
    }

    fn check(&self) -> Result<(), VaultError> {
        let slots: BTreeSet<_> = self.slots.iter().map(|slot| slot.id).collect();
        let terms: BTreeSet<_> = self.terms.iter().map(|term| term.number).collect();
        let count = |role| self.slots.iter().filter(|slot| slot.role == role).count();
        let active: Vec<_> = (self.terms.iter())
            .filter(|term| term.state == TermState::Active)
            .map(|term| term.number)
            .collect();
        let sound = slots.len() == self.slots.len()
            && terms.len() == self.terms.len()
            && count(Role::Primary) == 1
            && count(Role::Recovery) <= 1
            && active == [self.active_term]
            && self.pin != KeySource::Recovery;
        if !sound {
            return Err(malformed("its slots and terms contradict each other"));
        }
        self.slots.iter().try_for_each(|slot| slot.kdf.check())
    }
}

/// A header as the file states it, not yet authenticated.
#[derive(Debug)]
pub(crate) struct Sealed<'a> {
    header: Header,
    line: &'a [u8],
    mac: [u8; 32],
}

impl<'a> Sealed<'a> {
    /// Reads the file.
    pub(crate) fn parse(bytes: &'a [u8]) -> Result<Self, VaultError> {
        let (line, mac) = split(bytes).ok_or_else(|| malformed("it is not two lines"))?;
        let stated: Stated =
            serde_json::from_slice(line).map_err(|_| malformed("it is not a vault's header"))?;
        if stated.magic != MAGIC {
            return Err(malformed("it is not a vault's header"));
        }
        for (found, supported) in [(stated.version, VERSION), (stated.min_reader, READER)] {
            if found > supported {
                return Err(VaultError::Version { item: Item::Header, found, supported });
            }
        }
        let header: Header =
            serde_json::from_slice(line).map_err(|_| malformed("its fields are malformed"))?;
        header.check()?;
        Ok(Self { header, line, mac })
    }

    /// Returns the id that the file states. Not authenticated.
    pub(crate) fn vault_id(&self) -> VaultId {
        self.header.vault_id
    }

    /// Returns what the file says it is pinned to. Not authenticated.
    pub(crate) fn pin(&self) -> &KeySource {
        &self.header.pin
    }

    /// Authenticates the whole header with the key of an open vault.
    pub(crate) fn authenticate(self, vault_key: &VaultKey) -> Result<Header, VaultError> {
        if crypto::same(&vault_key.header_mac(self.line), &self.mac) {
            Ok(self.header)
        } else {
            Err(malformed("its authenticator does not fit"))
        }
    }

    /// Opens the vault's key through the slot that fits, and authenticates the whole header.
    pub(crate) fn unlock(self, unlock: &Unlock) -> Result<(Header, VaultKey), VaultError> {
        let given = unlock.source();
        let role = match unlock {
            Unlock::Recovery(_) => Role::Recovery,
            _ if given.is_same_kind(&self.header.pin) => Role::Primary,
            _ => return Err(VaultError::WrongKeySource { pinned: self.header.pin, given }),
        };
        let slot = self.header.slots.iter().find(|slot| slot.role == role);
        let slot = slot.ok_or(VaultError::WrongKey { given })?;
        let vault_key = VaultKey(slot.open(self.header.vault_id, unlock)?);
        let header = self.authenticate(&vault_key)?;
        Ok((header, vault_key))
    }
}

/// Reads where a vault moves or has moved to, as its header states; not authenticated.
pub(crate) fn stated_move(bytes: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Stated {
        moved_to: Option<String>,
    }

    let (line, _) = split(bytes)?;
    serde_json::from_slice::<Stated>(line).ok()?.moved_to
}

/// What any version of a header states.
#[derive(Deserialize)]
struct Stated {
    magic: String,
    version: u32,
    min_reader: u32,
}

/// Splits into the first line and the authenticator, which must be all of the file.
fn split(bytes: &[u8]) -> Option<(&[u8], [u8; 32])> {
    let (body, [b'\n']) = bytes.split_last_chunk()? else { return None };
    let (line, mac) = body.split_last_chunk::<64>()?;
    let (line, [b'\n']) = line.split_last_chunk()? else { return None };
    let mac = Hex::parse(std::str::from_utf8(mac).ok()?)?;
    Some((line, mac.0))
}

fn at_end() -> VaultError {
    malformed("its counters are at their end")
}

fn malformed(problem: &'static str) -> VaultError {
    VaultError::integrity(Item::Header, problem)
}
