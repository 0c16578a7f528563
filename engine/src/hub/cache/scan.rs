//! Listing of the models in the cache, whichever tool downloaded them.

use std::fs;
use std::path::{Path, PathBuf};

use super::{CachedRepo, HubCache};
use crate::hub::name::{RepoId, RepoPath, Revision};

/// Deepest folder of a snapshot that is scanned.
const DEEPEST: usize = 4;

/// A repository's newest snapshot in the cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedModel {
    /// Name of the repository.
    pub repo: RepoId,
    /// Commit of the snapshot.
    pub commit: Revision,
    /// Folder of the snapshot, which may be a checkpoint.
    pub folder: PathBuf,
    /// Files of the snapshot.
    pub files: Vec<CachedFile>,
}

/// A file of a snapshot.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CachedFile {
    /// Path of the file in the repository.
    pub path: RepoPath,
    /// Size of the file in bytes.
    pub size_bytes: u64,
}

impl CachedModel {
    /// Size of all files in bytes.
    pub fn n_bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size_bytes).sum()
    }

    /// All GGUF files of the snapshot.
    pub fn gguf_files(&self) -> impl Iterator<Item = &CachedFile> {
        self.files.iter().filter(|file| file.path.ends_in("gguf"))
    }

    /// Whether the snapshot has the configuration and all weights: the single file, or those of the index.
    pub fn is_whole_checkpoint(&self) -> bool {
        let has = |name: &str| self.files.iter().any(|file| file.path.as_str() == name);
        if !has("config.json") || has("model.safetensors") {
            return has("config.json");
        }
        let Ok(text) = fs::read(self.folder.join("model.safetensors.index.json")) else { return false };
        let index: serde_json::Value = serde_json::from_slice(&text).unwrap_or_default();
        let weight_map = index["weight_map"].as_object();
        weight_map.is_some_and(|map| map.values().all(|shard| shard.as_str().is_some_and(has)))
    }

    /// Whether the snapshot has the configuration and at least one safetensors file.
    pub fn is_checkpoint(&self) -> bool {
        let is_configuration = |file: &CachedFile| file.path.as_str() == "config.json";
        let is_weights = |file: &CachedFile| file.path.ends_in("safetensors");
        self.files.iter().any(is_configuration) && self.files.iter().any(is_weights)
    }
}

impl HubCache {
    /// The newest snapshot of each model repository, by name; broken links are ignored.
    ///
    /// Returns an empty list if the cache does not exist.
    pub fn models(&self) -> Vec<CachedModel> {
        let Ok(entries) = fs::read_dir(self.folder()) else { return Vec::new() };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        let ids =
            names.filter_map(|name| RepoId::new(&name.strip_prefix("models--")?.replace("--", "/")).ok());
        let mut models: Vec<_> = ids.filter_map(|id| self.model(&id)).collect();
        models.sort_by(|a, b| a.repo.cmp(&b.repo));
        models
    }

    /// The newest snapshot of `repo`: that of `main`, or the last one created.
    pub fn model(&self, repo: &RepoId) -> Option<CachedModel> {
        let cached = self.repo(repo);
        let commit = cached
            .commit(&Revision::default())
            .filter(|commit| cached.snapshot(commit).is_dir())
            .or_else(|| cached.newest_snapshot())?;
        Some(cached.look(repo, commit))
    }

    /// The snapshot of `repo` that `revision` pointed to when it was last requested.
    pub fn at(&self, repo: &RepoId, revision: &Revision) -> Option<CachedModel> {
        let cached = self.repo(repo);
        let commit = cached.commit(revision).filter(|commit| cached.snapshot(commit).is_dir())?;
        Some(cached.look(repo, commit))
    }
}

impl CachedRepo {
    fn newest_snapshot(&self) -> Option<Revision> {
        let changed = |commit: &Revision| fs::metadata(self.snapshot(commit)).and_then(|m| m.modified()).ok();
        self.snapshots().into_iter().max_by_key(changed)
    }

    /// The commits of all snapshots.
    pub(super) fn snapshots(&self) -> Vec<Revision> {
        let Ok(entries) = fs::read_dir(self.folder.join("snapshots")) else { return Vec::new() };
        let names = entries.filter_map(|entry| entry.ok()?.file_name().into_string().ok());
        names.filter_map(|name| Revision::new(&name).ok()).filter(Revision::is_commit).collect()
    }

    pub(super) fn look(&self, repo: &RepoId, commit: Revision) -> CachedModel {
        let folder = self.snapshot(&commit);
        let mut files = Vec::new();
        collect(&folder, "", DEEPEST, &mut files);
        files.sort_by(|a, b| a.path.cmp(&b.path));
        CachedModel { repo: repo.clone(), commit, folder, files }
    }
}

fn collect(folder: &Path, below: &str, depth: usize, files: &mut Vec<CachedFile>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.flatten() {
        let (path, name) = (entry.path(), entry.file_name());
        let (Some(name), Ok(found)) = (name.to_str(), fs::metadata(&path)) else { continue };
        let below = if below.is_empty() { name.to_owned() } else { format!("{below}/{name}") };
        if found.is_dir() && depth > 0 {
            collect(&path, &below, depth - 1, files);
        } else if let Some(path) = RepoPath::new(&below).filter(|_| found.is_file()) {
            files.push(CachedFile { path, size_bytes: found.len() });
        }
    }
}
