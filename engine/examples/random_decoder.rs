//! Speed of the processor's decoder on random weights of a 1.24 B model: no file needed.
//!
//! `cargo run --release -p nibble-engine --example random_decoder -- q4_0 --level avx2 --threads 2 -p 512 -n 64 --depth 0`

#![allow(clippy::print_stdout, reason = "a program for the terminal")]

use std::borrow::Cow;
use std::ops::Range;
use std::time::Instant;

use nibble_engine::backend::{
    DecoderSpec, Logits, Rope, RopeKind, RopeScaling, RunOptions, TensorRole, bind, preferred,
};
use nibble_engine::base::{DType, TensorMeta, TensorSource};
use nibble_engine::progress::Cancel;
use nibble_kernels::Level;
use nibble_kernels::testing::Random;

/// Tensors whose bytes are made up when read.
struct RandomSource(Vec<TensorMeta>);

impl TensorSource for RandomSource {
    fn tensors(&self) -> &[TensorMeta] {
        &self.0
    }

    fn read_rows(&self, index: usize, rows: Range<usize>) -> std::io::Result<Cow<'_, [u8]>> {
        let meta = &self.0[index];
        let n = meta.dtype.row_bytes(meta.n_cols()).expect("whole blocks") * rows.len();
        let mut raw = Random::new(((index as u64) << 32) + rows.start as u64).bytes(n);
        let scales: &[usize] = match meta.dtype {
            DType::Q4_K | DType::Q5_K => &[0, 2],
            DType::Q6_K => &[208],
            _ => &[0],
        };
        if meta.dtype == DType::F32 {
            raw.chunks_exact_mut(4).for_each(|x| x.copy_from_slice(&1.0_f32.to_le_bytes()));
        } else {
            for block in raw.chunks_exact_mut(meta.dtype.block_bytes()) {
                for &at in scales {
                    block[at..at + 2].copy_from_slice(&0x1000_u16.to_le_bytes()); // 2^-11
                }
            }
        }
        Ok(Cow::Owned(raw))
    }
}

/// The shape of Llama 3.2 1B.
fn spec() -> DecoderSpec {
    let rope =
        Rope { kind: RopeKind::Interleaved, base: 500_000.0, n_rotary: 64, scaling: RopeScaling::None };
    let layers = DecoderSpec::tiny().with_depth(16).with_layers(|attention, mlp| {
        (attention.n_heads, attention.n_kv_heads, attention.head_dim) = (32, 8, 64);
        (attention.rope, attention.scale, mlp.d_ff) = (Some(rope.clone()), 0.125, 8192);
    });
    DecoderSpec { vocab_size: 128_256, context_length: 131_072, d_model: 2048, ..layers }
}

fn tensors(precision: &str) -> Vec<TensorMeta> {
    let (low, high) = match precision {
        "q4_0" => (DType::Q4_0, DType::Q4_0),
        "q4_k_m" => (DType::Q4_K, DType::Q6_K),
        "q8_0" => (DType::Q8_0, DType::Q8_0),
        name => {
            let dtype = DType::from_name(name).expect("a known type");
            (dtype, dtype)
        }
    };
    let embedding = if low == DType::Q8_0 || low.is_float() { low } else { DType::Q6_K };
    spec().needed_tensors(|slot| {
        let layer = slot.layer.unwrap_or(0);
        let more = !(2..14).contains(&layer) || (layer - 2) % 3 == 2;
        match slot.role {
            TensorRole::Norm => DType::F32,
            TensorRole::TokenEmbedding => embedding,
            TensorRole::AttentionValue | TensorRole::FfnDown if more => high,
            _ => low,
        }
    })
}

fn option(name: &str, default: usize) -> usize {
    let mut arguments = std::env::args().skip_while(|argument| argument != name);
    arguments.nth(1).and_then(|value| value.parse().ok()).unwrap_or(default)
}

fn main() {
    let precision = std::env::args().nth(1).unwrap_or_else(|| "q4_0".to_owned());
    let level = std::env::args().skip_while(|argument| argument != "--level").nth(1);
    let level = level.map_or(Level::best(), |name| Level::from_name(&name).expect("a level of this machine"));
    let threads = option("--threads", 2);
    let (n_prompt, n_generated, depth) = (option("-p", 512), option("-n", 64), option("--depth", 0));
    let cancel = Cancel::new();
    let start = Instant::now();
    let source = RandomSource(tensors(&precision));
    let run = RunOptions { level, ..RunOptions::new(threads) };
    let decoder = preferred().load(spec(), &source, &run, &(), &cancel).expect("memory");
    let gigabytes = decoder.weights_bytes() as f64 / 1e9;
    let capacity = n_prompt.max(n_generated) + depth + 8;
    let bound = bind(decoder.spec(), source.tensors()).expect("all tensors");
    let need = preferred().need(decoder.spec(), &bound, &run, capacity);
    let sequence_gigabytes = need.sequence_bytes() as f64 / 1e9;
    println!(
        "{precision} {} {threads} threads: weights {gigabytes:.3} GB, sequence {sequence_gigabytes:.3} GB, loaded in {:.1} s",
        level.name(),
        start.elapsed().as_secs_f64()
    );
    let mut sequence = decoder.sequence(capacity).expect("memory");
    let tokens: Vec<u32> = (0..depth.max(n_prompt) as u32).map(|i| i * 7919 % 128_000).collect();
    for _ in 0..option("--runs", 3) {
        sequence.truncate(0);
        let start = Instant::now();
        if n_prompt > 0 {
            sequence.feed(&tokens[..n_prompt], Logits::Last, &cancel).expect("room");
        }
        let prompt_tps = n_prompt as f64 / start.elapsed().as_secs_f64();
        sequence.truncate(0);
        sequence.feed(&tokens[..depth], Logits::None, &cancel).expect("room");
        let start = Instant::now();
        let mut next = 1;
        for _ in 0..n_generated {
            let logits = sequence.feed(&[next], Logits::Last, &cancel).expect("room");
            next = (logits[7].to_bits() >> 3) % 128_000;
        }
        let tps = n_generated as f64 / start.elapsed().as_secs_f64();
        println!("prompt {prompt_tps:.1} t/s, decode {tps:.2} t/s, {:.1} GB/s", tps * gigabytes);
    }
}
