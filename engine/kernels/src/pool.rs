//! A persistent thread pool for the token path: no allocation, no queue, and no waiting for threads that arrive late.
//!
//! A run distributes chunk numbers. Every worker starts on its own contiguous share, so that its memory accesses are one
//! stream, and takes chunks of the others when it is done: slow cores simply take fewer chunks. Between runs workers spin for a
//! short while, since the next region of a layer follows at once, then sleep. A worker that wakes up late finds the gate closed
//! and is not waited for.
//!
//! ```text
//! gate: epoch (32 bits) | open (1 bit) | workers inside (31 bits)
//! ```

use std::any::Any;
use std::cell::{Cell, UnsafeCell};
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::JoinHandle;

/// The function of a run: its arguments are chunk number and worker number.
type Job<'a> = dyn Fn(usize, usize) + Sync + 'a;

/// Checks of the gate by an idle worker before it sleeps: some 50 to 100 microseconds.
const SPINS: usize = 2000;
/// Checks by the caller for workers that still run, before it yields its core to them.
const SPINS_BEFORE_YIELD: usize = 200;

const OPEN: u64 = 1 << 31;
const INSIDE: u64 = OPEN - 1;

thread_local! {
    /// Whether this thread is inside a chunk, where a second run would deadlock.
    static IN_CHUNK: Cell<bool> = const { Cell::new(false) };
}

/// A pool of threads that stay alive between parallel regions; dropping it ends them.
pub struct Pool {
    shared: Arc<Shared>,
    /// Held for the duration of a run, so that several owners of a pool cannot mix their regions.
    turn: Mutex<()>,
    handles: Vec<JoinHandle<()>>,
}

impl std::fmt::Debug for Pool {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Pool").field("n_threads", &self.n_threads()).finish_non_exhaustive()
    }
}

struct Shared {
    gate: AtomicU64,
    task: UnsafeCell<Task>,
    shares: Vec<Share>,
    stop: AtomicBool,
    n_asleep: AtomicUsize,
    sleep: Mutex<()>,
    wake: Condvar,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
}

/// Most workers of a pool. Each region waits for all of them, so that more than there are cores cost time.
pub const MOST_THREADS: usize = 1024;

/// The current region. `job` points at a `&Job` on the caller's stack.
struct Task {
    job: *const (),
    n_chunks: usize,
}

/// Next chunk of one worker's share, on cache lines of its own.
#[repr(align(128))]
struct Share(AtomicUsize);

// SAFETY: `task` is written only by the holder of `turn` while the gate is closed and nobody is inside, and read only by
// workers that entered an open gate; the gate's acquire and release operations order the two. The job is `Sync`.
unsafe impl Sync for Shared {}
// SAFETY: as above; the pointer is only followed while the run that set it waits.
unsafe impl Send for Shared {}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Pool {
    /// A pool of `n_threads` workers, including the calling thread; at least one and at most [`MOST_THREADS`]. If the system
    /// refuses threads, the pool has fewer.
    pub fn new(n_threads: usize) -> Self {
        let n_threads = n_threads.clamp(1, MOST_THREADS);
        let shared = Arc::new(Shared {
            gate: AtomicU64::new(0),
            task: UnsafeCell::new(Task { job: std::ptr::null(), n_chunks: 0 }),
            shares: (0..n_threads).map(|_| Share(AtomicUsize::new(0))).collect(),
            stop: AtomicBool::new(false),
            n_asleep: AtomicUsize::new(0),
            sleep: Mutex::new(()),
            wake: Condvar::new(),
            panic: Mutex::new(None),
        });
        let handles = (1..n_threads)
            .map_while(|worker| {
                let shared = Arc::clone(&shared);
                let thread = std::thread::Builder::new().name(format!("nibble-{worker}"));
                thread.spawn(move || shared.work(worker)).ok()
            })
            .collect();
        Self { shared, turn: Mutex::new(()), handles }
    }

    /// Number of workers, including the calling thread.
    pub fn n_threads(&self) -> usize {
        self.handles.len() + 1
    }

    /// Calls `job(chunk, worker)` once for every chunk below `n_chunks` and returns when all calls have returned. The caller is
    /// worker 0; two concurrent calls never have the same worker number.
    ///
    /// # Panics
    /// With a chunk's panic, after the other chunks have ended; and when called from inside a chunk.
    pub fn run(&self, n_chunks: usize, job: &Job<'_>) {
        assert!(!IN_CHUNK.get(), "a chunk cannot start another parallel region");
        if n_chunks <= 1 || self.handles.is_empty() {
            (0..n_chunks).for_each(|chunk| job(chunk, 0));
            return;
        }
        let turn = lock(&self.turn);
        let shared = &*self.shared;
        let n_shares = shared.shares.len();
        for (worker, share) in shared.shares.iter().enumerate() {
            share.0.store(worker * n_chunks / n_shares, Ordering::Relaxed);
        }
        // SAFETY: the gate is closed and empty since the last run ended, and `turn` keeps other callers out.
        unsafe { *shared.task.get() = Task { job: (&raw const job).cast(), n_chunks } };
        let epoch = (shared.gate.load(Ordering::Relaxed) >> 32).wrapping_add(1) << 32;
        shared.gate.store(epoch | OPEN, Ordering::SeqCst);
        if shared.n_asleep.load(Ordering::SeqCst) > 0 {
            drop(lock(&shared.sleep));
            shared.wake.notify_all();
        }
        shared.take_chunks(job, n_chunks, 0);
        shared.close();
        drop(turn);
        let panic = lock(&shared.panic).take();
        if let Some(panic) = panic {
            resume_unwind(panic);
        }
    }
}

impl Drop for Pool {
    fn drop(&mut self) {
        self.shared.stop.store(true, Ordering::SeqCst);
        drop(lock(&self.shared.sleep));
        self.shared.wake.notify_all();
        for handle in self.handles.drain(..) {
            // A worker catches the panics of its chunks and has none of its own.
            let _ = handle.join();
        }
    }
}

impl Shared {
    /// Main loop of a worker thread.
    fn work(&self, worker: usize) {
        let mut seen = 0;
        while let Some(gate) = self.next_epoch(seen) {
            seen = gate >> 32;
            let mut gate = gate;
            while gate & OPEN != 0 && gate >> 32 == seen {
                match self.gate.compare_exchange_weak(gate, gate + 1, Ordering::Acquire, Ordering::Relaxed) {
                    Ok(_) => {
                        // SAFETY: this worker is inside an open gate, so the caller waits for it: the task does not
                        // change, and the job it points at lives.
                        let (job, n_chunks) = unsafe {
                            let task = &*self.task.get();
                            (*task.job.cast::<&Job<'_>>(), task.n_chunks)
                        };
                        self.take_chunks(job, n_chunks, worker);
                        self.gate.fetch_sub(1, Ordering::Release);
                        break;
                    }
                    Err(now) => gate = now,
                }
            }
        }
    }

    /// Waits until the gate's epoch differs from `seen`; `None` when the pool ends.
    fn next_epoch(&self, seen: u64) -> Option<u64> {
        let fresh = || Some(self.gate.load(Ordering::SeqCst)).filter(|gate| gate >> 32 != seen);
        for _ in 0..SPINS {
            if self.stop.load(Ordering::Relaxed) {
                return None;
            }
            if let Some(gate) = fresh() {
                return Some(gate);
            }
            std::hint::spin_loop();
        }
        let mut sleep = lock(&self.sleep);
        // Counted before the last check of the gate: a caller that opens it after that check sees the sleeper.
        self.n_asleep.fetch_add(1, Ordering::SeqCst);
        let gate = loop {
            if self.stop.load(Ordering::SeqCst) {
                break None;
            }
            if let Some(gate) = fresh() {
                break Some(gate);
            }
            sleep = self.wake.wait(sleep).unwrap_or_else(PoisonError::into_inner);
        };
        self.n_asleep.fetch_sub(1, Ordering::SeqCst);
        gate
    }

    /// Runs chunks until none is left: those of its own share first, then those of the others.
    fn take_chunks(&self, job: &Job<'_>, n_chunks: usize, worker: usize) {
        let n_shares = self.shares.len();
        let all = AssertUnwindSafe(|| {
            for share in (0..n_shares).map(|ahead| (worker + ahead) % n_shares) {
                let end = (share + 1) * n_chunks / n_shares;
                loop {
                    let chunk = self.shares[share].0.fetch_add(1, Ordering::Relaxed);
                    if chunk >= end {
                        break;
                    }
                    job(chunk, worker);
                }
            }
        });
        IN_CHUNK.set(true);
        let outcome = catch_unwind(all);
        IN_CHUNK.set(false);
        if let Err(panic) = outcome {
            for share in &self.shares {
                share.0.store(n_chunks, Ordering::Relaxed);
            }
            lock(&self.panic).get_or_insert(panic);
        }
    }

    /// Closes the gate to further workers and waits for those inside.
    fn close(&self) {
        let mut inside = self.gate.fetch_and(!OPEN, Ordering::Acquire) & INSIDE;
        let mut spins = 0;
        while inside != 0 {
            spins += 1;
            if spins % SPINS_BEFORE_YIELD == 0 {
                std::thread::yield_now();
            }
            std::hint::spin_loop();
            inside = self.gate.load(Ordering::Acquire) & INSIDE;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_chunk_runs_once_for_any_number_of_threads() {
        for n_threads in 1..=4 {
            let pool = Pool::new(n_threads);
            for n_chunks in [0, 1, 2, 3, 7, 64, 1000] {
                let counts: Vec<AtomicUsize> = (0..n_chunks).map(|_| AtomicUsize::new(0)).collect();
                pool.run(n_chunks, &|chunk, worker| {
                    assert!(worker < n_threads);
                    counts[chunk].fetch_add(1, Ordering::Relaxed);
                });
                assert!(
                    counts.iter().all(|count| count.load(Ordering::Relaxed) == 1),
                    "{n_threads} {n_chunks}"
                );
            }
        }
    }

    #[test]
    fn many_short_regions_follow_each_other() {
        let pool = Pool::new(3);
        let total = AtomicUsize::new(0);
        for _ in 0..2000 {
            pool.run(5, &|chunk, _| {
                total.fetch_add(chunk, Ordering::Relaxed);
            });
        }
        assert_eq!(total.load(Ordering::Relaxed), 2000 * 10);
    }

    #[test]
    fn a_panic_reaches_the_caller_and_the_pool_lives_on() {
        let pool = Pool::new(2);
        let caught = catch_unwind(AssertUnwindSafe(|| {
            pool.run(10, &|chunk, _| assert_ne!(chunk, 7, "chunk seven"));
        }));
        assert!(caught.is_err());
        let count = AtomicUsize::new(0);
        pool.run(10, &|_, _| {
            count.fetch_add(1, Ordering::Relaxed);
        });
        assert_eq!(count.load(Ordering::Relaxed), 10);
    }

    #[test]
    fn a_region_inside_a_chunk_is_refused() {
        let pool = Pool::new(2);
        let nested = catch_unwind(AssertUnwindSafe(|| pool.run(2, &|_, _| pool.run(2, &|_, _| ()))));
        assert!(nested.is_err());
    }

    #[test]
    fn two_owners_take_turns() {
        let pool = Pool::new(2);
        let total = AtomicUsize::new(0);
        std::thread::scope(|scope| {
            for _ in 0..2 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        pool.run(4, &|_, _| {
                            total.fetch_add(1, Ordering::Relaxed);
                        });
                    }
                });
            }
        });
        assert_eq!(total.load(Ordering::Relaxed), 1600);
    }
}
