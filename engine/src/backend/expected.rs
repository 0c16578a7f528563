//! Which tensors a specification needs, and a check that a file has them, before anything is computed.

use super::{DecoderSpec, Error, RopeScaling};
use crate::base::TensorSource;

/// A tensor a decoder needs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpectedTensor {
    /// GGUF's name.
    pub name: String,
    /// Outermost dimension first.
    pub shape: Vec<usize>,
    /// Whether the decoder also runs without it, as without `output.weight`, whose place the embedding takes.
    pub optional: bool,
}

/// All tensors `spec` needs, in the order they are used.
pub fn expected_tensors(spec: &DecoderSpec) -> Vec<ExpectedTensor> {
    let needed =
        |name: String, shape: &[usize]| ExpectedTensor { name, shape: shape.to_vec(), optional: false };
    let mut tensors = vec![needed("token_embd.weight".to_owned(), &[spec.vocab_size, spec.d_model])];
    for &name in rope_tensors(spec) {
        tensors.push(needed(name.to_owned(), &[spec.layers[0].rope.n_rotary / 2]));
    }
    for layer_idx in 0..spec.layers.len() {
        for (name, shape) in layer_tensors(spec) {
            tensors.push(needed(format!("blk.{layer_idx}.{name}"), &shape));
        }
    }
    tensors.push(needed("output_norm.weight".to_owned(), &[spec.d_model]));
    let output = needed("output.weight".to_owned(), &[spec.vocab_size, spec.d_model]);
    tensors.push(ExpectedTensor { optional: true, ..output });
    tensors
}

/// Whether `source` holds every tensor `spec` needs, in the right shape.
///
/// # Errors
/// [`Error::MissingTensor`] or [`Error::WrongShape`] for the first that fails.
pub fn check_tensors(spec: &DecoderSpec, source: &dyn TensorSource) -> Result<(), Error> {
    let found: std::collections::HashMap<&str, &[usize]> =
        source.tensors().iter().map(|tensor| (tensor.name.as_str(), tensor.shape.as_slice())).collect();
    for expected in expected_tensors(spec) {
        match found.get(expected.name.as_str()) {
            Some(&shape) if shape == expected.shape => {}
            Some(&shape) => {
                let found = shape.to_vec();
                return Err(Error::WrongShape { name: expected.name, found, expected: expected.shape });
            }
            None if expected.optional => {}
            None => return Err(Error::MissingTensor { name: expected.name }),
        }
    }
    Ok(())
}

fn rope_tensors(spec: &DecoderSpec) -> &'static [&'static str] {
    match spec.layers.first().map(|layer| &layer.rope.scaling) {
        Some(RopeScaling::Factors) => &["rope_freqs.weight"],
        Some(RopeScaling::LongRope { .. }) => &["rope_factors_long.weight", "rope_factors_short.weight"],
        _ => &[],
    }
}

/// Name within the layer and shape of every tensor of a layer; all layers have the same.
fn layer_tensors(spec: &DecoderSpec) -> Vec<(&'static str, Vec<usize>)> {
    let d_model = spec.d_model;
    let (n_query, n_kv) = (spec.n_heads * spec.head_dim, spec.n_kv_heads * spec.head_dim);
    let projections: &[(_, _, usize)] = if spec.fused_qkv {
        &[("attn_qkv.weight", "attn_qkv.bias", n_query + 2 * n_kv)]
    } else {
        &[
            ("attn_q.weight", "attn_q.bias", n_query),
            ("attn_k.weight", "attn_k.bias", n_kv),
            ("attn_v.weight", "attn_v.bias", n_kv),
        ]
    };
    let mut tensors = vec![("attn_norm.weight", vec![d_model])];
    for &(weight, bias, rows) in projections {
        tensors.push((weight, vec![rows, d_model]));
        if spec.qkv_bias {
            tensors.push((bias, vec![rows]));
        }
    }
    if spec.qk_norm {
        tensors.push(("attn_q_norm.weight", vec![spec.head_dim]));
        tensors.push(("attn_k_norm.weight", vec![spec.head_dim]));
    }
    tensors.push(("attn_output.weight", vec![d_model, n_query]));
    if spec.post_norms {
        tensors.push(("post_attention_norm.weight", vec![d_model]));
    }
    tensors.push(("ffn_norm.weight", vec![d_model]));
    if spec.fused_gate_up {
        tensors.push(("ffn_up.weight", vec![2 * spec.d_ff, d_model]));
    } else {
        tensors.push(("ffn_gate.weight", vec![spec.d_ff, d_model]));
        tensors.push(("ffn_up.weight", vec![spec.d_ff, d_model]));
    }
    tensors.push(("ffn_down.weight", vec![d_model, spec.d_ff]));
    if spec.post_norms {
        tensors.push(("post_ffw_norm.weight", vec![d_model]));
    }
    tensors
}
