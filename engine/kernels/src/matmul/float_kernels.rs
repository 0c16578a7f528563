//! Kernels of floating-point weights and many tokens: widening a block of rows, and multiplying it with a few tokens.

#![allow(clippy::inline_always, reason = "a call would lose the caller's target features")]
#![allow(clippy::needless_range_loop, reason = "several arrays of a token's registers run along")]

use crate::activations::GROUP;
use crate::formats::floats::FloatFormat;
use crate::lanes::{Lanes, MOST};
use crate::layout::{LINE, ROWS};

/// Most rows of a block: two registers of the widest level.
pub(super) const MOST_ROWS: usize = 2 * MOST;

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
    pub(super) weights: *const f32,
    /// Groups of 32 columns.
    pub(super) n_groups: usize,
    /// The tokens' values from the first of these columns on; [`Activations`](crate::Activations) defines their order.
    pub(super) values: &'a [f32],
    /// Tokens side by side in a group: the stride from group to group.
    pub(super) width: usize,
    /// Sums of even and of odd columns, `[even, odd][tokens][rows]`, writable, and written before unless these are the first columns.
    pub(super) sums: *mut f32,
    /// Whether these are the first columns, and the last.
    pub(super) is_first: bool,
    pub(super) is_last: bool,
    /// First row of the block in the first token's output, writable for all tokens and the existing rows.
    pub(super) out: *mut f32,
    /// Distance between the outputs of successive tokens, in elements.
    pub(super) out_stride: usize,
    /// Number of rows of the block that exist.
    pub(super) n_rows: usize,
    /// Weights to prefetch.
    pub(super) ahead: [&'a [u8]; 2],
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
