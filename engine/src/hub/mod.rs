//! The Hugging Face Hub: finding models, bringing them, keeping them in the cache that every Hugging Face tool shares.
//!
//! All calls block, take a [`Cancel`] and answer it within 50 ms; sockets are read by two threads of
//! tokio that end with the [`Hub`]. Nothing is asked of the network but what a person asked for.
//!
//! hf-hub serves for the layout of the cache. The rest is ours, over reqwest, because hf-hub has it not:
//!
//! | wanted | hf-hub 1.0.0 |
//! | --- | --- |
//! | resume after the process ended | `File::create` on `ETAG.incomplete` empties what is there (`download.rs`) |
//! | resume of a broken connection | an error while a body is read ends the download (`retry.rs` retries requests alone) |
//! | checksums | checks none; a tree's SHA-256, which the Hub calls `lfs.oid`, is read as `lfs.sha256` and so not at all (`files.rs`) |
//! | Retry-After | told in the error of a 429, but not waited for: five waits of 0.2 to 3.2 s at most, whatever is asked (`retry.rs`) |
//! | stall timeout | none unless the caller brings a client with one |
//! | a file under its name only when synced | renames without syncing |
//! | few dependencies | always brings Xet's client |
//!
//! It has progress in bytes, stops when its future is dropped, and locks blobs as Python does. As the cache's layout is all that
//! is left to use, 0.5 without its features serves. Files in Xet storage come over the plain HTTP way the Hub keeps for them.

mod api;
mod assess;
mod cache;
mod cancel_scope;
mod catalogue;
mod download;
mod error;
mod facts;
mod file;
mod http;
mod name;
mod refusal;
mod retry;
mod select;
mod settings;
mod verify;

use std::path::PathBuf;

use reqwest::Url;

use crate::progress::Cancel;
pub use api::{Query, SearchPage, Sort};
pub use assess::{Runnable, refusal};
pub use cache::{CachedFile, CachedModel, HubCache};
use cancel_scope::CancelScope;
pub use catalogue::{CatalogueModel, catalogue};
pub use download::{DownloadPlan, Downloaded, Missing};
pub use error::Error;
pub use facts::RepoFacts;
pub use file::RepoFile;
use http::{About, Http};
pub use name::{Checksum, NameError, RepoId, RepoPath, Revision};
pub use refusal::Refusal;
pub use select::{Selection, gguf_files, is_model_file, precision_in_name, select, select_checkpoint};
pub use settings::{HubSettings, HubToken, RetryPolicy};
pub use verify::{ChecksumMismatch, Verified};

/// The Hub, and the cache of what came from it.
pub struct Hub {
    /// `None` when nobody may be asked.
    http: Option<Http>,
    cache: HubCache,
}

impl Hub {
    /// The Hub as `settings` say; nothing is asked yet.
    ///
    /// # Errors
    /// [`Error::Endpoint`], [`Error::Client`], [`Error::Threads`].
    pub fn new(settings: &HubSettings) -> Result<Self, Error> {
        let http = if settings.offline { None } else { Some(Http::new(settings)?) };
        Ok(Self { http, cache: HubCache::new(settings.cache.clone()) })
    }

    /// The cache.
    pub fn cache(&self) -> &HubCache {
        &self.cache
    }

    /// Whether nobody may be asked.
    pub fn is_offline(&self) -> bool {
        self.http.is_none()
    }

    /// Whether requests say who asks.
    pub fn has_token(&self) -> bool {
        self.http.as_ref().is_some_and(Http::has_token)
    }

    fn http(&self) -> Result<&Http, Error> {
        self.http.as_ref().ok_or(Error::SearchOffline)
    }

    /// The first page of models that fit `query`, or the page that an earlier one named as its next.
    ///
    /// # Errors
    /// [`Error`].
    pub fn search(&self, query: &Query, page: Option<&str>, cancel: &Cancel) -> Result<SearchPage, Error> {
        api::search(self.http()?, query, page, &CancelScope::new(cancel))
    }

    /// What the Hub says of `repo` at `revision`, with the commit it stands at.
    ///
    /// # Errors
    /// [`Error`].
    pub fn model(&self, repo: &RepoId, revision: &Revision, cancel: &Cancel) -> Result<RepoFacts, Error> {
        api::model(self.http()?, repo, revision, &CancelScope::new(cancel))
    }

    /// All files of `repo` at `commit`.
    ///
    /// # Errors
    /// [`Error`].
    pub fn files(&self, repo: &RepoId, commit: &Revision, cancel: &Cancel) -> Result<Vec<RepoFile>, Error> {
        api::files(self.http()?, repo, commit, &CancelScope::new(cancel))
    }

    /// A small file of `repo` that is not kept, such as its card, checked as downloads are.
    ///
    /// # Errors
    /// [`Error`].
    pub fn read(
        &self,
        repo: &RepoId,
        commit: &Revision,
        file: &RepoFile,
        cancel: &Cancel,
    ) -> Result<Vec<u8>, Error> {
        let http = self.http()?;
        let url = file_address(http, repo, commit, file);
        http.bytes(&url, About::File(repo, &file.path), file, &CancelScope::new(cancel))
    }

    /// Some bytes of a file of `repo`, which nothing can check.
    ///
    /// # Errors
    /// [`Error`]; [`Error::Length`] if fewer come.
    pub fn read_range(
        &self,
        repo: &RepoId,
        commit: &Revision,
        file: &RepoFile,
        bytes: std::ops::Range<u64>,
        cancel: &Cancel,
    ) -> Result<Vec<u8>, Error> {
        let http = self.http()?;
        let url = file_address(http, repo, commit, file);
        http.range(&url, About::File(repo, &file.path), file, &bytes, &CancelScope::new(cancel))
    }

    /// The model of `repo` at `revision` as far as the cache has it: a checkpoint's folder, or the GGUF file that `gguf`
    /// names or that is the only one.
    pub fn cached(&self, repo: &RepoId, revision: &Revision, gguf: Option<&str>) -> Option<PathBuf> {
        let model = self.cache.at(repo, revision)?;
        if gguf.is_none() && model.is_checkpoint() {
            return model.is_whole_checkpoint().then_some(model.folder);
        }
        let named = |file: &&CachedFile| gguf.is_none_or(|wanted| select::names_file(&file.path, wanted));
        let mut found = model.gguf_files().filter(named);
        match (found.next(), found.next()) {
            (Some(file), None) => Some(file.path.below(&model.folder)),
            _ => None,
        }
    }
}

/// Where the Hub gives a file.
fn file_address(http: &Http, repo: &RepoId, commit: &Revision, file: &RepoFile) -> Url {
    let parts = repo.as_str().split('/').chain(["resolve", commit.as_str()]);
    http.address(parts.chain(file.path.as_str().split('/')))
}
