//! Attention of a chunk of tokens with AMX: scores and weighted values are products of bf16 tiles, summed in f32.
//!
//! As in [`super::prefill`], a task is one kv head and a tile of tokens with all query heads of the group as rows, and visits
//! tiles of 64 keys with a running softmax. Here the keys and values of a tile are rounded to bf16 once, and 32 rows at a time
//! are multiplied with them. Both products are transposed, a register holding 16 rows, so that each row's softmax has a lane:
//!
//! ```text
//! scores [position][row]  =  keys [position][element] · queries [element][row]
//! sums   [element][row]  +=  values [element][position] · weights [position][row]
//! ```
//!
//! Queries, keys, values and weights are rounded to 8 significant bits; scores, largest scores, totals and sums
//! are f32. A row's result depends only on its own query and the fixed tiles of keys.

#![allow(clippy::inline_always, reason = "see lanes")]

use std::ops::Range;

use super::cache::{BLOCK_LEN, BlockView, CacheBlock, CacheElement, KvShape, PANEL, TILE_POSITIONS, padded};
use super::problem::Problem;
use crate::amx::{Ahead, AmxInstructions, Sums, Tile, TileInstructions};
use crate::bf16::{round_all, round_pairs};
use crate::exp::exp;
use crate::lanes::{Avx512, Lanes};
use crate::pool::Pool;
use crate::shared::SharedMut;
use crate::softcap::softcap_lanes;
use crate::zeroed::Zeroed;

/// Largest number of rows of a task: tokens of a tile times heads of the group.
const TASK_ROWS: usize = 512;
/// Rows that are multiplied together.
const ROWS: usize = 2 * Tile::ROWS;
/// Columns of an AMX tile.
const COLUMNS: usize = 32;
/// AMX tiles along the positions of a tile of keys.
const POSITION_TILES: usize = TILE_POSITIONS / COLUMNS;
/// Panels of 16 positions in a tile of keys.
const PANELS: usize = TILE_POSITIONS / PANEL;

/// Largest excess of a row's scores over their offset before the row's sums are rescaled: weights up to e^8 lose nothing, and
/// most tiles of keys rescale no row.
const SLACK: f32 = 8.0;

/// Scratch buffers of all workers.
#[derive(Debug)]
pub(super) struct Scratch {
    n_workers: usize,
    sizes: Sizes,
    tiles: Zeroed<Tile>,
    sums: Zeroed<Sums>,
    statistics: Zeroed<f32>,
}

/// Sizes that determine one worker's share of the scratch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Sizes {
    /// AMX tiles along the elements of queries and keys.
    depth: usize,
    /// Panels of 16 elements of values, rounded up to an even number.
    value_panels: usize,
    /// Tokens of a task.
    tokens: usize,
    /// Rows of a task, a multiple of [`ROWS`].
    rows: usize,
}

impl Sizes {
    fn new(n_heads: usize, shape: KvShape) -> Self {
        let group = n_heads / shape.n_kv_heads;
        let tokens = (TASK_ROWS / group).max(1);
        Self {
            depth: shape.head_dim.div_ceil(COLUMNS),
            value_panels: padded(shape.head_dim).div_ceil(COLUMNS) * 2,
            tokens,
            rows: (tokens * group).next_multiple_of(ROWS),
        }
    }

    /// Numbers of tiles of queries, keys and values.
    fn tiles(&self) -> [usize; 3] {
        [self.rows / Tile::ROWS * self.depth, PANELS * self.depth, self.value_panels * POSITION_TILES]
    }

    fn n_tiles(&self) -> usize {
        self.tiles().iter().sum()
    }

    fn n_sums(&self) -> usize {
        self.rows / ROWS * self.value_panels / 2
    }
}

impl Scratch {
    pub(super) fn new(n_heads: usize, shape: KvShape, n_workers: usize) -> Option<Self> {
        let sizes = Sizes::new(n_heads, shape);
        Some(Self {
            n_workers,
            sizes,
            tiles: Zeroed::new(n_workers * sizes.n_tiles())?,
            sums: Zeroed::new(n_workers * sizes.n_sums())?,
            statistics: Zeroed::new(n_workers * 2 * sizes.rows)?,
        })
    }

    pub(super) fn size_bytes(n_heads: usize, shape: KvShape, n_workers: usize) -> u64 {
        let sizes = Sizes::new(n_heads, shape);
        let bytes = sizes.n_tiles() * size_of::<Tile>()
            + sizes.n_sums() * size_of::<Sums>()
            + 2 * sizes.rows * size_of::<f32>();
        (n_workers * bytes) as u64
    }
}

/// One worker's task and memory.
struct Task<'a> {
    problem: &'a Problem<'a>,
    sizes: Sizes,
    kv_head: usize,
    /// Tokens of the tile.
    tokens: Range<usize>,
    /// `[row / 16][depth]`, right operands, scaled; a row is a token's head of the group.
    queries: &'a mut [Tile],
    /// `[panel of positions][depth]`, left operands
    keys: &'a mut [Tile],
    /// `[panel of elements][position / 32]`, left operands
    values: &'a mut [Tile],
    /// `[row / 32][panel of elements / 2]`
    sums: &'a mut [Sums],
    /// Offset subtracted from the scores, by row.
    offsets: &'a mut [f32],
    /// Sum of weights, by row.
    totals: &'a mut [f32],
    out: &'a SharedMut<'a, f32>,
}

impl Task<'_> {
    /// Prefetches the sums of a block of rows.
    #[inline(always)]
    fn prefetch_sums<L: Lanes>(&self, l: L, block: usize) {
        let pairs = self.sizes.value_panels / 2;
        let sums = &self.sums[block * pairs..][..pairs];
        for line in sums.iter().flat_map(|sums| sums.0.as_flattened().as_flattened()) {
            l.prefetch(line.as_ptr());
        }
    }

    /// The score offsets of 16 rows, and their sums of weights.
    #[inline(always)]
    fn statistics(&mut self, first_row: usize) -> (&mut [f32; PANEL], &mut [f32; PANEL]) {
        let [offsets, totals] = [&mut *self.offsets, &mut *self.totals]
            .map(|numbers| numbers[first_row..].first_chunk_mut().expect("rows are whole tiles"));
        (offsets, totals)
    }

    /// Blocks of 32 rows of which some row sees some of the positions.
    fn seeing(&self, positions: &Range<usize>) -> Range<usize> {
        let group = self.problem.group();
        let sees = |&token: &usize| {
            let visible = self.problem.visible(token);
            visible.start < positions.end && visible.end > positions.start
        };
        // Visible positions move on with the tokens, so the tokens that see these positions are contiguous.
        let first = self.tokens.clone().position(|token| sees(&token)).unwrap_or(0);
        let n = self.tokens.clone().skip(first).take_while(sees).count();
        first * group / ROWS..((first + n) * group).div_ceil(ROWS)
    }
}

/// Computes attention for all tokens of `problem` on the processor's AMX tiles.
///
/// # Safety
/// This process may use AMX.
pub(super) unsafe fn attend(
    pool: &Pool,
    problem: &Problem<'_>,
    scratch: &mut Scratch,
    out: &SharedMut<'_, f32>,
) {
    /// # Safety
    /// This process may use AMX, and the processor has AVX-512.
    #[target_feature(enable = "avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
    unsafe fn on_hardware(task: &mut Task<'_>) {
        // SAFETY: the process may use AMX, and the processor has AVX-512, as this function requires.
        unsafe { attend_task(&mut AmxInstructions, Avx512::new(), task) }
    }
    // SAFETY: the process may use AMX, as `attend` requires, and processors with AMX have AVX-512.
    each_task(pool, problem, scratch, out, &|task| unsafe { on_hardware(task) });
}

/// Assigns the scratch of its worker to every task of the problem.
fn each_task(
    pool: &Pool,
    problem: &Problem<'_>,
    scratch: &mut Scratch,
    out: &SharedMut<'_, f32>,
    attend: &(dyn Fn(&mut Task<'_>) + Sync),
) {
    let shape = problem.cache.shape();
    let sizes = scratch.sizes;
    assert_eq!(sizes, Sizes::new(problem.params.n_heads, shape), "the scratch is this model's");
    let n_workers = scratch.n_workers;
    let tiles = SharedMut::new(scratch.tiles.as_mut_slice());
    let sums = SharedMut::new(scratch.sums.as_mut_slice());
    let statistics = SharedMut::new(scratch.statistics.as_mut_slice());
    problem.for_each_task(pool, sizes.tokens, &|worker, kv_head, tokens| {
        assert!(worker < n_workers, "the scratch has room for all workers");
        let part = |len: usize| worker * len..(worker + 1) * len;
        // SAFETY: each worker has its own part of each.
        let (tiles, sums, statistics) = unsafe {
            (
                tiles.part(part(sizes.n_tiles())),
                sums.part(part(sizes.n_sums())),
                statistics.part(part(2 * sizes.rows)),
            )
        };
        let [n_queries, n_keys, _] = sizes.tiles();
        let (queries, tiles) = tiles.split_at_mut(n_queries);
        let (keys, values) = tiles.split_at_mut(n_keys);
        let (offsets, totals) = statistics.split_at_mut(sizes.rows);
        attend(&mut Task {
            problem,
            sizes,
            kv_head,
            tokens,
            queries,
            keys,
            values,
            sums,
            offsets,
            totals,
            out,
        });
    });
}

/// # Safety
/// `tiles` is usable in this process.
#[inline(always)]
unsafe fn attend_task<T: TileInstructions, L: Lanes>(tiles: &mut T, l: L, task: &mut Task<'_>) {
    load_queries(task);
    // SAFETY: `tiles` is usable, as this function requires, and configured first.
    unsafe {
        tiles.configure();
        for positions in task.problem.key_tiles(&task.tokens) {
            widen(tiles, l, task, &positions);
            visit_rows(tiles, l, task, &positions);
        }
        tiles.release();
    }
    store_out(task);
}

/// Gathers the group's queries of the tile, scaled, and clears their sums.
#[inline(always)]
fn load_queries(task: &mut Task<'_>) {
    let problem = task.problem;
    let (head_dim, depth) = (problem.cache.shape().head_dim, task.sizes.depth);
    task.sums.fill(Sums::ZERO);
    task.totals.fill(0.0);
    task.offsets.fill(f32::MIN);
    for (row, at) in problem.rows(task.kv_head, &task.tokens).enumerate() {
        let tiles = &mut task.queries[row / Tile::ROWS * depth..][..depth];
        for (tile, query) in tiles.iter_mut().zip(problem.queries[at..at + head_dim].chunks(COLUMNS)) {
            let (mut scaled, mut rounded) = ([0.0; COLUMNS], [0; COLUMNS]);
            for (scaled, query) in scaled.iter_mut().zip(query) {
                *scaled = query * problem.params.scale;
            }
            round_all(&scaled, &mut rounded);
            for (pair, line) in rounded.as_chunks::<2>().0.iter().zip(&mut tile.0) {
                line[row % Tile::ROWS * 2..][..2].copy_from_slice(pair);
            }
        }
    }
}

/// Makes tiles of the keys and values of some positions; values from the end on become zero.
///
/// # Safety
/// `tiles` is usable in this process.
#[inline(always)]
unsafe fn widen<T: TileInstructions, L: Lanes>(
    tiles: &mut T,
    l: L,
    task: &mut Task<'_>,
    positions: &Range<usize>,
) {
    let within = positions.start % BLOCK_LEN..positions.start % BLOCK_LEN + positions.len();
    match task.problem.cache.block(task.kv_head, positions.start / BLOCK_LEN) {
        CacheBlock::F16(cached) => widen_block(l, task, cached, &within),
        CacheBlock::Int8(cached) => widen_block(l, task, cached, &within),
    }
    for tile in task.keys.iter_mut().chain(&mut *task.values) {
        // SAFETY: `tiles` is usable, as this function requires.
        unsafe { tiles.transpose(tile) };
    }
}

/// Makes right operands of keys and values: pairs of elements of 16 positions, and pairs of positions of 16 elements.
#[inline(always)]
fn widen_block<L: Lanes, E: CacheElement>(
    l: L,
    task: &mut Task<'_>,
    cached: BlockView<'_, E>,
    positions: &Range<usize>,
) {
    let head_dim = task.problem.cache.shape().head_dim;
    for (panel, tiles) in task.keys.chunks_exact_mut(task.sizes.depth).enumerate() {
        let first = positions.start + panel * PANEL;
        let keys = &cached.keys[first * head_dim..][..PANEL * head_dim];
        let scales = cached.key_scales.map(|scales| &scales[first..first + PANEL]);
        let element = |element: usize| {
            let mut row = [0.0; PANEL];
            if element < head_dim {
                widen_row(l, &keys[element * PANEL..][..PANEL], &mut row);
                if let Some(scales) = scales {
                    row.iter_mut().zip(scales).for_each(|(key, scale)| *key *= scale);
                }
            }
            row
        };
        for (d, tile) in tiles.iter_mut().enumerate() {
            for (pair, out) in tile.0.iter_mut().enumerate() {
                let at = d * COLUMNS + 2 * pair;
                round_pairs(&element(at), &element(at + 1), out);
            }
        }
    }
    let width = task.problem.cache.value_stride();
    for (panel, tiles) in task.values.chunks_exact_mut(POSITION_TILES).enumerate() {
        let position = |position: usize| {
            let mut row = [0.0; PANEL];
            let at = positions.start + position;
            if at < positions.end && panel * PANEL < width {
                widen_row(l, &cached.values[at * width + panel * PANEL..][..PANEL], &mut row);
                if let Some(scales) = cached.value_scales {
                    for value in &mut row {
                        *value *= scales[at];
                    }
                }
            }
            row
        };
        for (step, tile) in tiles.iter_mut().enumerate() {
            for (pair, out) in tile.0.iter_mut().enumerate() {
                let at = step * COLUMNS + 2 * pair;
                round_pairs(&position(at), &position(at + 1), out);
            }
        }
    }
}

/// Widens 16 elements to f32.
#[inline(always)]
fn widen_row<L: Lanes, E: CacheElement>(l: L, from: &[E], to: &mut [f32; PANEL]) {
    assert_eq!(from.len(), PANEL, "a panel's row");
    for i in (0..PANEL).step_by(L::N) {
        // SAFETY: both have 16 elements, of which N begin at i.
        unsafe { l.store(to.as_mut_ptr().add(i), E::load(l, from.as_ptr().add(i))) };
    }
}

/// Scores of 32 rows: two panels of positions in each.
type Scores = [Sums; PANELS / 2];
/// Weights of 32 rows: right operands, `[row / 16][position / 32]`.
type Weights = [[Tile; POSITION_TILES]; 2];

/// Computes all rows against one tile of keys, 32 at a time.
///
/// The steps of three successive blocks alternate, in quarters: while vector instructions turn one block's scores into weights,
/// the tiles compute the next block's scores and the last one's values.
///
/// # Safety
/// Tiles are configured.
#[inline(always)]
unsafe fn visit_rows<T: TileInstructions, L: Lanes>(
    tiles: &mut T,
    l: L,
    task: &mut Task<'_>,
    positions: &Range<usize>,
) {
    let blocks = task.seeing(positions);
    let mut scores = [[Sums::ZERO; PANELS / 2]; 2];
    let mut weights = [[[Tile::ZERO; POSITION_TILES]; 2]; 2];
    for step in 0..blocks.len() + 2 {
        let row = |behind: usize| {
            let step = step.checked_sub(behind).filter(|&step| step < blocks.len())?;
            Some((blocks.start + step) * ROWS)
        };
        if let Some(row) = row(1) {
            task.prefetch_sums(l, row / ROWS);
        }
        for quarter in 0..4 {
            let (half, part) = (quarter / 2, quarter % 2);
            // SAFETY: tiles are configured, as this function requires.
            unsafe {
                if half == 0
                    && let Some(row) = row(0)
                {
                    score(tiles, task, row, part, &mut scores[step % 2][part]);
                }
                if half == 1
                    && let Some(row) = row(2)
                {
                    add_values(tiles, task, row, part, &weights[step % 2]);
                }
            }
            if let Some(row) = row(1) {
                let (scores, weights) = (&mut scores[(step + 1) % 2], &mut weights[(step + 1) % 2][half]);
                if part == 0 {
                    begin_weights(l, task, scores, (row, half), positions);
                }
                weigh(l, task, scores, (row, half), part, &mut weights[part]);
            }
        }
    }
}

/// Scores of 32 rows against two panels of the tile's keys.
///
/// # Safety
/// Tiles are configured.
#[inline(always)]
unsafe fn score<T: TileInstructions>(
    tiles: &mut T,
    task: &Task<'_>,
    row: usize,
    pair: usize,
    scores: &mut Sums,
) {
    let depth = task.sizes.depth;
    let queries = &task.queries[row / Tile::ROWS * depth..][..2 * depth];
    let queries = [queries.as_ptr(), queries[depth..].as_ptr()];
    let keys = &task.keys[2 * pair * depth..][..2 * depth];
    let ahead = Ahead { sums: scores, inputs: queries };
    // SAFETY: tiles are configured, as this function requires; queries and keys are whole rows of `depth` tiles.
    unsafe {
        tiles.clear();
        tiles.multiply([keys.as_ptr(), keys[depth..].as_ptr()], queries, depth, &ahead);
        tiles.store(scores);
    }
}

/// Index of a position's scores: pair of panels, panel of the pair, position in the panel.
#[inline(always)]
fn place(position: usize) -> (usize, usize, usize) {
    (position / ROWS, position / PANEL % 2, position % PANEL)
}

/// Masks the scores of 16 rows, computes their offsets, and rescales the rows' sums so far.
#[inline(always)]
fn begin_weights<L: Lanes>(
    l: L,
    task: &mut Task<'_>,
    scores: &mut Scores,
    (row, half): (usize, usize),
    positions: &Range<usize>,
) {
    let first_row = row + half * Tile::ROWS;
    if let Some(cap) = task.problem.params.softcap {
        for position in 0..TILE_POSITIONS {
            let (pair, panel, at) = place(position);
            softcap_lanes(l, cap, &mut scores[pair].0[panel][half][at]);
        }
    }
    mask(task, scores, (first_row, half), positions);
    let (offsets, totals) = task.statistics(first_row);
    let mut rescale = [0.0; PANEL];
    for lane in (0..PANEL).step_by(L::N) {
        // SAFETY: all arrays have 16 elements, of which N begin at the lane.
        unsafe {
            let old = l.load(offsets.as_ptr().add(lane));
            let mut largest = [old; 4];
            for position in (0..TILE_POSITIONS).step_by(4) {
                for (i, largest) in largest.iter_mut().enumerate() {
                    let (pair, panel, at) = place(position + i);
                    let score = l.load(scores[pair].0[panel][half][at].as_ptr().add(lane));
                    *largest = l.max(*largest, score);
                }
            }
            let largest = l.max(l.max(largest[0], largest[1]), l.max(largest[2], largest[3]));
            let offset = l.where_at_least(largest, l.add(old, l.splat(SLACK)), largest, old);
            let factor = exp(l, l.sub(old, offset));
            l.store(offsets.as_mut_ptr().add(lane), offset);
            l.store(totals.as_mut_ptr().add(lane), l.mul(l.load(totals.as_ptr().add(lane)), factor));
            l.store(rescale.as_mut_ptr().add(lane), factor);
        }
    }
    if rescale.iter().all(|&factor| factor >= 1.0) {
        return;
    }
    let pairs = task.sizes.value_panels / 2;
    for sums in &mut task.sums[row / ROWS * pairs..][..pairs] {
        for panel in &mut sums.0 {
            for line in &mut panel[half] {
                for (sum, factor) in line.iter_mut().zip(&rescale) {
                    *sum *= factor;
                }
            }
        }
    }
}

/// Replaces the scores of 16 rows and 32 positions by weights, and adds these to the rows' totals.
#[inline(always)]
fn weigh<L: Lanes>(
    l: L,
    task: &mut Task<'_>,
    scores: &Scores,
    (row, half): (usize, usize),
    part: usize,
    weights: &mut Tile,
) {
    let (offsets, totals) = task.statistics(row + half * Tile::ROWS);
    for lane in (0..PANEL).step_by(L::N) {
        // SAFETY: all arrays have 16 elements, of which N begin at the lane.
        unsafe {
            let offset = l.load(offsets.as_ptr().add(lane));
            let mut total = [l.zero(); 2];
            for (i, line) in weights.0.iter_mut().enumerate() {
                let mut positions = [[0.0; PANEL]; 2];
                for (j, (weights, total)) in positions.iter_mut().zip(&mut total).enumerate() {
                    let (pair, panel, at) = place(part * COLUMNS + 2 * i + j);
                    let score = l.load(scores[pair].0[panel][half][at].as_ptr().add(lane));
                    let weight = exp(l, l.sub(score, offset));
                    *total = l.add(*total, weight);
                    l.store(weights.as_mut_ptr(), weight);
                }
                put_pairs::<L>(&positions, lane, line);
            }
            let total = l.add(l.load(totals.as_ptr().add(lane)), l.add(total[0], total[1]));
            l.store(totals.as_mut_ptr().add(lane), total);
        }
    }
}

/// Interleaves the weights of two positions for `L::N` rows from `lane` on.
#[inline(always)]
fn put_pairs<L: Lanes>(weights: &[[f32; PANEL]; 2], lane: usize, line: &mut [u16; COLUMNS]) {
    let mut pairs = [0; COLUMNS];
    round_pairs(&weights[0], &weights[1], &mut pairs);
    line[2 * lane..2 * (lane + L::N)].copy_from_slice(&pairs[..2 * L::N]);
}

/// Sets the scores of positions that a row does not see to the lowest value.
#[inline(always)]
fn mask(task: &Task<'_>, scores: &mut Scores, (first_row, half): (usize, usize), positions: &Range<usize>) {
    let (problem, group) = (task.problem, task.problem.group());
    let n_rows = task.tokens.len() * group;
    let visible = |row: usize| problem.visible(task.tokens.start + row.min(n_rows - 1) / group);
    let all = visible(first_row + Tile::ROWS - 1).start <= positions.start
        && visible(first_row).end >= positions.start + TILE_POSITIONS;
    if all {
        return;
    }
    for r in 0..Tile::ROWS {
        let visible = visible(first_row + r);
        for position in 0..TILE_POSITIONS {
            if !visible.contains(&(positions.start + position)) {
                scores[position / ROWS].0[position / PANEL % 2][half][position % PANEL][r] =
                    f32::NEG_INFINITY;
            }
        }
    }
}

/// Adds values·weights to the sums of 32 rows, for the first or second half of the elements.
///
/// # Safety
/// Tiles are configured.
#[inline(always)]
unsafe fn add_values<T: TileInstructions>(
    tiles: &mut T,
    task: &mut Task<'_>,
    row: usize,
    part: usize,
    weights: &Weights,
) {
    let pairs = task.sizes.value_panels / 2;
    let part = part * pairs / 2..(part + 1) * pairs / 2;
    let weights = weights.each_ref().map(|tiles| tiles.as_ptr());
    let sums = &mut task.sums[row / ROWS * pairs..][..pairs][part.clone()];
    for (sums, values) in sums.iter_mut().zip(task.values.chunks_exact(2 * POSITION_TILES).skip(part.start)) {
        let values = [values.as_ptr(), values[POSITION_TILES..].as_ptr()];
        let ahead = Ahead { sums, inputs: values };
        // SAFETY: tiles are configured, as this function requires; weights and values are rows of POSITION_TILES tiles.
        unsafe {
            tiles.load(sums);
            tiles.multiply(values, weights, POSITION_TILES, &ahead);
            tiles.store(sums);
        }
    }
}

/// Divides the sums by the totals and writes the tile's results.
#[inline(always)]
fn store_out(task: &mut Task<'_>) {
    let problem = task.problem;
    let (head_dim, pairs) = (problem.cache.shape().head_dim, task.sizes.value_panels / 2);
    for (row, at) in problem.rows(task.kv_head, &task.tokens).enumerate() {
        // SAFETY: the rows of a task are its alone.
        let out = unsafe { task.out.part(at..at + head_dim) };
        let (half, lane) = (row % ROWS / Tile::ROWS, row % Tile::ROWS);
        let sums = &task.sums[row / ROWS * pairs..][..pairs];
        let factor = 1.0 / task.totals[row];
        for (panel, out) in out.chunks_mut(PANEL).enumerate() {
            let from = &sums[panel / 2].0[panel % 2][half];
            for (out, sums) in out.iter_mut().zip(from) {
                *out = sums[lane] * factor;
            }
        }
    }
}

#[cfg(test)]
pub(super) mod soft {
    //! Attention on emulated tiles, for tests on machines without AMX.

    use super::*;
    use crate::amx::TileEmulator;
    use crate::lanes::Avx2;

    /// Computes attention for all tokens of `problem` on emulated tiles.
    ///
    /// # Safety
    /// The processor has AVX2, FMA and F16C.
    pub(in super::super) unsafe fn attend(
        problem: &Problem<'_>,
        scratch: &mut Scratch,
        out: &SharedMut<'_, f32>,
    ) {
        #[target_feature(enable = "avx2,fma,f16c")]
        unsafe fn on_soft(task: &mut Task<'_>) {
            // SAFETY: emulated tiles are usable everywhere.
            unsafe { attend_task(&mut TileEmulator::new(), Avx2::new(), task) }
        }
        // SAFETY: the processor has AVX2, FMA and F16C, as this function requires.
        each_task(&Pool::new(1), problem, scratch, out, &|task| unsafe { on_soft(task) });
    }
}
