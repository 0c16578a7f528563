//! Download of a model's files: several in parallel, each resumed, verified, and then all made visible together.

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

/// Number of files that are downloaded in parallel.
const AT_ONCE: usize = 4;
/// Free bytes to keep on the disk beside a download, for links, refs and other programs.
const SPARE_BYTES: u64 = 64 << 20;

/// The files to download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DownloadPlan {
    /// Repository of the files.
    pub repo: RepoId,
    /// The requested revision.
    pub revision: Revision,
    /// The commit that the revision points to.
    pub commit: Revision,
    /// The selected files.
    pub selection: Selection,
}

/// Result of a download.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Downloaded {
    /// Path of the checkpoint's folder or of the GGUF file.
    pub path: PathBuf,
    /// Size of all files in bytes.
    pub bytes: u64,
    /// Bytes received over the network, including failed attempts.
    pub fetched_bytes: u64,
}

impl Hub {
    /// The bytes that `plan` still has to download, and the free disk space they need.
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

    /// Downloads all files of `plan` into the cache; files that are already present are not fetched again.
    ///
    /// # Errors
    /// [`Error`]; partial files are kept, and the next call resumes them.
    pub fn download(
        &self,
        plan: &DownloadPlan,
        observer: &dyn Observer,
        cancel: &Cancel,
    ) -> Result<Downloaded, Error> {
        let http = self.http()?;
        let cached = self.cache.repo(&plan.repo);
        let meter = Meter::new(observer, plan.selection.n_bytes());
        let scope = CancelScope::new(cancel);
        let transfer = |file| {
            let url = file_address(http, &plan.repo, &plan.commit, file);
            Transfer { http, repo: &plan.repo, cached: &cached, file, url, meter: &meter, scope: &scope }
        };
        let mut wanted = Vec::new();
        for file in &plan.selection.files {
            if cached.has(&plan.commit, &file.path, &file.checksum, file.size_bytes) {
                meter.add(file.path.as_str(), file.size_bytes);
            } else {
                wanted.push(transfer(file));
            }
        }
        run_all(&wanted, &scope)?;
        scope.check()?;
        link_all(&cached, plan)?;
        let snapshot = cached.snapshot(&plan.commit);
        let path = plan.selection.gguf.as_ref().map_or(snapshot.clone(), |file| file.path.below(&snapshot));
        meter.tell(plan.repo.short(), true);
        Ok(Downloaded { path, bytes: plan.selection.n_bytes(), fetched_bytes: meter.fetched() })
    }
}

/// Remaining bytes of a download.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Missing {
    /// Bytes to download.
    pub bytes: u64,
    /// Free bytes that the disk must have.
    pub needed: u64,
}

/// Runs all transfers, a few in parallel; the first error cancels the others.
fn run_all(transfers: &[Transfer<'_>], scope: &CancelScope<'_>) -> Result<(), Error> {
    let next = AtomicUsize::new(0);
    let failure: Mutex<Option<Error>> = Mutex::new(None);
    let fail = |error: Error| {
        scope.fail();
        // The others then fail only with the cancellation.
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

/// Links the files into the snapshot, the configuration last: without it, no tool treats the folder as a model.
fn link_all(cached: &CachedRepo, plan: &DownloadPlan) -> Result<(), Error> {
    let (last, first): (Vec<_>, Vec<_>) =
        plan.selection.files.iter().partition(|file| file.path.as_str() == "config.json");
    for file in first.into_iter().chain(last) {
        cached.link(&plan.commit, &file.path, &file.checksum)?;
    }
    cached.set_commit(&plan.revision, &plan.commit)
}
