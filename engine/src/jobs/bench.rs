//! How fast a loaded model is, beside what the machine's memory and arithmetic can do.

use std::time::Instant;

use serde::Serialize;

use super::Error;
use super::load::LoadedModel;
use crate::backend::{Logits, RunOptions, Sequence};
use crate::hardware;
use crate::progress::Cancel;

/// Tokens fed before measuring, so that no page is touched for the first time.
const WARM_UP: usize = 32;
/// Room beyond what is measured.
const SPARE: usize = 8;

/// What is timed: some tokens through a sequence.
type Work<'a> = dyn Fn(&mut dyn Sequence, &[u32]) -> Result<(), Error> + 'a;

/// What to measure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct BenchOptions {
    /// Tokens of the prompt; 0 leaves it out.
    pub prompt: usize,
    /// Tokens generated one by one; 0 leaves it out.
    pub generate: usize,
    /// Tokens in the cache before measuring.
    pub depth: usize,
    /// Runs of each, at least one; the median counts.
    pub repeat: usize,
}

/// What was measured.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct BenchReport {
    /// Tokens of a prompt per second.
    pub prompt_tps: f64,
    /// Tokens generated per second.
    pub gen_tps: f64,
    /// Seconds loading took.
    pub load_seconds: f64,
    /// Most memory of the process.
    pub peak_rss_bytes: u64,
    /// Bytes of the weights in memory.
    pub weights_bytes: u64,
    /// What a plain read of memory reaches on as many threads, in 10⁹ bytes per second; 0 if it could not be measured.
    pub read_gbps: f64,
    /// What generating reaches, counting the weights once per token.
    pub achieved_gbps: f64,
    /// What products alone reach at this level on as many threads, in 10⁹ multiplications and additions per second.
    pub dot_gops: f64,
    /// What a prompt reaches, counting the products of its layers' weights; attention comes on top.
    pub achieved_gops: f64,
    /// Instruction-set level of the run.
    pub level: String,
    /// Number of threads.
    pub threads: usize,
}

/// Measures `model` on tokens without meaning.
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
        achieved_gbps: gen_tps * weights_bytes as f64 / 1e9,
        dot_gops: hardware::product_gops(level, threads),
        achieved_gops: prompt_tps * 2.0 * model.decoder.spec().layer_weights() as f64 / 1e9,
        level: level.name().to_owned(),
        threads,
    })
}

/// Tokens spread over the vocabulary, the same each time.
fn scattered(count: usize, vocab: usize) -> Vec<u32> {
    (0..count as u64)
        .map(|at| (at.wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 32) as usize % vocab)
        .map(|t| t as u32)
        .collect()
}
