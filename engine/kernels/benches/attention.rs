//! Speed of attention at every level: one token and a chunk of 512 over a deep cache, heads as in a 1.24 B Llama.
//!
//! `cargo bench -p nibble-kernels --bench attention`; without `--bench`, as under `cargo test`, one short round.

#![allow(clippy::print_stdout, reason = "a program for the terminal")]

use std::time::Instant;

use nibble_kernels::attention::{
    AttentionParams, AttentionScratch, AttentionStep, KvCache, KvCacheType, KvShape, QkvRows, QkvStep,
    attend, finish_qkv,
};
use nibble_kernels::rope::{Pairing, RopeTable};
use nibble_kernels::{InputFormats, Level, Pool};

const N_HEADS: usize = 32;
const SHAPE: KvShape = KvShape { n_kv_heads: 8, head_dim: 64 };
/// More caches than fit into the processor's caches, used in turn as the layers of a model are.
const LAYERS: usize = 16;

fn main() {
    let measure = std::env::args().any(|argument| argument == "--bench");
    let (depth, rounds) = if measure { (8192, 5) } else { (256, 1) };
    let pool = Pool::new(std::thread::available_parallelism().map_or(1, usize::from));
    let kv_len = SHAPE.n_kv_heads * SHAPE.head_dim;
    let numbers: Vec<f32> =
        (0..depth * kv_len).map(|i| ((i * 7919 + i / 61) % 1009) as f32 / 504.0 - 1.0).collect();
    for cache_type in [KvCacheType::F16, KvCacheType::Int8] {
        let caches: Vec<KvCache> = (0..LAYERS).map(|_| filled(&pool, cache_type, &numbers)).collect();
        for level in Level::available().into_iter().skip(usize::from(measure)) {
            for n_tokens in [1, 512.min(depth)] {
                report(level, &pool, &caches, &numbers, (n_tokens, rounds));
            }
        }
        let bytes = KvCache::size_bytes(cache_type, SHAPE, depth) as f64;
        println!("a full cache of {cache_type:?}: {:.1} MB per layer", bytes / 1e6);
    }
}

/// A KV cache filled with `numbers`.
fn filled(pool: &Pool, cache_type: KvCacheType, numbers: &[f32]) -> KvCache {
    let depth = numbers.len() / (SHAPE.n_kv_heads * SHAPE.head_dim);
    let rope = RopeTable::new(Pairing::Halves, Vec::new(), 1.0, depth);
    let mut cache = KvCache::new(cache_type, SHAPE, depth).expect("memory");
    let step = QkvStep { biases: None, norm: None, rope: &rope, first_position: 0 };
    let (mut keys, mut values, mut queries) = (numbers.to_vec(), numbers.to_vec(), numbers.to_vec());
    let rows = QkvRows { queries: &mut queries, keys: &mut keys, values: &mut values };
    finish_qkv(Level::best(), pool, &step, rows, &mut cache);
    cache
}

/// Measures `n_tokens` at the end of the caches, each layer's in turn, and prints the best round.
fn report(
    level: Level,
    pool: &Pool,
    caches: &[KvCache],
    numbers: &[f32],
    (n_tokens, rounds): (usize, usize),
) {
    let (depth, row) = (numbers.len() / (SHAPE.n_kv_heads * SHAPE.head_dim), N_HEADS * SHAPE.head_dim);
    let params = AttentionParams { n_heads: N_HEADS, scale: 0.125, softcap: None, window: None };
    let mut scratch =
        AttentionScratch::new(level, InputFormats::INTEGER, N_HEADS, SHAPE, depth, pool.n_threads())
            .expect("memory");
    let queries: Vec<f32> = numbers.iter().cycle().take(n_tokens * row).copied().collect();
    let mut out = vec![0.0; queries.len()];
    let caches = if n_tokens == 1 { caches } else { &caches[..1] };
    let mut best = f64::INFINITY;
    for _ in 0..rounds {
        let start = Instant::now();
        for cache in caches {
            let step =
                AttentionStep { params: &params, cache, queries: &queries, first_position: depth - n_tokens };
            attend(level, pool, &step, &mut scratch, &mut out);
        }
        best = best.min(start.elapsed().as_secs_f64() / caches.len() as f64);
    }
    let products = 2.0 * (n_tokens * row) as f64 * (depth as f64 - n_tokens as f64 / 2.0);
    println!(
        "{:8} {n_tokens:4} tokens at {depth}, {} threads: {:.3} ms per layer, {:.1} GMAC/s",
        level.name(),
        pool.n_threads(),
        best * 1e3,
        products / best / 1e9
    );
}
