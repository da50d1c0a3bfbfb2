//! The audit log's keys: one for references to tokens, and those that sign its records.
//!
//! A key signs for a day. It is sealed in a record of the installation's own, and its successor
//! takes its place there, so that a later intruder can't sign what was written before. While the
//! vault is locked nothing is signed; the next signature covers what was written meanwhile.

use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use jiff::Timestamp;
use secrecy::{ExposeSecret as _, SecretBox};
use spotify_audit::{
    CheckpointError, EpochKey, Keys, Log, MaintainError, Pseudonym, PublicKey, ReferenceKey,
    Retention, SubjectKey, Text,
};
use spotify_vault::{
    Field, Lease, Opened, SealedVault, SecretBytes, Subject, Vault as _, VaultError,
};

use super::{Context, Recorder, Settings, account};
use crate::Entropy;

/// What the vault's key for references in the log is called there.
const REFERENCE_KEY: &str = "k1";
const SUBJECT: &[u8] = b"audit";
const FIELD: Field = Field::from_static("signing-key");
const VERSION: u8 = 1;
/// How long a key signs.
const TERM: Duration = Duration::from_hours(24);
/// How many records a key signs.
const RECORDS: u64 = 1 << 20;
const LEASE_WAIT: Duration = Duration::from_secs(10);

/// The keys of an installation's log, there once its vault is open.
#[derive(Default)]
pub(super) struct LogKeys {
    reference: OnceLock<Arc<ReferenceKey>>,
    // Weak, because the vault writes to the log.
    vault: OnceLock<Weak<SealedVault>>,
}

/// The audit log's upkeep came to nothing; the next start tries again.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum UpkeepError {
    /// The signing key can't be read or sealed.
    #[error("using the audit log's signing key")]
    Vault(#[from] VaultError),
    /// The record of the key is not one of this version.
    #[error("the audit log's signing key was written by a newer version: update")]
    Malformed,
    /// The next key can't be introduced.
    #[error("replacing the audit log's signing key")]
    Rotate(#[from] CheckpointError),
    /// Nothing was lost: the vault has the key that the log names.
    #[error("the vault has the key that the audit log names: there is nothing to renew")]
    InOrder,
    /// Old segments can't be packed or removed.
    #[error("packing and removing old segments of the audit log")]
    Maintain(#[from] MaintainError),
}

/// A signing key as it is sealed.
struct Epoch {
    number: u32,
    since: Timestamp,
    /// How many records there were when it began to sign.
    records: u64,
    seed: Seed,
    /// The next key, while it is being introduced.
    next: Option<Seed>,
    /// The first key of all, in public form: it leads to each later one.
    root: String,
}

type Seed = SecretBox<[u8; 32]>;

impl LogKeys {
    /// Takes the keys of an open vault.
    pub(super) fn unlock(&self, vault: &Arc<SealedVault>) {
        let key = SecretBox::new(Box::new(*vault.derive("audit-reference").expose()));
        let reference = ReferenceKey::new(REFERENCE_KEY, key);
        let reference = reference.expect("the name of the key is one of this file");
        self.reference.get_or_init(|| Arc::new(reference));
        self.vault.get_or_init(|| Arc::downgrade(vault));
    }

    fn epoch(&self) -> Option<Epoch> {
        let vault = self.vault.get()?.upgrade()?;
        let epoch = read(&vault)
            .inspect_err(|error| tracing::error!(%error, "the audit log can't be signed"));
        epoch.ok().flatten()
    }
}

impl Keys for LogKeys {
    fn reference_key(&self) -> Option<Arc<ReferenceKey>> {
        self.reference.get().cloned()
    }

    /// Kept beside the profile's grant, with which a revocation erases it.
    fn subject_key(&self, subject: &Pseudonym) -> Option<Arc<SubjectKey>> {
        let vault = self.vault.get()?.upgrade()?;
        let of_profile = Subject::new(subject.as_str()).ok()?;
        let sealed = vault.read(&of_profile, &account::KEY).ok()??;
        let key: &[u8; 32] = sealed.value.expose().try_into().ok()?;
        SubjectKey::new(subject.as_str(), SecretBox::new(Box::new(*key))).ok().map(Arc::new)
    }

    /// Read anew for each signature, because another program may have replaced it. There is none
    /// while the next one is being introduced.
    fn signer(&self) -> Option<Arc<EpochKey>> {
        let epoch = self.epoch().filter(|epoch| epoch.next.is_none())?;
        Some(Arc::new(EpochKey::new(epoch.number, &epoch.seed)))
    }
}

/// Returns the key to check a log with, handed over apart from it. `None` before the first
/// signature.
pub(super) fn root(vault: &SealedVault) -> Result<Option<String>, UpkeepError> {
    Ok(read(vault)?.map(|epoch| epoch.root))
}

/// The upkeep of an installation's log.
#[derive(Debug)]
pub struct Upkeep {
    vault: Arc<SealedVault>,
    recorder: Recorder,
    context: Context,
    retention: Retention,
}

impl Upkeep {
    pub(super) fn new(
        vault: Arc<SealedVault>,
        recorder: &Recorder,
        context: &Context,
        settings: &Settings,
    ) -> Self {
        let (recorder, context) = (recorder.clone(), context.clone());
        Self { vault, recorder, context, retention: settings.retention.clone() }
    }

    /// Makes the first signing key, or replaces one whose time is over; then packs and removes
    /// what is old. Returns at once when nothing is due, or another program is at it.
    ///
    /// # Errors
    /// See [`UpkeepError`]. What was begun is completed the next time.
    pub fn run(&self) -> Result<(), UpkeepError> {
        let log = self.recorder.log();
        let (now, entropy) = (self.context.clock.now(), &self.context.entropy);
        let due = |epoch: &Epoch| !epoch.is_of(log) || epoch.is_due(now, log.records());
        if read(&self.vault)?.is_some_and(|epoch| !due(&epoch)) {
            return Ok(());
        }
        let mut lease = match self.vault.lease(&subject()?, &FIELD, LEASE_WAIT) {
            Err(VaultError::Busy { .. }) => return Ok(()),
            lease => lease?,
        };
        match decode(lease.read()?)?.filter(|epoch| epoch.is_of(log)) {
            None => {
                let (seed, records) = (seed(entropy), log.records());
                let root = log.public_key(&EpochKey::new(1, &seed)).to_string();
                let first = Epoch { number: 1, since: now, records, seed, next: None, root };
                lease.commit(&first.encode())?;
                Ok(())
            }
            Some(current) if due(&current) => {
                replace(lease.as_mut(), current, log, now, entropy)?;
                log.maintain(&self.retention)?;
                Ok(())
            }
            Some(_) => Ok(()),
        }
    }
}

impl Upkeep {
    /// Has a new key sign the log, because the vault lost the one that the log names: an older vault
    /// was restored. The log says so for good, with the reason. Returns the number of the new key's
    /// epoch.
    ///
    /// # Errors
    /// See [`UpkeepError`]; refused where nothing was lost. What was interrupted is completed by
    /// calling this again, or by the next signature.
    pub fn renew_key(&self, reason: Text) -> Result<u32, UpkeepError> {
        let log = self.recorder.log();
        let signed = self.run().and_then(|()| Ok(log.checkpoint()?));
        let known = match signed {
            Err(UpkeepError::Rotate(CheckpointError::OtherKey { known, .. })) => known,
            Ok(_) => return Err(UpkeepError::InOrder),
            Err(error) => return Err(error),
        };
        let number = u32::try_from(known + 1).unwrap_or(u32::MAX);
        let mut lease = self.vault.lease(&subject()?, &FIELD, LEASE_WAIT)?;
        let (seed, records) = (seed(&self.context.entropy), log.records());
        let key = EpochKey::new(number, &seed);
        let (since, root) = (self.context.clock.now(), log.public_key(&key).to_string());
        let epoch = Epoch { number, since, records, seed, next: None, root };
        // Sealed before the log names it: a key that the log names is never lost by a crash.
        lease.commit(&epoch.encode())?;
        log.renew_key(&key, reason)?;
        log.checkpoint()?;
        Ok(number)
    }
}

/// Introduces the next key, sealed before the log names it, and erases the one before.
fn replace(
    lease: &mut dyn Lease,
    mut current: Epoch,
    log: &Log,
    now: Timestamp,
    entropy: &Entropy,
) -> Result<(), UpkeepError> {
    let next = current.next.take().unwrap_or_else(|| seed(entropy));
    let copy = SecretBox::new(Box::new(*next.expose_secret()));
    let pending = Epoch { next: Some(copy), ..current };
    lease.commit(&pending.encode())?;
    let Epoch { number, seed: old, root, .. } = pending;
    let after = number.saturating_add(1);
    log.rotate_key(&EpochKey::new(number, &old), &EpochKey::new(after, &next))?;
    let records = log.records();
    let next = Epoch { number: after, since: now, records, seed: next, next: None, root };
    lease.commit(&next.encode())?;
    Ok(())
}

fn read(vault: &SealedVault) -> Result<Option<Epoch>, UpkeepError> {
    decode(vault.read(&subject()?, &FIELD)?)
}

fn decode(opened: Option<Opened>) -> Result<Option<Epoch>, UpkeepError> {
    let Some(opened) = opened else { return Ok(None) };
    Epoch::decode(opened.value.expose()).map(Some).ok_or(UpkeepError::Malformed)
}

fn subject() -> Result<Subject, VaultError> {
    Ok(Subject::new(SUBJECT)?)
}

fn seed(entropy: &Entropy) -> Seed {
    SecretBox::new(Box::new(*entropy.bytes::<32>()))
}

impl Epoch {
    fn is_due(&self, now: Timestamp, records: u64) -> bool {
        let age = Duration::try_from(now.duration_since(self.since)).unwrap_or_default();
        self.next.is_some() || age >= TERM || records.saturating_sub(self.records) >= RECORDS
    }

    /// Whether it is a key of this log, and not of one that was moved away.
    fn is_of(&self, log: &Log) -> bool {
        let root = PublicKey::parse(&self.root);
        root.is_ok_and(|root| root.is_of(log.chain()))
    }

    /// Version, number, since, records, seed, whether there is a next seed, that seed, the root.
    fn encode(&self) -> SecretBytes {
        let next = self.next.as_ref().map_or([0; 32], |seed| *seed.expose_secret());
        let parts: [&[u8]; 8] = [
            &[VERSION],
            &self.number.to_be_bytes(),
            &self.since.as_second().to_be_bytes(),
            &self.records.to_be_bytes(),
            self.seed.expose_secret(),
            &[u8::from(self.next.is_some())],
            &next,
            self.root.as_bytes(),
        ];
        SecretBytes::from(parts.concat())
    }

    fn decode(bytes: &[u8]) -> Option<Self> {
        let (&version, rest) = bytes.split_first()?;
        let (number, rest) = rest.split_first_chunk()?;
        let (since, rest) = rest.split_first_chunk()?;
        let (records, rest) = rest.split_first_chunk()?;
        let (seed, rest) = rest.split_first_chunk::<32>()?;
        let (&has_next, rest) = rest.split_first()?;
        let (next, root) = rest.split_first_chunk::<32>()?;
        (version == VERSION).then_some(())?;
        Some(Self {
            number: u32::from_be_bytes(*number),
            since: Timestamp::from_second(i64::from_be_bytes(*since)).ok()?,
            records: u64::from_be_bytes(*records),
            seed: SecretBox::new(Box::new(*seed)),
            next: (has_next == 1).then(|| SecretBox::new(Box::new(*next))),
            root: String::from_utf8(root.to_vec()).ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_read_as_it_was_sealed_and_nothing_shorter_is_one() {
        let seed = |byte| SecretBox::new(Box::new([byte; 32]));
        let since = Timestamp::from_second(1_795_239_000).unwrap();
        let root = "sal/1/c_1+00000000+AQ==".to_owned();
        let epoch =
            Epoch { number: 7, since, records: 9, seed: seed(1), next: Some(seed(2)), root };
        let sealed = epoch.encode();
        let read = Epoch::decode(sealed.expose()).unwrap();
        assert_eq!((read.number, read.since, read.records), (7, since, 9));
        assert_eq!(read.seed.expose_secret(), &[1; 32]);
        assert_eq!(read.next.unwrap().expose_secret(), &[2; 32]);
        assert_eq!(read.root, epoch.root);
        for length in 0..sealed.expose().len() - epoch.root.len() {
            assert!(Epoch::decode(&sealed.expose()[..length]).is_none());
        }
    }

    #[test]
    fn a_key_signs_for_a_day_or_a_million_records() {
        let since = Timestamp::from_second(1_795_239_000).unwrap();
        let seed = SecretBox::new(Box::new([1; 32]));
        let mut epoch =
            Epoch { number: 1, since, records: 5, seed, next: None, root: String::new() };
        let day = jiff::SignedDuration::from_hours(24);
        assert!(!epoch.is_due(since + day - jiff::SignedDuration::from_secs(1), 100));
        assert!(epoch.is_due(since + day, 100));
        assert!(!epoch.is_due(since, 5 + RECORDS - 1));
        assert!(epoch.is_due(since, 5 + RECORDS));
        assert!(!epoch.is_due(since - day, 5), "a clock that went back");
        epoch.next = Some(SecretBox::new(Box::new([2; 32])));
        assert!(epoch.is_due(since, 5), "what was begun is completed");
    }
}
