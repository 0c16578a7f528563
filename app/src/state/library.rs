//! The models on this machine, as the engine listed them last.

use std::path::{Path, PathBuf};

use nibble_engine::jobs::protocol::{Failure, LibraryModel, ModelOrigin};
use nibble_engine::library::starter;
use nibble_engine::progress::Progress;

/// All models on this machine, as last listed by the engine: in this run, or in an earlier one until this run's list is there.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct LibraryListing {
    /// The models, the starter first.
    pub models: Vec<LibraryModel>,
    /// Recent paths that no longer exist.
    pub missing: Vec<PathBuf>,
    /// Whether there is a listing, of this run or an earlier one.
    pub is_known: bool,
    /// Whether the listing is of this run.
    pub is_current: bool,
    /// Why the models could not be listed.
    pub failure: Option<Failure>,
    /// The model whose deletion the user is asked to confirm.
    pub asked: Option<String>,
    /// The running work on one of the models.
    pub work: Option<LibraryWork>,
}

/// Work on a model of the library.
#[derive(Clone, Debug, PartialEq)]
pub enum LibraryWork {
    /// The model of this name is being deleted.
    Removing(String),
    /// The files of the model of this name are being verified.
    Verifying(String, Option<Progress>),
}

impl LibraryListing {
    /// The models that can be loaded as they are, and the starter: GGUF files without a problem.
    pub fn ready(&self) -> impl Iterator<Item = &LibraryModel> {
        let is_gguf =
            |path: &Path| path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gguf"));
        let is_ready = move |model: &&LibraryModel| {
            model.origin == ModelOrigin::BuiltIn || (model.problem.is_none() && is_gguf(&model.path))
        };
        self.models.iter().filter(is_ready)
    }

    /// The small model that comes with the program.
    pub fn starter(&self) -> Option<&LibraryModel> {
        self.models.iter().find(|model| model.origin == ModelOrigin::BuiltIn)
    }

    /// Whether `path` is the starter, as it came or quantized.
    pub fn is_starter(&self, path: &Path) -> bool {
        self.starter().is_some_and(|starter| starter.path == path) || starter::is_file(path)
    }

    /// Adds a model that was just quantized, before the models are listed again.
    pub fn add_made(&mut self, path: &Path, bytes: u64) {
        if self.has(path) {
            return;
        }
        let name = path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
        self.models.push(LibraryModel {
            name,
            path: path.to_owned(),
            origin: ModelOrigin::Made,
            repo: None,
            original: None,
            architecture: None,
            precision: None,
            parameters: 0,
            context_length: 0,
            bytes,
            quality: None,
            last_used: None,
            problem: None,
        });
    }

    /// Whether the list has a model at `path` that can be the starter's: one of another size has only its name.
    pub fn has_starter_at(&self, path: &Path) -> bool {
        let size = self.starter().map_or(0, |starter| starter.parameters);
        let fits = |n: u64| n == 0 || size == 0 || n == size;
        self.models.iter().any(|model| model.path == path && fits(model.parameters))
    }

    /// Whether the list has a model at `path`.
    pub fn has(&self, path: &Path) -> bool {
        self.models.iter().any(|model| model.path == path)
    }
}

/// What people call what is at `path`: the name of a GGUF file, of a repository in the shared cache, or of a folder.
pub fn name_of_path(path: &Path) -> String {
    let is_file = path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("gguf"));
    if is_file {
        return path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
    }
    let repository = path.iter().filter_map(|part| part.to_str()?.strip_prefix("models--")).next_back();
    match repository {
        Some(repository) => repository.rsplit("--").next().unwrap_or(repository).to_owned(),
        None => path.file_name().unwrap_or_default().to_string_lossy().into_owned(),
    }
}

/// What people call a model in a list.
pub fn listed_name(model: &LibraryModel) -> &str {
    if model.origin == ModelOrigin::BuiltIn { starter::LISTED } else { &model.name }
}

impl LibraryWork {
    /// The model's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Removing(name) | Self::Verifying(name, _) => name,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_revision_of_the_cache_has_the_name_of_its_repository() {
        let snapshot = "/cache/models--HuggingFaceTB--SmolLM2-135M/snapshots/028afa8601c4e93a";
        for (path, name) in [
            (snapshot, "SmolLM2-135M"),
            ("/cache/models--a--b/snapshots/028afa/b-Q4_K_M.gguf", "b-Q4_K_M"),
            ("/m/Tiny.v2", "Tiny.v2"),
            ("/m/tiny (2).gguf", "tiny (2)"),
        ] {
            assert_eq!(name_of_path(Path::new(path)), name);
        }
    }
}
