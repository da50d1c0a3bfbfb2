//! Bringing lines to the disk, one sync at a time.

use std::fs::File;
use std::io;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::Duration;

/// How long a record that nobody waits for stays without a sync.
const DELAY: Duration = Duration::from_millis(500);

/// Knows which records are on the disk, by their numbers.
#[derive(Debug)]
pub(crate) struct Flusher {
    shared: Arc<Shared>,
    thread: Mutex<Option<JoinHandle<()>>>,
}

#[derive(Debug)]
struct Shared {
    /// The last record that the operating system has.
    written: AtomicU64,
    state: Mutex<State>,
    changed: Condvar,
    /// Held during a sync: of two at the same time, one could take the other's failure away.
    turn: Mutex<()>,
}

#[derive(Debug)]
struct State {
    /// The file that has the last record. Those before it are on the disk.
    file: Arc<File>,
    /// The last record that the disk has.
    durable: u64,
    /// The first failure. After it the disk's content is unknown: the kernel may have dropped the
    /// pages, and a second sync would then succeed without having written them.
    failed: Option<SyncFailure>,
    /// Whether the thread has something to do.
    wanted: bool,
    stop: bool,
}

/// A sync that failed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SyncFailure(io::ErrorKind, Option<i32>);

impl Flusher {
    /// Starts with the number of a record that is on the disk.
    pub(crate) fn new(file: Arc<File>, durable: u64) -> Self {
        let state = State { file, durable, failed: None, wanted: false, stop: false };
        let shared = Shared {
            written: AtomicU64::new(durable),
            state: Mutex::new(state),
            changed: Condvar::new(),
            turn: Mutex::new(()),
        };
        Self { shared: Arc::new(shared), thread: Mutex::new(None) }
    }

    /// Learns that the operating system has a record and all before it, the last of them in this
    /// file, and that the disk has what stands in files before this one.
    pub(crate) fn written(&self, seq: u64, file: &Arc<File>) {
        let mut state = self.shared.state();
        if !Arc::ptr_eq(&state.file, file) {
            state.file = Arc::clone(file);
        }
        // Under the same lock, so that nobody takes the new number for one of the old file.
        self.shared.written.fetch_max(seq, Ordering::Release);
    }

    /// Returns when the disk has what was written before the call.
    pub(crate) fn sync(&self) -> Result<(), SyncFailure> {
        self.shared.sync(self.shared.written.load(Ordering::Acquire))
    }

    /// Returns when the disk has all records.
    pub(crate) fn flush(&self) -> io::Result<()> {
        Ok(self.sync()?)
    }

    /// Has the records synced soon.
    pub(crate) fn wake(&self) -> io::Result<()> {
        {
            let mut thread = self.thread.lock().unwrap_or_else(PoisonError::into_inner);
            if thread.is_none() {
                let shared = Arc::clone(&self.shared);
                let builder = thread::Builder::new().name("audit-sync".to_owned());
                *thread = Some(builder.spawn(move || shared.sync_when_wanted())?);
            }
        }
        let mut state = self.shared.state();
        if !state.wanted {
            state.wanted = true;
            self.shared.changed.notify_all();
        }
        Ok(())
    }

    /// Whether a sync has failed.
    pub(crate) fn has_failed(&self) -> bool {
        self.shared.state().failed.is_some()
    }
}

impl Drop for Flusher {
    fn drop(&mut self) {
        self.shared.state().stop = true;
        self.shared.changed.notify_all();
        let thread = self.thread.get_mut().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(thread) = thread {
            // A panic of the thread has been reported by its hook.
            drop(thread.join());
        }
        // Nobody is left to tell. Who must know calls `Log::flush` first.
        drop(self.flush());
    }
}

impl Shared {
    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns when the disk has a record.
    fn sync(&self, seq: u64) -> Result<(), SyncFailure> {
        let turn = self.turn.lock().unwrap_or_else(PoisonError::into_inner);
        let (target, file) = {
            let state = self.state();
            if let Some(failure) = state.failed {
                return Err(failure);
            }
            if state.durable >= seq {
                return Ok(());
            }
            (self.written.load(Ordering::Acquire), Arc::clone(&state.file))
        };
        let result = file.sync_data();
        let mut state = self.state();
        drop(turn);
        match result {
            Ok(()) => state.durable = state.durable.max(target),
            Err(error) => {
                let failure = SyncFailure(error.kind(), error.raw_os_error());
                state.failed = Some(failure);
                return Err(failure);
            }
        }
        Ok(())
    }

    /// The thread: waits for work, lets more of it come, syncs.
    fn sync_when_wanted(&self) {
        let wait = |state, condition: fn(&mut State) -> bool| {
            self.changed.wait_while(state, condition).unwrap_or_else(PoisonError::into_inner)
        };
        loop {
            let state = wait(self.state(), |state| !state.wanted && !state.stop);
            if state.stop {
                return;
            }
            let (mut state, _) = self
                .changed
                .wait_timeout_while(state, DELAY, |state| !state.stop)
                .unwrap_or_else(PoisonError::into_inner);
            state.wanted = false;
            drop(state);
            if self.sync(self.written.load(Ordering::Acquire)).is_err() {
                // The failure is kept; the next append reports it.
                return;
            }
            self.changed.notify_all();
        }
    }
}

impl From<SyncFailure> for io::Error {
    fn from(SyncFailure(kind, code): SyncFailure) -> Self {
        code.map_or_else(|| kind.into(), Self::from_raw_os_error)
    }
}

#[cfg(test)]
mod tests {
    use std::os::fd::OwnedFd;

    use super::*;

    fn flusher(file: File) -> Flusher {
        Flusher::new(Arc::new(file), 0)
    }

    fn written(flusher: &Flusher, seq: u64) {
        let file = Arc::clone(&flusher.shared.state().file);
        flusher.written(seq, &file);
    }

    #[test]
    fn a_record_is_durable_once_and_for_all() {
        let flusher = flusher(tempfile::tempfile().unwrap());
        written(&flusher, 3);
        flusher.shared.sync(2).unwrap();
        assert_eq!(flusher.shared.state().durable, 3, "one sync covers what was written before");
        flusher.sync().unwrap();
    }

    #[test]
    fn records_nobody_waits_for_are_synced_by_the_thread() {
        let flusher = flusher(tempfile::tempfile().unwrap());
        written(&flusher, 1);
        flusher.wake().unwrap();
        let state =
            flusher.shared.changed.wait_while(flusher.shared.state(), |state| state.durable < 1);
        assert_eq!(state.unwrap().durable, 1);
    }

    #[test]
    fn a_failed_sync_is_told_to_everyone_and_not_tried_again() {
        // A pipe cannot be synced.
        let (reader, writer) = io::pipe().unwrap();
        let flusher = flusher(File::from(OwnedFd::from(writer)));
        written(&flusher, 1);
        let codes: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (0..4).map(|_| scope.spawn(|| flusher.flush())).collect();
            let results = threads.into_iter().map(|thread| thread.join().unwrap());
            results.map(|result| result.unwrap_err().raw_os_error()).collect()
        });
        assert_eq!(codes, [Some(rustix::io::Errno::INVAL.raw_os_error()); 4]);
        assert!(flusher.has_failed());
        assert!(flusher.flush().is_err());
        drop(reader);
    }
}
