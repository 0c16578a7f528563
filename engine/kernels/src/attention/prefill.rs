//! Attention of a chunk of tokens (chunked prefill): tiles of queries against tiles of keys, with a running softmax.
//!
//! A task is one kv head and a tile of tokens, with all query heads of the group as rows. For every tile of 64 keys it widens
//! keys and values to f32 once, then computes scores, weights and weighted values of blocks of rows, while both tiles stay in
//! the first-level cache. Both products are one register-tiled kernel, [`multiply`]. Tiles outside the mask are never visited.
//! A row's result depends only on its own query and the fixed tiles, not on its neighbors.

#![allow(clippy::inline_always, reason = "see lanes")]

use super::cache::{BLOCK_LEN, BlockView, CacheBlock, CacheElement, KvShape, PANEL, TILE_POSITIONS, padded};
use super::problem::Problem;
use crate::exp::exp;
use crate::lanes::{Lanes, at_level};
use crate::level::Level;
use crate::pool::Pool;
use crate::shared::SharedMut;
use crate::softcap::softcap_lanes;
use crate::zeroed::Zeroed;

/// Largest number of rows of a task: tokens of a tile times heads of the group.
const TASK_ROWS: usize = 192;
/// Rows of a block: with four registers of columns (two at 8 lanes), as many sums as fit into registers.
const ROW_BLOCK: usize = 6;
/// Alignment of the parts in f32 numbers, so that every part begins at a cache line.
const LINE_FLOATS: usize = 16;

/// Scratch buffers of all workers.
#[derive(Debug)]
pub(super) struct Tiles {
    n_workers: usize,
    sizes: Sizes,
    memory: Zeroed<f32>,
}

/// Sizes that determine the parts of one worker's memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sizes {
    head_dim: usize,
    group: usize,
    tokens: usize,
    rows: usize,
}

impl Sizes {
    fn new(n_heads: usize, shape: KvShape) -> Self {
        let group = n_heads / shape.n_kv_heads;
        let tokens = (TASK_ROWS / group).max(1);
        Self { head_dim: shape.head_dim, group, tokens, rows: (tokens * group).next_multiple_of(ROW_BLOCK) }
    }

    /// Lengths of the parts: queries, sums, largest scores and totals, keys, values, scores.
    fn parts(&self) -> [usize; 6] {
        let width = padded(self.head_dim);
        let (queries, sums, statistics) = (self.rows * self.head_dim, self.rows * width, 2 * self.rows);
        [
            queries,
            sums,
            statistics,
            TILE_POSITIONS * self.head_dim,
            TILE_POSITIONS * width,
            ROW_BLOCK * TILE_POSITIONS,
        ]
        .map(|len| len.next_multiple_of(LINE_FLOATS))
    }

    fn per_worker(&self) -> usize {
        self.parts().iter().sum()
    }
}

impl Tiles {
    pub(super) fn new(n_heads: usize, shape: KvShape, n_workers: usize) -> Option<Self> {
        let sizes = Sizes::new(n_heads, shape);
        Some(Self { n_workers, sizes, memory: Zeroed::new(n_workers * sizes.per_worker())? })
    }

    pub(super) fn size_bytes(n_heads: usize, shape: KvShape, n_workers: usize) -> u64 {
        4 * (n_workers * Sizes::new(n_heads, shape).per_worker()) as u64
    }
}

/// One worker's task and memory.
struct Task<'a> {
    problem: &'a Problem<'a>,
    kv_head: usize,
    /// Tokens of the tile.
    tokens: std::ops::Range<usize>,
    /// `[block of rows][element][row of block]`, scaled; a row is a token's head of the group.
    queries: &'a mut [f32],
    /// Weighted sums, `[row][padded element]`.
    sums: &'a mut [f32],
    /// Largest score of each row so far.
    largest: &'a mut [f32],
    /// Sum of weights of each row so far.
    totals: &'a mut [f32],
    /// `[panel][element][position % 16]`
    keys: &'a mut [f32],
    /// Values, `[position][padded element]`.
    values: &'a mut [f32],
    /// `[row of block][position]`
    scores: &'a mut [f32],
    out: &'a SharedMut<'a, f32>,
}

/// Computes attention for all tokens of `problem`.
pub(super) fn attend(
    level: Level,
    pool: &Pool,
    problem: &Problem<'_>,
    tiles: &mut Tiles,
    out: &SharedMut<'_, f32>,
) {
    let shape = problem.cache.shape();
    let sizes = tiles.sizes;
    assert_eq!(sizes, Sizes::new(problem.params.n_heads, shape), "the scratch is this model's");
    let n_workers = tiles.n_workers;
    let memory = SharedMut::new(tiles.memory.as_mut_slice());
    problem.for_each_task(pool, sizes.tokens, &|worker, kv_head, tokens| {
        assert!(worker < n_workers, "the scratch has room for all workers");
        // SAFETY: each worker has its own part.
        let mut rest = unsafe { memory.part(worker * sizes.per_worker()..(worker + 1) * sizes.per_worker()) };
        let [queries, sums, statistics, keys, values, scores] = sizes.parts().map(|len| {
            let (part, tail) = std::mem::take(&mut rest).split_at_mut(len);
            rest = tail;
            part
        });
        let (largest, totals) = statistics[..2 * sizes.rows].split_at_mut(sizes.rows);
        let mut task =
            Task { problem, kv_head, tokens, queries, sums, largest, totals, keys, values, scores, out };
        at_level!(level, no_scalar, attend_tile, (task: &mut Task<'_> = &mut task));
    });
}

/// Stands for the scalar level, which never calls this.
fn no_scalar(task: &mut Task<'_>) {
    unreachable!("scalar attention goes token by token, not by tiles such as {:?}", task.tokens)
}

#[inline(always)]
fn attend_tile<L: Lanes>(l: L, task: &mut Task<'_>) {
    load_queries(task);
    for positions in task.problem.key_tiles(&task.tokens) {
        widen(l, task, &positions);
        visit_rows(l, task, &positions);
    }
    store_out(task);
}

/// Gathers the group's queries of the tile, scaled, and clears their sums.
fn load_queries(task: &mut Task<'_>) {
    let problem = task.problem;
    let head_dim = problem.cache.shape().head_dim;
    // Padding rows are computed along with the others and never read.
    task.queries.fill(0.0);
    task.sums.fill(0.0);
    task.totals.fill(0.0);
    task.largest.fill(f32::NEG_INFINITY);
    for (row, at) in problem.rows(task.kv_head, &task.tokens).enumerate() {
        let query = &problem.queries[at..at + head_dim];
        let block = &mut task.queries[row / ROW_BLOCK * ROW_BLOCK * head_dim..][..ROW_BLOCK * head_dim];
        for (slot, element) in block[row % ROW_BLOCK..].iter_mut().step_by(ROW_BLOCK).zip(query) {
            *slot = element * problem.params.scale;
        }
    }
}

/// Widens the keys and values of a tile; positions from the end on become zero.
#[inline(always)]
fn widen<L: Lanes>(l: L, task: &mut Task<'_>, positions: &std::ops::Range<usize>) {
    let within = positions.start % BLOCK_LEN..positions.start % BLOCK_LEN + positions.len();
    match task.problem.cache.block(task.kv_head, positions.start / BLOCK_LEN) {
        CacheBlock::F16(cached) => widen_block(l, task, cached, &within),
        CacheBlock::Int8(cached) => widen_block(l, task, cached, &within),
    }
}

#[inline(always)]
fn widen_block<L: Lanes, E: CacheElement>(
    l: L,
    task: &mut Task<'_>,
    cached: BlockView<'_, E>,
    positions: &std::ops::Range<usize>,
) {
    let cache = task.problem.cache;
    let (head_dim, width) = (cache.shape().head_dim, cache.value_stride());
    let keys = &cached.keys[positions.start * head_dim..][..TILE_POSITIONS * head_dim];
    widen_slice(l, keys, task.keys);
    if let Some(scales) = cached.key_scales {
        let panels = task.keys.chunks_exact_mut(PANEL * head_dim);
        for (panel, scales) in panels.zip(scales[positions.start..].chunks_exact(PANEL)) {
            for element in panel.chunks_exact_mut(PANEL) {
                element.iter_mut().zip(scales).for_each(|(key, scale)| *key *= scale);
            }
        }
    }
    let n_values = positions.len() * width;
    let values = &cached.values[positions.start * width..][..n_values];
    widen_slice(l, values, &mut task.values[..n_values]);
    if let Some(scales) = cached.value_scales {
        for (value, scale) in task.values.chunks_exact_mut(width).zip(&scales[positions.clone()]) {
            for element in value {
                *element *= scale;
            }
        }
    }
    task.values[n_values..].fill(0.0);
}

/// Widens whole registers to f32.
#[inline(always)]
fn widen_slice<L: Lanes, E: CacheElement>(l: L, from: &[E], to: &mut [f32]) {
    for (to, from) in to.chunks_exact_mut(16).zip(from.chunks_exact(16)) {
        for i in (0..16).step_by(L::N) {
            // SAFETY: both chunks have 16 elements, of which N begin at i.
            unsafe { l.store(to.as_mut_ptr().add(i), E::load(l, from.as_ptr().add(i))) };
        }
        l.prefetch(from.as_ptr().wrapping_add(2048));
    }
}

/// Computes all blocks of rows against one tile of keys.
#[inline(always)]
fn visit_rows<L: Lanes>(l: L, task: &mut Task<'_>, positions: &std::ops::Range<usize>) {
    let problem = task.problem;
    let group = problem.group();
    let n_rows = task.tokens.len() * group;
    for row in (0..n_rows).step_by(ROW_BLOCK) {
        let last_token = task.tokens.start + (row + ROW_BLOCK - 1).min(n_rows - 1) / group;
        let seen_from = problem.visible(task.tokens.start + row / group).start;
        let seen_to = problem.visible(last_token).end.min(positions.end);
        if seen_to <= positions.start || seen_from >= positions.end {
            continue;
        }
        if L::N == 16 {
            score_block::<L, 4>(l, task, row);
        } else {
            score_block::<L, 2>(l, task, row);
        }
        let rescale = weigh_rows(l, task, row, positions);
        add_values(l, task, row, seen_to - positions.start, &rescale);
    }
}

/// Scores of a block of rows against all keys of the tile, `W` registers of positions at a time.
#[inline(always)]
fn score_block<L: Lanes, const W: usize>(l: L, task: &mut Task<'_>, row: usize) {
    let head_dim = task.problem.cache.shape().head_dim;
    let queries = Left {
        rows: &task.queries[row * head_dim..][..ROW_BLOCK * head_dim],
        row_stride: 1,
        stride: ROW_BLOCK,
    };
    for column in (0..TILE_POSITIONS).step_by(W * L::N) {
        // Registers lie in successive panels, or side by side within one.
        let offsets = std::array::from_fn(|w| {
            let column = column + w * L::N;
            column / PANEL * PANEL * head_dim + column % PANEL
        });
        let keys = Right { rows: task.keys, offsets, stride: PANEL };
        let mut scores = [[l.zero(); W]; ROW_BLOCK];
        multiply(l, head_dim, &queries, &keys, &mut scores);
        for (r, scores) in scores.iter().enumerate() {
            for (w, &scores) in scores.iter().enumerate() {
                let out = &mut task.scores[r * TILE_POSITIONS + column + w * L::N..][..L::N];
                // SAFETY: `out` holds one register.
                unsafe { l.store(out.as_mut_ptr(), scores) };
            }
        }
    }
}

/// Adds the weighted values of the tile's first `n_positions` to the sums of a block of rows.
#[inline(always)]
fn add_values<L: Lanes>(l: L, task: &mut Task<'_>, row: usize, n_positions: usize, rescale: &[f32; 16]) {
    let width = task.problem.cache.value_stride();
    let sums = &mut task.sums[row * width..][..ROW_BLOCK * width];
    let mut block =
        ValueBlock { weights: task.scores, values: task.values, width, n_positions, rescale, sums };
    let mut column = 0;
    if L::N == 16 {
        while column + 4 * L::N <= width {
            block.add::<L, 4>(l, column);
            column += 4 * L::N;
        }
    }
    while column + 2 * L::N <= width {
        block.add::<L, 2>(l, column);
        column += 2 * L::N;
    }
    if column < width {
        block.add::<L, 1>(l, column);
    }
}

/// A block of rows whose weights are multiplied with values.
struct ValueBlock<'a> {
    weights: &'a [f32],
    values: &'a [f32],
    width: usize,
    n_positions: usize,
    rescale: &'a [f32; 16],
    sums: &'a mut [f32],
}

impl ValueBlock<'_> {
    /// sums = sums·rescale + weights·values, for `W` registers of columns from `column` on.
    #[inline(always)]
    fn add<L: Lanes, const W: usize>(&mut self, l: L, column: usize) {
        let mut local = [[l.zero(); W]; ROW_BLOCK];
        for (r, local) in local.iter_mut().enumerate() {
            for (w, local) in local.iter_mut().enumerate() {
                let from = &self.sums[r * self.width + column + w * L::N..][..L::N];
                // SAFETY: `from` holds one register.
                *local = l.mul(unsafe { l.load(from.as_ptr()) }, l.splat(self.rescale[r]));
            }
        }
        let weights = Left { rows: self.weights, row_stride: TILE_POSITIONS, stride: 1 };
        let offsets = std::array::from_fn(|w| column + w * L::N);
        let values = Right { rows: self.values, offsets, stride: self.width };
        multiply(l, self.n_positions, &weights, &values, &mut local);
        for (r, local) in local.iter().enumerate() {
            for (w, &local) in local.iter().enumerate() {
                let to = &mut self.sums[r * self.width + column + w * L::N..][..L::N];
                // SAFETY: `to` holds one register.
                unsafe { l.store(to.as_mut_ptr(), local) };
            }
        }
    }
}

/// The left operand of [`multiply`]: element i of row r stands at r·row_stride + i·stride.
struct Left<'a> {
    rows: &'a [f32],
    row_stride: usize,
    stride: usize,
}

/// The right operand of [`multiply`]: rows `stride` apart, of which `W` registers begin at `offsets`.
struct Right<'a, const W: usize> {
    rows: &'a [f32],
    offsets: [usize; W],
    stride: usize,
}

/// sums\[r\]\[w\] += Σᵢ left row r's element i · right row i's register w, over `len` elements.
#[inline(always)]
fn multiply<L: Lanes, const W: usize>(
    l: L,
    len: usize,
    left: &Left<'_>,
    right: &Right<'_, W>,
    sums: &mut [[L::V; W]; ROW_BLOCK],
) {
    if len == 0 {
        return;
    }
    assert!(
        (ROW_BLOCK - 1) * left.row_stride + (len - 1) * left.stride < left.rows.len(),
        "all rows of the left operand"
    );
    for offset in right.offsets {
        assert!(
            offset + (len - 1) * right.stride + L::N <= right.rows.len(),
            "all rows of the right operand"
        );
    }
    let mut local = *sums;
    for i in 0..len {
        let mut v = [l.zero(); W];
        for (v, offset) in v.iter_mut().zip(right.offsets) {
            // SAFETY: the last row's register lies in the slice, as asserted above, and i is not beyond it.
            *v = unsafe { l.load(right.rows.as_ptr().add(offset + i * right.stride)) };
        }
        for (r, sums) in local.iter_mut().enumerate() {
            // SAFETY: r < ROW_BLOCK and i < len, inside the slice as asserted above.
            let a = l.splat(unsafe { *left.rows.get_unchecked(r * left.row_stride + i * left.stride) });
            for (sum, v) in sums.iter_mut().zip(v) {
                *sum = l.fma(a, v, *sum);
            }
        }
    }
    *sums = local;
}

/// Replaces a block's scores by weights under the mask, and computes the factors that rescale the rows' sums so far.
#[inline(always)]
fn weigh_rows<L: Lanes>(
    l: L,
    task: &mut Task<'_>,
    row: usize,
    positions: &std::ops::Range<usize>,
) -> [f32; 16] {
    let problem = task.problem;
    let n_rows = task.tokens.len() * problem.group();
    // Rows that see nothing of the tile keep these: no change of the largest score, nothing added.
    let (mut before, mut after, mut added) = ([0.0; 16], [0.0; 16], [0.0; 16]);
    for r in 0..ROW_BLOCK.min(n_rows - row) {
        let scores = &mut task.scores[r * TILE_POSITIONS..(r + 1) * TILE_POSITIONS];
        let visible = problem.visible(task.tokens.start + (row + r) / problem.group());
        let from = visible.start.clamp(positions.start, positions.end) - positions.start;
        let to = visible.end.clamp(positions.start, positions.end) - positions.start;
        if from >= to {
            scores.fill(0.0);
            continue;
        }
        if let Some(cap) = problem.params.softcap {
            softcap_lanes(l, cap, scores);
        }
        scores[..from].fill(f32::NEG_INFINITY);
        scores[to..].fill(f32::NEG_INFINITY);
        let mut largest = l.splat(task.largest[row + r]);
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
        before[r] = task.largest[row + r];
        after[r] = largest;
        task.largest[row + r] = largest;
        added[r] = l.sum(total);
    }
    let mut rescale = [1.0; 16];
    // SAFETY: the arrays hold 16 elements, N of which are used; a block has no more rows than lanes.
    unsafe {
        let difference = l.sub(l.load(before.as_ptr()), l.load(after.as_ptr()));
        l.store(rescale.as_mut_ptr(), exp(l, difference));
    }
    for (r, total) in task.totals[row..row + ROW_BLOCK].iter_mut().enumerate() {
        *total = *total * rescale[r] + added[r];
    }
    rescale
}

/// Divides the sums by the totals and writes the tile's results.
fn store_out(task: &mut Task<'_>) {
    let problem = task.problem;
    let (head_dim, width) = (problem.cache.shape().head_dim, problem.cache.value_stride());
    for (row, at) in problem.rows(task.kv_head, &task.tokens).enumerate() {
        // SAFETY: the rows of a task are its alone.
        let out = unsafe { task.out.part(at..at + head_dim) };
        let total = task.totals[row];
        for (out, sum) in out.iter_mut().zip(&task.sums[row * width..]) {
            *out = sum / total;
        }
    }
}
