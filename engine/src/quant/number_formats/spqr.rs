//! The format of SpQR (arXiv 2306.03078): integers in groups of 16 or 32 weights, whose scales and zero points are integers of
//! three bits themselves, and outliers apart in half precision.
//!
//! ```text
//! code              2, 3 or 4 bits   (q - z) · s
//! s, z of a group   3 bits each      under half-precision scale and minimum of 16 groups, one below the other
//! outlier           32 bits          half-precision weight and column; 32 bits for each row say where it begins
//! ```
//! A hundredth of the weights are outliers, so that the size is known beforehand: those whose removal lowers the squared error of
//! their group most, times the importance of their column. The threshold is thus that of the hundredth: for each 16 rows where
//! rows are rounded as they come, and for a whole matrix with GPTQ.

use rayon::prelude::*;

use crate::quant::grid::{Grid, Levels};
use crate::quant::number_format::{FormatStorage, NumberFormat, WeightRows, round_to_grid};
use crate::quant::scale_span::half_precision;

/// Rows whose constants are quantized together.
const TILE_ROWS: usize = 16;
/// One of so many weights is an outlier.
const OUTLIER_SHARE: usize = 100;
/// Largest code of the constants.
const CONSTANT_CODES: f32 = 7.0;

/// Integers in small groups with quantized constants, and outliers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Spqr {
    bits: u32,
    /// Columns of a group.
    group: usize,
}

impl Spqr {
    /// Names of the family for lists.
    pub(super) const NAMES: &'static [&'static str] = &["spqr3", "spqr4", "spqr4-g32"];

    /// Reads `spqr` with the bits, 2 to 4, and `-g32` for groups of 32 weights instead of 16.
    pub(super) fn parse(name: &str) -> Option<Self> {
        let rest = name.strip_prefix("spqr")?;
        let (digits, group) = rest.strip_suffix("-g32").map_or((rest, 16), |digits| (digits, 32));
        let bits = match digits {
            "2" => 2,
            "3" => 3,
            "4" => 4,
            _ => return None,
        };
        Some(Self { bits, group })
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

    /// The gain of each weight: by how much the error of its group falls if it is an outlier.
    fn gains(self, weights: &[f32], n_cols: usize, importance: Option<&[f32]>) -> Vec<f32> {
        let mut gains = Vec::with_capacity(weights.len());
        for row in weights.chunks(n_cols) {
            for (index, group) in row.chunks(self.group).enumerate() {
                let importance =
                    importance.map(|importance| &importance[index * self.group..][..group.len()]);
                let whole = self.error_without(group, importance, usize::MAX);
                gains.extend((0..group.len()).map(|at| whole - self.error_without(group, importance, at)));
            }
        }
        gains
    }

    /// Whether each weight of `rows` is an outlier: as many as [`bits_per_weight`](NumberFormat::bits_per_weight) counts,
    /// those with the largest gain, the first of equals.
    pub fn outliers(self, rows: &WeightRows<'_>) -> Vec<bool> {
        let slabs = rows.weights.par_chunks(TILE_ROWS * rows.n_cols);
        let gains: Vec<f32> =
            slabs.flat_map_iter(|weights| self.gains(weights, rows.n_cols, rows.importance)).collect();
        let mut order: Vec<usize> = (0..gains.len()).collect();
        let n_outliers = n_outliers(gains.len() / rows.n_cols, rows.n_cols);
        let mut is_outlier = vec![false; gains.len()];
        if n_outliers > 0 {
            let by_gain = |&one: &usize, &two: &usize| gains[two].total_cmp(&gains[one]).then(one.cmp(&two));
            order.select_nth_unstable_by(n_outliers - 1, by_gain);
            for &at in &order[..n_outliers] {
                is_outlier[at] = true;
            }
        }
        is_outlier
    }

    /// The grid of `rows`, whole sixteens of rows or the last of a matrix, with constants for the weights beside the outliers.
    pub fn grid_beside(self, is_outlier: &[bool], rows: &WeightRows<'_>) -> Grid {
        let (mut scales, mut mins) = (Vec::new(), Vec::new());
        let tile = TILE_ROWS * rows.n_cols;
        for (weights, is_outlier) in rows.weights.chunks(tile).zip(is_outlier.chunks(tile)) {
            for (scale, zero) in self.constants(weights, rows.n_cols, is_outlier) {
                scales.push(scale.max(0.0));
                mins.push(scale.max(0.0) * zero);
            }
        }
        let levels = (0..1_u8 << self.bits).map(f32::from).collect();
        Grid::new(rows.n_cols, self.group.min(rows.n_cols), scales, mins, Levels::new(levels))
            .with_outliers(is_outlier.to_vec())
    }

    /// Scales and zero points of up to sixteen rows, `[rows, groups]`.
    fn constants(self, weights: &[f32], n_cols: usize, is_outlier: &[bool]) -> Vec<(f32, f32)> {
        let (n_rows, n_groups) = (weights.len() / n_cols, n_cols.div_ceil(self.group));
        let mut constants = vec![(0.0, 0.0); n_rows * n_groups];
        for group in 0..n_groups {
            let cols = group * self.group..n_cols.min((group + 1) * self.group);
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
        constants
    }
}

/// Number of outliers of a matrix: a hundredth of each sixteen rows.
fn n_outliers(n_rows: usize, n_cols: usize) -> usize {
    let of_tile = |rows: usize| rows * n_cols / OUTLIER_SHARE;
    n_rows / TILE_ROWS * of_tile(TILE_ROWS) + of_tile(n_rows % TILE_ROWS)
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
        let group = if self.group == 16 { "" } else { "-g32" };
        format!("spqr{}{group}", self.bits)
    }

    fn bits_per_weight(&self, n_rows: usize, n_cols: usize) -> f64 {
        let (n_weights, n_groups) = (n_rows * n_cols, n_cols.div_ceil(self.group));
        let first_level = 6 * n_rows * n_groups;
        let second_level = 4 * 16 * n_rows.div_ceil(TILE_ROWS) * n_groups;
        let sparse = 32 * (n_outliers(n_rows, n_cols) + n_rows + 1);
        f64::from(self.bits) + (first_level + second_level + sparse) as f64 / n_weights.max(1) as f64
    }

    fn stored_in(&self) -> Vec<FormatStorage> {
        Vec::new()
    }

    fn rows_together(&self, _: usize) -> usize {
        TILE_ROWS
    }

    fn grid(&self, rows: &WeightRows<'_>) -> Option<Grid> {
        let tiles = rows.weights.chunks(TILE_ROWS * rows.n_cols);
        let is_outlier: Vec<bool> =
            tiles.flat_map(|weights| self.outliers(&WeightRows { weights, ..*rows })).collect();
        Some(self.grid_beside(&is_outlier, rows))
    }

    fn round(&self, rows: &WeightRows<'_>, out: &mut [f32]) {
        round_to_grid(self, rows, out);
    }
}
