//! Tensors of a decoder: the only place that spells their names, shapes and roles.
//!
//! Names are GGUF's. [`DecoderSpec::tensors`] lists every tensor a specification can use, [`DecoderSpec::slots`] arranges them
//! by block, and [`bind`](super::bind) finds them among the tensors of a file. Backends, the memory prediction and the
//! quantization plan all use these.

use super::slot::{SlotId, TensorRole, TensorSlot};
use super::slots::{
    AttentionSlots, DecoderSlots, FfnSlots, LayerSlots, LinearSlots, MixerSlots, MlpSlots, Projections,
};
use super::{AttentionSpec, DecoderSpec, Ffn, LayerSpec, Mixer, MlpSpec, Rope, RopeScaling};

impl DecoderSpec {
    /// Every tensor the decoder uses, in the order of use: embedding, divisors of RoPE frequencies, layer by layer, output.
    pub fn tensors(&self) -> Vec<TensorSlot> {
        self.slots().list
    }

    /// The slots of [`DecoderSpec::tensors`], arranged by block.
    pub fn slots(&self) -> DecoderSlots<'_> {
        let mut lister = Lister { list: Vec::new(), layer: None, d_model: self.d_model };
        let table = [self.vocab_size, self.d_model];
        let embedding = lister.add("token_embd.weight", &table, TensorRole::TokenEmbedding);
        let rope_factors = lister.rope_factors(self);
        let layers = self.layers.iter().enumerate().map(|(layer, spec)| lister.layer(layer, spec)).collect();
        lister.layer = None;
        let output_norm = lister.norm("output_norm", self.d_model);
        let output = lister.add("output.weight", &table, TensorRole::Output);
        lister.list[output.0].optional = true;
        DecoderSlots { list: lister.list, embedding, rope_factors, layers, output_norm, output }
    }
}

impl Rope {
    /// Name of the tensor with this RoPE's divisors in a sequence of `capacity` tokens, if it has one.
    pub fn factors_tensor(&self, capacity: usize) -> Option<&'static str> {
        let short = matches!(self.scaling, RopeScaling::LongRope { original_context, .. } if capacity <= original_context);
        let names = self.factors_tensors();
        if short { names.last() } else { names.first() }.copied()
    }

    /// Names of the tensors with this RoPE's divisors: none, one for all contexts, or one for long and one for short ones.
    fn factors_tensors(&self) -> &'static [&'static str] {
        match self.scaling {
            RopeScaling::None | RopeScaling::Linear { .. } | RopeScaling::Yarn(_) => &[],
            RopeScaling::Factors => &["rope_freqs.weight"],
            RopeScaling::LongRope { .. } => &["rope_factors_long.weight", "rope_factors_short.weight"],
        }
    }
}

/// Builder of the list of slots.
struct Lister {
    list: Vec<TensorSlot>,
    /// Layer whose tensors are being added.
    layer: Option<usize>,
    d_model: usize,
}

impl Lister {
    /// Adds a slot; `name` is the name within the layer.
    fn add(&mut self, name: &str, shape: &[usize], role: TensorRole) -> SlotId {
        let name = self.layer.map_or_else(|| name.to_owned(), |layer| format!("blk.{layer}.{name}"));
        self.list.push(TensorSlot { name, shape: shape.to_vec(), role, layer: self.layer, optional: false });
        SlotId(self.list.len() - 1)
    }

    fn norm(&mut self, name: &str, len: usize) -> SlotId {
        self.add(&format!("{name}.weight"), &[len], TensorRole::Norm)
    }

    /// Adds a matrix of `shape` and its bias.
    fn linear(&mut self, name: &str, shape: [usize; 2], role: TensorRole, bias: bool) -> LinearSlots {
        let weight = self.add(&format!("{name}.weight"), &shape, role);
        let bias = bias.then(|| self.add(&format!("{name}.bias"), &shape[..1], TensorRole::Bias));
        LinearSlots { weight, bias }
    }

    /// Adds the divisors that some layer's RoPE uses in a short or a long context, each once.
    fn rope_factors(&mut self, spec: &DecoderSpec) -> Vec<(&'static str, SlotId)> {
        let mut factors: Vec<(&'static str, SlotId)> = Vec::new();
        for rope in spec.ropes() {
            let shape = [rope.n_rotary / 2];
            for &name in rope.factors_tensors() {
                // A layer that needs another length of the same tensor gets its own slot, which no file can fill.
                let is_known =
                    |(known, slot): &(&str, SlotId)| *known == name && self.list[slot.0].shape == shape;
                if !factors.iter().any(is_known) {
                    factors.push((name, self.add(name, &shape, TensorRole::RopeFactors)));
                }
            }
        }
        factors
    }

    fn layer<'s>(&mut self, layer: usize, spec: &'s LayerSpec) -> LayerSlots<'s> {
        self.layer = Some(layer);
        let d_model = self.d_model;
        let mixer_norm = spec.pre_norms.then(|| self.norm("attn_norm", d_model));
        let mixer = match &spec.mixer {
            Mixer::Attention(attention) => MixerSlots::Attention(attention, self.attention(attention)),
        };
        let mixer_post_norm = spec.post_norms.then(|| self.norm("post_attention_norm", d_model));
        let ffn_norm = spec.pre_norms.then(|| self.norm("ffn_norm", d_model));
        let ffn = match &spec.ffn {
            Ffn::Gated(mlp) => FfnSlots::Gated(mlp, self.mlp(mlp)),
        };
        let ffn_post_norm = spec.post_norms.then(|| self.norm("post_ffw_norm", d_model));
        LayerSlots { mixer_norm, mixer, mixer_post_norm, ffn_norm, ffn, ffn_post_norm }
    }

    fn attention(&mut self, spec: &AttentionSpec) -> AttentionSlots {
        use TensorRole::{AttentionKey, AttentionOutput, AttentionQkv, AttentionQuery, AttentionValue};
        let (d_model, query, kv, biases) = (self.d_model, spec.query_len(), spec.kv_len(), spec.biases);
        let qkv = if spec.fused_qkv {
            let bias = biases.query || biases.key || biases.value;
            Projections::Fused(self.linear("attn_qkv", [query + 2 * kv, d_model], AttentionQkv, bias))
        } else {
            Projections::Separate([
                self.linear("attn_q", [query, d_model], AttentionQuery, biases.query),
                self.linear("attn_k", [kv, d_model], AttentionKey, biases.key),
                self.linear("attn_v", [kv, d_model], AttentionValue, biases.value),
            ])
        };
        let widths = if spec.qk_norm_whole { [query, kv] } else { [spec.head_dim; 2] };
        let norms = [("attn_q_norm", widths[0]), ("attn_k_norm", widths[1])];
        let head_norms = spec.qk_norm.then(|| norms.map(|(name, width)| self.norm(name, width)));
        let output = self.linear("attn_output", [d_model, query], AttentionOutput, biases.output);
        AttentionSlots { qkv, head_norms, output }
    }

    fn mlp(&mut self, spec: &MlpSpec) -> MlpSlots {
        use TensorRole::{FfnDown, FfnGate, FfnGateUp, FfnUp};
        let (d_model, d_ff, biases) = (self.d_model, spec.d_ff, spec.biases);
        let gate_up = if spec.fused_gate_up {
            let bias = biases.gate || biases.up;
            Projections::Fused(self.linear("ffn_up", [2 * d_ff, d_model], FfnGateUp, bias))
        } else {
            Projections::Separate([
                self.linear("ffn_gate", [d_ff, d_model], FfnGate, biases.gate),
                self.linear("ffn_up", [d_ff, d_model], FfnUp, biases.up),
            ])
        };
        MlpSlots { gate_up, down: self.linear("ffn_down", [d_model, d_ff], FfnDown, biases.down) }
    }
}
