//! Roles of tensors that no decoder description lists, by the names that llama.cpp gives them.
//!
//! Files of architectures that Nibble does not run can still be inspected and quantized. The roles of their tensors follow from
//! their names alone; for a model that has a [`DecoderSpec`](super::DecoderSpec), [`super::tensors`] is exact.

use super::TensorRole;

/// Parts of the names of matrices and convolutions that are small and sensitive to quantization: norms, routers, position
/// embeddings, the small matrices between layers of some architectures.
const DELICATE: [&str; 9] = [
    "_norm.weight",
    "ffn_gate_inp.weight",
    "altup",
    "laurel",
    "per_layer_model_proj",
    "ssm_conv1d",
    "ssm_alpha.weight",
    "ssm_beta.weight",
    "shortconv.conv.weight",
];

/// The role that a tensor's name states, or the nearest one; `None` if the name states none.
pub fn role_by_name(name: &str) -> Option<TensorRole> {
    const PARTS: [(&str, TensorRole); 9] = [
        ("attn_qkv.weight", TensorRole::AttentionQkv),
        // Keys and values of multi-head latent attention, expanded by one matrix.
        ("attn_kv_b.weight", TensorRole::AttentionValue),
        ("attn_v.weight", TensorRole::AttentionValue),
        ("attn_k.weight", TensorRole::AttentionKey),
        ("attn_q.weight", TensorRole::AttentionQuery),
        ("attn_output.weight", TensorRole::AttentionOutput),
        // Also those of experts, stacked or one by one.
        ("ffn_down", TensorRole::FfnDown),
        ("ffn_gate", TensorRole::FfnGate),
        ("ffn_up", TensorRole::FfnUp),
    ];
    match name {
        "output.weight" => Some(TensorRole::Output),
        "token_embd.weight" | "per_layer_token_embd.weight" => Some(TensorRole::TokenEmbedding),
        _ => PARTS.iter().find(|(part, _)| name.contains(part)).map(|found| found.1),
    }
}

/// Whether weights of this name are never quantized, whatever their shape: small and sensitive matrices (llama.cpp's, and the
/// rates and decays of delta rules), and tensors that are not weight matrices.
pub fn is_delicate_by_name(name: &str) -> bool {
    let embedding = matches!(name, "position_embd.weight" | "token_types.weight");
    embedding || !name.ends_with("weight") || DELICATE.iter().any(|part| name.contains(part))
}

/// The layer in a name such as `blk.3.attn_q.weight`; `None` for names outside of layers.
pub fn layer_by_name(name: &str) -> Option<u32> {
    name.strip_prefix("blk.")?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_tell_role_layer_and_what_is_delicate() {
        let experts = "blk.12.ffn_down_exps.weight";
        assert_eq!((role_by_name(experts), layer_by_name(experts)), (Some(TensorRole::FfnDown), Some(12)));
        assert_eq!(role_by_name("output.weight"), Some(TensorRole::Output));
        assert_eq!(role_by_name("output_norm.weight"), None);
        assert_eq!(role_by_name("blk.0.ssm_in.weight"), None);
        assert_eq!(layer_by_name("token_embd.weight"), None);
        for delicate in ["blk.0.ffn_gate_inp.weight", "blk.0.attn_q.bias", "output_norm.weight"] {
            assert!(is_delicate_by_name(delicate), "{delicate}");
        }
        assert!(!is_delicate_by_name("blk.0.ssm_in.weight"));
    }
}
