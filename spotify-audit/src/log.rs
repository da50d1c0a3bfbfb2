//! Appending to a log, from many threads and processes.

mod commit;
mod letter;
mod notary;
mod primitives;
mod retention;
mod sync;
mod tail;
mod writer;

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use jiff::Timestamp;
use thiserror::Error;

use self::commit::{Group, Wanted, Work};
pub use self::notary::CheckpointError;
use self::notary::Notary;
pub use self::retention::{MaintainError, Maintained, Retention};
use self::sync::{Flusher, SyncFailure};
use self::writer::Writer;
use crate::checkpoint::{Checkpoint, origin};
use crate::draft::Draft;
use crate::fold::Fold;
use crate::fs::{Segment, StorageError};
use crate::keys::{Keys, Reference};
use crate::line::{ChainId, MAX_LINE};
use crate::note::{EpochKey, PublicKey};
use crate::privacy::Personal;
use crate::problem::Problem;
use crate::statements::Signed;
use crate::text::{Id, Pseudonym, Text};

/// The wall clock, as the caller reads it.
pub type Clock = Arc<dyn Fn() -> Timestamp + Send + Sync>;

/// The time since the machine was started, suspension included: `CLOCK_BOOTTIME` on Linux.
pub type BootClock = Arc<dyn Fn() -> Duration + Send + Sync>;

/// An audit log, open for appending.
///
/// Threads share one by reference. Processes each open their own: a lock on the file gives every
/// line its place. The lock is held while a line is sealed and written, never while the disk syncs;
/// threads that wait for the disk at the same time share one sync. A process that is stopped while
/// it holds the lock holds up the others.
///
/// Calls block on the disk for up to some milliseconds; an asynchronous caller makes them on a
/// thread that may block.
///
/// ```
/// # use std::{sync::Arc, time::Duration};
/// use spotify_audit::{ChainId, Durability, Host, Log, LogEvent, LogOptions, Pseudonym, Rotation};
/// # let home = tempfile::tempdir()?;
/// # let now = jiff::Timestamp::UNIX_EPOCH;
/// let log = Log::open(&home.path().join("audit"), LogOptions {
///     clock: Arc::new(move || now),
///     boot_clock: Arc::new(|| Duration::from_secs(60)),
///     keys: None,
///     tenant: Pseudonym::new("t_1")?,
///     host: Host { program: "example", version: "1.0.0", ..Host::default() },
///     new_chain: ChainId::from_random([7; 16]),
///     rotation: Rotation::default(),
/// })?;
/// // A program declares its own events with `events!`.
/// let event = LogEvent::SinkCaughtUp { sink: Pseudonym::new("desk")? };
/// let appended = log.append(event.draft(), Durability::Before)?;
/// assert_eq!(appended.seq, 2, "after the opening of the chain");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Log {
    // Stops first: it signs what is there.
    notary: Notary,
    shared: Arc<Shared>,
}

struct Shared {
    directory: PathBuf,
    chain: ChainId,
    keys: Option<Arc<dyn Keys>>,
    tenant: Pseudonym,
    group: Group<Vec<u8>, Written, Result<(), SyncFailure>>,
    writer: Mutex<Writer>,
    signed: Mutex<Signed>,
    flusher: Flusher,
}

/// What a log needs from the program that opens it.
pub struct LogOptions {
    /// The wall clock. Both clocks are read while the log is locked: they must not use the log.
    pub clock: Clock,
    /// The boot-time clock. It has to move as the wall clock does: a difference of more than
    /// [`CLOCK_TOLERANCE`](crate::CLOCK_TOLERANCE) is recorded as `log.clock`.
    pub boot_clock: BootClock,
    /// Where keys come from. Without keys the log appends and references are absent.
    pub keys: Option<Arc<dyn Keys>>,
    /// Whose log it is; stands in every line. A log of another tenant is refused.
    pub tenant: Pseudonym,
    /// Facts for the log's first line.
    pub host: Host,
    /// The name that a new log takes; an existing log keeps its own.
    pub new_chain: ChainId,
    /// When a segment ends and another one begins.
    pub rotation: Rotation,
}

/// When a segment ends and another one begins: what comes first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// How long it may become, in bytes.
    pub bytes: u64,
    /// How old it may become, by the wall clock.
    pub age: Duration,
}

impl Default for Rotation {
    /// 64 MiB or 24 hours.
    fn default() -> Self {
        Self { bytes: 64 * 1024 * 1024, age: Duration::from_hours(24) }
    }
}

/// Facts about the machine and the program.
#[derive(Clone, Debug, Default)]
pub struct Host {
    /// The machine's name.
    pub name: Option<Text>,
    /// What tells one start of the machine from the next: `/proc/sys/kernel/random/boot_id`.
    pub boot: Option<Id>,
    /// The program's name.
    pub program: &'static str,
    /// The program's version.
    pub version: &'static str,
    /// What tells this build from others of the same version.
    pub build: Option<Id>,
    /// The hash of the policy in force.
    pub policy: Option<Id>,
}

/// When a record has to be on the disk.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Durability {
    /// Before the act that it announces: [`Log::append`] returns when the disk has it.
    Before,
    /// Before the act's result is given out: [`Log::append`] returns when the disk has it.
    After,
    /// Within a second: [`Log::append`] returns when the operating system has it. A thread of the
    /// log syncs half a second later, unless a durable append does so earlier; [`Log::flush`] and
    /// dropping the log do so at once.
    Async,
}

/// A record that is in the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Appended {
    /// The record's number in its chain.
    pub seq: u64,
}

/// A log that could not be opened for appending.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum OpenError {
    /// Its files cannot be used.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// Its end is damaged. Nothing is appended to a log whose end cannot be trusted.
    #[error(
        "append to a damaged log: {0}; run `audit verify`, then move the log away to begin a \
        new one"
    )]
    Damaged(Problem),
    /// A segment has no line, and the one before it does not lead to it.
    #[error("append to {}: it is empty, and the segment before it does not end there", path.display())]
    Unconnected {
        /// The segment.
        path: PathBuf,
    },
    /// What has to stand before the first record could not be written.
    #[error("begin the log")]
    Begin(#[source] AppendError),
    /// It is another tenant's log.
    #[error("append to the log of tenant {found}: this is tenant {given}")]
    Tenant {
        /// Whose log it is.
        found: String,
        /// Who wants to append.
        given: Pseudonym,
    },
}

/// A record that could not be appended, or is not known to be on the disk.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum AppendError {
    /// The log's file cannot be used. The log is as it was and may be tried again.
    #[error(transparent)]
    Storage(#[from] StorageError),
    /// The record makes too long a line.
    #[error("append a record of {bytes} bytes: the limit is {MAX_LINE}")]
    TooLong {
        /// How long the line would be.
        bytes: usize,
    },
    /// Another program has written a line that does not follow the one before.
    #[error("append to a damaged log: {0}; run `audit verify`")]
    Damaged(Problem),
    /// The log lost lines that were already in it.
    #[error(
        "append to the log: it has {length} bytes, where {expected} were written; run \
        `audit verify`"
    )]
    Shrunk {
        /// How long the log is.
        length: u64,
        /// How long it was.
        expected: u64,
    },
    /// The log's file was removed or replaced while it was open.
    #[error(
        "append to the log: its file was removed or replaced; restart the program to open \
        the log anew"
    )]
    Replaced,
    /// The disk did not confirm the record. It may be lost at a power failure, so that this log
    /// takes no more records.
    #[error("sync the log to disk")]
    Sync(#[source] io::Error),
    /// An earlier failure left the log in doubt, and it takes no more records.
    #[error(
        "append to the log: it takes no more records after a failure to {0}; restart the \
        program to open the log anew"
    )]
    Closed(&'static str),
}

impl Log {
    /// Opens the log in a directory, and makes both when they are absent.
    ///
    /// An unfinished last line, or an end full of zero bytes, as a crash leaves them, is moved to
    /// a file beside the log and noted by a record `log.recovered`. The time this takes does not
    /// grow with the log.
    ///
    /// # Errors
    /// When the files cannot be used, others may read them, the log is another tenant's, or its
    /// last whole line is not sound.
    pub fn open(directory: &Path, options: LogOptions) -> Result<Self, OpenError> {
        let segment = Segment::open_last(directory)?;
        let directory = segment.directory.clone();
        let LogOptions { keys, tenant, .. } = &options;
        let (keys, tenant) = (keys.clone(), tenant.clone());
        let writer = Writer::open(segment, options)?;
        let shared = Shared {
            chain: writer.chain().clone(),
            keys,
            tenant,
            group: Group::new(),
            flusher: Flusher::new(Arc::clone(writer.file()), writer.seq()),
            writer: Mutex::new(writer),
            signed: Mutex::new(Signed::new(&directory)),
            directory,
        };
        Ok(Self { notary: Notary::default(), shared: Arc::new(shared) })
    }

    /// Appends an event.
    ///
    /// # Errors
    /// When the record is not in the log, or `durability` asks for the disk and the disk did not
    /// confirm it. A write that fails or falls short, as on a full disk, is taken back, so that no
    /// half line stays; the log may be tried again. See [`AppendError`] for the failures after
    /// which it may not.
    pub fn append(&self, draft: Draft, durability: Durability) -> Result<Appended, AppendError> {
        let appended = self.shared.append(draft, durability)?;
        if self.shared.keys.is_some() {
            self.notary.start(&self.shared);
        }
        Ok(appended)
    }

    /// Appends an event with [`Durability::Async`] if neither another writer nor the disk has to be
    /// waited for, so that a thread that must not block may call it. `None` otherwise, and where it
    /// fails: then nothing was appended, and [`append`](Self::append) does it or tells why not.
    pub fn append_at_once(&self, draft: &Draft) -> Option<Appended> {
        let appended = self.shared.append_at_once(draft)?;
        if self.shared.keys.is_some() {
            self.notary.start(&self.shared);
        }
        Some(appended)
    }

    /// Signs the log as it is now and keeps the checkpoint beside it. `None` when there is no key
    /// now. A log with keys does so by itself every second while it grows, and when it is dropped.
    ///
    /// # Errors
    /// When the log cannot be synced, the checkpoint cannot be kept, or the log names another key.
    pub fn checkpoint(&self) -> Result<Option<Checkpoint>, CheckpointError> {
        self.shared.checkpoint()
    }

    /// Puts another key in the place of the one that signs now. Afterwards the caller lets
    /// [`Keys::signer`] give the next key, and erases the current one. Where the machine stops in
    /// between, calling this again with both keys completes it.
    ///
    /// # Errors
    /// As [`checkpoint`](Self::checkpoint); and when `next` is not of the epoch after `current`.
    pub fn rotate_key(&self, current: &EpochKey, next: &EpochKey) -> Result<(), CheckpointError> {
        self.shared.rotate_key(current, next)
    }

    /// Has a key sign from now on that no key before it introduces, because the one that the log
    /// names is lost. The log says so for good, with the reason, and so does every verification:
    /// whether what came before is as it was, only an anchor from outside can tell then. The caller
    /// has [`Keys::signer`] give the key before. Calling this again completes what was interrupted.
    ///
    /// # Errors
    /// As [`checkpoint`](Self::checkpoint); and when the key is not of the epoch after the one that
    /// the log names.
    pub fn renew_key(&self, next: &EpochKey, reason: Text) -> Result<(), CheckpointError> {
        self.shared.renew_key(next, reason)
    }

    /// Returns the public form of a key, as it signs for this log.
    pub fn public_key(&self, key: &EpochKey) -> PublicKey {
        key.public(&origin(&self.shared.chain))
    }

    /// Ends the segment now, so that what is in it can be kept apart.
    ///
    /// # Errors
    /// As [`append`](Self::append).
    pub fn rotate(&self) -> Result<(), AppendError> {
        let mut writer = self.shared.writer();
        writer.rotate()?;
        self.shared.flusher.written(writer.seq(), writer.file());
        Ok(())
    }

    /// Returns when everything appended through this log so far is on the disk.
    ///
    /// # Errors
    /// When the disk did not confirm it.
    pub fn flush(&self) -> Result<(), AppendError> {
        self.shared.flusher.flush().map_err(AppendError::Sync)
    }

    /// Returns the reference to a secret, or `None` when there is no key now.
    pub fn reference(&self, secret: &[u8]) -> Option<Reference> {
        Some(self.shared.keys.as_ref()?.reference_key()?.reference(secret))
    }

    /// Encrypts a personal text about a subject for a field, or returns `None` when there is no key
    /// for the subject: then it does not enter the log.
    pub fn personal(
        &self,
        subject: &Pseudonym,
        field: &'static str,
        text: &str,
    ) -> Option<Personal> {
        Some(self.shared.keys.as_ref()?.subject_key(subject)?.seal(field, text))
    }

    /// Returns how many records the log has, as far as this program knows: those of others since
    /// it appended or signed last are not counted.
    pub fn records(&self) -> u64 {
        self.shared.seq()
    }

    /// Returns the name of the log's chain.
    pub fn chain(&self) -> &ChainId {
        &self.shared.chain
    }
}

impl Shared {
    #[expect(clippy::needless_pass_by_value, reason = "a draft is for one record")]
    fn append(&self, draft: Draft, durability: Durability) -> Result<Appended, AppendError> {
        let fields = draft.rendered(&self.tenant);
        if self.flusher.has_failed() {
            return Err(AppendError::Closed("sync it to disk"));
        }
        let wanted = match durability {
            Durability::Before | Durability::After => Wanted::Synced,
            Durability::Async => Wanted::Written,
        };
        let done = self.group.run(fields, wanted, self);
        let (written, synced) = done.ok_or(AppendError::Closed("write a record"))?;
        let seq = written?;
        match synced {
            Some(synced) => synced.map_err(|failure| AppendError::Sync(failure.into()))?,
            None => self.flusher.wake().map_err(AppendError::Sync)?,
        }
        Ok(Appended { seq })
    }

    fn append_at_once(&self, draft: &Draft) -> Option<Appended> {
        if self.flusher.has_failed() {
            return None;
        }
        let mut writer = match self.writer.try_lock() {
            Ok(writer) => writer,
            Err(TryLockError::Poisoned(writer)) => writer.into_inner(),
            Err(TryLockError::WouldBlock) => return None,
        };
        // Before the write: a record that is in the log is synced soon, or it is not there.
        self.flusher.wake().ok()?;
        let seq = writer.append_at_once(draft.rendered(&self.tenant))?;
        self.flusher.written(writer.seq(), writer.file());
        Some(Appended { seq })
    }

    fn writer(&self) -> MutexGuard<'_, Writer> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn signed(&self) -> MutexGuard<'_, Signed> {
        self.signed.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn seq(&self) -> u64 {
        self.writer().seq()
    }

    fn fold(&self) -> Result<Fold, StorageError> {
        self.writer().fold().cloned()
    }
}

/// What becomes of a record: its number, or why it is not in the log.
type Written = Result<u64, AppendError>;

impl Work<Vec<u8>, Written, Result<(), SyncFailure>> for Shared {
    /// Writes records together; where that fails, each by itself, so that one that is too long
    /// for the line or the disk does not keep out the others.
    fn write(&self, records: Vec<Vec<u8>>) -> Vec<Written> {
        // What the writer knows of the log changes last, after a write that has succeeded, so
        // that a panic leaves it true.
        let mut writer = self.writer();
        let written = match writer.append(&records) {
            Ok(last) => (0..records.len() as u64).rev().map(|after| Ok(last - after)).collect(),
            Err(error) if records.len() == 1 => vec![Err(error)],
            Err(_) => records.chunks(1).map(|record| writer.append(record)).collect(),
        };
        self.flusher.written(writer.seq(), writer.file());
        written
    }

    fn sync(&self) -> Result<(), SyncFailure> {
        self.flusher.sync()
    }
}

impl fmt::Debug for Log {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Log")
            .field("directory", &self.shared.directory)
            .field("chain", &self.shared.chain)
            .finish_non_exhaustive()
    }
}

impl fmt::Debug for LogOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LogOptions")
            .field("tenant", &self.tenant)
            .field("host", &self.host)
            .finish_non_exhaustive()
    }
}

/// A failure of the part of the work that opening and appending share.
#[derive(Debug)]
enum Failure {
    Storage(StorageError),
    Damaged(Problem),
}

impl From<StorageError> for Failure {
    fn from(error: StorageError) -> Self {
        Self::Storage(error)
    }
}

impl From<Failure> for OpenError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Storage(error) => Self::Storage(error),
            Failure::Damaged(problem) => Self::Damaged(problem),
        }
    }
}

impl From<Failure> for AppendError {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::Storage(error) => Self::Storage(error),
            Failure::Damaged(problem) => Self::Damaged(problem),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::os::fd::OwnedFd;

    use super::*;
    use crate::own;

    pub(super) fn options() -> LogOptions {
        LogOptions {
            clock: Arc::new(|| Timestamp::UNIX_EPOCH),
            boot_clock: Arc::new(|| Duration::ZERO),
            keys: None,
            tenant: Pseudonym::new("t_1").unwrap(),
            host: Host::default(),
            new_chain: ChainId::from_random([1; 16]),
            rotation: Rotation::default(),
        }
    }

    #[test]
    fn a_record_is_appended_at_once_only_where_nothing_has_to_be_waited_for() {
        let home = tempfile::tempdir().unwrap();
        let directory = home.path().join("audit");
        let log = Log::open(&directory, options()).unwrap();
        let draft = || own::LogEvent::Unsigned {}.draft();
        let at_once = || log.append_at_once(&draft()).map(|appended| appended.seq);
        let first = log.append(draft(), Durability::Async).unwrap().seq;
        assert_eq!(at_once(), Some(first + 1));
        let other_program = Segment::open_last(&directory).unwrap();
        let lock = other_program.lock().unwrap();
        assert_eq!(at_once(), None);
        drop(lock);
        let other_thread = log.shared.writer();
        assert_eq!(at_once(), None);
        drop(other_thread);
        assert_eq!(at_once(), Some(first + 2));
        log.flush().unwrap();

        let rotation = Rotation { bytes: 1, ..Rotation::default() };
        let log = Log::open(&directory, LogOptions { rotation, ..options() }).unwrap();
        assert_eq!(log.append_at_once(&draft()), None, "a new segment waits for the disk");
        assert!(log.append(draft(), Durability::Async).unwrap().seq > first + 2);
    }

    #[test]
    fn a_failed_sync_is_left_to_who_may_wait() {
        let home = tempfile::tempdir().unwrap();
        let log = Log::open(&home.path().join("audit"), options()).unwrap();
        let (_reader, writer) = io::pipe().unwrap();
        log.shared.writer().set_file(File::from(OwnedFd::from(writer)));
        let draft = || own::LogEvent::Unsigned {}.draft();
        log.append(draft(), Durability::Before).unwrap_err();
        assert_eq!(log.append_at_once(&draft()), None);
    }

    #[test]
    fn a_record_the_disk_did_not_confirm_is_an_error_and_the_last() {
        let home = tempfile::tempdir().unwrap();
        let log = Log::open(&home.path().join("audit"), options()).unwrap();
        // A pipe cannot be synced.
        let (_reader, writer) = io::pipe().unwrap();
        log.shared.writer().set_file(File::from(OwnedFd::from(writer)));
        let draft = || own::LogEvent::Unsigned {}.draft();
        let error = log.append(draft(), Durability::Before).unwrap_err();
        assert!(matches!(error, AppendError::Sync(_)), "{error}");
        for durability in [Durability::Before, Durability::After, Durability::Async] {
            let error = log.append(draft(), durability).unwrap_err();
            assert!(matches!(error, AppendError::Closed(_)), "{error}");
        }
    }
}
