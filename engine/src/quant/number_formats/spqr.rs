//! The format of SpQR (arXiv 2306.03078): integers in groups of 16 weights, whose scales and zero points are integers of three
//! bits themselves, and outliers apart in half precision.
//!
//! ```text
//! code                    2, 3 or 4 bits   (q - z) · s
//! s, z of a group of 16   3 bits each      under half-precision scale and minimum of 16 groups, one below the other
//! outlier                 32 bits          half-precision weight and column; 32 bits for each row say where it begins
//! ```
//! Here a hundredth of 16 rows' weights are outliers, so that the size is known beforehand: those whose removal lowers the
//! squared error of their group most. SpQR takes all above a threshold, about as many.

use crate::quant::grid::{Grid, Levels};
use crate::quant::number_format::{FormatStorage, NumberFormat, WeightRows};
use crate::quant::scale_span::half_precision;

/// Columns of a group, and rows whose constants are quantized together.
const GROUP: usize = 16;
/// One of so many weights is an outlier.
const OUTLIER_SHARE: usize = 100;
/// Largest code of the constants.
const CONSTANT_CODES: f32 = 7.0;

/// Integers in small groups with quantized constants, and outliers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spqr {
    bits: u32,
}

/// Sixteen rows, or fewer at the end, with their constants.
struct Tile {
    /// Scales and zero points, `[rows, groups]`.
    constants: Vec<(f32, f32)>,
    /// Whether each weight is an outlier, `[rows, cols]`.
    is_outlier: Vec<bool>,
}

impl Spqr {
    /// Names of the family for lists.
    pub(super) const NAMES: &'static [&'static str] = &["spqr3", "spqr4"];

    /// Reads `spqr` with the bits, 2 to 4.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let digits = name.strip_prefix("spqr").filter(|digits| digits.len() == 1)?;
        digits.parse().ok().filter(|bits| (2..=4).contains(bits)).map(|bits| Self { bits })
    }

    fn largest_code(self) -> f32 {
        f32::from((1_u8 << self.bits) - 1)
    }

    fn nearest(self, (scale, zero): (f32, f32), weight: f32) -> f32 {
        if scale <= 0.0 {
            return 0.0;
        }
        ((weight / scale + zero).round_ties_even().clamp(0.0, self.largest_code()) - zero) * scale
    }

    /// Squared error of a group but for the weight at `left_out`, with the scale of the others.
    fn error_without(self, group: &[f32], importance: Option<&[f32]>, left_out: usize) -> f32 {
        let others = || group.iter().enumerate().filter(|&(at, _)| at != left_out);
        let (min, max) = range(others().map(|(_, &weight)| weight));
        let scale = (max - min) / self.largest_code();
        let error = |(at, &weight): (usize, &f32)| {
            let factor = importance.map_or(1.0, |importance| importance[at]);
            let nearest = if scale > 0.0 { self.nearest((scale, -min / scale), weight) } else { weight };
            factor * (nearest - weight).powi(2)
        };
        others().map(error).sum()
    }

    /// The weights of some rows that are outliers: those with the largest gain, the first of equals.
    fn outliers(self, weights: &[f32], n_cols: usize, importance: Option<&[f32]>) -> Vec<bool> {
        let mut gains = Vec::with_capacity(weights.len());
        for row in weights.chunks(n_cols) {
            for (index, group) in row.chunks(GROUP).enumerate() {
                let importance = importance.map(|importance| &importance[index * GROUP..][..group.len()]);
                let whole = self.error_without(group, importance, usize::MAX);
                gains.extend((0..group.len()).map(|at| whole - self.error_without(group, importance, at)));
            }
        }
        let mut order: Vec<usize> = (0..weights.len()).collect();
        let n_outliers = weights.len() / OUTLIER_SHARE;
        let mut is_outlier = vec![false; weights.len()];
        if n_outliers > 0 {
            let by_gain = |&one: &usize, &two: &usize| gains[two].total_cmp(&gains[one]).then(one.cmp(&two));
            order.select_nth_unstable_by(n_outliers - 1, by_gain);
            for &at in &order[..n_outliers] {
                is_outlier[at] = true;
            }
        }
        is_outlier
    }

    /// Outliers and constants of up to sixteen rows.
    fn tile(self, weights: &[f32], n_cols: usize, importance: Option<&[f32]>) -> Tile {
        let is_outlier = self.outliers(weights, n_cols, importance);
        let (n_rows, n_groups) = (weights.len() / n_cols, n_cols.div_ceil(GROUP));
        let mut constants = vec![(0.0, 0.0); n_rows * n_groups];
        for group in 0..n_groups {
            let cols = group * GROUP..n_cols.min((group + 1) * GROUP);
            let range_of = |row: usize| {
                let places = cols.clone().map(|col| row * n_cols + col).filter(|&at| !is_outlier[at]);
                range(places.map(|at| weights[at]))
            };
            let ranges: Vec<(f32, f32)> = (0..n_rows).map(range_of).collect();
            let mut scales: Vec<f32> = ranges
                .iter()
                .map(|(min, max)| (max / 2.0 - min / 2.0) / (self.largest_code() / 2.0))
                .collect();
            round_constants(&mut scales);
            let zero = |(&(min, _), &scale): (&(f32, f32), &f32)| {
                if scale > 0.0 { (-min / scale).clamp(-65504.0, 65504.0) } else { 0.0 }
            };
            let mut zeros: Vec<f32> = ranges.iter().zip(&scales).map(zero).collect();
            round_constants(&mut zeros);
            for (row, constant) in scales.into_iter().zip(zeros).enumerate() {
                constants[row * n_groups + group] = constant;
            }
        }
        Tile { constants, is_outlier }
    }
}

/// Smallest and largest of some weights; zeros of none.
fn range(weights: impl Iterator<Item = f32>) -> (f32, f32) {
    let of_any = (f32::INFINITY, f32::NEG_INFINITY);
    let (min, max) = weights.fold(of_any, |(min, max), weight| (min.min(weight), max.max(weight)));
    if min <= max { (min, max) } else { (0.0, 0.0) }
}

/// Rounds constants to integers of three bits under half-precision scale and minimum.
fn round_constants(constants: &mut [f32]) {
    let (min, max) = range(constants.iter().copied());
    let (scale, min) = (half_precision((max - min) / CONSTANT_CODES), half_precision(min));
    for constant in constants {
        let code = if scale > 0.0 { ((*constant - min) / scale).round_ties_even() } else { 0.0 };
        *constant = code.clamp(0.0, CONSTANT_CODES) * scale + min;
    }
}

impl NumberFormat for Spqr {
    fn name(&self) -> String {
        format!("spqr{}", self.bits)
    }

    fn bits_per_weight(&self, n_rows: usize, n_cols: usize) -> f64 {
        let (n_weights, n_groups) = (n_rows * n_cols, n_cols.div_ceil(GROUP));
        let first_level = 6 * n_rows * n_groups;
        let second_level = 4 * 16 * n_rows.div_ceil(GROUP) * n_groups;
        let of_tile = |rows: usize| rows * n_cols / OUTLIER_SHARE;
        let n_outliers = n_rows / GROUP * of_tile(GROUP) + of_tile(n_rows % GROUP);
        let sparse = 32 * (n_outliers + n_rows + 1);
        f64::from(self.bits) + (first_level + second_level + sparse) as f64 / n_weights.max(1) as f64
    }

    fn stored_in(&self) -> Vec<FormatStorage> {
        Vec::new()
    }

    fn rows_together(&self, _: usize) -> usize {
        GROUP
    }

    fn grid(&self, rows: &WeightRows<'_>) -> Option<Grid> {
        let (mut scales, mut mins) = (Vec::new(), Vec::new());
        for weights in rows.weights.chunks(GROUP * rows.n_cols) {
            for (scale, zero) in self.tile(weights, rows.n_cols, rows.importance).constants {
                scales.push(scale.max(0.0));
                mins.push(scale.max(0.0) * zero);
            }
        }
        let levels = (0..1_u8 << self.bits).map(f32::from).collect();
        Some(Grid::new(rows.n_cols, GROUP.min(rows.n_cols), scales, mins, Levels::new(levels)))
    }

    fn round(&self, rows: &WeightRows<'_>, out: &mut [f32]) {
        assert_eq!(rows.weights.len(), out.len(), "a value for each weight");
        let (n_cols, n_groups) = (rows.n_cols, rows.n_cols.div_ceil(GROUP));
        let tiles = rows.weights.chunks(GROUP * n_cols).zip(out.chunks_mut(GROUP * n_cols));
        for (weights, out) in tiles {
            let tile = self.tile(weights, n_cols, rows.importance);
            for (at, (out, &weight)) in out.iter_mut().zip(weights).enumerate() {
                let group = at / n_cols * n_groups + at % n_cols / GROUP;
                let constants = tile.constants[group];
                *out = if tile.is_outlier[at] {
                    half_precision(weight)
                } else {
                    self.nearest(constants, weight)
                };
            }
        }
    }
}
