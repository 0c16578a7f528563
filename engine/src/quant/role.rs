//! What a tensor does in a model, as far as quantizing cares, from its name in GGUF.
//!
//! Names are read here and not from a decoder's description, since files of architectures that Nibble does not run are
//! quantized as well.

use crate::base::TensorMeta;

/// What a tensor does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    Embedding,
    Output,
    /// A value projection of its own, or one fused with others.
    Value,
    Key,
    AttentionOutput,
    MlpDown,
    Other,
}

impl Role {
    /// The role of the tensor of this name.
    pub(super) fn of(name: &str) -> Self {
        const PARTS: [(&str, Role); 6] = [
            ("attn_qkv.weight", Role::Value),
            ("attn_kv_b.weight", Role::Value),
            ("attn_v.weight", Role::Value),
            ("attn_k.weight", Role::Key),
            ("attn_output.weight", Role::AttentionOutput),
            ("ffn_down", Role::MlpDown),
        ];
        match name {
            "output.weight" => Self::Output,
            "token_embd.weight" | "per_layer_token_embd.weight" => Self::Embedding,
            _ => PARTS.iter().find(|(part, _)| name.contains(part)).map_or(Self::Other, |found| found.1),
        }
    }
}

/// Whether a tensor takes the precision at all: matrices do, but for the small ones that cost much.
pub(super) fn takes_precision(tensor: &TensorMeta) -> bool {
    const KEPT: [&str; 7] = [
        "_norm.weight",
        "ffn_gate_inp.weight",
        "altup",
        "laurel",
        "per_layer_model_proj",
        "ssm_conv1d",
        "shortconv.conv.weight",
    ];
    let name = tensor.name.as_str();
    // Leading dimensions of 1 do not count.
    let n_dims = tensor.shape.iter().skip_while(|&&length| length == 1).count();
    n_dims >= 2
        && name.ends_with("weight")
        && name != "position_embd.weight"
        && name != "token_types.weight"
        && !KEPT.iter().any(|part| name.contains(part))
}

/// The layer in a name such as `blk.3.attn_q.weight`; tensors outside of layers come first.
pub(super) fn layer_of(name: &str) -> Option<u32> {
    name.strip_prefix("blk.")?.split('.').next()?.parse().ok()
}
