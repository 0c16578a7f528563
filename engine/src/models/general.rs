//! General metadata in GGUF: the model's name, origin and size.

use std::path::Path;

use super::fields::Fields;
use crate::base::TensorSource;
use crate::formats::gguf::Metadata;

/// Key of all tokens that end a text in our files; GGUF's own keys hold only a few.
pub(super) const END_TOKENS_KEY: &str = "nibble.eos_token_ids";

/// Origin of a checkpoint, from its folder and configuration.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Provenance {
    /// Display name, such as `SmolLM2-135M-Instruct`.
    pub(super) name: String,
    /// Repository on the Hugging Face hub, such as `HuggingFaceTB/SmolLM2-135M-Instruct`.
    pub(super) repository: Option<String>,
}

impl Provenance {
    /// Determines the origin from the path: in the shared cache it is `models--OWNER--NAME/snapshots/REVISION`, elsewhere the
    /// folder has the name. `_name_or_path`, which fine-tuned models often keep from their base model, counts only where the
    /// folder's name is that of any checkpoint.
    pub(super) fn of(folder: &Path, config: &Fields) -> Self {
        let folder = folder.canonicalize().unwrap_or_else(|_| folder.to_owned());
        let from_cache = folder.iter().filter_map(|part| part.to_str()?.strip_prefix("models--")).next_back();
        let repository = from_cache.map(|repository| repository.replace("--", "/"));
        let from_config = config.value("_name_or_path").and_then(|name| name.as_str()).map(last_part);
        let from_folder = folder.file_name().and_then(|name| name.to_str());
        let candidates = [repository.as_deref().map(last_part), from_folder, from_config];
        let telling = candidates.into_iter().flatten().find(|name| is_telling(name));
        Self { name: telling.or(from_folder).unwrap_or("model").to_owned(), repository }
    }

    /// Writes `general.*`, except type and alignment, which the writer of the file sets.
    pub(super) fn write(&self, metadata: &mut Metadata, architecture: &str, n_parameters: u64) {
        metadata.set("general.architecture", architecture);
        metadata.set("general.type", "model");
        metadata.set("general.name", self.name.as_str());
        metadata.set("general.size_label", size_label(n_parameters));
        if let Some(repository) = &self.repository {
            metadata.set("general.source.repo_url", format!("https://huggingface.co/{repository}"));
        }
    }
}

/// Number of weights, without tensors computed from the configuration.
pub(super) fn n_parameters(source: &dyn TensorSource) -> u64 {
    let weights = source.tensors().iter().filter(|tensor| !tensor.name.starts_with("rope_"));
    weights.map(|tensor| tensor.n_elements() as u64).sum()
}

/// Folder names that any checkpoint may have.
const ANYBODYS_NAMES: [&str; 14] = [
    "model",
    "models",
    "checkpoint",
    "checkpoints",
    "snapshot",
    "snapshots",
    "weights",
    "output",
    "outputs",
    "main",
    "final",
    "merged",
    "latest",
    "best",
];

/// Whether a name says which model it is, unlike a revision, a number of training steps or `model`.
fn is_telling(name: &str) -> bool {
    let name = name.to_lowercase();
    let is_hash = name.len() >= 7 && name.chars().all(|c| c.is_ascii_hexdigit());
    let counted = name.trim_end_matches(|c: char| c.is_ascii_digit()).trim_end_matches(['-', '_']);
    let is_count = matches!(counted, "" | "checkpoint" | "step" | "global_step" | "epoch" | "model");
    !is_hash && !is_count && !ANYBODYS_NAMES.contains(&name.as_str())
}

fn last_part(path: &str) -> &str {
    path.trim_end_matches(['/', '\\']).rsplit(['/', '\\']).next().unwrap_or(path)
}

/// Number of parameters with two digits and a letter, such as `1.2B` and `135M`, as in GGUF's file names.
pub(super) fn size_label(n_parameters: u64) -> String {
    let n_parameters = n_parameters as f64;
    let scales = [(1e12, "T"), (1e9, "B"), (1e6, "M")];
    let found = scales.into_iter().find(|(scale, _)| n_parameters > *scale);
    let (scale, letter) = found.unwrap_or((1e3, "K"));
    let scaled = n_parameters / scale;
    if scaled.round() < 10.0 { format!("{scaled:.1}{letter}") } else { format!("{scaled:.0}{letter}") }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::models::error::ConfigFile;

    #[test]
    fn sizes_have_two_digits() {
        for (n_parameters, label) in
            [(134_515_008, "135M"), (1_235_814_400, "1.2B"), (8_030_261_248, "8.0B"), (75_000, "75K")]
        {
            assert_eq!(size_label(n_parameters), label);
        }
    }

    #[test]
    fn the_cache_knows_the_repository() {
        let config = json!({"_name_or_path": "/home/someone/checkpoints/step-9/"});
        let config = Fields::new(config.as_object().unwrap(), ConfigFile::Config);
        let path = Path::new("/cache/models--owner--some-model/snapshots/0123abc");
        let found = Provenance::of(path, &config);
        let repository = Some("owner/some-model".to_owned());
        assert_eq!(found, Provenance { name: "some-model".to_owned(), repository });
        let found = Provenance::of(Path::new("/data/other"), &config);
        assert_eq!(found, Provenance { name: "other".to_owned(), repository: None });
    }

    #[test]
    fn a_folder_has_the_name_unless_any_checkpoint_may_be_called_so() {
        let config = json!({"_name_or_path": "owner/base-model"});
        let config = Fields::new(config.as_object().unwrap(), ConfigFile::Config);
        let hash = "028afa8601c4e93a1c6de7f2f0d7f4ab02cd7a3e";
        for (folder, name) in [
            ("/data/Lighthouse-1B", "Lighthouse-1B"),
            ("/data/base-model", "base-model"),
            ("/data/model", "base-model"),
            ("/data/checkpoint-500", "base-model"),
            ("/data/step_9", "base-model"),
            (&format!("/data/{hash}"), "base-model"),
            ("/data/decade", "decade"),
        ] {
            assert_eq!(Provenance::of(Path::new(folder), &config).name, name);
        }
        let nothing = json!({});
        let nothing = Fields::new(nothing.as_object().unwrap(), ConfigFile::Config);
        assert_eq!(Provenance::of(Path::new("/data/checkpoint-500"), &nothing).name, "checkpoint-500");
    }
}
