//! Registry of architectures. A new one is its file, a `mod` line and its entry here.

use super::architecture::Architecture;
use super::error::{ConfigFile, Error};
use super::keys::Keys;
use super::kind::refuse_unread_experts;
use super::{
    exaone4, gemma2, gemma3, glm4, granite, lfm2, llama, mistral, mistral3, olmo2, phi3, qwen2, qwen3,
    qwen3_5, qwen3_moe, smollm3,
};
use crate::backend::DecoderSpec;
use crate::base::TensorSource;
use crate::formats::gguf::Metadata;

/// All supported architectures.
const ALL: &[Architecture] = &[
    exaone4::EXAONE4,
    gemma2::GEMMA2,
    gemma3::GEMMA3,
    glm4::GLM4,
    granite::GRANITE,
    lfm2::LFM2,
    lfm2::LFM2_MOE,
    llama::LLAMA,
    mistral::MISTRAL,
    mistral3::MISTRAL3,
    olmo2::OLMO2,
    phi3::PHI3,
    qwen2::QWEN2,
    qwen3::QWEN3,
    qwen3_5::QWEN3_5,
    qwen3_5::QWEN3_5_MOE,
    qwen3_moe::QWEN3_MOE,
    smollm3::SMOLLM3,
];

/// The architecture for a value of `model_type`.
///
/// # Errors
/// [`Error::UnknownArchitecture`] with the supported ones.
pub(super) fn of_model_type(model_type: &str) -> Result<Architecture, Error> {
    let found = ALL.iter().find(|architecture| architecture.model_types.contains(&model_type));
    found.copied().ok_or_else(|| unknown(model_type))
}

/// The architecture for a value of `general.architecture`.
///
/// # Errors
/// [`Error::UnknownArchitecture`] with the supported ones.
pub(super) fn of_gguf(name: &str) -> Result<Architecture, Error> {
    let found = ALL.iter().find(|architecture| architecture.gguf == name);
    found.copied().ok_or_else(|| unknown(name))
}

/// The decoder described by a GGUF file's metadata and tensors.
///
/// # Errors
/// [`Error`] when the architecture is not supported, or required metadata is missing; [`Error::Experts`] for experts in a family
/// that is known without them.
pub(super) fn spec_of(metadata: &Metadata, source: &dyn TensorSource) -> Result<DecoderSpec, Error> {
    let missing = || Error::Missing { origin: ConfigFile::Gguf, field: "general.architecture".to_owned() };
    let name = metadata.optional("general.architecture").ok().flatten().ok_or_else(missing)?;
    let spec = (of_gguf(name)?.spec)(&Keys::new(metadata, name, source))?;
    refuse_unread_experts(metadata, &spec)?;
    Ok(spec)
}

/// All supported values of `model_type` in `config.json`.
pub fn model_types() -> Vec<&'static str> {
    ALL.iter().flat_map(|architecture| architecture.model_types).copied().collect()
}

/// All supported values of `general.architecture` in GGUF files, without duplicates.
pub fn gguf_architectures() -> Vec<&'static str> {
    let mut names: Vec<_> = ALL.iter().map(|architecture| architecture.gguf).collect();
    names.sort_unstable();
    names.dedup();
    names
}

/// All supported values of `model_type`, separated by commas.
pub(super) fn known() -> String {
    model_types().join(", ")
}

fn unknown(found: &str) -> Error {
    Error::UnknownArchitecture { found: found.to_owned(), known: known() }
}
