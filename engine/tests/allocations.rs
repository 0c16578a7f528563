//! Generating allocates nothing: every buffer of a sequence is there before its first token.
//!
//! A program of its own without the test harness, whose threads would be counted too.

use std::alloc::{GlobalAlloc, Layout, System};
use std::borrow::Cow;
use std::ops::Range;
use std::sync::atomic::{AtomicUsize, Ordering};

use nibble_engine::backend::cpu::{CpuDecoder, CpuOptions, sequence_bytes};
use nibble_engine::backend::{
    Activation, CacheType, Decoder, DecoderSpec, LayerSpec, Logits, Rope, RopeKind, RopeScaling,
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
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        CALLS.fetch_add(1, Ordering::Relaxed);
        BYTES.fetch_add(layout.size(), Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
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
    let window = [None, Some(20)];
    DecoderSpec {
        architecture: "made".to_owned(),
        vocab_size: 100,
        context_length: 64,
        d_model: 64,
        d_ff: 96,
        n_heads: 4,
        n_kv_heads: 2,
        head_dim: 32,
        layers: window.map(|window| LayerSpec { window, rope: rope.clone() }).to_vec(),
        norm_eps: 1e-5,
        embedding_scale: 2.0,
        attention_scale: 0.2,
        attention_softcap: Some(30.0),
        final_softcap: Some(20.0),
        activation: Activation::GeluTanh,
        qkv_bias: true,
        fused_qkv: true,
        fused_gate_up: true,
        qk_norm: true,
        post_norms: true,
    }
}

fn tensors() -> Vec<TensorMeta> {
    let mut all = Vec::new();
    let mut add = |name: String, shape: &[usize]| {
        let dtype = if shape.len() == 1 { DType::F32 } else { DType::Q8_0 };
        all.push(TensorMeta { name, shape: shape.to_vec(), dtype });
    };
    add("token_embd.weight".to_owned(), &[100, 64]);
    add("output_norm.weight".to_owned(), &[64]);
    for layer in 0..2 {
        let mut add = |part: &str, shape: &[usize]| add(format!("blk.{layer}.{part}"), shape);
        for norm in ["attn_norm", "ffn_norm", "post_attention_norm", "post_ffw_norm"] {
            add(&format!("{norm}.weight"), &[64]);
        }
        add("attn_q_norm.weight", &[32]);
        add("attn_k_norm.weight", &[32]);
        add("attn_qkv.weight", &[256, 64]);
        add("attn_qkv.bias", &[256]);
        add("attn_output.weight", &[64, 128]);
        add("ffn_up.weight", &[192, 64]);
        add("ffn_down.weight", &[64, 96]);
    }
    all
}

fn main() {
    a_sequence_takes_what_was_predicted_and_tokens_take_nothing();
}

fn a_sequence_takes_what_was_predicted_and_tokens_take_nothing() {
    let (threads, capacity) = (2, 400);
    let cancel = Cancel::new();
    let caches = [CacheType::F16, CacheType::Int8];
    for (level, cache) in Level::available().into_iter().flat_map(|level| caches.map(|cache| (level, cache)))
    {
        let options = CpuOptions { threads, level, cache };
        let decoder =
            CpuDecoder::load(spec(), &Made(tensors()), options, &(), &cancel).expect("a whole model");
        let before = BYTES.load(Ordering::Relaxed);
        let mut sequence = decoder.sequence(capacity).expect("a small sequence");
        let taken = (BYTES.load(Ordering::Relaxed) - before) as u64;
        let predicted = sequence_bytes(decoder.spec(), options, capacity);
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
    }
}
