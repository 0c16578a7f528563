//! GGUF names of checkpoint tensors, and the transforms applied on conversion.
//!
//! Names and transforms are those of llama.cpp's converter, so that files are interchangeable. A [`Mapping`] may be
//! many-to-one: checkpoints store one matrix per expert where GGUF stores one stack of all experts, and separate matrices where
//! some GGUF architectures have a fused one.

use super::row_order::{RowOrder, ValueHeads};

/// Mapping of a layer's checkpoint tensors to one GGUF tensor.
#[derive(Clone, Copy, Debug)]
pub(super) struct Mapping {
    /// Checkpoint names within the layer.
    pub(super) sources: Sources,
    /// GGUF name within the layer.
    pub(super) gguf: &'static str,
    /// Transform of the values, applied to the joined tensor.
    pub(super) transform: Transform,
}

/// The checkpoint tensors that make one GGUF tensor, and how they are joined.
#[derive(Clone, Copy, Debug)]
pub(super) enum Sources {
    /// A single tensor.
    One(&'static str),
    /// Several tensors whose rows follow each other in this order, as for a fused matrix.
    #[cfg_attr(not(test), expect(dead_code, reason = "no architecture of today fuses on conversion"))]
    Concat(&'static [&'static str]),
    /// One tensor per expert, stacked along a new outermost dimension; `{}` stands for the number of the expert.
    Stack(&'static str),
    /// A stack of matrices, of whose rows the first half makes this tensor, the second half another.
    Halves {
        /// Checkpoint name within the layer.
        name: &'static str,
        /// GGUF name of the second half within the layer.
        second: &'static str,
    },
}

/// The transform of a tensor's values between checkpoint and GGUF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Transform {
    /// The values are unchanged.
    Keep,
    /// Rows of each query head are reordered: those that rotate together become neighbors.
    PermuteQuery,
    /// Rows of each key head are reordered in the same way.
    PermuteKey,
    /// One is added to each value of a vector, since the family scales by 1 + weight.
    AddOne,
    /// A vector's values become -eˣ, in the order of [`Transform::TileHeads`].
    NegativeExp,
    /// The tensor loses its lengths of 1, and is F32.
    Table,
    /// As [`Transform::Table`], with rows in the order of [`Transform::TileAfterKeys`].
    TableAfterKeys,
    /// The only row becomes a vector.
    Vector,
    /// Rows, one for each value head, are reordered ([`RowOrder::Tiled`]).
    TileHeads,
    /// The rows of value heads are reordered.
    TileValues,
    /// The rows of value heads behind those of queries and keys are reordered.
    TileAfterKeys,
    /// The columns of value heads are reordered.
    TileColumns,
}

impl Transform {
    /// The order of rows that this asks for in a model with heads of `head_dim`, and with these value heads behind queries and keys.
    pub(super) fn row_order(self, head_dim: usize, values: Option<ValueHeads>) -> Option<RowOrder> {
        match self {
            Self::PermuteQuery | Self::PermuteKey => Some(RowOrder::Interleaved { head_rows: head_dim }),
            Self::TileAfterKeys | Self::TableAfterKeys => values.map(RowOrder::Tiled),
            Self::TileValues => values.map(|values| RowOrder::Tiled(ValueHeads { first: 0, ..values })),
            Self::TileHeads | Self::NegativeExp => {
                values.map(|values| RowOrder::Tiled(ValueHeads { first: 0, head_rows: 1, ..values }))
            }
            Self::Keep | Self::AddOne | Self::Table | Self::Vector | Self::TileColumns => None,
        }
    }

    /// The order of columns that this asks for.
    pub(super) fn column_order(self, values: Option<ValueHeads>) -> Option<RowOrder> {
        let tiled = |values| RowOrder::Tiled(ValueHeads { first: 0, ..values });
        values.filter(|_| self == Self::TileColumns).map(tiled)
    }

    /// Whether the tensor is small, and F32 in GGUF.
    pub(super) fn is_table(self) -> bool {
        matches!(self, Self::Table | Self::TableAfterKeys | Self::Vector)
    }
}

/// The norm before the output matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct FinalNorm {
    /// Name in the checkpoint, without a prefix.
    pub(super) checkpoint: &'static str,
    /// Name in GGUF.
    pub(super) gguf: &'static str,
    /// Transform of its values.
    pub(super) transform: Transform,
}

impl FinalNorm {
    /// The norm of most families.
    pub(super) const PLAIN: Self =
        Self { checkpoint: "norm.weight", gguf: "output_norm.weight", transform: Transform::Keep };
}

/// The mapping of one checkpoint tensor to one GGUF tensor.
pub(super) const fn tensor(checkpoint: &'static str, gguf: &'static str, transform: Transform) -> Mapping {
    Mapping { sources: Sources::One(checkpoint), gguf, transform }
}

/// The mapping of one checkpoint tensor per expert, `{}` in its name, to a stack of all.
pub(super) const fn stack(checkpoint: &'static str, gguf: &'static str) -> Mapping {
    Mapping { sources: Sources::Stack(checkpoint), gguf, transform: Transform::Keep }
}

/// The mapping of a stack of matrices to two stacks, of the first and of the second half of their rows.
pub(super) const fn halves(checkpoint: &'static str, first: &'static str, second: &'static str) -> Mapping {
    Mapping { sources: Sources::Halves { name: checkpoint, second }, gguf: first, transform: Transform::Keep }
}

/// The way in which the parts of a tensor are joined.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Join {
    /// The rows of the parts follow each other; with one part, the tensor is that part.
    Rows,
    /// The parts, all of one shape, are stacked along a new outermost dimension.
    Stack,
}

/// A checkpoint tensor as a part of its GGUF tensor, alone or with others.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Part {
    /// GGUF name of the tensor.
    pub(super) tensor: String,
    /// Transform of the tensor's values.
    pub(super) transform: Transform,
    /// The way in which its parts are joined.
    pub(super) join: Join,
    /// Index among the parts.
    pub(super) index: usize,
    /// Number of parts.
    pub(super) n_parts: usize,
}

/// Destination of a checkpoint tensor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Destination {
    /// A GGUF tensor, or a part of one.
    Tensor(Part),
    /// Two GGUF tensors, one for each half of the rows of each matrix.
    Halves([String; 2]),
    /// None: it is not part of the decoder, or follows from the rest.
    Outside,
    /// Unknown: it is part of a layer, but the architecture lacks such a tensor.
    Unknown,
}

/// The tensor names of one model, with the settings that determine their destinations.
#[derive(Clone, Copy, Debug)]
pub(super) struct Names {
    /// Mappings of each layer's tensors.
    pub(super) layers: &'static [Mapping],
    /// The last norm.
    pub(super) final_norm: FinalNorm,
    /// Whether the embedding is also the output matrix, so that a stored one is ignored.
    pub(super) tied: bool,
    /// Whether only the output matrix is stored, which then is the embedding too.
    pub(super) only_output: bool,
    /// Number of layers.
    pub(super) n_layers: usize,
    /// Number of experts of each layer; 0 in models without experts.
    pub(super) n_experts: usize,
}

/// Prefixes of the names of a decoder's tensors; models with a vision part have longer ones.
const PREFIXES: [&str; 4] = ["model.language_model.", "language_model.model.", "language_model.", "model."];

impl Names {
    /// Destination of the checkpoint tensor `name`.
    pub(super) fn place(&self, name: &str) -> Destination {
        let own = PREFIXES.iter().find_map(|prefix| name.strip_prefix(prefix)).unwrap_or(name);
        match own {
            "embed_tokens.weight" => return Destination::whole("token_embd.weight", Transform::Keep),
            name if name == self.final_norm.checkpoint => {
                return Destination::whole(self.final_norm.gguf, self.final_norm.transform);
            }
            "lm_head.weight" if self.only_output => {
                return Destination::whole("token_embd.weight", Transform::Keep);
            }
            "lm_head.weight" if !self.tied => return Destination::whole("output.weight", Transform::Keep),
            _ => {}
        }
        let Some((layer_idx, within)) = own.strip_prefix("layers.").and_then(|rest| rest.split_once('.'))
        else {
            return Destination::Outside;
        };
        // Frequencies stored in old checkpoints follow from the configuration.
        if within.ends_with("rotary_emb.inv_freq") {
            return Destination::Outside;
        }
        let known = self.layers.iter().find_map(|mapping| Some((mapping, mapping.index_of(within)?)));
        match (known, layer_idx.parse::<usize>()) {
            (Some((mapping, index)), Ok(layer_idx)) if layer_idx < self.n_layers => {
                if let Sources::Halves { second, .. } = mapping.sources {
                    return Destination::Halves(
                        [mapping.gguf, second].map(|name| format!("blk.{layer_idx}.{name}")),
                    );
                }
                let n_parts = mapping.n_parts(self.n_experts);
                if index >= n_parts {
                    return Destination::Unknown;
                }
                let (tensor, transform) = (format!("blk.{layer_idx}.{}", mapping.gguf), mapping.transform);
                Destination::Tensor(Part { tensor, transform, join: mapping.join(), index, n_parts })
            }
            _ => Destination::Unknown,
        }
    }

    /// Checkpoint name of the GGUF tensor `gguf`; of its first part if it is joined from several.
    pub(super) fn original(&self, gguf: &str) -> Option<String> {
        match gguf {
            "token_embd.weight" => return Some("model.embed_tokens.weight".to_owned()),
            name if name == self.final_norm.gguf => {
                return Some(format!("model.{}", self.final_norm.checkpoint));
            }
            "output.weight" => return Some("lm_head.weight".to_owned()),
            _ => {}
        }
        let (layer, within) = gguf.strip_prefix("blk.")?.split_once('.')?;
        let mapping = self.layers.iter().find(|mapping| mapping.gguf == within)?;
        Some(format!("model.layers.{layer}.{}", mapping.part_name(0)))
    }

    /// Checkpoint name of part `index` of the tensor that `name` is another part of.
    pub(super) fn sibling(&self, name: &str, index: usize) -> String {
        let renamed = self.layers.iter().find_map(|mapping| {
            let of_layer = |within: &str| mapping.index_of(within).is_some();
            let (at, _) = name.match_indices('.').find(|(at, _)| of_layer(&name[at + 1..]))?;
            Some(format!("{}.{}", &name[..at], mapping.part_name(index)))
        });
        renamed.unwrap_or_else(|| name.to_owned())
    }
}

impl Mapping {
    /// Index of the part named `within` a layer; `None` if it is not part of this mapping.
    fn index_of(&self, within: &str) -> Option<usize> {
        match self.sources {
            Sources::One(name) | Sources::Halves { name, .. } => (name == within).then_some(0),
            Sources::Concat(names) => names.iter().position(|&name| name == within),
            Sources::Stack(pattern) => {
                let (before, after) = pattern.split_once("{}")?;
                let number = within.strip_prefix(before)?.strip_suffix(after)?;
                number.bytes().all(|byte| byte.is_ascii_digit()).then(|| number.parse().ok()).flatten()
            }
        }
    }

    fn part_name(&self, index: usize) -> String {
        match self.sources {
            Sources::One(name) | Sources::Halves { name, .. } => name.to_owned(),
            Sources::Concat(names) => names.get(index).copied().unwrap_or_default().to_owned(),
            Sources::Stack(pattern) => pattern.replacen("{}", &index.to_string(), 1),
        }
    }

    fn n_parts(&self, n_experts: usize) -> usize {
        match self.sources {
            Sources::One(_) | Sources::Halves { .. } => 1,
            Sources::Concat(names) => names.len(),
            Sources::Stack(_) => n_experts,
        }
    }

    fn join(&self) -> Join {
        if matches!(self.sources, Sources::Stack(_)) { Join::Stack } else { Join::Rows }
    }
}

impl Destination {
    /// The destination of a tensor that becomes a GGUF tensor by itself.
    fn whole(tensor: &str, transform: Transform) -> Self {
        Self::Tensor(Part { tensor: tensor.to_owned(), transform, join: Join::Rows, index: 0, n_parts: 1 })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LAYERS: &[Mapping] = &[
        tensor("self_attn.q_proj.weight", "attn_q.weight", Transform::PermuteQuery),
        Mapping {
            sources: Sources::Concat(&["mlp.gate_proj.weight", "mlp.up_proj.weight"]),
            gguf: "ffn_up.weight",
            transform: Transform::Keep,
        },
        Mapping {
            sources: Sources::Stack("mlp.experts.{}.down_proj.weight"),
            gguf: "ffn_down_exps.weight",
            transform: Transform::Keep,
        },
    ];
    const NAMES: Names = Names {
        layers: LAYERS,
        final_norm: FinalNorm::PLAIN,
        tied: true,
        only_output: false,
        n_layers: 2,
        n_experts: 11,
    };

    #[test]
    fn every_tensor_has_a_place() {
        let query = Destination::whole("blk.1.attn_q.weight", Transform::PermuteQuery);
        for (name, place) in [
            ("model.embed_tokens.weight", Destination::whole("token_embd.weight", Transform::Keep)),
            ("model.norm.weight", Destination::whole("output_norm.weight", Transform::Keep)),
            ("lm_head.weight", Destination::Outside),
            ("model.layers.1.self_attn.q_proj.weight", query.clone()),
            ("model.language_model.layers.1.self_attn.q_proj.weight", query.clone()),
            ("language_model.model.layers.1.self_attn.q_proj.weight", query.clone()),
            ("layers.1.self_attn.q_proj.weight", query),
            ("model.layers.2.self_attn.q_proj.weight", Destination::Unknown),
            ("model.layers.1.self_attn.q_proj.bias", Destination::Unknown),
            ("model.layers.0.self_attn.rotary_emb.inv_freq", Destination::Outside),
            ("vision_tower.vision_model.encoder.layers.0.mlp.fc1.weight", Destination::Outside),
            ("model.vision_tower.vision_model.embeddings.patch_embedding.weight", Destination::Outside),
        ] {
            assert_eq!(NAMES.place(name), place, "{name}");
        }
        let untied = Names { tied: false, ..NAMES };
        let output = Destination::whole("output.weight", Transform::Keep);
        assert_eq!(untied.place("lm_head.weight"), output);
        assert_eq!(untied.place("language_model.lm_head.weight"), output);
    }

    #[test]
    fn messages_name_tensors_as_the_checkpoint_does() {
        for (gguf, name) in [
            ("blk.1.attn_q.weight", "model.layers.1.self_attn.q_proj.weight"),
            ("blk.0.ffn_up.weight", "model.layers.0.mlp.gate_proj.weight"),
            ("output.weight", "lm_head.weight"),
            ("token_embd.weight", "model.embed_tokens.weight"),
        ] {
            assert_eq!(NAMES.original(gguf).as_deref(), Some(name));
        }
        assert_eq!(NAMES.original("blk.0.attn_k.weight"), None);
        let only = Names { only_output: true, ..NAMES };
        assert_eq!(only.place("lm_head.weight"), Destination::whole("token_embd.weight", Transform::Keep));
    }

    #[test]
    fn parts_know_their_tensor_their_number_and_each_other() {
        let part = |name: &str| match NAMES.place(name) {
            Destination::Tensor(part) => Some((part.tensor, part.join, part.index, part.n_parts)),
            _ => None,
        };
        let up = "model.layers.0.mlp.up_proj.weight";
        assert_eq!(part(up), Some(("blk.0.ffn_up.weight".to_owned(), Join::Rows, 1, 2)));
        assert_eq!(NAMES.sibling(up, 0), "model.layers.0.mlp.gate_proj.weight");
        let expert = "language_model.model.layers.1.mlp.experts.10.down_proj.weight";
        let stack = "blk.1.ffn_down_exps.weight".to_owned();
        assert_eq!(part(expert), Some((stack, Join::Stack, 10, 11)));
        assert_eq!(NAMES.sibling(expert, 3), "language_model.model.layers.1.mlp.experts.3.down_proj.weight");
        for number in ["11", "x", "", "+1", "-1", "99999999999999999999", "1.2"] {
            let name = format!("model.layers.0.mlp.experts.{number}.down_proj.weight");
            assert_eq!(NAMES.place(&name), Destination::Unknown, "{name}");
        }
    }
}
