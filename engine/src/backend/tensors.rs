//! Tensors of a decoder: the only place that spells their names, shapes and roles.
//!
//! Names are GGUF's. [`DecoderSpec::tensors`] lists every tensor a specification can use, [`DecoderSpec::slots`] arranges them
//! by block, and [`bind`](super::bind) finds them among the tensors of a file. Backends, the memory prediction and the
//! quantization plan all use these.

use super::slot::{SlotId, TensorRole, TensorSlot};
use super::slots::{
    AttentionSlots, DecoderSlots, ExpertsSlots, FfnSlots, GatedDeltaSlots, LayerSlots, LinearSlots,
    MixerSlots, MlpSlots, Projections, ShortConvSlots,
};
use super::{
    AttentionSpec, DecoderSpec, ExpertsSpec, Ffn, GatedDeltaSpec, LayerSpec, Mixer, MlpSpec, Rope,
    RopeScaling, ShortConvSpec,
};

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
        let output_norm = lister.norm(self.output_norm, self.d_model);
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
        self.stack(name, (None, shape), role, bias)
    }

    /// Adds a matrix of `shape` and its bias, or a stack of so many matrices with as many rows of biases.
    fn stack(
        &mut self,
        name: &str,
        (n, shape): (Option<usize>, [usize; 2]),
        role: TensorRole,
        bias: bool,
    ) -> LinearSlots {
        let shape: Vec<usize> = n.into_iter().chain(shape).collect();
        let weight = self.add(&format!("{name}.weight"), &shape, role);
        let of_bias = &shape[..shape.len() - 1];
        let bias = bias.then(|| self.add(&format!("{name}.bias"), of_bias, TensorRole::Bias));
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
            Mixer::ShortConv(conv) => MixerSlots::ShortConv(conv, self.short_conv(conv)),
            Mixer::GatedDelta(delta) => MixerSlots::GatedDelta(delta, self.gated_delta(delta)),
        };
        let mixer_post_norm = spec.post_norms.then(|| self.norm("post_attention_norm", d_model));
        let ffn_norm = spec.pre_norms.then(|| self.norm(spec.ffn_norm, d_model));
        let ffn = match &spec.ffn {
            Ffn::Gated(mlp) => FfnSlots::Gated(mlp, self.mlp(mlp, "", None)),
            Ffn::Experts(experts) => FfnSlots::Experts(experts, self.experts(experts)),
        };
        let ffn_post_norm = spec.post_norms.then(|| self.norm("post_ffw_norm", d_model));
        LayerSlots { mixer_norm, mixer, mixer_post_norm, ffn_norm, ffn, ffn_post_norm }
    }

    fn attention(&mut self, spec: &AttentionSpec) -> AttentionSlots {
        use TensorRole::{AttentionKey, AttentionOutput, AttentionQkv, AttentionQuery, AttentionValue};
        let (d_model, query, kv, biases) = (self.d_model, spec.query_len(), spec.kv_len(), spec.biases);
        let qkv = if spec.fused_qkv {
            let bias = biases.query || biases.key || biases.value;
            Projections::Fused(self.linear(
                "attn_qkv",
                [spec.query_rows() + 2 * kv, d_model],
                AttentionQkv,
                bias,
            ))
        } else {
            Projections::Separate([
                self.linear("attn_q", [spec.query_rows(), d_model], AttentionQuery, biases.query),
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

    fn short_conv(&mut self, spec: &ShortConvSpec) -> ShortConvSlots {
        let d_model = self.d_model;
        ShortConvSlots {
            input: self.linear("shortconv.in_proj", [3 * d_model, d_model], TensorRole::MixerInput, false),
            convolution: self.add("shortconv.conv.weight", &[d_model, spec.kernel], TensorRole::Convolution),
            output: self.linear("shortconv.out_proj", [d_model, d_model], TensorRole::MixerOutput, false),
        }
    }

    fn gated_delta(&mut self, spec: &GatedDeltaSpec) -> GatedDeltaSlots {
        use TensorRole::{AttentionQkv, MixerInput, MixerOutput, Recurrence};
        let (d_model, n_heads, value_len) = (self.d_model, spec.n_value_heads, spec.value_len());
        GatedDeltaSlots {
            inputs: [
                self.linear("attn_qkv", [spec.channels(), d_model], AttentionQkv, false),
                self.linear("attn_gate", [value_len, d_model], MixerInput, false),
                self.linear("ssm_beta", [n_heads, d_model], Recurrence, false),
                self.linear("ssm_alpha", [n_heads, d_model], Recurrence, false),
            ],
            convolution: self.add(
                "ssm_conv1d.weight",
                &[spec.channels(), spec.kernel],
                TensorRole::Convolution,
            ),
            decay: ["ssm_a", "ssm_dt.bias"].map(|name| self.add(name, &[n_heads], Recurrence)),
            norm: self.norm("ssm_norm", spec.value_dim),
            output: self.linear("ssm_out", [d_model, value_len], MixerOutput, false),
        }
    }

    /// Adds a gated MLP, or a stack of `n`, whose names end in `suffix`.
    fn mlp(&mut self, spec: &MlpSpec, suffix: &str, n: Option<usize>) -> MlpSlots {
        use TensorRole::{FfnDown, FfnGate, FfnGateUp, FfnUp};
        let (d_model, d_ff, biases) = (self.d_model, spec.d_ff, spec.biases);
        let mut add =
            |name: &str, shape, role, bias| self.stack(&format!("{name}{suffix}"), (n, shape), role, bias);
        let gate_up = if spec.fused_gate_up {
            let bias = biases.gate || biases.up;
            Projections::Fused(add("ffn_up", [2 * d_ff, d_model], FfnGateUp, bias))
        } else {
            Projections::Separate([
                add("ffn_gate", [d_ff, d_model], FfnGate, biases.gate),
                add("ffn_up", [d_ff, d_model], FfnUp, biases.up),
            ])
        };
        MlpSlots { gate_up, down: add("ffn_down", [d_model, d_ff], FfnDown, biases.down) }
    }

    fn experts(&mut self, spec: &ExpertsSpec) -> ExpertsSlots {
        let (router, shape) = (spec.router, [spec.n_experts, self.d_model]);
        ExpertsSlots {
            router: self.linear("ffn_gate_inp", shape, TensorRole::Router, router.bias),
            selection_bias: (router.selection_bias)
                .then(|| self.add("exp_probs_b.bias", &shape[..1], TensorRole::Bias)),
            experts: self.mlp(&spec.expert, "_exps", Some(spec.n_experts)),
            shared: spec.shared.as_ref().map(|shared| {
                let gate = || self.add("ffn_gate_inp_shexp.weight", &shape[1..], TensorRole::Router);
                let gate = shared.gated.then(gate);
                (self.mlp(&shared.mlp, "_shexp", None), gate)
            }),
        }
    }
}
