//! Deletion of models from the library.

use std::fs;

use serde::{Deserialize, Serialize};

use super::error::Error;
use super::locate::{find, places};
use super::place::Origin;
use super::quality_file;
use crate::hub::{self, HubCache, HubSettings, RepoId};

/// Report of a deleted model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RemovedModel {
    /// Name of the model.
    pub name: String,
    /// Number of freed bytes.
    pub freed_bytes: u64,
}

/// Deletes the model that `name` matches; `owner/name` also deletes an unfinished download.
///
/// # Errors
/// [`Error::NotFound`], [`Error::BuiltIn`], [`Error::Foreign`], [`Error::Delete`], or [`Error::Hub`] while it is being downloaded.
pub fn remove(name: &str) -> Result<RemovedModel, Error> {
    let cache = HubSettings::from_environment().map(|settings| HubCache::new(settings.cache));
    let place = match find(places()?, name) {
        Ok(place) => place,
        Err(error) => return remove_unfinished(name, error, &cache?),
    };
    let freed_bytes = match &place.origin {
        Origin::BuiltIn => return Err(Error::BuiltIn { name: place.name }),
        Origin::Elsewhere(program) => {
            return Err(Error::Foreign { name: place.name, program: *program });
        }
        Origin::Quantized => {
            let size = fs::metadata(&place.path).map_or(0, |found| found.len());
            let path = place.path.clone();
            fs::remove_file(&place.path).map_err(|source| Error::Delete { path, source })?;
            // What is kept of its quality may not be there.
            let _ = fs::remove_file(quality_file::path_beside(&place.path));
            size
        }
        Origin::Gguf(repo, path) => cache?.remove_file(repo, path)?,
        Origin::Checkpoint(repo) => remove_checkpoint(&cache?, repo)?,
    };
    Ok(RemovedModel { name: place.name, freed_bytes })
}

/// Deletes a checkpoint, but not the GGUF files that lie in the same repository.
fn remove_checkpoint(cache: &HubCache, repo: &RepoId) -> Result<u64, Error> {
    let model = cache.model(repo).filter(|model| model.gguf_files().next().is_some());
    let Some(model) = model else { return Ok(cache.remove(repo)?) };
    let mut freed = 0;
    for file in model.files.iter().filter(|file| !file.path.ends_in("gguf")) {
        freed += cache.remove_file(repo, &file.path)?;
    }
    Ok(freed)
}

/// Deletes an unfinished download of the repository `name`, and no complete files.
///
/// # Errors
/// [`Error::Hub`] while it is being downloaded, or if `name` is not a repository name.
pub fn discard(name: &str) -> Result<RemovedModel, Error> {
    let cache = HubCache::new(HubSettings::from_environment()?.cache);
    let freed_bytes = cache.remove_unfinished(&RepoId::new(name).map_err(hub::Error::from)?)?;
    Ok(RemovedModel { name: name.to_owned(), freed_bytes })
}

/// Deletes an unfinished download of the repository `name`; `not_found` if there is none.
fn remove_unfinished(name: &str, not_found: Error, cache: &HubCache) -> Result<RemovedModel, Error> {
    let Ok(repo) = RepoId::new(name) else { return Err(not_found) };
    match cache.remove_unfinished(&repo)? {
        0 => Err(not_found),
        freed_bytes => Ok(RemovedModel { name: name.to_owned(), freed_bytes }),
    }
}
