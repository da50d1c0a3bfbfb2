//! Group commit under many interleavings of its threads.

#[path = "../../spotify-audit/src/log/commit.rs"]
mod commit;
mod primitives {
    pub(crate) use std::sync::PoisonError;

    pub(crate) use shuttle::sync::{Condvar, Mutex, MutexGuard};
}

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use commit::Group;

const THREADS: usize = 4;
const JOBS: usize = 3;

/// Each thread has some jobs done, one after the other, and checks its results.
fn threads_have_their_jobs_done() {
    let group = Arc::new(Group::<usize, usize>::new());
    let (busy, done) = (Arc::new(AtomicBool::new(false)), Arc::new(AtomicUsize::new(0)));
    let threads: Vec<_> = (0..THREADS)
        .map(|thread| {
            let (group, busy, done) = (Arc::clone(&group), Arc::clone(&busy), Arc::clone(&done));
            shuttle::thread::spawn(move || {
                for number in 0..JOBS {
                    let job = thread * JOBS + number;
                    let result = group.run(job, |jobs| {
                        assert!(!busy.swap(true, Ordering::SeqCst), "two lead");
                        // Others run here, as they do while a leader writes.
                        shuttle::thread::yield_now();
                        done.fetch_add(jobs.len(), Ordering::SeqCst);
                        busy.store(false, Ordering::SeqCst);
                        jobs.iter().map(|job| job * 10).collect()
                    });
                    assert_eq!(result, Some(job * 10), "the result of another job");
                }
            })
        })
        .collect();
    for thread in threads {
        thread.join().unwrap();
    }
    assert_eq!(done.load(Ordering::SeqCst), THREADS * JOBS, "each job is done once");
}

#[test]
fn every_job_is_done_once_and_its_result_reaches_its_thread() {
    shuttle::check_random(threads_have_their_jobs_done, 3000);
}

#[test]
fn so_it_is_when_threads_are_held_up_at_the_worst_moments() {
    shuttle::check_pct(threads_have_their_jobs_done, 3000, 4);
}

#[test]
fn a_leader_that_gives_too_few_results_leaves_nobody_waiting() {
    let few = || {
        let group = Arc::new(Group::<usize, usize>::new());
        let threads: Vec<_> = (0..3)
            .map(|job| {
                let group = Arc::clone(&group);
                shuttle::thread::spawn(move || group.run(job, |_| Vec::new()))
            })
            .collect();
        for thread in threads {
            assert_eq!(thread.join().unwrap(), None);
        }
    };
    shuttle::check_random(few, 1000);
}
