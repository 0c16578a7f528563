//! Matrix products: packed weights × prepared inputs, several matrices in one parallel region.
//!
//! One definition (`definition.rs`, for tests) serves every format, and one kernel (`codes.rs`) written over the lanes of
//! an instruction set and the steps of a format. For a row and a token, group by group in the order of the columns,
//!
//! ```text
//! sum  = Σ weight code · input code                                  exact, i32
//! acc  = fma(sum, weight scale · input scale, acc)                   f32
//! acc  = fma(-weight minimum, input scale · Σ input codes, acc)      in formats with minima
//! ```
//!
//! with groups as long as the weights' (16 or 32), and then the outliers, which codes leave out:
//!
//! ```text
//! acc  = fma(weight, outlier, acc)                                   f32, in the order of the columns
//! ```
//!
//! An input that is quantized twice has two such sums, which are added. Since integers are exact and the `f32` steps come in the same order
//! everywhere, results are the same bits at every level, for any number of threads, and for any number of tokens at
//! once. Floating-point weights: `acc[k % 2] = fma(w, x, acc[k % 2])` over the columns, then the two are added.
//!
//! At a level with AMX, products over many tokens are defined differently: in bf16 (`tiles.rs`). The format of the
//! prepared input selects which of the two is used.
//!
//! A kernel computes one panel of 16 rows for a few tokens. Floating-point weights are widened for many of them (`float_tiles.rs`),
//! with the same results. With few tokens it streams the weights once, prefetching; with many
//! it reads the panel from the cache again for the next tokens.

use std::mem::MaybeUninit;

use crate::activation::Activation;
use crate::activations::{Activations, GROUP, InputFormats, SPAN_TOKENS, TILE_TOKENS, n_groups, span_tokens};
use crate::amx::Tile;
use crate::layout::ROWS;
use crate::level::{Kind, Level};
use crate::matrix::Matrix;
use crate::pool::Pool;
use float_kernels::FloatTiles;
use kernel_args::{Aligned, KernelArgs, OutlierArgs};
use target::Target;

mod codes;
#[cfg(test)]
mod definition;
pub(crate) mod float_kernels;
mod float_tiles;
mod floats;
pub(crate) mod kernel_args;
pub(crate) mod levels;
mod outliers;
#[cfg(target_arch = "aarch64")]
mod pairs;
mod target;
#[cfg(target_arch = "x86_64")]
mod tiles;
#[cfg(target_arch = "x86_64")]
pub(crate) mod widen;

/// Largest number of matrices in one parallel region: query, key, value and one more.
pub const MAX_PRODUCTS: usize = 4;
/// Largest number of tokens for which a product streams its weights once.
const FEW_TOKENS: usize = TILE_TOKENS;
/// Panels of a chunk when there are many tokens: their weights stay in the second-level cache.
const MANY_TOKENS_PANELS: usize = 4;
/// Largest number of panels of a chunk on AMX tiles.
#[cfg(target_arch = "x86_64")]
const MOST_TILE_PANELS: usize = tiles::PANELS;
#[cfg(not(target_arch = "x86_64"))]
const MOST_TILE_PANELS: usize = MANY_TOKENS_PANELS;
/// Chunks per thread when there are few tokens.
const CHUNKS_PER_THREAD: usize = 32;

/// Rows of fused gate and up projections are a multiple of this: pairs of panels, and whole tiles of the next input.
pub const FUSED_ROWS: usize = 2 * GROUP;

/// One matrix and the output of its product.
#[derive(Debug)]
pub struct Product<'a> {
    /// The weights, `[n_rows, n_cols]`.
    pub matrix: &'a Matrix,
    /// Output, `[n_tokens, n_rows]`.
    pub out: &'a mut [f32],
}

/// Multiplies every matrix with the same prepared input.
///
/// # Panics
/// When shapes do not match, the input was not prepared in a format that some matrix needs, or there are more than
/// [`MAX_PRODUCTS`].
pub fn matmul(level: Level, pool: &Pool, products: &mut [Product<'_>], x: &Activations) {
    assert!(products.len() <= MAX_PRODUCTS, "{} products in one region", products.len());
    let mut n_panels = 0;
    let mut targets = [None; MAX_PRODUCTS];
    for (target, Product { matrix, out }) in targets.iter_mut().zip(products) {
        assert_eq!(matrix.n_cols(), x.n_cols(), "columns of weights and input");
        assert_eq!(out.len(), matrix.n_rows() * x.n_tokens(), "numbers of the output");
        assert!(x.satisfies(matrix.input_formats()), "the input lacks {:?}", matrix.input_formats());
        n_panels += matrix.n_panels();
        let format = matrix.format();
        let float_tiles = format.float_tiles.map(|of_kind| of_kind(level.kind()));
        let enough = |tiles: &&FloatTiles| x.n_tokens() >= tiles.fewest_tokens && matrix.n_cols() > 0;
        *target = Some(Target {
            matrix,
            kernels: (format.kernels)(level.kind()),
            outlier_kernel: format.blocks.as_ref().map(|blocks| (blocks.outlier_kernel)(level.kind())),
            float_tiles: float_tiles.filter(enough),
            out: out.as_mut_ptr(),
        });
    }
    let panels_per_chunk = if x.has(InputFormats::TILES) {
        tile_panels(n_panels, MOST_TILE_PANELS, pool)
    } else if targets.iter().flatten().all(|target| target.float_tiles.is_some()) {
        balanced_panels(n_panels, float_tiles::PANELS, pool)
    } else if x.n_rows() <= FEW_TOKENS {
        (n_panels / (pool.n_threads() * CHUNKS_PER_THREAD)).clamp(1, 16)
    } else {
        MANY_TOKENS_PANELS
    };
    let n_chunks = |target: &Target<'_>| target.matrix.n_panels().div_ceil(panels_per_chunk);
    let targets = &targets;
    pool.run(targets.iter().flatten().map(n_chunks).sum(), &|chunk, _| {
        let mut chunk = chunk;
        for target in targets.iter().flatten() {
            if chunk < n_chunks(target) {
                let first = chunk * panels_per_chunk;
                multiply(target, first..target.matrix.n_panels().min(first + panels_per_chunk), x);
                return;
            }
            chunk -= n_chunks(target);
        }
    });
}

/// Panels of a chunk on AMX tiles: pairs, up to `most`, with at least two chunks for each thread.
fn tile_panels(n_panels: usize, most: usize, pool: &Pool) -> usize {
    (n_panels / (2 * pool.n_threads())).clamp(2, most) / 2 * 2
}

/// Panels of a chunk: the even number up to `most` with which the threads have the least to do if each takes as many chunks.
fn balanced_panels(n_panels: usize, most: usize, pool: &Pool) -> usize {
    let share = |panels: &usize| n_panels.div_ceil(*panels).div_ceil(pool.n_threads()) * panels;
    (2..=most).rev().step_by(2).min_by_key(share).unwrap_or(most)
}

/// Gate and up projections of an MLP, and the output of their fusion.
#[cfg_attr(not(target_arch = "x86_64"), allow(dead_code, reason = "only AMX kernels fuse products"))]
struct GatedTarget<'a> {
    gate: &'a Matrix,
    up: &'a Matrix,
    activation: Activation,
    /// Fused output in tiles, `[16 tokens][group]`.
    out: *mut Tile,
}

// SAFETY: each chunk writes only the columns of its own panels.
unsafe impl Sync for GatedTarget<'_> {}

/// Whether [`matmul_gated`] can fuse these gate and up projections: quantized, of one shape, with rows that fill tiles.
pub fn can_fuse_gate_up(gate: &Matrix, up: &Matrix) -> bool {
    let same = gate.n_rows() == up.n_rows() && gate.n_cols() == up.n_cols();
    let quantized = [gate, up].iter().all(|matrix| matrix.input_formats() == InputFormats::INTEGER);
    same && quantized && gate.n_rows().is_multiple_of(FUSED_ROWS)
}

/// Fused gate and up projections: `out = activation(gate·x) ⊙ (up·x)`, rounded to bf16 in tile layout, ready for the down
/// projection.
///
/// # Panics
/// When [`can_fuse_gate_up`] returns false, the input is not in tiles, shapes do not match, or `out` has no room for tiles.
#[cfg_attr(not(target_arch = "x86_64"), allow(unused_variables, reason = "only AMX kernels fuse products"))]
pub fn matmul_gated(
    level: Level,
    pool: &Pool,
    [gate, up]: [&Matrix; 2],
    activation: Activation,
    x: &Activations,
    out: &mut Activations,
) {
    assert!(level.kind() == Kind::Amx && can_fuse_gate_up(gate, up), "gate and up can be fused");
    assert!(x.has(InputFormats::TILES), "the input lacks {:?}", InputFormats::TILES);
    assert_eq!(gate.n_cols(), x.n_cols(), "columns of weights and input");
    let out = out.begin_tiles(x.n_tokens(), gate.n_rows());
    let target = GatedTarget { gate, up, activation, out };
    #[cfg(target_arch = "x86_64")]
    {
        let (target, panels) = (&target, tile_panels(gate.n_panels(), MOST_TILE_PANELS / 2, pool));
        pool.run(gate.n_panels().div_ceil(panels), &|chunk, _| {
            let panels = chunk * panels..gate.n_panels().min((chunk + 1) * panels);
            // SAFETY: the level has tiles; `out` has room for all tokens and rows, and these panels are this chunk's.
            unsafe { tiles::multiply_gated(target, panels, x) };
        });
    }
    #[cfg(not(target_arch = "x86_64"))]
    unreachable!("{} has no tiles", level.name());
}

/// Multiplies some panels with all tokens.
fn multiply(target: &Target<'_>, panels: std::ops::Range<usize>, x: &Activations) {
    #[cfg(target_arch = "x86_64")]
    if x.has(InputFormats::TILES) && target.matrix.input_formats() == InputFormats::INTEGER {
        // SAFETY: tiles are prepared only at a level that has them; `matmul` compared the output's size with tokens and
        // rows, and these panels' rows belong to this chunk.
        return unsafe { tiles::multiply(target, panels, x) };
    }
    if let Some(tiles) = target.float_tiles {
        // SAFETY: the functions are of an available level; `matmul` compared the output's size with tokens and rows, and these
        // panels' rows belong to this chunk.
        return unsafe { float_tiles::multiply(tiles, target, panels, x) };
    }
    let (matrix, n_tokens) = (target.matrix, x.n_rows());
    for span in 0..n_tokens.div_ceil(SPAN_TOKENS) {
        let tokens = span_tokens(span, n_tokens);
        let outliers = x.outliers(span);
        for panel in panels.clone() {
            let n_rows = ROWS.min(matrix.n_rows() - panel * ROWS);
            let out = |token: usize| {
                // SAFETY: the panel's first row and the token exist, so the address lies inside the output.
                unsafe { target.out.add(token * matrix.n_rows() + panel * ROWS) }
            };
            if !x.is_twice() && outliers.columns.is_empty() {
                let (out, rows) = (out(tokens.start), Rows { stride: matrix.n_rows(), n_rows });
                // SAFETY: `matmul` compared the output's size with tokens and rows, and this panel's rows belong to this chunk.
                unsafe { multiply_tokens(target, panel, x, tokens.clone(), out, rows) };
                continue;
            }
            // Apart from the output, whose rows may share few sets of a cache.
            let mut sums = MaybeUninit::<Aligned<[[f32; ROWS]; SPAN_TOKENS]>>::uninit();
            let sums = sums.as_mut_ptr().cast::<[f32; ROWS]>();
            let rows = Rows { stride: ROWS, n_rows: ROWS };
            // SAFETY: there are sums of sixteen rows for all tokens of a span, which are computed here; the kernels are of an
            // available level, and the input has as many columns as the matrix.
            let sums = unsafe {
                multiply_tokens(target, panel, x, tokens.clone(), sums.cast(), rows);
                if let Some(kernel) = target.outlier_kernel.filter(|_| !outliers.columns.is_empty()) {
                    kernel(&OutlierArgs { panel: matrix.panel(panel), outliers, sums });
                }
                std::slice::from_raw_parts_mut(sums, tokens.len())
            };
            let per_token = if x.is_twice() { 2 } else { 1 };
            for (token, sums) in sums.chunks_exact_mut(per_token).enumerate() {
                if let [first, second] = sums {
                    first.iter_mut().zip(second).for_each(|(first, second)| *first += *second);
                }
                let out = out(tokens.start / per_token + token);
                // SAFETY: as above for the output.
                unsafe {
                    if n_rows == ROWS {
                        out.cast::<[f32; ROWS]>().write(sums[0]); // without a call
                    } else {
                        out.copy_from_nonoverlapping(sums[0].as_ptr(), n_rows);
                    }
                }
            }
        }
    }
}

/// The rows that a panel's sums go to.
#[derive(Clone, Copy)]
struct Rows {
    /// Distance between the rows of successive tokens, in elements.
    stride: usize,
    /// Number of rows of the panel to write.
    n_rows: usize,
}

/// Multiplies one panel with some tokens, from the first of a tile on.
///
/// # Safety
/// `out`, the panel's first row for the first token, is writable for all of the tokens, and the target's kernels are of an
/// available level.
unsafe fn multiply_tokens(
    target: &Target<'_>,
    panel: usize,
    x: &Activations,
    tokens: std::ops::Range<usize>,
    out: *mut f32,
    rows: Rows,
) {
    let mut first_token = tokens.start;
    while first_token < tokens.end {
        let (_, width) = x.tile(first_token / TILE_TOKENS);
        let left = width - first_token % TILE_TOKENS;
        let fits = target.kernels.iter().find(|(n_tokens, _)| *n_tokens <= left);
        let (n_tokens, kernel) = *fits.expect("the last kernel takes one token");
        let of_tokens = first_token..first_token + n_tokens;
        // SAFETY: the tokens are some of those that `out` is writable for; the kernel is of an available level.
        unsafe {
            let out = out.add((first_token - tokens.start) * rows.stride);
            kernel(&kernel_args(target.matrix, panel, x, of_tokens, out, rows));
        }
        first_token += n_tokens;
    }
}

/// Arguments of a kernel for one panel and some tokens of a tile.
#[inline]
fn kernel_args<'a>(
    matrix: &'a Matrix,
    panel: usize,
    x: &'a Activations,
    tokens: std::ops::Range<usize>,
    out: *mut f32,
    rows: Rows,
) -> KernelArgs<'a> {
    let inside = tokens.start % TILE_TOKENS;
    let (start, width) = x.tile(tokens.start / TILE_TOKENS);
    let end = start + n_groups(x.n_cols()) * width;
    let float = usize::from(matrix.dtype().is_float());
    let integer = 1 - float;
    KernelArgs {
        panel: matrix.panel(panel),
        width,
        n_tokens: tokens.len(),
        codes: &x.codes[integer * (start + inside) * GROUP..integer * end * GROUP],
        scales: &x.scales[integer * (start + inside)..integer * end],
        offsets32: &x.offsets32[integer * (start + inside)..integer * end],
        offsets16: &x.offsets16[integer * (2 * start + inside)..integer * 2 * end],
        sums32: &x.sums32[integer * (start + inside)..integer * end],
        sums16: &x.sums16[integer * (2 * start + inside)..integer * 2 * end],
        values: &x.values[float * (start + inside) * GROUP..float * end * GROUP],
        out,
        out_stride: rows.stride,
        n_rows: rows.n_rows,
    }
}

#[cfg(test)]
mod tests;
