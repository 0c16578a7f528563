//! The list of architectures. Adding one is its file, a `mod` line and its entry here.

use super::architecture::Architecture;
use super::error::{ConfigFile, Error};
use super::keys::Keys;
use super::{gemma2, gemma3, llama, mistral, phi3, qwen2, qwen3};
use crate::backend::DecoderSpec;
use crate::base::TensorSource;
use crate::formats::gguf::Metadata;

/// Every architecture that Nibble runs.
const ALL: [Architecture; 7] =
    [gemma2::GEMMA2, gemma3::GEMMA3, llama::LLAMA, mistral::MISTRAL, phi3::PHI3, qwen2::QWEN2, qwen3::QWEN3];

/// The architecture that `model_type` names.
///
/// # Errors
/// [`Error::UnknownArchitecture`], with those that are known.
pub(super) fn of_model_type(model_type: &str) -> Result<Architecture, Error> {
    let found = ALL.into_iter().find(|architecture| architecture.model_types.contains(&model_type));
    found.ok_or_else(|| unknown(model_type))
}

/// The architecture that `general.architecture` names.
///
/// # Errors
/// [`Error::UnknownArchitecture`], with those that are known.
pub(super) fn of_gguf(name: &str) -> Result<Architecture, Error> {
    let found = ALL.into_iter().find(|architecture| architecture.gguf == name);
    found.ok_or_else(|| unknown(name))
}

/// The decoder that a GGUF file with this metadata and these tensors describes.
///
/// # Errors
/// [`Error`] when the metadata names no known architecture, or lacks what that one needs.
pub(super) fn spec_of(metadata: &Metadata, source: &dyn TensorSource) -> Result<DecoderSpec, Error> {
    let missing = || Error::Missing { origin: ConfigFile::Gguf, field: "general.architecture".to_owned() };
    let name = metadata.optional("general.architecture").ok().flatten().ok_or_else(missing)?;
    (of_gguf(name)?.spec)(&Keys::new(metadata, name, source))
}

/// All values of `model_type` in `config.json` that can run.
pub fn model_types() -> Vec<&'static str> {
    ALL.iter().flat_map(|architecture| architecture.model_types).copied().collect()
}

/// All values of `general.architecture` in GGUF files that can run, each once.
pub fn gguf_architectures() -> Vec<&'static str> {
    let mut names: Vec<_> = ALL.iter().map(|architecture| architecture.gguf).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// All values of `model_type` that are known, in one line.
pub(super) fn known() -> String {
    model_types().join(", ")
}

fn unknown(found: &str) -> Error {
    Error::UnknownArchitecture { found: found.to_owned(), known: known() }
}
