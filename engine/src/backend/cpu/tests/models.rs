//! Tiny random models in memory; between them they use every feature of a specification.

use std::borrow::Cow;
use std::ops::Range;

use crate::backend::{Activation, DecoderSpec, LayerSpec, Rope, RopeKind, RopeScaling};
use crate::base::{DType, TensorMeta, TensorSource};

/// A specification with its tensors, all f32.
#[derive(Clone)]
pub(super) struct TinyModel {
    pub(super) spec: DecoderSpec,
    pub(super) tensors: Vec<TensorMeta>,
    values: Vec<Vec<f32>>,
}

impl TinyModel {
    fn new(spec: &DecoderSpec, extra: &[(&str, Vec<f32>)]) -> Self {
        let mut model = Self { spec: spec.clone(), tensors: Vec::new(), values: Vec::new() };
        let (d, ff, hd) = (spec.d_model, spec.d_ff, spec.head_dim);
        let (q, kv) = (spec.n_heads * hd, spec.n_kv_heads * hd);
        model.add("token_embd.weight", &[spec.vocab_size, d]);
        for layer in 0..spec.layers.len() {
            let mut add = |part: &str, shape: &[usize]| model.add(&format!("blk.{layer}.{part}"), shape);
            add("attn_norm.weight", &[d]);
            let projections: &[(&str, usize)] = if spec.fused_qkv {
                &[("attn_qkv", q + 2 * kv)]
            } else {
                &[("attn_q", q), ("attn_k", kv), ("attn_v", kv)]
            };
            for (name, rows) in projections {
                add(&format!("{name}.weight"), &[*rows, d]);
                if spec.qkv_bias {
                    add(&format!("{name}.bias"), &[*rows]);
                }
            }
            if spec.qk_norm {
                add("attn_q_norm.weight", &[hd]);
                add("attn_k_norm.weight", &[hd]);
            }
            add("attn_output.weight", &[d, q]);
            if spec.post_norms {
                add("post_attention_norm.weight", &[d]);
                add("post_ffw_norm.weight", &[d]);
            }
            add("ffn_norm.weight", &[d]);
            if spec.fused_gate_up {
                add("ffn_up.weight", &[2 * ff, d]);
            } else {
                add("ffn_gate.weight", &[ff, d]);
                add("ffn_up.weight", &[ff, d]);
            }
            add("ffn_down.weight", &[d, ff]);
        }
        model.add("output_norm.weight", &[d]);
        for (name, values) in extra {
            model.push(name, &[values.len()], values.clone());
        }
        model
    }

    fn with_head(mut self) -> Self {
        self.add("output.weight", &[self.spec.vocab_size, self.spec.d_model]);
        self
    }

    /// A random tensor: norms near 1, matrices that keep the size of what they multiply.
    fn add(&mut self, name: &str, shape: &[usize]) {
        let n: usize = shape.iter().product();
        let mut state = 0x9E37_79B9_7F4A_7C15_u64.wrapping_mul(self.tensors.len() as u64 + 1);
        let mut noise = || {
            state ^= state << 13;
            state ^= state >> 7;
            state ^= state << 17;
            (state >> 40) as f32 / (1 << 23) as f32 - 1.0
        };
        let scale = 1.7 / (*shape.last().expect("no scalars") as f32).sqrt();
        let is_norm = name.contains("norm");
        let values = (0..n).map(|_| if is_norm { 1.0 + 0.3 * noise() } else { scale * noise() }).collect();
        self.push(name, shape, values);
    }

    fn push(&mut self, name: &str, shape: &[usize], values: Vec<f32>) {
        self.tensors.push(TensorMeta { name: name.to_owned(), shape: shape.to_vec(), dtype: DType::F32 });
        self.values.push(values);
    }

    pub(super) fn remove(&mut self, at: usize) {
        self.tensors.remove(at);
        self.values.remove(at);
    }

    /// The values of a tensor, if the model has it.
    pub(super) fn get(&self, name: &str) -> Option<&[f32]> {
        self.find(name).map(|at| self.values[at].as_slice())
    }
}

impl TensorSource for TinyModel {
    fn tensors(&self) -> &[TensorMeta] {
        &self.tensors
    }

    fn read_rows(&self, index: usize, rows: Range<usize>) -> std::io::Result<Cow<'_, [u8]>> {
        let cols = self.tensors[index].n_cols();
        let values = &self.values[index][rows.start * cols..rows.end * cols];
        Ok(Cow::Owned(values.iter().flat_map(|value| value.to_le_bytes()).collect()))
    }
}

fn rope(kind: RopeKind, base: f32, n_rotary: usize, scaling: RopeScaling) -> Rope {
    Rope { kind, base, n_rotary, scaling }
}

/// Without anything optional; models change what they need.
fn plain() -> DecoderSpec {
    let layer =
        LayerSpec { window: None, rope: rope(RopeKind::Interleaved, 10_000.0, 16, RopeScaling::Factors) };
    DecoderSpec {
        architecture: "llama".to_owned(),
        vocab_size: 32,
        context_length: 64,
        d_model: 48,
        d_ff: 80,
        n_heads: 4,
        n_kv_heads: 2,
        head_dim: 16,
        layers: vec![layer.clone(), layer],
        norm_eps: 1e-5,
        embedding_scale: 1.0,
        attention_scale: 0.25,
        attention_softcap: None,
        final_softcap: None,
        activation: Activation::Silu,
        qkv_bias: false,
        fused_qkv: false,
        fused_gate_up: false,
        qk_norm: false,
        post_norms: false,
    }
}

/// Grouped heads and divided frequencies; biases and norms per head; windows, caps and norms after; everything fused.
pub(super) fn tiny_models() -> [TinyModel; 4] {
    let llama = plain();
    let factors = vec![1.0, 1.0, 1.5, 2.0, 4.0, 8.0, 8.0, 8.0];

    let neox = |base, scaling| rope(RopeKind::NeoX, base, 20, scaling);
    let layer = LayerSpec { window: None, rope: neox(1_000_000.0, RopeScaling::None) };
    let qwen = DecoderSpec {
        architecture: "qwen".to_owned(),
        n_heads: 6,
        n_kv_heads: 2,
        head_dim: 20,
        layers: vec![layer; 2],
        attention_scale: 0.2236,
        qkv_bias: true,
        qk_norm: true,
        ..plain()
    };

    let local = LayerSpec { window: Some(6), rope: neox(10_000.0, RopeScaling::None) };
    let global = LayerSpec { window: None, rope: neox(100_000.0, RopeScaling::Linear { factor: 8.0 }) };
    let gemma = DecoderSpec {
        architecture: "gemma".to_owned(),
        n_heads: 2,
        n_kv_heads: 1,
        head_dim: 20,
        layers: vec![local.clone(), global, local],
        embedding_scale: 48.0_f32.sqrt(),
        attention_scale: 0.3,
        attention_softcap: Some(5.0),
        final_softcap: Some(3.0),
        activation: Activation::GeluTanh,
        post_norms: true,
        ..plain()
    };

    let scaling = RopeScaling::LongRope { original_context: 32, attention_factor: 1.19 };
    let layer = LayerSpec { window: Some(30), rope: rope(RopeKind::NeoX, 10_000.0, 12, scaling) };
    let phi = DecoderSpec {
        architecture: "phi".to_owned(),
        n_heads: 3,
        n_kv_heads: 3,
        layers: vec![layer; 2],
        qkv_bias: true,
        fused_qkv: true,
        fused_gate_up: true,
        ..plain()
    };
    let short = ("rope_factors_short.weight", vec![1.0, 1.1, 1.2, 1.3, 1.4, 1.5]);
    let long = ("rope_factors_long.weight", vec![1.0, 1.5, 2.0, 4.0, 8.0, 16.0]);

    [
        TinyModel::new(&llama, &[("rope_freqs.weight", factors)]),
        TinyModel::new(&qwen, &[]).with_head(),
        TinyModel::new(&gemma, &[]),
        TinyModel::new(&phi, &[short, long]).with_head(),
    ]
}
