//! The library as a list: what each model is, from its headers.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::{Error, Origin, Place, places};
use crate::base::DType;
use crate::jobs::quality::{self, QualityFigures};
use crate::models::{self, Model};
use crate::quant::Precision;

/// A model of the library.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LibraryModel {
    /// Its name, by which commands find it.
    pub name: String,
    /// The GGUF file or checkpoint folder.
    pub path: PathBuf,
    /// Repository of the Hub it was downloaded from; `None` if it came with Nibble or was made here.
    pub repo: Option<String>,
    /// GGUF's name of its architecture; `None` if it cannot be opened.
    pub architecture: Option<String>,
    /// Precision, or type of most of its weights; `None` if it cannot be opened.
    pub precision: Option<String>,
    /// Bytes of its files.
    pub bytes: u64,
    /// How far it is from the model it was made from, if that was measured.
    pub quality: Option<QualityFigures>,
    /// Why it cannot be opened, if so.
    pub problem: Option<String>,
}

/// All models of the library.
///
/// # Errors
/// [`Error::NoDataFolder`]; a model that cannot be opened is listed with the reason.
pub fn list() -> Result<Vec<LibraryModel>, Error> {
    Ok(places()?.into_iter().map(describe).collect())
}

fn describe(place: Place) -> LibraryModel {
    let repo = match &place.origin {
        Origin::BuiltIn | Origin::Quantized => None,
        Origin::Checkpoint(repo) | Origin::Gguf(repo, _) => Some(repo.to_string()),
    };
    let bytes = n_bytes(&place.path);
    let (architecture, precision, problem) = match models::open(&place.path, &()) {
        Ok(model) => (Some(model.architecture().to_owned()), precision(&model), None),
        Err(error) => (None, None, Some(crate::jobs::Error::from(error).sentence())),
    };
    let quality = quality::kept(&place.path).and_then(|report| report.figures());
    LibraryModel {
        name: place.name,
        path: place.path,
        repo,
        architecture,
        precision,
        bytes,
        quality,
        problem,
    }
}

/// The precision that a GGUF file names, or else the type that most bytes have.
pub(in crate::jobs) fn precision(model: &Model) -> Option<String> {
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
