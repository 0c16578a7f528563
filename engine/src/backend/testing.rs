//! Small decoders and their tensors, for tests and benchmarks without files.

use std::borrow::Cow;
use std::ops::Range;

use half::f16;
use nibble_kernels::Activation;
use nibble_kernels::decode::decode_row;
use nibble_kernels::testing::{BACKENDS, Unmet, check_environment};

use super::spec::OUTPUT_NORM;
use super::{
    AttentionBiases, AttentionSpec, DecoderSpec, Error, ExpertsSpec, Feed, Ffn, GatedDeltaSpec, LayerSpec,
    Mixer, MlpBiases, MlpSpec, QueryScale, Rope, RopeKind, RopeScaling, RouterScores, RouterSpec,
    SharedExpert, ShortConvSpec, TensorRole, TensorSlot, Yarn,
};
use crate::base::{DType, TensorMeta, TensorSource};
use crate::progress::Cancel;

pub use nibble_kernels::testing::Random;

/// Names of the backends that were built in and find a device here, which are those that tests can run on.
pub fn present_backends() -> Vec<&'static str> {
    let present = super::all().iter().filter(|backend| !backend.devices().is_empty());
    present.map(|backend| backend.name()).collect()
}

/// Checks the backends that `NIBBLE_REQUIRE_BACKENDS` names.
///
/// # Errors
/// [`Unmet`] for a backend that was not built in, finds no device or does not exist.
pub fn check_backends() -> Result<(), Unmet> {
    let known: Vec<_> = super::all().iter().map(|backend| backend.name()).collect();
    check_environment(BACKENDS, &known, &present_backends())
}

impl DecoderSpec {
    /// A decoder of two plain layers as in llama, with widths that no vector register divides.
    pub fn tiny() -> Self {
        let attention = AttentionSpec {
            n_heads: 4,
            n_kv_heads: 2,
            head_dim: 16,
            rope: Some(rope(RopeKind::Interleaved, 10_000.0, 16, RopeScaling::Factors)),
            window: None,
            scale: 0.25,
            softcap: None,
            fused_qkv: false,
            qk_norm: false,
            gated: false,
            qk_norm_whole: false,
            query_scale: None,
            biases: AttentionBiases::default(),
        };
        let mlp = MlpSpec {
            d_ff: 80,
            activation: Activation::Silu,
            fused_gate_up: false,
            biases: MlpBiases::default(),
        };
        Self {
            architecture: "llama".to_owned(),
            vocab_size: 32,
            context_length: 64,
            d_model: 48,
            layers: vec![LayerSpec::new(attention, mlp); 2],
            norm_eps: 1e-5,
            embedding_scale: 1.0,
            output_norm: OUTPUT_NORM,
            logit_scale: 1.0,
            final_softcap: None,
        }
    }

    /// Changes the number of layers to `n_layers`, all equal to the first.
    #[must_use]
    pub fn with_depth(mut self, n_layers: usize) -> Self {
        self.layers.truncate(1);
        self.layers = self.layers.into_iter().cycle().take(n_layers).collect();
        self
    }

    /// Applies `change` to every layer, which must be attention and a gated MLP.
    ///
    /// # Panics
    /// When a layer has other blocks.
    #[must_use]
    pub fn with_layers(mut self, mut change: impl FnMut(&mut AttentionSpec, &mut MlpSpec)) -> Self {
        for layer in &mut self.layers {
            let Mixer::Attention(attention) = &mut layer.mixer else { panic!("a layer without attention") };
            let Ffn::Gated(mlp) = &mut layer.ffn else { panic!("a layer without a gated MLP") };
            change(attention, mlp);
        }
        self
    }

    /// The tensors that the decoder requires, with element types chosen by `dtype`.
    pub fn needed_tensors(&self, dtype: impl Fn(&TensorSlot) -> DType) -> Vec<TensorMeta> {
        let slots = self.tensors().into_iter().filter(|slot| !slot.optional);
        slots.map(|slot| TensorMeta { dtype: dtype(&slot), name: slot.name, shape: slot.shape }).collect()
    }
}

fn rope(kind: RopeKind, base: f32, n_rotary: usize, scaling: RopeScaling) -> Rope {
    Rope { kind, base, n_rotary, scaling }
}

/// [`Decoder::feed`](super::Decoder::feed) for mock decoders of tests: one sequence after the other, without taps.
///
/// # Errors
/// The errors of [`Sequence::feed`](super::Sequence::feed); sequences before the one that failed were fed.
pub fn feed_in_turn(batch: &mut [Feed<'_>], cancel: &Cancel) -> Result<(), Error> {
    batch.iter_mut().try_for_each(|feed| feed.sequence.feed(feed.tokens, feed.logits, cancel).map(drop))
}

/// A specification with random tensors in memory.
#[derive(Clone, Debug)]
pub struct TinyModel {
    /// The specification of the model's decoder.
    pub spec: DecoderSpec,
    /// The tensors of the model.
    pub tensors: Vec<TensorMeta>,
    bytes: Vec<Vec<u8>>,
}

impl TinyModel {
    /// Random tensors for `spec` in f32: norms near 1, matrices that preserve the magnitude of their input, an output matrix if
    /// `has_output`.
    pub fn new(spec: DecoderSpec, has_output: bool) -> Self {
        let slots: Vec<_> = spec.tensors().into_iter().filter(|slot| has_output || !slot.optional).collect();
        let bytes = slots.iter().enumerate().map(|(index, slot)| {
            let values = values(slot, &mut Random::new(index as u64));
            values.into_iter().flat_map(f32::to_le_bytes).collect()
        });
        let bytes = bytes.collect();
        let meta = |slot: TensorSlot| TensorMeta { name: slot.name, shape: slot.shape, dtype: DType::F32 };
        Self { spec, tensors: slots.into_iter().map(meta).collect(), bytes }
    }

    /// Converts the matrices to Q8_0.
    ///
    /// # Panics
    /// When rows are not whole blocks of 32.
    #[must_use]
    pub fn in_q8_0(mut self) -> Self {
        for (tensor, bytes) in self.tensors.iter_mut().zip(&mut self.bytes) {
            if tensor.shape.len() == 2 {
                assert!(tensor.n_cols().is_multiple_of(32), "rows of {} are whole blocks", tensor.name);
                let mut values = vec![0.0; tensor.n_elements()];
                decode_row(DType::F32, bytes, &mut values);
                (tensor.dtype, *bytes) = (DType::Q8_0, values.chunks(32).flat_map(q8_0).collect());
            }
        }
        self
    }

    /// Removes the tensor at `index`.
    pub fn remove(&mut self, index: usize) {
        self.tensors.remove(index);
        self.bytes.remove(index);
    }

    /// The values of a tensor, if the model has it.
    pub fn get(&self, name: &str) -> Option<Vec<f32>> {
        let index = self.find(name)?;
        let mut values = vec![0.0; self.tensors[index].n_elements()];
        decode_row(self.tensors[index].dtype, &self.bytes[index], &mut values);
        Some(values)
    }
}

impl TensorSource for TinyModel {
    fn tensors(&self) -> &[TensorMeta] {
        &self.tensors
    }

    fn read_rows(&self, index: usize, rows: Range<usize>) -> std::io::Result<Cow<'_, [u8]>> {
        let row = self.bytes[index].len() / self.tensors[index].n_rows().max(1);
        Ok(Cow::Borrowed(&self.bytes[index][rows.start * row..rows.end * row]))
    }
}

fn values(slot: &TensorSlot, random: &mut Random) -> Vec<f32> {
    let n: usize = slot.shape.iter().product();
    let scale = 1.7 / (slot.shape.last().copied().unwrap_or(1) as f32).sqrt();
    let value = |random: &mut Random| match slot.role {
        TensorRole::Norm => 1.0 + 0.3 * random.number(),
        TensorRole::RopeFactors => 2.5 + 1.5 * random.number(),
        // Memories fade.
        TensorRole::Recurrence if slot.name.ends_with("ssm_a") => -0.5 + 0.3 * random.number(),
        _ => scale * random.number(),
    };
    (0..n).map(|_| value(random)).collect()
}

/// A block of Q8_0: scale in f16, 32 codes.
fn q8_0(values: &[f32]) -> Vec<u8> {
    let scale = f16::from_f32(values.iter().fold(0.0f32, |max, x| max.max(x.abs())) / 127.0);
    let codes = values.iter().map(|x| (x / scale.to_f32()).round().clamp(-127.0, 127.0) as i8 as u8);
    scale.to_le_bytes().into_iter().chain(codes).collect()
}

/// Models that together use every feature of a specification: grouped heads and divided frequencies; biases and norms per head;
/// windows, caps and post norms; everything fused; layers that differ in every number; norms behind the blocks alone; mixtures of
/// experts; recurrent mixers.
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
        tiny("olmo", olmo(), true),
        tiny("experts", experts(), false),
        tiny("recurrent", recurrent(), true),
    ]
}

/// The [`tiny_models`] of ungated attention and gated MLPs alone, which have gradients and can be rotated.
pub fn plain_tiny_models() -> Vec<TinyModel> {
    let is_plain = |layer: &LayerSpec| match (&layer.mixer, &layer.ffn) {
        (Mixer::Attention(attention), Ffn::Gated(_)) => !attention.gated,
        _ => false,
    };
    tiny_models().into_iter().filter(|model| model.spec.layers.iter().all(is_plain)).collect()
}

/// Norms only behind the blocks, QK norm over all heads, YaRN, and a scale at every place that may have one.
fn olmo() -> DecoderSpec {
    let yarn = Yarn {
        factor: 4.0,
        original_context: 16,
        beta_fast: 4.0,
        beta_slow: 1.0,
        truncate: true,
        attention_factor: 1.1,
    };
    let mut layer = 0;
    let mut spec = DecoderSpec::tiny().with_layers(|attention, mlp| {
        (attention.n_heads, attention.n_kv_heads, attention.head_dim) = (6, 3, 20);
        // Without a pre-norm, scores and gates grow with the stream.
        attention.scale = 0.1;
        (attention.qk_norm, attention.qk_norm_whole) = (true, true);
        attention.query_scale = Some(QueryScale { beta: 0.4, original_context: 7 });
        attention.rope = Some(rope(RopeKind::NeoX, 10_000.0, 20, RopeScaling::Yarn(yarn)));
        (attention.window, mlp.d_ff) = ((layer == 0).then_some(11), 72);
        layer += 1;
    });
    spec.layers.iter_mut().for_each(|layer| {
        (layer.pre_norms, layer.post_norms, layer.residual_scale) = (false, true, 0.6);
    });
    DecoderSpec { embedding_scale: 2.0, logit_scale: 0.4, final_softcap: Some(6.0), ..spec }
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

/// Mixtures of experts of three kinds, after a layer without experts.
fn experts() -> DecoderSpec {
    let mut spec = DecoderSpec::tiny().with_depth(4);
    let mlp = |d_ff, biases| MlpSpec { d_ff, activation: Activation::Silu, fused_gate_up: false, biases };
    let plain = RouterSpec {
        scores: RouterScores::Softmax,
        bias: false,
        selection_bias: false,
        renormalized: true,
        scale: 1.0,
    };
    let all_biases = MlpBiases { gate: true, up: true, down: true };
    let mixtures = [
        ExpertsSpec {
            n_experts: 5,
            n_used: 2,
            expert: mlp(40, MlpBiases::default()),
            router: plain,
            shared: Some(SharedExpert { mlp: mlp(56, MlpBiases::default()), gated: true }),
        },
        ExpertsSpec {
            n_experts: 3,
            n_used: 3,
            expert: MlpSpec { fused_gate_up: true, ..mlp(24, all_biases) },
            router: RouterSpec { scores: RouterScores::SoftmaxOfChosen, bias: true, ..plain },
            shared: None,
        },
        ExpertsSpec {
            n_experts: 8,
            n_used: 3,
            expert: mlp(32, MlpBiases { gate: false, up: true, down: false }),
            router: RouterSpec {
                scores: RouterScores::Sigmoid,
                selection_bias: true,
                renormalized: false,
                scale: 1.5,
                ..plain
            },
            shared: Some(SharedExpert { mlp: mlp(16, all_biases), gated: false }),
        },
    ];
    for (layer, mixture) in spec.layers[1..].iter_mut().zip(mixtures) {
        layer.ffn = Ffn::Experts(mixture);
    }
    spec
}

/// A short convolution, two gated delta rules and attention with a gate.
fn recurrent() -> DecoderSpec {
    let mut spec = DecoderSpec::tiny().with_depth(4).with_layers(|attention, _| {
        (attention.gated, attention.qk_norm) = (true, true);
        attention.rope = Some(rope(RopeKind::NeoX, 10_000.0, 8, RopeScaling::None));
    });
    let delta = GatedDeltaSpec { n_key_heads: 2, n_value_heads: 4, key_dim: 8, value_dim: 20, kernel: 4 };
    spec.layers[0].mixer = Mixer::ShortConv(ShortConvSpec { kernel: 3 });
    spec.layers[1].mixer = Mixer::GatedDelta(delta.clone());
    spec.layers[2].mixer = Mixer::GatedDelta(GatedDeltaSpec { n_value_heads: 2, value_dim: 16, ..delta });
    spec.layers[2].ffn_norm = "post_attention_norm";
    spec.output_norm = "token_embd_norm";
    spec
}
