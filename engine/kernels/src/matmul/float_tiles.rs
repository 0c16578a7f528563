//! Products of floating-point weights with many tokens: weights widened to f32 once, then read from the cache for all tokens.
//!
//! A worker widens [`DEPTH`] columns of a block of 16 or 32 rows into the first-level cache and multiplies all tokens with them;
//! the tokens' values of these columns stay in the second level for the worker's other blocks. Even and odd columns are summed
//! one after the other, so that a register tile holds one of the two sums of [the definition](super) and is twice as large; both
//! sums are put aside until the next columns. The operations on a sum and their order are those of few tokens, and so are its
//! bits.
//!
//! Why f32, and not bf16: `vdpbf16ps` does twice the products of an f32 fused multiplication in the same time, but rounds the
//! input to 8 bits. Two bf16 for each input take the same time as f32 and keep 16 bits, three keep all and take longer. Floating-point
//! weights serve as the reference of quality reports, so the input is not rounded (`benches/records/2026-11-28-floats.md`).

#![allow(clippy::inline_always, reason = "a call would lose the caller's target features")]
#![allow(clippy::needless_range_loop, reason = "several arrays of a token's registers run along")]

use std::mem::MaybeUninit;
use std::ops::Range;

use super::Target;
use crate::activations::{Activations, GROUP, TILE_TOKENS};
use crate::formats::floats::FloatFormat;
use crate::lanes::{Lanes, MOST};
use crate::layout::{LINE, ROWS};

/// Panels that a worker computes at a time: the tokens' values are read from the third-level cache once for all of them.
pub(super) const PANELS: usize = 8;
/// Columns that are widened at a time: those of 32 rows take 32 KiB.
const DEPTH: usize = 256;
/// Tokens of one pass over the weights, which is as many as a prompt is cut into.
const TOKENS: usize = 512_usize.div_ceil(TILE_TOKENS) * TILE_TOKENS;
/// Most rows of a block: two registers of the widest level.
const MOST_ROWS: usize = 2 * MOST;

/// Functions of a floating-point type at a level.
#[derive(Debug)]
pub(crate) struct FloatTiles {
    /// Smallest number of tokens for which widening first is faster, by measurement.
    pub(super) fewest_tokens: usize,
    /// Rows of a block: one panel, or two.
    pub(super) n_rows: usize,
    pub(super) widen: WidenBlock,
    /// Kernels by the number of tokens each computes, largest first; the last computes one.
    pub(super) kernels: &'static [(usize, TileKernel)],
}

/// Widens whole pairs of columns of a block of one or two panels: all even columns, then all odd ones, each with the block's rows.
///
/// # Safety
/// The processor has the level's features, both panels have the same number of columns, and `out` is writable for these columns of the
/// block's rows.
pub(super) type WidenBlock = unsafe fn(panels: [&[u8]; 2], out: *mut f32);

/// Adds the products of some columns of a block with exactly its number of tokens.
///
/// # Safety
/// The processor has the level's features. The pointers of the arguments are valid for what their comments say.
pub(super) type TileKernel = unsafe fn(&TileArgs<'_>);

/// Arguments of a [`TileKernel`].
pub(super) struct TileArgs<'a> {
    /// Widened columns, `[even, odd][columns / 2][rows]`, readable.
    weights: *const f32,
    /// Groups of 32 columns.
    n_groups: usize,
    /// The tokens' values from the first of these columns on; [`Activations`] defines their order.
    values: &'a [f32],
    /// Tokens side by side in a group: the stride from group to group.
    width: usize,
    /// Sums of even and of odd columns, `[even, odd][tokens][rows]`, writable, and written before unless these are the first columns.
    sums: *mut f32,
    /// Whether these are the first columns, and the last.
    is_first: bool,
    is_last: bool,
    /// First row of the block in the first token's output, writable for all tokens and the existing rows.
    out: *mut f32,
    /// Distance between the outputs of successive tokens, in elements.
    out_stride: usize,
    /// Number of rows of the block that exist.
    n_rows: usize,
    /// Weights to prefetch.
    ahead: [&'a [u8]; 2],
}

/// Intermediate results of a pass, on the worker's stack.
#[repr(C, align(64))]
struct Scratch {
    weights: [f32; DEPTH * MOST_ROWS],
    /// Sums, `[block][token]`, of `[even, odd][tokens of a kernel][rows]`.
    sums: [f32; 2 * PANELS * ROWS * TOKENS],
}

/// Multiplies some panels with all tokens.
///
/// # Safety
/// The processor has the level's features, the matrix has columns, and the target is writable for every token and the rows of these
/// panels.
pub(super) unsafe fn multiply(
    tiles: &FloatTiles,
    target: &Target<'_>,
    panels: Range<usize>,
    x: &Activations,
) {
    let mut scratch = MaybeUninit::<Scratch>::uninit();
    for first in panels.clone().step_by(PANELS) {
        let pass = Pass { tiles, target, panels: first..panels.end.min(first + PANELS), x };
        for first in (0..x.n_tokens()).step_by(TOKENS) {
            // SAFETY: the features exist and the target is writable, as this function requires; the scratch is this call's.
            unsafe { pass.run(first..x.n_tokens().min(first + TOKENS), scratch.as_mut_ptr()) };
        }
    }
}

/// Up to [`PANELS`] panels.
struct Pass<'a> {
    tiles: &'a FloatTiles,
    target: &'a Target<'a>,
    panels: Range<usize>,
    x: &'a Activations,
}

impl Pass<'_> {
    /// Multiplies the panels with up to [`TOKENS`] tokens.
    ///
    /// # Safety
    /// Contract of [`multiply`]; the scratch is writable.
    unsafe fn run(&self, tokens: Range<usize>, scratch: *mut Scratch) {
        let n_rows = self.tiles.n_rows;
        let panels_per_block = n_rows.div_ceil(ROWS);
        let (n_columns, n_blocks) = (self.n_columns(), self.panels.len().div_ceil(panels_per_block));
        assert!(n_rows <= MOST_ROWS && n_blocks * n_rows <= PANELS * ROWS && tokens.len() <= TOKENS);
        for first in (0..n_columns).step_by(DEPTH) {
            let columns = first..n_columns.min(first + DEPTH);
            for block in 0..n_blocks {
                let panel = self.panels.start + block * panels_per_block;
                // SAFETY: the scratch has room for DEPTH columns of a block and is writable, as this function requires.
                let weights = unsafe {
                    let weights = (&raw mut (*scratch).weights).cast();
                    (self.tiles.widen)(self.columns(panel, &columns), weights);
                    weights
                };
                let mut ahead = if block + 1 < n_blocks {
                    self.columns(panel + panels_per_block, &columns)
                } else {
                    let next = columns.end..n_columns.min(columns.end + DEPTH);
                    self.columns(self.panels.start, &next)
                };
                if panels_per_block == 1 {
                    ahead[1] = &[];
                }
                // SAFETY: the sums of a block's tokens lie in the scratch, by the assertion above.
                let sums =
                    unsafe { (&raw mut (*scratch).sums).cast::<f32>().add(2 * block * TOKENS * n_rows) };
                let block = Block { panel, columns: columns.clone(), weights, sums, ahead };
                // SAFETY: as this function requires; the weights were just widened.
                unsafe { self.multiply_block(&block, tokens.clone()) };
            }
        }
    }

    /// Columns of a panel: whole units.
    fn n_columns(&self) -> usize {
        let format = self.target.matrix.format();
        self.target.matrix.panel(self.panels.start).len() / format.unit_bytes * format.unit_cols
    }

    /// Weights of some columns of a panel and of the next; of the same panel twice where it is the last.
    fn columns(&self, panel: usize, columns: &Range<usize>) -> [&[u8]; 2] {
        let format = self.target.matrix.format();
        let bytes = |columns: usize| columns / format.unit_cols * format.unit_bytes;
        [panel, (panel + 1).min(self.panels.end - 1)]
            .map(|panel| &self.target.matrix.panel(panel)[bytes(columns.start)..bytes(columns.end)])
    }

    /// Adds the products of a block's columns.
    ///
    /// # Safety
    /// Contract of [`Self::run`]; the block's weights are widened, and its sums writable for these tokens.
    unsafe fn multiply_block(&self, block: &Block<'_>, tokens: Range<usize>) {
        let (matrix, n_rows) = (self.target.matrix, self.tiles.n_rows);
        let ahead_per_token = block.ahead.map(|ahead| ahead.len().div_ceil(tokens.len()));
        let mut token = tokens.start;
        while token < tokens.end {
            let ((start, width), inside) = (self.x.tile(token / TILE_TOKENS), token % TILE_TOKENS);
            let fits = self.tiles.kernels.iter().find(|(n_tokens, _)| *n_tokens <= width - inside);
            let (n_tokens, kernel) = *fits.expect("the last kernel takes one token");
            let place = start + block.columns.start / GROUP * width + inside;
            let done = token - tokens.start;
            let ahead = |i: usize| {
                let (all, bytes) = (block.ahead[i], ahead_per_token[i]);
                &all[all.len().min(done * bytes)..all.len().min((done + n_tokens) * bytes)]
            };
            // SAFETY: the weights are widened, the sums are writable for a pass's tokens, and the target for the existing rows
            // and all tokens, as this function requires; no other kernel's sums lie at these tokens.
            unsafe {
                kernel(&TileArgs {
                    weights: block.weights,
                    n_groups: block.columns.len() / GROUP,
                    values: &self.x.values[place * GROUP..],
                    width,
                    sums: block.sums.add(2 * done * n_rows),
                    is_first: block.columns.start == 0,
                    is_last: block.columns.end == self.n_columns(),
                    out: self.target.out.add(token * matrix.n_rows() + block.panel * ROWS),
                    out_stride: matrix.n_rows(),
                    n_rows: (self.panels.end * ROWS).min(matrix.n_rows()) - block.panel * ROWS,
                    ahead: [ahead(0), ahead(1)],
                });
            }
            token += n_tokens;
        }
    }
}

/// Some columns of one or two panels.
struct Block<'a> {
    panel: usize,
    columns: Range<usize>,
    weights: *const f32,
    sums: *mut f32,
    /// Weights that are widened next.
    ahead: [&'a [u8]; 2],
}

/// Widens a block whose rows take `H` registers.
///
/// # Safety
/// Contract of [`WidenBlock`].
#[inline(always)]
pub(super) unsafe fn widen<F: FloatFormat, L: Lanes, const H: usize>(
    l: L,
    panels: [&[u8]; 2],
    out: *mut f32,
) {
    const { assert!(H * L::N <= MOST_ROWS) };
    let (n_rows, pair_bytes) = const { (H * L::N, 2 * ROWS * F::SIZE) };
    let n_pairs = panels[0].len() / pair_bytes;
    assert!(panels[1].len() == panels[0].len() && (n_pairs * pair_bytes) == panels[0].len());
    for pair in 0..n_pairs {
        for h in 0..H {
            // SAFETY: both panels have this pair of columns of 16 rows, and `out` is writable for a block, as this function
            // requires.
            unsafe {
                let from = panels[h * L::N / ROWS].as_ptr().add(pair * pair_bytes);
                let [even, odd] = F::pair(l, from, h * L::N % ROWS);
                l.store(out.add(pair * n_rows + h * L::N), even);
                l.store(out.add((n_pairs + pair) * n_rows + h * L::N), odd);
            }
        }
    }
}

/// Adds the products of a block whose rows take `H` registers with `T` tokens.
///
/// # Safety
/// Contract of [`TileKernel`].
#[inline(always)]
pub(super) unsafe fn multiply_tile<L: Lanes, const T: usize, const H: usize>(l: L, args: &TileArgs<'_>) {
    let n_rows = const { H * L::N };
    assert!(T <= args.width && args.values.len() >= ((args.n_groups - 1) * args.width + T) * GROUP);
    for ahead in args.ahead {
        for line in ahead.chunks(LINE) {
            l.prefetch_early(line.as_ptr());
        }
    }
    for parity in 0..2 {
        // SAFETY: the sums of both parities lie side by side, as `TileArgs` requires.
        let sums = unsafe { args.sums.add(parity * T * n_rows) };
        let mut acc = [[l.zero(); T]; H];
        if !args.is_first {
            for t in 0..T {
                for h in 0..H {
                    // SAFETY: the sums were written for the columns before these, as `TileArgs` requires.
                    acc[h][t] = unsafe { l.load(sums.add(t * n_rows + h * L::N)) };
                }
            }
        }
        for group in 0..args.n_groups {
            // SAFETY: the weights have half of all columns for each parity, and the values all groups and tokens, by the assertion.
            let (weights, values) = unsafe {
                let pair = (parity * args.n_groups + group) * (GROUP / 2);
                let values = args.values.as_ptr().add(group * args.width * GROUP + parity);
                (args.weights.add(pair * n_rows), values)
            };
            for pair in 0..GROUP / 2 {
                let mut column = [l.zero(); H];
                for h in 0..H {
                    // SAFETY: as above.
                    column[h] = unsafe { l.load(weights.add(pair * n_rows + h * L::N)) };
                }
                for t in 0..T {
                    // SAFETY: as above.
                    let x = l.splat(unsafe { *values.add(t * GROUP + 2 * pair) });
                    for h in 0..H {
                        acc[h][t] = l.fma(column[h], x, acc[h][t]);
                    }
                }
            }
        }
        if parity == 1 && args.is_last {
            // SAFETY: the even columns' sums were just written; `out` is writable for existing rows, as `TileArgs` requires.
            unsafe { store_sums::<L, T, H>(l, args, &acc) };
        } else {
            for t in 0..T {
                for h in 0..H {
                    // SAFETY: the sums are writable, as `TileArgs` requires.
                    unsafe { l.store(sums.add(t * n_rows + h * L::N), acc[h][t]) };
                }
            }
        }
    }
}

/// Writes the existing rows of finished products: the sums of even columns, which lie in `args`, plus those of odd ones.
///
/// # Safety
/// Contract of [`TileKernel`].
#[inline(always)]
unsafe fn store_sums<L: Lanes, const T: usize, const H: usize>(
    l: L,
    args: &TileArgs<'_>,
    odd: &[[L::V; T]; H],
) {
    for t in 0..T {
        for h in 0..H {
            let n_rows = args.n_rows.saturating_sub(h * L::N).min(L::N);
            // SAFETY: the even columns' sums were written, and `out` is writable for existing rows, as this function requires.
            unsafe {
                let even = l.load(args.sums.add((t * H + h) * L::N));
                let out = args.out.add(t * args.out_stride).wrapping_add(h * L::N);
                l.store_first(out, l.add(even, odd[h][t]), n_rows);
            }
        }
    }
}

#[cfg(test)]
mod tests;
