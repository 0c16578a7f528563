//! Kinds of GGUF files that are no whole model, or none that runs, by what their metadata says.

use super::error::Error;
use crate::formats::gguf::Metadata;

/// Rejects GGUF files whose metadata says that they are an adapter, a part for pictures, a vocabulary or an importance matrix, or a
/// mixture of experts.
///
/// # Errors
/// [`Error::PartOfModel`] or [`Error::Experts`].
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
    let n_experts = metadata.optional::<u32>(&format!("{architecture}.expert_count")).ok().flatten();
    match n_experts.filter(|n_experts| *n_experts > 0) {
        Some(n_experts) => Err(Error::Experts { n_experts }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_say_what_they_are_are_refused_by_it() {
        let file = |keys: &[(&str, &str)], n_experts: u32| {
            let mut metadata = Metadata::new();
            for (key, value) in keys {
                metadata.set(*key, *value);
            }
            metadata.set("llama.expert_count", n_experts);
            refuse_by_kind(&metadata).map_err(|error| error.to_string())
        };
        let llama = ("general.architecture", "llama");
        assert_eq!(file(&[llama, ("general.type", "model")], 0), Ok(()));
        let adapter = file(&[llama, ("general.type", "adapter")], 0).unwrap_err();
        assert!(adapter.contains("adapter (LoRA)"), "{adapter}");
        let pictures = file(&[("general.architecture", "clip")], 0).unwrap_err();
        assert!(pictures.contains("picture part"), "{pictures}");
        assert!(file(&[llama], 8).unwrap_err().contains("8 experts"));
    }
}
