//! Kinds of GGUF files that are no whole model, or none that runs, by what their metadata says.

use super::error::Error;
use crate::backend::{DecoderSpec, Ffn};
use crate::formats::gguf::Metadata;

/// Rejects GGUF files whose metadata says that they are an adapter, a part for pictures, a vocabulary or an importance matrix.
///
/// # Errors
/// [`Error::PartOfModel`] with what the file is.
pub(super) fn refuse_by_kind(metadata: &Metadata) -> Result<(), Error> {
    let text = |key: &str| metadata.optional::<&str>(key).ok().flatten().unwrap_or_default();
    let architecture = text("general.architecture");
    let found = match (text("general.type"), architecture) {
        ("adapter", _) => "an adapter (LoRA) for another model",
        ("mmproj", _) | (_, "clip") => "the picture part of another model (mmproj)",
        ("imatrix", _) => "an importance matrix",
        ("vocab", _) => "a vocabulary without weights",
        _ => "",
    };
    if !found.is_empty() {
        return Err(Error::PartOfModel { found });
    }
    Ok(())
}

/// Rejects files that have experts, where `spec`, read from the same metadata, has none.
///
/// # Errors
/// [`Error::Experts`] with their number.
pub(super) fn refuse_unread_experts(metadata: &Metadata, spec: &DecoderSpec) -> Result<(), Error> {
    let is_read = spec.layers.iter().any(|layer| matches!(layer.ffn, Ffn::Experts(_)));
    let n_experts = metadata.optional::<u32>(&format!("{}.expert_count", spec.architecture)).ok().flatten();
    match n_experts.filter(|n_experts| *n_experts > 0 && !is_read) {
        Some(n_experts) => Err(Error::Experts { architecture: spec.architecture.clone(), n_experts }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_say_what_they_are_are_refused_by_it() {
        let file = |keys: &[(&str, &str)]| {
            let mut metadata = Metadata::new();
            for (key, value) in keys {
                metadata.set(*key, *value);
            }
            refuse_by_kind(&metadata).map_err(|error| error.to_string())
        };
        let llama = ("general.architecture", "llama");
        assert_eq!(file(&[llama, ("general.type", "model")]), Ok(()));
        let adapter = file(&[llama, ("general.type", "adapter")]).unwrap_err();
        assert!(adapter.contains("adapter (LoRA)"), "{adapter}");
        let pictures = file(&[("general.architecture", "clip")]).unwrap_err();
        assert!(pictures.contains("picture part"), "{pictures}");
    }

    #[test]
    fn experts_are_refused_where_they_would_not_be_read() {
        let mut metadata = Metadata::new();
        metadata.set("llama.expert_count", 0_u32);
        assert!(refuse_unread_experts(&metadata, &DecoderSpec::tiny()).is_ok());
        metadata.set("llama.expert_count", 8_u32);
        let refused = refuse_unread_experts(&metadata, &DecoderSpec::tiny()).unwrap_err();
        assert!(refused.to_string().contains("8 experts"), "{refused}");
    }
}
