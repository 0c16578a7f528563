//! Products of many tokens with AMX: weights widened to bf16, inputs rounded to bf16, sums in f32.
//!
//! A product of eight-bit tiles would have to stop at every group of 32 columns for its scales, and scaling the sums takes
//! longer than computing them. In bf16 the scales are part of the weights, and sums stay in tiles for [`DEPTH`] tiles of
//! columns at a time. Rounding inputs and weights to 8 significant bits has a smaller error than the eight-bit codes used for
//! few tokens: half of 1/128 of the number itself, not of the largest in its group.
//!
//! ```text
//! weight = bf16(fma(code, scale, -minimum))      input = bf16(x)      nearest, ties away from zero
//! sum    = Σ weight · input over the columns, in the order of TDPBF16PS
//! ```
//!
//! A sum depends only on its own row and token, not on the number of threads or the other tokens.
//!
//! A worker widens two panels of weights for [`DEPTH`] tiles of columns into the first-level cache, then multiplies all tokens
//! with them, 32 at a time; the tokens' tiles for these columns stay in the second level for the worker's other panels. Few
//! tokens use AVX-512, which every processor with AMX has, and so do floating-point weights.

#![allow(clippy::inline_always, reason = "a call would lose the caller's target features")]

use std::mem::MaybeUninit;
use std::ops::Range;

use super::{GatedTarget, Target};
use crate::activations::{Activations, GROUP, n_groups};
use crate::amx::{Ahead, AmxInstructions, Sums, Tile, TileInstructions};
use crate::bf16::round_all;
use crate::lanes::{Avx512, Lanes};
use crate::layout::{LINE, ROWS};
use crate::matrix::Matrix;

/// Panels that a worker computes at a time.
pub(super) const PANELS: usize = 16;
/// Tiles of columns between two stores of the sums: two panels of weights fill two thirds of a first-level cache.
const DEPTH: usize = 16;
/// Tokens of two tiles.
const PAIR: usize = 2 * Tile::ROWS;
/// Tokens of one pass over the weights.
const TOKENS: usize = 512;

/// Widens a group of a matrix's panel into a tile.
///
/// # Safety
/// The matrix is quantized, and the tile is writable; see [`super::widen::Widen`].
type Widen = unsafe fn(matrix: &Matrix, panel: &[u8], group: usize, out: *mut Tile);

/// Widens with the function of the matrix's format.
///
/// # Safety
/// The processor has AVX-512, the matrix is quantized, and the tile is writable.
unsafe fn with_avx512(matrix: &Matrix, panel: &[u8], group: usize, out: *mut Tile) {
    let Some(blocks) = &matrix.format().blocks else {
        unreachable!("floating-point weights are not multiplied on tiles")
    };
    // SAFETY: the processor has AVX-512 and `out` is writable, as this function requires.
    unsafe { (blocks.widen)(panel, group, out) }
}

/// Intermediate results of a pass, on the worker's stack.
struct Scratch {
    weights: [[Tile; DEPTH]; 2],
    /// Sums, `[pair of panels][pair of tiles of tokens]`.
    sums: [[Sums; TOKENS / PAIR]; PANELS / 2],
}

/// Two panels of a matrix; the same panel twice where the last has no neighbor.
#[derive(Clone, Copy)]
struct Panels<'a> {
    matrix: &'a Matrix,
    panels: [usize; 2],
}

/// Multiplies up to [`PANELS`] panels with all tokens on the processor's AMX tiles.
///
/// # Safety
/// This process may use AMX, and the target is writable for every token and the rows of these panels.
#[target_feature(enable = "avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
pub(super) unsafe fn multiply(target: &Target<'_>, panels: Range<usize>, x: &Activations) {
    // SAFETY: this process may use AMX and the target is writable, as this function requires; processors with AMX have AVX-512.
    unsafe { multiply_on(&mut AmxInstructions, Avx512::new(), with_avx512, target, panels, x) };
}

/// Fuses up to half of [`PANELS`] panels of gate and up for all tokens.
///
/// # Safety
/// Contract of [`multiply`]; the matrices are of one shape, with rows of whole pairs of panels.
#[target_feature(enable = "avx2,fma,f16c,avx512f,avx512bw,avx512vl,avx512dq,avx512vnni")]
pub(super) unsafe fn multiply_gated(target: &GatedTarget<'_>, panels: Range<usize>, x: &Activations) {
    // SAFETY: this process may use AMX and the target is writable, as this function requires; processors with AMX have AVX-512.
    unsafe { multiply_gated_on(&mut AmxInstructions, Avx512::new(), with_avx512, target, panels, x) };
}

/// Multiplies on the given tile instructions.
///
/// # Safety
/// Contract of [`multiply`], for these tile instructions, and `widen` is callable on this processor.
#[inline(always)]
unsafe fn multiply_on<T: TileInstructions, L: Lanes>(
    tiles: &mut T,
    l: L,
    widen: Widen,
    target: &Target<'_>,
    panels: Range<usize>,
    x: &Activations,
) {
    let end = panels.end;
    let pairs =
        pairs(panels, |panel| Panels { matrix: target.matrix, panels: [panel, (panel + 1).min(end - 1)] });
    let n_rows = target.matrix.n_rows();
    let finish = |sums: &FinishedSums<'_>, t: usize, token: usize| {
        for (pair, Panels { panels, .. }) in sums.pairs.iter().enumerate() {
            for (half, panel) in panels.iter().enumerate() {
                let (from, rows) = (sums.row(pair, half, t), ROWS.min(n_rows - panel * ROWS));
                // SAFETY: the target is writable for existing tokens and rows of the panel, as this function requires.
                unsafe {
                    let to = target.out.add(token * n_rows + panel * ROWS);
                    if rows == ROWS {
                        copy_row(l, from, to);
                    } else {
                        to.copy_from_nonoverlapping(from.as_ptr(), rows);
                    }
                }
            }
        }
    };
    // SAFETY: the tile instructions and `widen` are usable, as this function requires.
    unsafe { run(tiles, l, widen, pairs.as_slice(), x, finish) };
}

/// Fuses gate and up on the given tile instructions.
///
/// # Safety
/// Contract of [`multiply_gated`], for these tile instructions, and `widen` is callable on this processor.
#[inline(always)]
unsafe fn multiply_gated_on<T: TileInstructions, L: Lanes>(
    tiles: &mut T,
    l: L,
    widen: Widen,
    target: &GatedTarget<'_>,
    panels: Range<usize>,
    x: &Activations,
) {
    let n = panels.len() / 2;
    let pairs = pairs(0..2 * panels.len(), |at| Panels {
        matrix: if at < panels.len() { target.gate } else { target.up },
        panels: [0, 1].map(|half| panels.start + at % panels.len() + half),
    });
    let n_groups = n_groups(target.gate.n_rows());
    let finish = |sums: &FinishedSums<'_>, t: usize, token: usize| {
        for pair in 0..n {
            let (mut gate, mut up) = ([0.0; GROUP], [0.0; GROUP]);
            for half in 0..2 {
                gate[half * ROWS..][..ROWS].copy_from_slice(sums.row(pair, half, t));
                up[half * ROWS..][..ROWS].copy_from_slice(sums.row(n + pair, half, t));
            }
            target.activation.gate_lanes(l, &mut gate, &up);
            let group = sums.pairs[pair].panels[0] / 2;
            // SAFETY: the target is writable, as this function requires; a token's row of a tile is written here alone.
            let row = unsafe {
                let tile = target.out.add(token / Tile::ROWS * n_groups + group);
                &mut *Tile::row(tile, token % Tile::ROWS)
            };
            round_all(&gate, row);
        }
    };
    // SAFETY: the tile instructions and `widen` are usable, as this function requires.
    unsafe { run(tiles, l, widen, pairs.as_slice(), x, finish) };
}

/// Pairs of panels that a pass computes.
struct Pairs<'a> {
    pairs: [Panels<'a>; PANELS / 2],
    len: usize,
}

impl<'a> Pairs<'a> {
    fn as_slice(&self) -> &[Panels<'a>] {
        &self.pairs[..self.len]
    }
}

/// The pairs that begin at every second place.
fn pairs<'a>(places: Range<usize>, pair: impl Fn(usize) -> Panels<'a>) -> Pairs<'a> {
    let len = places.len().div_ceil(2);
    assert!(0 < len && len <= PANELS / 2, "the scratch has room for all panels");
    Pairs { pairs: std::array::from_fn(|i| pair(places.start + 2 * i.min(len - 1))), len }
}

/// Finished sums of a pass.
struct FinishedSums<'a> {
    pairs: &'a [Panels<'a>],
    sums: *const [[Sums; TOKENS / PAIR]; PANELS / 2],
    n_tokens: usize,
}

impl FinishedSums<'_> {
    /// The 16 sums of one panel of a pair for token `t` of the pass.
    #[inline(always)]
    fn row(&self, pair: usize, half: usize, t: usize) -> &[f32; ROWS] {
        assert!(pair < self.pairs.len() && t < self.n_tokens && half < 2, "sums that the pass computed");
        // SAFETY: the pass has computed the sums of all its pairs and tokens.
        unsafe { &(&(*self.sums)[pair])[t / PAIR].0[t % PAIR / Tile::ROWS][half][t % Tile::ROWS] }
    }
}

/// Multiplies some pairs of panels with all tokens, and passes each token's sums to `finish`, with its number in the pass and
/// its number in the input.
///
/// # Safety
/// The tile instructions and `widen` are usable on this processor.
#[inline(always)]
unsafe fn run<T: TileInstructions, L: Lanes>(
    tiles: &mut T,
    l: L,
    widen: Widen,
    pairs: &[Panels<'_>],
    x: &Activations,
    finish: impl Fn(&FinishedSums<'_>, usize, usize),
) {
    let mut scratch = MaybeUninit::<Scratch>::uninit();
    let scratch = scratch.as_mut_ptr();
    for first_token in (0..x.n_tokens()).step_by(TOKENS) {
        let tokens = first_token..x.n_tokens().min(first_token + TOKENS);
        // SAFETY: the tile instructions and `widen` are usable, as this function requires.
        unsafe {
            tiles.configure();
            Pass { pairs, x, tokens: tokens.clone(), scratch }.run(tiles, l, widen);
            tiles.release();
        }
        // SAFETY: the place exists; nothing is read.
        let sums = unsafe { &raw const (*scratch).sums };
        let sums = FinishedSums { pairs, sums, n_tokens: tokens.len() };
        for (t, token) in tokens.enumerate() {
            finish(&sums, t, token);
        }
    }
}

/// Some panels and tokens, and the memory for their sums.
struct Pass<'a> {
    pairs: &'a [Panels<'a>],
    x: &'a Activations,
    tokens: Range<usize>,
    scratch: *mut Scratch,
}

impl Pass<'_> {
    /// Computes all sums of the pass.
    ///
    /// # Safety
    /// Contract of [`run`]; tiles are configured.
    #[inline(always)]
    unsafe fn run<T: TileInstructions, L: Lanes>(&self, tiles: &mut T, l: L, widen: Widen) {
        let n_groups = n_groups(self.x.n_cols());
        for first in (0..n_groups).step_by(DEPTH) {
            let groups = first..n_groups.min(first + DEPTH);
            for (pair, Panels { matrix, panels }) in self.pairs.iter().enumerate() {
                for (half, &panel) in panels.iter().enumerate() {
                    for (slot, group) in groups.clone().enumerate() {
                        // SAFETY: the scratch has room for two panels of DEPTH tiles; the group lies in the panel.
                        unsafe {
                            let out = &raw mut (*self.scratch).weights[half][slot];
                            widen(matrix, matrix.panel(panel), group, out);
                        }
                    }
                }
                self.fetch(l, pair + 1, &groups);
                for token in self.tokens.clone().step_by(PAIR) {
                    // SAFETY: tiles are configured, as this function requires; the weights above were widened.
                    unsafe { self.step(tiles, pair, &groups, token) };
                }
            }
        }
    }

    /// Prefetches the weights that are widened next.
    #[inline(always)]
    fn fetch<L: Lanes>(&self, l: L, pair: usize, groups: &Range<usize>) {
        let Some(Panels { matrix, panels }) = self.pairs.get(pair) else { return };
        let format = matrix.format();
        let bytes = |groups: usize| groups * GROUP / format.unit_cols * format.unit_bytes;
        for &panel in panels {
            for line in matrix.panel(panel)[bytes(groups.start)..][..bytes(groups.len())].chunks(LINE) {
                l.prefetch_early(line.as_ptr());
            }
        }
    }

    /// Adds the columns of `groups` to the sums of two panels and two tiles of tokens.
    ///
    /// # Safety
    /// Contract of [`Self::run`], with the panels' weights in the scratch.
    #[inline(always)]
    unsafe fn step<T: TileInstructions>(
        &self,
        tiles: &mut T,
        pair: usize,
        groups: &Range<usize>,
        token: usize,
    ) {
        let n_groups = n_groups(self.x.n_cols());
        // SAFETY: `Activations` holds the tiles of all tokens and groups; the scratch has room for all pairs of panels and
        // tokens, and was written for the groups before these.
        unsafe {
            let first = self.x.tiles.as_ptr().add(token / Tile::ROWS * n_groups + groups.start);
            let second = if token + Tile::ROWS < self.tokens.end { first.add(n_groups) } else { first };
            let weights = [0, 1].map(|half| (&raw const (*self.scratch).weights[half]).cast());
            let sums = &raw mut (*self.scratch).sums[pair][(token - self.tokens.start) / PAIR];
            // Each pair of panels prefetches its share of the following columns.
            let later = [first, second].map(|tiles| tiles.wrapping_add(DEPTH + 2 * DEPTH / PANELS * pair));
            let ahead = Ahead { sums: sums.wrapping_add(1), inputs: later };
            if groups.start == 0 {
                tiles.clear();
            } else {
                tiles.load(sums);
            }
            tiles.multiply([first, second], weights, groups.len(), &ahead);
            tiles.store(sums);
        }
    }
}

/// Copies 16 numbers with vector loads and stores.
///
/// # Safety
/// `to` is valid for writing 16 numbers.
#[inline(always)]
unsafe fn copy_row<L: Lanes>(l: L, from: &[f32; ROWS], to: *mut f32) {
    for i in (0..ROWS).step_by(L::N) {
        // SAFETY: both have 16 numbers, of which N begin at i.
        unsafe { l.store(to.add(i), l.load(from.as_ptr().add(i))) };
    }
}

#[cfg(test)]
mod tests;
