//! Group commit under many interleavings of its threads.

#[path = "../../spotify-audit/src/log/commit.rs"]
mod commit;
#[path = "../../spotify-audit/src/log/letter.rs"]
mod letter;
mod primitives {
    pub(crate) use std::sync::PoisonError;

    pub(crate) use shuttle::sync::{Condvar, Mutex, MutexGuard};
}

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use commit::{Group, Wanted, Work};

const THREADS: usize = 4;
const JOBS: usize = 3;

/// A disk: what was written, and how much of it would survive.
#[derive(Default)]
struct Disk {
    writing: AtomicBool,
    syncing: AtomicBool,
    written: AtomicUsize,
    durable: AtomicUsize,
}

impl Work<usize, (usize, usize), ()> for Disk {
    /// Returns each job's number on the disk with the job itself.
    fn write(&self, jobs: Vec<usize>) -> Vec<(usize, usize)> {
        assert!(!self.writing.swap(true, Ordering::SeqCst), "two write");
        // Others run here, as they do while a leader writes.
        shuttle::thread::yield_now();
        let first = self.written.fetch_add(jobs.len(), Ordering::SeqCst) + 1;
        self.writing.store(false, Ordering::SeqCst);
        jobs.into_iter().enumerate().map(|(place, job)| (first + place, job)).collect()
    }

    fn sync(&self) {
        assert!(!self.syncing.swap(true, Ordering::SeqCst), "two sync");
        let written = self.written.load(Ordering::SeqCst);
        shuttle::thread::yield_now();
        self.durable.fetch_max(written, Ordering::SeqCst);
        self.syncing.store(false, Ordering::SeqCst);
    }
}

/// Each thread has some jobs done, one after the other; every third does not wait for the disk.
fn threads_have_their_jobs_done() {
    let group = Arc::new(Group::<usize, (usize, usize), ()>::new());
    let disk = Arc::new(Disk::default());
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let (group, disk) = (Arc::clone(&group), Arc::clone(&disk));
            shuttle::thread::spawn(move || {
                for number in 0..JOBS {
                    let job = thread * JOBS + number;
                    let wanted =
                        if job.is_multiple_of(3) { Wanted::Written } else { Wanted::Synced };
                    let ((place, of), synced) = group.run(job, wanted, &*disk).unwrap();
                    assert_eq!(of, job, "the result of another job");
                    assert_eq!(synced.is_some(), wanted == Wanted::Synced);
                    let durable = disk.durable.load(Ordering::SeqCst);
                    assert!(synced.is_none() || durable >= place, "told before it was durable");
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(disk.written.load(Ordering::SeqCst), THREADS * JOBS, "each job is done once");
}

#[test]
fn every_job_is_done_once_and_its_result_reaches_its_thread_when_the_disk_has_it() {
    shuttle::check_random(threads_have_their_jobs_done, 3000);
}

#[test]
fn so_it_is_when_threads_are_held_up_at_the_worst_moments() {
    shuttle::check_pct(threads_have_their_jobs_done, 3000, 4);
}

/// A disk that loses every job.
struct Lossy;

impl Work<usize, usize, ()> for Lossy {
    fn write(&self, _: Vec<usize>) -> Vec<usize> {
        Vec::new()
    }

    fn sync(&self) {}
}

#[test]
fn a_leader_that_gives_too_few_results_leaves_nobody_waiting() {
    let few = || {
        let group = Arc::new(Group::<usize, usize, ()>::new());
        let threads: Vec<_> = (0..3)
            .map(|job| {
                let group = Arc::clone(&group);
                let wanted = if job == 0 { Wanted::Written } else { Wanted::Synced };
                shuttle::thread::spawn(move || group.run(job, wanted, &Lossy))
            })
            .collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), None);
        }
    };
    shuttle::check_random(few, 1000);
}
