//! The Hugging Face Hub: search for models, download them, and the cache that every Hugging Face tool shares.
//!
//! All calls block, take a [`Cancel`] and respond to it within 50 ms; sockets are read by two threads of tokio that end with
//! the [`Hub`]. The network is used only for what the user requested.
//!
//! hf-hub provides the layout of the cache. The rest is our own, over reqwest, because hf-hub lacks it:
//!
//! | wanted | hf-hub 1.0.0 |
//! | --- | --- |
//! | resume after the process ended | `File::create` on `ETAG.incomplete` truncates the file (`download.rs`) |
//! | resume of a broken connection | an error while a body is read ends the download (`retry.rs` retries requests alone) |
//! | checksums | checks none; a tree's SHA-256, which the Hub calls `lfs.oid`, is read as `lfs.sha256` and so not at all (`files.rs`) |
//! | Retry-After | reported in the error of a 429, but not waited for: five waits of 0.2 to 3.2 s at most (`retry.rs`) |
//! | stall timeout | none unless the caller supplies a client with one |
//! | a file under its name only when synced | renames without syncing |
//! | few dependencies | always depends on Xet's client |
//!
//! It has progress in bytes, stops when its future is dropped, and locks blobs as Python does. As the cache's layout is all
//! that is used, version 0.5 without its features suffices. Files in Xet storage are downloaded over the plain HTTP interface
//! that the Hub offers for them.

mod api;
mod assess;
mod cache;
mod cancel_scope;
mod catalog;
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
pub use catalog::{CatalogKind, CatalogModel, catalog};
pub use download::{DownloadPlan, Downloaded, Missing};
pub use error::Error;
pub use facts::RepoFacts;
pub use file::RepoFile;
use http::{About, Http};
pub use name::{Checksum, NameError, PastedAddress, RepoId, RepoPath, Revision};
pub use refusal::Refusal;
pub use select::{Selection, gguf_files, is_model_file, precision_in_name, select, select_checkpoint};
pub use settings::{HubSettings, HubToken, RetryPolicy};
pub use verify::{ChecksumMismatch, Verified};

/// Client of the Hub, with the local cache.
pub struct Hub {
    /// HTTP client; `None` in offline mode.
    http: Option<Http>,
    cache: HubCache,
}

impl Hub {
    /// Creates a client with `settings`; no request is sent yet.
    ///
    /// # Errors
    /// [`Error::Endpoint`], [`Error::Client`], [`Error::Threads`].
    pub fn new(settings: &HubSettings) -> Result<Self, Error> {
        let http = if settings.offline { None } else { Some(Http::new(settings)?) };
        Ok(Self { http, cache: HubCache::new(settings.cache.clone()) })
    }

    /// The local cache.
    pub fn cache(&self) -> &HubCache {
        &self.cache
    }

    /// Whether offline mode is set.
    pub fn is_offline(&self) -> bool {
        self.http.is_none()
    }

    /// Whether requests carry a token.
    pub fn has_token(&self) -> bool {
        self.http.as_ref().is_some_and(Http::has_token)
    }

    fn http(&self) -> Result<&Http, Error> {
        self.http.as_ref().ok_or(Error::SearchOffline)
    }

    /// Searches for models: the first page of `query`, or the page at an address from an earlier [`SearchPage::next`].
    ///
    /// # Errors
    /// Any [`Error`] of a request.
    pub fn search(&self, query: &Query, page: Option<&str>, cancel: &Cancel) -> Result<SearchPage, Error> {
        api::search(self.http()?, query, page, &CancelScope::new(cancel))
    }

    /// Fetches the name of the account that the token belongs to.
    ///
    /// # Errors
    /// [`Error::NoToken`] without a token, [`Error::TokenRefused`] if the Hub does not accept it, any [`Error`] of a request.
    pub fn account(&self, cancel: &Cancel) -> Result<String, Error> {
        if !self.has_token() && self.http.is_some() {
            return Err(Error::NoToken);
        }
        api::account(self.http()?, &CancelScope::new(cancel))
    }

    /// Fetches the facts of `repo` at `revision`, including its commit.
    ///
    /// # Errors
    /// Any [`Error`] of a request.
    pub fn model(&self, repo: &RepoId, revision: &Revision, cancel: &Cancel) -> Result<RepoFacts, Error> {
        api::model(self.http()?, repo, revision, &CancelScope::new(cancel))
    }

    /// Lists all files of `repo` at `commit`.
    ///
    /// # Errors
    /// Any [`Error`] of a request.
    pub fn files(&self, repo: &RepoId, commit: &Revision, cancel: &Cancel) -> Result<Vec<RepoFile>, Error> {
        api::files(self.http()?, repo, commit, &CancelScope::new(cancel))
    }

    /// Reads a small file of `repo`, such as its model card, without caching it; its checksum is verified.
    ///
    /// # Errors
    /// Any [`Error`] of a request.
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

    /// Reads a byte range of a file of `repo`, which cannot be verified.
    ///
    /// # Errors
    /// Any [`Error`] of a request; [`Error::Length`] if fewer bytes arrive.
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

    /// The cached model of `repo` at `revision`: a checkpoint's folder, or the GGUF file that `gguf` names or that is the only
    /// one.
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

/// Download address of a file.
fn file_address(http: &Http, repo: &RepoId, commit: &Revision, file: &RepoFile) -> Url {
    let parts = repo.as_str().split('/').chain(["resolve", commit.as_str()]);
    http.address(parts.chain(file.path.as_str().split('/')))
}
