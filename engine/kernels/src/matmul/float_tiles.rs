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

use std::mem::MaybeUninit;
use std::ops::Range;

use super::float_kernels::{FloatTiles, MOST_ROWS, TileArgs};
use super::target::Target;
use crate::activations::{Activations, GROUP, TILE_TOKENS};
use crate::layout::ROWS;

/// Panels that a worker computes at a time: the tokens' values are read from the third-level cache once for all of them.
pub(super) const PANELS: usize = 8;
/// Columns that are widened at a time: those of 32 rows take 32 KiB.
const DEPTH: usize = 256;
/// Tokens of one pass over the weights, which is as many as a prompt is cut into.
const TOKENS: usize = 512_usize.div_ceil(TILE_TOKENS) * TILE_TOKENS;

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
#[inline(never)] // the caller's frame would have the scratch, whose pages are probed at every call, also of few tokens
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

#[cfg(test)]
mod tests;
