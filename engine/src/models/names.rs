//! How the tensors of checkpoints are called in GGUF, and what changes on the way.
//!
//! Names and changes are those of llama.cpp's converter, so that files go both ways.

/// A tensor of each layer.
#[derive(Clone, Copy, Debug)]
pub(super) struct LayerTensor {
    /// Name within the layer in checkpoints.
    pub(super) checkpoint: &'static str,
    /// Name within the layer in GGUF.
    pub(super) gguf: &'static str,
    /// What happens to its values.
    pub(super) change: Change,
}

/// What happens to a tensor's values between checkpoint and GGUF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Change {
    /// Nothing.
    Keep,
    /// Rows of each query head are reordered: those that rotate together become neighbours.
    PermuteQuery,
    /// The same for key heads.
    PermuteKey,
    /// One is added, since gemma scales by 1 + weight.
    AddOne,
}

pub(super) const fn tensor(checkpoint: &'static str, gguf: &'static str, change: Change) -> LayerTensor {
    LayerTensor { checkpoint, gguf, change }
}

/// Where a checkpoint's tensor belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// It becomes this tensor.
    Tensor(String, Change),
    /// It is no part of the decoder, or can be worked out from the rest.
    Outside,
    /// It is part of a layer, but the architecture has no such tensor.
    Unknown,
}

/// What decides where tensors belong.
#[derive(Clone, Copy, Debug)]
pub(super) struct Names {
    /// Tensors of each layer.
    pub(super) layers: &'static [LayerTensor],
    /// What happens to the last norm.
    pub(super) output_norm: Change,
    /// Whether the embedding is also the output matrix, so that a stored one does not count.
    pub(super) tied: bool,
    /// Number of layers.
    pub(super) n_layers: usize,
}

/// In front of the names of a decoder's tensors; models with a vision part have longer ones.
const PREFIXES: [&str; 4] = ["model.language_model.", "language_model.model.", "language_model.", "model."];

impl Names {
    /// Where the tensor `name` of a checkpoint belongs.
    pub(super) fn place(&self, name: &str) -> Place {
        let own = PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
        match own {
            "embed_tokens.weight" => return Place::Tensor("token_embd.weight".to_owned(), Change::Keep),
            "norm.weight" => return Place::Tensor("output_norm.weight".to_owned(), self.output_norm),
            "lm_head.weight" if !self.tied => return Place::Tensor("output.weight".to_owned(), Change::Keep),
            _ => {}
        }
        let Some((layer_idx, within)) = own.strip_prefix("layers.").and_then(|rest| rest.split_once('.'))
        else {
            return Place::Outside;
        };
        // Frequencies that old checkpoints store follow from the configuration.
        if within.ends_with("rotary_emb.inv_freq") {
            return Place::Outside;
        }
        let known = self.layers.iter().find(|tensor| tensor.checkpoint == within);
        match (known, layer_idx.parse::<usize>()) {
            (Some(tensor), Ok(layer_idx)) if layer_idx < self.n_layers => {
                Place::Tensor(format!("blk.{layer_idx}.{}", tensor.gguf), tensor.change)
            }
            _ => Place::Unknown,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NAMES: Names = Names {
        layers: &[tensor("self_attn.q_proj.weight", "attn_q.weight", Change::PermuteQuery)],
        output_norm: Change::Keep,
        tied: true,
        n_layers: 2,
    };

    #[test]
    fn every_tensor_has_a_place() {
        let query = Place::Tensor("blk.1.attn_q.weight".to_owned(), Change::PermuteQuery);
        for (name, place) in [
            ("model.embed_tokens.weight", Place::Tensor("token_embd.weight".to_owned(), Change::Keep)),
            ("model.norm.weight", Place::Tensor("output_norm.weight".to_owned(), Change::Keep)),
            ("lm_head.weight", Place::Outside),
            ("model.layers.1.self_attn.q_proj.weight", query.clone()),
            ("model.language_model.layers.1.self_attn.q_proj.weight", query.clone()),
            ("language_model.model.layers.1.self_attn.q_proj.weight", query.clone()),
            ("layers.1.self_attn.q_proj.weight", query),
            ("model.layers.2.self_attn.q_proj.weight", Place::Unknown),
            ("model.layers.1.self_attn.q_proj.bias", Place::Unknown),
            ("model.layers.0.self_attn.rotary_emb.inv_freq", Place::Outside),
            ("vision_tower.vision_model.encoder.layers.0.mlp.fc1.weight", Place::Outside),
            ("model.vision_tower.vision_model.embeddings.patch_embedding.weight", Place::Outside),
        ] {
            assert_eq!(NAMES.place(name), place, "{name}");
        }
        let untied = Names { tied: false, ..NAMES };
        let output = Place::Tensor("output.weight".to_owned(), Change::Keep);
        assert_eq!(untied.place("lm_head.weight"), output);
        assert_eq!(untied.place("language_model.lm_head.weight"), output);
    }
}
