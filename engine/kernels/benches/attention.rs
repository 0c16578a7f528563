//! Speed of attention at every level: one token and a chunk of 512 over a deep cache, heads as in a 1.24 B Llama.
//!
//! `cargo bench -p nibble-kernels --bench attention`; without `--bench`, as under `cargo test`, one short round.

#![allow(clippy::print_stdout, reason = "a program for the terminal")]

use std::time::Instant;

use nibble_kernels::attention::{
    AttentionParams, AttentionScratch, AttentionStep, KvCache, KvShape, QkvRows, QkvStep, attend, finish_qkv,
};
use nibble_kernels::rope::{Pairing, RopeTable};
use nibble_kernels::{Level, Pool};

const N_HEADS: usize = 32;
const SHAPE: KvShape = KvShape { n_kv_heads: 8, head_dim: 64 };
/// More caches than the processor's own hold, used in turn as layers are.
const LAYERS: usize = 16;

fn main() {
    let measure = std::env::args().any(|argument| argument == "--bench");
    let (depth, rounds) = if measure { (8192, 5) } else { (256, 1) };
    let threads = std::thread::available_parallelism().map_or(1, usize::from);
    let pool = Pool::new(threads);
    let rope = RopeTable::new(Pairing::Halves, Vec::new(), 1.0, depth);
    let kv_len = SHAPE.n_kv_heads * SHAPE.head_dim;
    let numbers: Vec<f32> =
        (0..depth * kv_len).map(|i| ((i * 7919 + i / 61) % 1009) as f32 / 504.0 - 1.0).collect();
    let mut caches: Vec<KvCache> = (0..LAYERS).map(|_| KvCache::new(SHAPE, depth).expect("memory")).collect();
    for cache in &mut caches {
        let step = QkvStep { biases: None, norm: None, rope: &rope, first_position: 0 };
        let (mut keys, mut values, mut queries) = (numbers.clone(), numbers.clone(), numbers.clone());
        let rows = QkvRows { queries: &mut queries, keys: &mut keys, values: &mut values };
        finish_qkv(Level::best(), &pool, &step, rows, cache);
    }
    let params = AttentionParams { n_heads: N_HEADS, scale: 0.125, softcap: None, window: None };
    let mut scratch = AttentionScratch::new(N_HEADS, SHAPE, depth, threads).expect("memory");
    let row = N_HEADS * SHAPE.head_dim;
    for level in Level::available().into_iter().skip(usize::from(measure)) {
        for n_tokens in [1, 512.min(depth)] {
            let queries: Vec<f32> = numbers.iter().cycle().take(n_tokens * row).copied().collect();
            let mut out = vec![0.0; queries.len()];
            let mut best = f64::INFINITY;
            let n_layers = if n_tokens == 1 { LAYERS } else { 1 };
            for _ in 0..rounds {
                let start = Instant::now();
                for cache in &caches[..n_layers] {
                    let first_position = depth - n_tokens;
                    let step = AttentionStep { params: &params, cache, queries: &queries, first_position };
                    attend(level, &pool, &step, &mut scratch, &mut out);
                }
                best = best.min(start.elapsed().as_secs_f64() / n_layers as f64);
            }
            let gigabytes = KvCache::size_bytes(SHAPE, depth) as f64 / 1e9;
            let products = 2.0 * (n_tokens * row) as f64 * (depth as f64 - n_tokens as f64 / 2.0);
            println!(
                "{:8} {n_tokens:4} tokens at {depth}, {threads} threads: {:.3} ms per layer, {:.1} GB/s, {:.1} GMAC/s",
                level.name(),
                best * 1e3,
                gigabytes / best,
                products / best / 1e9
            );
        }
    }
}
