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
//! Outliers are left out of the codes (`activations/outliers.rs`). Where codes shall be twice as precise, each token is followed
//! by a second one: the codes of what its codes leave.
//!
//! Where AMX tiles multiply many tokens, quantized weights are multiplied with numbers rounded to bf16 instead of codes.

use crate::amx::Tile;
use crate::level::Level;
use crate::pool::Pool;
use crate::zeroed::Zeroed;
use fill::Places;
use outliers::Outliers;
use token_scales::SharedScales;

#[cfg(target_arch = "x86_64")]
mod avx2;
mod fill;
mod group;
mod input_formats;
#[cfg(target_arch = "aarch64")]
mod neon;
mod outliers;
mod tiling;
mod token_scales;

pub(crate) use group::GROUP;
pub use input_formats::{FEWEST_TILE_TOKENS, InputFormats, InputPrecision, OUTLIER_MAGNITUDE};
pub(crate) use outliers::{Outlier, SPAN_TOKENS, SpanOutliers, span_tokens};
pub(crate) use tiling::{TILE_TOKENS, n_groups};

/// Smallest number of elements quantized in parallel; below it, waking the other threads takes longer than the work.
const PARALLEL_FROM: usize = 1 << 15;

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
    outliers: Outliers,
    /// Columns that all tokens leave out of their codes, one bit each, in the precision that has such columns.
    left_out: Vec<u32>,
    pub(crate) values: Vec<f32>,
    /// `[16 tokens][group]`, each tile holding the group's columns of 16 tokens.
    pub(crate) tiles: Zeroed<Tile>,
}

/// Number of tiles for all tokens and columns.
fn n_tiles(n_tokens: usize, n_cols: usize) -> usize {
    n_tokens.div_ceil(Tile::ROWS) * n_groups(n_cols)
}

/// Numbers of 32 bits that say which columns are left out, where a precision leaves columns out.
fn n_left_out(formats: InputFormats, max_cols: usize) -> usize {
    if formats.integer { formats.precision.most_outliers(n_groups(max_cols)).unwrap_or(0) } else { 0 }
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
            outliers: Outliers::new(
                if formats.integer { max_tokens } else { 0 },
                max_cols,
                formats.precision,
            )?,
            left_out: vec![0; n_left_out(formats, max_cols)],
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
        let outliers =
            if formats.integer { Outliers::size_bytes(max_tokens, max_cols, formats.precision) } else { 0 };
        groups * (u64::from(formats.integer) * integer + u64::from(formats.float) * 4 * GROUP as u64)
            + outliers
            + 4 * n_left_out(formats, max_cols) as u64
            + (tiles * size_of::<Tile>()) as u64
    }

    /// Largest number of tokens that can be prepared in these formats.
    pub fn most_tokens(&self, formats: InputFormats) -> usize {
        if formats.twice() { self.max_tokens / 2 } else { self.max_tokens }
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
        self.present.hold(formats)
    }

    /// Whether the prepared input satisfies a matrix that needs `formats`.
    pub(crate) fn satisfies(&self, formats: InputFormats) -> bool {
        self.present.satisfy(formats)
    }

    /// Prepares `x`, `[n_tokens, x.len() / n_tokens]` row by row, in the given formats.
    ///
    /// Codes are `round(x · 127 / max)` of their group, ties to even; scales are `max / 127`, both in `f32`; where groups share
    /// a scale, `max` is that of all numbers with this scale. A group of zeros (below 1e-30) has scale 0. Outliers, as the formats' [`InputPrecision`] defines them, are left out and kept in `f32`.
    /// Infinities and NaNs make the products they enter infinite or NaN.
    ///
    /// # Panics
    /// When `x` is larger than the buffers, counting tokens twice if they are quantized twice, the buffers were not allocated for
    /// one of `formats` or for columns that their precision leaves out, or other formats are asked for with codes that are quantized twice.
    pub fn quantize(&mut self, level: Level, pool: &Pool, x: &[f32], n_tokens: usize, formats: InputFormats) {
        let n_cols = x.len().checked_div(n_tokens).unwrap_or(0);
        assert_eq!(x.len(), n_tokens * n_cols, "rows of equal length");
        assert!(self.held.hold(formats), "buffers were not allocated for {formats:?}");
        assert!(
            !formats.twice() || !(formats.float || formats.tiles),
            "only codes are written twice: {formats:?}"
        );
        (self.n_tokens, self.n_cols, self.present) = (n_tokens, n_cols, formats);
        let n_rows = self.n_rows();
        assert!(n_rows <= self.max_tokens && n_cols <= self.max_cols, "{n_rows} × {n_cols} do not fit");
        let places = self.places(x);
        // SAFETY: the buffers have room, as compared above; each span is filled once.
        let fill = |span: usize| unsafe { places.fill(level, span, x) };
        let n_spans = n_rows.div_ceil(SPAN_TOKENS);
        if x.len() < PARALLEL_FROM {
            (0..n_spans).for_each(fill);
        } else {
            pool.run(n_spans, &|span, _| fill(span));
        }
    }

    /// Destinations of the tokens of `x`, an input of the present shape and formats.
    fn places(&mut self, x: &[f32]) -> Places {
        Places {
            formats: self.present,
            n_tokens: self.n_rows(),
            n_cols: self.n_cols,
            n_groups: n_groups(self.n_cols),
            codes: self.codes.as_mut_ptr(),
            scales: self.scales.as_mut_ptr(),
            offsets32: self.offsets32.as_mut_ptr(),
            offsets16: self.offsets16.as_mut_ptr(),
            sums32: self.sums32.as_mut_ptr(),
            sums16: self.sums16.as_mut_ptr(),
            values: self.values.as_mut_ptr(),
            tiles: self.tiles.as_mut_slice().as_mut_ptr(),
            outliers: self.outliers.places(),
            shared: SharedScales::of(self.present.precision, x, self.n_cols, &mut self.left_out),
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
        (tile * TILE_TOKENS * n_groups(self.n_cols), TILE_TOKENS.min(self.n_rows() - tile * TILE_TOKENS))
    }

    /// The outliers of a span of an input in codes.
    pub(crate) fn outliers(&self, span: usize) -> SpanOutliers<'_> {
        if self.present.integer && !self.present.twice() {
            self.outliers.span(span)
        } else {
            SpanOutliers::NONE
        }
    }

    /// Whether each token is followed by the codes of what its codes leave.
    pub(crate) fn is_twice(&self) -> bool {
        self.present.twice()
    }

    /// Number of rows of codes: the tokens, counted twice if each is followed by what its codes leave.
    pub(crate) fn n_rows(&self) -> usize {
        if self.is_twice() { 2 * self.n_tokens } else { self.n_tokens }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Random;

    /// All prepared values as text, so that zeros of both signs differ.
    fn numbers(x: &Activations) -> String {
        let tiles: Vec<_> = x.tiles.iter().map(|tile| tile.0).collect();
        let integers = (&x.codes, &x.scales, &x.offsets32, &x.offsets16, &x.sums32, &x.sums16);
        let outliers: Vec<_> = (0..x.n_tokens.div_ceil(SPAN_TOKENS)).map(|span| x.outliers(span)).collect();
        format!("{integers:?} {:?} {tiles:?} {outliers:?}", x.values)
    }

    #[test]
    fn there_is_room_for_the_outliers_of_any_token() {
        let fine = InputFormats::INTEGER.with_precision(InputPrecision::Fine);
        let n_cols = 20_000;
        let mut random = Random::new(17);
        for exponent in [-25, -20, -15, 0, 15, 30] {
            let scale = 10.0_f32.powi(exponent);
            // Few numbers far above many: as many outliers as the norm allows, then as many again among the others.
            for (n_huge, n_large) in [(1, 0), (90, 0), (90, 90), (0, 90), (20_000, 0)] {
                let row: Vec<f32> = (0..n_cols)
                    .map(|column| {
                        let magnitude = match column {
                            _ if column < n_huge => 1e6,
                            _ if column < n_huge + n_large => 1e2,
                            _ => 1e-3,
                        };
                        scale * magnitude * (1.0 + 0.01 * random.numbers(1)[0])
                    })
                    .collect();
                let mut x = Activations::new(fine, 1, n_cols).unwrap();
                x.quantize(Level::best(), &Pool::new(1), &row, 1, fine);
                let n_outliers = x.outliers(0).entries.len();
                // Beyond these scales squares are no normal numbers.
                if exponent == 0 && n_huge < 95 {
                    assert_eq!(n_outliers, n_huge + n_large, "{n_huge} {n_large}");
                }
            }
        }
    }

    #[test]
    fn every_level_makes_the_same_groups() {
        let mut random = Random::new(4);
        let pool = Pool::new(1);
        for scale in [0.0, 1e-35, 1e-20, 1.0, 4.0, 1e30] {
            for (n_tokens, n_cols) in [(1, 32), (3, 100), (13, 96), (40, 64)] {
                let mut x = random.numbers(n_tokens * n_cols);
                for x in &mut x {
                    *x *= scale;
                }
                let precisions = [
                    InputPrecision::Standard,
                    InputPrecision::PerTensor,
                    InputPrecision::PerToken,
                    InputPrecision::OutlierColumns,
                    InputPrecision::OutlierNumbers,
                ];
                for precision in precisions {
                    let all = InputFormats::INTEGER.union(InputFormats::FLOAT).union(InputFormats::TILES);
                    let all = all.with_precision(precision);
                    let mut expected = Activations::new(all, 40, 100).unwrap();
                    expected.quantize(Level::SCALAR, &pool, &x, n_tokens, all);
                    for level in Level::available() {
                        let mut found = Activations::new(all, 40, 100).unwrap();
                        found.quantize(level, &pool, &x, n_tokens, all);
                        assert_eq!(numbers(&expected), numbers(&found), "{precision:?} {}", level.name());
                    }
                }
            }
        }
    }
}
