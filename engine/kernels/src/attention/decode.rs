//! Attention of one token: the cache is read once, split over (kv head, range of positions).
//!
//! A range of [`SPLIT`] positions gives each query head of the group a partial result (largest score, sum of weights, weighted
//! sum of values); the worker that finishes a kv head's last range merges them in the order of positions. Keys and values are
//! widened in registers and used for up to four query heads each time. While one range is computed, the next one is prefetched,
//! line by line and evenly spread: without that a core alternates between waiting for memory and computing.

#![allow(clippy::inline_always, reason = "see lanes")]

use std::sync::atomic::{AtomicU32, Ordering};

use super::cache::{BLOCK_LEN, BlockView, CacheBlock, CacheElement, KvShape, PANEL, padded};
use super::problem::Problem;
use crate::exp::exp;
use crate::lanes::{Lanes, at_level};
use crate::level::Level;
use crate::pool::Pool;
use crate::shared::SharedMut;
use crate::softcap::softcap_lanes;
use crate::zeroed::Zeroed;

/// Positions of one range; a range lies in one block of the cache.
const SPLIT: usize = BLOCK_LEN;
/// Bytes of a cache line.
const LINE: usize = 64;

/// Partial results and the workers' scores.
#[derive(Debug)]
pub(super) struct Partials {
    group: usize,
    head_dim: usize,
    /// Largest number of ranges of a head.
    n_splits: usize,
    /// `[kv head][range][head of group][padded element]`
    sums: Zeroed<f32>,
    /// `[kv head][range][head of group]`: largest score and sum of weights.
    scales: Vec<[f32; 2]>,
    /// Ranges finished per kv head.
    finished: Vec<AtomicU32>,
    /// `[worker][head of group][position of range]`
    scores: Zeroed<f32>,
}

impl Partials {
    pub(super) fn new(n_heads: usize, shape: KvShape, capacity: usize, n_workers: usize) -> Option<Self> {
        let n_splits = capacity.div_ceil(SPLIT);
        let group = n_heads / shape.n_kv_heads;
        Some(Self {
            group,
            head_dim: shape.head_dim,
            n_splits,
            sums: Zeroed::new(n_heads * n_splits * padded(shape.head_dim))?,
            scales: vec![[0.0; 2]; n_heads * n_splits],
            finished: (0..shape.n_kv_heads).map(|_| AtomicU32::new(0)).collect(),
            scores: Zeroed::new(n_workers * group * SPLIT)?,
        })
    }

    pub(super) fn size_bytes(n_heads: usize, shape: KvShape, capacity: usize, n_workers: usize) -> u64 {
        let per_range = n_heads * (padded(shape.head_dim) + 2);
        let group = n_heads / shape.n_kv_heads;
        4 * (capacity.div_ceil(SPLIT) * per_range + n_workers * group * SPLIT + shape.n_kv_heads) as u64
    }
}

/// Inputs and results of one range.
struct Range<'a> {
    problem: &'a Problem<'a>,
    kv_head: usize,
    /// Positions, all in one range.
    positions: std::ops::Range<usize>,
    /// First keys and values of the next range, which are prefetched in the meantime.
    next: [*const u8; 2],
    /// `[head of group][position - start of range]`
    scores: &'a mut [f32],
    /// `[head of group][padded element]`
    sums: &'a mut [f32],
    /// `[head of group]`
    scales: &'a mut [[f32; 2]],
}

/// Computes attention of the one token of `problem`.
pub(super) fn attend(
    level: Level,
    pool: &Pool,
    problem: &Problem<'_>,
    partials: &mut Partials,
    out: &SharedMut<'_, f32>,
) {
    let shape = problem.cache.shape();
    let (group, width) = (problem.group(), padded(shape.head_dim));
    assert!(partials.group == group && partials.head_dim == shape.head_dim, "the scratch is this model's");
    let visible = problem.visible(0);
    let first_split = visible.start / SPLIT;
    let n_splits = visible.end.div_ceil(SPLIT) - first_split;
    assert!(n_splits <= partials.n_splits, "the scratch has room for the context");
    for finished in &partials.finished {
        finished.store(0, Ordering::Relaxed);
    }
    let finished = &partials.finished;
    let sums = SharedMut::new(partials.sums.as_mut_slice());
    let scales = SharedMut::new(&mut partials.scales);
    let scores = SharedMut::new(partials.scores.as_mut_slice());
    pool.run(shape.n_kv_heads * n_splits, &|chunk, worker| {
        let (kv_head, split) = (chunk / n_splits, chunk % n_splits);
        let start = (first_split + split) * SPLIT;
        let at = chunk * group;
        let (next_head, next_split) = ((chunk + 1) / n_splits, (chunk + 1) % n_splits);
        let next_head = if next_head < shape.n_kv_heads { next_head } else { kv_head };
        let next = match problem.cache.block(next_head, first_split + next_split) {
            CacheBlock::F16(cached) => [cached.keys.as_ptr().cast(), cached.values.as_ptr().cast()],
            CacheBlock::Int8(cached) => [cached.keys.as_ptr().cast(), cached.values.as_ptr().cast()],
        };
        // SAFETY: scores belong to the worker, sums and scales to the chunk.
        let mut range = unsafe {
            Range {
                problem,
                kv_head,
                positions: visible.start.max(start)..visible.end.min(start + SPLIT),
                next,
                scores: scores.part(worker * group * SPLIT..(worker + 1) * group * SPLIT),
                sums: sums.part(at * width..(at + group) * width),
                scales: scales.part(at..at + group),
            }
        };
        at_level!(level, no_scalar, attend_range, (range: &mut Range<'_> = &mut range));
        // Release this partial result, acquire the others': the last worker sees all of them.
        if finished[kv_head].fetch_add(1, Ordering::AcqRel) as usize + 1 == n_splits {
            let at = kv_head * n_splits * group;
            let len = group * shape.head_dim;
            // SAFETY: every range of this head is finished, so no other worker touches its partial results; its output is
            // written here alone.
            let (sums, scales, out) = unsafe {
                (
                    sums.part(at * width..(at + n_splits * group) * width),
                    scales.part(at..at + n_splits * group),
                    out.part(kv_head * len..(kv_head + 1) * len),
                )
            };
            merge(group, sums, scales, out);
        }
    });
}

/// Stands for the scalar level, which never calls this.
fn no_scalar(range: &mut Range<'_>) {
    unreachable!("scalar attention goes token by token, not by ranges such as {:?}", range.positions)
}

#[inline(always)]
fn attend_range<L: Lanes>(l: L, range: &mut Range<'_>) {
    match range.problem.cache.block(range.kv_head, range.positions.start / SPLIT) {
        CacheBlock::F16(cached) => attend_block(l, range, cached),
        CacheBlock::Int8(cached) => attend_block(l, range, cached),
    }
}

#[inline(always)]
fn attend_block<L: Lanes, E: CacheElement>(l: L, range: &mut Range<'_>, cached: BlockView<'_, E>) {
    let group = range.problem.group();
    for head in (0..group).step_by(4) {
        match group - head {
            1 => score_heads::<L, E, 1>(l, range, cached, head),
            2 => score_heads::<L, E, 2>(l, range, cached, head),
            3 => score_heads::<L, E, 3>(l, range, cached, head),
            _ => score_heads::<L, E, 4>(l, range, cached, head),
        }
    }
    let start = range.positions.start / SPLIT * SPLIT;
    let within = range.positions.start - start..range.positions.end - start;
    for head in 0..group {
        let scores = &mut range.scores[head * SPLIT..(head + 1) * SPLIT];
        range.scales[head] = weigh(l, range.problem.params.softcap, scores, within.clone());
        if let Some(scales) = cached.value_scales {
            let scales = &scales[within.clone()];
            scores[within.clone()].iter_mut().zip(scales).for_each(|(weight, scale)| *weight *= scale);
        }
    }
    for head in (0..group).step_by(4) {
        match group - head {
            1 => sum_values::<L, E, 1>(l, range, cached, head),
            2 => sum_values::<L, E, 2>(l, range, cached, head),
            3 => sum_values::<L, E, 3>(l, range, cached, head),
            _ => sum_values::<L, E, 4>(l, range, cached, head),
        }
    }
}

/// Scores of `H` query heads from `head` on, for whole steps of positions that cover the range.
#[inline(always)]
fn score_heads<L: Lanes, E: CacheElement, const H: usize>(
    l: L,
    range: &mut Range<'_>,
    cached: BlockView<'_, E>,
    head: usize,
) {
    let problem = range.problem;
    let head_dim = problem.cache.shape().head_dim;
    let query = &problem.queries[(range.kv_head * problem.group() + head) * head_dim..][..H * head_dim];
    let keys = cached.keys;
    let scale = l.splat(problem.params.scale);
    let step = 2 * L::N;
    // Positions from here on are those within the block.
    let start = range.positions.start / SPLIT * SPLIT;
    let first = (range.positions.start - start) / step * step;
    for position in (first..range.positions.end - start).step_by(step) {
        // Two registers: two panels at 16 lanes, the halves of one at 8.
        let second = position + L::N;
        // The last element of the second register's panel exists, hence all before it do.
        assert!((second / PANEL + 1) * PANEL * head_dim <= keys.len(), "blocks are whole steps");
        // SAFETY: both lie in panels that the assertion above found in the cache.
        let (k0, k1) = unsafe {
            (
                keys.as_ptr().add(position / PANEL * PANEL * head_dim + position % PANEL),
                keys.as_ptr().add(second / PANEL * PANEL * head_dim + second % PANEL),
            )
        };
        let mut sums = [[l.zero(); 2]; H];
        for element in 0..head_dim {
            let at = element * PANEL;
            // SAFETY: element < head_dim, the rows of a panel, and each row has 16 positions.
            let (a, b) = unsafe { (E::load(l, k0.add(at)), E::load(l, k1.add(at))) };
            if head == 0 {
                // This step's share of the next range's keys, two registers at a time.
                let ahead = position * head_dim + element * step;
                l.prefetch_early(range.next[0].wrapping_add(ahead * size_of::<E>()));
            }
            for (h, sum) in sums.iter_mut().enumerate() {
                // SAFETY: h < H and element < head_dim, and the query slice holds H heads.
                let q = l.splat(unsafe { *query.get_unchecked(h * head_dim + element) });
                *sum = [l.fma(q, a, sum[0]), l.fma(q, b, sum[1])];
            }
        }
        let mut scales = [scale; 2];
        if let Some(key_scales) = cached.key_scales {
            for (scales, from) in scales.iter_mut().zip([position, second]) {
                // SAFETY: the slice holds one register.
                *scales = l.mul(*scales, unsafe { l.load(key_scales[from..][..L::N].as_ptr()) });
            }
        }
        for (h, sum) in sums.iter().enumerate() {
            let out = &mut range.scores[(head + h) * SPLIT + position..][..step];
            // SAFETY: `out` holds two registers.
            unsafe {
                l.store(out.as_mut_ptr(), l.mul(sum[0], scales[0]));
                l.store(out.as_mut_ptr().add(L::N), l.mul(sum[1], scales[1]));
            }
        }
    }
}

/// Replaces the scores of `within` by weights e^(score - largest), all others by 0; returns the largest score and the sum of
/// weights.
#[inline(always)]
fn weigh<L: Lanes>(l: L, cap: Option<f32>, scores: &mut [f32], within: std::ops::Range<usize>) -> [f32; 2] {
    scores[..within.start].fill(f32::NEG_INFINITY);
    scores[within.end..].fill(f32::NEG_INFINITY);
    if let Some(cap) = cap {
        softcap_lanes(l, cap, &mut scores[within]);
    }
    let mut largest = l.splat(f32::NEG_INFINITY);
    for score in scores.chunks_exact(L::N) {
        // SAFETY: the chunk has N elements.
        largest = l.max(largest, unsafe { l.load(score.as_ptr()) });
    }
    let largest = l.largest(largest);
    let (offset, mut total) = (l.splat(largest), l.zero());
    for score in scores.chunks_exact_mut(L::N) {
        // SAFETY: the chunk has N elements.
        let weight = exp(l, l.sub(unsafe { l.load(score.as_ptr()) }, offset));
        total = l.add(total, weight);
        // SAFETY: as above.
        unsafe { l.store(score.as_mut_ptr(), weight) };
    }
    [largest, l.sum(total)]
}

/// Weighted sums of values for `H` query heads from `head` on.
#[inline(always)]
fn sum_values<L: Lanes, E: CacheElement, const H: usize>(
    l: L,
    range: &mut Range<'_>,
    cached: BlockView<'_, E>,
    head: usize,
) {
    let width = range.problem.cache.value_stride();
    let mut element = 0;
    // As many sums as fit into registers: 4 heads by 4 registers at 16 lanes, by 2 at 8.
    if L::N == 16 {
        while element + 4 * L::N <= width {
            sum_elements::<L, E, H, 4>(l, range, cached.values, (head, element));
            element += 4 * L::N;
        }
    }
    while element + 2 * L::N <= width {
        sum_elements::<L, E, H, 2>(l, range, cached.values, (head, element));
        element += 2 * L::N;
    }
    while element < width {
        sum_elements::<L, E, H, 1>(l, range, cached.values, (head, element));
        element += L::N;
    }
}

/// Weighted sums of `W` registers of values from `element` on, for `H` query heads from `head` on.
#[inline(always)]
fn sum_elements<L: Lanes, E: CacheElement, const H: usize, const W: usize>(
    l: L,
    range: &mut Range<'_>,
    values: &[E],
    (head, element): (usize, usize),
) {
    let width = range.problem.cache.value_stride();
    let start = range.positions.start / SPLIT * SPLIT;
    let within = range.positions.start - start..range.positions.end - start;
    assert!(within.end * width <= values.len(), "all positions lie in the block");
    assert!(element + W * L::N <= width, "whole registers of a row");
    let weights = &range.scores[head * SPLIT..(head + H) * SPLIT];
    let mut sums = [[l.zero(); W]; H];
    for position in within {
        // SAFETY: the position and the registers lie in the block, as asserted above.
        let row = unsafe { values.as_ptr().add(position * width + element) };
        let mut v = [l.zero(); W];
        for (w, v) in v.iter_mut().enumerate() {
            // SAFETY: element + W·N ≤ width, so register w lies in the row.
            *v = unsafe { E::load(l, row.add(w * L::N)) };
        }
        if head == 0 {
            // This pass's share of the next range's values, as many as it reads itself.
            let ahead = (element * SPLIT + position * W * L::N) * size_of::<E>();
            for line in 0..(W * L::N * size_of::<E>()).div_ceil(LINE) {
                l.prefetch_early(range.next[1].wrapping_add(ahead + line * LINE));
            }
        }
        for (h, sum) in sums.iter_mut().enumerate() {
            // SAFETY: h < H, and position < SPLIT.
            let weight = l.splat(unsafe { *weights.get_unchecked(h * SPLIT + position) });
            for (sum, v) in sum.iter_mut().zip(v) {
                *sum = l.fma(weight, v, *sum);
            }
        }
    }
    for (h, sum) in sums.iter().enumerate() {
        let out = &mut range.sums[(head + h) * width + element..][..W * L::N];
        for (w, &sum) in sum.iter().enumerate() {
            // SAFETY: w < W, and `out` holds W registers.
            unsafe { l.store(out.as_mut_ptr().add(w * L::N), sum) };
        }
    }
}

/// Merges the partial results of one kv head in the order of ranges: Σ e^(mᵢ-m)·sumᵢ / Σ e^(mᵢ-m)·totalᵢ.
fn merge(group: usize, sums: &[f32], scales: &[[f32; 2]], out: &mut [f32]) {
    let head_dim = out.len() / group;
    let width = sums.len() / scales.len();
    for (head, out) in out.chunks_exact_mut(head_dim).enumerate() {
        let ranges = || scales.iter().zip(sums.chunks_exact(width)).skip(head).step_by(group);
        let largest = ranges().fold(f32::NEG_INFINITY, |largest, (scale, _)| largest.max(scale[0]));
        let mut total = 0.0;
        out.fill(0.0);
        for ([score, weight], sum) in ranges() {
            let factor = (score - largest).exp();
            total += factor * weight;
            for (out, sum) in out.iter_mut().zip(sum) {
                *out += factor * sum;
            }
        }
        for out in out {
            *out /= total;
        }
    }
}
