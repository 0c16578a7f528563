//! Generating allocates nothing: every buffer of a sequence is there before its first token.
//!
//! A program of its own without the test harness, whose threads would be counted too.

use std::alloc::{GlobalAlloc, Layout, System};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use nibble_engine::backend::{
    Activation, AttentionBiases, DecoderSpec, ExpertsSpec, Feed, Ffn, GatedDeltaSpec, KvCacheType, Logits,
    Mixer, MlpBiases, MlpSpec, Rope, RopeKind, RopeScaling, RouterScores, RouterSpec, RunOptions,
    SharedExpert, ShortConvSpec, TensorSlot, bind, preferred,
};
use nibble_engine::base::{DType, TensorMeta, TensorSource};
use nibble_engine::progress::Cancel;
use nibble_kernels::Level;

/// Counts what it hands on.
struct Counting;

static CALLS: AtomicUsize = AtomicUsize::new(0);
static BYTES: AtomicUsize = AtomicUsize::new(0);

#[allow(unsafe_code, reason = "an allocator cannot be implemented without")]
// SAFETY: every call goes to the system's allocator unchanged.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        CALLS.fetch_add(1, Ordering::Relaxed);
        BYTES.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the layout and pointer are valid, as `GlobalAlloc` requires of its callers.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        CALLS.fetch_add(1, Ordering::Relaxed);
        BYTES.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the layout and pointer are valid, as `GlobalAlloc` requires of its callers.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the layout and pointer are valid, as `GlobalAlloc` requires of its callers.
        unsafe { System.dealloc(block, layout) }
    }
}

#[global_allocator]
static ALLOCATOR: Counting = Counting;

/// Tensors of quantized numbers that are all alike, made when read.
struct Made(Vec<TensorMeta>);

impl TensorSource for Made {
    fn tensors(&self) -> &[TensorMeta] {
        &self.0
    }

    fn read_rows(&self, index: usize, rows: Range<usize>) -> std::io::Result<Cow<'_, [u8]>> {
        let meta = &self.0[index];
        let n_bytes = meta.n_bytes() / meta.n_rows() * rows.len();
        // 0x1c1c as the scale of Q8_0 is 0.004; four such bytes are a small f32.
        Ok(Cow::Owned(vec![0x1c; n_bytes]))
    }
}

fn spec() -> DecoderSpec {
    let rope = Rope { kind: RopeKind::NeoX, base: 10_000.0, n_rotary: 32, scaling: RopeScaling::None };
    let mut windows = [None, Some(20)].into_iter();
    let mut spec = DecoderSpec::tiny().with_layers(|attention, mlp| {
        (attention.n_heads, attention.n_kv_heads, attention.head_dim) = (4, 2, 32);
        (attention.rope, attention.window) = (Some(rope.clone()), windows.next().flatten());
        (attention.scale, attention.softcap) = (0.2, Some(30.0));
        (attention.fused_qkv, attention.qk_norm, attention.biases) = (true, true, AttentionBiases::QKV);
        (mlp.d_ff, mlp.fused_gate_up, mlp.activation) = (96, true, Activation::GeluTanh);
    });
    spec.layers.iter_mut().for_each(|layer| layer.post_norms = true);
    DecoderSpec { vocab_size: 100, d_model: 64, embedding_scale: 2.0, final_softcap: Some(20.0), ..spec }
}

/// The same with experts in the second layer.
fn with_experts() -> DecoderSpec {
    let mut spec = spec();
    let mlp = |d_ff| MlpSpec {
        d_ff,
        activation: Activation::Silu,
        fused_gate_up: false,
        biases: MlpBiases::default(),
    };
    spec.layers[1].ffn = Ffn::Experts(ExpertsSpec {
        n_experts: 6,
        n_used: 2,
        expert: mlp(64),
        router: RouterSpec {
            scores: RouterScores::SoftmaxOfChosen,
            bias: true,
            selection_bias: false,
            renormalized: true,
            scale: 1.0,
        },
        shared: Some(SharedExpert { mlp: mlp(32), gated: true }),
    });
    spec
}

/// The same with a short convolution and a gated delta rule.
fn recurrent() -> DecoderSpec {
    let mut spec = spec();
    spec.layers[0].mixer = Mixer::ShortConv(ShortConvSpec { kernel: 3 });
    let delta = GatedDeltaSpec { n_key_heads: 2, n_value_heads: 4, key_dim: 16, value_dim: 16, kernel: 4 };
    spec.layers[1].mixer = Mixer::GatedDelta(delta);
    spec
}

fn tensors(spec: &DecoderSpec) -> Vec<TensorMeta> {
    let is_float = |slot: &TensorSlot| slot.shape.len() == 1 || slot.role.is_kept();
    spec.needed_tensors(|slot| if is_float(slot) { DType::F32 } else { DType::Q8_0 })
}

fn main() {
    for spec in [spec(), with_experts(), recurrent()] {
        a_sequence_takes_what_was_predicted_and_tokens_take_nothing(&spec);
    }
}

fn a_sequence_takes_what_was_predicted_and_tokens_take_nothing(spec: &DecoderSpec) {
    let (threads, capacity) = (2, 400);
    let cancel = Cancel::new();
    let caches = [KvCacheType::F16, KvCacheType::Int8];
    for (level, cache) in Level::available().into_iter().flat_map(|level| caches.map(|cache| (level, cache)))
    {
        let run = RunOptions { level, cache, ..RunOptions::new(threads) };
        let source = Made(tensors(spec));
        let decoder = preferred().load(spec.clone(), &source, &run, &(), &cancel).expect("a whole model");
        let before = BYTES.load(Ordering::Relaxed);
        let mut sequence = decoder.sequence(capacity).expect("a small sequence");
        let taken = (BYTES.load(Ordering::Relaxed) - before) as u64;
        let bound = bind(decoder.spec(), source.tensors()).expect("a whole model");
        let need = preferred().need(decoder.spec(), &bound, &run, capacity);
        let predicted = need.sequence_bytes() - need.copies_bytes;
        // Beyond the buffers themselves: alignment of each, and lists with an entry per layer.
        assert!(
            taken >= predicted && taken <= predicted + 4096,
            "{taken} bytes taken, {predicted} predicted"
        );

        let prompt: Vec<u32> = (0..300).map(|token| token % 100).collect();
        // A thread of the pool may come to life, which allocates, as late as in any of these rounds. What a token takes
        // would be taken in all of them.
        let mut calls_of_a_round = || {
            sequence.truncate(0);
            let before = CALLS.load(Ordering::Relaxed);
            sequence.feed(&prompt, Logits::Last, &cancel).expect("room");
            for token in 0..90 {
                let logits = sequence.feed(&[token], Logits::Last, &cancel).expect("room");
                assert!(logits.iter().all(|logit| logit.is_finite()), "{}", level.name());
            }
            CALLS.load(Ordering::Relaxed) - before
        };
        let fewest = (0..4).map(|_| calls_of_a_round()).min();
        assert_eq!(fewest, Some(0), "{}", level.name());

        if spec.is_recurrent() {
            continue; // where several tokens of a text are fed, its state is copied
        }
        let mut other = decoder.sequence(capacity).expect("a small sequence");
        let mut calls_of_a_round = || {
            sequence.truncate(0);
            other.truncate(0);
            let before = CALLS.load(Ordering::Relaxed);
            for token in 0..90 {
                let (one, two) = ([token], [token, token + 1]);
                let mut batch = [
                    Feed::new(&mut *sequence, &one, Logits::Last),
                    Feed::new(&mut *other, &two, Logits::Last),
                ];
                decoder.feed(&mut batch, &cancel).expect("room");
            }
            CALLS.load(Ordering::Relaxed) - before
        };
        // The first round makes room for the logits of two sequences.
        let fewest = (0..4).map(|_| calls_of_a_round()).min();
        assert_eq!(fewest, Some(0), "a batch at {}", level.name());
    }
}
