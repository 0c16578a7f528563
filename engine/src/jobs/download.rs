//! Download of a model from the Hub: facts → refusal → selection → disk space → transfer, verification, links.
//!
//! Nothing large is fetched before architecture, file formats and free disk space were checked.

use std::path::PathBuf;
use std::time::Instant;

use serde::{Deserialize, Serialize};

use super::Error;
use super::header::outline_of;
use super::small_files::SmallFiles;
use crate::formats::foreign;
use crate::hardware::{free_disk_bytes, peak_rss_bytes};
use crate::hub::{
    self, DownloadPlan, Downloaded, Hub, PastedAddress, Refusal, RepoFacts, RepoFile, RepoId, Revision,
    Runnable, Selection,
};
use crate::models;
use crate::progress::{Cancel, Observer, Warning};

/// A request to download a model.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct DownloadRequest {
    /// Name of the repository, `owner/name`.
    pub repo: String,
    /// Branch, tag or commit; `main` if `None`.
    pub revision: Option<String>,
    /// A GGUF file, by its name or its precision; if `None`, the checkpoint or the only GGUF file.
    pub file: Option<String>,
    /// Whether the checkpoint is to be quantized, which not every tokenizer allows.
    #[serde(default)]
    pub quantized: bool,
}

impl DownloadRequest {
    /// The same with the parts of an address that was pasted as the name of the repository.
    fn settled(&self) -> Self {
        let Some(address) = PastedAddress::new(&self.repo) else { return self.clone() };
        Self {
            repo: address.repo.to_owned(),
            revision: self.revision.clone().or_else(|| address.revision.map(str::to_owned)),
            file: self.file.clone().or_else(|| address.file.map(str::to_owned)),
            quantized: self.quantized,
        }
    }
}

/// Result of a download.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct DownloadReport {
    /// Path of the checkpoint's folder or of the GGUF file.
    pub path: PathBuf,
    /// Size of the model's files in bytes.
    pub bytes: u64,
    /// Bytes received over the network; 0 if everything was cached.
    pub fetched_bytes: u64,
    /// Duration in seconds.
    pub seconds: f64,
    /// Peak resident memory of the process in bytes.
    pub peak_rss_bytes: u64,
}

/// Downloads the model of `request` into the shared cache; a complete model in the cache is used, also if the Hub cannot be
/// reached.
///
/// # Errors
/// [`Error::Hub`]; what came is kept, and the next call continues there.
pub fn download(
    hub: &Hub,
    request: &DownloadRequest,
    observer: &dyn Observer,
    cancel: &Cancel,
) -> Result<DownloadReport, Error> {
    let start = Instant::now();
    let request = &request.settled();
    let (repo, revision) = names(request)?;
    if hub.is_offline() {
        let path = hub.cached(&repo, &revision, request.file.as_deref());
        let path = path.ok_or(hub::Error::Offline { repo, revision })?;
        let bytes = bytes_at(&path);
        return Ok(report(Downloaded { path, bytes, fetched_bytes: 0 }, start));
    }
    let plan = match plan_download(hub, request, cancel) {
        Err(Error::Hub(error)) if error.is_silence() => {
            let Some(path) = hub.cached(&repo, &revision, request.file.as_deref()) else {
                return Err(error.into());
            };
            observer.warn(Warning::TakenFromCache { reason: error.to_string() });
            let bytes = bytes_at(&path);
            return Ok(report(Downloaded { path, bytes, fetched_bytes: 0 }, start));
        }
        plan => plan?,
    };
    let needed = hub.missing_bytes(&plan).needed;
    match free_disk_bytes(hub.cache().folder()) {
        Some(free) if free < needed => {
            let path = hub.cache().folder().to_owned();
            return Err(hub::Error::Space { needed, free, path }.into());
        }
        _ => {}
    }
    Ok(report(hub.download(&plan, observer, cancel)?, start))
}

fn report(downloaded: Downloaded, start: Instant) -> DownloadReport {
    DownloadReport {
        path: downloaded.path,
        bytes: downloaded.bytes,
        fetched_bytes: downloaded.fetched_bytes,
        seconds: start.elapsed().as_secs_f64(),
        peak_rss_bytes: peak_rss_bytes(),
    }
}

/// Resolves `request` to a commit and files, and refuses models that cannot run.
///
/// # Errors
/// [`Error::Hub`], above all [`hub::Error::Refused`].
pub fn plan_download(hub: &Hub, request: &DownloadRequest, cancel: &Cancel) -> Result<DownloadPlan, Error> {
    let request = &request.settled();
    let (repo, revision) = names(request)?;
    let refused = |refusal| hub::Error::Refused { repo: repo.clone(), refusal };
    let mut facts = hub.model(&repo, &revision, cancel)?;
    if facts.gated && !hub.has_token() {
        return Err(refused(Refusal::Gated).into());
    }
    let commit = commit_of(&facts, &repo, &revision)?;
    let files = hub.files(&repo, &commit, cancel)?;
    let selection = hub::select(&files, request.file.as_deref()).map_err(refused)?;
    if facts.model_type.is_none() && selection.gguf.is_none() {
        read_configuration(hub, &repo, &commit, &selection, &mut facts, cancel)?;
    }
    if let Some(refusal) = refusal(&facts, selection.gguf.is_some()) {
        return Err(refused(refusal).into());
    }
    if let Some(file) = &selection.gguf {
        outline_of(hub, &repo, &commit, file, cancel)?.map_err(refused)?;
    } else {
        let small = SmallFiles { hub, repo: &repo, commit: &commit, files: &selection.files };
        small.refusal(request.quantized, cancel)?.map_or(Ok(()), |refusal| Err(refused(refusal)))?;
    }
    Ok(DownloadPlan { repo, revision, commit, selection })
}

fn names(request: &DownloadRequest) -> Result<(RepoId, Revision), hub::Error> {
    let revision = request.revision.as_deref().map(Revision::new).transpose()?;
    Ok((RepoId::new(&request.repo)?, revision.unwrap_or_default()))
}

/// The commit of `facts`.
pub(super) fn commit_of(
    facts: &RepoFacts,
    repo: &RepoId,
    revision: &Revision,
) -> Result<Revision, hub::Error> {
    let commit = facts.commit.as_deref().and_then(|commit| Revision::new(commit).ok());
    let unpinned = || hub::Error::NoRevision { repo: repo.clone(), revision: revision.clone() };
    commit.filter(Revision::is_commit).ok_or_else(unpinned)
}

/// The reason why the model of `facts` cannot run, if known; for its GGUF files if `gguf`, or for its checkpoint.
pub(super) fn refusal(facts: &RepoFacts, gguf: bool) -> Option<Refusal> {
    let (model_types, gguf_architectures) = (models::model_types(), models::gguf_architectures());
    let runnable = Runnable {
        model_types: &model_types,
        gguf_architectures: &gguf_architectures,
        quant_methods: &foreign::quant_methods(),
    };
    hub::refusal(facts, gguf, runnable)
}

/// Adds facts from `config.json` that the Hub does not report.
fn read_configuration(
    hub: &Hub,
    repo: &RepoId,
    commit: &Revision,
    selection: &Selection,
    facts: &mut RepoFacts,
    cancel: &Cancel,
) -> Result<(), hub::Error> {
    let is_config = |file: &&RepoFile| file.path.as_str() == "config.json";
    let Some(file) = selection.files.iter().find(is_config) else { return Ok(()) };
    let bytes = hub.read(repo, commit, file, cancel)?;
    // One that cannot be read is told when the model is opened, with the place of the fault.
    let Ok(config) = crate::base::json::from_slice::<serde_json::Value>(&bytes) else { return Ok(()) };
    facts.model_type = config["model_type"].as_str().map(str::to_owned);
    let quantization = config.get("quantization_config").filter(|value| value.is_object());
    let method = quantization.map(|value| value["quant_method"].as_str().unwrap_or("an unknown method"));
    facts.quantized_by = method.map(str::to_owned);
    Ok(())
}

/// Size of a file, or of all files directly in a folder, in bytes.
fn bytes_at(path: &std::path::Path) -> u64 {
    let size = |path: PathBuf| {
        std::fs::metadata(path).ok().filter(std::fs::Metadata::is_file).map_or(0, |m| m.len())
    };
    match std::fs::read_dir(path) {
        Ok(entries) => entries.flatten().map(|entry| size(entry.path())).sum(),
        Err(_) => size(path.to_owned()),
    }
}
