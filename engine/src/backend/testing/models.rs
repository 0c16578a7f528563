//! Tiny models that between them use every feature of a specification.

use nibble_kernels::Activation;

use super::{TinyModel, rope};
use crate::backend::{AttentionBiases, DecoderSpec, MlpBiases, RopeKind, RopeScaling};

/// Models that between them use every feature of a specification: grouped heads and divided frequencies; biases and norms per head;
/// windows, caps and norms after; everything fused; layers that differ in all they can.
pub fn tiny_models() -> Vec<TinyModel> {
    let neox = |base, scaling| Some(rope(RopeKind::NeoX, base, 20, scaling));
    let qwen = DecoderSpec::tiny().with_layers(|attention, _| {
        (attention.n_heads, attention.n_kv_heads, attention.head_dim) = (6, 2, 20);
        attention.rope = neox(1_000_000.0, RopeScaling::None);
        (attention.scale, attention.biases, attention.qk_norm) = (0.2236, AttentionBiases::QKV, true);
    });

    let mut layer = 0;
    let mut gemma = DecoderSpec::tiny().with_depth(3).with_layers(|attention, mlp| {
        (attention.n_heads, attention.n_kv_heads, attention.head_dim) = (2, 1, 20);
        let is_local = layer != 1;
        attention.window = is_local.then_some(6);
        attention.rope = if is_local {
            neox(10_000.0, RopeScaling::None)
        } else {
            neox(100_000.0, RopeScaling::Linear { factor: 8.0 })
        };
        (attention.scale, attention.softcap, mlp.activation) = (0.3, Some(5.0), Activation::GeluTanh);
        layer += 1;
    });
    (gemma.embedding_scale, gemma.final_softcap) = (48.0_f32.sqrt(), Some(3.0));
    gemma.layers.iter_mut().for_each(|layer| layer.post_norms = true);

    let long = RopeScaling::LongRope { original_context: 32, attention_factor: 1.19 };
    let phi = DecoderSpec::tiny().with_layers(|attention, mlp| {
        (attention.n_heads, attention.n_kv_heads) = (3, 3);
        attention.rope = Some(rope(RopeKind::NeoX, 10_000.0, 12, long.clone()));
        (attention.window, attention.biases) = (Some(30), AttentionBiases::QKV);
        (attention.fused_qkv, mlp.fused_gate_up) = (true, true);
    });

    let tiny = |name: &str, spec, has_output| {
        TinyModel::new(DecoderSpec { architecture: name.to_owned(), ..spec }, has_output)
    };
    vec![
        tiny("llama", DecoderSpec::tiny(), false),
        tiny("qwen", qwen, true),
        tiny("gemma", gemma, false),
        tiny("phi", phi, true),
        tiny("mixed", mixed(), true),
    ]
}

/// A model whose matrices are in Q8_0, with an MLP wide enough for tiles.
pub fn tiny_q8_0() -> TinyModel {
    let spec = DecoderSpec { d_model: 64, ..DecoderSpec::tiny() }.with_layers(|_, mlp| mlp.d_ff = 128);
    TinyModel::new(DecoderSpec { architecture: "q8_0".to_owned(), ..spec }, false).in_q8_0()
}

/// Three layers that differ in heads, widths, positions, norms and biases.
fn mixed() -> DecoderSpec {
    let mut layer = 0;
    let mut spec = DecoderSpec::tiny().with_depth(3).with_layers(|attention, mlp| {
        match layer {
            0 => {
                let biases = AttentionBiases { value: true, output: true, ..AttentionBiases::default() };
                (attention.rope, attention.biases) = (None, biases);
                mlp.biases = MlpBiases { gate: false, up: true, down: true };
            }
            1 => {
                (attention.n_heads, attention.n_kv_heads, attention.head_dim) = (2, 1, 32);
                (attention.window, attention.qk_norm, mlp.d_ff) = (Some(9), true, 112);
                mlp.biases.gate = true;
            }
            _ => {
                let biases = AttentionBiases { key: true, ..AttentionBiases::default() };
                (attention.fused_qkv, attention.biases) = (true, biases);
                (mlp.fused_gate_up, mlp.activation) = (true, Activation::GeluTanh);
                mlp.biases = MlpBiases { gate: true, up: false, down: true };
            }
        }
        layer += 1;
    });
    spec.layers[1].post_norms = true;
    spec
}
