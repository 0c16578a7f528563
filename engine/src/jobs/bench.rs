//! Benchmark of a loaded model, beside the machine's memory and arithmetic limits.

use std::time::Instant;

use serde::Serialize;

use super::Error;
use super::load::LoadedModel;
use crate::backend::{Logits, RunOptions, Sequence};
use crate::hardware;
use crate::progress::Cancel;

/// Tokens fed before measuring, so that every page was touched.
const WARM_UP: usize = 32;
/// Context tokens beyond the measured ones.
const SPARE: usize = 8;

/// The timed work: some tokens fed to a sequence.
type Work<'a> = dyn Fn(&mut dyn Sequence, &[u32]) -> Result<(), Error> + 'a;

/// Options of a benchmark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BenchOptions {
    /// Number of prompt tokens; 0 skips the prompt.
    pub prompt: usize,
    /// Number of tokens generated one by one; 0 skips generation.
    pub generate: usize,
    /// Number of tokens in the KV cache before measuring.
    pub depth: usize,
    /// Number of runs, at least one; the median is reported.
    pub repeat: usize,
}

/// Results of a benchmark.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BenchReport {
    /// Prefill speed in tokens per second.
    pub prompt_tps: f64,
    /// Generation speed in tokens per second.
    pub gen_tps: f64,
    /// Duration of loading in seconds.
    pub load_seconds: f64,
    /// Peak resident memory of the process in bytes.
    pub peak_rss_bytes: u64,
    /// Memory of the weights in bytes.
    pub weights_bytes: u64,
    /// Memory read speed with as many threads, in 10⁹ bytes per second; 0 if it could not be measured.
    pub read_gbps: f64,
    /// Read speed reached by generation in 10⁹ bytes per second, counting for each token the weights that it reads.
    pub achieved_gbps: f64,
    /// Product throughput at this level with as many threads, in 10⁹ multiplications and additions per second.
    pub dot_gops: f64,
    /// Product throughput reached by the prefill, counting the weights of its layers, without attention.
    pub achieved_gops: f64,
    /// Instruction-set level of the run.
    pub level: String,
    /// Number of threads.
    pub threads: usize,
}

/// Benchmarks `model` on random tokens.
///
/// # Errors
/// [`Error::Backend`] or [`Error::Cancelled`].
pub fn bench(model: &LoadedModel, options: &BenchOptions, cancel: &Cancel) -> Result<BenchReport, Error> {
    let BenchOptions { prompt, generate, depth, repeat } = *options;
    let vocab = model.decoder.spec().vocab_size;
    let tokens = scattered(depth.max(prompt).max(generate).max(WARM_UP), vocab);
    let mut sequence = model.decoder.sequence(depth + prompt.max(generate).max(WARM_UP) + SPARE)?;
    sequence.feed(&tokens[..WARM_UP], Logits::Last, cancel)?;
    sequence.truncate(0);
    if depth > 0 {
        sequence.feed(&tokens[..depth], Logits::None, cancel)?;
    }
    let mut measure = |count: usize, run: &Work<'_>| {
        let mut rates = Vec::with_capacity(repeat);
        for _ in 0..repeat.max(1) {
            let kept = sequence.truncate(depth);
            sequence.feed(&tokens[kept..depth], Logits::None, cancel)?;
            let start = Instant::now();
            run(&mut *sequence, &tokens[..count])?;
            rates.push(count as f64 / start.elapsed().as_secs_f64());
        }
        rates.sort_by(f64::total_cmp);
        Ok::<_, Error>(rates[rates.len() / 2])
    };
    let prompt_tps = if prompt == 0 {
        0.0
    } else {
        measure(prompt, &|sequence, tokens| Ok(sequence.feed(tokens, Logits::Last, cancel).map(drop)?))?
    };
    let one_by_one = |sequence: &mut dyn Sequence, tokens: &[u32]| {
        tokens.iter().try_for_each(|&token| Ok(sequence.feed(&[token], Logits::Last, cancel).map(drop)?))
    };
    let gen_tps = if generate == 0 { 0.0 } else { measure(generate, &one_by_one)? };
    let weights_bytes = model.decoder.weights_bytes();
    let RunOptions { level, threads, .. } = model.run;
    let peak_rss_bytes = hardware::peak_rss_bytes();
    Ok(BenchReport {
        prompt_tps,
        gen_tps,
        load_seconds: model.seconds,
        peak_rss_bytes,
        weights_bytes,
        read_gbps: hardware::read_gbps(level, threads),
        achieved_gbps: gen_tps * model.decoder.token_bytes() as f64 / 1e9,
        dot_gops: hardware::product_gops(level, threads),
        achieved_gops: prompt_tps * 2.0 * model.decoder.spec().layer_weights() as f64 / 1e9,
        level: level.name().to_owned(),
        threads,
    })
}

/// Tokens spread over the vocabulary, always the same.
fn scattered(count: usize, vocab: usize) -> Vec<u32> {
    (0..count as u64)
        .map(|at| (at.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize % vocab)
        .map(|t| t as u32)
        .collect()
}
