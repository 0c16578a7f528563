//! Gated delta rule: attention whose memory is one matrix per head (Yang, Kautz and Hatamizadeh 2024, arXiv 2412.06464,
//! equation 10).
//!
//! For each token, with decay g, rate β, key k, value v and query q, the memory S, `[key width, value width]`, becomes
//!
//! ```text
//! S = g·S
//! S = S + k ⊗ β·(v - Sᵀ·k)
//! o = Sᵀ·q
//! ```
//!
//! token by token, also for many tokens: beside the products with the weights that takes little of a processor's time.

#![allow(clippy::inline_always, reason = "see lanes")]

use crate::lanes::{Lanes, at_level};
use crate::level::Level;
use crate::pool::Pool;
use crate::shared::SharedMut;

/// Numbers and widths of heads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeltaHeads {
    /// Number of heads of queries and keys.
    pub n_key_heads: usize,
    /// Number of heads of values, each with a memory; head h uses the query and key of head h mod `n_key_heads`.
    pub n_value_heads: usize,
    /// Width of a query and of a key.
    pub key_dim: usize,
    /// Width of a value.
    pub value_dim: usize,
}

/// Inputs of some tokens.
#[derive(Clone, Copy, Debug)]
pub struct DeltaInputs<'a> {
    /// Queries, keys and values of each token, `[tokens, 2·key_len + value_len]`.
    pub qkv: &'a [f32],
    /// Decay of each head's memory, `[tokens, n_value_heads]`.
    pub decay: &'a [f32],
    /// Rate with which each head's memory takes the new value, `[tokens, n_value_heads]`.
    pub rate: &'a [f32],
}

impl DeltaHeads {
    /// Number of elements of all heads' keys.
    pub fn key_len(&self) -> usize {
        self.n_key_heads * self.key_dim
    }

    /// Number of elements of all heads' values.
    pub fn value_len(&self) -> usize {
        self.n_value_heads * self.value_dim
    }

    /// Number of elements of all memories.
    pub fn memory_len(&self) -> usize {
        self.value_len() * self.key_dim
    }
}

/// One token of one head.
struct Step<'a> {
    query: &'a [f32],
    key: &'a [f32],
    value: &'a [f32],
    decay: f32,
    rate: f32,
}

/// Applies the rule to all tokens in order: changes `memory`, `[n_value_heads, key_dim, value_dim]`, and writes the outputs to `out`,
/// `[tokens, value_len]`, in f32. Heads are distributed over the pool.
///
/// # Panics
/// When a length is not that of the tokens and heads.
pub fn gated_delta(
    level: Level,
    pool: &Pool,
    heads: &DeltaHeads,
    inputs: &DeltaInputs<'_>,
    memory: &mut [f32],
    out: &mut [f32],
) {
    let (key_len, value_len) = (heads.key_len(), heads.value_len());
    let width = 2 * key_len + value_len;
    let n_tokens = inputs.qkv.len() / width.max(1);
    assert_eq!(inputs.qkv.len(), n_tokens * width, "whole rows of queries, keys and values");
    let n_gates = n_tokens * heads.n_value_heads;
    assert!(inputs.decay.len() == n_gates && inputs.rate.len() == n_gates, "gates of all tokens");
    assert!(memory.len() == heads.memory_len() && out.len() == n_tokens * value_len, "room for all heads");
    let (memory, out) = (SharedMut::new(memory), SharedMut::new(out));
    let of_head = heads.key_dim * heads.value_dim;
    pool.run(heads.n_value_heads, &|head, _| {
        // SAFETY: each head has its own memory.
        let memory = unsafe { memory.part(head * of_head..(head + 1) * of_head) };
        let key_at = head % heads.n_key_heads * heads.key_dim;
        for token in 0..n_tokens {
            let row = &inputs.qkv[token * width..(token + 1) * width];
            let gate = token * heads.n_value_heads + head;
            let step = Step {
                query: &row[key_at..key_at + heads.key_dim],
                key: &row[key_len + key_at..][..heads.key_dim],
                value: &row[2 * key_len + head * heads.value_dim..][..heads.value_dim],
                decay: inputs.decay[gate],
                rate: inputs.rate[gate],
            };
            let first = token * value_len + head * heads.value_dim;
            // SAFETY: each head has its own columns of the output.
            let out = unsafe { out.part(first..first + heads.value_dim) };
            at_level!(level, step_scalar, step_lanes,
                (step: &Step<'_> = &step, memory: &mut [f32] = memory, out: &mut [f32] = out));
        }
    });
}

fn step_scalar(step: &Step<'_>, memory: &mut [f32], out: &mut [f32]) {
    columns(step, memory, out, 0);
}

/// The step for the columns of the memory from `first` on.
fn columns(step: &Step<'_>, memory: &mut [f32], out: &mut [f32], first: usize) {
    let width = out.len();
    for column in first..width {
        let mut read = 0.0;
        for (row, key) in step.key.iter().enumerate() {
            let cell = &mut memory[row * width + column];
            *cell *= step.decay;
            read += *cell * key;
        }
        let change = step.rate * (step.value[column] - read);
        let mut sum = 0.0;
        for (row, (key, query)) in step.key.iter().zip(step.query).enumerate() {
            let cell = &mut memory[row * width + column];
            *cell += key * change;
            sum += *cell * query;
        }
        out[column] = sum;
    }
}

/// Registers of columns that are computed together, so that sums of several are under way at once.
const TOGETHER: usize = 4;

#[inline(always)]
fn step_lanes<L: Lanes>(l: L, step: &Step<'_>, memory: &mut [f32], out: &mut [f32]) {
    let whole = out.len() / L::N * L::N;
    let mut first = 0;
    while first + TOGETHER * L::N <= whole {
        block::<L, TOGETHER>(l, step, memory, out, first);
        first += TOGETHER * L::N;
    }
    while first < whole {
        block::<L, 1>(l, step, memory, out, first);
        first += L::N;
    }
    columns(step, memory, out, whole);
}

/// The step for `R` registers of columns, from column `first` on.
#[inline(always)]
fn block<L: Lanes, const R: usize>(l: L, step: &Step<'_>, memory: &mut [f32], out: &mut [f32], first: usize) {
    let width = out.len();
    assert!(memory.len() >= step.key.len() * width && first + R * L::N <= width);
    assert!(step.value.len() == width && step.query.len() == step.key.len());
    let memory = memory.as_mut_ptr();
    let decay = l.splat(step.decay);
    let mut sums = [l.zero(); R];
    for (row, key) in step.key.iter().enumerate() {
        let key = l.splat(*key);
        for (r, sum) in sums.iter_mut().enumerate() {
            // SAFETY: the memory has a row for each key, and the registers' columns exist, as asserted.
            let cells = unsafe { memory.add(row * width + first + r * L::N) };
            // SAFETY: as above.
            let decayed = l.mul(unsafe { l.load(cells) }, decay);
            // SAFETY: as above.
            unsafe { l.store(cells, decayed) };
            *sum = l.fma(decayed, key, *sum);
        }
    }
    let mut changes = [l.zero(); R];
    for (r, change) in changes.iter_mut().enumerate() {
        // SAFETY: there is a value for each column.
        let value = unsafe { l.load(step.value.as_ptr().add(first + r * L::N)) };
        *change = l.mul(l.splat(step.rate), l.sub(value, sums[r]));
    }
    let mut sums = [l.zero(); R];
    for (row, (key, query)) in step.key.iter().zip(step.query).enumerate() {
        let (key, query) = (l.splat(*key), l.splat(*query));
        for (r, sum) in sums.iter_mut().enumerate() {
            // SAFETY: as for the first walk over the memory.
            let cells = unsafe { memory.add(row * width + first + r * L::N) };
            // SAFETY: as above.
            let changed = l.fma(key, changes[r], unsafe { l.load(cells) });
            // SAFETY: as above.
            unsafe { l.store(cells, changed) };
            *sum = l.fma(changed, query, *sum);
        }
    }
    for (r, sum) in sums.into_iter().enumerate() {
        // SAFETY: the registers' columns exist, as asserted.
        unsafe { l.store(out.as_mut_ptr().add(first + r * L::N), sum) };
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    /// The rule in f64, for one head and token.
    fn plain(memory: &mut [f64], [q, k, v]: [&[f32]; 3], [decay, rate]: [f32; 2]) -> Vec<f64> {
        let width = v.len();
        for cell in memory.iter_mut() {
            *cell *= f64::from(decay);
        }
        let read = |memory: &[f64], by: &[f32]| -> Vec<f64> {
            let column = |c: usize| {
                by.iter().enumerate().map(|(row, x)| f64::from(*x) * memory[row * width + c]).sum()
            };
            (0..width).map(column).collect()
        };
        let change: Vec<f64> =
            read(memory, k).iter().zip(v).map(|(read, v)| f64::from(rate) * (f64::from(*v) - read)).collect();
        for (row, k) in k.iter().enumerate() {
            for (cell, change) in memory[row * width..(row + 1) * width].iter_mut().zip(&change) {
                *cell += f64::from(*k) * change;
            }
        }
        read(memory, q)
    }

    #[test]
    fn every_level_follows_the_rule_over_many_tokens() {
        for (key_dim, value_dim) in [(4, 5), (16, 16), (8, 40), (32, 72)] {
            let heads = DeltaHeads { n_key_heads: 2, n_value_heads: 4, key_dim, value_dim };
            let (n_tokens, width) = (9, 2 * heads.key_len() + heads.value_len());
            let mut random = Random::new(key_dim as u64);
            let scale = 1.0 / (key_dim as f32).sqrt();
            let qkv: Vec<f32> = random.numbers(n_tokens * width).into_iter().map(|x| x * scale).collect();
            let gates = |random: &mut Random| -> Vec<f32> {
                random.numbers(n_tokens * 4).into_iter().map(|x| 0.6 + 0.3 * x.clamp(-1.0, 1.0)).collect()
            };
            let (decay, rate) = (gates(&mut random), gates(&mut random));
            let mut memories = vec![vec![0.0; key_dim * value_dim]; 4];
            let mut want = Vec::new();
            for (token, row) in qkv.chunks(width).enumerate() {
                for (head, memory) in memories.iter_mut().enumerate() {
                    let query = &row[head % 2 * key_dim..][..key_dim];
                    let key = &row[heads.key_len() + head % 2 * key_dim..][..key_dim];
                    let value = &row[2 * heads.key_len() + head * value_dim..][..value_dim];
                    let gates = [decay[token * 4 + head], rate[token * 4 + head]];
                    want.extend(plain(memory, [query, key, value], gates));
                }
            }
            for level in Level::available() {
                let (mut memory, mut out) = (vec![0.0; heads.memory_len()], vec![0.0; want.len()]);
                let pool = Pool::new(2);
                // In two parts, so that the memory is carried on.
                for tokens in [0..4, 4..n_tokens] {
                    let of = |len: usize| tokens.start * len..tokens.end * len;
                    let inputs =
                        DeltaInputs { qkv: &qkv[of(width)], decay: &decay[of(4)], rate: &rate[of(4)] };
                    let out = &mut out[of(heads.value_len())];
                    gated_delta(level, &pool, &heads, &inputs, &mut memory, out);
                }
                let all = out.iter().zip(&want).chain(memory.iter().zip(memories.iter().flatten()));
                for (&found, &want) in all {
                    let name = level.name();
                    assert!(
                        (f64::from(found) - want).abs() < 1e-5,
                        "{key_dim} {value_dim} {name}: {found} {want}"
                    );
                }
            }
        }
    }
}
