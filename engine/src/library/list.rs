//! List of the library's models, described by their headers.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::error::Error;
use super::locate::places;
use super::place::{Origin, Place};
use super::program::Program;
use super::quality_file::{self, QualityFigures};
use super::usage::{Usage, usage};
use crate::base::DType;
use crate::base::causes::sentence;
use crate::models::{self, Model};
use crate::quant::{Precision, TRIAL_KEY};

/// A model of the library.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LibraryModel {
    /// Name of the model, by which commands find it.
    pub name: String,
    /// Path of the GGUF file or checkpoint folder.
    pub path: PathBuf,
    /// Origin of the model.
    pub origin: ModelOrigin,
    /// Repository on the Hub of the model or of its original, if known.
    pub repo: Option<String>,
    /// Library name of the original of a quantized model, if it is still there.
    pub original: Option<String>,
    /// Name of the architecture in GGUF; `None` if the model cannot be opened.
    pub architecture: Option<String>,
    /// Precision, or type of most of its weights; `None` if the model cannot be opened.
    pub precision: Option<String>,
    /// Number of weights; 0 if the model cannot be opened.
    pub parameters: u64,
    /// Longest context in tokens; 0 if unknown.
    pub context_length: usize,
    /// Size of its files in bytes.
    pub bytes: u64,
    /// Quality figures, if measured.
    pub quality: Option<QualityFigures>,
    /// Time of its last use, in seconds since 1970; `None` if never used.
    pub last_used: Option<u64>,
    /// Why it cannot be opened, if so.
    pub problem: Option<String>,
}

/// Origin of a model in the library.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ModelOrigin {
    /// Built into Nibble.
    BuiltIn,
    /// Quantized on this machine.
    Made,
    /// Downloaded from the Hub.
    Hub,
    /// Downloaded by another program, which owns it.
    Elsewhere(Program),
}

impl ModelOrigin {
    /// Whether Nibble may delete it.
    pub fn can_be_removed(self) -> bool {
        matches!(self, Self::Made | Self::Hub)
    }
}

/// All models of the library.
///
/// # Errors
/// [`Error::NoDataFolder`]; a model that cannot be opened is listed with the reason.
pub fn list() -> Result<Vec<LibraryModel>, Error> {
    let (places, usage) = (places()?, usage());
    let checkpoints: Vec<String> = places
        .iter()
        .filter(|place| matches!(place.origin, Origin::Checkpoint(_)))
        .map(|place| place.name.clone())
        .collect();
    let mut models: Vec<_> = places.into_iter().map(|place| describe(place, &usage)).collect();
    for model in models.iter_mut().filter(|model| model.origin == ModelOrigin::Made) {
        model.original = checkpoints.iter().find(|name| Some(*name) == model.repo.as_ref()).cloned();
    }
    Ok(models)
}

fn describe(place: Place, usage: &Usage) -> LibraryModel {
    let (origin, repo) = match &place.origin {
        Origin::BuiltIn => (ModelOrigin::BuiltIn, None),
        Origin::Quantized => (ModelOrigin::Made, None),
        Origin::Checkpoint(repo) | Origin::Gguf(repo, _) => (ModelOrigin::Hub, Some(repo.to_string())),
        Origin::Elsewhere(program) => (ModelOrigin::Elsewhere(*program), None),
    };
    let mut described = LibraryModel {
        bytes: n_bytes(&place.path),
        last_used: usage.get(&place.path).copied(),
        name: place.name,
        path: place.path,
        origin,
        repo,
        original: None,
        architecture: None,
        precision: None,
        parameters: 0,
        context_length: 0,
        quality: None,
        problem: None,
    };
    described.quality = quality_file::figures(&described.path);
    match models::open(&described.path, &()) {
        Ok(model) => {
            described.architecture = Some(model.architecture().to_owned());
            described.precision = precision(&model);
            described.parameters = model.n_parameters();
            described.context_length = model.context_length().unwrap_or(0);
            described.repo = described.repo.or_else(|| source_repository(&model));
        }
        Err(error) => described.problem = Some(sentence(&error)),
    }
    described
}

/// The Hub repository of a GGUF file's original, according to its metadata.
pub fn source_repository(model: &Model) -> Option<String> {
    let address = model.metadata().optional::<&str>("general.source.repo_url").ok().flatten()?;
    Some(address.strip_prefix("https://huggingface.co/")?.to_owned())
}

/// The precision in a GGUF file's metadata, or the number format of a trial, otherwise the type of most bytes.
pub fn precision(model: &Model) -> Option<String> {
    if let Ok(Some(tried)) = model.metadata().optional::<&str>(TRIAL_KEY) {
        return Some(tried.to_owned());
    }
    let named = model.metadata().optional::<u32>("general.file_type").ok().flatten();
    if let Some(known) = Precision::all().find(|precision| Some(precision.file_type()) == named) {
        return Some(known.name().to_owned());
    }
    let tensors = model.source().tensors();
    let bytes_of = |dtype: DType| -> usize {
        tensors.iter().filter(|tensor| tensor.dtype == dtype).map(crate::base::TensorMeta::n_bytes).sum()
    };
    let most = DType::all().max_by_key(|dtype| bytes_of(*dtype))?;
    (!tensors.is_empty()).then(|| most.name().to_owned())
}

/// Size of a file, or of the files in a folder, in bytes; links count as their targets.
fn n_bytes(path: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(path) else {
        return std::fs::metadata(path).map_or(0, |found| found.len());
    };
    let sizes = entries.flatten().filter_map(|entry| std::fs::metadata(entry.path()).ok());
    sizes.filter(std::fs::Metadata::is_file).map(|found| found.len()).sum()
}
