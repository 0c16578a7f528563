//! The library as a list: what each model is, from its headers.

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
use crate::quant::Precision;

/// A model of the library.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LibraryModel {
    /// Its name, by which commands find it.
    pub name: String,
    /// The GGUF file or checkpoint folder.
    pub path: PathBuf,
    /// Where it came from.
    pub origin: ModelOrigin,
    /// Repository of the Hub that it, or what it was made from, was downloaded from, if that is known.
    pub repo: Option<String>,
    /// Of a model that was made here, the name in the library of what it was made from, if that is here still.
    pub original: Option<String>,
    /// GGUF's name of its architecture; `None` if it cannot be opened.
    pub architecture: Option<String>,
    /// Precision, or type of most of its weights; `None` if it cannot be opened.
    pub precision: Option<String>,
    /// Number of weights; 0 if it cannot be opened.
    pub parameters: u64,
    /// Longest context it was made for, in tokens; 0 if it does not say.
    pub context_length: usize,
    /// Bytes of its files.
    pub bytes: u64,
    /// How far it is from the model it was made from, if that was measured.
    pub quality: Option<QualityFigures>,
    /// When it was used last, in seconds since 1970; `None` if it never was.
    pub last_used: Option<u64>,
    /// Why it cannot be opened, if so.
    pub problem: Option<String>,
}

/// Where a model of the library came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ModelOrigin {
    /// It came with Nibble.
    BuiltIn,
    /// It was made here.
    Made,
    /// It was downloaded from the Hub.
    Hub,
    /// Another program downloaded it and keeps it.
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

/// The repository of the Hub that a GGUF file says it was made from.
pub fn source_repository(model: &Model) -> Option<String> {
    let address = model.metadata().optional::<&str>("general.source.repo_url").ok().flatten()?;
    Some(address.strip_prefix("https://huggingface.co/")?.to_owned())
}

/// The precision that a GGUF file names, or else the type that most bytes have.
pub fn precision(model: &Model) -> Option<String> {
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

/// Bytes of a file, or of the files in a folder; links count as what they point at.
fn n_bytes(path: &Path) -> u64 {
    let Ok(entries) = std::fs::read_dir(path) else {
        return std::fs::metadata(path).map_or(0, |found| found.len());
    };
    let sizes = entries.flatten().filter_map(|entry| std::fs::metadata(entry.path()).ok());
    sizes.filter(std::fs::Metadata::is_file).map(|found| found.len()).sum()
}
