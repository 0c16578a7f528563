//! Bringing the files of a model: several at once, each from where it stopped, checked, and then all made visible together.

pub(super) mod checksum;
mod meter;
mod part;
mod transfer;

use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::thread;

use super::cache::CachedRepo;
use super::cancel_scope::CancelScope;
use super::error::Error;
use super::file::RepoFile;
use super::name::{RepoId, Revision};
use super::select::Selection;
use super::{Hub, file_address};
use crate::progress::{Cancel, Observer};
use meter::Meter;
use transfer::Transfer;

/// Files that are brought at once.
const AT_ONCE: usize = 4;
/// Bytes left free beside a download: links, refs, whatever else the system writes meanwhile.
const SPARE_BYTES: u64 = 64 << 20;

/// What to bring.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DownloadPlan {
    /// From where.
    pub repo: RepoId,
    /// What a person asked for.
    pub revision: Revision,
    /// The commit that the revision stands at.
    pub commit: Revision,
    /// Which files.
    pub selection: Selection,
}

/// What a download came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Downloaded {
    /// The checkpoint's folder or the GGUF file.
    pub path: PathBuf,
    /// Bytes of all its files.
    pub bytes: u64,
    /// Bytes that came over the network, those of vain tries as well.
    pub fetched_bytes: u64,
}

impl Hub {
    /// Bytes that `plan` still has to bring, and how many must be free for that.
    pub fn missing_bytes(&self, plan: &DownloadPlan) -> Missing {
        let cached = self.cache.repo(&plan.repo);
        let missing =
            |file: &&RepoFile| !cached.has(&plan.commit, &file.path, &file.checksum, file.size_bytes);
        let left = |file: &RepoFile| {
            let there = std::fs::metadata(cached.part(&file.checksum)).map_or(0, |part| part.len());
            file.size_bytes.saturating_sub(there)
        };
        let bytes: u64 = plan.selection.files.iter().filter(missing).map(left).sum();
        Missing { bytes, needed: if bytes == 0 { 0 } else { bytes + SPARE_BYTES } }
    }

    /// Brings all files of `plan` into the cache; what is there already is not fetched again.
    ///
    /// # Errors
    /// [`Error`]; what came so far is kept, and the next call continues there.
    pub fn download(
        &self,
        plan: &DownloadPlan,
        observer: &dyn Observer,
        cancel: &Cancel,
    ) -> Result<Downloaded, Error> {
        let http = self.http()?;
        let cached = self.cache.repo(&plan.repo);
        let meter = Meter::new(observer, plan.selection.n_bytes());
        let halt = CancelScope::new(cancel);
        let transfer = |file| {
            let url = file_address(http, &plan.repo, &plan.commit, file);
            Transfer { http, repo: &plan.repo, cached: &cached, file, url, meter: &meter, halt: &halt }
        };
        let mut wanted = Vec::new();
        for file in &plan.selection.files {
            if cached.has(&plan.commit, &file.path, &file.checksum, file.size_bytes) {
                meter.add(file.path.as_str(), file.size_bytes);
            } else {
                wanted.push(transfer(file));
            }
        }
        run_all(&wanted, &halt)?;
        halt.check()?;
        link_all(&cached, plan)?;
        let snapshot = cached.snapshot(&plan.commit);
        let path = plan.selection.gguf.as_ref().map_or(snapshot.clone(), |file| file.path.below(&snapshot));
        meter.tell(plan.repo.short(), true);
        Ok(Downloaded { path, bytes: plan.selection.n_bytes(), fetched_bytes: meter.fetched() })
    }
}

/// What a download still needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Bytes to bring.
    pub bytes: u64,
    /// Bytes that must be free on the disk.
    pub needed: u64,
}

/// Runs all transfers, a few at once; the first error ends the others.
fn run_all(transfers: &[Transfer<'_>], halt: &CancelScope<'_>) -> Result<(), Error> {
    let next = AtomicUsize::new(0);
    let failure: Mutex<Option<Error>> = Mutex::new(None);
    let fail = |error: Error| {
        halt.fail();
        // Those that end because of the first say only that they were asked to.
        failure.lock().unwrap_or_else(PoisonError::into_inner).get_or_insert(error);
    };
    let work = || {
        while let Some(transfer) = transfers.get(next.fetch_add(1, Ordering::Relaxed)) {
            if let Err(error) = transfer.run() {
                return fail(error);
            }
        }
    };
    thread::scope(|scope| {
        for number in 0..AT_ONCE.min(transfers.len()) {
            let worker = thread::Builder::new().name(format!("nibble-download-{number}"));
            if let Err(source) = worker.spawn_scoped(scope, work) {
                fail(Error::Threads(source));
            }
        }
    });
    failure.into_inner().unwrap_or_else(PoisonError::into_inner).map_or(Ok(()), Err)
}

/// Makes the files visible, the configuration last: without it, nobody takes the folder for a model.
fn link_all(cached: &CachedRepo, plan: &DownloadPlan) -> Result<(), Error> {
    let (last, first): (Vec<_>, Vec<_>) =
        plan.selection.files.iter().partition(|file| file.path.as_str() == "config.json");
    for file in first.into_iter().chain(last) {
        cached.link(&plan.commit, &file.path, &file.checksum)?;
    }
    cached.set_commit(&plan.revision, &plan.commit)
}
