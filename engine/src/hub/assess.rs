//! Checks whether a model can run, before anything large is downloaded.

use super::facts::RepoFacts;
use super::refusal::Refusal;

/// The models that this program can run; the hub module itself knows no architectures.
#[derive(Clone, Copy, Debug)]
pub struct Runnable<'a> {
    /// Supported values of `model_type` in `config.json`.
    pub model_types: &'a [&'a str],
    /// Supported values of `general.architecture` in GGUF files.
    pub gguf_architectures: &'a [&'a str],
    /// Supported values of `quant_method` in `config.json`.
    pub quant_methods: &'a [&'a str],
}

/// The reason why the model described by `facts` cannot run; `None` if the facts state none.
///
/// `gguf` selects its GGUF files instead of its checkpoint.
pub fn refusal(facts: &RepoFacts, gguf: bool, runnable: Runnable<'_>) -> Option<Refusal> {
    let (found, known) = if gguf {
        (&facts.gguf_architecture, runnable.gguf_architectures)
    } else {
        (&facts.model_type, runnable.model_types)
    };
    match found {
        Some(found) if !known.contains(&found.as_str()) => {
            return Some(Refusal::UnknownArchitecture { found: found.clone(), known: known.join(", ") });
        }
        _ => {}
    }
    let method = facts.quantized_by.as_deref().filter(|_| !gguf)?;
    let is_read = runnable.quant_methods.contains(&method);
    (!is_read).then(|| Refusal::Quantized { method: method.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_known_to_be_unknown_is_refused() {
        let mut facts = RepoFacts {
            repo: "a/b".to_owned(),
            commit: None,
            model_type: None,
            quantized_by: None,
            gguf_architecture: Some("llama".to_owned()),
            parameters: None,
            context_length: None,
            license: None,
            gated: false,
            downloads: 0,
            likes: 0,
            last_modified: None,
            task: None,
        };
        let runnable = Runnable {
            model_types: &["llama", "qwen3"],
            gguf_architectures: &["llama"],
            quant_methods: &["gptq"],
        };
        assert_eq!(refusal(&facts, false, runnable), None);
        assert_eq!(refusal(&facts, true, runnable), None);
        facts.model_type = Some("mamba".to_owned());
        let told = refusal(&facts, false, runnable).unwrap().to_string();
        assert_eq!(told, "its architecture mamba is unknown to Nibble, which runs llama, qwen3");
        facts.model_type = Some("llama".to_owned());
        facts.quantized_by = Some("aqlm".to_owned());
        assert!(matches!(refusal(&facts, false, runnable), Some(Refusal::Quantized { .. })));
        assert_eq!(refusal(&facts, true, runnable), None);
        facts.quantized_by = Some("gptq".to_owned());
        assert_eq!(refusal(&facts, false, runnable), None);
    }
}
