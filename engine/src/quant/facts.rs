//! Facts of a model that planners use besides its tensors.

use super::role::Roles;
use crate::backend::DecoderSpec;
use crate::formats::gguf::Metadata;

/// Facts of a model that the rules of planners depend on.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ModelFacts {
    /// Name of the architecture in GGUF.
    pub architecture: String,
    /// Number of layers.
    pub n_layers: usize,
    /// Number of experts; 0 in models without experts.
    pub n_experts: usize,
    /// Number of query heads of the first layer.
    pub n_heads: usize,
    /// Number of key and value heads of the first layer.
    pub n_kv_heads: usize,
    /// Roles of the model's tensors.
    pub roles: Roles,
}

impl ModelFacts {
    /// Reads the facts from a model's metadata, where absent or invalid numbers count as 0, and from the specification of its
    /// decoder; `None` for a model that Nibble does not run.
    pub fn new(metadata: &Metadata, spec: Option<&DecoderSpec>) -> Self {
        let architecture: &str = metadata.optional("general.architecture").ok().flatten().unwrap_or_default();
        let number = |key: &str| {
            let key = format!("{architecture}.{key}");
            let one = metadata.optional::<usize>(&key).ok().flatten();
            let first = || metadata.optional::<Vec<u32>>(&key).ok().flatten()?.first().map(|&n| n as usize);
            one.or_else(first)
        };
        let n_heads = number("attention.head_count").unwrap_or(0);
        Self {
            architecture: architecture.to_owned(),
            n_layers: number("block_count").unwrap_or(0),
            n_experts: number("expert_count").unwrap_or(0),
            n_heads,
            n_kv_heads: number("attention.head_count_kv").unwrap_or(n_heads),
            roles: Roles::new(spec),
        }
    }

    /// Number of query heads per key and value head; 0 if unknown.
    pub(super) fn heads_per_kv_head(&self) -> usize {
        self.n_heads.checked_div(self.n_kv_heads).unwrap_or(0)
    }

    /// Whether this is one of llama's 70B models, whose value projections are relatively small.
    pub(super) fn is_llama_70b(&self) -> bool {
        self.architecture == "llama" && self.n_layers == 80 && self.n_heads != self.n_kv_heads
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn facts_come_from_metadata() {
        let mut metadata = Metadata::new();
        metadata.set("general.architecture", "llama");
        metadata.set("llama.block_count", 16_u32);
        metadata.set("llama.attention.head_count", 32_u32);
        let facts = ModelFacts::new(&metadata, None);
        let expected = ModelFacts {
            architecture: "llama".to_owned(),
            n_layers: 16,
            n_experts: 0,
            n_heads: 32,
            n_kv_heads: 32,
            roles: Roles::default(),
        };
        assert_eq!(facts, expected);
        metadata.set("llama.attention.head_count_kv", vec![8_u32, 4]);
        assert_eq!(ModelFacts::new(&metadata, None).n_kv_heads, 8);
        assert_eq!(ModelFacts::new(&Metadata::new(), None), ModelFacts::default());
    }
}
