//! Activation quantization: inputs of matrix products, prepared once for all matrices that share them.
//!
//! Quantized weights are multiplied with eight-bit codes that have one `f32` scale per 32 columns (finer than ggml's Q8_K, and
//! with a wider scale than its Q8_0), together with the sums of codes that offsets and minima need. Floating-point weights are
//! multiplied with the unquantized numbers. Tokens lie in tiles of up to [`TILE_TOKENS`]; inside a tile a group of 32 columns
//! holds its tokens side by side, so that a kernel reads one stream:
//!
//! ```text
//! codes   [tile][group of 32][token in tile][32]      scales  [tile][group][token]
//! ```
//!
//! Where AMX tiles multiply many tokens, quantized weights are multiplied with numbers rounded to bf16 instead of codes.

#![allow(clippy::inline_always, reason = "see lanes")]

use crate::amx::Tile;
use crate::bf16;
use crate::lanes::{Lanes, at_level};
use crate::level::{Kind, Level};
use crate::pool::Pool;
use crate::zeroed::Zeroed;

#[cfg(target_arch = "x86_64")]
mod avx2;

/// Tokens of a tile: the most that one kernel call computes.
pub(crate) const TILE_TOKENS: usize = 12;
/// Columns that share a scale.
pub(crate) const GROUP: usize = 32;
/// Smallest number of tokens for which AMX tiles are faster than codes, by measurement.
pub const FEWEST_TILE_TOKENS: usize = 24;
/// Smallest number of elements quantized in parallel; below it, waking the other threads takes longer than the work.
const PARALLEL_FROM: usize = 1 << 15;
/// Largest magnitudes below this are treated as zero, since their reciprocal is not finite.
const SMALLEST: f32 = 1e-30;

/// The formats in which an input is prepared; a matrix states which of them it needs ([`crate::Matrix::input_formats`]).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct InputFormats {
    /// Eight-bit codes with scales.
    pub integer: bool,
    /// Unquantized `f32` numbers.
    pub float: bool,
    /// Numbers rounded to bf16, in AMX tiles: used in place of codes for many tokens.
    pub tiles: bool,
}

impl InputFormats {
    /// The format for quantized weights.
    pub const INTEGER: Self = Self { integer: true, ..Self::NONE };
    /// The format for floating-point weights.
    pub const FLOAT: Self = Self { float: true, ..Self::NONE };
    /// The format for quantized weights and many tokens on AMX.
    pub const TILES: Self = Self { tiles: true, ..Self::NONE };
    /// No format at all.
    pub const NONE: Self = Self { integer: false, float: false, tiles: false };

    /// The formats that a batch of `n_tokens` tokens uses at `level`: tiles replace codes where they are faster.
    #[must_use]
    pub fn for_batch(self, level: Level, n_tokens: usize) -> Self {
        let tiles = self.integer && level.kind() == Kind::Amx && n_tokens >= FEWEST_TILE_TOKENS;
        Self { integer: self.integer && !tiles, tiles: self.tiles || tiles, ..self }
    }

    /// All formats of `self` and of `other`.
    #[must_use]
    pub fn union(self, other: Self) -> Self {
        Self {
            integer: self.integer || other.integer,
            float: self.float || other.float,
            tiles: self.tiles || other.tiles,
        }
    }

    /// Whether every format of `other` is among these.
    fn contains(self, other: Self) -> bool {
        self.union(other) == self
    }
}

/// One quantized group, as the scalar definition computes it.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Group {
    /// Codes in -127..=127.
    pub(crate) codes: [i8; GROUP],
    /// Scale of the group: a number is about code · scale.
    pub(crate) scale: f32,
    /// Sums of the first and the second 16 codes.
    pub(crate) sums: [i32; 2],
}

/// Prepared inputs, `[n_tokens, n_cols]`; the buffers are allocated once, for the largest batch.
#[derive(Debug)]
pub struct Activations {
    held: InputFormats,
    present: InputFormats,
    max_tokens: usize,
    max_cols: usize,
    n_tokens: usize,
    n_cols: usize,
    pub(crate) codes: Vec<i8>,
    pub(crate) scales: Vec<f32>,
    /// -8 × the sum of a group's codes.
    pub(crate) offsets32: Vec<i32>,
    /// -32 × the sum of each half group's codes.
    pub(crate) offsets16: Vec<i32>,
    /// Scale × the sum of a group's codes, which is the factor of the minima.
    pub(crate) sums32: Vec<f32>,
    /// Scale × the sum of each half group's codes.
    pub(crate) sums16: Vec<f32>,
    pub(crate) values: Vec<f32>,
    /// `[16 tokens][group]`, each tile holding the group's columns of 16 tokens.
    pub(crate) tiles: Zeroed<Tile>,
}

/// Groups of a row; always even, so that units of 64 columns are whole.
pub(crate) fn n_groups(n_cols: usize) -> usize {
    n_cols.div_ceil(2 * GROUP) * 2
}

/// Number of tiles for all tokens and columns.
fn n_tiles(n_tokens: usize, n_cols: usize) -> usize {
    n_tokens.div_ceil(Tile::ROWS) * n_groups(n_cols)
}

impl Activations {
    /// Buffers for up to `max_tokens` × `max_cols` numbers in the given formats; `None` if allocation fails.
    pub fn new(formats: InputFormats, max_tokens: usize, max_cols: usize) -> Option<Self> {
        let groups = |held: bool| if held { max_tokens * n_groups(max_cols) } else { 0 };
        let (integers, floats) = (groups(formats.integer), groups(formats.float));
        Some(Self {
            held: formats,
            present: InputFormats::NONE,
            max_tokens,
            max_cols,
            n_tokens: 0,
            n_cols: 0,
            codes: vec![0; integers * GROUP],
            scales: vec![0.0; integers],
            offsets32: vec![0; integers],
            offsets16: vec![0; integers * 2],
            sums32: vec![0.0; integers],
            sums16: vec![0.0; integers * 2],
            values: vec![0.0; floats * GROUP],
            tiles: Zeroed::new(if formats.tiles { n_tiles(max_tokens, max_cols) } else { 0 })?,
        })
    }

    /// Bytes allocated by [`Activations::new`].
    pub fn size_bytes(formats: InputFormats, max_tokens: usize, max_cols: usize) -> u64 {
        let groups = (max_tokens * n_groups(max_cols)) as u64;
        // Codes, a scale, an offset, two finer ones, a sum, two finer ones.
        let integer = GROUP as u64 + 4 * (1 + 1 + 2 + 1 + 2);
        let tiles = if formats.tiles { n_tiles(max_tokens, max_cols) } else { 0 };
        groups * (u64::from(formats.integer) * integer + u64::from(formats.float) * 4 * GROUP as u64)
            + (tiles * size_of::<Tile>()) as u64
    }

    /// Number of tokens of the last prepared input.
    pub fn n_tokens(&self) -> usize {
        self.n_tokens
    }

    /// Number of columns of the last prepared input.
    pub fn n_cols(&self) -> usize {
        self.n_cols
    }

    /// Whether the last call prepared all of `formats`.
    pub(crate) fn has(&self, formats: InputFormats) -> bool {
        self.present.contains(formats)
    }

    /// Whether the prepared input satisfies a matrix that needs `formats`.
    pub(crate) fn satisfies(&self, formats: InputFormats) -> bool {
        let present = InputFormats { integer: self.present.integer || self.present.tiles, ..self.present };
        present.contains(formats)
    }

    /// Prepares `x`, `[n_tokens, x.len() / n_tokens]` row by row, in the given formats.
    ///
    /// Codes are `round(x · 127 / max)` of their group, ties to even; scales are `max / 127`, both in `f32`. A group of zeros
    /// (below 1e-30) has scale 0. Infinities and NaNs make the products they enter infinite or NaN.
    ///
    /// # Panics
    /// When `x` is larger than the buffers, or the buffers were not allocated for one of `formats`.
    pub fn quantize(&mut self, level: Level, pool: &Pool, x: &[f32], n_tokens: usize, formats: InputFormats) {
        let n_cols = x.len().checked_div(n_tokens).unwrap_or(0);
        assert_eq!(x.len(), n_tokens * n_cols, "rows of equal length");
        assert!(n_tokens <= self.max_tokens && n_cols <= self.max_cols, "{n_tokens} × {n_cols} do not fit");
        assert!(self.held.contains(formats), "buffers were not allocated for {formats:?}");
        (self.n_tokens, self.n_cols, self.present) = (n_tokens, n_cols, formats);
        let places = Places::new(self);
        let tokens = |tokens: std::ops::Range<usize>| {
            for token in tokens {
                places.fill(level, formats, token, &x[token * n_cols..][..n_cols]);
            }
        };
        if x.len() < PARALLEL_FROM {
            tokens(0..n_tokens);
        } else {
            pool.run(n_tokens.div_ceil(TILE_TOKENS), &|tile, _| {
                tokens(tile * TILE_TOKENS..n_tokens.min((tile + 1) * TILE_TOKENS));
            });
        }
    }

    /// Makes this an input of `n_tokens` × `n_cols` in tiles; the caller writes all of them.
    pub(crate) fn begin_tiles(&mut self, n_tokens: usize, n_cols: usize) -> *mut Tile {
        assert!(self.held.tiles, "buffers were not allocated for tiles");
        assert!(n_tokens <= self.max_tokens && n_cols <= self.max_cols, "{n_tokens} × {n_cols} do not fit");
        (self.n_tokens, self.n_cols, self.present) = (n_tokens, n_cols, InputFormats::TILES);
        self.tiles.as_mut_ptr()
    }

    /// First element of `tile` in an array with one element per group and token, and the tile's tokens.
    pub(crate) fn tile(&self, tile: usize) -> (usize, usize) {
        (tile * TILE_TOKENS * n_groups(self.n_cols), TILE_TOKENS.min(self.n_tokens - tile * TILE_TOKENS))
    }
}

/// Destinations of the prepared tokens: raw pointers, since the tokens of different threads lie interleaved.
struct Places {
    n_tokens: usize,
    n_groups: usize,
    codes: *mut i8,
    scales: *mut f32,
    offsets32: *mut i32,
    offsets16: *mut i32,
    sums32: *mut f32,
    sums16: *mut f32,
    values: *mut f32,
    tiles: *mut Tile,
}

// SAFETY: each token has its own places, and each token is written by one thread.
unsafe impl Sync for Places {}

impl Places {
    fn new(x: &mut Activations) -> Self {
        Self {
            n_tokens: x.n_tokens,
            n_groups: n_groups(x.n_cols),
            codes: x.codes.as_mut_ptr(),
            scales: x.scales.as_mut_ptr(),
            offsets32: x.offsets32.as_mut_ptr(),
            offsets16: x.offsets16.as_mut_ptr(),
            sums32: x.sums32.as_mut_ptr(),
            sums16: x.sums16.as_mut_ptr(),
            values: x.values.as_mut_ptr(),
            tiles: x.tiles.as_mut_slice().as_mut_ptr(),
        }
    }

    fn fill(&self, level: Level, formats: InputFormats, token: usize, row: &[f32]) {
        let first = token / TILE_TOKENS * TILE_TOKENS;
        let (width, inside) = (TILE_TOKENS.min(self.n_tokens - first), token % TILE_TOKENS);
        for g in 0..self.n_groups {
            let at = GroupPlace {
                whole: first * self.n_groups + g * width + inside,
                halves: [0, 1].map(|half| 2 * first * self.n_groups + (2 * g + half) * width + inside),
            };
            let mut x = [0.0; GROUP];
            let from = row.len().min(g * GROUP);
            let part = &row[from..row.len().min(from + GROUP)];
            x[..part.len()].copy_from_slice(part);
            if formats.float {
                // SAFETY: the place is below tokens × groups, which `quantize` compared with the buffers' size.
                unsafe { self.values.add(at.whole * GROUP).cast::<[f32; GROUP]>().write(x) };
            }
            if formats.tiles {
                let tile = token / Tile::ROWS * self.n_groups + g;
                // SAFETY: as above; a token's row of a tile is its own.
                let row = unsafe { &mut *Tile::row(self.tiles.add(tile), token % Tile::ROWS) };
                round_group(level, &x, row);
            }
            if formats.integer {
                let group = match level.kind() {
                    Kind::Scalar => quantize_group(&x),
                    #[cfg(target_arch = "x86_64")]
                    // SAFETY: a level above scalar exists only where AVX2 was detected.
                    _ => unsafe { avx2::quantize_group(&x) },
                    #[cfg(not(target_arch = "x86_64"))]
                    _ => unreachable!("levels above scalar are of x86-64"),
                };
                // SAFETY: as above; `quantize` gives each token to one thread.
                unsafe { self.put(at, &group) };
            }
        }
    }

    /// Writes a group and the sums of its codes.
    ///
    /// # Safety
    /// `at` must be a token's place in this input, and no other thread may write this token.
    unsafe fn put(&self, at: GroupPlace, group: &Group) {
        let [first, second] = group.sums;
        // SAFETY: `at` is a place of this input, which one thread writes; arrays of half groups are twice as long.
        unsafe {
            self.codes.add(at.whole * GROUP).cast::<[i8; GROUP]>().write(group.codes);
            self.scales.add(at.whole).write(group.scale);
            self.offsets32.add(at.whole).write(-8 * (first + second));
            self.sums32.add(at.whole).write(group.scale * (first + second) as f32);
            for (half, sum) in at.halves.into_iter().zip(group.sums) {
                self.offsets16.add(half).write(-32 * sum);
                self.sums16.add(half).write(group.scale * sum as f32);
            }
        }
    }
}

/// Position of one group of one token in the arrays per group and per half group.
#[derive(Clone, Copy)]
struct GroupPlace {
    whole: usize,
    halves: [usize; 2],
}

/// Rounds a group to bf16.
fn round_group(level: Level, x: &[f32; GROUP], out: &mut [u16; GROUP]) {
    at_level!(level, bf16::round_all, round_lanes, (x: &[f32; GROUP] = x, out: &mut [u16; GROUP] = out));
}

#[inline(always)]
fn round_lanes<L: Lanes>(_: L, x: &[f32; GROUP], out: &mut [u16; GROUP]) {
    bf16::round_all(x, out);
}

/// Quantizes a group: the scalar definition.
pub(crate) fn quantize_group(x: &[f32; GROUP]) -> Group {
    let max = x.iter().fold(0.0f32, |max, x| max.max(x.abs()));
    if max < SMALLEST {
        return Group { codes: [0; GROUP], scale: 0.0, sums: [0; 2] };
    }
    let inverse = 127.0 / max;
    let codes = x.map(|x| (x * inverse).round_ties_even().clamp(-127.0, 127.0) as i8);
    let sum = |codes: &[i8]| codes.iter().map(|&code| i32::from(code)).sum();
    Group { codes, scale: max / 127.0, sums: [sum(&codes[..16]), sum(&codes[16..])] }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    #[test]
    fn codes_are_within_half_a_step_and_sums_are_theirs() {
        let x: [f32; GROUP] = Random::new(3).numbers(GROUP).try_into().unwrap();
        let group = quantize_group(&x);
        for (x, &code) in x.iter().zip(&group.codes) {
            // Half a step, and the roundings of scale and reciprocal.
            assert!((x - f32::from(code) * group.scale).abs() <= group.scale * 0.5001);
        }
        assert_eq!(group.codes.iter().map(|&code| i32::from(code).abs()).max(), Some(127));
        assert_eq!(group.sums[0] + group.sums[1], group.codes.iter().map(|&code| i32::from(code)).sum());
    }

    /// All prepared values as text, so that zeros of both signs differ.
    fn numbers(x: &Activations) -> String {
        let tiles: Vec<_> = x.tiles.iter().map(|tile| tile.0).collect();
        let integers = (&x.codes, &x.scales, &x.offsets32, &x.offsets16, &x.sums32, &x.sums16);
        format!("{integers:?} {:?} {tiles:?}", x.values)
    }

    #[test]
    fn every_level_makes_the_same_groups() {
        let mut random = Random::new(4);
        let pool = Pool::new(1);
        for scale in [0.0, 1e-35, 1e-20, 1.0, 1e30] {
            for (n_tokens, n_cols) in [(1, 32), (3, 100), (13, 96), (40, 64)] {
                let mut x = random.numbers(n_tokens * n_cols);
                for x in &mut x {
                    *x *= scale;
                }
                let all = InputFormats::INTEGER.union(InputFormats::FLOAT).union(InputFormats::TILES);
                let mut expected = Activations::new(all, 40, 100).unwrap();
                expected.quantize(Level::SCALAR, &pool, &x, n_tokens, all);
                for level in Level::available() {
                    let mut found = Activations::new(all, 40, 100).unwrap();
                    found.quantize(level, &pool, &x, n_tokens, all);
                    assert_eq!(numbers(&expected), numbers(&found), "{}", level.name());
                }
            }
        }
    }
}
